"""What there is of paths along time: a graph or more of each, how long its round trips were, its changes of state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sctptop.model.association import Path
from sctptop.model.associations.row import Row
from sctptop.model.associations.rtt import PathRtt
from sctptop.quantity import milliseconds, short, span_text
from sctptop.tui.views.parts.event_text import changes
from sctptop.tui.views.scene import Scene
from sctptop.tui.views.timed.series_block import Graph, series_block
from sctptop.tui.widgets.graph import top_of
from sctptop.tui.words.line import Line, Span, cells, line

SERIES = (
    ("hb_rtt_ms", "  HB RTT", "ms", "good"),
    ("cwnd", "  cwnd", "B", "graph"),
    ("srtt_ms", "  srtt", "ms", "title"),
    ("flight", "  flight", "B", "dim"),
    ("rto_ms", "  RTO", "ms", "dim"),
)
"""The most telling first."""
MOST_GRAPHS, MOST_EACH = 3, 6
"""Of a path, and lines of each."""
STATES = ("path", "address", "association")
LEAST_CHANGES, MOST_CHANGES = 2, 12


def graphs_of(scene: Scene, row: Row, path: Path) -> list[Graph]:
    """Those of its series that hold anything."""
    found = []
    rtt = row.rtts.get(path.address)
    for name, label, unit, style in SERIES:
        values = scene.path_series(row.key, path.address, name)
        if any(value is not None for value in values):
            now = getattr(path, name, rtt.last_ms if rtt else None)
            found.append(Graph(label, values, top_of([values]), unit, now, style, scene.window.column))
    return found


def blocks(scene: Scene, graphs: Sequence[Sequence[Graph]], room: int) -> list[list[Line]]:
    """For each path its graphs, in ``room`` lines in all: one line of each first, then more, then higher ones."""
    paths = [one for one in graphs if one]
    if not paths or room < len(paths):
        return [[] for _ in graphs]
    each = room // len(paths)
    drawn = []
    for of_path in graphs:
        shown = of_path[: max(1, min(len(of_path), MOST_GRAPHS, (each + 1) // 2))]
        height = max(1, min(MOST_EACH, each // len(shown))) if shown else 0
        drawn.append([text for graph in shown for text in series_block(graph, scene.width, height)])
    return drawn


def round_trips(rtt: PathRtt | None, width: int) -> Line | None:
    """How many were timed, and how long they took; None while there were none."""
    spans: list[Span] = []
    for name, summary in (
        ("HB", rtt.summary() if rtt else None),
        ("data RTT", rtt.data_summary() if rtt else None),
    ):
        if summary is None:
            continue
        told = [Span(f"   {name}", "title"), Span(" n ", "dim"), Span(short(summary.n), "strong")]
        for share in ("p50", "p99", "max"):
            told += [Span(f"  {share} ", "dim"), Span(milliseconds(getattr(summary, share)), "strong")]
        if cells((*spans, *told)) <= width:
            spans += told
    return tuple(spans) or None


def state_changes(scene: Scene, row: Row, room: int) -> list[Line]:
    """The last changes of state of its paths with their times, the newest last; that there was none."""
    if room < LEAST_CHANGES:
        return []
    events = [entry for entry in scene.snapshot.events if entry.key == row.key and entry.event.kind in STATES]
    title = line(("changes of state", "title"))
    if events:
        return [title, *changes(events[-min(room - 1, MOST_CHANGES) :], scene.width)]
    seen = _seen(scene, row)
    if seen:
        return [title, *seen[-(room - 1) :]]
    times = scene.reading.times
    told = f"none in the last {span_text(times[-1] - times[0])}" if len(times) > 1 else "none seen yet"
    return [title, line((told, "dim"))]


def _seen(scene: Scene, row: Row) -> list[Line]:
    """The same as readings saw it, without probes: the last change of each path."""
    reading = scene.reading
    if not reading.times:
        return []
    found = sorted(
        (change.at_s, address, change)
        for (key, address), change in reading.path_changes.items()
        if key == row.key
    )
    lines = []
    for at_s, address, change in found:
        at = datetime.fromtimestamp(reading.times[-1] - (reading.now_s - at_s))
        style = "good" if change.after == "ACTIVE" else "bad"
        lines.append(
            line(
                (f"{at:%H:%M:%S}  ", "dim"),
                f"{address}  ",
                ("path", style),
                f" {change.before} → {change.after}",
            )
        )
    return lines
