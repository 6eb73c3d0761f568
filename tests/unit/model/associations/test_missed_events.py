"""Retransmissions that the kernel counted and no probe told are noticed, and only those."""

from __future__ import annotations

from datetime import datetime, timezone

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
