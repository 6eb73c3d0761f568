"""Where there is much of it some is followed, and of NGAP all."""

from __future__ import annotations

import struct
from typing import cast

import pytest

from sctptop.kernel.probes import pace
from sctptop.kernel.probes.following import HERE_NS, Following
from sctptop.kernel.program.declarations import ASSOC_WINDOWS
from sctptop.kernel.program.program import Program
from sctptop.kernel.program.records import AssociationWindows
from tests.unit.kernel.probes.fake_program import CHUNKS, FakeMaps, FakeProgram
from tests.unit.kernel.probes.test_ngap_records import who


class Clock:
    """time.monotonic, as the test sets it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 50.0
        monkeypatch.setattr("sctptop.kernel.probes.following.time.monotonic", lambda: self.now_s)


def association(local_port: int) -> AssociationWindows:
    """``who`` has its ports behind four numbers."""
    named = who()[:16] + struct.pack("<HH", local_port, 5000) + who()[20:]
    return ASSOC_WINDOWS.decode(named + struct.pack("<14I4Q", 1, 1, *[0] * 16))


def busy(
    maps: FakeMaps, clock: Clock, program: FakeProgram, *told: AssociationWindows, came: bool = False
) -> Following:
    found = Following(every_message=False)
    found.begin(cast(Program, program))
    found.listen_for_ngap(told, 1, came=came)
    maps.counts[CHUNKS, 0] = 100_000
    clock.now_s += 0.4
    found.step(cast(Program, program))
    return found


def test_nothing_is_followed_for_a_while_and_then_another_turn_and_epoch(
    maps: FakeMaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, program = Clock(monkeypatch), FakeProgram()
    found = busy(maps, clock, program, association(5000))
    assert [one[:4] for one in maps.following] == [(1, 0, 1, 1), (0, 0, 1, 1)]
    assert program.away
    clock.now_s += pace.LONG_REST_S - 0.1
    found.step(cast(Program, program))
    assert program.away and len(maps.following) == 2
    program.leaving = True
    clock.now_s += 0.2
    found.step(cast(Program, program))
    # They are still being taken away: later.
    assert program.away and len(maps.following) == 2
    program.leaving = False
    found.step(cast(Program, program))
    assert maps.following[-1][:4] == (1, 0, 2, 2) and not program.away


def test_ngap_that_comes_while_all_are_away_has_them_back_at_once(
    maps: FakeMaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, program = Clock(monkeypatch), FakeProgram()
    found = busy(maps, clock, program, association(5000))
    found.listen_for_ngap([association(38412)], 2, came=False)
    clock.now_s += 0.1
    found.step(cast(Program, program))
    assert not program.away and maps.following[-1][:4] == (0, 1, 1, 2)
    clock.now_s += pace.LONG_REST_S
    found.step(cast(Program, program))
    assert maps.following[-1][:4] == (1, 1, 2, 2)


def test_each_look_gives_the_processors_their_share_again(
    maps: FakeMaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, program = Clock(monkeypatch), FakeProgram()
    found = Following(every_message=False)
    found.begin(cast(Program, program))
    for times in (5, 5, 9):
        maps.counts[CHUNKS, 0] = times
        clock.now_s += 0.2
        found.step(cast(Program, program))
    assert [one[4] for one in maps.following] == [1, 2, 3]
    assert {one[:4] for one in maps.following} == {(1, 0, 1, 1)}


@pytest.mark.parametrize("port", [38412, 36412])
def test_ngap_is_followed_all_the_time(maps: FakeMaps, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    clock, program = Clock(monkeypatch), FakeProgram()
    found = busy(maps, clock, program, association(port))
    assert maps.following[-1][:4] == (0, 1, 1, 1)
    clock.now_s += pace.MOST_REST_S
    found.step(cast(Program, program))
    assert maps.following[-1][:4] == (1, 1, 2, 1)


def test_one_message_of_ngap_on_another_port_is_enough_for_a_minute(
    maps: FakeMaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, program = Clock(monkeypatch), FakeProgram()
    found = busy(maps, clock, program, association(5000), came=True)
    assert maps.following[-1][:2] == (0, 1)
    found.listen_for_ngap([association(5000)], 2 + HERE_NS, came=False)
    found.step(cast(Program, program))
    assert maps.following[-1][:4] == (0, 0, 1, 1)
    clock.now_s += pace.LONG_REST_S
    found.step(cast(Program, program))
    assert maps.following[-1][:4] == (1, 0, 2, 2)
