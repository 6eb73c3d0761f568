"""What a series was over time: rings of numbers with gaps, bounded in memory.

Every series has one slot a tick. A tick in which a series was not recorded, or was None, is a gap. One
thread records; any thread may read, and never waits for more than the series of one key.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Hashable, Iterable, Mapping
from math import isnan, nan

Series = tuple[float | None, ...]

WINDOW = 600
"""Ticks kept of each series."""
_SLOT_BYTES = 4
MEMORY_CAP = 64 << 20
"""Bytes of slots kept in all: near it new series get shorter windows, past it none."""


class _Ring:
    """The last values of one series; slot of tick t is t modulo the length. ``copies``: made so many copies ago."""

    __slots__ = ("copies", "first", "last", "slots")

    def __init__(self, length: int, tick: int, copies: int) -> None:
        self.copies = copies
        self.slots = array("f", [nan]) * length
        self.first = tick
        self.last = tick - 1

    def put(self, tick: int, value: float | None) -> None:
        length = len(self.slots)
        for missed in range(max(self.last + 1, tick - length), tick):
            self.slots[missed % length] = nan
        self.slots[tick % length] = nan if value is None else value
        self.last = tick

    def read(self, start: int, until: int) -> Series:
        length = len(self.slots)
        oldest = max(self.first, self.last - length + 1)
        return tuple(
            None if tick < oldest or tick > self.last or isnan(value := self.slots[tick % length]) else value
            for tick in range(start, until + 1)
        )


class History:
    """All series of all associations, by key (an association, or one of its paths)."""

    def __init__(self, window: int = WINDOW, memory_cap: int = MEMORY_CAP) -> None:
        self.window = window
        self._cap_slots = memory_cap // _SLOT_BYTES
        self._rings: dict[Hashable, dict[str, _Ring]] = {}
        self._slots = 0
        self._copies = 0
        self._lock = threading.Lock()

    def record(self, tick: int, values: Mapping[Hashable, Mapping[str, float | None]]) -> None:
        """Write one tick's values for every key."""
        for key, series in values.items():
            # Key by key: for thousands of them a reader would wait until its picture is late.
            with self._lock:
                self._record(tick, self._rings.setdefault(key, {}), series)

    def _record(self, tick: int, rings: dict[str, _Ring], series: Mapping[str, float | None]) -> None:
        for name, value in series.items():
            ring = rings.get(name)
            if ring is None:
                if value is None:
                    continue
                length = self._length()
                if not length:
                    continue
                ring = rings[name] = _Ring(length, tick, self._copies)
                self._slots += length
            elif ring.copies != self._copies:
                # A copy holds it too.
                ring = rings[name] = _copied(ring, self._copies)
            ring.put(tick, value)

    def forget(self, keys: Iterable[Hashable]) -> None:
        """Drop all series of keys that are gone for good."""
        with self._lock:
            for key in keys:
                for ring in self._rings.pop(key, {}).values():
                    self._slots -= len(ring.slots)

    def read(self, key: Hashable, name: str, until: int, ticks: int) -> Series:
        """The last ``ticks`` slots up to tick ``until``, oldest first; gaps are None."""
        with self._lock:
            ring = self._rings.get(key, {}).get(name)
            if ring is None:
                return (None,) * ticks
            return ring.read(until - ticks + 1, until)

    def frozen(self) -> History:
        """A copy that no later tick changes: what a paused picture reads.

        Both hold the same series until the next tick, which copies them as it writes.
        """
        copy = History(self.window, self._cap_slots * _SLOT_BYTES)
        with self._lock:
            self._copies += 1
            copy._copies = self._copies + 1
            copy._rings = {key: dict(rings) for key, rings in self._rings.items()}
            copy._slots = self._slots
        return copy

    @property
    def slots(self) -> int:
        """Slots allocated now, four bytes each."""
        return self._slots

    def _length(self) -> int:
        """A full window while memory lasts, then a screen's worth, then nothing."""
        spare = self._cap_slots - self._slots
        if spare > self._cap_slots // 4:
            return self.window
        return min(self.window, 60) if spare > 0 else 0


def _copied(ring: _Ring, copies: int) -> _Ring:
    copy = _Ring(0, ring.first, copies)
    copy.slots = array("f", ring.slots)
    copy.last = ring.last
    return copy
