"""How much each association carries, in few steps: an order by it that does not change with every reading."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Generic, Protocol, TypeVar

EVERY_S = 10.0
"""Levels are made of packets over so long, and change no more often."""


class Weighed(Protocol):
    """An association as it is followed."""

    level: int

    def weighed(self, since_s: float, now_s: float) -> int:
        """The level of what it carried since then."""
        ...


Life = TypeVar("Life", bound=Weighed)


class Loads(Generic[Life]):
    """Gives each life its level, from what its counters gained. One that rests costs nothing."""

    def __init__(self) -> None:
        self._moved: dict[Hashable, Life] = {}
        self._last_s = 0.0
        self._due_s = 0.0

    def advance(self, changed: Mapping[Any, Life], now_s: float) -> list[Life]:
        """Update with those whose record changed since the last sample; returns those of another level now."""
        self._moved.update(changed)
        if now_s <= 0 or now_s < self._due_s:
            return []
        since_s, self._last_s, self._due_s = self._last_s, now_s, now_s + EVERY_S
        moved, self._moved = self._moved, {}
        found = []
        for key, life in moved.items():
            before = life.level
            level = life.weighed(since_s, now_s)
            if level != before:
                found.append(life)
            if level:
                # Looked at once more, for it may come to rest.
                self._moved[key] = life
        return found
