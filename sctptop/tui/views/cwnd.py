"""Cwnd: the windows that limit sending and receiving, and what is in flight, on one scale."""

from __future__ import annotations

from sctptop.quantity import short
from sctptop.tui.line import Line, line, spread
from sctptop.tui.views.scene import Scene, View, nobody, span_text
from sctptop.tui.views.series_block import graph_height, graph_width, series_block
from sctptop.tui.widgets.graph import CLIPPED, top_of
from sctptop.tui.widgets.line_panel import Drawing

SERIES = (
    ("cwnd", "cwnd", "graph"),
    ("ssthresh", "ssthresh", "dim"),
    ("flight", "flight", "good"),
    ("peer_rwnd", "peer rwnd", "title"),
    ("local_rwnd", "local rwnd", "title"),
)
SCALED = ("cwnd", "flight", "peer_rwnd", "local_rwnd")
"""What the common scale is made for: ssthresh may stand far above all that is in use."""

NOTES = (
    "cwnd, ssthresh and flight are those of the primary path, in bytes.",
    "peer rwnd is what the peer can still take: its window less what is in flight.",
)


def draw(scene: Scene) -> Drawing:
    """Five graphs with a common scale, or each with its own."""
    row = scene.row
    if row is None:
        return nobody()
    ticks = graph_width(scene.width)
    series = {name: scene.snapshot.series(row.key, name, ticks) for name, _, _ in SERIES}
    common = top_of([series[name] for name in SCALED])
    room = scene.height - 1
    notes = [line((note, "dim")) for note in NOTES] if room >= len(SERIES) + len(NOTES) else []
    height = graph_height(room - len(notes), len(SERIES))
    body: list[Line] = []
    for name, label, style in SERIES:
        top = top_of([series[name]]) if scene.own_scale else common
        now = getattr(row.association, name)
        body += series_block(label, series[name], scene.width, height, top, now=now, style=style)
    span = span_text(scene.reading.span_s(ticks))
    if scene.own_scale:
        scale = f"each on its own scale, last {span}"
    else:
        clipped = f", {CLIPPED} above it" if _clipped(series, common) else ""
        scale = f"common scale 0–{short(common)}, last {span}{clipped}"
    key = "y common scale" if scene.own_scale else "y own scales"
    return Drawing(
        head=[spread(line((scale, "dim")), line((key, "faint")), scene.width)], body=body, foot=notes
    )


def _clipped(series: dict[str, tuple[float | None, ...]], top: float) -> bool:
    return any(value is not None and value > top for values in series.values() for value in values)


VIEW = View("cwnd", "Cwnd", "congestion and receive windows over time", draw)
