"""The last events with the tick in which each came, bounded in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from sctptop.model.event import Event
from sctptop.model.quick import quick

KEPT = 1000
"""Events kept of the rare kinds, and as many of the frequent ones: so these never drive those out."""
RARE = ("t3_rtx", "retransmit", "path", "association", "address")


@quick
@dataclass(frozen=True, slots=True)
class Logged:
    """An event, the key of its association if that is (or was) in the table, its tick, and its place among all."""

    event: Event
    key: object | None
    tick: int
    place: int


def rare(event: Event) -> bool:
    """Whether it is trouble, or a beginning or end: what one looks for afterwards."""
    return event.kind in RARE or (event.kind == "cwnd" and event.is_cut)


class EventLog:
    """Keeps the newest events; the oldest give way."""

    def __init__(self, kept: int = KEPT) -> None:
        self._rare: deque[Logged] = deque(maxlen=kept)
        self._frequent: deque[Logged] = deque(maxlen=kept)
        self._published: tuple[Logged, ...] = ()
        self._seen = 0

    def advance(self, events: Iterable[tuple[object | None, Event]], tick: int) -> tuple[Logged, ...]:
        """Add the events of one tick; returns all kept, oldest first."""
        before = self._seen
        for key, event in events:
            self._seen += 1
            log = self._rare if rare(event) else self._frequent
            log.append(Logged(event, key, tick, self._seen))
        if self._seen != before:
            # Two runs in order each: so sorting them takes no longer than merging them.
            self._published = tuple(sorted((*self._rare, *self._frequent), key=_place))
        return self._published


_place = attrgetter("place")
