"""Rows in trouble: marked by their worst advice, ordered by it, and steady while it comes and goes."""

from __future__ import annotations

from dataclasses import replace

from sctptop.fields.ordering import BY_TROUBLE
from sctptop.model.advice.given import Advice
from sctptop.model.association import Association, Path
from sctptop.model.associations.row import Row
from sctptop.model.event import Event
from sctptop.model.snapshot import Snapshot
from sctptop.model.troubles import HOLD_S, Troubles
from sctptop.tui.words.reasons import mark, reason
from tests.unit.associations import row
from tests.unit.model.advice.advised import NEAR, calm, pictures
from tests.unit.model.peers.meetings import REFUSED, tried

DEAD = (Path(NEAR, "INACTIVE", True, 4380, 106496, 0, 0.0, 1000, 6, max_retrans=5),)
HELD = ((199_000_000, 2),)


def ordered(snapshot: Snapshot) -> list[int | None]:
    """The tags of the rows from the first to the last."""
    return [row.association.own_tag for row in BY_TROUBLE.apply(snapshot.rows)]


def row_of(snapshot: Snapshot, tag: int) -> Row:
    return next(row for row in snapshot.rows if row.association.own_tag == tag)


def three(tick: int, dead: range = range(100)) -> list[Association]:
    """The first is well, messages of the second are held by Nagle, the path of the third is dead in some seconds."""
    third = calm(tick, 3, paths=DEAD) if tick in dead else calm(tick, 3)
    return [calm(tick, 1), calm(tick, 2, held_bins=HELD), third]


def test_the_worst_stands_first_with_its_mark_and_its_reason() -> None:
    snapshot = pictures(three, 12)[-1]
    assert ordered(snapshot) == [3, 2, 1]
    dead, held, well = (row_of(snapshot, tag) for tag in (3, 2, 1))
    assert [mark(row)[0] for row in (dead, held, well)] == ["!", "!", " "]
    assert well.trouble is None and reason(well, snapshot.now_s, 40) == ""
    assert reason(dead, snapshot.now_s, 40).startswith(f"path {NEAR} dead for ")
    assert reason(dead, snapshot.now_s, 14).startswith("dead ") and reason(dead, snapshot.now_s, 4) == "dead"
    assert reason(held, snapshot.now_s, 30) == "Nagle holds messages"
    for room in range(1, 60):
        assert len(reason(dead, snapshot.now_s, room)) <= room


def test_gravity_is_that_of_the_trouble_whatever_a_row_carries() -> None:
    snapshot = pictures(three, 12)[-1]
    dead, held, well = (row_of(snapshot, tag).gravity for tag in (3, 2, 1))
    assert dead > held > well == 0
    for tag, gravity in ((3, dead), (2, held), (1, 0)):
        row = row_of(snapshot, tag)
        assert [replace(row, rank=row.rank - level).gravity for level in (0, 9, 60)] == [gravity] * 3


def test_a_row_that_gets_better_keeps_its_place_for_a_while_but_not_its_mark() -> None:
    brief = range(3, 6)
    snapshots = pictures(lambda tick: three(tick, brief), 60)
    over = next(at for at, one in enumerate(snapshots) if at > 6 and row_of(one, 3).trouble is None)
    first = [at for at, one in enumerate(snapshots) if ordered(one)[0] == 3]
    assert first == list(range(first[0], first[-1] + 1)), "it moves once"
    assert over + HOLD_S - 2 <= first[-1] + 1 <= over + HOLD_S + 2
    assert mark(row_of(snapshots[over], 3))[0] == " "


def test_where_nothing_is_wrong_rows_stay_the_same_objects_and_stand_by_what_they_carry() -> None:
    def quiet(tick: int) -> list[Association]:
        busy = calm(tick, 2, out_packets=400 * tick, in_packets=400 * tick)
        return [calm(tick, 1, out_packets=0, in_packets=0), busy]

    snapshot = pictures(quiet, 30)[-1]
    assert ordered(snapshot) == [2, 1]
    assert all(row.trouble is None for row in snapshot.rows)


def test_advice_on_a_peer_that_refuses_is_on_the_row_that_does_not_come_up() -> None:
    """Not on one that is up beside it, and it is told that it was refused."""
    peer = "10.9.0.2"
    up = replace(calm(0, 1), remote_addresses=(peer,), remote_port=38412, local_port=41001)
    opening = replace(up, own_tag=7, state="COOKIE_WAIT", local_port=41007, assoc_id=7)

    def events(tick: int) -> list[Event]:
        return tried(tick + 1, **REFUSED) if tick % 2 == 0 else []

    snapshot = pictures(lambda tick: [up, opening] if tick > 20 else [up], 24, events=events)[-1]
    marked = {row.association.own_tag: row for row in snapshot.rows if row.trouble}
    assert set(marked) == {7}
    assert reason(marked[7], snapshot.now_s, 40).startswith("refused ")


def test_where_nothing_moves_the_rows_are_the_same_tuple_and_a_rank_is_held_from_then_on() -> None:
    troubles, rows = Troubles(), (row(1), row(2))
    advice = (Advice("dead_path", "problem", rows[0].key, "seen", "remedy", 0.0),)
    first = troubles.advance(rows, advice, {}, 0.0)
    again = troubles.advance((*rows,), advice, {}, 50.0)
    assert again is first and first[0].trouble is not None
    held = troubles.advance(rows, (), {}, 50.0 + HOLD_S - 1)
    assert held[0].rank == first[0].rank and held[0].trouble is None
    assert troubles.advance(rows, (), {}, 50.0 + HOLD_S + 1) == rows
