"""Entries that were compressed are read, dropped, copied and moved as the others are."""

from __future__ import annotations

import random

import pytest

from sctptop.model.associations.history import History
from sctptop.model.series.packed import FARTHEST, TOGETHER
from sctptop.model.series.steady import Steady

NAMES = ("x", "y")


def recorded(ticks: int, window: int, seed: int) -> tuple[History, list[tuple[float | None, ...]]]:
    dice = random.Random(seed)
    history, told = History(window=window), []
    values: tuple[float | None, ...] = (0.0, None)
    for tick in range(ticks):
        if dice.random() < 0.7:
            values = (float(dice.randrange(9)), dice.choice((None, 1.0, 2.5)))
        history.hold(tick, [("a", NAMES, values)])
        history.record(tick, {"a": {"m": float(tick % 5)}})
        told.append(values)
    return history, told


@pytest.mark.parametrize("ticks", [TOGETHER // 2, 3 * TOGETHER, 10 * TOGETHER])
@pytest.mark.parametrize("window", [20, 600])
def test_what_was_compressed_is_read_as_it_was_recorded(ticks: int, window: int) -> None:
    history, told = recorded(ticks, window, seed=ticks + window)
    kept = min(window, ticks)
    for place, name in enumerate(NAMES):
        assert history.read("a", name, ticks - 1, kept) == tuple(one[place] for one in told[-kept:])
    assert history.read("a", "m", ticks - 1, kept) == tuple(float(t % 5) for t in range(ticks - kept, ticks))


def test_it_takes_less_and_goes_with_its_age() -> None:
    track, taken = Steady(0, ("x",), (-1.0,), 0), Steady.BYTES
    for tick in range(1, 20 * TOGETHER):
        taken += track.put(tick, (float(tick % 7),))
        if len(track.heads) >= track.limit:
            before = track.entry_bytes
            track.trim(tick - 600)
            taken += track.entry_bytes - before
    assert taken == Steady.BYTES + track.entry_bytes
    kept = len(track.old) * TOGETHER + len(track.heads)
    assert track.entry_bytes < kept * 8 / 1.5 and 600 < kept < 800
    assert track.cut <= tick - 600 and track.trimmed


def test_a_copy_keeps_what_the_other_lets_go_of() -> None:
    history, told = recorded(3 * TOGETHER, 600, seed=5)
    frozen = history.frozen()
    for tick in range(3 * TOGETHER, 12 * TOGETHER):
        history.hold(tick, [("a", NAMES, (float(tick), 0.0))])
    assert frozen.read("a", "x", 3 * TOGETHER - 1, 3 * TOGETHER) == tuple(one[0] for one in told)


def test_a_tick_beyond_the_room_of_a_head_is_counted_from_nearer_on() -> None:
    history, _ = recorded(2 * TOGETHER, 600, seed=7)
    far = FARTHEST + 50
    for tick in range(far, far + 5):
        history.hold(tick, [("a", NAMES, (float(tick - far), 3.0))])
    assert history.read("a", "x", far + 4, 5) == (0.0, 1.0, 2.0, 3.0, 4.0)
    assert history.read("a", "y", far + 4, 6)[1:] == (3.0,) * 5
