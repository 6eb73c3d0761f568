"""Charts drawn by plotext, in plain characters: a letter a side, capitals for its p95."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10
from textwrap import wrap

from sctptop.output.compare.pictures.charts import Chart
from sctptop.quantity import milliseconds, round_steps, short
from sctptop.terminal_text import clip

HEIGHT = 22
LETTERS = "abcdefghij"
"""As many as there may be sides."""
CAPITAL = "p95"
MARGIN = 0.03
"""Of an axis, left free at its ends."""
SHARES = (0.0, 0.25, 0.5, 0.75, 0.95)
APART = 9
"""Columns between two labels at least."""

Ticks = list[tuple[float, str]]


def drawn(chart: Chart, names: Sequence[str], width: int, height: int = HEIGHT) -> list[str]:
    """Its lines, the legend first; without the picture where plotext cannot draw it."""
    times = [point[0 if chart.times_across else 1] for curve in chart.curves for point in curve.points]
    scale = _times(min(times), max(times))
    others = (
        [(share, f"{share:.0%}") for share in SHARES]
        if chart.times_across
        else _loads([x for curve in chart.curves for x, _ in curve.points])
    )
    across, upward = (scale, others) if chart.times_across else (others, scale)
    return [*_legend(chart, names, width), *_plot(chart, across, upward, width, height)]


def _legend(chart: Chart, names: Sequence[str], width: int) -> Iterable[str]:
    yield clip(f"  {chart.upward} against {chart.across}", width)
    told = (
        f"{_letter(curve.side, curve.figure)} {names[curve.side]} {curve.figure}".rstrip()
        for curve in chart.curves
        if curve.points
    )
    yield from wrap(",  ".join(told), width, initial_indent="  ", subsequent_indent="  ")


def _letter(side: int, figure: str) -> str:
    letter = LETTERS[side % len(LETTERS)]
    return letter.upper() if figure == CAPITAL else letter


def _plot(chart: Chart, across: Ticks, upward: Ticks, width: int, height: int) -> list[str]:
    try:
        # Imported on first use: it takes 0.2 s.
        from plotext import figure, terminal

        terminal.limit(False, False)
        figure.clear()
        figure.plot_size(width, height)
        ends: list[tuple[float, float]] = []
        for curve in chart.curves:
            xs = [log10(x) if chart.times_across else x for x, _ in curve.points]
            ys = [y if chart.times_across else log10(y) for _, y in curve.points]
            ends += zip(xs, ys, strict=True)
            if xs:
                figure.draw(figure.signal(xs, ys, marker=_letter(curve.side, curve.figure)))
        for axis, side, place, ticks in (("x", "lower", 0, across), ("y", "left", 1, upward)):
            low, high = _ends([one[place] for one in ends])
            shown = [(at, label) for at, label in ticks if low <= at <= high]
            if axis == "x":
                shown = _apart(shown, (high - low) * APART / width)
            figure.ruler(axis, side).lim(low, high).ticks(
                [at for at, _ in shown], [label for _, label in shown]
            )
        return [line.rstrip() for line in figure.build().string(colorless=True).splitlines()]
    except Exception:
        # It draws for the eye only; the tables hold the same. Its compiled part may be missing.
        return ["  plotext cannot draw here; the tables above hold the same."]


def _ends(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    free = (high - low or 1.0) * MARGIN
    return low - free, high + free


def _times(least: float, most: float) -> Ticks:
    """Round times on a logarithmic axis; for a narrow one steps between them too."""
    ticks = round_steps(least, most)
    if sum(least <= one <= most for one in ticks) < 3:
        step = round_steps((most - least) / 4 or least, (most - least) / 4 or least)[0]
        ticks = [one * step for one in range(max(floor(least / step), 1), ceil(most / step) + 1)]
    return [(log10(one), milliseconds(float(f"{one:.6g}"))) for one in ticks]


def _loads(loads: Sequence[float]) -> Ticks:
    most = max(loads)
    step = round_steps(most / 8, most / 8)[-1]
    return [(one * step, short(float(f"{one * step:.6g}"))) for one in range(ceil(most / step) + 1)]


def _apart(ticks: Ticks, least: float) -> Ticks:
    """Without labels that would touch the one before."""
    found: Ticks = []
    for at, label in ticks:
        if not found or at - found[-1][0] >= least:
            found.append((at, label))
    return found
