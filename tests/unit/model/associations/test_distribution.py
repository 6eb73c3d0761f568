"""The distribution against sorted lists: its error is what it says, and its memory bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.model.associations.distribution import NANOSECONDS, Distribution, bin_of, bounds

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
    assert Distribution().error < 0.008
    assert Distribution(4).error < 0.032


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
