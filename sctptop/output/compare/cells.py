"""Lines and cells of the tables of a comparison: numbers in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sctptop.comparison.result import Comparison
from sctptop.comparison.sides.intervals import interval_of
from sctptop.comparison.statistics.ratio import SAME, Ratio
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.wording.ratio_text import times_text
from sctptop.model.associations.distribution import NANOSECONDS, Distribution
from sctptop.quantity import UNKNOWN, milliseconds, short

Of = TypeVar("Of")
DIFFERS = "≠"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: a cell for each recording, and for each but the first a remark, its ratio or DIFFERS."""

    label: str
    cells: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under a title; ``note`` is what one must know to read them. ``label``: columns that a label may take."""

    title: str
    lines: tuple[Line, ...]
    note: str = ""
    label: int = 42


def line_of(label: str, of: Sequence[Of], cell: Callable[[Of], str]) -> Line:
    """A cell for each."""
    return Line(label, tuple(cell(one) for one in of))


def with_ratio(line: Line, comparison: Comparison, name: str) -> Line:
    """The same line with the ratios of that name in each pair."""
    if not name:
        return line
    remarks = tuple(
        ratio_cell(pair.ratios.get(name)) if name == "heartbeat" or comparison.comparable(pair) else ""
        for pair in comparison.pairs
    )
    return Line(line.label, line.cells, remarks)


def ratio_cell(ratio: Ratio | None) -> str:
    """A ratio with its interval, * where it differs for certain, = where there is no difference; empty for twice 0."""
    if ratio is None or ratio.value is None or ratio.low == ratio.high == 1:
        return ""
    return times_text(ratio) + (" *" if ratio.differs else " =" if ratio.word == SAME else "")


def p_cell(p: float, differs: bool) -> str:
    """A p value, with * where there is a difference beyond chance."""
    told = f"p = {p:.2g}" if p >= 0.0001 else "p < 0.0001"
    return f"{told} *" if differs else told


def part_cell(one: Ended, name: str) -> str:
    """The mean of one of PARTS and its share of the total."""
    return _share_cell(one.mean(name), one) if one.times[name] else UNKNOWN


def piece_cell(one: Ended, whose: str, role: str) -> str:
    """The same of a piece of a part."""
    return _share_cell(one.mean_piece(whose, role), one) if one.n else UNKNOWN


def _share_cell(ms: float, one: Ended) -> str:
    total = one.mean("total")
    return milliseconds(ms) + (f" {ms / total:.0%}" if total else "")


def times_cell(values: Distribution) -> str:
    """p50 / p99 (n)."""
    return (
        f"{ms_cell(values.percentile(0.5))} / {ms_cell(values.percentile(0.99))} ({short(values.n)})"
        if values.n
        else UNKNOWN
    )


def sizes_cell(values: Distribution) -> str:
    """p95 / max, of a distribution of bytes."""
    if not values.n or values.max_ns is None:
        return UNKNOWN
    return f"{short(round((values.percentile(0.95) or 0) * NANOSECONDS))}B / {short(values.max_ns)}B"


def count_cell(value: int | None) -> str:
    """A count that may not be known."""
    return UNKNOWN if value is None else short(value)


def figure_cell(one: Ended, name: str, value: float | None) -> str:
    """A figure of the total time with its 95 % interval, where that is known: ``62.3ms (61.9–63.1ms)``."""
    found = interval_of(one, name)
    if value is None or found is None:
        return ms_cell(value)
    # What was drawn need not hold the figure itself, of a few values or two runs.
    low, high = milliseconds(min(found[0], value)), milliseconds(max(found[1], value))
    unit = high.lstrip("0123456789.")
    shown = low.removesuffix(unit) if low.lstrip("0123456789.") == unit else low
    return f"{milliseconds(value)} ({shown}–{high})"


def ms_cell(value: float | None) -> str:
    """A time that may not be known."""
    return UNKNOWN if value is None else milliseconds(value)
