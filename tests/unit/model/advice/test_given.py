"""What is advised again is the same object, and is given as it would be if every rule were asked each time."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.advice import adviser
from sctptop.model.advice.case import Finding
from sctptop.model.advice.given import GivenAdvice
from sctptop.model.association import Association
from sctptop.model.event import Event
from sctptop.model.snapshot import Snapshot
from sctptop.model.thresholds import USUAL
from tests.unit.model.advice.advised import calm, ngap, pictures

KEY, OTHER = ("a",), ("b",)
FOUND = Finding("warning", "3 of 4", "mend it")
SECONDS = 150


def test_what_is_found_again_is_the_same_and_all_of_it_the_same_tuple() -> None:
    given = GivenAdvice(USUAL)
    told = []
    for now_s in range(5):
        given.say("no_ppid", KEY, None, replace(FOUND), now_s)
        told.append(given.now(now_s, {KEY}, {KEY}))
    assert len(told[0]) == 1 and all(one is told[0] for one in told)
    given.say("no_ppid", KEY, None, replace(FOUND, seen="4 of 5"), 5)
    (one,) = given.now(5, {KEY}, {KEY})
    assert (one.seen, one.since_s) == ("4 of 5", 0)


def test_it_is_given_for_some_seconds_longer_and_then_it_is_over() -> None:
    given = GivenAdvice(USUAL)
    said = given.say("no_ppid", KEY, None, FOUND, 0.0)
    assert said is not None
    assert given.now(USUAL.linger_s, {KEY}, frozenset())
    assert not given.now(USUAL.linger_s + 0.1, {KEY}, frozenset())
    again = given.say("no_ppid", KEY, None, FOUND, 50.0)
    assert again is not said and given.now(50.0, {KEY}, frozenset())[0].since_s == 50.0
    assert given.now(50.0, {OTHER}, frozenset()) == ()


def test_what_is_held_is_given_until_some_seconds_after_it_was_let_go() -> None:
    given = GivenAdvice(USUAL)
    said = given.say("no_ppid", KEY, None, FOUND, 0.0)
    assert said is not None
    given.hold([said])
    (told,) = given.now(1000.0, {KEY}, frozenset())
    given.let_go([said], 1000.0)
    assert given.now(1000.0 + USUAL.linger_s, {KEY}, frozenset()) == (told,)
    given.let_go([said], 990.0)
    assert given.now(1000.0 + USUAL.linger_s, {KEY}, frozenset()) == (told,), "found later than that"
    assert given.now(1000.1 + USUAL.linger_s, {KEY}, frozenset()) == ()


def test_where_ngap_goes_comes_first_from_when_on_it_goes_there() -> None:
    given = GivenAdvice(USUAL)
    for key in (KEY, OTHER):
        given.say("no_ppid", key, None, FOUND, 0.0)
    assert [one.association for one in given.now(0.0, {KEY, OTHER}, frozenset())] == [KEY, OTHER]
    assert [one.association for one in given.now(0.0, {KEY, OTHER}, {OTHER})] == [OTHER, KEY]
    assert [one.association for one in given.now(0.0, {KEY, OTHER}, {KEY})] == [KEY, OTHER]


def test_a_rule_that_is_silent_says_nothing() -> None:
    given = GivenAdvice(replace(USUAL, silent=frozenset({"no_ppid"})))
    assert given.say("no_ppid", KEY, None, FOUND, 0.0) is None and not given.now(0.0, {KEY}, frozenset())


@pytest.mark.parametrize("seed", range(12))
def test_it_is_what_asking_every_rule_says(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = _told(seed)
    plain = adviser.Adviser.advance

    def asking(self: adviser.Adviser, *args: Any, **kwargs: Any) -> Any:
        self._due |= self._ngap.keys
        return plain(self, *args, **kwargs)

    monkeypatch.setattr(adviser.Adviser, "advance", asking)
    asked = _told(seed)
    assert [one.advice for one in quick] == [one.advice for one in asked]
    assert [one.rows for one in quick] == [one.rows for one in asked]
    assert [one.alarms for one in quick] == [one.alarms for one in asked]
    assert len({one.rule for picture in quick for one in picture.advice}) > 1


def _told(seed: int) -> list[Snapshot]:
    """Some seconds with messages of NGAP of all sorts, long rests, and now and then a change of what rules look at."""
    dice = random.Random(seed)
    records: dict[int, Association] = {}
    told: dict[int, list[Event]] = {}
    facts: dict[str, Any] = {"held_bins": (), "read_wait_bins": ()}
    for tick in range(SECONDS):
        if tick and dice.random() < 0.9:
            records[tick] = records[tick - 1]
        else:
            facts["hb_interval_ms"] = dice.choice((0.0, 5000.0, 60000.0))
            facts["in_streams"] = dice.choice((1, 10))
            records[tick] = calm(tick, **facts)
        busy = dice.random() < (0.3 if tick % 60 < 30 else 0.02)
        told[tick] = [_message(dice, tick) for _ in range(dice.randrange(12))] if busy else []

    def happened(tick: int) -> Iterable[Event]:
        return told[tick]

    return pictures(records.__getitem__, SECONDS, events=happened)


def _message(dice: random.Random, tick: int) -> Event:
    direction, more = (
        dice.choice(("in", "out")),
        dice.choice(({}, {"ppid_unset": True}, {"ppid_swapped": True})),
    )
    at_ms = 1000.0 * tick + dice.choice((0, 200, 500))
    return ngap(at_ms, dice.randrange(5), direction, stream=dice.choice((1, 1, 2)), **more)
