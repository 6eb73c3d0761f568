"""The probes' life: each way to be off says why, a module that is not loaded is waited for, all is given back."""

from __future__ import annotations

import struct
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from sctptop.kernel.probes import arrivals, session
from sctptop.kernel.probes.observed import NOTHING
from sctptop.kernel.probes.room import OLD_NS
from sctptop.kernel.probes.session import Probes
from sctptop.kernel.probes.window_tables import FORGOTTEN
from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.compiling import NoProbes
from sctptop.kernel.program.find_bcc import NoBcc
from sctptop.kernel.program.points import ProbeChoice
from sctptop.model.source_state import Trouble
from tests.unit.kernel.probes.fake_program import (
    ASSOCIATIONS,
    BINS,
    HANDED_OVER,
    LOST,
    NGAP_LOST,
    NO_ROOM,
    PATHS,
    WAITED,
    FakeMaps,
    FakeProgram,
    started,
)
from tests.unit.kernel.probes.test_ngap_records import INITIAL, clocks, record, who


def windows(told: int, raises: int) -> bytes:
    numbers = (told, told, *[4380] * 9, 0, 1500, 2, 250, 0, 2, 1, 250)
    return (
        who()
        + struct.pack("<" + "I" * 18 + "i12x24x", *numbers)
        + struct.pack("<QIIII", 1, raises, 1, 2, told)
        + bytes(64)
    )


def test_on_and_closed(maps: FakeMaps) -> None:
    program = FakeProgram()
    found = started(lambda choice, paths: program)
    assert found.state.ok
    assert program.polled.wait(5)
    assert maps.interval == 1
    found.close()
    found.close()
    assert program.closed == 1
    assert found.read(clocks()) is NOTHING


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (NoProbes("no BTF", "that"), "off: no BTF (try: that)"),
        (RuntimeError("odd\nthing"), "off: the probes failed: RuntimeError: odd thing"),
    ],
)
def test_off_says_why(maps: FakeMaps, trouble: Exception, state: str) -> None:
    def load(choice: ProbeChoice, paths: int) -> Any:
        raise trouble

    found = started(load)
    assert str(found.state) == state
    assert found.read(clocks()) is NOTHING
    found.close()


