"""Retransmissions that the kernel counted and no probe told are noticed, and only those."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from tests.unit.associations import NETNS, sample

ON = {"sock_diag": "ok", "procfs": "ok", "bpf": "ok"}


def told(times: int, reason: str = "FAST_RTX") -> tuple[Event, ...]:
    at = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
    return (Event(at, "retransmit", NETNS, 1, 2, 3, 4, details={"reason": reason}),) * times


def reading(at_s: float, fast: int, events: tuple[Event, ...] = (), **facts: object) -> Sample:
    counters = {"SctpFastRetransmits": fast, "SctpT3Retransmits": 0}
    return sample(at_s=at_s, counters=counters, events=events, **{"sources": ON, **facts})


def missed(*samples: Sample) -> int:
    model = Model()
    return [model.advance(one) for one in samples][-1].events_missed


def test_all_told() -> None:
    assert missed(reading(0, 100), reading(1, 103, told(3)), reading(2, 103), reading(3, 103)) == 0


def test_an_event_may_come_one_reading_after_its_count() -> None:
    assert missed(reading(0, 100), reading(1, 103, told(1)), reading(2, 103, told(2))) == 0


def test_two_are_missing() -> None:
    assert missed(reading(0, 100), reading(1, 103, told(1)), reading(2, 103)) == 2


def test_other_reasons_and_what_was_lost_in_a_buffer_are_no_miss() -> None:
    assert missed(reading(0, 100), reading(1, 103, events_lost=3), reading(2, 103)) == 0
    assert missed(reading(0, 100), reading(1, 101, told(1, "PMTUD")), reading(2, 101)) == 1


@pytest.mark.parametrize(
    ("counter", "reason"), [("T3Retransmits", "T3_RTX"), ("FastRetransmits", "FAST_RTX")]
)
def test_each_counter_is_of_one_kind_of_event(counter: str, reason: str) -> None:
    def counted(at_s: int, value: int, *events: Event) -> Sample:
        return sample(at_s=at_s, counters={f"Sctp{counter}": value}, events=events, sources=ON)

    def missing(*events: Event) -> int:
        return missed(counted(0, 7), counted(1, 10, *events), counted(2, 10))

    assert [missing(*told(times, reason)) for times in (0, 1, 3, 4)] == [3, 2, 0, 0]
    assert missing(*(replace(one, kind="cwnd") for one in told(3, reason))) == 3
    assert missing(*(replace(one, netns=NETNS + 1) for one in told(3, reason))) == 3


def test_namespaces_are_counted_apart() -> None:
    """More events in one make up for none in another."""
    samples = [
        replace(
            reading(at_s, 0, events),
            counters={NETNS: {"SctpFastRetransmits": here}, 5: {"SctpT3Retransmits": there}},
        )
        for at_s, here, there, events in ((0, 3, 8, ()), (1, 5, 10, told(9)), (2, 5, 10, ()))
    ]
    assert missed(*samples) == 2


def test_events_of_the_first_reading_may_be_older_than_its_counters() -> None:
    assert missed(reading(0, 100, told(2)), reading(1, 102), reading(2, 102)) == 2


def test_after_a_loss_it_begins_anew() -> None:
    lost = reading(1, 103, told(1), events_lost=1)
    assert missed(reading(0, 100), lost, reading(2, 103), reading(3, 105, told(2)), reading(4, 105)) == 0
    assert missed(reading(0, 100), lost, reading(2, 103), reading(3, 105, told(1)), reading(4, 105)) == 1
    assert missed(reading(0, 100), reading(1, 103), reading(2, 103, events_lost=1)) == 0


def test_nothing_is_expected_of_probes_that_are_off() -> None:
    off = {"bpf": "off: needs root"}
    assert missed(reading(0, 100, sources=off), reading(1, 105, sources=off), reading(2, 105)) == 0


def test_a_reset_forgives() -> None:
    model = Model()
    for one in (reading(0, 100), reading(1, 103), reading(2, 103)):
        snapshot = model.advance(one)
    assert snapshot.events_missed == 3
    model.reset()
    assert model.snapshot().events_missed == 0
    assert model.advance(reading(3, 103)).events_missed == 0


def test_after_retransmissions_were_left_out_it_begins_anew() -> None:
    few = reading(1, 103, told(1), events_left_out={"retransmit": 2})
    assert missed(reading(0, 100), few, reading(2, 103), reading(3, 103)) == 0
    others = reading(1, 103, told(1), events_left_out={"window": 2})
    assert missed(reading(0, 100), others, reading(2, 103), reading(3, 103)) == 2
