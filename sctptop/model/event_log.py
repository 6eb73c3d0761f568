"""The last events with the tick in which each came, bounded in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from sctptop.model.event import Event

KEPT = 2000
"""Events kept in all, heartbeats included."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An event, the key of its association if that is (or was) in the table, and its tick."""

    event: Event
    key: object | None
    tick: int


class EventLog:
    """Keeps the newest events; the oldest give way."""

    def __init__(self, kept: int = KEPT) -> None:
        self._log: deque[Logged] = deque(maxlen=kept)
        self._published: tuple[Logged, ...] = ()
        self.seen = 0

    def advance(self, events: Iterable[tuple[object | None, Event]], tick: int) -> tuple[Logged, ...]:
        """Take in the events of one tick; says all that are kept, oldest first."""
        before = self.seen
        for key, event in events:
            self._log.append(Logged(event, key, tick))
            self.seen += 1
        if self.seen != before:
            self._published = tuple(self._log)
        return self._published

    def clear(self) -> None:
        """Forget all events."""
        self._log.clear()
        self._published = ()
