"""One series as a graph with its name, its value now and its scale."""

from __future__ import annotations

from sctptop.model.history import Series
from sctptop.quantity import UNKNOWN, short, show
from sctptop.tui.line import Line, Span, line
from sctptop.tui.widgets.graph import block_graph

LABEL, VALUE, SCALE = 11, 7, 6
LEFT = LABEL + VALUE + SCALE + 2
"""Columns before the graph; what is left is its width, one column a reading."""


def graph_width(width: int) -> int:
    """How many readings a graph shows in a box of that width."""
    return max(width - LEFT, 1)


def series_block(
    label: str,
    values: Series,
    width: int,
    height: int,
    top: float,
    *,
    unit: str = "B",
    now: float | None = None,
    style: str = "graph",
) -> list[Line]:
    """``height`` lines: name and value on the first, the scale at the axis."""
    graph = block_graph(values, graph_width(width), height, top)
    value = show(now, unit)
    scale = show(top, unit) if unit == "ms" else short(top)
    lines: list[Line] = []
    for place, drawn in enumerate(graph):
        at_top, at_foot = place == 0, place == height - 1
        mark = scale if at_top else "0" if at_foot else ""
        axis = "┤" if mark else "│"
        name = Span(f"{label if at_top else '':<{LABEL}}", "")
        number = Span(f"{value if at_top else '':>{VALUE}}", "faint" if value == UNKNOWN else "strong")
        lines.append(line(name, number, (f"{mark:>{SCALE}} {axis}", "faint"), (drawn, style)))
    return lines


def graph_height(room: int, series: int, most: int = 6) -> int:
    """Equal heights for several graphs: at least 1, at most ``most`` lines each."""
    return max(1, min(most, room // max(series, 1)))
