"""Queue: what waits on either side of the association, how much may, and for how long messages do."""

from __future__ import annotations

from sctptop.model.association import Association
from sctptop.model.associations.row import Row
from sctptop.quantity import span_text
from sctptop.tui.views.parts.series_block import Graph, graph_height, graph_width, series_blocks
from sctptop.tui.views.parts.waits_block import waits_block
from sctptop.tui.views.scene import Scene, nobody
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
BUFFERS = {"send_queue": "sndbuf", "recv_queue": "rcvbuf"}

NOTES = (
    "Send-Q: bytes held until acknowledged. Recv-Q: bytes the application has not read yet.",
    "Both are true sizes with the kernel's overhead, not payload; so is their buffer.",
    "flight: bytes sent and not acknowledged, primary path. unacked: those DATA chunks, all paths.",
    "pending: DATA chunks still missing below the highest TSN received.",
)


def draw(scene: Scene) -> Drawing:
    """How long messages wait, then graphs; the queues against their buffers, or on scales of their own."""
    row = scene.row
    if row is None:
        return nobody()
    ticks = graph_width(scene.width)
    room = scene.height - 1
    waits = waits_block(scene, row, (room - len(SERIES)) * 2 // 3)
    room -= len(waits)
    timed = room + len(waits) >= TALL and (row.held.total.n or row.read_wait.total.n)
    shown = (*SERIES, *WAITS) if timed else SERIES
    notes = [line((note, "dim")) for note in NOTES[: max(0, room - len(shown))]]
    height = graph_height(room - len(notes), len(shown))
    graphs = [
        Graph(
            label,
            values := scene.snapshot.series(row.key, name, ticks),
            _top(scene, row.association, name, values),
            unit,
            _now(row, name),
            style,
        )
        for name, label, unit, style in shown
    ]
    span = span_text(scene.reading.span_s(ticks))
    scale = "each on its own scale" if scene.toggles.own_scale else "queues against their buffers"
    key = "y buffers as scale" if scene.toggles.own_scale else "y own scales"
    head = spread(
        line((f"{scale}, last {span}, {CLIPPED} above the scale", "dim")), line((key, "faint")), scene.width
    )
    return Drawing(head=[head], body=[*series_blocks(graphs, scene.width, height), *waits], foot=notes)


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
