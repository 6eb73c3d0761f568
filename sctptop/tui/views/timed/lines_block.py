"""Series as lines over each other on one time axis, each named at the level of its value."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.quantity import UNKNOWN, round_steps, short, show
from sctptop.tui.views.timed.series_block import LABEL, POINTED, SCALE, VALUE, Graph, graph_width
from sctptop.tui.widgets.graph import top_of
from sctptop.tui.widgets.line_graph import LineScale, Piece, line_graph
from sctptop.tui.words.colours import TIMED
from sctptop.tui.words.line import Line, Span

DECADE = 10.0
"""Lines that are so many times apart have a logarithmic scale: on another one the lower ones lie at the foot."""
LEAST_LINES = 4
"""A plot of fewer lines tells nothing."""


def common_scale(graphs: Sequence[Graph]) -> LineScale:
    """One for all of them."""
    values = [value for graph in graphs for value in graph.values if value is not None]
    above = [value for value in values if value > 0]
    top = top_of([values])
    if not above or max(above) < DECADE * min(above):
        return LineScale(0.0, top)
    return LineScale(round_steps(min(above), min(above))[0], top, log=True)


def lines_block(graphs: Sequence[Graph], scale: LineScale | None, width: int, height: int) -> list[Line]:
    """``height`` lines; without a ``scale`` each series has one of its own, from 0."""
    scales = [scale or LineScale(0.0, graph.top) for graph in graphs]
    columns = graph_width(width)
    drawn = line_graph([graph.values for graph in graphs], scales, columns, height)
    named = _named(graphs, scales, height)
    lines: list[Line] = []
    for place, pieces in enumerate(drawn):
        mark = ""
        if scale is not None and place in (0, height - 1):
            mark = short(scale.high if place == 0 else scale.low)
        axis = Span(f"{mark:>{SCALE}} {'┤' if mark else '│'}", "faint")
        lines.append((*named[place], axis, *_pieces(pieces, graphs)))
    return lines


def _named(graphs: Sequence[Graph], scales: Sequence[LineScale], height: int) -> list[tuple[Span, ...]]:
    """Names and values, each as near to the level of its value as others leave room; in the colour of its line."""
    blank = (Span(" " * (LABEL + VALUE)),)
    lines: list[tuple[Span, ...]] = [blank] * height
    free = set(range(height))

    def wanted(place: int) -> int:
        value = graphs[place].told
        return height - 1 if value is None else height - 1 - scales[place].level(value, height)

    for place in sorted(range(len(graphs)), key=wanted):
        if not free:
            break
        graph, level = graphs[place], wanted(place)
        at = min(free, key=lambda row: (abs(row - level), row))
        free.discard(at)
        value = show(graph.told, graph.unit)
        strong = "faint" if value == UNKNOWN else "strong" if graph.column is None else "name"
        lines[at] = (Span(f"{graph.label:<{LABEL}}", graph.style), Span(f"{value:>{VALUE}}", strong))
    return lines


def _pieces(pieces: Sequence[Piece], graphs: Sequence[Graph]) -> list[Span]:
    """The line in the colours of its series; the cursor shows."""
    column = graphs[0].column
    spans: list[Span] = []
    at = 0
    for text, owner in pieces:
        style = TIMED if owner is None else f"{graphs[owner].style} {TIMED}"
        if column is not None and at <= column < at + len(text):
            place = column - at
            under = POINTED if text[place] == " " else text[place]
            spans += [
                Span(text[:place], style),
                Span(under, f"{style} pointed"),
                Span(text[place + 1 :], style),
            ]
        else:
            spans.append(Span(text, style))
        at += len(text)
    return [span for span in spans if span.text]
