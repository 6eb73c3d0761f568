"""RTT: the heartbeats of each path timed in ns, beside what the kernel believes of its round trip."""

from __future__ import annotations

from collections.abc import Iterable

from sctptop.model.association import Path
from sctptop.model.associations.distribution import TimeSummary
from sctptop.model.associations.row import Row
from sctptop.model.associations.rtt import PathRtt
from sctptop.model.source_state import SourceState
from sctptop.quantity import UNKNOWN, milliseconds, short, show, span_text
from sctptop.tui.views.parts.histogram_plot import AXIS, histogram
from sctptop.tui.views.parts.marks import mark_line
from sctptop.tui.views.parts.path_marks import path_mark
from sctptop.tui.views.parts.rtt_kernel import TALL, has_srtt, kernel_graphs, srtt_note
from sctptop.tui.views.scene import Scene, nobody
from sctptop.tui.views.timed.series_block import Graph, series_block
from sctptop.tui.widgets.graph import top_of
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import BLANK, Line, Span, cells, fitting, line, spread, wrapped
from sctptop.tui.words.probes import tone, why_nothing

MOST_LINES = 14
"""Of one graph."""
LEAST_PLOT = AXIS + 2
MORE = (
    "More heartbeats: sysctl net.sctp.hb_interval=5000 for new associations, "
    "SCTP_PEER_ADDR_PARAMS in the application."
)
SACK_DELAY = (
    "data RTT (contains the peer's SACK delay)",
    "data RTT (with the peer's SACK delay)",
    "data RTT",
)


