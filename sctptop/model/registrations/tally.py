"""Registrations counted and their times added up, since the reset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from operator import attrgetter

from sctptop.model.associations.distribution import NANOSECONDS, PERCENTILES, Distribution
from sctptop.model.bounded import count_in
from sctptop.model.ngap.dialect import RAN_ENDS
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.words import COMPLETED, OUTCOMES

BITS = 9
"""Of the distributions: an error of at most 0.1 %."""
PARTS = {
    name: f"{name}_ms"
    for name in ("total", "sctp", "held", "blocked", "lost", "order", "unread", "network", "core", "ran")
}
"""Parts of each registration's time, and their published names: ``sctp`` is the four behind it together."""
ACCEPTED = "accepted"
"""The name of the time until the accept was through, of those that were accepted: also a part of a tally."""
MOST_CAUSES = 64


@dataclass(frozen=True, slots=True)
class Part:
    """One of PARTS over all completed registrations. Nothing in it changes; a newer one takes its place."""

    times: Distribution = field(default_factory=lambda: Distribution(BITS))
    sum_ns: int = 0

    @property
    def mean_ms(self) -> float | None:
        """None while there is none."""
        return self.sum_ns / self.times.n / NANOSECONDS if self.times.n else None

    def summary(self) -> dict[str, float | int] | None:
        """n, min, mean, p50, p95, p99 and max in ms; None while there is none."""
        times = self.times
        if not times.n or times.min_ns is None or times.max_ns is None:
            return None
        found: dict[str, float | int] = {
            "n": times.n,
            "min": round(times.min_ns / NANOSECONDS, 6),
            "mean": round(self.mean_ms or 0.0, 6),
        }
        for name, share in PERCENTILES.items():
            found[name] = round(times.percentile(share) or 0.0, 6)
        found["max"] = round(times.max_ns / NANOSECONDS, 6)
        return found

    def plus(self, other: Part) -> Part:
        """Both together."""
        return Part(self.times.plus(other.times), self.sum_ns + other.sum_ns)

    def with_times(self, times_ns: Iterable[int]) -> Part:
        """A new one with further times."""
        added = list(times_ns)
        return Part(self.times.merged(zip(added, repeat(1))), self.sum_ns + sum(added))


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the registrations of one kind, seen from one end. ``parts`` are of the completed ones alone, but
    for ACCEPTED. ``causes`` counts (outcome, cause) where a cause is known, ``inferred`` outcomes that were inferred.

    ``started`` may be less than have ended: those that were running at the reset.
    """

    end: str
    kind: str | None = None
    started: int = 0
    ended: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    parts: Mapping[str, Part] = field(default_factory=lambda: {name: Part() for name in (*PARTS, ACCEPTED)})
    causes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    inferred: int = 0

    @property
    def from_ran(self) -> bool:
        """Whether we are the radio node."""
        return self.end in RAN_ENDS

    @property
    def by_cause(self) -> Mapping[str, int]:
        """How often each cause was given, whatever the outcome."""
        found: Counter[str] = Counter()
        for (_, cause), times in self.causes.items():
            found[cause] += times
        return found

    @property
    def completed(self) -> int:
        """How many were completed."""
        return self.ended[COMPLETED]

    @property
    def failed(self) -> int:
        """How many ended otherwise."""
        return sum(self.ended.values()) - self.completed

    @property
    def success(self) -> float | None:
        """The share of those that ended which were completed; None while none ended."""
        total = sum(self.ended.values())
        return self.completed / total if total else None

    def with_more(self, started: int, ended: Iterable[Registration]) -> Tally:
        """A new one with those that started and those that ended since."""
        finished = list(ended)
        counts, causes, parts = dict(self.ended), dict(self.causes), dict(self.parts)
        for one in finished:
            counts[one.outcome] += 1
            if one.cause is not None:
                count_in(causes, (one.outcome, one.cause), 1, MOST_CAUSES)
        done = [one for one in finished if one.outcome == COMPLETED]
        for name in PARTS if done else ():
            times = map(attrgetter(f"{name}_ns"), done)
            parts[name] = parts[name].with_times([time for time in times if time is not None])
        accepted = [one.accepted_ns for one in finished if one.accepted_ns is not None]
        if accepted:
            parts[ACCEPTED] = parts[ACCEPTED].with_times(accepted)
        inferred = self.inferred + sum(one.inferred for one in finished)
        return Tally(self.end, self.kind, self.started + started, counts, parts, causes, inferred)

    def plus(self, other: Tally) -> Tally:
        """Both together, of the same end and kind."""
        causes = dict(self.causes)
        for cause, times in other.causes.items():
            count_in(causes, cause, times, MOST_CAUSES)
        return Tally(
            self.end,
            self.kind,
            self.started + other.started,
            {outcome: times + other.ended[outcome] for outcome, times in self.ended.items()},
            {name: part.plus(other.parts[name]) for name, part in self.parts.items()},
            causes,
            self.inferred + other.inferred,
        )
