"""The clock below graphs, and which readings they show."""

from __future__ import annotations

import pytest

from sctptop.tui.views.timed.axis import axis_text
from sctptop.tui.views.timed.window import window_of

NOON = 1795953600.0
"""2026-11-29 12:00:00 UTC."""


def readings(count: int, every_s: float = 1.0, start_s: float = NOON) -> list[float]:
    return [start_s + place * every_s for place in range(count)]


@pytest.mark.parametrize(
    ("times", "text"),
    [
        (readings(32), "╵12:00:00      ╵12:00:15      ╵ "),
        (readings(32, 0.5, NOON + 0.3), "         ╵12:00:05 ╵12:00:10    "),
        (readings(32, 60), "╵12:00    ╵12:10    ╵12:20    ╵ "),
        (readings(32, 7), " ╵12:00:30          "),
        (readings(32, 86400), ""),
        ([], ""),
    ],
)
def test_labels_are_round_times_that_fit(times: list[float], text: str) -> None:
    drawn = axis_text(times, None)
    assert len(drawn) == len(times)
    labels = [word for word in drawn.replace("╵", " ").split() if word]
    if text:
        assert labels, drawn
    for label in labels:
        place = drawn.index(label) - 1
        assert drawn[place] == "╵"
    if text.startswith("╵12:00:00"):
        assert drawn == text


def test_a_label_stands_at_the_reading_of_its_time() -> None:
    drawn = axis_text(readings(40, 2, NOON + 1), None)
    place = drawn.index("12:00:30") - 1
    assert NOON + 1 + 2 * place >= NOON + 30 > NOON + 1 + 2 * (place - 1)


def test_the_cursor_has_its_time_also_at_the_edges() -> None:
    times = readings(32)
    assert axis_text(times, 0).startswith("▲12:00:00")
    assert axis_text(times, 31).endswith("12:00:31▲")
    middle = axis_text(times, 10)
    assert middle[10:19] == "▲12:00:10" and "12:00:15" not in middle, "no label over another"


def test_a_clock_that_was_set_back_breaks_nothing() -> None:
    times = [*readings(20), *readings(20, start_s=NOON - 600)]
    assert len(axis_text(times, 30)) == 40
    window = window_of(times, 39, 30, NOON - 595)
    assert window.pointed_s == NOON - 595 and window.pointed_tick == 25


@pytest.mark.parametrize(
    ("offset_s", "column", "until"), [(0, 0, 19), (79, 0, 98), (80, 0, 99), (81, 1, 99), (99, 19, 99)]
)
def test_the_window_goes_back_with_the_cursor(offset_s: float, column: int, until: int) -> None:
    window = window_of(readings(100), 99, 20, NOON + offset_s)
    assert (window.column, window.until) == (column, until)
    assert window.pointed_s == NOON + offset_s and window.pointed_tick == offset_s


def test_before_there_are_enough_readings_the_left_is_blank() -> None:
    window = window_of(readings(3), 2, 10, None)
    assert window.times[:7] == (None,) * 7 and window.first == -7 and window.column is None
    assert window_of(readings(3), 2, 10, NOON - 99).column == 7, "the oldest is the nearest"
    assert window_of([], -1, 10, NOON).column is None


def test_what_happened_between_two_readings_is_seen_in_the_second() -> None:
    window = window_of(readings(5), 4, 8, None)
    assert [window.column_at(NOON + at) for at in (0.0, 0.5, 1.0, 3.2, 4.1)] == [3, 4, 4, 7, None]
    assert window.column_at(NOON - 60) is None
