"""Several series as lines over each other, in the dots of braille: two a column across, four a line down."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import log10

Values = Sequence[float | None]
Piece = tuple[str, int | None]
"""Characters beside each other of one series, by its place; None where there is none."""

BASE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Of a cell, from the top down, left and right (Unicode 10, Braille Patterns)."""
DOWN = len(DOTS)


class LineScale:
    """From ``low`` at the foot to ``high`` at the top; ``log``: every decade as high as the next."""

    def __init__(self, low: float, high: float, log: bool = False) -> None:
        self.low, self.high, self.log = low, high, log

    def level(self, value: float, levels: int) -> int:
        """Which of so many levels, 0 at the foot; what is beyond an end is at it."""
        low, high, value = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, value = log10(low), log10(high), log10(value)
        return round((value - low) / (high - low) * (levels - 1)) if high > low else 0


def line_graph(
    series: Sequence[Values], scales: Sequence[LineScale], width: int, height: int
) -> list[list[Piece]]:
    """``height`` lines of ``width`` characters in pieces, top one first, the newest value at the right edge.

    Where lines meet the first of them has the place. None is a gap: no line goes across it.
    """
    masks = [[0] * width for _ in range(height)]
    owners: list[list[int | None]] = [[None] * width for _ in range(height)]
    levels = height * DOWN
    for place, (values, scale) in enumerate(zip(series, scales, strict=True)):
        shown = values[-width:]
        before: int | None = None
        for column, value in enumerate(shown, width - len(shown)):
            if value is None:
                before = None
                continue
            level = levels - 1 - scale.level(value, levels)
            start = level if before is None else before
            # The left half goes from the value before to this one, the right half stands at it.
            for y in range(min(start, level), max(start, level) + 1):
                _set(masks, owners, column, y, 0, place)
            _set(masks, owners, column, level, 1, place)
            before = level
    return [
        [
            ("".join(chr(BASE + mask) if mask else " " for mask, _ in group), owner)
            for owner, group in groupby(zip(row, whose, strict=True), key=lambda cell: cell[1])
        ]
        for row, whose in zip(masks, owners, strict=True)
    ]


def _set(
    masks: list[list[int]], owners: list[list[int | None]], column: int, y: int, right: int, place: int
) -> None:
    row = y // DOWN
    masks[row][column] |= DOTS[y % DOWN][right]
    if owners[row][column] is None:
        owners[row][column] = place
