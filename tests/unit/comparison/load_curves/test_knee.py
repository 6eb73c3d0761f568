"""A knee is where two lines meet that fit better than one beyond chance; else there is none."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from sctptop.comparison.load_curves.knee import knee

LOADS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24)


def meeting(at: float, steep: float, below: float = 0.0, scatter: float = 0.02) -> list[tuple[float, float]]:
    """50 ms up to ``at``, and ``steep`` ms more for each one beyond."""
    dice = random.Random(4)
    return [
        (load, (50 + below * min(load - at, 0) + steep * max(load - at, 0)) * (1 + dice.gauss(0, scatter)))
        for load in LOADS
    ]


@pytest.mark.parametrize("at", [3.0, 4.0, 6.0, 9.0])
def test_a_knee_is_where_it_begins_to_climb(at: float) -> None:
    found = knee(meeting(at, 12.5))
    assert found is not None
    assert found.load == pytest.approx(at, abs=1.1) and found.ms == pytest.approx(50, rel=0.1)
    assert found.climb == pytest.approx(1 + 12.5 * (24 - at) / 50, rel=0.1)


def test_loads_and_times_may_be_in_any_unit() -> None:
    found, other = knee(meeting(6, 12.5)), knee([(x * 1000 + 70, y / 40) for x, y in meeting(6, 12.5)])
    assert found is not None and other is not None
    assert (other.load, other.ms, other.climb) == pytest.approx(
        (found.load * 1000 + 70, found.ms / 40, found.climb)
    )


@pytest.mark.parametrize(
    "points",
    [
        [],
        meeting(4, 12.5)[:5],
        # One line, rising, without any scatter and with it.
        [(x, 10.0 * x) for x in LOADS],
        meeting(0, 10),
        # To less than twice as long; steeper, but not by twice; a bend downwards.
        meeting(16, 5, scatter=0.001),
        meeting(10, 10, 6, scatter=0.001),
        [(x, 50.0 + 20 * min(x, 6)) for x in LOADS],
        # One slow level at the end is no line.
        [*[(x, 50.0 + x % 3) for x in LOADS[:-1]], (24, 500.0)],
        [(5.0, 50.0 + place) for place in range(12)],
        [(x, 0.0) for x in LOADS],
    ],
)
def test_none_is_seen(points: Sequence[tuple[float, float]]) -> None:
    assert knee(points) is None


@pytest.mark.parametrize("slope", [0.0, 30.0])
def test_scatter_around_one_line_is_hardly_ever_a_knee(slope: float) -> None:
    """One in a hundred is allowed to bend by chance, and must climb to twice the time besides."""
    dice = random.Random(11)
    found = [
        knee([(x, (50 + slope * x) * dice.lognormvariate(0, 0.3)) for x in LOADS]) is not None
        for _ in range(60)
    ]
    assert sum(found) <= 2


def test_the_lines_are_those_of_least_squares() -> None:
    points = meeting(6, 12.5, scatter=0.1)
    found = knee(points)
    assert found is not None
    x, y = (np.array(one) for one in zip(*points, strict=True))
    # Weighted by what one line has there, for percentiles scatter by a share of what they are.
    sizes = np.maximum(np.poly1d(np.polyfit(x, y, 1))(x), min(y))

    def laid(at: float) -> Any:
        columns = np.stack([np.ones(len(x)), np.minimum(x - at, 0), np.maximum(x - at, 0)], axis=1)
        return np.linalg.lstsq(columns / sizes[:, None], y / sizes, rcond=None)

    height, _, beyond = laid(found.load)[0]
    assert found.ms == pytest.approx(height)
    assert found.climb == pytest.approx((height + beyond * (x[-1] - found.load)) / height)
    # No other place where they could meet leaves less.
    others = [*x[2:-2], *((x[2:-3] + x[3:-2]) / 2)]
    assert laid(found.load)[1][0] == pytest.approx(min(laid(at)[1][0] for at in others))
