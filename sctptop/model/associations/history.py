"""What a series was over time: numbers with gaps, bounded in memory.

Every series has one slot a tick. A tick in which a series was not recorded, or was None, is a gap; but a steady one
holds its last value until it is recorded again or stopped, so that what does not change costs nothing: of a change is
kept when it was, which series, and what they were (sctptop/model/series). One thread records; any thread may read, and
never waits for more than the series of a few keys.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Mapping
from itertools import islice
from typing import TypeVar

from sctptop.model.series.momentary import Momentary
from sctptop.model.series.packed import BITS, Packed, Series
from sctptop.model.series.steady import Steady

Track = TypeVar("Track", Steady, Momentary)

WINDOW = 600
"""Ticks kept of each series."""
AT_ONCE = 16
"""Keys that are written while a reader waits."""
MEMORY_CAP = 48 << 20
"""Bytes that all series take: past it every key keeps fewer ticks, then those that are new keep nothing."""
LOOKED_AT = 64
"""Keys that were read last: they keep all their ticks."""


class History:
    """All series of all associations, by key (an association, or one of its paths)."""

    def __init__(self, window: int = WINDOW, memory_cap: int = MEMORY_CAP) -> None:
        self.window = window
        self.reach = window
        """Ticks that are kept of a key nobody looks at."""
        self._cap = memory_cap
        self._steady: dict[Hashable, Steady] = {}
        self._instants: dict[Hashable, list[Momentary]] = {}
        self._bytes = 0
        self._tick = -1
        self._stopped: dict[Hashable, int] = {}
        self._starved: set[Hashable] = set()
        self._looked: dict[Hashable, None] = {}
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
                self._put(tick, key, series)
        self._recorded(tick)

    def hold(
        self, tick: int, told: Iterable[tuple[Hashable, tuple[str, ...], tuple[float | None, ...]]]
    ) -> None:
        """The same of steady series: by key their names, at most twelve, always the same, and their values."""
        rest, known, stopped, copies = iter(told), self._steady, self._stopped, self._copies
        # Some at a time: for thousands of keys a reader would wait until its picture is late.
        while some := [*islice(rest, AT_ONCE)]:
            with self._lock:
                for key, names, values in some:
                    track = known.get(key)
                    if track is None:
                        # Of a path that is not known but by name there is nothing to keep yet.
                        if names and values.count(None) == len(values):
                            continue
                        if not self._room(key, Steady.BYTES):
                            continue
                        known[key] = Steady(tick, names, values, copies)
                        continue
                    if track.copies != copies:
                        track = known[key] = self._own(track)
                    if stopped and key in stopped and (held := stopped.pop(key)) < tick - 1:
                        self._bytes += track.put(held + 1, (None,) * len(values))
                    self._bytes += track.put(tick, values)
                    if len(track.heads) >= track.limit:
                        self._trim(key, track, tick)
        self._recorded(tick)

    def _put(self, tick: int, key: Hashable, series: Mapping[str, float | None]) -> None:
        tracks = self._instants.get(key)
        if tracks is None:
            if all(value is None for value in series.values()):
                return
            tracks = self._instants[key] = []
        values = [*series.items()]
        for place in range(-(-len(values) // BITS)):
            if place == len(tracks):
                if not self._room(key, Momentary.BYTES):
                    return
                tracks.append(Momentary(tick, self._copies))
            track = tracks[place]
            if track.copies != self._copies:
                track = tracks[place] = self._own(track)
            self._bytes += track.put(tick, values if len(values) <= BITS else values[place * BITS :][:BITS])
            if len(track.heads) >= track.limit:
                self._trim(key, track, tick)

    def _room(self, key: Hashable, wanted: int) -> bool:
        if self._bytes >= self._cap:
            self._starved.add(key)
            return False
        self._bytes += wanted
        return True

    def _trim(self, key: Hashable, track: Packed, tick: int) -> None:
        before = track.entry_bytes
        track.trim(tick - (self.window if key in self._looked else self.reach))
        self._bytes += track.entry_bytes - before

    def _recorded(self, tick: int) -> None:
        """That tick is written: where all of it takes too much, the oldest of each key goes; later more may stay."""
        self._tick = max(self._tick, tick)
        while self._bytes > self._cap and self.reach > 1:
            self.reach = max(1, self.reach * 3 // 4)
            self._shorten(tick)
        if self._bytes < self._cap // 2 and self.reach < self.window:
            self.reach = min(self.window, self.reach + 1)

    def _shorten(self, tick: int) -> None:
        keys = iter([*self._steady, *self._instants])
        while some := [*islice(keys, AT_ONCE)]:
            with self._lock:
                for key in some:
                    if (track := self._steady.get(key)) is not None:
                        track = self._steady[key] = self._own(track)
                        self._trim(key, track, tick)
                    tracks = self._instants.get(key, [])
                    tracks[:] = map(self._own, tracks)
                    for instants in tracks:
                        self._trim(key, instants, tick)

    def _own(self, track: Track) -> Track:
        """One that no copy holds."""
        return track if track.copies == self._copies else track.copied(self._copies)

    def stop(self, tick: int, keys: Iterable[Hashable]) -> None:
        """The steady series of these keys held their values up to ``tick``, and have gaps from there on."""
        with self._lock:
            for key in keys:
                if key in self._steady:
                    self._stopped.setdefault(key, tick)

    def wanting(self) -> set[Hashable]:
        """Keys for which there was no memory when they were recorded last, once there is some."""
        if not self._starved or self._bytes >= self._cap:
            return set()
        found, self._starved = self._starved, set()
        return found

    def forget(self, keys: Iterable[Hashable]) -> None:
        """Drop all series of keys that are gone for good."""
        with self._lock:
            for key in keys:
                self._stopped.pop(key, None)
                self._starved.discard(key)
                self._looked.pop(key, None)
                for track in (self._steady.pop(key, None), *self._instants.pop(key, ())):
                    if track is not None:
                        self._bytes -= track.BYTES + track.entry_bytes

    def read(self, key: Hashable, name: str, until: int, ticks: int) -> Series:
        """The last ``ticks`` slots up to tick ``until``, oldest first; gaps are None."""
        start = until - ticks + 1
        with self._lock:
            self._look_at(key)
            track = self._steady.get(key)
            if track is not None and name in track.names:
                held = self._stopped.get(key, self._tick)
                return track.read(name, start, until, held, self.window)
            for instants in self._instants.get(key, ()):
                if name in instants.names:
                    return instants.read(name, start, until, self.window)
            return (None,) * ticks

    def _look_at(self, key: Hashable) -> None:
        self._looked.pop(key, None)
        self._looked[key] = None
        if len(self._looked) > LOOKED_AT:
            del self._looked[next(iter(self._looked))]

    def let_go(self, key: Hashable) -> int | None:
        """Up to which tick values of a key were let go of for want of memory; None where none were."""
        with self._lock:
            tracks = [self._steady.get(key), *self._instants.get(key, ())]
            if key in self._starved:
                return self._tick
            cuts = [track.cut for track in tracks if track is not None and track.trimmed]
        return max((cut for cut in cuts if cut > self._tick - self.window + 1), default=None)

    def frozen(self) -> History:
        """A copy that no later tick changes: what a paused picture reads.

        Both hold the same series until the next tick, which copies them as it writes.
        """
        copy = History(self.window, self._cap)
        with self._lock:
            self._copies += 1
            copy._copies = self._copies + 1
            copy._steady = dict(self._steady)
            copy._instants = {key: [*tracks] for key, tracks in self._instants.items()}
            copy._bytes, copy._tick, copy._stopped = self._bytes, self._tick, dict(self._stopped)
            copy.reach, copy._starved = self.reach, set(self._starved)
        return copy

    @property
    def size(self) -> int:
        """Bytes that all series take, without their keys."""
        return self._bytes
