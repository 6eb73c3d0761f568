"""Only what moved is looked at, and what is told is what looking at all of it tells."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sctptop.model import troubles
from sctptop.model.advice import alarms, living
from sctptop.model.association import Association, Path
from sctptop.model.associations import path_changes
from sctptop.model.associations.moved import moved
from sctptop.model.associations.path_changes import PathChanges
from sctptop.model.event import Event
from sctptop.model.lives import lives
from sctptop.model.lives.lives import Lived, Lives
from tests.unit.associations import NETNS, START
from tests.unit.model.advice.advised import NEAR, calm, pictures

SECONDS, TAGS = 90, range(1, 7)
ONE, OTHER, THIRD = (object() for _ in range(3))


@pytest.mark.parametrize("seed", range(6))
def test_it_is_what_looking_at_all_of_it_tells(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _told(seed)
    for room in (troubles, alarms, living, path_changes):
        monkeypatch.setattr(room, "moved", lambda *_: None)
    monkeypatch.setattr(lives, "moved_in", lambda *_: None)
    wanted = _told(seed)
    assert found == wanted
    rules = {one.rule for tick in found for one in tick[1]}
    assert len(rules) > 2 and any(tick[2] for tick in found) and any(tick[3] for tick in found)


def _told(seed: int) -> list[Any]:
    """Rows, advice, alarms, changes of paths and lives of each second."""
    dice = random.Random(seed)
    state: dict[int, dict[str, Any]] = {tag: {} for tag in TAGS}
    records: dict[int, list[Association]] = {}
    happened: dict[int, list[Event]] = {}
    for tick in range(SECONDS):
        for tag in TAGS:
            if dice.random() < 0.05:
                state[tag] = dice.choice(TROUBLES)
        there = [tag for tag in TAGS if not state[tag].get("gone")]
        moving = [tag for tag in there if dice.random() < 0.3]
        before = {one.own_tag: one for one in records.get(tick - 1, ())}
        records[tick] = [
            before[tag] if tag in before and tag not in moving else calm(tick, tag, **state[tag])
            for tag in there
        ]
        happened[tick] = [_message(tick, tag, dice) for tag in moving if tag % 2 and dice.random() < 0.7]
    changes, followed = PathChanges(), Lives()
    told: list[Any] = []
    for picture in pictures(records.__getitem__, SECONDS, events=happened.__getitem__):
        turned = changes.advance(picture.rows, picture.now_s)
        lived = followed.advance(picture.rows, turned, picture.now_s, not picture.tick)
        spans = [_span(one) for one in lived]
        rows = [
            (row.key, row.association, dict(row.rates), row.ended, row.trouble, row.rank)
            for row in picture.rows
        ]
        told.append((rows, picture.advice, picture.alarms, turned, spans))
    return told


TROUBLES: tuple[dict[str, Any], ...] = (
    {},
    {"gone": True},
    {"held_bins": ((199_000_000, 2),)},
    {"recv_queue": 9000, "pending": 0},
    {"paths": (Path(NEAR, "INACTIVE", True, 4380, 106496, 0, 0.0, 1000, 6, max_retrans=5),)},
)


def _span(one: Lived) -> tuple[Any, ...]:
    """What of a life stays as it is told: its row moves on."""
    return one.key, one.from_s, one.born, one.until_s, one.why, one.downs


def _message(tick: int, tag: int, dice: random.Random) -> Event:
    details = {"direction": dice.choice(("in", "out")), "at_ns": tick * 10**9, "ppid": 60, "ppid_unset": True}
    return Event(START, "ngap", NETNS, tag, tag + 1000, 38412, 50000 + tag, details=details)


def test_what_is_another_object_moved() -> None:
    assert moved([ONE, OTHER], (ONE, OTHER)) == []
    assert moved([ONE, THIRD, OTHER], [ONE, OTHER, THIRD]) == [(THIRD, OTHER), (OTHER, THIRD)]
    assert moved((1.0, 2), (1, 2)) == [(1.0, 1)], "equal is not the same"


def test_of_more_or_fewer_nothing_is_known() -> None:
    assert moved([ONE], []) is None and moved([], [ONE]) is None and moved([], []) == []
