"""Counters of one association say what a book that adds all of them up in each reading says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.model.associations.counters import CounterBook
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
