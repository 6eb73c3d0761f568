"""Graphs of series with gaps, drawn in eighths of a character on a scale from 0 to a fixed top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10

EIGHTHS = " ▁▂▃▄▅▆▇█"
CLIPPED = "▲"
"""Tops the column of a value above the scale."""


def nice_top(maximum: float) -> float:
    """The next 1, 2 or 5 times a power of ten: a scale that holds still while values move.

    >>> [nice_top(n) for n in (0, 0.7, 8, 12, 106496)]
    [1.0, 1.0, 10.0, 20.0, 200000.0]
    """
    if maximum <= 0:
        return 1.0
    power = 10.0 ** floor(log10(maximum))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if maximum <= step * power * (1 + 1e-9))


def top_of(series: Iterable[Sequence[float | None]]) -> float:
    """A common scale for several series."""
    return nice_top(max((value for values in series for value in values if value is not None), default=0.0))


def block_graph(values: Sequence[float | None], width: int, height: int, maximum: float) -> list[str]:
    """``height`` strings of ``width`` characters, top one first, the newest value at the right edge.

    None is a gap and stays blank. Zero is a line at the foot; anything above it is drawn higher. A value
    above ``maximum`` fills its column and is marked at the top.
    """
    if width <= 0 or height <= 0:
        return []
    shown = values[-width:]
    columns = [" " * height] * (width - len(shown))
    columns += [_column(value, height, maximum) for value in shown]
    return ["".join(column[row] for column in columns) for row in range(height)]


def _column(value: float | None, height: int, maximum: float) -> str:
    if value is None:
        return " " * height
    if value > maximum:
        return CLIPPED + EIGHTHS[8] * (height - 1)
    filled = 1 if value <= 0 else max(2, ceil(value / maximum * height * 8))
    full, rest = divmod(filled, 8)
    column = EIGHTHS[8] * full + (EIGHTHS[rest] if rest else "")
    return column.ljust(height)[::-1]
