"""The ratio of a figure between two sides: across runs where there are enough of them, else within these runs."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.comparison.statistics.across_runs import ratio_across
from sctptop.comparison.statistics.percentiles import FIGURES, enough_for, figure
from sctptop.comparison.statistics.ratio import LEAST_N, LEAST_RUNS, MARGIN, Ratio
from sctptop.comparison.statistics.within_runs import ratio_of_distributions, ratio_within
from sctptop.comparison.summaries.ended import Ended
from sctptop.model.associations.distribution import Distribution, total

NOTHING = 1e-3
"""Of the whole time of a registration: a part below it counts as that, for a ratio to nothing says nothing."""


def usable(side: Ended) -> tuple[Ended, ...]:
    """The runs that hold registrations enough to stand for their set-up."""
    return tuple(one for one in side.each if one.n >= LEAST_N)


def across(base: Ended, other: Ended) -> bool:
    """Whether both have the runs that it takes to speak of set-ups."""
    return min(len(usable(base)), len(usable(other))) >= LEAST_RUNS


def ratio_of(base: Ended, other: Ended, part: str, name: str, margin: float = MARGIN) -> Ratio:
    """Of one of PARTS, and one of FIGURES of it."""
    share = FIGURES[name]
    if not across(base, other):
        return ratio_within(base.times[part], other.times[part], share, margin)
    sides = [usable(one) for one in (base, other)]
    n = sum(one.n for one in sides[0]), sum(one.n for one in sides[1])
    if not all(one.times[part] for side in sides for one in side):
        return Ratio(n, margin=margin)
    first, second = ([figure(one.times[part], share) or 0.0 for one in side] for side in sides)
    whole = max(one.mean("total") for side in sides for one in side)
    found = ratio_across(first, second, n, margin, NOTHING * whole)
    least = min(one.n for side in sides for one in side)
    return found if enough_for(least, share) else Ratio(n, found.value, margin=margin)


def ratio_of_counted(
    base: Sequence[Distribution], other: Sequence[Distribution], share: float, margin: float = MARGIN
) -> Ratio:
    """Of a percentile of values that were only counted, a distribution a run."""
    sides = [[one for one in side if one.n >= LEAST_N] for side in (base, other)]
    if min(map(len, sides)) < LEAST_RUNS:
        return ratio_of_distributions(total(base), total(other), share, margin)
    first, second = ([one.percentile(share) or 0.0 for one in side] for side in sides)
    n = sum(one.n for one in sides[0]), sum(one.n for one in sides[1])
    return ratio_across(first, second, n, margin)