def draw(scene: Scene) -> Drawing:
    """A block a path, the primary first."""
    row = scene.row
    if row is None:
        return nobody()
    probes = scene.snapshot.sample.probes
    paths = sorted(row.association.paths, key=lambda path: not path.primary)
    if not paths:
        nothing = [line(("No path of this association could be read.", "dim"))]
        return Drawing(body=nothing, foot=_notes(scene, probes, 0, 1))
    timed = [path for path in paths if _rtt(row, path).heartbeat.n]
    untimed = [path for path in paths if path not in timed]
    notes = _notes(scene, probes, len(timed), len(untimed))
    tall = scene.height > TALL
    # Where heartbeats were timed they have the room, and what only the kernel knows has one line.
    with_rto = tall and not timed
    blocks = {path.address: _untimed(scene, row, path, 1, with_rto) for path in untimed}
    left = scene.height - len(notes) - sum(map(len, blocks.values())) - len(paths) * (1 + tall) + tall
    if timed:
        for path in timed:
            blocks[path.address] = _measured(scene, row, path, left // len(timed))
    else:
        graphed = sum(has_srtt(scene, row, path) for path in paths)
        height = max(1, min(MOST_LINES, 1 + left // max(graphed, 1)))
        blocks = {path.address: _untimed(scene, row, path, height, with_rto) for path in untimed}
    body: list[Line] = []
    for place, path in enumerate(paths, 1):
        body += [BLANK] if tall and body else []
        body.append(_title(scene, path, f"path {place} of {len(paths)}" if len(paths) > 1 else ""))
        body += blocks[path.address]
    return Drawing(body=body, foot=notes)


def _rtt(row: Row, path: Path) -> PathRtt:
    return row.rtts.get(path.address) or PathRtt()


def _untimed(scene: Scene, row: Row, path: Path, height: int, with_rto: bool) -> list[Line]:
    """When a heartbeat is due, and what the kernel and the data show without one."""
    rtt = _rtt(row, path)
    lines: list[Line] = []
    if scene.snapshot.sample.probes.ok:
        before = "no heartbeat answered yet, "
        if rtt.last_at_s is not None:
            ago = span_text(scene.snapshot.now_s - rtt.last_at_s)
            before = f"none since the reset, last {show(rtt.last_ms, 'ms')} {ago} ago, "
        lines.append(line(f"  {before}", *_due(scene, row, path)))
    data = rtt.data_summary()
    if data is not None:
        lines.append(_data(data, scene.width))
    return [*lines, *kernel_graphs(scene, row, path, height, with_rto)]


def _notes(scene: Scene, probes: SourceState, timed: int, untimed: int) -> list[Line]:
    tall = scene.height > TALL
    notes: list[Line] = []
    if not probes.ok:
        lead = "" if timed else "No heartbeat RTT here. "
        notes += wrapped(lead + why_nothing(probes), scene.width, tone(probes))
    elif untimed and (tall or not timed):
        notes += wrapped(MORE, scene.width, "dim")
    if tall or (untimed and not probes.ok):
        notes += wrapped(srtt_note(scene.snapshot.sample.hz), scene.width, "dim")
    return notes


def _title(scene: Scene, path: Path, count: str) -> Line:
    hz = scene.snapshot.sample.hz
    step = f" (HZ {hz}: steps of {1000 / hz:.3g}ms)" if hz and path.srtt_ms is not None else ""
    errors = f"  errors {show(path.errors)} of {show(path.max_retrans)}" if path.errors else ""
    name = line(
        *path_mark(path),
        (f" {path.scoped}", "strong"),
        (f"  {path.state or 'state not known'}", "" if path.state == "ACTIVE" else "warn"),
        ("  primary" if path.primary else "", "name"),
    )
    pieces = [
        line(("  srtt ", "dim"), (show(path.srtt_ms, "ms"), _weight(path.srtt_ms)), (step, "dim")),
        line((errors, "bad")),
        line(("  RTO ", "dim"), (show(path.rto_ms, "ms"), _weight(path.rto_ms))),
        line((f"  {count}" if count else "", "dim")),
    ]
    return (*name, *fitting(pieces, scene.width - cells(name)))


def _weight(value: float | None) -> str:
    return "faint" if value is None else "strong"


def _measured(scene: Scene, row: Row, path: Path, room: int) -> list[Line]:
    """Numbers, histogram, heartbeats over time, when the next is due, and apart from all that the data."""
    rtt = _rtt(row, path)
    beats, data = rtt.summary(), rtt.data_summary()
    below = [_when(scene, row, path, rtt)]
    if data is not None:
        below.append(_data(data, scene.width))
    if beats is None:
        return below
    spare = max(room - 1 - len(below), LEAST_PLOT + 2)
    trend = 1 + max(0, spare - LEAST_PLOT - 3) // 4
    marked = mark_line(scene, [row.key]) if path.primary and spare >= LEAST_PLOT + 6 else None
    timed = [scene.clock] if marked is None else [marked, scene.clock]
    plot = histogram(rtt.heartbeat, scene.width, min(spare - trend - len(timed), MOST_LINES))
    series = scene.path_series(row.key, path.address, "hb_rtt_ms")
    over_time = Graph("HB RTT", series, top_of([series]), "ms", rtt.last_ms, "good", scene.window.column)
    return [
        _beats(beats, rtt, scene.width),
        *plot,
        *series_block(over_time, scene.width, min(trend, 4)),
        *timed,
        *below,
    ]


def _beats(beats: TimeSummary, rtt: PathRtt, width: int) -> Line:
    numbers = [
        (name, milliseconds(value))
        for name, value in (
            ("min", beats.min),
            ("p50", beats.p50),
            ("p90", beats.p90),
            ("p99", beats.p99),
            ("max", beats.max),
        )
    ]
    numbers.append(("last", show(beats.last, "ms")))
    kernel = line((f"  kernel {milliseconds(rtt.kernel_ms)}", "dim")) if rtt.kernel_ms is not None else BLANK
    loose = _numbers("HB", beats.n, numbers, "  ")
    if cells(loose) > width:
        return _numbers("HB", beats.n, numbers, " ")
    return (*loose, *fitting([kernel], width - cells(loose)))


def _data(data: TimeSummary, width: int) -> Line:
    numbers = [
        ("p50", milliseconds(data.p50)),
        ("p99", milliseconds(data.p99)),
        ("max", milliseconds(data.max)),
    ]
    choices = [_numbers(label, data.n, numbers, gap) for label in SACK_DELAY for gap in ("  ", " ")]
    return next((entry for entry in choices if cells(entry) <= width), choices[-1])


def _numbers(title: str, n: int, numbers: Iterable[tuple[str, str]], gap: str) -> Line:
    spans = [Span(title, "title"), Span(" n ", "dim"), Span(short(n), "strong")]
    for name, value in numbers:
        spans += [Span(f"{gap}{name} ", "dim"), Span(value, "faint" if value == UNKNOWN else "strong")]
    return tuple(spans)


def _when(scene: Scene, row: Row, path: Path, rtt: PathRtt) -> Line:
    spans: list[Span] = []
    if rtt.last_at_s is not None:
        spans.append(Span(f"last heartbeat {span_text(scene.snapshot.now_s - rtt.last_at_s)} ago, ", "dim"))
    told = (*spans, *_due(scene, row, path))
    error = f"percentiles ±{rtt.heartbeat.error:.1%}" if rtt.heartbeat.n else ""
    error += f", data ±{rtt.data.error:.1%}" if rtt.data.n else ""
    fits = cells(told) + 2 + len(error) <= scene.width
    return spread(told, line((error if fits else "", "faint")), scene.width)


def _due(scene: Scene, row: Row, path: Path) -> Line:
    """When the kernel sends the next heartbeat on a path."""
    if row.ended:
        return line(("the association has ended", "dim"))
    if path.heartbeats is False:
        return line(("heartbeats are off: SPP_HB_DISABLE of the application", "warn"))
    due_ms = path.hb_due_ms(scene.snapshot.sample.monotonic_ns)
    if due_ms is not None:
        due = due_ms / 1000
        return line(("next due ", "dim"), (f"in {span_text(due)}" if due >= 0.5 else "now", ""))
    if path.hb_timer is False:
        return line(("the heartbeat timer of this path does not run", "warn"))
    every = row.association.hb_interval_ms if path.primary else None
    return line(
        (
            f"one every {milliseconds(every)} and the RTO" if every else "when the next is due is not known",
            "dim",
        )
    )
