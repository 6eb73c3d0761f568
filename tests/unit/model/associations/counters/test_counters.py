from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.model.associations.counters import CounterBook, CounterRow, step


@pytest.mark.parametrize(
    ("before", "now", "gained"),
    [
        (5, 5, 0),
        (5, 12, 7),
        (2**32 - 3, 4, 7),
        (2**64 - 3, 4, 7),
        (2**63 - 3, -(2**63) + 4, 7),
        (-3, 4, 7),
        (1_000_000, 5, 5),
        (2**31 - 1, 0, 0),
        # A wrap is believed up to half the word, beyond that a restart.
        (2**32 - 1, 2**30 + 5, 2**30 + 6),
        (2**32 - 1, 2**31 - 2, 2**31 - 1),
        (2**32 - 1, 2**31 - 1, 2**31 - 1),
        (2**32 - 1, 2**31 + 5, 2**31 + 5),
        (2**33, 5, 5),
    ],
)
def test_a_step_is_the_distance_through_a_wrap_and_from_zero_after_a_restart(
    before: int, now: int, gained: int
) -> None:
    assert step(before, now) == gained


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**31))
def test_a_counter_of_64_bits_never_loses_a_gain(before: int, gain: int) -> None:
    assert step(before, (before + gain) % 2**64) == gain


def test_deltas_count_from_the_reset_and_absolute_values_stay() -> None:
    book = CounterBook()
    book.advance({"SctpOutSCTPPacks": 100}, None)
    book.advance({"SctpOutSCTPPacks": 130}, 2.0)
    (before,) = book.rows()
    assert (before.absolute, before.since_reset, before.rate) == (130, 30, 15.0)
    book.reset()
    (zeroed,) = book.rows()
    assert (zeroed.absolute, zeroed.since_reset) == (130, 0)
    book.advance({"SctpOutSCTPPacks": 137}, 1.0)
    (after,) = book.rows()
    assert (after.absolute, after.since_reset, after.rate) == (137, 7, 7.0)


def test_a_counter_that_disappears_keeps_its_gain_and_goes_on_when_it_returns() -> None:
    book = CounterBook()
    book.advance({"SctpAborteds": 10}, None)
    book.advance({"SctpAborteds": 14}, 1.0)
    book.advance({}, 1.0)
    (gone,) = book.rows()
    assert (gone.absolute, gone.since_reset, gone.rate) == (None, 4, None)
    book.advance({"SctpAborteds": 15}, 1.0)
    (back,) = book.rows()
    assert (back.absolute, back.since_reset, back.rate) == (15, 5, None)
    book.advance({"SctpAborteds": 2}, 1.0)
    (restarted,) = book.rows()
    assert (restarted.absolute, restarted.since_reset) == (2, 7)


def test_a_gauge_may_fall() -> None:
    book = CounterBook()
    book.advance({"SctpCurrEstab": 5}, None)
    book.advance({"SctpCurrEstab": 2}, 1.0)
    (row,) = book.rows()
    assert (row.since_reset, row.rate) == (-3, -3.0)


def test_a_gain_counts_whenever_it_was_and_a_rate_is_per_second() -> None:
    book = CounterBook()
    assert book.advance({"a": 7, "b": 1}, None) == {"a": 0, "b": 0}
    assert book.advance({"a": 10, "b": 1}, 0.5) == {"a": 3, "b": 0}
    assert book.advance({"a": 11}, 1.0) == {"a": 1}
    assert book.gained() == {"a": 4, "b": 0}
    assert (book.rate("a"), book.rate("b"), book.rate("c")) == (1.0, None, None)
    assert [row.name for row in book.rows(("c", "b", "a"))] == ["b", "a"]


def test_no_rate_without_an_interval() -> None:
    book = CounterBook()
    book.advance({"a": 1}, None)
    book.advance({"a": 2}, 0.0)
    assert book.rate("a") is None


def test_counters_that_rest_are_the_same_rows_and_right_once_they_move() -> None:
    book = CounterBook()
    seen: list[tuple[CounterRow, ...]] = []
    for values in ({"A": 5}, {"A": 7}, {"A": 7}, {"A": 7}, {"A": 8}, {"A": 8}):
        book.advance({**values, "B": 1}, 1.0 if seen else None)
        seen.append(book.rows())
    assert [rows[0].rate for rows in seen] == [None, 2.0, 0.0, 0.0, 1.0, 0.0]
    assert [rows[0].since_reset for rows in seen] == [0, 2, 2, 2, 3, 3]
    assert seen[3] is seen[2]
    book.reset()
    assert [(row.since_reset, row.rate) for row in book.rows()] == [(0, 0.0), (0, 0.0)]
    book.advance({"A": 8, "B": 1}, 0.0)
    assert [row.rate for row in book.rows()] == [None, None]
