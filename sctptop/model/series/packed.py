"""Changes of up to twelve series, packed: a number that says when and which, and as many values as that names."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator

Series = tuple[float | None, ...]

BITS = 12
"""Of a head, which of the series; what is above them is the tick, after ``base``."""
WHICH = (1 << BITS) - 1
FARTHEST = 1 << 32 - BITS
"""Ticks after ``base`` that a head has room for."""
HEAD_BYTES = VALUE_BYTES = 4


class Packed:
    """The entries, oldest first; ``cut``: nothing is known of what was before this tick, ``trimmed``: not any more.
    ``copies``: made so many copies of the history ago.
    """

    __slots__ = ("base", "copies", "cut", "heads", "limit", "trimmed", "values")

    BYTES = 0
    """What one takes without an entry."""

    def __init__(self, tick: int, copies: int) -> None:
        self.base = self.cut = tick
        self.copies = copies
        self.trimmed = False
        self.heads, self.values = array("I"), array("f")
        self.limit = 16
        """Entries at which the old ones go."""

    @property
    def entry_bytes(self) -> int:
        """What all entries take."""
        return len(self.heads) * HEAD_BYTES + len(self.values) * VALUE_BYTES

    def backwards(self, bit: int) -> Iterator[tuple[int, int]]:
        """Of the entries that name a series, newest first, the tick and the place of its value."""
        base, at, below = self.base, len(self.values), bit - 1
        for head in reversed(self.heads):
            at -= (head & WHICH).bit_count()
            if head & bit:
                yield base + (head >> BITS), at + (head & below).bit_count()

    def trim(self, oldest: int) -> None:
        """Let go of entries up to that tick."""
        if oldest < self.base:
            return
        heads = self.heads
        count = bisect_right(heads, oldest - self.base << BITS | WHICH)
        if count:
            self.trimmed = True
            self.cut = max(self.cut, self.base + (heads[count - 1] >> BITS))
            dropped = sum((head & WHICH).bit_count() for head in heads[:count])
            # New ones: a rest that is small must not keep the room of all.
            self.heads, self.values = heads[count:], self.values[dropped:]
        self.limit = len(self.heads) * 5 // 4 + 16

    def rebase(self, newest: int) -> None:
        """Count ticks from nearer on, so that a head has room for that one; entries before go."""
        tick = newest - FARTHEST // 2
        self.trim(tick)
        moved = tick - self.base << BITS
        self.heads = array("I", [head - moved for head in self.heads])
        self.base = tick

    def copy_to(self, other: Packed, copies: int) -> None:
        """Make the other hold the same."""
        other.base, other.cut, other.limit, other.copies = self.base, self.cut, self.limit, copies
        other.trimmed = self.trimmed
        other.heads, other.values = self.heads[:], self.values[:]
