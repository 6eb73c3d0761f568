"""Changes of up to twelve series, packed: a number that says when and which, and as many values as that names."""

from __future__ import annotations

import struct
import zlib
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
TOGETHER = 64
"""Entries that are compressed at once: of fewer little is gained."""
_LEVEL = 1
_OLD_BYTES = 48
"""What TOGETHER entries take besides their data."""
_LAST = struct.Struct("I")
"""Before that: the tick of the newest, after ``base``."""


class Packed:
    """The entries, oldest first; ``cut``: nothing is known of what was before this tick, ``trimmed``: not any more.
    ``old``: those before ``heads``. ``copies``: made so many copies of the history ago.
    """

    __slots__ = ("base", "copies", "cut", "heads", "limit", "old", "trimmed", "values")

    BYTES = 0
    """What one takes without an entry."""

    def __init__(self, tick: int, copies: int) -> None:
        self.base = self.cut = tick
        self.copies = copies
        self.trimmed = False
        self.heads, self.values = array("I"), array("f")
        self.old: tuple[bytes, ...] = ()
        self.limit = 16
        """Entries at which the old ones go."""

    @property
    def entry_bytes(self) -> int:
        """What all entries take."""
        packed = sum(_OLD_BYTES + len(one) for one in self.old)
        return len(self.heads) * HEAD_BYTES + len(self.values) * VALUE_BYTES + packed

    def backwards(self, bit: int) -> Iterator[tuple[int, float]]:
        """Of the entries that name a series, newest first, the tick and its value."""
        yield from _backwards(self.base, self.heads, self.values, bit)
        for one in reversed(self.old):
            yield from _backwards(self.base, *_entries(one), bit)

    def trim(self, oldest: int) -> None:
        """Let go of entries up to that tick; of those that were compressed only together."""
        if oldest >= self.base:
            self._drop(oldest - self.base)
        while len(self.heads) >= TOGETHER:
            heads, values = self.heads[:TOGETHER], self.values
            at = _values_of(heads)
            data = zlib.compress(heads.tobytes() + values[:at].tobytes(), _LEVEL)
            self.old = (*self.old, _LAST.pack(heads[-1] >> BITS) + data)
            # New ones: a rest that is small must not keep the room of all.
            self.heads, self.values = self.heads[TOGETHER:], values[at:]
        self.limit = min(len(self.heads) * 5 // 4 + 16, TOGETHER)

    def _drop(self, oldest: int) -> None:
        """Entries up to that tick, after ``base``."""
        gone = [last for last in map(_last, self.old) if last <= oldest]
        if gone:
            self.old = self.old[len(gone) :]
            self._cut(gone[-1])
        if self.old:
            return
        heads = self.heads
        count = bisect_right(heads, oldest << BITS | WHICH)
        if count:
            self._cut(heads[count - 1] >> BITS)
            self.heads, self.values = heads[count:], self.values[_values_of(heads[:count]) :]

    def _cut(self, after_base: int) -> None:
        self.trimmed = True
        self.cut = max(self.cut, self.base + after_base)

    def rebase(self, newest: int) -> None:
        """Count ticks from nearer on, so that a head has room for that one; entries before go."""
        tick = newest - FARTHEST // 2
        for one in reversed(self.old):
            heads, values = _entries(one)
            self.heads, self.values = heads + self.heads, values + self.values
        self.old = ()
        if tick >= self.base:
            self._drop(tick - self.base)
        moved = tick - self.base << BITS
        self.heads = array("I", [head - moved for head in self.heads])
        self.base = tick

    def copy_to(self, other: Packed, copies: int) -> None:
        """Make the other hold the same."""
        other.base, other.cut, other.limit, other.copies = self.base, self.cut, self.limit, copies
        other.trimmed, other.old = self.trimmed, self.old
        other.heads, other.values = self.heads[:], self.values[:]


def _backwards(base: int, heads: array[int], values: array[float], bit: int) -> Iterator[tuple[int, float]]:
    at, below = len(values), bit - 1
    for head in reversed(heads):
        at -= (head & WHICH).bit_count()
        if head & bit:
            yield base + (head >> BITS), values[at + (head & below).bit_count()]


def _last(old: bytes) -> int:
    last: int = _LAST.unpack_from(old)[0]
    return last


def _entries(old: bytes) -> tuple[array[int], array[float]]:
    """Heads and values."""
    data = zlib.decompress(old[_LAST.size :])
    at = TOGETHER * HEAD_BYTES
    return array("I", data[:at]), array("f", data[at:])


def _values_of(heads: array[int]) -> int:
    """How many values they name."""
    return sum([(head & WHICH).bit_count() for head in heads])
