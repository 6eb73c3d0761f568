from __future__ import annotations

from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st

from sctptop.model.associations.history import History


def test_ticks_without_a_value_are_gaps() -> None:
    history = History()
    history.record(0, {"a": {"cwnd": 1.0}})
    history.record(1, {"a": {"cwnd": None}})
    history.record(4, {"a": {"cwnd": 4.0}})
    assert history.read("a", "cwnd", 4, 6) == (None, 1.0, None, None, None, 4.0)


@given(st.lists(st.one_of(st.none(), st.integers(0, 1000)), max_size=40), st.integers(1, 12))
def test_a_ring_reads_back_the_newest_values_it_has_room_for(values: list[int | None], window: int) -> None:
    history = History(window=window)
    for tick, value in enumerate(values):
        history.record(tick, {"a": {"x": value}})
    kept = values[-window:]
    ticks = len(values)
    assert history.read("a", "x", ticks - 1, ticks) == (None,) * (ticks - len(kept)) + tuple(kept)


def test_a_frozen_copy_does_not_see_later_ticks() -> None:
    history = History(window=4)
    for tick in range(4):
        history.record(tick, {"a": {"x": float(tick)}})
    frozen = history.frozen()
    for tick in range(4, 12):
        history.record(tick, {"a": {"x": float(tick)}})
    assert frozen.read("a", "x", 3, 4) == (0.0, 1.0, 2.0, 3.0)


def test_reading_up_to_an_earlier_tick_does_not_show_the_future() -> None:
    history = History()
    for tick in range(5):
        history.record(tick, {"a": {"x": float(tick)}})
    assert history.read("a", "x", 2, 3) == (0.0, 1.0, 2.0)


def test_memory_is_capped_and_given_back() -> None:
    cap = 1 << 16
    history = History(window=600, memory_cap=cap)
    keys: list[Hashable] = list(range(500))
    history.record(0, {key: {"x": 1.0, "y": 2.0} for key in keys})
    assert history.slots * 4 <= cap + 600 * 4
    assert history.read(keys[0], "x", 0, 1) == (1.0,)
    history.forget(keys)
    assert history.slots == 0
    assert history.read(keys[0], "x", 0, 1) == (None,)
