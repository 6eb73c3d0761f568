"""Series as graphs with their name, their value now and their scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sctptop.model.associations.history import Series
from sctptop.quantity import UNKNOWN, short, show
from sctptop.tui.widgets.graph import block_graph
from sctptop.tui.words.line import Line, Span, line

LABEL, VALUE, SCALE = 11, 7, 6
LEFT = LABEL + VALUE + SCALE + 2
"""Columns before the graph; what is left is its width, one column a reading."""


@dataclass(frozen=True, slots=True)
class Graph:
    """One series to draw on a scale from 0 to ``top``; ``now`` is its value in figures."""

    label: str
    values: Series
    top: float
    unit: str = "B"
    now: float | None = None
    style: str = "graph"


def graph_width(width: int) -> int:
    """How many readings a graph shows in a box of that width."""
    return max(width - LEFT, 1)


def series_block(graph: Graph, width: int, height: int) -> list[Line]:
    """``height`` lines: name and value on the first, the scale at the axis."""
    value = show(graph.now, graph.unit)
    scale = show(graph.top, graph.unit) if graph.unit == "ms" else short(graph.top)
    lines: list[Line] = []
    for place, drawn in enumerate(block_graph(graph.values, graph_width(width), height, graph.top)):
        at_top, at_foot = place == 0, place == height - 1
        mark = scale if at_top else "0" if at_foot else ""
        axis = "┤" if mark else "│"
        name = Span(f"{graph.label if at_top else '':<{LABEL}}", "")
        number = Span(f"{value if at_top else '':>{VALUE}}", "faint" if value == UNKNOWN else "strong")
        lines.append(line(name, number, (f"{mark:>{SCALE}} {axis}", "faint"), (drawn, graph.style)))
    return lines


def series_blocks(graphs: Iterable[Graph], width: int, height: int) -> list[Line]:
    """One below the other, all of one height."""
    return [drawn for graph in graphs for drawn in series_block(graph, width, height)]


def mark_line(label: str, marks: str, width: int, style: str) -> Line:
    """Marks below graphs, one a column, the newest at the right edge."""
    columns = graph_width(width)
    return line((f"{label:<{LEFT - 1}}", "dim"), ("│", "faint"), (marks[-columns:].rjust(columns), style))


def graph_height(room: int, series: int, most: int = 6) -> int:
    """Equal heights for several graphs: at least 1, at most ``most`` lines each."""
    return max(1, min(most, room // max(series, 1)))
