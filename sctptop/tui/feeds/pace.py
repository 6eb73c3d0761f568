"""The steps that + and - walk through."""

from __future__ import annotations

from sctptop.interval import INTERVAL_MAX_S, INTERVAL_MIN_S

STEPS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)


def longer(interval_s: float) -> float:
    """The step above."""
    return next((step for step in STEPS_S if step > interval_s * 1.001), INTERVAL_MAX_S)


def shorter(interval_s: float) -> float:
    """The step below."""
    return next((step for step in reversed(STEPS_S) if step < interval_s * 0.999), INTERVAL_MIN_S)
