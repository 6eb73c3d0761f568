"""The kernel's own srtt and RTO of a path over time: what there is without a heartbeat timed."""

from __future__ import annotations

from sctptop.model.association import Path
from sctptop.model.associations.row import Row
from sctptop.tui.views.scene import Scene
from sctptop.tui.views.timed.series_block import Graph, series_block
from sctptop.tui.widgets.graph import top_of
from sctptop.tui.words.line import Line, line

NO_SRTT = "no srtt: sock_diag gives it for the primary path only"
NOT_YET = "srtt could not be read: sock_diag is silent, or HZ is not known"
TALL = 14
"""From here on RTO has a graph too, and paths a blank line between them."""


def srtt_note(hz: int | None) -> str:
    """What the kernel's srtt is."""
    step = "1000/HZ ms, and HZ is not known here" if hz is None else f"{1000 / hz:.3g} ms (HZ {hz})"
    return f"srtt is the kernel's moving average in steps of {step}; 0 is less than one, or nothing measured."


def has_srtt(scene: Scene, row: Row, path: Path) -> bool:
    """Whether there is anything to draw in more than a line."""
    series = scene.path_series(row.key, path.address, "srtt_ms")
    return any(value is not None for value in series)


def kernel_graphs(scene: Scene, row: Row, path: Path, height: int, with_rto: bool) -> list[Line]:
    """srtt in ``height`` lines, or why not; RTO below it if wanted."""
    srtt = scene.path_series(row.key, path.address, "srtt_ms")
    rto = scene.path_series(row.key, path.address, "rto_ms")
    lines: list[Line] = []
    known = any(value is not None for value in srtt)
    if known:
        graph = Graph("srtt", srtt, top_of([srtt]), "ms", path.srtt_ms, column=scene.window.column)
        lines += series_block(graph, scene.width, height)
    else:
        lines.append(line((f"  {NOT_YET if path.primary else NO_SRTT}", "dim")))
    with_rto = with_rto and any(value is not None for value in rto)
    if with_rto:
        graph = Graph("RTO", rto, top_of([rto]), "ms", path.rto_ms, column=scene.window.column)
        lines += series_block(graph, scene.width, 1)
    return [*lines, scene.clock] if known or with_rto else lines