def test_no_bcc_is_off(maps: FakeMaps, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Any:
        raise NoBcc("BCC is not installed", "apt install python3-bpfcc")

    monkeypatch.setattr(find_bcc, "load", nowhere)
    found = Probes()
    found.start()
    found.settle(10)
    assert str(found.state) == "off: BCC is not installed (try: apt install python3-bpfcc)"
    found.close()


def test_without_the_right_nothing_is_tried(maps: FakeMaps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "missing_for_probes", lambda: Trouble("needs root", "sudo sctptop"))
    tried: list[ProbeChoice] = []
    found = started(lambda choice, paths: tried.append(choice))
    assert str(found.state) == "off: needs root (try: sudo sctptop)"
    assert not tried
    found.close()


def test_the_module_is_waited_for(maps: FakeMaps, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()
    monkeypatch.setattr(session, "MODULE_WAIT_S", 0.02)
    monkeypatch.setattr(
        session, "missing_sctp", lambda: None if loaded.is_set() else Trouble("not loaded", "modprobe")
    )
    found = started(lambda choice, paths: FakeProgram())
    assert str(found.state) == "waiting: not loaded (try: modprobe)"
    loaded.set()
    deadline = time.monotonic() + 5
    while not found.state.ok and time.monotonic() < deadline:
        time.sleep(0.01)
    assert found.state.ok
    found.close()


def test_nothing_attached_is_off_and_closed(maps: FakeMaps) -> None:
    program = FakeProgram("this kernel has no such function to attach to")
    found = started(lambda choice, paths: program)
    assert str(found.state) == "off: none could be attached: this kernel has no such function to attach to"
    found.close()
    assert program.closed == 1


def test_a_reading(maps: FakeMaps) -> None:
    program = FakeProgram()
    found = started(lambda choice, paths: program)
    key = struct.pack("<Q", 0xFFFF888012345678)
    maps.tables[PATHS] = {key: windows(told=1, raises=5), struct.pack("<Q", 1): windows(told=0, raises=0)}
    maps.tables[BINS] = {key + struct.pack("<II", 100, 1): struct.pack("<Q", 3)}
    program.take(
        struct.pack("<Q", 1)
        + who()
        + struct.pack("<HHIIIIIIIIIQ", 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 7_000_000)
    )
    maps.lost[LOST] = 4
    seen = found.read(clocks())
    name = ((4026531840, 0x1001, 38412, 59058), "10.9.0.1")
    assert seen.lost == 4
    assert {event.kind for event in seen.events} == {"hb_rtt", "cwnd"}
    assert [event.details["times"] for event in seen.events if event.kind == "cwnd"] == [5]
    assert seen.paths[name].told == 1
    assert seen.data_rtts[name][0][1] == 3
    assert maps.interval == 2
    maps.tables[PATHS] = {key: windows(told=2, raises=5)}
    again = found.read(clocks())
    assert (again.events, again.lost, again.data_rtts) == ((), 0, {})
    found.close()


def test_what_no_reading_tells_of_any_more_is_removed(maps: FakeMaps) -> None:
    found = started(lambda choice, paths: FakeProgram())
    freed, alive, passed_over = (struct.pack("<Q", 0xFFFF888000000000 + place) for place in range(3))
    counts = struct.pack("<12I4Q", *[106496] * 6, *[0] * 10)
    for reading in range(1, FORGOTTEN + 3):
        told = {freed: 1 if reading == 1 else 0, alive: reading, passed_over: 0 if reading % 4 else reading}
        for key in [key for key in told if reading == 1 or key in maps.tables[PATHS]]:
            maps.tables[PATHS][key] = windows(told=told[key], raises=5)
            maps.tables[ASSOCIATIONS][key] = who() + struct.pack("<II", told[key], told[key]) + counts
        found.read(clocks())
        there = reading < FORGOTTEN + 2
        assert (freed in maps.tables[PATHS], freed in maps.tables[ASSOCIATIONS]) == (there, there), reading
    assert {alive, passed_over} == maps.tables[PATHS].keys() == maps.tables[ASSOCIATIONS].keys()
    found.close()


def test_maps_that_cannot_be_read_switch_off(maps: FakeMaps) -> None:
    found = started(lambda choice, paths: FakeProgram())
    maps.trouble = OSError(22, "Invalid argument")
    assert found.read(clocks()) is NOTHING
    assert str(found.state).startswith("off: reading the probes failed: OSError: [Errno 22]")
    found.close()


def test_what_came_too_fast_is_counted_as_lost(maps: FakeMaps) -> None:
    program = FakeProgram()
    found = started(lambda choice, paths: program)
    program.take_ngap(b"short")
    maps.lost[NGAP_LOST] = 5
    assert found.read(clocks()).lost == 6
    assert found.read(clocks()).lost == 0
    found.close()


def test_messages_come_with_the_other_events_in_their_order(maps: FakeMaps) -> None:
    program = FakeProgram()
    found = started(lambda choice, paths: program)
    program.take(
        struct.pack("<Q", 4_500_000_000)
        + who()
        + struct.pack("<HHIIIIIIIIIQ", 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 7)
    )
    for at_ns in (4_700_000_000, 4_000_000_000):
        program.take_ngap(record(INITIAL, at_ns=at_ns))
    events = found.read(clocks()).events
    assert [event.kind for event in events] == ["ngap", "hb_rtt", "ngap"]
    assert [event.time.second for event in events] == [59, 59, 59]
    found.close()


def test_more_than_there_is_time_for_is_left_out_and_ends_are_not(
    maps: FakeMaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "QUEUE", 40_000)
    program = FakeProgram()
    found = started(lambda choice, paths: program)
    for at_ns in range(41_000):
        program.take(event_bytes(3, cause=0, ns=4_000_000_000 + at_ns))
    program.take(event_bytes(7, cause=1, ns=4_500_000_000))
    observed = found.read(clocks())
    assert observed.lost == 1000
    assert observed.events[-1].kind == "association"
    assert observed.left_out == {"window": 40_001 - len(observed.events)} and len(observed.events) < 40_000
    assert found.read(clocks()).left_out == {}
    found.close()


def event_bytes(kind: int, cause: int, ns: int) -> bytes:
    return struct.pack("<Q", ns) + who() + struct.pack("<HH9IQ", kind, cause, *[0] * 9, 0)


def test_waits_are_named_by_their_association(maps: FakeMaps) -> None:
    found = started(lambda choice, paths: FakeProgram())
    key = (0xFFFF888000000000).to_bytes(8, "little")
    maps.tables[ASSOCIATIONS][key] = who() + struct.pack("<14I4Q", 1, 1, *[106496] * 6, *[0] * 10)
    one = (1).to_bytes(8, "little")
    for wait, index, of in (
        (0, 100, key),
        (0, 40, key),
        (1, 7, key),
        (1, 7, b"gone...."),
        (9, 7, b"gone...."),
    ):
        maps.tables[WAITED][of + struct.pack("<HHI", wait, index, 1)] = one
    (waits,) = found.read(clocks()).waits.values()
    assert waits == {"held": ((48, 1), (655, 1)), "read_wait": ((7, 1),)}
    found.close()


def test_what_is_counted_for_the_next_reading_stays_for_it(maps: FakeMaps) -> None:
    found = started(lambda choice, paths: FakeProgram())
    key = (0xFFFF888000000000).to_bytes(8, "little")
    maps.tables[ASSOCIATIONS][key] = who() + struct.pack("<14I4Q", 1, 1, *[106496] * 6, *[0] * 10)
    this, following = (key + struct.pack("<HHI", 0, 40, turn) for turn in (1, 2))
    maps.tables[WAITED] = {this: (3).to_bytes(8, "little"), following: (5).to_bytes(8, "little")}
    (waits,) = found.read(clocks()).waits.values()
    assert waits == {"held": ((48, 3),)}
    assert maps.tables[WAITED].keys() == {following}
    found.close()


def test_a_table_that_is_full_is_told_and_made_larger(maps: FakeMaps) -> None:
    rooms: list[int] = []

    def load(choice: ProbeChoice, paths: int) -> Any:
        rooms.append(paths)
        return FakeProgram()

    found = started(load)
    maps.counts[NO_ROOM, 0] = 7
    assert found.read(clocks()).no_room == {"paths": 7}
    deadline = time.monotonic() + 5
    while len(rooms) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert rooms[1] == 2 * rooms[0]
    maps.counts[NO_ROOM, 0] = 0
    assert found.state.ok and found.read(clocks()).no_room == {}
    found.close()


def test_messages_that_were_left_behind_make_room_before_the_table_grows(maps: FakeMaps) -> None:
    rooms: list[int] = []

    def load(choice: ProbeChoice, paths: int) -> Any:
        rooms.append(paths)
        return FakeProgram()

    found = started(load)
    now_ns = 5_000_000_000 + 2 * OLD_NS
    old, young = struct.pack("<QQQI4x", 7, 1, 0, 1), struct.pack("<QQQI4x", 7, now_ns - 1, 0, 1)
    maps.tables[HANDED_OVER] = {bytes([place] * 8): old if place else young for place in range(5)}
    maps.counts[NO_ROOM, 6] = 1
    at = clocks()
    assert found.read(replace(at, monotonic_ns=now_ns)).no_room == {"handed_over": 1}
    time.sleep(0.1)
    assert len(rooms) == 1 and list(maps.tables[HANDED_OVER].values()) == [young]
    found.close()
