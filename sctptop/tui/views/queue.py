"""Queue: what waits on either side of the association, how much may, and for how long messages do."""

from __future__ import annotations

from sctptop.model.association import Association
from sctptop.model.associations.row import Row
from sctptop.tui.views.parts.marks import mark_line
from sctptop.tui.views.parts.waits_block import waits_block
from sctptop.tui.views.scene import Scene, nobody
from sctptop.tui.views.timed.series_block import Graph, graph_height, series_blocks
from sctptop.tui.widgets.graph import CLIPPED, nice_top, top_of
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import line, spread

SERIES = (
    ("send_queue", "Send-Q", "B", "graph"),
    ("recv_queue", "Recv-Q", "B", "graph"),
    ("flight", "flight", "B", "good"),
    ("unacked", "unacked", "n", "title"),
    ("pending", "pending", "n", "title"),
)
WAITS = (
    ("held_ms", "held p50", "ms", "good"),
    ("read_wait_ms", "read p50", "ms", "good"),
)
"""Drawn over time where there is room."""
TALL = 24
MARKED = 12
"""From this height on there is room for marks too."""
BUFFERS = {"send_queue": "sndbuf", "recv_queue": "rcvbuf"}

NOTES = (
    "Send-Q is not acknowledged, Recv-Q not read yet: true sizes with overhead.",
    "Their buffers too: what the kernel counts for its own structures is in them.",
    "flight: bytes not acknowledged, primary path; unacked: chunks, all paths.",
    "pending: DATA chunks still missing below the highest TSN received.",
)


def draw(scene: Scene) -> Drawing:
    """How long messages wait, then graphs; the queues against their buffers, or on scales of their own."""
    row = scene.row
    if row is None:
        return nobody()
    below = [scene.clock]
    if scene.height >= MARKED and (marked := mark_line(scene, [row.key])) is not None:
        below = [marked, *below]
    room = scene.height - 1 - len(below)
    waits = waits_block(scene, row, (room - len(SERIES)) * 2 // 3)
    room -= len(waits)
    series = SERIES if room >= len(SERIES) else SERIES[:-1]
    timed = room + len(waits) >= TALL and (row.held.total.n or row.read_wait.total.n)
    shown = (*series, *WAITS) if timed else series
    notes = [line((note, "dim")) for note in NOTES[: max(0, room - len(shown))]]
    height = graph_height(room - len(notes), len(shown))
    graphs = [
        Graph(
            label,
            values := scene.series(row.key, name),
            _top(scene, row.association, name, values),
            unit,
            _now(row, name),
            style,
            scene.window.column,
        )
        for name, label, unit, style in shown
    ]
    scale = "each on its own scale" if scene.toggles.own_scale else "queues against their buffers"
    key = "y buffers as scale" if scene.toggles.own_scale else "y own scales"
    head = spread(
        line((f"{scale}, {scene.span_words}, {CLIPPED} above the scale", "dim")),
        line((key, "faint")),
        scene.width,
    )
    return Drawing(
        head=[head], body=[*series_blocks(graphs, scene.width, height), *below, *waits], foot=notes
    )


def _now(row: Row, name: str) -> float | None:
    if name == "held_ms":
        return row.held.now_ms
    if name == "read_wait_ms":
        return row.read_wait.now_ms
    value: float | None = getattr(row.association, name)
    return value


def _top(scene: Scene, entry: Association, name: str, values: tuple[float | None, ...]) -> float:
    buffer = getattr(entry, BUFFERS[name]) if name in BUFFERS else None
    if buffer and not scene.toggles.own_scale:
        return float(buffer)
    if name.endswith("_ms"):
        return top_of([values])
    return max(top_of([values]), nice_top(10))
