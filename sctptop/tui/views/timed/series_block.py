"""Series as graphs with their name, their value now and their scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sctptop.model.series.packed import Series
from sctptop.quantity import UNKNOWN, short, show
from sctptop.tui.widgets.graph import block_graph
from sctptop.tui.words.colours import TIMED
from sctptop.tui.words.line import Line, Span, line

LABEL, VALUE, SCALE = 11, 7, 6
LEFT = LABEL + VALUE + SCALE + 2
"""Columns before the graph; what is left is its width, one column a reading."""
POINTED = "┊"
"""The cursor where the graph is blank."""


@dataclass(frozen=True, slots=True)
class Graph:
    """One series to draw on a scale from 0 to ``top``; ``now`` is its value in figures.

    ``column``: that of the cursor, whose value then stands in the place of the newest.
    """

    label: str
    values: Series
    top: float
    unit: str = "B"
    now: float | None = None
    style: str = "graph"
    column: int | None = None

    @property
    def told(self) -> float | None:
        """The value in figures."""
        if self.column is None:
            return self.now
        return self.values[self.column] if self.column < len(self.values) else None


def graph_width(width: int) -> int:
    """How many readings a graph shows in a box of that width."""
    return max(width - LEFT, 1)


def series_block(graph: Graph, width: int, height: int) -> list[Line]:
    """``height`` lines: name and value on the first, the scale at the axis."""
    value = show(graph.told, graph.unit)
    strong = "strong" if graph.column is None else "name"
    scale = show(graph.top, graph.unit) if graph.unit == "ms" else short(graph.top)
    lines: list[Line] = []
    for place, drawn in enumerate(block_graph(graph.values, graph_width(width), height, graph.top)):
        at_top, at_foot = place == 0, place == height - 1
        mark = scale if at_top else "0" if at_foot else ""
        axis = "┤" if mark else "│"
        name = Span(f"{graph.label if at_top else '':<{LABEL}}", "")
        number = Span(f"{value if at_top else '':>{VALUE}}", "faint" if value == UNKNOWN else strong)
        left = (name, number, Span(f"{mark:>{SCALE}} {axis}", "faint"))
        lines.append((*left, *timed(drawn, graph.style, graph.column)))
    return lines


def timed(text: str, style: str, column: int | None) -> Line:
    """What stands along the time axis, one character a column: a click there is of that instant. The cursor shows."""
    if column is None:
        return line((text, f"{style} {TIMED}"))
    at = text[column : column + 1]
    return line(
        (text[:column], f"{style} {TIMED}"),
        (POINTED if at in ("", " ") else at, f"{style} {TIMED} pointed"),
        (text[column + 1 :], f"{style} {TIMED}"),
    )


def timed_line(label: Span, axis: Span, text: str, style: str, column: int | None) -> Line:
    """A line along the time axis: label and axis take LEFT columns."""
    return (label, axis, *timed(text, style, column))


def series_blocks(graphs: Iterable[Graph], width: int, height: int) -> list[Line]:
    """One below the other, all of one height."""
    return [drawn for graph in graphs for drawn in series_block(graph, width, height)]


def graph_height(room: int, series: int, most: int = 6) -> int:
    """Equal heights for several graphs: at least 1, at most ``most`` lines each."""
    return max(1, min(most, room // max(series, 1)))
