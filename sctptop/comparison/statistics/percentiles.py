"""Percentiles, and the figures that stand for a whole run."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import ceil
from statistics import fmean

FIGURES: dict[str, float | None] = {"p50": 0.5, "mean": None, "p95": 0.95, "p99": 0.99}
"""What is compared of times: a percentile by its share, None for the mean."""
LEAST_BEYOND = 2
"""So many values at least must lie beyond a percentile, else it is hardly more than the greatest of all."""


_KEPT: deque[tuple[Sequence[float], list[float]]] = deque(maxlen=4)
"""Sorting 100,000 times takes as long as all else that is asked of them."""


def in_order(values: Sequence[float]) -> Sequence[float]:
    """These sorted. Who asks for one figure of a tuple mostly asks for several; a list may be another by then."""
    for known, ordered in _KEPT:
        if known is values:
            return ordered
    found = sorted(values)
    if isinstance(values, tuple):
        _KEPT.append((values, found))
    return found


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The least of sorted values that ``share`` of them do not exceed; None of none."""
    return ordered[max(ceil(share * len(ordered)), 1) - 1] if ordered else None


def figure(values: Sequence[float], share: float | None) -> float | None:
    """A percentile of values in any order, or their mean for None; None of none."""
    if not values:
        return None
    return fmean(values) if share is None else percentile(in_order(values), share)


def enough_for(n: int, share: float | None) -> bool:
    """Whether ``n`` values have that percentile.

    >>> enough_for(40, 0.95), enough_for(39, 0.95), enough_for(200, 0.99), enough_for(1, None)
    (True, False, True, True)
    """
    return share is None or round(n * (1 - share), 9) >= LEAST_BEYOND
