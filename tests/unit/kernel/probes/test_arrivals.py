"""What comes between two readings: of the namespace that is read, and not more than there is room for."""

from __future__ import annotations

import struct

import pytest

from sctptop.kernel.probes import arrivals
from tests.unit.kernel.probes.fake_program import FakeMaps, FakeProgram, started
from tests.unit.kernel.probes.test_ngap_records import INITIAL, clocks, record, who
from tests.unit.kernel.probes.test_session import event_bytes

OURS = 4026531840


def test_only_the_namespace_that_is_read_is_listened_to(maps: FakeMaps) -> None:
    program = FakeProgram()
    found = started(lambda choice, paths: program)

    def come() -> list[int]:
        for netns in (OURS, OURS + 1):
            of = struct.pack("<I", netns)
            program.take(event_bytes(0, cause=0, ns=4_500_000_000).replace(who()[:4], of, 1))
            program.take_ngap(record(INITIAL).replace(who()[:4], of, 1))
        return sorted(event.netns for event in found.read(clocks(), only).events)

    only: int | None = None
    assert come() == [OURS, OURS, OURS + 1, OURS + 1]
    only = OURS
    come()
    assert come() == [OURS, OURS]
    only = None
    come()
    assert come() == [OURS, OURS, OURS + 1, OURS + 1]
    found.close()


def test_more_events_than_room_are_counted(maps: FakeMaps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "QUEUE", 10)
    program = FakeProgram()
    found = started(lambda choice, paths: program)
    for _ in range(25):
        program.take(
            struct.pack("<Q", 1) + who() + struct.pack("<HHIIIIIIIIIQ", 5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        )
    seen = found.read(clocks())
    assert (len(seen.events), seen.lost) == (10, 15)
    found.close()
