"""What is lost and what is late: counted at once, and given to the reading that it belongs to."""

from __future__ import annotations

import struct
import threading
import time

import pytest

from sctptop.kernel.program import event_buffers
from tests.unit.kernel.probes.fake_program import LOST, NGAP_LOST, FakeMaps, FakeProgram, started
from tests.unit.kernel.probes.test_ngap_records import clocks, who


def test_what_was_lost_before_anybody_listened_is_not_counted(maps: FakeMaps) -> None:
    maps.lost = {NGAP_LOST: 3, LOST: 7}
    found = started(lambda choice, paths: FakeProgram())
    assert found.read(clocks()).lost == 0
    maps.lost = {NGAP_LOST: 4, LOST: 9}
    assert found.read(clocks()).lost == 3
    found.close()


class Stopped(FakeProgram):
    """A program whose listener stands still, as all of a stopped process does, and hands over at its next turn."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()
        self.waiting: list[bytes] = []

    def poll(self, milliseconds: int) -> None:
        self.goes_on.wait(30)
        while self.waiting:
            self.take(self.waiting.pop())
        super().poll(milliseconds)


def test_what_came_while_the_process_was_stopped_belongs_to_the_first_reading_after_it(
    maps: FakeMaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_buffers, "LATE_S", 0.05)
    program = Stopped()
    found = started(lambda choice, paths: program)
    time.sleep(0.1)
    one = (
        struct.pack("<Q", 1)
        + who()
        + struct.pack("<HHIIIIIIIIIQ", 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 7_000_000)
    )
    program.waiting = [one] * 30
    threading.Timer(0.2, program.goes_on.set).start()
    assert len(found.read(clocks()).events) == 30
    found.close()


def test_a_listener_that_hangs_holds_no_reading_for_long(
    maps: FakeMaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_buffers, "LATE_S", 0.05)
    monkeypatch.setattr(event_buffers, "CATCH_UP_S", 0.2)
    program = Stopped()
    found = started(lambda choice, paths: program)
    time.sleep(0.1)
    begun = time.monotonic()
    assert found.read(clocks()).events == ()
    assert 0.1 < time.monotonic() - begun < 5
    program.goes_on.set()
    found.close()
