"""How intervals and claims of a comparison were made, in words that can be cited."""

from __future__ import annotations

from sctptop.comparison.result import Comparison
from sctptop.comparison.statistics.ratio import LEAST_RUNS
from sctptop.comparison.statistics.within_runs import RESAMPLES

ACROSS = (
    "One number a run, Welch's t on their logarithms (Welch 1947); intervals 95 %; * differs for certain (p < 5 % "
    "after Holm 1979 over the rows of its table); = no difference beyond {margin:.0%} (two one-sided tests at 5 %, "
    "Schuirmann 1987); neither: cannot tell."
)
WITHIN = (
    "Intervals are of these very runs: 95 % of {resamples:,} bootstrap resamples; * differs by more than {margin:.0%} "
    "for certain (p < 5 % after Holm 1979 over the rows of its table); = no difference beyond that; neither: cannot "
    "tell. Nothing is claimed of the set-ups: that takes {least} runs a side or more."
)


def method(comparison: Comparison) -> str:
    """Of the weakest pair."""
    text = ACROSS if all(pair.across for pair in comparison.pairs) else WITHIN
    return text.format(margin=comparison.margin, resamples=RESAMPLES, least=LEAST_RUNS)
