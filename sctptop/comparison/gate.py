"""Whether a side is worse than the baseline, no worse, or neither can be told: for scripts."""

from __future__ import annotations

from sctptop.comparison.result import Pair
from sctptop.comparison.statistics.ratio import SLOWER

NO_WORSE, WORSE, UNSURE = "no worse", "worse", "cannot tell"
DECISIVE = ("p50", "mean")
FIGURES = ("p50", "mean", "p95", "p99")


def gate(pair: Pair, limit: float) -> str:
    """``limit``: 0.1 for 10 %, by how much slower is worse. Of set-ups alone: from three runs a side on.

    Worse: a figure is slower for certain, by more than the limit as far as can be told, or fewer succeed for certain.
    No worse: of median and mean the 90 % interval ends below the limit (one one-sided test at 5 % each).
    """
    if pair.success.across and pair.success.differs and pair.success.worse:
        return WORSE
    if not pair.comparable or not pair.across:
        return UNSURE
    if worse_by(pair, limit):
        return WORSE
    inner = [pair.ratios[name].inner for name in DECISIVE]
    return NO_WORSE if all(one is not None and one[1] < 1 + limit for one in inner) else UNSURE


def worse_by(pair: Pair, limit: float) -> str:
    """The first of FIGURES that is worse, "" for none."""
    if not pair.comparable or not pair.across:
        return ""
    ratios = ((name, pair.ratios[name]) for name in FIGURES)
    return next((name for name, one in ratios if one.word == SLOWER and (one.value or 0) > 1 + limit), "")


def worst(found: list[str]) -> str:
    """Of several."""
    return WORSE if WORSE in found else UNSURE if UNSURE in found else NO_WORSE
