"""Load curves as tables: a line a level of load, then the knees; the same levels for all sides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sctptop.comparison.load_curves.curves import IN_FLIGHT, PER_SECOND, SHARES, Level, LoadCurve, SideCurve
from sctptop.comparison.load_curves.knee import LEVEL, STEEPER
from sctptop.output.compare.cells import Line, Table, line_of, ms_cell
from sctptop.quantity import UNKNOWN, short

AXES = {PER_SECOND: "registrations per second", IN_FLIGHT: "registrations in flight"}
"""What the load is, in words: of all kinds, at that end."""
NONE_SEEN = "none seen"


def load_tables(curves: Sequence[LoadCurve]) -> Iterable[Table]:
    """One a curve."""
    for curve in curves:
        lines = [
            line_of(label, [side.levels[place] for side in curve.sides], _level)
            for place, label in enumerate(level_labels(curve))
        ]
        lines += [_knees(curve, figure) for figure in SHARES]
        yield Table(f"Time by {AXES[curve.axis]}, p50 / p95 (n)", tuple(lines), _note(curve))


def level_labels(curve: LoadCurve) -> list[str]:
    """From which to which load each level goes, both included: "3–4"."""
    step = 1 if curve.axis == IN_FLIGHT else 1 / curve.span_s
    lasts = [*(edge - step for edge in curve.edges[1:]), curve.most]
    return [
        short(first) if last <= first else f"{short(first)}–{short(last)}"
        for first, last in zip(curve.edges, lasts, strict=True)
    ]


def _level(level: Level | None) -> str:
    if level is None:
        return UNKNOWN
    return f"{' / '.join(ms_cell(level.ms[figure]) for figure in SHARES)} ({short(level.n)})"


def _knees(curve: LoadCurve, figure: str) -> Line:
    return line_of(f"knee of {figure}", curve.sides, lambda side: _knee(side, figure))


def _knee(side: SideCurve, figure: str) -> str:
    if not side.varied:
        return UNKNOWN
    found = side.knees[figure]
    return NONE_SEEN if found is None else f"{short(found.load)}, then to {found.climb:.1f}×"


def _note(curve: LoadCurve) -> str:
    counted = (
        f"Counted in spans of {curve.span_s} s"
        if curve.axis == PER_SECOND
        else "Under way as one began, itself included; they also follow from how long one takes"
    )
    return (
        f"{counted}. Knee: two lines that meet (Hudson 1966) fit better than one, beyond chance ({LEVEL:.0%}, sup-F, "
        f"Andrews 1993), steeper by {STEEPER:.0f}× and to twice the time or more; – where the load hardly varied."
    )
