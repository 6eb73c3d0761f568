"""These very runs compared, where there are too few to see what differs from run to run: bootstrap intervals.

A percentile needs no resampling one by one: that of a resample of n is one of the n values, and its place is
distributed as the k-th smallest of n uniform numbers, Beta(k, n + 1 - k). So 2,000 resamples of any n cost 2,000 draws.
A mean is resampled value by value up to PLAIN_N of them, beyond that its resamples are normal by the central limit.

Registrations that follow each other are not independent: a burst queues up, a host has slow minutes. So times are cut
into blocks in the order in which they came; where block medians (or means) scatter more than chance would have it, n
counts for as much less. Of what lasts longer than a tenth of the recording that sees a part; of what differs from run
to run, nothing: no recording shows that. So a difference is claimed here only where it is beyond the margin for
certain, and of these runs alone. The same times always have the same interval.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import fsum, sqrt
from statistics import fmean

from sctptop.comparison.statistics.percentiles import enough_for, figure, in_order, percentile
from sctptop.comparison.statistics.ratio import LEAST_N, LEVEL, MARGIN, Ratio
from sctptop.model.associations.distribution import Distribution

RESAMPLES = 2000
SEED = 9260
PLAIN_N = 50
BLOCKS = 10
LEAST_BLOCK = 4
BY_CHANCE = 1.88
"""Ten blocks scatter by chance too, and in one case of twenty by more than this (chi-squared, 9 degrees)."""
CHANCES = 200
NORMAL_FROM = 8
"""Both parameters of Beta above it: normal within a few hundredths of its width, and far quicker to draw."""
TINY_MS = 1e-6
"""A nanosecond: what a time of 0 counts as in a ratio."""

LEAST_SPREAD = 1e-12
"""As a share of the values: what is less is how floats are rounded."""

Drawn = Callable[[random.Random], float]
_WORTH: deque[tuple[Sequence[float], float]] = deque(maxlen=4)
"""Of medians, which every percentile of the same times asks for."""


def ratio_within(
    base: Sequence[float], other: Sequence[float], share: float | None, margin: float = MARGIN
) -> Ratio:
    """Of a percentile of times in the order in which they came, or of their means for None.

    The means see how many are slow, where the median does not.
    """
    n = (len(base), len(other))
    values = [figure(one, share) for one in (base, other)]
    drawn = [_drawn(one, share) for one in (base, other)] if enough_for(min(n), share) else [None, None]
    return _ratio(values, drawn, n, margin)


def interval_within(values: Sequence[float], share: float | None) -> tuple[float, float] | None:
    """95 %, of a percentile of times in the order in which they came, or of their mean for None; None of too few."""
    n = len(values)
    drawn = _drawn(values, share) if n >= LEAST_N and enough_for(n, share) else None
    if drawn is None:
        return None
    dice = random.Random(SEED)
    return _between(sorted(drawn(dice) for _ in range(RESAMPLES)), LEVEL)


def ratio_of_distributions(
    base: Distribution, other: Distribution, share: float, margin: float = MARGIN
) -> Ratio:
    """Of a percentile of values that were only counted."""
    drawn = [_percentile_in(one, share) for one in (base, other)]
    values = [one.percentile(share) for one in (base, other)]
    return _ratio(values, drawn, (base.n, other.n), margin)


def worth(values: Sequence[float], share: float | None) -> float:
    """How many independent values these, in their order, are worth: at most as many as there are.

    Judged by the percentile ``share`` of each block, or by its mean for None.
    """
    n = len(values)
    if n < BLOCKS * LEAST_BLOCK:
        return float(n)
    blocks = [values[place * n // BLOCKS : (place + 1) * n // BLOCKS] for place in range(BLOCKS)]
    size = n / BLOCKS
    if share is None:
        found = [fmean(block) for block in blocks]
        expected = _spread(values) ** 2 / size
    else:
        ordered = in_order(values)
        found = [percentile(sorted(block), share) or 0.0 for block in blocks]
        draw, dice = _percentile_of(ordered, share, size), random.Random(SEED)
        expected = _spread([draw(dice) for _ in range(CHANCES)]) ** 2
    if expected <= 0:
        return float(n)
    inflation = _spread(found) ** 2 * BLOCKS / (BLOCKS - 1) / expected
    return n / inflation if inflation > BY_CHANCE else float(n)


def _drawn(values: Sequence[float], share: float | None) -> Drawn | None:
    if not values:
        return None
    # A tenth of them has hardly a percentile at the edge: the medians stand for all.
    return _mean_of(values) if share is None else _percentile_of(in_order(values), share, _worth(values))


def _worth(values: Sequence[float]) -> float:
    for known, of_it in _WORTH:
        if known is values:
            return of_it
    found = worth(values, 0.5)
    if isinstance(values, tuple):
        _WORTH.append((values, found))
    return found


def _spread(values: Sequence[float]) -> float:
    """Their standard deviation, as of all there are; ``statistics`` goes by fractions, at twenty times the cost."""
    mean = fmean(values)
    spread = sqrt(fsum([(value - mean) ** 2 for value in values]) / len(values))
    return spread if spread > LEAST_SPREAD * abs(mean) else 0.0


def _percentile_of(ordered: Sequence[float], share: float, size: float) -> Drawn:
    n = len(ordered)
    draw = _place(share, min(size, n))
    return lambda dice: ordered[min(int(draw(dice) * n), n - 1)]


def _percentile_in(values: Distribution, share: float) -> Drawn | None:
    if not values.n:
        return None
    steps = list(values.steps())
    upto = list(accumulate(times for _, times in steps))
    draw = _place(share, values.n)

    def drawn(dice: random.Random) -> float:
        return steps[bisect_left(upto, draw(dice) * values.n)][0]

    return drawn


def _place(share: float, n: float) -> Drawn:
    """Draws the place, 0 to 1, that a percentile of a resample of ``n`` has among the sorted values."""
    rank = min(max(share * n, 0.5), n)
    rest = n + 1 - rank
    if min(rank, rest) > NORMAL_FROM:
        middle, spread = rank / (n + 1), sqrt(rank * rest / (n + 2)) / (n + 1)
        return lambda dice: min(max(dice.gauss(middle, spread), 0.0), 1.0)
    return lambda dice: dice.betavariate(rank, rest)


def _mean_of(values: Sequence[float]) -> Drawn:
    n = len(values)
    mean = fmean(values)
    wider = sqrt(n / worth(values, None))
    if n > PLAIN_N:
        spread = _spread(values) / sqrt(n) * wider
        return lambda dice: max(dice.gauss(mean, spread), 0.0)
    return lambda dice: max(mean + (sum(dice.choices(values, k=n)) / n - mean) * wider, 0.0)


def _between(resamples: Sequence[float], level: float) -> tuple[float, float]:
    """Of sorted ones, those between which all but ``level`` lie."""
    return resamples[round(level / 2 * RESAMPLES)], resamples[round((1 - level / 2) * RESAMPLES) - 1]


def _ratio(
    values: Sequence[float | None], drawn: Sequence[Drawn | None], n: tuple[int, int], margin: float
) -> Ratio:
    base, other = values
    first, second = drawn
    if base is None or other is None:
        return Ratio(n, margin=margin)
    value = max(other, TINY_MS) / max(base, TINY_MS)
    if min(n) < LEAST_N or first is None or second is None:
        return Ratio(n, value, margin=margin)
    if base <= TINY_MS and other <= TINY_MS:
        return Ratio(n, 1.0, 1.0, 1.0, (1.0, 1.0), 1.0, margin=margin)
    dice = random.Random(SEED)
    ratios = sorted(max(second(dice), TINY_MS) / max(first(dice), TINY_MS) for _ in range(RESAMPLES))

    def interval(level: float) -> tuple[float, float]:
        low, high = _between(ratios, level)
        return min(low, value), max(high, value)

    beyond = (
        bisect_right(ratios, 1 + margin),
        RESAMPLES - bisect_left(ratios, 1 / (1 + margin)),
    )
    p = min(2 * min(beyond) / RESAMPLES, 1.0)
    return Ratio(n, value, *interval(LEVEL), interval(2 * LEVEL), p, margin=margin)
