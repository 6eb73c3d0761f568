"""Ratios in words."""

from __future__ import annotations

from sctptop.comparison.statistics.ratio import LEAST_N, Ratio
from sctptop.quantity import UNKNOWN

LEAST_RATIO = 0.001
"""Below it, and above its inverse, a ratio is no figure any more: one of the two is as good as 0."""


def times_text(ratio: Ratio) -> str:
    """A ratio with its interval: ``0.98× (0.95–1.02)``; ``>800×`` where all that is known is that it is more."""
    if ratio.value is None:
        return UNKNOWN
    if (ratio.low is None) != (ratio.high is None):
        return f"{'<' if ratio.low is None else '>'}{_figures(ratio.value).lstrip('<>')}×"
    extreme = not LEAST_RATIO <= ratio.value <= 1 / LEAST_RATIO
    if ratio.low is None or ratio.high is None or min(ratio.n) < LEAST_N or extreme:
        return f"{_figures(ratio.value)}×"
    return f"{_figures(ratio.value)}× ({_figures(ratio.low)}–{_figures(ratio.high)})"


def factor_text(ratio: Ratio) -> str:
    """The same as a factor above 1, whichever way it goes."""
    if ratio.value is None or ratio.value >= 1 or ratio.low is ratio.high is None:
        return times_text(ratio)
    low, high = (None if end is None else 1 / end for end in (ratio.high, ratio.low))
    return times_text(Ratio(ratio.n, 1 / ratio.value, low, high))


def _figures(value: float) -> str:
    if not LEAST_RATIO <= value <= 1 / LEAST_RATIO:
        return f"<{LEAST_RATIO}" if value < 1 else f">{1 / LEAST_RATIO:.0f}"
    if value >= 1.995:
        return f"{value:.0f}" if value >= 99.5 else f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.0995 else f"{value:.3f}"
