"""Histograms of round trips and of waits, drawn by plotext or in one line.

On the UI thread only: the one figure that plotext offers is made anew for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, sqrt

from sctptop.model.associations.distribution import NANOSECONDS, Distribution, bin_of, bounds
from sctptop.quantity import milliseconds, round_steps, short
from sctptop.tui.widgets.graph import block_graph
from sctptop.tui.words.line import BLANK, Line, line

COUNT = 6
"""Columns for the greatest count and its axis."""
AXIS = 2
"""Lines below the bars."""
LEAST_COLUMNS, LEAST_BARS = 16, 16
LEAST_RATIO = 1.3
"""The scale spans at least this much: a narrower one would show little but the width of the bins."""
WIDE_RATIO = 8.0
"""From here on ticks are 1, 2, 5 times powers of ten, below it multiples of one step."""
LEAST_MS = 0.001
PIXELS = 2
"""plotext's marker "hd" draws a character as two by two."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Counts by equal parts of a logarithmic scale, ``columns`` wide each.

    ``ends`` of the scale in ms; ``ticks``: their place, 0 to 1, and their value in ms.
    """

    counts: tuple[int, ...]
    columns: int
    ends: tuple[float, float]
    ticks: tuple[tuple[float, float], ...]


def histogram(
    values: Distribution, width: int, height: int, beside: Sequence[Distribution] = ()
) -> list[Line]:
    """Bars on a logarithmic scale in ``height`` lines, axis included; none where there is no room.

    The scale holds those ``beside`` it too, which have the same precision: so several can be compared.
    """
    columns = width - COUNT
    if not values.n or columns < LEAST_COLUMNS or height <= AXIS:
        return []
    bars = bars_of(values, columns, beside)
    places = tuple((share, milliseconds(tick)) for share, tick in bars.ticks)
    drawn = _drawn(bars.counts, places, bars.columns, height - AXIS)
    return [
        line((text[:COUNT], "faint"), (text[COUNT:], "graph"))
        if place < height - AXIS
        else line((text, "faint" if place == height - AXIS else "dim"))
        for place, text in enumerate(drawn)
    ]


def histogram_line(values: Distribution, width: int, beside: Sequence[Distribution] = ()) -> Line:
    """The same in one line between the ends of the scale; blank where there is no room."""
    columns = width - 2 * (COUNT + 1)
    if not values.n or columns < LEAST_COLUMNS:
        return BLANK
    bars = bars_of(values, columns, beside)
    heights = [count or None for count in bars.counts for _ in range(bars.columns)]
    (drawn,) = block_graph(heights, len(heights), 1, max(bars.counts))
    low, high = map(milliseconds, bars.ends)
    return line((f"{low:>{COUNT}}▕", "faint"), (drawn, "graph"), (f"▏{high:<{COUNT}}", "faint"))


def bars_of(values: Distribution, columns: int, beside: Sequence[Distribution] = ()) -> Bars:
    """``values`` and those beside must hold at least one value in all."""
    every = (values, *beside)
    least = min(one.min_ns for one in every if one.min_ns is not None)
    most_ns = max(one.max_ns for one in every if one.max_ns is not None)
    low, high, ticks = scale(least / NANOSECONDS, most_ns / NANOSECONDS)
    first, beyond = floor(_place(low, values.bits)), ceil(_place(high, values.bits))
    # A bar is a whole number of bins of the distribution: its count is exact, and no two bars differ for rounding.
    most = min(columns // 2, max(LEAST_BARS, round(4 * sqrt(max(one.n for one in every)))))
    per_bar = ceil((beyond - first) / most)
    bars = ceil((beyond - first) / per_bar)
    counts = [0] * bars
    for index, times in values.bins.items():
        counts[min(max((index - first) // per_bar, 0), bars - 1)] += times
    places = tuple(((_place(tick, values.bits) - first) / (bars * per_bar), tick) for tick in ticks)
    return Bars(tuple(counts), columns // bars, (low, high), places)


def _place(value_ms: float, bits: int) -> float:
    """Where a value lies on the axis, in bins of the distribution: every doubling is as wide as the next."""
    value = value_ms * NANOSECONDS
    index = bin_of(int(value), bits)
    low, high = bounds(index, bits)
    return index + (value - low) / (high - low)


def scale(least: float, most: float) -> tuple[float, float, tuple[float, ...]]:
    """Round ends of a scale that holds both, in ms, and what to mark on it."""
    least, most = max(least, LEAST_MS), max(most, LEAST_MS)
    if most / least < LEAST_RATIO:
        middle = sqrt(least * most)
        least, most = middle / sqrt(LEAST_RATIO), middle * sqrt(LEAST_RATIO)
    steps = round_steps(least, most)
    if most / least > WIDE_RATIO:
        return steps[0], steps[-1], tuple(steps)
    rough = (most - least) / 4
    step = round_steps(rough, rough)[0]
    first, last = floor(least / step + 1e-9), ceil(most / step - 1e-9)
    ticks = tuple(float(f"{place * step:.6g}") for place in range(first, last + 1))
    if not ticks[0]:
        # A scale of doublings has no 0.
        ticks = (steps[0], *ticks[1:])
    return ticks[0], ticks[-1], ticks


@lru_cache(maxsize=32)
def _drawn(
    counts: tuple[int, ...], ticks: tuple[tuple[float, str], ...], columns: int, rows: int
) -> tuple[str, ...]:
    """The lines of the plot; none when plotext cannot draw it. Each bar is ``columns`` wide."""
    width, top = len(counts) * columns, max(counts)
    if not top:
        return ()
    levels = rows * PIXELS
    heights = [max(1, round(count / top * levels)) if count else 0 for count in counts]
    points = [
        (pixel, heights[pixel // (columns * PIXELS)] - 1)
        for pixel in range(width * PIXELS)
        if heights[pixel // (columns * PIXELS)]
    ]
    shown = _placed(ticks, width)
    try:
        # Imported on first use: it takes 0.2 s, and many a run never shows a histogram.
        from plotext import figure, terminal

        terminal.limit(False, False)
        figure.clear()
        figure.plot_size(width + COUNT, rows + AXIS)
        bars = figure.signal([x for x, _ in points], [y for _, y in points], marker="hd")
        figure.draw(bars.fillx())
        figure.axes(False, side="upper", axis="x")
        figure.axes(False, side="right", axis="y")
        across = figure.ruler("x", "lower").alignment(lim="edge").lim(0, width * PIXELS - 1)
        across.ticks([column * PIXELS for column, _ in shown], [label for _, label in shown])
        upward = figure.ruler("y", "left").alignment(lim="edge").lim(0, levels - 1)
        upward.ticks([levels - 1], [f"{short(top):>{COUNT - 1}}"])
        drawn = figure.build().string(colorless=True).splitlines()
    except Exception:
        # It draws for the eye only; the numbers above it hold the same. Its compiled part may be missing.
        return ()
    lines = tuple(text.rstrip() for text in drawn[: rows + AXIS])
    return lines if len(lines) == rows + AXIS else ()


def _placed(ticks: tuple[tuple[float, str], ...], width: int) -> list[tuple[int, str]]:
    """Columns of ticks whose labels differ and do not touch."""
    placed: list[tuple[int, str]] = []
    free = 0
    for share, label in ticks:
        column = min(round(share * width), width - 1)
        begin = min(max(0, column - len(label) // 2), width - len(label))
        if begin >= free and (not placed or placed[-1][1] != label):
            placed.append((column, label))
            free = begin + len(label) + 2
    return placed
