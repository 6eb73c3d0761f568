"""Under which load registrations began."""

from __future__ import annotations

import random

import pytest

from sctptop.comparison.load_curves.loads import in_flight, in_flight_before, per_second, span_for, varied
from tests.unit.comparison.loading import arrivals

S = 1_000_000_000


def test_registrations_are_counted_in_spans_since_the_first() -> None:
    starts = [10 * S, 10 * S + 1, 11 * S - 1, 11 * S, 14 * S]
    assert per_second(starts, starts, 1) == [3, 3, 3, 1, 1]
    assert per_second(starts, [10 * S, 14 * S], 2) == [2, 0.5]


def test_those_under_way_count_themselves() -> None:
    starts, stops = [1, 5, 5, 9], [5, 9, 20, 12]
    # One that ends makes room at that instant.
    assert in_flight(starts, stops, [1, 5, 9]) == [1, 2, 2]
    assert in_flight(starts[::-1], stops, [9]) == [2]


def test_those_of_the_second_before_are_a_mean() -> None:
    dice = random.Random(2)
    starts = sorted(dice.randrange(5 * S) for _ in range(40))
    stops = [one + dice.randrange(2 * S) for one in starts]

    def spent(begin: int, end: int) -> int:
        pairs = zip(starts, stops, strict=True)
        return sum(max(min(stop, end) - max(start, begin), 0) for start, stop in pairs)

    found = in_flight_before(starts, stops, starts)
    assert found == pytest.approx([spent(one - S, one) / S for one in starts])
    assert found[0] == 0


def test_a_span_holds_ten_on_average() -> None:
    def even(every_s: float, n: int = 200) -> list[int]:
        return [round(place * every_s * S) for place in range(n)]

    assert [span_for([even(one)]) for one in (0.05, 0.15, 0.4, 0.9, 3, 50)] == [1, 2, 5, 10, 60, 60]
    # A hundred at once and then none for a minute are many a second.
    assert span_for([[minute * 60 * S + place for minute in range(5) for place in range(100)]]) == 1
    assert span_for([[], []]) == 1


def test_load_varies_where_counts_differ_by_more_than_chance() -> None:
    dice = random.Random(3)

    def made(first: float, last: float) -> list[int]:
        return [round(one * S) for one in arrivals(dice, 60, first, last)]

    assert not varied([made(10, 10)], 1)
    assert varied([made(4, 40)], 1)
    # Steady within each run, and another from run to run.
    assert varied([made(5, 5), made(30, 30)], 1) and not varied([made(30, 30), made(30, 30)], 1)
    assert not varied([], 1) and not varied([[]], 1) and not varied([[7, 8]], 1)
