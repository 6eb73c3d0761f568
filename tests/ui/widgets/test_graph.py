"""Graphs: fixed scale, gaps blank, zero visible, clipped values marked."""

from __future__ import annotations

import pytest

from sctptop.tui.widgets.graph import block_graph, nice_top, top_of


def test_one_row_in_eighths() -> None:
    assert block_graph([0, 2, 4, 6, 8], 5, 1, 8) == ["▁▂▄▆█"]


def test_the_newest_value_is_at_the_right_edge() -> None:
    assert block_graph([1, 2, 8], 5, 1, 8) == ["  ▂▂█"]
    assert block_graph([8, 8, 0, 4], 2, 1, 8) == ["▁▄"]


def test_a_gap_is_blank_and_zero_is_not() -> None:
    assert block_graph([None, 0, None, 8], 4, 1, 8) == [" ▁ █"]


def test_what_is_above_zero_is_higher_than_zero() -> None:
    assert block_graph([0, 0.001], 2, 1, 1000) == ["▁▂"]


def test_a_constant_window_shows_its_height() -> None:
    assert block_graph([4] * 3, 3, 1, 8) == ["▄▄▄"]


def test_several_rows() -> None:
    assert block_graph([16, 12, 8, 0, None], 5, 2, 16) == ["█▄   ", "███▁ "]


def test_above_the_scale_is_clipped_and_marked() -> None:
    assert block_graph([9, 4], 2, 2, 8) == ["▲ ", "██"]
    assert block_graph([9], 1, 1, 8) == ["▲"]


@pytest.mark.parametrize(("width", "height"), [(0, 1), (1, 0), (-1, 3)])
def test_no_room_no_graph(width: int, height: int) -> None:
    assert block_graph([1], width, height, 1) == []


def test_every_row_has_the_width() -> None:
    for width in range(1, 9):
        for rows in (1, 2, 5):
            drawn = block_graph([None, 1, 50, 200, 0], width, rows, 100)
            assert len(drawn) == rows and {len(row) for row in drawn} == {width}


def test_scales_hold_still_while_values_move() -> None:
    assert [nice_top(value) for value in (0, 3, 10, 10.5, 106496)] == [1, 5, 10, 20, 200_000]
    assert top_of([[None, 4], [], [70.0]]) == 100
