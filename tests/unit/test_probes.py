"""The probes' life: each way to be off says why, a module that is not loaded is waited for, all is given back."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from sctptop.kernel import bpf_maps, find_bcc, probes
from sctptop.kernel.clock import JiffyClock
from sctptop.kernel.find_bcc import NoBcc
from sctptop.kernel.probe_points import POINTS
from sctptop.kernel.probe_records import Clocks
from sctptop.kernel.probes import NOTHING, Probes
from sctptop.kernel.program import NoProbes, PointState

PATHS, ASSOCIATIONS, BINS, INTERVAL = 3, 4, 5, 6


class FakeProgram:
    """A loaded program whose kernel is this test."""

    compile_s = 0.1

    def __init__(self, states: str = "on") -> None:
        self.states = states
        self.closed = 0
        self.take: Callable[[bytes], None] = lambda data: None
        self.lost: Callable[[int], None] = lambda number: None
        self.polled = threading.Event()

    def attach(self) -> tuple[PointState, ...]:
        return tuple(PointState(point, self.states) for point in POINTS)

    costs = attach

    def listen(self, take: Callable[[bytes], None], lost: Callable[[int], None]) -> None:
        self.take, self.lost = take, lost

    def poll(self, milliseconds: int) -> None:
        self.polled.set()
        time.sleep(0.01)

    def map_fd(self, name: str) -> int:
        return {"paths": PATHS, "associations": ASSOCIATIONS, "data_rtts": BINS, "interval": INTERVAL}[name]

    def close(self) -> None:
        self.closed += 1


class FakeMaps:
    """What the maps hold, by descriptor; what was written to them."""

    def __init__(self) -> None:
        self.content: dict[int, dict[bytes, bytes]] = {PATHS: {}, ASSOCIATIONS: {}, BINS: {}}
        self.interval = 0
        self.trouble: OSError | None = None

    def entries(
        self, fd: int, key_size: int, value_size: int, *, delete: bool = False
    ) -> list[tuple[bytes, bytes]]:
        if self.trouble is not None:
            raise self.trouble
        found = list(self.content[fd].items())
        if delete:
            self.content[fd] = {}
        return found

    def put(self, fd: int, key: int, value: int) -> None:
        assert (fd, key) == (INTERVAL, 0)
        self.interval = value


@pytest.fixture
def maps(monkeypatch: pytest.MonkeyPatch) -> FakeMaps:
    fake = FakeMaps()
    monkeypatch.setattr(bpf_maps, "entries", fake.entries)
    monkeypatch.setattr(bpf_maps, "put", fake.put)
    monkeypatch.setattr(probes, "missing_for_probes", lambda: None)
    monkeypatch.setattr(probes, "missing_sctp", lambda: None)
    return fake


def started(load: Callable[[bool], Any]) -> Probes:
    found = Probes(load=load)
    found.start()
    found.settle(10)
    return found


def clocks() -> Clocks:
    return Clocks(datetime(2026, 11, 23, 12, tzinfo=UTC), 5_000_000_000, JiffyClock(250))


def who() -> bytes:
    return struct.pack("<IIIIHHHH16s", 4026531840, 7, 0x1001, 0x2001, 38412, 59058, 2, 0, b"\x0a\x09\x00\x01")


def windows(told: int, raises: int) -> bytes:
    numbers = (told, told, *[4380] * 9, 0, 1500, 2, 250, 0, 2, 1, 250)
    return (
        who()
        + struct.pack("<" + "I" * 18 + "i4x", *numbers)
        + struct.pack("<QIIII", 1, raises, 1, 2, told)
        + bytes(64)
    )


def test_on_and_closed(maps: FakeMaps) -> None:
    program = FakeProgram()
    found = started(lambda every_change: program)
    assert found.state == "ok"
    assert program.polled.wait(5)
    assert maps.interval == 1
    found.close()
    found.close()
    assert program.closed == 1
    assert found.read(clocks()) is NOTHING


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (NoProbes("no BTF (try: that)"), "off: no BTF (try: that)"),
        (RuntimeError("odd\nthing"), "off: the probes failed: RuntimeError: odd thing"),
    ],
)
def test_off_says_why(maps: FakeMaps, trouble: Exception, state: str) -> None:
    def load(every_change: bool) -> Any:
        raise trouble

    found = started(load)
    assert found.state == state
    assert found.read(clocks()) is NOTHING
    found.close()


def test_no_bcc_is_off(maps: FakeMaps, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Any:
        raise NoBcc("BCC is not installed (try: apt install python3-bpfcc)")

    monkeypatch.setattr(find_bcc, "load", nowhere)
    found = Probes()
    found.start()
    found.settle(10)
    assert found.state == "off: BCC is not installed (try: apt install python3-bpfcc)"
    found.close()


def test_without_the_right_nothing_is_tried(maps: FakeMaps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "missing_for_probes", lambda: "needs root (try: sudo sctptop)")
    tried: list[bool] = []
    found = started(tried.append)
    assert found.state == "off: needs root (try: sudo sctptop)"
    assert not tried
    found.close()


def test_the_module_is_waited_for(maps: FakeMaps, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()
    monkeypatch.setattr(probes, "MODULE_WAIT_S", 0.02)
    monkeypatch.setattr(
        probes, "missing_sctp", lambda: None if loaded.is_set() else "off: not loaded (try: modprobe)"
    )
    found = started(lambda every_change: FakeProgram())
    assert found.state == "waiting: not loaded (try: modprobe)"
    loaded.set()
    deadline = time.monotonic() + 5
    while found.state != "ok" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert found.state == "ok"
    found.close()


def test_nothing_attached_is_off_and_closed(maps: FakeMaps) -> None:
    program = FakeProgram("off: this kernel has no such function to attach to")
    found = started(lambda every_change: program)
    assert found.state == "off: none could be attached: this kernel has no such function to attach to"
    found.close()
    assert program.closed == 1


def test_a_reading(maps: FakeMaps) -> None:
    program = FakeProgram()
    found = started(lambda every_change: program)
    key = struct.pack("<Q", 0xFFFF888012345678)
    maps.content[PATHS] = {key: windows(told=1, raises=5), struct.pack("<Q", 1): windows(told=0, raises=0)}
    maps.content[BINS] = {key + struct.pack("<II", 100, 0): struct.pack("<Q", 3)}
    program.take(
        struct.pack("<Q", 1) + who() + struct.pack("<HHIIIIIIIQ", 0, 0, 0, 0, 0, 0, 0, 0, 2, 7_000_000)
    )
    program.lost(4)
    seen = found.read(clocks())
    name = ((4026531840, 0x1001, 38412, 59058), "10.9.0.1")
    assert seen.lost == 4
    assert {event.kind for event in seen.events} == {"hb_rtt", "cwnd"}
    assert [event.details["times"] for event in seen.events if event.kind == "cwnd"] == [5]
    assert seen.paths[name].told == 1
    assert seen.data_rtts[name][0][1] == 3
    assert maps.interval == 2
    maps.content[PATHS] = {key: windows(told=2, raises=5)}
    again = found.read(clocks())
    assert (again.events, again.lost, again.data_rtts) == ((), 0, {})
    found.close()


def test_more_events_than_room_are_counted(maps: FakeMaps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "QUEUE", 10)
    program = FakeProgram()
    found = started(lambda every_change: program)
    for _ in range(25):
        program.take(struct.pack("<Q", 1) + who() + struct.pack("<HHIIIIIIIQ", 5, 1, 0, 0, 0, 0, 0, 0, 0, 0))
    seen = found.read(clocks())
    assert (len(seen.events), seen.lost) == (10, 15)
    found.close()


def test_maps_that_cannot_be_read_switch_off(maps: FakeMaps) -> None:
    found = started(lambda every_change: FakeProgram())
    maps.trouble = OSError(22, "Invalid argument")
    assert found.read(clocks()) is NOTHING
    assert found.state.startswith("off: reading the probes failed: OSError: [Errno 22]")
    found.close()
