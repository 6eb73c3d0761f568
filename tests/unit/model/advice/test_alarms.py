"""Alarms: raised, cleared, raised again, and what of them is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sctptop.model.advice.alarms import Alarm, Alarms
from sctptop.model.advice.given import Advice
from sctptop.model.association import Association, Path
from sctptop.model.thresholds import USUAL
from sctptop.output.json_lines import json_line
from tests.unit.associations import START, association
from tests.unit.model.advice.advised import NEAR, calm, pictures

ENTRY = association(1)


def advice(cost: float = 1.0, seen: str = "", **facts: Any) -> Advice:
    whole: dict[str, Any] = {"rule": "nagle", "severity": "problem", "remedy": "", **facts}
    return Advice(association=("a",), seen=seen or f"{cost:g}", since_s=0.0, cost=cost, **whole)


def fed(*ticks: list[Advice]) -> tuple[Alarm, ...]:
    alarms = Alarms()
    told: tuple[Alarm, ...] = ()
    for tick, given in enumerate(ticks):
        told = alarms.advance(given, lambda key: ENTRY, START + timedelta(seconds=tick))
    return told


def seconds(alarm: Alarm) -> tuple[float, float | None]:
    cleared = (alarm.cleared - START).total_seconds() if alarm.cleared else None
    return (alarm.raised - START).total_seconds(), cleared


def test_raised_cleared_and_raised_again_with_the_worst_that_was_seen() -> None:
    (alarm,) = fed([], [advice(3)], [advice(9)], [advice(5)], [], [advice(2)], [])
    assert (seconds(alarm), alarm.count, alarm.worst) == ((1.0, 6.0), 2, "9")


def test_one_that_was_so_when_watching_began_may_be_older() -> None:
    (alarm,) = fed([advice(from_start=True)], [advice(9, from_start=True)], [])
    assert alarm.from_start and seconds(alarm) == (0.0, 2.0)
    assert not fed([], [advice()])[0].from_start


def test_one_that_lasts_is_not_cleared() -> None:
    (alarm,) = fed([advice()], [advice()])
    assert (seconds(alarm), alarm.count) == ((0.0, None), 1)


def test_of_what_costs_the_same_the_last_is_told() -> None:
    assert [alarm.worst for alarm in fed([advice(seen="for 5s")], [advice(seen="for 9s")])] == ["for 9s"]


def test_notes_are_no_alarms() -> None:
    assert fed([advice(severity="note")]) == ()


def test_each_path_has_its_own_and_the_last_comes_first() -> None:
    told = fed([advice(address="10.0.0.1")], [advice(address="10.0.0.1"), advice(address="10.0.0.2")])
    assert [alarm.address for alarm in told] == ["10.0.0.2", "10.0.0.1"]


def test_unchanged_they_are_the_same_object() -> None:
    alarms = Alarms()
    first = alarms.advance([advice()], lambda key: ENTRY, START)
    assert alarms.advance([advice()], lambda key: ENTRY, START + timedelta(seconds=1)) is first


def test_those_cleared_first_give_way() -> None:
    alarms = Alarms()
    told: tuple[Alarm, ...] = ()
    for tick in range(USUAL.alarms_kept + 5):
        given = [replace(advice(), association=(tick,))]
        told = alarms.advance(given, lambda key: ENTRY, START + timedelta(seconds=tick))
    assert len(told) == USUAL.alarms_kept
    assert [alarm.association for alarm in told[-1:]] == [(5,)]


def test_of_an_association_that_is_forgotten_none_begins() -> None:
    assert Alarms().advance([advice()], lambda key: None, START) == ()


def test_a_reset_forgets_what_is_over() -> None:
    alarms = Alarms()
    alarms.advance([advice(), advice(rule="dead_path")], lambda key: ENTRY, START)
    alarms.advance([advice()], lambda key: ENTRY, START)
    alarms.reset()
    assert [alarm.rule for alarm in alarms.advance([advice()], lambda key: ENTRY, START)] == ["nagle"]


def test_json_has_an_alarm_when_it_is_raised_and_when_it_is_cleared() -> None:
    def path(tick: int) -> Association:
        bad = 3 <= tick < 6
        return calm(tick, paths=(Path(NEAR, "INACTIVE" if bad else "ACTIVE", True, errors=6 * bad),))

    told = [json.loads(json_line(one, list(one.rows)))["alarms"] for one in pictures(path, 30)]
    ticks = [tick for tick, alarms in enumerate(told) if alarms]
    assert ticks == [3, 16]
    (raised,), (cleared,) = told[3], told[16]
    assert (raised["rule"], raised["cleared"], raised["count"]) == ("dead_path", None, 1)
    assert cleared["raised"] == raised["raised"] and cleared["cleared"] is not None
