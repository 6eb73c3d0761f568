"""Series that hold their last values: what they are now, and of each change what was before it."""

from __future__ import annotations

from array import array
from itertools import compress
from math import isnan, nan
from operator import ne

from sctptop.model.series.packed import BITS, FARTHEST, Packed, Series

_WHICH_OF: dict[tuple[bool, ...], int] = {}


class Steady(Packed):
    """Of one key: ``now`` are the values of ``names``, in their order, from the last change on."""

    __slots__ = ("names", "now")

    BYTES = 480
    """What one takes without a change, its values among it."""

    def __init__(
        self, tick: int, names: tuple[str, ...], values: tuple[float | None, ...], copies: int
    ) -> None:
        super().__init__(tick, copies)
        self.names, self.now = names, values

    def put(self, tick: int, values: tuple[float | None, ...]) -> int:
        """They are these from that tick on; returns how many bytes more it takes."""
        before = self.now
        if values == before:
            return 0
        self.now = values
        if tick - self.base >= FARTHEST:
            self.rebase(tick)
        moved = tuple(map(ne, values, before))
        self.heads.append(tick - self.base << BITS | (_WHICH_OF.get(moved) or _which(moved)))
        olds = [*compress(before, moved)]
        if None in olds:
            olds = [nan if old is None else old for old in olds]
        self.values.fromlist(olds)  # type: ignore[arg-type]
        return 4 + 4 * len(olds)

    def read(self, name: str, start: int, until: int, held: int, window: int) -> Series:
        """From one tick to another; ``held``: up to which one the last values hold. No more than ``window`` is told."""
        found: list[float | None] = [None] * (until - start + 1)
        place = self.names.index(name)
        newest = self.now[place]
        # As those of before are: single precision.
        value = None if newest is None else array("f", (newest,))[0]
        oldest, high = max(start, self.cut, held - window + 1), min(until, held)
        for tick, old in self.backwards(1 << place):
            low = max(tick, oldest)
            if low <= high:
                found[low - start : high - start + 1] = [value] * (high - low + 1)
                high = low - 1
            if tick <= oldest:
                return tuple(found)
            value = None if isnan(old) else old
        if oldest <= high:
            found[oldest - start : high - start + 1] = [value] * (high - oldest + 1)
        return tuple(found)

    def copied(self, copies: int) -> Steady:
        """The same, to be changed."""
        copy = Steady(self.base, self.names, self.now, copies)
        self.copy_to(copy, copies)
        return copy


def _which(moved: tuple[bool, ...]) -> int:
    found = _WHICH_OF[moved] = sum(1 << place for place, one in enumerate(moved) if one)
    return found
