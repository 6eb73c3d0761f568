"""How surely a figure of one side is known: its 95 % interval, across its runs where there are enough, else within."""

from __future__ import annotations

from sctptop.comparison.sides.ratios import usable
from sctptop.comparison.statistics.across_runs import interval_across
from sctptop.comparison.statistics.percentiles import FIGURES, enough_for, figure
from sctptop.comparison.statistics.ratio import LEAST_RUNS
from sctptop.comparison.statistics.within_runs import interval_within
from sctptop.comparison.summaries.ended import Ended

Interval = tuple[float, float]


def interval_of(side: Ended, name: str, part: str = "total") -> Interval | None:
    """Of one of FIGURES of one of PARTS, in ms; None where too few registrations, or none of that part, show it.

    Of three runs or more that of their set-up: each run has one number, and of a percentile the middle is their
    geometric mean. Of fewer, that of these very registrations.
    """
    share = FIGURES[name]
    runs = usable(side)
    if len(runs) < LEAST_RUNS:
        return interval_within(side.times[part], share)
    if not all(one.times[part] and enough_for(one.n, share) for one in runs):
        return None
    return interval_across([figure(one.times[part], share) or 0.0 for one in runs])
