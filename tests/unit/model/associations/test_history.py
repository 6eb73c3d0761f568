from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sctptop.model.associations.history import History
from sctptop.model.series.momentary import Momentary


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


def test_a_key_and_a_series_are_known_or_all_gaps() -> None:
    history = History()
    history.record(0, {"a": {"x": 1.0, "y": None}, "b": {}})
    assert history.read("a", "x", 0, 2) == (None, 1.0)
    assert (
        history.read("a", "y", 0, 2)
        == history.read("b", "x", 0, 2)
        == history.read("c", "x", 0, 2)
        == (None, None)
    )
    assert history.size == Momentary.BYTES + 8, "a series takes room once it has a value"


def test_ticks_to_come_are_gaps() -> None:
    history = History(window=4)
    for tick in range(3, 9):
        history.record(tick, {"a": {"x": float(tick)}})
    assert history.read("a", "x", 10, 8) == (None, None, 5.0, 6.0, 7.0, 8.0, None, None)


def test_a_series_that_skipped_more_than_its_window_has_only_the_new() -> None:
    history = History(window=4)
    for tick in (0, 1, 2, 3, 20):
        history.record(tick, {"a": {"x": float(tick)}})
    assert history.read("a", "x", 20, 6) == (None, None, None, None, None, 20.0)
    history.record(22, {"a": {"x": 22.0}})
    assert history.read("a", "x", 22, 4) == (None, 20.0, None, 22.0)


def test_copies_of_a_history_are_each_their_own() -> None:
    history = History(window=4)
    history.record(0, {"a": {"x": 0.0}})
    first = history.frozen()
    history.record(1, {"a": {"x": 1.0}})
    second = history.frozen()
    history.record(2, {"a": {"x": 2.0}})
    first.record(1, {"a": {"x": 7.0}})
    assert first.read("a", "x", 1, 2) == (0.0, 7.0)
    assert second.read("a", "x", 2, 3) == (0.0, 1.0, None)
    assert history.read("a", "x", 2, 3) == (0.0, 1.0, 2.0)


def test_nobody_waits_until_all_of_a_tick_is_written() -> None:
    history, found = History(), list[object]()

    class Watched(dict[Hashable, dict[str, float | None]]):
        def items(self) -> Any:
            yield "a", {"x": 1.0}
            reader = threading.Thread(target=lambda: found.append(history.read("a", "x", 0, 1)), daemon=True)
            reader.start()
            reader.join(5)
            yield "b", {"x": 2.0}

    history.record(0, Watched())
    assert found == [(1.0,)] and history.read("b", "x", 0, 1) == (2.0,)


def test_a_steady_series_is_held_in_each_copy_until_that_records_or_stops_it() -> None:
    history = History(window=8)
    history.record(0, {"a": {"x": 1.0}, "b": {"x": 5.0}}, steady=True)
    history.record(2, {})
    frozen = history.frozen()
    history.record(3, {"a": {"x": 2.0}}, steady=True)
    history.stop(3, ["b"])
    history.record(5, {})
    assert history.read("a", "x", 5, 6) == (1.0, 1.0, 1.0, 2.0, 2.0, 2.0)
    assert history.read("b", "x", 5, 6) == (5.0, 5.0, 5.0, 5.0, None, None)
    for key, value in (("a", 1.0), ("b", 5.0)):
        assert frozen.read(key, "x", 5, 6) == (value, value, value, None, None, None)
    frozen.record(4, {"a": {"x": 7.0}}, steady=True)
    assert frozen.read("a", "x", 4, 5) == (1.0, 1.0, 1.0, 1.0, 7.0)
    assert history.read("a", "x", 4, 5) == (1.0, 1.0, 1.0, 2.0, 2.0)
