"""p values of many tests at once, adjusted so that one wrong claim among all is no likelier than of one test."""

from __future__ import annotations

from collections.abc import Sequence


def holm(values: Sequence[float]) -> list[float]:
    """Adjusted p values in the order given (Holm 1979, step down): good whatever depends on what.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    found = [0.0] * len(values)
    most = 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        most = max(most, min((len(values) - rank) * values[place], 1.0))
        found[place] = most
    return found
