"""Student's t distribution: its probabilities and quantiles, for any degrees of freedom above 0.

The regularised incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8, evaluated after
Lentz): at most 1e-9 off from 0.5 to 1e6 degrees.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, isinf, lgamma, log, pi, sqrt
from statistics import NormalDist

TERMS, ENOUGH, TINY = 500, 1e-14, 1e-300
NEARLY_NORMAL = 1e6
"""Degrees of freedom from which the normal distribution is as good."""
STEPS = 200


def probability(t: float, degrees: float) -> float:
    """That a value lies at or below ``t``.

    >>> round(probability(2.776445, 4), 4), probability(0, 3)
    (0.975, 0.5)
    """
    if isinf(t):
        return 1.0 if t > 0 else 0.0
    if degrees >= NEARLY_NORMAL:
        return NormalDist().cdf(t)
    tail = _incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return 1 - tail if t > 0 else tail


def two_sided(t: float, degrees: float) -> float:
    """That a value lies as far from 0 as ``t`` or farther, on either side."""
    return min(2 * probability(-abs(t), degrees), 1.0)


@lru_cache(maxsize=1024)
def quantile(share: float, degrees: float) -> float:
    """The value that a ``share`` (0 to 1, ends excluded) of all do not exceed.

    >>> round(quantile(0.975, 4), 3), round(quantile(0.95, 9.3), 3)
    (2.776, 1.827)
    """
    if share < 0.5:
        return -quantile(1 - share, degrees)
    if share == 0.5:
        return 0.0
    # Above the middle the distribution is concave, and its quantiles lie beyond the normal ones: Newton's steps from
    # there come closer from below, and never pass by.
    t = NormalDist().inv_cdf(share)
    if degrees >= NEARLY_NORMAL:
        return t
    height = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * pi)
    for _ in range(STEPS):
        step = (share - probability(t, degrees)) / (height * (1 + t * t / degrees) ** (-(degrees + 1) / 2))
        t += step
        if abs(step) <= 1e-12 * t:
            break
    return t


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """I_x(a, b), regularised."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    # The fraction converges quickly on this side of the mean only.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    above, below = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = below
    for m in range(1, TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            below = 1 / _not_zero(1 + term * below)
            above = _not_zero(1 + term / above)
            step = above * below
            value *= step
        if abs(step - 1) < ENOUGH:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
