"""RTT: what the kernel believes of each path's round trip, over time."""

from __future__ import annotations

from sctptop.model.association import Row
from sctptop.model.sample import Path
from sctptop.quantity import show
from sctptop.tui.line import BLANK, Line, line, wrapped
from sctptop.tui.views.path_marks import path_mark
from sctptop.tui.views.scene import Scene, View, nobody, span_text
from sctptop.tui.views.series_block import graph_width, series_block
from sctptop.tui.widgets.graph import top_of
from sctptop.tui.widgets.line_panel import Drawing

HEARTBEAT_NOTE = "Heartbeat RTT is not here: netlink does not give it."
NO_SRTT = "no srtt: sock_diag gives it for the primary path only"
NOT_YET = "srtt could not be read: sock_diag is silent, or HZ is not known"
MOST_LINES = 14
TALL = 14
"""From here on RTO has a graph too, and paths a blank line between them."""


def draw(scene: Scene) -> Drawing:
    """A block a path: state, srtt and RTO now, and both over time."""
    row = scene.row
    if row is None:
        return nobody()
    notes = [
        *wrapped(_srtt_note(scene.snapshot.sample.hz), scene.width, "dim"),
        *wrapped(HEARTBEAT_NOTE, scene.width, "dim"),
    ]
    paths = sorted(row.association.paths, key=lambda path: not path.primary)
    if not paths:
        return Drawing(body=[line(("No path of this association could be read.", "dim"))], foot=notes)
    graphed = [path for path in paths if _has_srtt(scene, row, path)]
    notes = notes if scene.height > 8 else notes[:1]
    tall = scene.height > TALL
    fixed = len(notes) + len(paths) * (4 if tall else 2) - len(graphed)
    height = max(1, min(MOST_LINES, (scene.height - fixed) // max(len(graphed), 1)))
    body: list[Line] = []
    for path in paths:
        body.extend(_block(scene, row, path, height))
        if tall:
            body.append(BLANK)
    return Drawing(body=body, foot=notes)


def _srtt_note(hz: int | None) -> str:
    step = "1000/HZ ms, and HZ is not known here" if hz is None else f"{1000 / hz:.3g} ms (HZ {hz})"
    return f"srtt is the kernel's moving average in steps of {step}; 0 is less than one, or nothing measured."


def _has_srtt(scene: Scene, row: Row, path: Path) -> bool:
    ticks = graph_width(scene.width)
    series = scene.snapshot.path_series(row.key, path.address, "srtt_ms", ticks)
    return any(value is not None for value in series)


def _block(scene: Scene, row: Row, path: Path, height: int) -> list[Line]:
    ticks = graph_width(scene.width)
    srtt = scene.snapshot.path_series(row.key, path.address, "srtt_ms", ticks)
    rto = scene.snapshot.path_series(row.key, path.address, "rto_ms", ticks)
    lines = [_title(scene, path)]
    if any(value is not None for value in srtt):
        lines += series_block("srtt", srtt, scene.width, height, top_of([srtt]), unit="ms", now=path.srtt_ms)
    else:
        lines.append(line((f"  {NOT_YET if path.primary else NO_SRTT}", "dim")))
    if scene.height > TALL and any(value is not None for value in rto):
        lines += series_block("RTO", rto, scene.width, 1, top_of([rto]), unit="ms", now=path.rto_ms)
    return lines


def _title(scene: Scene, path: Path) -> Line:
    errors = f"  errors {show(path.errors)} of {show(path.max_retrans)}" if path.errors else ""
    span = scene.reading.span_s(graph_width(scene.width))
    return line(
        *path_mark(path),
        (f" {path.address}", "strong"),
        (f"  {path.state or 'state not known'}", "" if path.state == "ACTIVE" else "warn"),
        ("  primary" if path.primary else "", "name"),
        ("  srtt ", "dim"),
        (show(path.srtt_ms, "ms"), "faint" if path.srtt_ms is None else "strong"),
        ("  RTO ", "dim"),
        (show(path.rto_ms, "ms"), "faint" if path.rto_ms is None else "strong"),
        (errors, "bad"),
        (f"  last {span_text(span)}" if path.srtt_ms is not None else "", "faint"),
    )


VIEW = View("rtt", "RTT", "smoothed RTT and RTO of each path over time", draw)
