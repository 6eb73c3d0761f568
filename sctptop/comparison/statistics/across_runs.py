"""Set-ups compared with the run as the unit: one number a run, Welch's t on the logarithms.

Registrations of one run share the machine, its caches and its bursts: only other runs show what differs from run to
run. Welch (1947) needs no equal spreads; on logarithms the difference of means is a ratio. That no difference beyond
the margin is there is claimed after Schuirmann (1987): two one-sided tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log, sqrt
from statistics import fmean, variance

from sctptop.comparison.statistics.ratio import LEAST_RUNS, LEVEL, MARGIN, Ratio
from sctptop.comparison.statistics.student import quantile, two_sided

TINY = 1e-6
"""A nanosecond in ms: what a time of 0 counts as in a ratio."""


def ratio_across(
    base: Sequence[float],
    other: Sequence[float],
    n: tuple[int, int],
    margin: float = MARGIN,
    floor: float = TINY,
) -> Ratio:
    """Of one number a run and side, in ms, LEAST_RUNS or more; what is below ``floor`` counts as that.

    ``n``: registrations of either side. Where all of one side is below ``floor``, the ratio is at least as far from 1
    as its value, and the interval has no end there. Raises ValueError for fewer runs.
    """
    runs = len(base), len(other)
    if min(runs) < LEAST_RUNS:
        raise ValueError(f"{min(runs)} runs tell nothing of a set-up")
    first, second = ([log(max(value, floor)) for value in side] for side in (base, other))
    apart = fmean(second) - fmean(first)
    spread = sqrt(variance(first)), sqrt(variance(second))
    error, degrees = standard_error(spread, runs)
    # A spread below what a float holds is none.
    if error <= 1e-12 * max(abs(apart), 1.0):
        p, wide, narrow = (1.0, 0.0, 0.0) if abs(apart) < 1e-12 else (0.0, 0.0, 0.0)
    else:
        p = two_sided(apart / error, degrees)
        wide, narrow = (quantile(share, degrees) * error for share in (1 - LEVEL / 2, 1 - LEVEL))
    # What is less than can be told may be far less.
    none = [max(side) < floor for side in (base, other)]
    return Ratio(
        n,
        exp(apart),
        None if none == [False, True] else exp(apart - wide),
        None if none == [True, False] else exp(apart + wide),
        (exp(apart - narrow), exp(apart + narrow)),
        p,
        runs=runs,
        spread=spread,
        margin=margin,
    )


def interval_across(values: Sequence[float]) -> tuple[float, float]:
    """95 %, of the geometric mean of one number a run, in ms, two or more: Student's t on their logarithms."""
    logs = [log(max(value, TINY)) for value in values]
    wide = quantile(1 - LEVEL / 2, len(logs) - 1) * sqrt(variance(logs) / len(logs))
    return exp(fmean(logs) - wide), exp(fmean(logs) + wide)


def standard_error(spread: tuple[float, float], runs: tuple[int, int]) -> tuple[float, float]:
    """Of the difference of two means, and its degrees of freedom after Welch and Satterthwaite."""
    parts = [deviation**2 / count for deviation, count in zip(spread, runs, strict=True)]
    below = sum(part**2 / (count - 1) for part, count in zip(parts, runs, strict=True))
    return sqrt(sum(parts)), sum(parts) ** 2 / below if below > 0 else inf
