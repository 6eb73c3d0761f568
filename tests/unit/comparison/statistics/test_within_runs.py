"""Intervals hold what they promise, and no difference is claimed that is not there."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import sqrt
from statistics import fmean, median, pstdev

import pytest

from sctptop.comparison.statistics.percentiles import percentile
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER, TOO_FEW, UNSURE, Ratio
from sctptop.comparison.statistics.within_runs import ratio_of_distributions, ratio_within, worth
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
    return ratio_within(base, other, 0.5)


def ratio_of_means(base: Sequence[float], other: Sequence[float]) -> Ratio:
    return ratio_within(base, other, None)


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


def resampled(
    base: Sequence[float], other: Sequence[float], figure: Callable[[Sequence[float]], float]
) -> tuple[float, float]:
    """The interval as textbooks have it: each resample drawn value by value."""
    dice = random.Random(16)
    ratios = sorted(
        figure(dice.choices(other, k=len(other))) / figure(dice.choices(base, k=len(base)))
        for _ in range(2000)
    )
    return ratios[50], ratios[-50]


@pytest.mark.parametrize("n", [(61, 71), (25, 35), (30, 400)])
def test_what_is_drawn_is_as_good_as_a_resample(n: tuple[int, int]) -> None:
    """The ways round resampling give the interval that resampling gives."""
    dice = random.Random(15)
    base, other = times(dice, n[0], spread=0.2), times(dice, n[1], spread=0.2)
    for found, figure in ((median_ratio(base, other), median), (ratio_of_means(base, other), fmean)):
        low, high = resampled(base, other, figure)
        assert [found.low, found.high] == pytest.approx([low, high], rel=0.03)


@pytest.mark.parametrize("n", [10, 12, 15, 20, 30, 60])
def test_places_are_those_of_resamples(n: int) -> None:
    """Against a baseline that is always 1 a ratio is a value, and these values name their places."""
    other = [100.0 + place for place in range(n)]
    found = median_ratio([1.0] * n, random.Random(18).sample(other, n))
    low, high = resampled([1.0] * n, other, lambda some: sorted(some)[(len(some) - 1) // 2])
    assert found.low == pytest.approx(low, abs=1.01) and found.high == pytest.approx(high, abs=1.01)


def test_one_value_far_off_widens_the_mean_upwards_only() -> None:
    """Of 20 resampled it is drawn up to three times in 97.5 of 100 cases, and often not at all."""
    found = ratio_of_means([10.0] * 20, [10.0] * 19 + [200.0])
    assert (found.low, found.value, found.high) == pytest.approx((1.0, 1.95, 3.85))


@pytest.mark.parametrize("n", [30, 100])
def test_microseconds_compare_like_milliseconds(n: int) -> None:
    dice = random.Random(17)
    base, other = times(dice, n), times(dice, n)
    for ratio_of in (median_ratio, ratio_of_means):
        large = ratio_of(base, other)
        small = ratio_of([one / 1e4 for one in base], [one / 1e4 for one in other])
        assert (small.low, small.high) == pytest.approx((large.low, large.high))


def blocks(within: float) -> list[float]:
    """Ten blocks of four, their means in turn 1 above and below 10, each value so far from its mean."""
    return [10 + (-1) ** block + (-1) ** place * within for block in range(10) for place in range(4)]


def test_values_are_worth_less_by_what_blocks_scatter_more_than_by_chance() -> None:
    # Means of blocks vary by 10 / 9, by chance it were (1 + 1) / 4: 2.22 times as much.
    assert worth(blocks(1), None) == pytest.approx(40 / (40 / 9 / 2))
    # 1.82 times as much may be by chance.
    assert worth(blocks(1.2), None) == 40
    assert worth(blocks(1)[:39], None) == 39
    # A block of equal values scatters by what it is.
    assert worth(blocks(0), None) == pytest.approx(9)
    assert worth(blocks(0)[:39], None) == 39
    # Medians of a slope of ten steps vary by 9.17, those of any four values of it by 4.1.
    slope = [float(place // 4) for place in range(40)]
    assert worth(slope, 0.5) == pytest.approx(40 / (9.17 / 4.1), rel=0.15) and worth(slope[:39], 0.5) == 39


@pytest.mark.parametrize("times_over", [1, 2])
def test_what_hangs_together_widens_the_interval_of_a_mean(times_over: int) -> None:
    """By the root of what values are worth less: here 40 (80) count for 18, in or beyond what is resampled."""
    together = [one for one in blocks(1) for _ in range(times_over)]
    apart = [9.0, 11.0, 11.0, 13.0, 9.0, 7.0, 11.0, 9.0] * 5 * times_over
    assert worth(apart, None) == len(apart)
    widths = []
    for values in (together, apart):
        found = ratio_of_means([10.0] * 20, values)
        assert found.low is not None and found.high is not None
        widths.append((found.high - found.low) / pstdev(values) * sqrt(worth(values, None)))
    assert widths[0] == pytest.approx(widths[1], rel=0.08)
    assert widths[0] * 10 == pytest.approx(2 * 1.96, rel=0.08)


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
        ratio_within(base, other, 0.95),
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
    assert not median_ratio(quick, stalled).differs
    assert ratio_of_means(quick, stalled).word == SLOWER


def test_what_is_not_seen_to_differ_is_not_seen_to_be_the_same() -> None:
    """Twelve values a side leave room for a quarter more."""
    dice = random.Random(21)
    found = median_ratio(times(dice, 12), times(dice, 12))
    assert found.word == UNSURE and not found.differs and not found.equivalent


def test_few_values_show_nothing() -> None:
    assert median_ratio([1.0] * 9, [9.0] * 500).word == TOO_FEW
    assert ratio_of_means([], [9.0] * 500).word == TOO_FEW
    # The 95th percentile of 30 is nearly their greatest.
    assert not ratio_within([1.0] * 30, [9.0] * 30, 0.95).differs


def test_ten_values_show_a_median_and_forty_a_95th_percentile() -> None:
    assert median_ratio([1.0] * 9, [9.0] * 500) == Ratio((9, 500), 9.0)
    assert median_ratio([1.0] * 10, [9.0] * 500).word == SLOWER
    assert ratio_of_means([9.0] * 10, [1.0] * 10).word == FASTER
    assert ratio_within([1.0] * 39, [9.0] * 500, 0.95) == Ratio((39, 500), 9.0)
    assert ratio_within([1.0] * 39, [9.0] * 500, 0.95).word == UNSURE
    assert ratio_within([1.0] * 40, [9.0] * 500, 0.95).word == SLOWER


def test_times_of_nothing_are_the_same_and_anything_is_slower() -> None:
    assert median_ratio([0.0] * 20, [0.0] * 20) == Ratio((20, 20), 1.0, 1.0, 1.0, (1.0, 1.0), 1.0)
    assert ratio_of_means([0.0] * 20, [5.0] * 20).word == SLOWER
    assert ratio_of_means([5.0] * 20, [0.0] * 20).word == FASTER
    # A nanosecond is the least.
    assert (
        median_ratio([1e-6] * 20, [0.0] * 20).value == 1
        and median_ratio([2e-6] * 20, [0.0] * 20).value == 0.5
    )


def test_a_distribution_compares_like_its_values() -> None:
    dice = random.Random(13)
    values = times(dice, 300, 8, 0.2), times(dice, 300, 12, 0.2)
    counted = [Distribution().merged((round(one * NANOSECONDS), 1) for one in some) for some in values]
    by_value, by_count = median_ratio(*values), ratio_of_distributions(counted[0], counted[1], 0.5)
    assert by_count.word == SLOWER
    assert by_count.value == pytest.approx(by_value.value, rel=0.02)
    assert by_count.low == pytest.approx(by_value.low, rel=0.05)
    assert by_count.high == pytest.approx(by_value.high, rel=0.05)
    assert ratio_of_distributions(Distribution(), counted[1], 0.5).value is None


def test_no_place_drawn_lies_beyond_the_greatest() -> None:
    """Of 170 the 95th percentile is near it: one of a thousand draws would be."""
    values = times(random.Random(19), 170)
    counted = Distribution().merged((round(one * NANOSECONDS), 1) for one in values)
    for found in (
        ratio_within([1.0] * 170, values, 0.95),
        ratio_of_distributions(Distribution().merged([(round(NANOSECONDS), 170)]), counted, 0.95),
    ):
        assert found.high is not None and found.high <= max(values) * 1.02


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
