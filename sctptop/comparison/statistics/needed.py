"""How many more runs or registrations it would take until an answer is there, at the spread that was seen."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log, sqrt

from sctptop.comparison.statistics.ratio import LEAST_RUNS, LEVEL, Ratio
from sctptop.comparison.statistics.student import quantile

POWER = 0.8
"""How likely the answer is then."""
MOST_RUNS = 1000
TESTS = 3
"""Rows among which a difference must stand out, as a rule."""


def runs_to_find(ratio: Ratio) -> int | None:
    """Runs a side until a difference as large as the one seen is found; None beyond MOST_RUNS."""
    if ratio.spread is None or not ratio.value:
        return None
    return _least_runs(ratio.spread, abs(log(ratio.value)), LEVEL / TESTS / 2, 1 - POWER)


def runs_to_rule_out(ratio: Ratio) -> int | None:
    """Runs a side until it is shown, if there is none, that no difference beyond the margin is there."""
    if ratio.spread is None:
        return None
    return _least_runs(ratio.spread, log(1 + ratio.margin), LEVEL, (1 - POWER) / 2)


def registrations_to_tell(ratio: Ratio) -> int | None:
    """Registrations a side, in these runs, until the interval is as narrow as the margin; None where none is known."""
    if not ratio.low or not ratio.high or ratio.high <= ratio.low:
        return None
    half = log(ratio.high / ratio.low) / 2
    return ceil(max(ratio.n) * (half / log(1 + ratio.margin)) ** 2)


def _least_runs(spread: tuple[float, float], apart: float, wrong: float, missed: float) -> int | None:
    """The least number with which ``apart`` exceeds the quantiles of both errors in standard errors."""

    def enough(runs: int) -> bool:
        error, degrees = sqrt((spread[0] ** 2 + spread[1] ** 2) / runs), 2.0 * (runs - 1)
        return (quantile(1 - wrong, degrees) + quantile(1 - missed, degrees)) * error <= apart

    return _first(enough, LEAST_RUNS, MOST_RUNS)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    """The least number for which it holds, and for all above it; None where not even for ``high``."""
    if not holds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
