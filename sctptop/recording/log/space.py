"""Which bytes of the file are free: a list of holes in memory, first fit, neighbours joined."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes of the file."""

    offset: int
    size: int

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.offset + self.size


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a frame goes: its piece, and ``hole``, the free bytes of which it is the beginning."""

    piece: Stretch
    hole: Stretch


class Space:
    """The bytes from ``start`` on; ``end`` is where those in use, or free between them, end."""

    def __init__(self, start: int, least: int, most: int | None) -> None:
        """``least``: a smaller rest is left to the piece before it; the end is never beyond ``most``."""
        self.end = start
        self._least = least
        self._most = most
        self.holes: list[Stretch] = []

    @property
    def free_before_end(self) -> int:
        """Bytes that are free before others in use."""
        return sum(hole.size for hole in self.holes if hole.end < self.end)

    def find(self, size: int, at_end: bool = False) -> Slot | None:
        """A place of that size, or a little larger; None where there is no room. Nothing is taken yet.

        ``at_end``: not between others, unless there is no room at the end.
        """
        last = self.holes[-1] if self.holes and self.holes[-1].end == self.end else None
        fitting = next((hole for hole in self.holes if hole.size >= size), None)
        if at_end and last is not None and last.size >= size:
            fitting = last
        most = self.end + size if self._most is None else self._most
        if ((at_end and fitting != last) or fitting is None) and self.end + size <= most:
            fitting = Stretch(self.end, size)
        if fitting is None and last is not None:
            # What is added to it is a frame for a moment.
            larger = Stretch(last.offset, max(size, last.size + self._least))
            fitting = larger if larger.end <= most else None
        if fitting is None:
            return None
        rest = fitting.size - size
        return Slot(Stretch(fitting.offset, size if rest >= self._least else fitting.size), fitting)

    def grow(self, place: Slot) -> Stretch | None:
        """Count the hole of a place as free as far as it is new. Returns the new bytes, at the end."""
        hole = place.hole
        if hole.end <= self.end:
            return None
        new = Stretch(self.end, hole.end - self.end)
        if hole.offset < self.end:
            self.holes.pop()
        self.holes.append(hole)
        self.end = hole.end
        return new

    def take(self, place: Slot) -> None:
        """The piece of a place that was found, and grown, is in use from now on."""
        at = bisect_left(self.holes, place.hole.offset, key=lambda hole: hole.offset)
        rest = Stretch(place.piece.end, place.hole.size - place.piece.size)
        self.holes[at : at + 1] = [rest] if rest.size else []

    def give(self, piece: Stretch) -> Stretch:
        """It is free from now on. Returns the hole that it is part of."""
        at = bisect_left(self.holes, piece.offset, key=lambda hole: hole.offset)
        first = at - 1 if at and self.holes[at - 1].end == piece.offset else at
        behind = at + 1 if at < len(self.holes) and self.holes[at].offset == piece.end else at
        joined = [*self.holes[first:at], piece, *self.holes[at:behind]]
        hole = Stretch(joined[0].offset, sum(one.size for one in joined))
        self.holes[first:behind] = [hole]
        return hole

    def trim(self) -> None:
        """Let go of all that is free at the end: growth that failed may have left several holes there."""
        while self.holes and self.holes[-1].end == self.end:
            self.end = self.holes.pop().offset
