"""Intervals hold what they promise, and no difference is claimed that is not there."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import median

import pytest

from sctptop.comparison.significance import (
    FASTER,
    SAME,
    SLOWER,
    TOO_FEW,
    Ratio,
    percentile,
    ratio_of_distributions,
    ratio_of_means,
    ratio_of_percentiles,
    worth,
)
from sctptop.model.associations.distribution import NANOSECONDS, Distribution

TRIALS = 30


def times(dice: random.Random, n: int, middle: float = 20.0, spread: float = 0.5) -> list[float]:
    return [middle * dice.lognormvariate(0, spread) for _ in range(n)]


def drifting(dice: random.Random, n: int, keep: float = 0.7) -> list[float]:
    """A host that is slow for a while: each value is much like the one before."""
    found, state = [], 0.0
    for _ in range(n):
        state = keep * state + dice.gauss(0, 0.2)
        found.append(20 * 2.718**state)
    return found


def median_ratio(base: Sequence[float], other: Sequence[float]) -> Ratio:
    return ratio_of_percentiles(base, other, 0.5)


@pytest.mark.parametrize(("ratio_of", "n"), [(median_ratio, (60, 90)), (ratio_of_means, (250, 300))])
def test_an_interval_holds_the_truth_in_95_of_100_cases(
    ratio_of: Callable[[Sequence[float], Sequence[float]], Ratio], n: tuple[int, int]
) -> None:
    dice, hits = random.Random(7), 0
    for _ in range(TRIALS):
        found = ratio_of(times(dice, n[0]), times(dice, n[1], 30.0))
        assert found.low is not None and found.high is not None
        hits += found.low <= 1.5 <= found.high
    assert hits / TRIALS >= 0.9


@pytest.mark.parametrize("make", [times, drifting])
def test_two_of_the_same_kind_hardly_ever_differ(
    make: Callable[[random.Random, int], list[float]],
) -> None:
    dice = random.Random(8)
    wrong = sum(median_ratio(make(dice, 100), make(dice, 120)).differs for _ in range(TRIALS))
    assert wrong / TRIALS <= 0.08


def test_a_place_drawn_is_as_good_as_a_resample() -> None:
    """The way round resampling gives the interval that resampling gives."""
    dice = random.Random(15)
    base, other = times(dice, 61), times(dice, 71)
    ratios = sorted(
        median(dice.choices(other, k=len(other))) / median(dice.choices(base, k=len(base)))
        for _ in range(2000)
    )
    found = median_ratio(base, other)
    assert found.low == pytest.approx(ratios[50], rel=0.03)
    assert found.high == pytest.approx(ratios[-50], rel=0.03)


def test_values_that_hang_together_are_worth_less() -> None:
    dice = random.Random(9)
    assert worth(drifting(dice, 400, 0.9), 0.5) < 200
    # The same values without their order tell nothing of that.
    assert worth(times(dice, 400), 0.5) == 400
    assert worth([5.0] * 100, None) == 100


def test_what_is_three_times_as_slow_is_said_to_be() -> None:
    dice = random.Random(10)
    base, other = times(dice, 80, 20), times(dice, 80, 60)
    for found in (
        median_ratio(base, other),
        ratio_of_means(base, other),
        ratio_of_percentiles(base, other, 0.95),
    ):
        assert found.word == SLOWER and found.value == pytest.approx(3, rel=0.4)
    back = median_ratio(other, base)
    assert back.word == FASTER and back.value == pytest.approx(1 / (median_ratio(base, other).value or 0))


def test_a_difference_below_five_percent_is_none_however_certain() -> None:
    dice = random.Random(11)
    found = median_ratio(times(dice, 4000, 20, 0.1), times(dice, 4000, 20.6, 0.1))
    assert found.low is not None and found.low > 1
    assert found.word == SAME


def test_a_few_stalls_show_in_the_mean_and_not_in_the_median() -> None:
    dice = random.Random(12)
    quick = times(dice, 150, 20, 0.1)
    stalled = [
        value + (200 if place % 9 == 0 else 0) for place, value in enumerate(times(dice, 150, 20, 0.1))
    ]
    assert median_ratio(quick, stalled).word == SAME
    assert ratio_of_means(quick, stalled).word == SLOWER


def test_few_values_show_nothing() -> None:
    assert median_ratio([1.0] * 9, [9.0] * 500).word == TOO_FEW
    assert ratio_of_means([], [9.0] * 500).word == TOO_FEW
    # The 95th percentile of 30 is nearly their greatest.
    assert not ratio_of_percentiles([1.0] * 30, [9.0] * 30, 0.95).differs
    assert median_ratio([0.0] * 20, [0.0] * 20).word == SAME


def test_a_distribution_compares_like_its_values() -> None:
    dice = random.Random(13)
    values = times(dice, 300, 8, 0.2), times(dice, 300, 12, 0.2)
    counted = [Distribution().merged((round(one * NANOSECONDS), 1) for one in some) for some in values]
    by_value, by_count = median_ratio(*values), ratio_of_distributions(counted[0], counted[1], 0.5)
    assert by_count.word == SLOWER
    assert by_count.value == pytest.approx(by_value.value, rel=0.02)
    assert by_count.low == pytest.approx(by_value.low, rel=0.05)
    assert ratio_of_distributions(Distribution(), counted[1], 0.5).value is None


def test_the_same_values_give_the_same_interval() -> None:
    dice = random.Random(14)
    base, other = times(dice, 50), times(dice, 50)
    assert median_ratio(base, other) == median_ratio(base, other)
    assert ratio_of_means(base, other) == ratio_of_means(base, other)


def test_percentiles() -> None:
    assert [percentile([1.0, 2.0, 3.0, 4.0], share) for share in (0, 0.25, 0.5, 0.51, 0.95, 1)] == [
        1,
        1,
        2,
        3,
        4,
        4,
    ]
    assert percentile([], 0.5) is None
