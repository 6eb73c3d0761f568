"""How much is carried, in few steps."""

from __future__ import annotations

from math import log2

STICKS = 0.75
"""A level is kept while it is no further than this from what would be right: halves would go to and fro."""


def level_of(per_second: float, before: int) -> int:
    """0 below one packet in two seconds, then a step for four times as many; ``before`` sticks a little.

    >>> [level_of(rate, 0) for rate in (0, 0.4, 1, 5, 20, 1000)], level_of(2.4, 1), level_of(2.4, 2)
    ([0, 0, 1, 2, 3, 6], 1, 2)
    """
    exact = log2(1 + 4 * max(per_second, 0.0)) / 2
    return before if abs(exact - before) < STICKS else round(exact)
