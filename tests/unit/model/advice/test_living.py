"""The rows that are alive, kept from picture to picture: the same as if all were looked at each time."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from sctptop.model.advice.living import Living
from sctptop.model.advice.signs import gives_cause
from sctptop.model.associations.both_ends import OtherEnd
from sctptop.model.associations.row import Row
from tests.unit.associations import row


@pytest.mark.parametrize("seed", range(8))
def test_it_is_what_looking_at_all_of_them_says(seed: int) -> None:
    dice = random.Random(seed)
    living, rows = Living(), [row(tag) for tag in range(1, 9)]
    for _ in range(60):
        before = dict(living.rows)
        for _ in range(dice.choice((0, 0, 1, 3))):
            rows = _another(rows, dice)
        living.advance(tuple(rows) if dice.random() < 0.7 else rows)
        alive = {one.key: one for one in rows if one.ended is None}
        assert living.rows == alive and [*living.rows] == [*alive]
        assert all(living.rows[key] is one for key, one in alive.items())
        assert living.suspects == {key for key, one in alive.items() if gives_cause(one)}
        assert [*living.moved] == [one for key, one in alive.items() if before.get(key) is not one]
        assert {*living.gone} == before.keys() - alive.keys()
        ends = {key: one.other_end.key for key, one in alive.items() if one.other_end is not None}
        for key in alive:
            end = ends.get(key)
            assert living.other(key) is (None if end is None else alive.get(end))


def test_the_same_rows_are_not_looked_at() -> None:
    living, rows = Living(), (row(1), row(2))
    living.advance(rows)
    assert [*living.moved] == [*rows]
    living.advance(rows)
    assert not living.moved and not living.gone


def _another(rows: list[Row], dice: random.Random) -> list[Row]:
    """One of them says something else, ends, goes, comes, or takes another place."""
    place, what = dice.randrange(len(rows)), dice.randrange(7)
    changed = [*rows]
    if what == 0 and len(rows) > 3:
        del changed[place]
    elif what == 1:
        changed.append(row(dice.randrange(100, 1000)))
    elif what == 2:
        dice.shuffle(changed)
    elif what == 3:
        changed[place] = replace(rows[place], ended="ABORT received")
    elif what == 4:
        other = rows[dice.randrange(len(rows))]
        changed[place] = replace(rows[place], other_end=OtherEnd(other.association, other.key))
    else:
        entry = replace(rows[place].association, recv_queue=dice.choice((0, 0, 900)))
        changed[place] = replace(rows[place], association=entry, ended=None)
    return changed
