"""Exact tests of shares, good for however few: of all registrations, and run by run."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, exp, lgamma, sqrt
from statistics import fmean, variance

from sctptop.comparison.statistics.across_runs import standard_error
from sctptop.comparison.statistics.student import two_sided

Share = tuple[int, int]
"""How many of how many."""
SAME_CHANCE = 1 + 1e-7
"""Two tables that are as likely differ by what floats do."""


def fisher(first: Share, second: Share) -> float:
    """The two-sided p value of Fisher's exact test: of all tables with these margins, those no likelier than this one.

    >>> round(fisher((8, 10), (1, 6)), 4)
    0.035
    """
    (hits, n), (others, m) = first, second
    both = hits + others
    if not n or not m or both in (0, n + m):
        return 1.0
    whole = _log_choose(n + m, both)

    def chance(k: int) -> float:
        return exp(_log_choose(n, k) + _log_choose(m, both - k) - whole)

    here = chance(hits) * SAME_CHANCE
    return min(sum(one for k in range(max(both - m, 0), min(n, both) + 1) if (one := chance(k)) <= here), 1.0)


def shares_across(first: Sequence[Share], second: Sequence[Share]) -> float | None:
    """The p value of Welch's t on shares, one a run, stretched by the arcsine of their roots; None for too few runs.

    A run in which much failed for one reason is one event, however many registrations it took along.
    """
    sides = [[asin(sqrt(hits / n)) for hits, n in side if n] for side in (first, second)]
    runs = len(sides[0]), len(sides[1])
    if min(runs) < 2:
        return None
    apart = fmean(sides[0]) - fmean(sides[1])
    error, degrees = standard_error((sqrt(variance(sides[0])), sqrt(variance(sides[1]))), runs)
    if error <= 1e-12:
        return 1.0 if abs(apart) <= 1e-12 else 0.0
    return two_sided(apart / error, degrees)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
