"""Counters that grow, and those of one association, which say what a book that adds all of them up says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.model.associations.counters import CounterBook, CounterRow, step
from sctptop.model.associations.counts import COUNTED, NO_RATES, Counts, Rates, rise
from tests.unit.associations import association

NAMES = COUNTED[:4]
VALUES = st.one_of(st.none(), st.integers(0, 5), st.integers(2**32 - 3, 2**32 + 3))
READINGS = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "take", "rest", "reset", "undo"]),
        st.tuples(*[VALUES for _ in NAMES]),
        st.sampled_from([None, 0.0, 0.5, 1.0, 2.0]),
    ),
    max_size=30,
)


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


@given(READINGS)
def test_gains_and_rates_are_those_of_a_book(readings: list[tuple[str, tuple[int | None, ...], Any]]) -> None:
    counts, book = Counts(), CounterBook()
    told: dict[str, int] = {}
    entry = association(1)
    for what, values, interval_s in readings:
        gained = dict(counts.gained)
        kept = counts.gained
        match what:
            case "reset":
                counts.reset()
                book.reset()
            case "undo":
                counts.undo_reset()
                book.undo_reset()
            case "rest":
                counts.rest(interval_s)
                book.advance(told, interval_s)
            case _:
                entry = replace(entry, **dict(zip(NAMES, values, strict=True)))  # type: ignore[arg-type]
                told = {name: value for name, value in zip(NAMES, values, strict=True) if value is not None}
                counts.take(entry, interval_s)
                book.advance(told, interval_s)
        assert counts.gained == book.gained() and len(counts.gained) == len(book.gained())
        if what in ("take", "rest"):
            assert counts.rates == {name: book.rate(name) for name in COUNTED}
            assert list(counts.rates) == list(COUNTED) and len(counts.rates) == len(COUNTED)
            for names in (NAMES[:1], NAMES[1:], COUNTED[-2:]):
                assert rise(counts.rates, names) == any(book.rate(name) for name in names)
        assert kept == gained, "what was told stays"


def test_what_moves_is_worked_out_only_when_asked_for_and_rest_is_told_by_one_object() -> None:
    first, second = Counts(), Counts()
    for counts in (first, second):
        assert counts.rates is NO_RATES
        counts.take(association(1, out_packets=5), None)
        assert counts.rates is NO_RATES
        counts.take(association(1, out_packets=7), 2.0)
        assert isinstance(counts.rates, Rates) and counts.rates["out_packets"] == 1.0
        counts.rest(1.0)
    assert first.rates is second.rates and first.rates["out_packets"] == 0.0


def test_a_name_that_is_no_counter_has_neither() -> None:
    counts = Counts()
    counts.take(association(1, out_packets=5), None)
    counts.take(association(1, out_packets=7), 2.0)
    assert counts.rates.get("cwnd") is None and counts.gained.get("in_packets") is None
    for table in (counts.rates, counts.gained):
        with pytest.raises(KeyError):
            table["cwnd"]
