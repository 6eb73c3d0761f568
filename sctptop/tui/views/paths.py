"""Paths: one line a transport address of the peer, below it the way there and how it went over time."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.fields.of_paths import OF_PATH, PATH_FIELDS
from sctptop.model.association import Path
from sctptop.model.associations.path_changes import PathChange
from sctptop.model.associations.row import Row
from sctptop.quantity import UNKNOWN, Value, show, span_text
from sctptop.terminal_text import clip
from sctptop.tui.views.parts.marks import mark_line
from sctptop.tui.views.parts.path_marks import legend, path_mark
from sctptop.tui.views.parts.path_time import blocks, graphs_of, round_trips, state_changes
from sctptop.tui.views.parts.way_line import way_line
from sctptop.tui.views.scene import Scene, nobody
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import Line, Span, cells, clipped, line, wrapped

BRIEF = ("* primary, of which alone srtt and cwnd are read (sock_diag)", "* primary; all read by probes")
TALL = 14
"""From this height on the note is the whole one."""

APART = ("state", "errors")
"""In columns of their own form."""
NUMBERS = tuple(field for field in PATH_FIELDS if field.width and field.id not in APART)
STATE, ERRORS = (OF_PATH[name].width for name in APART)
LEAST_ADDRESS = 15
CHANGE = 9
HEARTBEAT = 7
WITH_CHANGES = 4
"""Lines to spare from which on changes of state are listed, and marks stand below graphs."""
NOTE = (
    "* primary. {whose}; errors count in a row, of Path.Max.Retrans; CHANGED: how long ago the state did, "
    "– not while watched."
)
PRIMARY_ONLY = "srtt, cwnd, flight and ssthresh are read for the primary path only (sock_diag)"
ALL_PATHS = "srtt, cwnd, flight and ssthresh are read for every path (probes)"


def draw(scene: Scene) -> Drawing:
    """A table of paths, the primary first."""
    row = scene.row
    if row is None:
        return nobody()
    fixed = 2 + STATE + 1 + sum(field.width + 1 for field in NUMBERS) + ERRORS + 1 + CHANGE
    beats = scene.width - fixed - HEARTBEAT - 1 >= LEAST_ADDRESS
    room = max(LEAST_ADDRESS, min(39, scene.width - fixed - (HEARTBEAT + 1) * beats))
    whose = ALL_PATHS if scene.snapshot.sample.probes.ok else PRIMARY_ONLY
    paths = sorted(row.association.paths, key=lambda path: not path.primary)
    head = [_titles(room, beats)]
    texts: list[list[Line]] = []
    for path in paths:
        body: list[Line] = []
        change = scene.reading.path_changes.get((row.key, path.address))
        shown = _path(path, room, change, scene.reading.now_s)
        rtt = row.rtts.get(path.address)
        body.append((*shown, _heartbeat(rtt.last_ms if rtt else None)) if beats else shown)
        if path.encap_port:
            body.append(line((f"    SCTP in UDP, the peer's port {path.encap_port} (RFC 6951)", "dim")))
        way = way_line(path.way, scene.width) if path.way else None
        if way is not None:
            body.append(way)
        texts.append(body)
    foot = [legend(paths, scene.width), *wrapped(NOTE.format(whose=whose), scene.width, "dim")]
    if scene.height < TALL:
        brief = clipped(line((f"{BRIEF[scene.snapshot.sample.probes.ok]}  ", "dim")), scene.width)
        foot = [(*brief, *legend(paths, scene.width - cells(brief)))]
    if not paths:
        nothing = line(("No path of this association could be read.", "dim"))
        return Drawing(body=[nothing], head=head, foot=foot)
    spare = scene.height - len(head) - len(foot) - sum(map(len, texts))
    return Drawing(body=_with_time(scene, row, paths, texts, spare), head=head, foot=foot)


def _with_time(
    scene: Scene, row: Row, paths: Sequence[Path], texts: Sequence[list[Line]], spare: int
) -> list[Line]:
    """The lines of each path with what there is of it along time, as far as there is room; then changes of state."""
    trips = [round_trips(row.rtts.get(path.address), scene.width) for path in paths]
    graphs = [graphs_of(scene, row, path) for path in paths]
    graphed = sum(map(bool, graphs))
    listed = state_changes(scene, row, spare - 2 * graphed - 1) if spare >= WITH_CHANGES else []
    spare -= len(listed)
    below: list[Line] = []
    if graphed and spare > graphed:
        marked = mark_line(scene, [row.key]) if spare >= graphed + WITH_CHANGES else None
        below = [scene.clock] if marked is None else [marked, scene.clock]
    spare -= len(below)
    told = [trip for trip in trips if trip is not None]
    with_trips = spare >= graphed + len(told)
    drawn = blocks(scene, graphs, spare - len(told) * with_trips) if below else [[] for _ in graphs]
    body: list[Line] = []
    for text, trip, block in zip(texts, trips, drawn, strict=True):
        body += text
        if with_trips and trip is not None:
            body.append(trip)
        body += block
    return [*body, *below, *listed]


def _titles(room: int, beats: bool) -> Line:
    text = f"  {'ADDRESS':<{room}} {'STATE':<{STATE}}"
    text += "".join(f" {field.title:>{field.width}}" for field in NUMBERS)
    text += f" {'ERR':>{ERRORS}} {'CHANGED':>{CHANGE - 1}}"
    return line((text + (f" {'HB RTT':>{HEARTBEAT}}" if beats else ""), "title"))


def _heartbeat(last_ms: float | None) -> Span:
    return Span(f" {show(last_ms, 'ms'):>{HEARTBEAT}}", "faint" if last_ms is None else "strong")


def _path(path: Path, room: int, change: PathChange | None, now_s: float) -> Line:
    name = clip(path.scoped, room)
    if path.primary and len(name) + 2 <= room:
        name += " *"
    spans = [*path_mark(path), Span(" "), Span(f"{name:<{room}} ", "strong" if path.primary else "")]
    spans.append(Span(f"{path.state or UNKNOWN:<{STATE}}", "" if path.state == "ACTIVE" else "warn"))
    for field in NUMBERS:
        value: Value = getattr(path, field.id)
        spans.append(Span(f" {show(value, field.unit):>{field.width}}", "faint" if value is None else ""))
    errors = show(path.errors)
    if path.errors is not None and path.max_retrans is not None:
        errors += f"/{path.max_retrans}"
    spans.append(Span(f" {errors:>{ERRORS}}", "bad" if path.errors else ""))
    if change is None:
        spans.append(Span(f" {UNKNOWN:>{CHANGE - 1}}", "faint"))
    else:
        spans.append(Span(f" {span_text(now_s - change.at_s):>{CHANGE - 1}}", "warn"))
    return tuple(spans)
