"""What is kept where memory ends, and how that is told."""

from __future__ import annotations

from collections.abc import Hashable

from sctptop.model.associations.history import LOOKED_AT, History
from sctptop.model.series.momentary import Momentary
from sctptop.model.series.packed import FARTHEST
from sctptop.model.series.steady import Steady

KEYS: list[Hashable] = [*range(100)]


def moving(history: History, first: int, end: int, looked: Hashable = None) -> None:
    for tick in range(first, end):
        history.record(tick, {key: {"x": float(tick), "y": 1.0} for key in KEYS}, steady=True)
        if looked is not None:
            history.read(looked, "x", tick, 1)


def test_past_its_bound_every_key_keeps_fewer_ticks_and_tells_which() -> None:
    cap = len(KEYS) * (Steady.BYTES + 8 * 100)
    history = History(memory_cap=cap)
    moving(history, 0, 90)
    assert history.reach == 600 and history.let_go(5) is None
    moving(history, 90, 500, looked=7)
    assert history.size <= cap
    cut = history.let_go(5)
    assert cut is not None and 300 < cut < 499
    assert history.read(5, "x", 499, 500 - cut) == tuple(map(float, range(cut, 500)))
    assert history.read(5, "x", cut - 1, 10) == (None,) * 10


def test_a_key_that_is_looked_at_keeps_all_of_its_ticks() -> None:
    history = History(memory_cap=len(KEYS) * (Steady.BYTES + 8 * 100))
    moving(history, 0, 500, looked=7)
    assert history.let_go(7) is None
    assert history.read(7, "x", 499, 500) == tuple(map(float, range(500)))
    for key in range(10, 10 + LOOKED_AT):
        history.read(key, "x", 499, 1)
    moving(history, 500, 600)
    assert history.let_go(7) is not None, "others were looked at since"


def test_once_there_is_room_more_ticks_are_kept_again() -> None:
    history = History(window=40, memory_cap=len(KEYS) * (Steady.BYTES + 8 * 10))
    moving(history, 0, 60)
    assert history.reach < 40
    history.forget(KEYS[10:])
    for tick in range(60, 140):
        history.record(tick, {0: {"x": float(tick), "y": 1.0}}, steady=True)
    assert history.reach == 40
    assert history.read(0, "x", 139, 40) == tuple(map(float, range(100, 140)))
    assert history.let_go(0) is None


def test_new_keys_are_not_kept_past_the_bound_and_said_to_want_it() -> None:
    history = History(memory_cap=2 * Steady.BYTES)
    history.record(0, {key: {"x": 1.0} for key in "abc"}, steady=True)
    assert history.size == 2 * Steady.BYTES and history.let_go("c") == 0
    assert history.read("c", "x", 0, 1) == (None,) and history.wanting() == set()
    history.forget(["a"])
    assert history.wanting() == {"c"} and history.wanting() == set()
    history.record(1, {"c": {"x": 3.0}, "a": {"x": 2.0}})
    assert history.read("c", "x", 1, 2) == (None, 3.0)
    history.forget("abc")
    assert history.size == 0


def test_a_frozen_copy_is_as_large_and_keeps_what_the_other_lets_go_of() -> None:
    history = History(memory_cap=len(KEYS) * (Steady.BYTES + 8 * 100))
    moving(history, 0, 90)
    frozen = history.frozen()
    assert (frozen.size, frozen.window, frozen.reach) == (history.size, 600, 600)
    moving(history, 90, 400)
    assert history.let_go(5) is not None and frozen.let_go(5) is None
    assert frozen.read(5, "x", 89, 90) == tuple(map(float, range(90)))


def test_values_of_instants_go_with_the_window_too() -> None:
    history = History(window=50)
    for tick in range(1000):
        history.record(tick, {"a": {"x": float(tick)}})
    assert history.size <= Momentary.BYTES + 8 * (50 * 5 // 4 + 17)
    assert history.read("a", "x", 999, 50) == tuple(map(float, range(950, 1000)))
    assert history.let_go("a") is None


def test_ticks_without_end_are_counted_from_later_on() -> None:
    history, late = History(window=50), 3 * FARTHEST + 5
    for tick in (0, 1, 7, late, late + 2):
        history.record(tick, {"a": {"x": float(tick % 1000)}}, steady=True)
        history.record(tick, {"a": {"y": float(tick % 1000)}})
    first, last = float(late % 1000), float((late + 2) % 1000)
    assert history.read("a", "x", late + 2, 4) == (7.0, first, first, last)
    assert history.read("a", "y", late + 2, 4) == (None, first, None, last)


def test_more_series_than_one_entry_names() -> None:
    history = History()
    for tick in range(3):
        history.record(tick, {"a": {f"s{at}": float(at + tick) for at in range(30)}})
    assert [history.read("a", f"s{at}", 2, 3) for at in (0, 12, 29)] == [
        (0.0, 1.0, 2.0),
        (12.0, 13.0, 14.0),
        (29.0, 30.0, 31.0),
    ]
