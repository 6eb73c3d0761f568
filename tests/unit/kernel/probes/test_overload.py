"""A hundred times as many events as there is time for: pace and memory are kept, and what is missing is counted."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import replace

import pytest

from sctptop.kernel.probes.events import event
from sctptop.kernel.probes.ngap_records import NgapRecord, ngap_record
from sctptop.kernel.probes.overload import FIRST_COST_S, LEAST, LEAST_OF, SHARE, WHOLE, Overload
from sctptop.model.associations.distribution import Distribution
from sctptop.model.event import Event
from tests.unit.kernel.probes.test_events import clocks, record
from tests.unit.kernel.probes.test_ngap_records import INITIAL
from tests.unit.kernel.probes.test_ngap_records import record as message

IN_TIME = int(SHARE / (FIRST_COST_S * WHOLE))
"""Events a second for which there is time at what one costs here."""


def still() -> float:
    """A clock by which events cost nothing."""
    return 0.0


def numbered(data: bytes, number: int, own_tag: int = 0x1001) -> bytes:
    """The same record at another instant, of another association."""
    changed = bytearray(data)
    struct.pack_into("<Q", changed, 0, 4_000_000_000 + number)
    struct.pack_into("<I", changed, 16, own_tag)
    return bytes(changed)


def heartbeat(number: int, rtt_ns: int, own_tag: int = 0x1001) -> bytes:
    return numbered(record(0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, rtt_ns), number, own_tag)


FREED = record(7, 1, 0, 4)
DOWN = record(6, 0, 1, 0)
CUT = record(1, 1, 17520, 8760, 106496, 8760, 9000)
T3, RTX = record(4, 0, 0, 0), record(5, 0, 0, 0)
WINDOW = record(3, 0, 0, 4380, 0, 106496, 1500)


def messages(count: int) -> list[NgapRecord]:
    found = [ngap_record(message(INITIAL, tsn=number)) for number in range(count)]
    return [one for one in found if one is not None]


def kinds(events: list[Event]) -> Counter[str]:
    return Counter(one.kind for one in events)


def test_in_time_everything_is_told_as_it_is() -> None:
    raw = [heartbeat(1, 7_900_000), heartbeat(2, 7_900_000), CUT, FREED, b"short"]
    made = Overload(still).made(raw, messages(2), clocks())
    assert not made.left_out
    assert made.events[:4] == [event(data, clocks()) for data in raw[:4]]
    assert kinds(made.events) == {"hb_rtt": 2, "cwnd": 1, "association": 1, "ngap": 2}


def test_a_hundred_times_the_rate_keeps_to_the_bound() -> None:
    count = 65_536
    raw = [numbered(WINDOW if number % 2 else CUT, number) for number in range(count)]
    raw += [numbered(FREED, number) for number in range(50)] + [
        numbered(DOWN, number) for number in range(50)
    ]
    made = Overload(still).made(raw, messages(3000), clocks())
    assert len(made.events) <= IN_TIME
    assert kinds(made.events)["association"] == kinds(made.events)["path"] == 50
    assert sum(kinds(made.events).values()) + sum(made.left_out.values()) == count + 100 + 3000
    assert set(made.left_out) <= {"window", "ngap", "cwnd"}
    # What tells least goes first.
    assert made.left_out["window"] == count / 2


def test_what_tells_more_stays_while_less_can_go() -> None:
    raw = [numbered(WINDOW, number) for number in range(IN_TIME)] + [
        numbered(CUT, number) for number in range(300)
    ]
    made = Overload(still).made(raw, messages(200), clocks())
    assert made.left_out == {"window": 500}
    assert kinds(made.events) == {"window": IN_TIME - 500, "cwnd": 300, "ngap": 200}


def test_ends_are_told_however_many_there_are() -> None:
    raw = [numbered(FREED, number) for number in range(3 * IN_TIME)]
    made = Overload(still).made(raw, [], clocks())
    assert len(made.events) == 3 * IN_TIME and not made.left_out


def test_heartbeats_come_to_the_same_histogram() -> None:
    rtts = [7_000_000 + 1_000 * (number * 7919 % 5_000) for number in range(3 * IN_TIME)]
    raw = [heartbeat(number, rtt) for number, rtt in enumerate(rtts)]
    made = Overload(still).made(raw, [], clocks())
    assert not made.left_out and len(made.events) < 100
    assert sum(one.times for one in made.events) == len(rtts)
    exact, summed = Distribution(), Distribution()
    for rtt in rtts:
        exact.add(rtt)
    for one in made.events:
        summed.add(round((one.number("rtt_ms") or 0) * 1e6), one.times)
    for share in (0.5, 0.9, 0.99):
        assert summed.percentile(share) == pytest.approx(exact.percentile(share), rel=0.008)


def test_heartbeats_of_too_many_paths_are_left_out() -> None:
    raw = [heartbeat(number, 7_000_000, own_tag=number) for number in range(2 * IN_TIME)]
    made = Overload(still).made(raw, [], clocks())
    assert len(made.events) == IN_TIME // 2
    assert made.left_out == {"hb_rtt": 2 * IN_TIME - IN_TIME // 2}


def test_rises_of_cwnd_are_one_event_a_path_and_cause() -> None:
    raw = [
        numbered(record(1, 4, 4380 + number, 4381 + number), number, 0x1001 + number % 2)
        for number in range(2 * IN_TIME)
    ]
    made = Overload(still).made([*raw, CUT], [], clocks())
    rises = [one for one in made.events if one.details["cause"] == "RAISE"]
    assert not made.left_out and kinds(made.events) == {"cwnd": 3}
    told = [(one.details["before"], one.details["after"], one.times) for one in rises]
    assert told == [
        (4380, 4380 + 2 * IN_TIME - 1, IN_TIME),
        (4381, 4380 + 2 * IN_TIME, IN_TIME),
    ]


def test_the_bound_follows_the_interval_and_what_events_cost() -> None:
    raw = [numbered(WINDOW, number) for number in range(4 * IN_TIME)]
    overload, at = Overload(iter([0.0, 0.0, 10.0, 10.0, 10.0]).__next__), clocks()
    overload.made([], [], at)
    half_a_second = replace(at, monotonic_ns=at.monotonic_ns + 500_000_000)
    assert len(overload.made(raw, [], half_a_second).events) == IN_TIME // 2
    # They took ten seconds: there is time for the least only.
    later = replace(at, monotonic_ns=at.monotonic_ns + 1_000_000_000)
    assert len(overload.made(raw, [], later).events) == LEAST


def test_what_registrations_and_advice_are_made_of_is_told_where_there_is_time_for_nothing() -> None:
    """On a host so slow that of all others the least is told."""
    raw = [numbered(data, number) for number in range(2000) for data in (WINDOW, CUT, RTX, T3)]
    overload, at = Overload(iter([0.0, 10.0, 10.0, 10.0]).__next__), clocks()
    overload.made(raw, [], at)
    later = replace(at, monotonic_ns=at.monotonic_ns + 1_000_000_000)
    made = overload.made(raw, messages(600), later)
    assert kinds(made.events) == LEAST_OF
    assert made.left_out == {"window": 2000} | {
        kind: 2000 - LEAST_OF[kind] for kind in ("cwnd", "retransmit", "t3_rtx")
    } | {"ngap": 100}


@pytest.mark.parametrize(("after_s", "told"), [(15.0, IN_TIME), (1.0, IN_TIME), (0.5, IN_TIME // 2)])
def test_a_reading_that_comes_late_has_no_more_time_than_was_asked_for(after_s: float, told: int) -> None:
    raw = [numbered(CUT, number) for number in range(4 * IN_TIME)]
    overload, at = Overload(still, asked_s=1.0), clocks()
    overload.made([], [], at)
    late = replace(at, monotonic_ns=at.monotonic_ns + round(after_s * 1e9))
    assert len(overload.made(raw, [], late).events) == told


def test_what_is_summed_up_makes_events_no_cheaper() -> None:
    beats = [heartbeat(number, 7_000_000) for number in range(40 * IN_TIME)]
    moves = [numbered(WINDOW, number) for number in range(IN_TIME // 2)]
    costs = [0.0, 0.0, 1000 * FIRST_COST_S * IN_TIME, 0.0, 0.0]
    overload, at = Overload(iter(costs).__next__, asked_s=1.0), clocks()
    overload.made([], [], at)
    overload.made([*beats, *moves], [], replace(at, monotonic_ns=at.monotonic_ns + 1_000_000_000))
    later = replace(at, monotonic_ns=at.monotonic_ns + 2_000_000_000)
    assert len(overload.made(moves, [], later).events) == LEAST


@pytest.mark.parametrize("data", [b"", b"\0" * 95, b"\xff" * 96, b"\xff" * 300])
def test_bytes_that_are_no_event_do_not_stop_it(data: bytes) -> None:
    raw = [numbered(CUT, number) for number in range(2 * IN_TIME)]
    made = Overload(still).made([data, *raw], [], clocks())
    assert kinds(made.events) == {"cwnd": 2 * IN_TIME - made.left_out["cwnd"]}


def test_where_every_change_is_asked_for_none_is_summed_up() -> None:
    rises = [numbered(record(1, 4, 4380, 5880, 106496, 106496, 1500), number) for number in range(200)]
    windows = [numbered(WINDOW, number) for number in range(IN_TIME)]
    made = Overload(still, sums=False).made([*windows, *rises], [], clocks())
    assert kinds(made.events)["cwnd"] == 200
    assert made.left_out == {"window": 200}
