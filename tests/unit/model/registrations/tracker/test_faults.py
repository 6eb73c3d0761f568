"""Registrations while the watcher is stopped, loses events, or the wall clock is set: none is told to have failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from sctptop.model.event import Detail, Event
from sctptop.model.registrations.summary import Registered
from sctptop.model.registrations.tracker import Registrations
from tests.unit.registering import BOOT, INITIAL, PLAIN, SECOND, came_ns, exchange


class Watcher:
    """Samples at chosen intervals."""

    def __init__(self) -> None:
        self.followed = Registrations()
        self.ended: Counter[str] = Counter()

    def take(self, events: Iterable[Event], interval_s: float | None, whole: bool = True) -> Registered:
        found = self.followed.advance([(None, event) for event in events], interval_s, whole)
        self.ended.update(one.outcome for one in found.ended_now)
        return found


def many(count: int, every_ns: int) -> list[Event]:
    """So many UEs that register, one after the other."""
    events = [event for ue in range(count) for event in exchange(PLAIN, ue, SECOND + ue * every_ns)[0]]
    return sorted(events, key=came_ns)


def test_stopped_for_a_minute_all_that_registered_meanwhile_completed() -> None:
    watcher = Watcher()
    events = many(60, SECOND)
    watcher.take(events[:3], None)
    watcher.take(events[3:], 61.0)
    watcher.take((), 1.0)
    assert watcher.ended == {"completed": 60}


def test_what_was_lost_while_stopped_lets_nobody_time_out() -> None:
    watcher = Watcher()
    events = many(60, SECOND)
    watcher.take(events[:3], None)
    # The buffer holds what came first; in the last that it took, UEs are halfway.
    watcher.take(events[3:100], 61.0, whole=False)
    watcher.take((), 20.0)
    assert set(watcher.ended) <= {"completed", "unknown"}, watcher.ended
    assert watcher.ended["completed"] == 12 and watcher.ended["unknown"] >= 1
    # One that begins afterwards and is not answered is believed again.
    watcher.take(exchange((INITIAL,), 99, 90 * SECOND)[0], 1.0)
    watcher.take((), 20.0)
    assert watcher.ended["timed out"] == 1


def freed(at_ns: int, step: timedelta, known: bool = True) -> Event:
    """The association is no more, as a wall clock that was set by ``step`` tells it."""
    like = exchange((INITIAL,))[0][0]
    time = BOOT + timedelta(microseconds=at_ns // 1000) + step
    details: dict[str, Detail] = {"change": "FREED", "state": "ESTABLISHED"}
    details |= {"at_ns": at_ns} if known else {}
    return replace(like, kind="association", time=time, address=None, details=details)


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_an_association_that_goes_after_the_clock_was_set_goes_at_its_instant(hours: int) -> None:
    watcher = Watcher()
    watcher.take(exchange((INITIAL,))[0], None)
    watcher.take([freed(3 * SECOND, timedelta(hours=hours))], 2.0)
    found = watcher.take((), 3.0)
    told = found.last[-1]
    assert (told.outcome, told.total_ns) == ("association lost", 2 * SECOND)
    assert found.running == 0


def test_a_recording_without_that_instant_is_read_by_the_wall_clock() -> None:
    watcher = Watcher()
    watcher.take(exchange((INITIAL,))[0], None)
    watcher.take([freed(3 * SECOND, timedelta(), known=False)], 2.0)
    (told,) = watcher.take((), 3.0).last
    assert (told.outcome, told.total_ns) == ("association lost", 2 * SECOND)
