"""What there is to draw of a comparison, whatever draws it: charts of points, two or more sides in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sctptop.comparison.kinds import UNTOLD, words
from sctptop.comparison.load_curves.curves import PER_SECOND, SHARES, LoadCurve
from sctptop.comparison.result import Comparison
from sctptop.output.compare.load_tables import AXES

MOST_STEPS = 400
"""Points of a distribution: more than a picture has columns."""
LEAST_MS = 0.001


@dataclass(frozen=True, slots=True)
class Curve:
    """The points of a ``side``, a number, by rising x; ``figure``: which of its figures, "" where it has one only."""

    side: int
    figure: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves on common axes. ``times_across``: x are times in ms (and y shares), else y are (and x loads)."""

    title: str
    across: str
    upward: str
    times_across: bool
    curves: tuple[Curve, ...]


def charts(comparison: Comparison, curves: Sequence[LoadCurve]) -> list[Chart]:
    """The distribution of the whole time, and each load curve; those without a point are left out."""
    many = words(comparison.kind or UNTOLD).full
    found = [
        Chart(
            f"Distribution of {many}",
            "time",
            f"share of {words(comparison.kind or UNTOLD).many} that took no longer",
            True,
            tuple(
                Curve(place, "", distribution(one.times["total"]))
                for place, one in enumerate(comparison.seen)
            ),
        )
    ]
    for curve in curves:
        per = f" (in spans of {curve.span_s} s)" if curve.axis == PER_SECOND else ""
        found.append(
            Chart(
                f"Time of {many} by {AXES[curve.axis]}",
                f"{AXES[curve.axis]}{per}",
                "time",
                False,
                tuple(
                    Curve(place, figure, tuple(side.points(figure)))
                    for place, side in enumerate(curve.sides)
                    for figure in SHARES
                ),
            )
        )
    return [chart for chart in found if any(curve.points for curve in chart.curves)]


def distribution(times: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """(ms, share of all that took no longer) in at most MOST_STEPS points, the least and the greatest among them."""
    ordered = sorted(times)
    n = len(ordered)
    steps = min(n, MOST_STEPS)
    ranks = sorted({round(step * (n - 1) / max(steps - 1, 1)) for step in range(steps)})
    return tuple((max(ordered[rank], LEAST_MS), (rank + 1) / n) for rank in ranks)
