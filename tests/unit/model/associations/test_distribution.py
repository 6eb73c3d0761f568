"""The distribution against sorted lists: its error is what it says, and its memory bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.model.associations.distribution import (
    NANOSECONDS,
    PERCENTILES,
    Distribution,
    TimeSummary,
    bin_of,
    bounds,
    summary_of,
)

values = st.lists(st.integers(0, 100_000_000_000), min_size=1, max_size=300)


@given(st.integers(0, 1 << 63), st.integers(2, 7))
def test_a_value_lies_in_its_bin(value: int, bits: int) -> None:
    low, high = bounds(bin_of(value, bits), bits)
    assert low <= value < high
    assert high - low <= max(1, low >> bits)


@given(st.integers(0, 1 << 40), st.integers(2, 7))
def test_bins_follow_one_another(value: int, bits: int) -> None:
    index = bin_of(value, bits)
    assert bounds(index, bits)[1] == bounds(index + 1, bits)[0]


@given(values, st.sampled_from([0.0, 0.5, 0.9, 0.99, 1.0]), st.sampled_from([4, 6]))
def test_percentiles_are_within_the_stated_error(numbers: list[int], share: float, bits: int) -> None:
    distribution = Distribution(bits).merged((number, 1) for number in numbers)
    found = distribution.percentile(share)
    ranked = sorted(numbers)
    true = ranked[max(0, -(-int(share * 1000) * len(numbers) // 1000) - 1)]
    assert found is not None
    assert abs(found * NANOSECONDS - true) <= distribution.error * true + 1
    assert (distribution.n, distribution.min_ns, distribution.max_ns) == (len(numbers), ranked[0], ranked[-1])


def test_the_error_is_stated() -> None:
    assert Distribution().error == 1 / 128
    assert Distribution(4).error == 1 / 32


def test_merging_leaves_the_old_one_as_it_was() -> None:
    one = Distribution().merged([(5_000_000, 3)])
    two = one.merged([(7_000_000, 1)])
    assert (one.n, two.n) == (3, 4)
    assert one.percentile(1.0) == 5.0


@given(values)
def test_every_value_falls_between_edges_that_span_them(numbers: list[int]) -> None:
    distribution = Distribution().merged((number, 1) for number in numbers)
    assert sum(distribution.counts([0, 1e6, 1e8, 2e11])) == len(numbers)


def test_an_empty_one_has_no_percentile() -> None:
    assert Distribution().percentile(0.5) is None
    assert Distribution().counts([1]) == []


def test_two_distributions_make_one() -> None:
    first = Distribution(6).merged([(1_000_000, 3), (5_000_000, 1)])
    second = Distribution(6).merged([(200, 2), (5_000_000, 2)])
    both = first.plus(second)
    assert (both.n, both.min_ns, both.max_ns) == (8, 200, 5_000_000)
    assert both.percentile(0.5) == pytest.approx(1, rel=both.error)
    assert first.n == 4 and sum(times for _, times in both.steps()) == 8
    assert [value for value, _ in both.steps()] == sorted(value for value, _ in both.steps())
    coarser = first.plus(Distribution(4).merged([(9_000_000, 5)]))
    assert (coarser.bits, coarser.n) == (6, 9) and coarser.percentile(0.9) == pytest.approx(9, rel=0.04)
    assert Distribution(6).plus(first).percentile(1) == first.percentile(1)


@pytest.mark.parametrize("value", range(8))
def test_the_smallest_have_a_bin_each(value: int) -> None:
    assert bin_of(value, 2) == value and bounds(value, 2) == (value, value + 1)


def test_bins_widen_with_each_power_of_two() -> None:
    assert [bin_of(value, 2) for value in (8, 9, 10, 15, 16, 19, 20, 31, 32)] == [
        8,
        8,
        9,
        11,
        12,
        12,
        13,
        15,
        16,
    ]
    assert [bounds(index, 2) for index in (8, 11, 12, 16)] == [(8, 10), (14, 16), (16, 20), (32, 40)]
    assert bin_of(-5, 2) == 0


def ns(*numbers: int, bits: int = 6) -> Distribution:
    return Distribution(bits).merged((number, 1) for number in numbers)


def test_percentiles_of_a_hundred() -> None:
    hundred = ns(*range(1, 101))
    found = [hundred.percentile(share) for share in (0.0, 0.005, 0.01, 0.011, 0.5, 0.9, 0.99, 1.0)]
    assert found == [number / NANOSECONDS for number in (1, 1, 1, 2, 50, 90, 99, 100)]


def test_a_percentile_is_the_middle_of_its_bin_but_never_beyond_what_was_seen() -> None:
    """With 6 bits 1,000,000 lies in a bin from 999,424 to 1,007,615."""
    assert ns(1_000_000).percentile(0.5) == 1.0
    assert ns(1_007_000).percentile(0.5) == 1.007
    assert ns(5, 1_000_000, 9_000_000).percentile(0.5) == 1.0035195
    assert list(ns(3, 3, 1_000_000).steps()) == [(3e-6, 2), (1.0035195, 1)]


def test_a_value_below_nothing_counts_as_nothing() -> None:
    found = ns(-7, 4)
    assert (found.n, found.min_ns, found.max_ns, found.percentile(0.5)) == (2, 0, 4, 0.0)


def test_a_value_may_count_several_times() -> None:
    found = Distribution()
    found.add(9)
    found.add(9, 3)
    found.add(2)
    assert (found.n, dict(found.bins)) == (5, {9: 4, 2: 1})


def test_counts_between_edges() -> None:
    found = ns(0, 9, 10, 19, 20, 29, 30, 99)
    assert found.counts([0, 10, 20, 30]) == [2, 2, 4]
    assert found.counts([10, 20, 30, 40, 100]) == [4, 2, 1, 1]
    assert ns(35).counts([0, 10, 20, 30, 40, 50]) == [0, 0, 0, 1, 0]
    # A bin counts where its middle is: 1,003,519.5.
    assert ns(1_000_000).counts([0, 1_003_519.5, 2_000_000]) == [0, 1]
    assert ns(1_000_000).counts([0, 1_003_519.6, 2_000_000]) == [1, 0]
    assert found.counts([]) == []


def test_with_an_empty_one_nothing_is_added() -> None:
    for both in (ns(4, 9).plus(ns()), ns().plus(ns(4, 9))):
        assert (both.n, both.min_ns, both.max_ns, dict(both.bins)) == (2, 4, 9, {4: 1, 9: 1})
    neither = ns().plus(ns())
    assert (neither.n, neither.min_ns, neither.max_ns) == (0, None, None)
    assert dict(ns(4, 9).plus(ns(9)).bins) == {4: 1, 9: 2}


def test_what_is_published_of_one() -> None:
    assert summary_of(ns(), None) is None
    assert summary_of(ns(*range(1, 101)), 0.25) == TimeSummary(100, 1e-6, 5e-5, 9e-5, 9.9e-5, 1e-4, 0.25)
    # Rounded to the nanosecond.
    wide = summary_of(Distribution().merged([(1, 1), (1_000_000, 100), (9_000_000, 1)]), None)
    assert wide is not None and (wide.p50, wide.p90, wide.p99) == (1.003519, 1.003519, 1.003519)


def test_percentiles_that_are_reported() -> None:
    assert PERCENTILES == {"p50": 0.5, "p95": 0.95, "p99": 0.99}
