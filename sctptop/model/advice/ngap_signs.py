"""What NGAP (and S1AP) messages show for advice: streams, byte order of the PPID, and answers that came a SACK late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from sctptop.model.associations.identity import Key
from sctptop.model.event import Event

Name = TypeVar("Name", str, tuple[str, str])

COMPLETED = "completed"

SACK_LATE = (0.9, 1.25)
"""A second message of a UE that comes this much of our SACK delay after the first: it waited for that SACK."""


def is_message(event: Event) -> bool:
    """Whether it tells of one message of NGAP or S1AP, not of how many only looked like it."""
    return event.kind == "ngap" and event.details.get("times") is None


@dataclass(slots=True)
class Direction:
    """Messages of one direction: ``of_ues`` are those with a UE id, whose ids and streams are kept."""

    messages: int = 0
    swapped: int = 0
    unset: int = 0
    of_ues: int = 0
    ues: set[int] = field(default_factory=set)
    streams: set[int] = field(default_factory=set)

    def plus(self, other: Direction) -> Direction:
        """Both together."""
        return Direction(
            self.messages + other.messages,
            self.swapped + other.swapped,
            self.unset + other.unset,
            self.of_ues + other.of_ues,
            self.ues | other.ues,
            self.streams | other.streams,
        )


@dataclass(slots=True)
class _Generation:
    directions: dict[str, Direction] = field(default_factory=lambda: {"in": Direction(), "out": Direction()})
    pairs: int = 0
    late_pairs: int = 0
    last: dict[int, tuple[str, int]] = field(default_factory=dict)
    ended: Counter[tuple[str, str]] = field(default_factory=lambda: _NONE_ENDED)
    completed: Counter[str] = field(default_factory=lambda: _NONE_COMPLETED)


_NONE_ENDED: Counter[tuple[str, str]] = Counter()
_NONE_COMPLETED: Counter[str] = Counter()
"""Of nearly all; never changed."""
_NOTHING = _Generation()
"""One in which nothing happened; never changed."""


class EndedAttempt(Protocol):
    """A registration that ended, as far as advice needs it; times in ns, None where not known."""

    @property
    def association(self) -> Key: ...
    @property
    def outcome(self) -> str: ...
    @property
    def cause(self) -> str | None: ...
    @property
    def total_ns(self) -> int | None: ...
    @property
    def core_ns(self) -> int | None: ...
    @property
    def ran_ns(self) -> int | None: ...


class SackTimeouts:
    """How often the timer of a delayed SACK expired since the first sample, by network namespace.

    ``before``: up to the last interval; ``now``: with that.
    """

    def __init__(self) -> None:
        self.before: Mapping[int, float] = {}
        self.now: Mapping[int, float] = {}

    def advance(self, gained: Mapping[int, float]) -> None:
        """Update with what SctpDelaySackExpireds gained in an interval."""
        self.before = now = self.now
        if any(gained.values()):
            self.now = {**now, **{netns: now.get(netns, 0.0) + more for netns, more in gained.items()}}


NO_TIMEOUTS = SackTimeouts()
"""Where none are counted."""


class NgapWatch:
    """The NGAP of one association in the last two generations of evidence.

    ``turned_s``: when the newer one began. ``ways``: the directions in which messages went, each of both generations
    together, not to be altered. ``timeouts``: those of the namespaces.
    """

    def __init__(self, now_s: float, netns: int = 0, timeouts: SackTimeouts = NO_TIMEOUTS) -> None:
        self._old = self._new = _NOTHING
        self.turned_s = self._heard_s = now_s
        self._netns, self._timeouts = netns, timeouts
        self._old_timeouts, self._begun_at = 0.0, timeouts.before.get(netns, 0.0)
        self.ways: Sequence[tuple[str, Direction]] = ()

    def over(self, now_s: float, generation_s: float) -> bool:
        """Whether all that was remembered is too old to matter."""
        return now_s - self._heard_s > 2 * generation_s

    def turn(self, now_s: float) -> bool:
        """Begin another generation; returns whether anything is forgotten that mattered."""
        mattered = self._old is not _NOTHING or bool(self._old_timeouts and self.late)
        self._old, self._new, self.turned_s = self._new, _NOTHING, now_s
        begun_at, self._begun_at = self._begun_at, self._timeouts.before.get(self._netns, 0.0)
        self._old_timeouts = self._begun_at - begun_at
        if mattered:
            self.ways = self._both_ways()
        return mattered

    def take(self, messages: Iterable[Event], now_s: float, sack_delay_ms: int | None) -> None:
        """Update with the messages of one interval."""
        self._heard_s = now_s
        self._begin()
        for event in messages:
            self._count(event, sack_delay_ms)
        self.ways = self._both_ways()

    def _begin(self) -> _Generation:
        """The newer generation, to be changed."""
        if self._new is _NOTHING:
            self._new = _Generation()
        return self._new

    def both(self, direction: str) -> tuple[Direction, Direction]:
        """A direction in the older and in the newer generation."""
        return self._old.directions[direction], self._new.directions[direction]

    def _both_ways(self) -> list[tuple[str, Direction]]:
        found = []
        for direction in ("out", "in"):
            old, new = self.both(direction)
            if old.messages or new.messages:
                way = new if not old.messages else old if not new.messages else old.plus(new)
                found.append((direction, way))
        return found

    @property
    def messages(self) -> int:
        """All of them."""
        return sum([way.messages for _, way in self.ways])

    @property
    def registered(self) -> bool:
        """Whether any registration ended."""
        return bool(self._old.ended or self._new.ended)

    @property
    def late(self) -> bool:
        """Whether any pair was: where none was, the SACK timeouts tell nothing."""
        return bool(self._old.late_pairs or self._new.late_pairs)

    @property
    def pairs(self) -> tuple[int, int, int]:
        """Of pairs of messages of a UE those that were late, all, and the SACK timeouts meanwhile."""
        old, new = self._old, self._new
        timeouts = round(self._old_timeouts + self._timeouts.now.get(self._netns, 0.0) - self._begun_at)
        return old.late_pairs + new.late_pairs, old.pairs + new.pairs, timeouts

    def register(self, one: EndedAttempt) -> None:
        """Take in a registration that ended."""
        new = self._begin()
        if not new.ended:
            new.ended, new.completed = Counter(), Counter()
        new.ended[one.outcome, one.cause or ""] += 1
        if one.outcome == COMPLETED and None not in (one.total_ns, one.core_ns, one.ran_ns):
            new.completed["n"] += 1
            new.completed["total"] += one.total_ns or 0
            new.completed["core"] += one.core_ns or 0
            new.completed["ran"] += one.ran_ns or 0

    @property
    def ended(self) -> Counter[tuple[str, str]]:
        """Registrations by outcome and cause."""
        return _both(self._old.ended, self._new.ended)

    @property
    def completed(self) -> Counter[str]:
        """Of those completed their number ``n``, and the sums of ``total``, ``core`` and ``ran`` in ns."""
        return _both(self._old.completed, self._new.completed)

    def _count(self, event: Event, sack_delay_ms: int | None) -> None:
        details = event.details
        direction = str(details.get("direction"))
        way = self._new.directions.get(direction)
        if way is None:
            return
        way.messages += 1
        way.swapped += details.get("ppid_swapped") is True
        way.unset += details.get("ppid_unset") is True
        ue, stream, at_ns = details.get("ran_ue_id"), details.get("stream"), details.get("at_ns")
        if not isinstance(ue, int):
            return
        way.of_ues += 1
        way.ues.add(ue)
        if isinstance(stream, int):
            way.streams.add(stream)
        if isinstance(at_ns, int):
            self._pair(ue, direction, at_ns, sack_delay_ms)

    def _pair(self, ue: int, direction: str, at_ns: int, sack_delay_ms: int | None) -> None:
        """Two messages of a UE in a row, with nothing sent to it between: the second depends on nothing of ours."""
        new = self._new
        before = new.last.get(ue) or self._old.last.get(ue)
        new.last[ue] = (direction, at_ns)
        if direction != "in" or before is None or before[0] != "in" or not sack_delay_ms:
            return
        new.pairs += 1
        share = (at_ns - before[1]) / (sack_delay_ms * 1e6)
        new.late_pairs += SACK_LATE[0] <= share <= SACK_LATE[1]


def _both(old: Counter[Name], new: Counter[Name]) -> Counter[Name]:
    """Not to be altered. Nearly always there is none."""
    return old + new if old or new else old
