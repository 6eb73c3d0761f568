"""What a series was over time: rings of numbers with gaps, bounded in memory.

Every series has one slot a tick. A tick in which a series was not recorded, or was None, is a gap; but a steady one
holds its last value until it is recorded again or stopped, so that what does not change costs nothing. One thread
records; any thread may read, and never waits for more than the series of one key.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import compress, islice
from math import isnan, nan
from operator import ne

Series = tuple[float | None, ...]

WINDOW = 600
"""Ticks kept of each series."""
_SLOT_BYTES = 4
AT_ONCE = 16
"""Keys that are written while a reader waits."""
MEMORY_CAP = 64 << 20
"""Bytes of slots kept in all: near it new series get shorter windows, past it none."""


class _Ring:
    """The last ``length`` values of one series; slot of a tick is how long it is after the first, modulo that length.

    Slots are made as they are filled: most series are short, or steady. ``copies``: made so many copies ago.
    """

    __slots__ = ("copies", "first", "last", "length", "slots", "steady")

    def __init__(self, length: int, tick: int, steady: bool, copies: int) -> None:
        self.copies = copies
        self.length = length
        self.slots = array("f")
        self.first = tick
        self.last = tick - 1
        self.steady = steady

    def put(self, tick: int, value: float | None, held: int) -> None:
        """``held``: up to which tick a steady one held its last value."""
        slots, missing = self.slots, tick - self.last - 1
        if missing >= 0 and tick - self.first < self.length:
            # It never was full: a slot for each tick so far.
            if missing and self.steady and slots and held >= tick - 1:
                slots.extend(slots[-1:] * missing)
            elif missing:
                self._pass(self.last + 1, tick, held)
            slots.append(nan if value is None else value)
        else:
            if missing > 0:
                self._pass(max(self.last + 1, tick - self.length), tick, held)
            self._set(tick, nan if value is None else value)
        self.last = tick

    def read(self, start: int, until: int, held: int) -> Series:
        length, first = self.length, self.first
        last = max(self.last, held) if self.steady else self.last
        oldest = max(self.first, last - length + 1)
        return tuple(
            None
            if tick < oldest
            or tick > last
            or isnan(value := self.slots[(min(tick, self.last) - first) % length])
            else value
            for tick in range(start, until + 1)
        )

    def _pass(self, start: int, end: int, held: int) -> None:
        """Fill the slots of ticks in which it was not recorded."""
        known = self.steady and self.last >= self.first
        value = self.slots[(self.last - self.first) % self.length] if known else nan
        kept = max(min(held + 1, end) - start, 0)
        if start - self.first == len(self.slots) and end - self.first <= self.length:
            self.slots.extend([value] * kept + [nan] * (end - start - kept))
            return
        self._fill(start, start + kept, value)
        self._fill(start + kept, end, nan)

    def _fill(self, start: int, end: int, value: float) -> None:
        """The same in the slots of no more ticks than there are slots."""
        while start < end:
            place = (start - self.first) % self.length
            if place >= len(self.slots):
                self._set(start, value)
                start += 1
                continue
            # Up to the last slot, then from the first on.
            some = min(end - start, len(self.slots) - place)
            self.slots[place : place + some] = array("f", (value,)) * some
            start += some

    def _set(self, tick: int, value: float) -> None:
        place = (tick - self.first) % self.length
        missing = place - len(self.slots)
        if missing >= 0:
            self.slots.extend([nan] * missing)
            self.slots.append(value)
        else:
            self.slots[place] = value


class History:
    """All series of all associations, by key (an association, or one of its paths)."""

    def __init__(self, window: int = WINDOW, memory_cap: int = MEMORY_CAP) -> None:
        self.window = window
        self._cap_slots = memory_cap // _SLOT_BYTES
        self._rings: dict[Hashable, dict[str, _Ring]] = {}
        self._slots = 0
        self._tick = -1
        self._stopped: dict[Hashable, int] = {}
        self._values: dict[Hashable, tuple[float | None, ...]] = {}
        """Of steady series, by key: what was recorded last, in the order of their names."""
        self._starved: set[Hashable] = set()
        self._copies = 0
        self._lock = threading.Lock()

    def record(
        self, tick: int, values: Mapping[Hashable, Mapping[str, float | None]], steady: bool = False
    ) -> None:
        """Write one tick's values for every key; ``steady``: they hold until the next or ``stop``."""
        if steady:
            self.hold(tick, ((key, tuple(series), tuple(series.values())) for key, series in values.items()))
            return
        for key, series in values.items():
            with self._lock:
                self._put(tick, key, series.items(), False, -1)
        self._tick = max(self._tick, tick)

    def hold(
        self, tick: int, told: Iterable[tuple[Hashable, Sequence[str], tuple[float | None, ...]]]
    ) -> None:
        """The same of steady series: by key their names, always in the same order, and their values."""
        rest = iter(told)
        # Some at a time: for thousands of keys a reader would wait until its picture is late.
        while some := [*islice(rest, AT_ONCE)]:
            with self._lock:
                for key, names, values in some:
                    before, held = self._values.get(key), tick - 1
                    self._values[key] = values
                    moved: Iterable[tuple[str, float | None]] = zip(names, values, strict=True)
                    if key in self._stopped:
                        held = self._stopped.pop(key)
                    elif before is not None:
                        # What they are they go on to be by themselves.
                        moved = compress(moved, map(ne, values, before))
                    self._put(tick, key, moved, True, held)
        self._tick = max(self._tick, tick)

    def _put(
        self, tick: int, key: Hashable, moved: Iterable[tuple[str, float | None]], steady: bool, held: int
    ) -> None:
        rings = self._rings.get(key)
        if rings is None:
            rings = self._rings[key] = {}
        for name, value in moved:
            ring = rings.get(name)
            if ring is None:
                if value is None:
                    continue
                length = self._length()
                if not length:
                    self._starved.add(key)
                    self._values.pop(key, None)
                    continue
                ring = rings[name] = _Ring(length, tick, steady, self._copies)
                self._slots += length
            elif ring.copies != self._copies:
                # A copy holds it too.
                ring = rings[name] = _copied(ring, self._copies)
            if ring.last == tick - 1 and tick - ring.first < ring.length:
                # As ``put`` does: nearly always.
                ring.slots.append(nan if value is None else value)
                ring.last = tick
            else:
                ring.put(tick, value, held)

    def stop(self, tick: int, keys: Iterable[Hashable]) -> None:
        """The steady series of these keys held their values up to ``tick``, and have gaps from there on."""
        with self._lock:
            for key in keys:
                if key in self._rings:
                    self._stopped.setdefault(key, tick)

    def wanting(self) -> set[Hashable]:
        """Keys for which there was no memory when they were recorded last, once there is some."""
        if not self._starved or not self._length():
            return set()
        found, self._starved = self._starved, set()
        return found

    def forget(self, keys: Iterable[Hashable]) -> None:
        """Drop all series of keys that are gone for good."""
        with self._lock:
            for key in keys:
                self._stopped.pop(key, None)
                self._values.pop(key, None)
                self._starved.discard(key)
                for ring in self._rings.pop(key, {}).values():
                    self._slots -= ring.length

    def read(self, key: Hashable, name: str, until: int, ticks: int) -> Series:
        """The last ``ticks`` slots up to tick ``until``, oldest first; gaps are None."""
        with self._lock:
            ring = self._rings.get(key, {}).get(name)
            if ring is None:
                return (None,) * ticks
            return ring.read(until - ticks + 1, until, self._stopped.get(key, self._tick))

    def frozen(self) -> History:
        """A copy that no later tick changes: what a paused picture reads.

        Both hold the same series until the next tick, which copies them as it writes.
        """
        copy = History(self.window, self._cap_slots * _SLOT_BYTES)
        with self._lock:
            self._copies += 1
            copy._copies = self._copies + 1
            copy._rings = {key: dict(rings) for key, rings in self._rings.items()}
            copy._slots, copy._tick, copy._stopped = self._slots, self._tick, dict(self._stopped)
        return copy

    @property
    def slots(self) -> int:
        """Slots that all series may come to fill, four bytes each."""
        return self._slots

    def _length(self) -> int:
        """A full window while memory lasts, then a screen's worth, then nothing."""
        spare = self._cap_slots - self._slots
        if spare > self._cap_slots // 4:
            return self.window
        return min(self.window, 60) if spare > 0 else 0


def _copied(ring: _Ring, copies: int) -> _Ring:
    copy = _Ring(ring.length, ring.first, ring.steady, copies)
    copy.slots = array("f", ring.slots)
    copy.last = ring.last
    return copy
