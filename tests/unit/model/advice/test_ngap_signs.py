"""What the NGAP of one association is remembered for: counts of half a minute to a whole one, and pairs of messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.advice.ngap_signs import Direction, NgapWatch, SackTimeouts, is_message
from sctptop.model.event import Event
from tests.unit.associations import NETNS
from tests.unit.model.advice.advised import ngap

GENERATION_S = 30.0


class Followed(NgapWatch):
    """One that is told of every interval."""

    def __init__(self, now_s: float) -> None:
        self.expired = SackTimeouts()
        super().__init__(now_s, NETNS, self.expired)


def heard(*events: Event, sack_delay_ms: int | None = 200, at_s: float = 0.0) -> Followed:
    watch = Followed(0.0)
    take(watch, events, at_s, sack_delay_ms)
    return watch


def take(
    watch: Followed,
    events: Iterable[Event],
    at_s: float,
    sack_delay_ms: int | None = 200,
    timeouts: float = 0.0,
) -> None:
    watch.expired.advance({NETNS: timeouts, NETNS + 1: 5.0})
    if at_s - watch.turned_s >= GENERATION_S:
        watch.turn(at_s)
    messages = [event for event in events if is_message(event)]
    if messages:
        watch.take(messages, at_s, sack_delay_ms)


def facts(watch: NgapWatch, direction: str, generation: int = 1) -> tuple[int, int, int, set[int], set[int]]:
    way = watch.both(direction)[generation]
    return way.messages, way.swapped, way.of_ues, way.ues, way.streams


def test_ways_are_counted_apart() -> None:
    watch = heard(
        ngap(0, 1, stream=5),
        ngap(1, 2, stream=5, ppid_swapped=True),
        ngap(2, 1, "out", stream=0),
        ngap(3, 7, "out", ran_ue_id=None, ppid_swapped=True),
        ngap(4, 8, "out", stream=None, ppid_swapped=False),
    )
    assert facts(watch, "in") == (2, 1, 2, {1, 2}, {5})
    assert facts(watch, "out") == (3, 1, 2, {1, 8}, {0})
    assert facts(watch, "in", 0) == facts(watch, "out", 0) == (0, 0, 0, set(), set())
    assert watch.messages == 5


@pytest.mark.parametrize(
    "event",
    [
        replace(ngap(0, 1), kind="cwnd"),
        ngap(0, 1, "sideways"),
        ngap(0, 1, ""),
        ngap(0, 1, times=1, pdu=None, odd="ppid"),
    ],
)
def test_other_events_are_none(event: Event) -> None:
    assert heard(event).messages == 0


def test_generations_turn_and_are_forgotten() -> None:
    watch = heard(ngap(0, 1))
    take(watch, [ngap(1, 2)], 29.9)
    assert [facts(watch, "in", place)[3] for place in (0, 1)] == [set(), {1, 2}]
    take(watch, [ngap(2, 3)], 30.0)
    assert [facts(watch, "in", place)[3] for place in (0, 1)] == [{1, 2}, {3}]
    assert watch.messages == 3
    take(watch, [], 59.9)
    assert watch.messages == 3
    take(watch, [], 60.0)
    assert [facts(watch, "in", place)[3] for place in (0, 1)] == [{3}, set()]
    take(watch, [], 90.0)
    assert watch.messages == 0


def test_it_is_over_two_generations_after_the_last_message() -> None:
    watch = heard(ngap(0, 1), at_s=10.0)
    take(watch, [replace(ngap(0, 1), kind="cwnd")], 40.0)
    assert not watch.over(70.0, GENERATION_S) and watch.over(70.1, GENERATION_S)
    assert not watch.over(100.0, 45.0), "where readings are rare a generation is longer"
    assert not Followed(5.0).over(65.0, GENERATION_S) and Followed(5.0).over(65.1, GENERATION_S)


@pytest.mark.parametrize(
    ("gap_ms", "late"), [(0, 0), (179.9, 0), (180, 1), (200, 1), (250, 1), (250.1, 0), (400, 0)]
)
def test_a_pair_is_late_if_it_came_about_a_sack_delay_apart(gap_ms: float, late: int) -> None:
    assert heard(ngap(50, 1), ngap(50 + gap_ms, 1)).pairs == (late, 1, 0)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([ngap(0, 1), ngap(200, 2)], (0, 0, 0)),
        ([ngap(0, 1), ngap(0, 2), ngap(200, 1), ngap(200, 2)], (2, 2, 0)),
        ([ngap(0, 1), ngap(5, 1, "out"), ngap(200, 1)], (0, 0, 0)),
        ([ngap(0, 1, "out"), ngap(200, 1)], (0, 0, 0)),
        ([ngap(0, 1), ngap(200, 1, "out")], (0, 0, 0)),
        ([ngap(0, 1), ngap(200, 1), ngap(400, 1), ngap(410, 1)], (2, 3, 0)),
        ([ngap(0, 1), ngap(200, 1, at_ns=None)], (0, 0, 0)),
        ([ngap(0, 1), ngap(100, 1, at_ns=None), ngap(200, 1)], (1, 1, 0)),
    ],
)
def test_a_pair_is_two_of_a_ue_with_nothing_sent_to_it_between(events: list[Event], expected: Any) -> None:
    assert heard(*events).pairs == expected


@pytest.mark.parametrize(("delay_ms", "expected"), [(None, (0, 0, 0)), (0, (0, 0, 0)), (100, (0, 1, 0))])
def test_pairs_go_by_our_own_sack_delay(delay_ms: int | None, expected: tuple[int, int, int]) -> None:
    assert heard(ngap(0, 1), ngap(200, 1), sack_delay_ms=delay_ms).pairs == expected


def test_pairs_and_timeouts_are_of_both_generations() -> None:
    watch = Followed(0.0)
    take(watch, [ngap(0, 1), ngap(200, 1), ngap(300, 2)], 0.0, timeouts=2.4)
    take(watch, [ngap(500, 2), ngap(900, 2)], 30.0, timeouts=0.2)
    take(watch, [], 31.0, timeouts=1.1)
    assert watch.pairs == (2, 3, 4)
    take(watch, [], 60.0)
    assert watch.pairs == (1, 2, 1)


def test_a_generation_that_turns_matters_if_there_was_one_before_it() -> None:
    watch = Followed(0.0)
    watch.take([ngap(0, 1)], 0.0, 200)
    assert [watch.turn(at_s) for at_s in (30.0, 60.0, 90.0)] == [False, True, False]


def test_expiries_that_are_forgotten_matter_to_late_pairs() -> None:
    watch = Followed(0.0)
    take(watch, [], 1.0, timeouts=2.0)
    take(watch, [ngap(30_000, 1), ngap(30_200, 1)], 30.0)
    assert watch.pairs == (1, 1, 2)
    assert watch.turn(60.0) and watch.pairs == (1, 1, 0)


def test_both_generations_together() -> None:
    watch = heard(ngap(0, 1, stream=5), ngap(1, 2, stream=5, ppid_swapped=True))
    assert watch.ways == [("in", watch.both("in")[1])]
    take(watch, [ngap(2, 3, stream=6, ppid_unset=True), ngap(3, 4, "out", stream=0)], 30.0)
    out = ("out", Direction(1, 0, 0, 1, {4}, {0}))
    assert watch.ways == [out, ("in", Direction(3, 1, 1, 3, {1, 2, 3}, {5, 6}))]
    watch.turn(60.0)
    assert watch.ways == [out, ("in", Direction(1, 0, 1, 1, {3}, {6}))]
    watch.turn(90.0)
    assert watch.ways == [] and watch.messages == 0
