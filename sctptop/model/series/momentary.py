"""Series that are what they are in a tick alone: each value that there was."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, nan

from sctptop.model.series.packed import BITS, FARTHEST, Packed, Series


class Momentary(Packed):
    """Of one key: the values of ``names``. ``last`` is the tick that was recorded last."""

    __slots__ = ("last", "names")

    BYTES = 330
    """What one takes without a value."""

    def __init__(self, tick: int, copies: int) -> None:
        super().__init__(tick, copies)
        self.names: list[str] = []
        self.last = tick - 1

    def put(self, tick: int, values: Sequence[tuple[str, float | None]]) -> int:
        """What they are in that tick; returns how many bytes more it takes."""
        again, self.last = tick == self.last, tick
        if tick - self.base >= FARTHEST:
            self.rebase(tick)
        names, named, which = self.names, {}, 0
        for name, value in values:
            if value is not None or again:
                if name not in names:
                    names.append(name)
                place = names.index(name)
                named[place], which = nan if value is None else value, which | 1 << place
        if not named:
            return 0
        self.heads.append(tick - self.base << BITS | which)
        places = sorted(named) if len(named) > 1 else named
        self.values.extend([named[place] for place in places])
        return 4 + 4 * len(named)

    def read(self, name: str, start: int, until: int, window: int) -> Series:
        """From one tick to another; of the last ``window`` that were recorded."""
        found: list[float | None] = [None] * (until - start + 1)
        oldest, known = max(start, self.last - window + 1), until + 1
        for tick, value in self.backwards(1 << self.names.index(name)):
            if tick < oldest:
                break
            # Of two in one tick the later one counts.
            if tick < known and tick <= until:
                found[tick - start], known = None if isnan(value) else value, tick
        return tuple(found)

    def copied(self, copies: int) -> Momentary:
        """The same, to be changed."""
        copy = Momentary(self.base, copies)
        self.copy_to(copy, copies)
        copy.names, copy.last = [*self.names], self.last
        return copy
