"""Bytes of a file are given to one frame at a time, and never more of them than allowed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.recording.log.space import Space, Stretch

START, LEAST = 64, 68


@given(
    st.lists(st.tuples(st.sampled_from("gte"), st.integers(LEAST, 900), st.integers(0, 99)), max_size=120),
    st.sampled_from([None, 2000, 10_000]),
)
def test_no_two_pieces_overlap_and_all_stays_below_the_most(
    steps: list[tuple[str, int, int]], most: int | None
) -> None:
    space, used = Space(START, LEAST, most), list[Stretch]()
    for what, size, which in steps:
        if what == "g" and used:
            piece = used.pop(which % len(used))
            hole = space.give(piece)
            assert hole.offset <= piece.offset and piece.end <= hole.end
        elif (place := space.find(size, at_end=what == "e")) is not None:
            end = space.end
            assert space.grow(place) in (None, Stretch(end, space.end - end))
            space.take(place)
            assert size <= place.piece.size < size + LEAST
            used.append(place.piece)
        covered = sorted((one.offset, one.end) for one in [*used, *space.holes])
        # One behind the other, without a gap: a reader goes from one to the next.
        assert [begin for begin, _ in covered] == [START, *(end for _, end in covered)][: len(covered)]
        assert all(piece.size >= LEAST for piece in (*used, *space.holes))
        assert space.end == (covered[-1][1] if covered else START) <= (most or space.end)
        assert all(
            before.end < behind.offset for before, behind in zip(space.holes, space.holes[1:], strict=False)
        )


@given(st.lists(st.integers(LEAST, 900), min_size=1, max_size=40), st.randoms())
def test_what_was_given_back_is_one_hole(sizes: list[int], dice: random.Random) -> None:
    space, used = Space(START, LEAST, None), list[Stretch]()
    for size in sizes:
        place = space.find(size)
        assert place is not None and space.grow(place) is not None
        space.take(place)
        used.append(place.piece)
    dice.shuffle(used)
    for piece in used:
        hole = space.give(piece)
    assert hole == Stretch(START, sum(sizes))
    place = space.find(sum(sizes))
    assert place is not None and place.hole == hole
    space.trim()
    assert space.end == START


@pytest.mark.parametrize(("size", "piece"), [(100, 100), (32, 32), (33, 100), (99, 100)])
def test_a_rest_that_is_no_frame_stays_with_the_piece(size: int, piece: int) -> None:
    space = Space(START, LEAST, None)
    for number in (100, 100):
        place = space.find(number)
        assert place is not None and space.grow(place) is not None
        space.take(place)
    space.give(Stretch(START, 100))
    found = space.find(size)
    assert found is not None and found.piece == Stretch(START, piece) and not space.grow(found)


def taken(space: Space, size: int) -> Stretch:
    place = space.find(size)
    assert place is not None
    space.grow(place)
    space.take(place)
    return place.piece


def test_a_hole_at_the_end_grows_where_there_is_no_other_room() -> None:
    space = Space(START, LEAST, START + 500)
    space.give(taken(space, 300))
    assert space.find(501) is None
    larger = space.find(500)
    assert larger is not None and larger.piece == larger.hole == Stretch(START, 500)
    assert space.grow(larger) == Stretch(START + 300, 200)
    space.take(larger)
    assert space.end == START + 500 and space.find(LEAST) is None


def test_what_goes_to_the_end_leaves_holes_to_others() -> None:
    space = Space(START, LEAST, START + 450)
    first, second = taken(space, 200), taken(space, 100)
    space.give(first)
    found = space.find(150, at_end=True)
    assert found is not None and found.piece.offset == second.end
    # None is left at the end.
    found = space.find(200, at_end=True)
    assert found is not None and found.piece == first
    space.give(second)
    found = space.find(150, at_end=True)
    assert found is not None and found.piece == Stretch(START, 150)


def test_all_that_is_free_at_the_end_is_let_go() -> None:
    space = Space(START, LEAST, None)
    kept = taken(space, 300)
    for size in (100, 700):
        # Grown, and then not written: the disk is full.
        place = space.find(size)
        assert place is not None
        space.grow(place)
    assert len(space.holes) == 2
    space.trim()
    assert space.end == kept.end and space.holes == []
