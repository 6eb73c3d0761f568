"""The registrations of one kind that one end saw, over a whole recording."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp, log
from statistics import fmean

from sctptop.comparison.kinds import UNTOLD
from sctptop.comparison.roles import PEERS, RADIO
from sctptop.comparison.statistics.percentiles import in_order, percentile
from sctptop.model.passages.passage import BLOCKED, CORE, HELD, NETWORK, RAN, UNREAD
from sctptop.model.registrations.tally import PARTS
from sctptop.model.registrations.words import COMPLETED, OUTCOMES, UNKNOWN

MOST_CAUSES = 2
"""Told of one outcome in a sentence."""


@dataclass(frozen=True, slots=True)
class Stalls:
    """One stage of registrations, all of its kind added up: how often it was there, and its times together."""

    n: int = 0
    sum_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class When:
    """In ns, by the clock of their recording: when each attempt began and ended, failed ones too, in any order; and
    when each completed one ``began``, in the order of its times."""

    starts: array[int] = field(default_factory=lambda: array("q"))
    stops: array[int] = field(default_factory=lambda: array("q"))
    began: array[int] = field(default_factory=lambda: array("q"))


@dataclass(frozen=True, slots=True)
class Ended:
    """Registrations of one kind as one end saw them; times in ms.

    ``ended`` by outcome, ``causes`` by outcome and cause where one is known; ``inferred``: outcomes that were inferred;
    ``accepted``: those to which an accept was sent, and their times until it was through.
    ``times`` are of the completed ones, by PARTS, each in the order in which they began: "network" is empty where it is
    not known, and then in the far end's. ``pieces``: the same by (whose, role), so that they add up to the total: the
    role is the sender's of what was held or blocked, the reader's of what was unread, "" of what is between the two.
    ``whole``: those of the other end are seen too. ``stages`` by (whose, name). ``rate`` is completed per second from
    the first beginning to the last end, ``at_once`` the most under way at a time, ``when`` of one recording alone.
    ``offered`` began per second, failed ones too, without the first and the last tenth, over a second at least;
    ``peak`` within a second, at most. ``runs``: of a side of several recordings those of each, in their order, of which
    the rates are the mean.
    """

    end: str
    kind: str = UNTOLD
    started: int = 0
    ended: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    causes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    inferred: int = 0
    accepted: Stalls = field(default_factory=Stalls)
    times: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: dict.fromkeys(PARTS, ()))
    pieces: Mapping[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)
    whole: bool = False
    stages: Mapping[tuple[str, str], Stalls] = field(default_factory=dict)
    rate: float | None = None
    at_once: int = 0
    when: When = field(default_factory=When)
    offered: float | None = None
    peak: int = 0
    runs: tuple[Ended, ...] = ()

    @property
    def each(self) -> tuple[Ended, ...]:
        """Its runs: itself where it is of one recording."""
        return self.runs or (self,)

    @property
    def n(self) -> int:
        """How many were completed."""
        return len(self.times["total"])

    @property
    def unknown(self) -> int:
        """Of how many it is not known how they ended."""
        return self.ended[UNKNOWN]

    @property
    def decided(self) -> int:
        """Of how many it is known how they ended."""
        return sum(self.ended.values()) - self.unknown

    @property
    def failed(self) -> int:
        """How many are known to have ended otherwise than completed."""
        return self.decided - self.ended[COMPLETED]

    @property
    def success(self) -> float | None:
        """The share that was completed of those of which it is known how they ended; None where there are none."""
        return self.ended[COMPLETED] / self.decided if self.decided else None

    @property
    def reasons(self) -> Mapping[tuple[str, str], int]:
        """How many failed by outcome and cause, "" where no cause is known."""
        found = {name: count for name, count in self.causes.items() if name[0] not in (COMPLETED, UNKNOWN)}
        for outcome, count in self.ended.items():
            rest = count - sum(told for (name, _), told in found.items() if name == outcome)
            if outcome not in (COMPLETED, UNKNOWN) and rest > 0:
                found[outcome, ""] = rest
        return found

    @property
    def failures(self) -> str:
        """How they failed and why, in words: "8 rejected: 5GMM 22 Congestion; 1 released"; "" where none did."""
        told = []
        for outcome, count in self.ended.items():
            if not count or outcome in (COMPLETED, UNKNOWN):
                continue
            causes = sorted(
                ((n, cause) for (name, cause), n in self.causes.items() if name == outcome),
                key=lambda one: (-one[0], one[1]),
            )
            named = [cause if n == count else f"{n} × {cause}" for n, cause in causes[:MOST_CAUSES]]
            why = ", ".join([*named, *["…"] * (len(causes) > MOST_CAUSES)])
            told.append(f"{count} {outcome}: {why}" if why else f"{count} {outcome}")
        return ("; " if self.causes else ", ").join(told)

    @property
    def apart(self) -> bool:
        """Whether the time of the network is known."""
        return bool(self.times["network"])

    @property
    def far(self) -> str:
        """Whose time, of PARTS, contains the network's where that is not known."""
        return "core" if self.end in RADIO else "ran"

    def together(self) -> Ended:
        """The same with the network's time in the far end's, as where it is not known."""
        if not self.apart:
            return self
        found = self._moved({(NETWORK, ""): "network"})
        runs = tuple(one.together() for one in self.runs)
        return replace(found, times={**found.times, "network": ()}, runs=runs)

    def one_sided(self) -> Ended:
        """The same with all that the far end's SCTP and reader took in that end's time, as where it is not seen.

        Without stages, for these are cut finer where both ends are seen.
        """
        if not self.whole:
            return self
        peer = PEERS[self.end]
        sctp = self._moved({(whose, peer): whose for whose in (HELD, BLOCKED)}, "sctp")
        runs = tuple(one.one_sided() for one in self.runs)
        return replace(sctp._moved({(UNREAD, peer): UNREAD}), whole=False, stages={}, runs=runs)

    def _moved(self, away: Mapping[tuple[str, str], str], *within: str) -> Ended:
        """With these pieces, of those parts and ``within`` another, at the far end's own."""
        far = CORE if self.far == "core" else RAN, PEERS[self.end]
        times, pieces = dict(self.times), dict(self.pieces)
        for name, part in away.items():
            if values := pieces.pop(name, None):
                for less in (part, *within):
                    times[less] = _sum(times[less], values, -1)
                times[self.far] = _sum(times[self.far], values)
                pieces[far] = _sum(pieces.get(far, (0.0,) * self.n), values)
        return replace(self, times=times, pieces=pieces)

    def percentile(self, part: str, share: float) -> float | None:
        """Of one of PARTS, in ms: the least time that ``share`` do not exceed; of runs their geometric mean.

        The greatest time is that of all runs.
        """
        if self.runs and share < 1:
            known = [one.percentile(part, share) for one in self.runs if one.times[part]]
            # Where one is nothing, so is their product.
            return (exp(fmean(map(log, filter(None, known)))) if all(known) else 0.0) if known else None
        return percentile(in_order(self.times[part]), share)

    def mean(self, part: str) -> float:
        """Of one of PARTS, in ms; 0 while there is none."""
        return sum(self.times[part]) / self.n if self.n else 0.0

    def mean_piece(self, whose: str, role: str) -> float:
        """Of one of ``pieces``, in ms; 0 while there is none."""
        return sum(self.pieces.get((whose, role), ())) / self.n if self.n else 0.0


def _sum(first: tuple[float, ...], second: tuple[float, ...], sign: int = 1) -> tuple[float, ...]:
    return tuple(one + sign * more for one, more in zip(first, second, strict=True))
