"""Lines over each other, in the dots of braille."""

from __future__ import annotations

from sctptop.tui.views.timed.lines_block import common_scale, lines_block
from sctptop.tui.views.timed.series_block import Graph
from sctptop.tui.widgets.line_graph import BASE, LineScale, line_graph
from sctptop.tui.words.line import plain


def text(pieces: list[tuple[str, int | None]]) -> str:
    return "".join(piece for piece, _ in pieces)


def dots(character: str) -> int:
    return 0 if character == " " else ord(character) - BASE


def test_a_line_goes_from_value_to_value_and_not_across_a_gap() -> None:
    drawn = [text(row) for row in line_graph([(0, 8, None, 8)], [LineScale(0, 8)], 5, 2)]
    assert [len(row) for row in drawn] == [5, 5]
    assert drawn[0][0] == drawn[1][0] == " ", "four values stand at the right edge of five"
    assert dots(drawn[1][1]) == 0x40 | 0x80, "0 is the foot"
    assert (
        dots(drawn[0][2]) == 0x01 | 0x02 | 0x04 | 0x40 | 0x08
        and dots(drawn[1][2]) == 0x01 | 0x02 | 0x04 | 0x40
    )
    assert drawn[0][3] == drawn[1][3] == " "
    assert dots(drawn[0][4]) == 0x01 | 0x08 and drawn[1][4] == " "


def test_where_lines_meet_the_first_has_the_place() -> None:
    (row,) = line_graph([(1, 1), (0, 1)], [LineScale(0, 1)] * 2, 2, 1)
    assert [(owner, len(piece)) for piece, owner in row] == [(0, 2)]
    (row,) = line_graph([(None, 1), (0, 1)], [LineScale(0, 1)] * 2, 2, 1)
    assert [owner for _, owner in row] == [1, 0]


def test_a_scale_of_decades() -> None:
    scale = LineScale(1, 1000, log=True)
    assert [scale.level(value, 31) for value in (0, 1, 10, 100, 1000, 5000)] == [0, 0, 10, 20, 30, 30]
    assert LineScale(5, 5).level(5, 9) == 0


def test_the_common_scale_is_logarithmic_from_a_decade_on() -> None:
    near = common_scale([Graph("a", (10.0, 90.0), 1), Graph("b", (None, 0.0), 1)])
    assert (near.low, near.high, near.log) == (0.0, 100.0, False)
    far = common_scale([Graph("a", (4_380.0, 60_000.0), 1), Graph("b", (0.0,), 1)])
    assert (far.low, far.high, far.log) == (2000.0, 100_000.0, True)
    nothing = common_scale([Graph("a", (None,), 1)])
    assert (nothing.low, nothing.high, nothing.log) == (0.0, 1.0, False)


def test_each_line_is_named_at_the_level_of_its_value_without_colour() -> None:
    graphs = [
        Graph("low", (10.0, 10.0), 100, now=10.0),
        Graph("high", (90.0, 90.0), 100, now=90.0),
        Graph("none", (None, None), 100),
    ]
    lines = [plain(one) for one in lines_block(graphs, LineScale(0, 100), 60, 6)]
    places = {one.split()[0]: at for at, one in enumerate(lines) if one[0].isalpha()}
    assert places["high"] <= 1 and places["low"] >= 4 and len(set(places.values())) == 3
    assert "–" in lines[places["none"]] and "100 ┤" in lines[0] and "0 ┤" in lines[5]
    assert {len(one) for one in lines} == {60}
