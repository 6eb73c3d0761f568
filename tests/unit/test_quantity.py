"""Round numbers for an axis."""

from __future__ import annotations

import pytest

from sctptop.quantity import round_steps


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [
        (0.3, 4, [0.2, 0.5, 1, 2, 5]),
        (2, 5, [2, 5]),
        (1, 1, [1]),
        (99.999999999, 100.000000001, [100]),
        (7, 7, [5, 10]),
        (0.0011, 0.0012, [0.001, 0.002]),
        (900, 21_000, [500, 1000, 2000, 5000, 10_000, 20_000, 50_000]),
    ],
)
def test_steps_of_an_axis(low: float, high: float, steps: list[float]) -> None:
    assert round_steps(low, high) == steps
