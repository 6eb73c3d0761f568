"""Cwnd: the windows that limit sending and receiving, what is in flight, and where cwnd was cut and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sctptop.model.association import Association, Path
from sctptop.model.associations.event_log import Logged
from sctptop.model.associations.history import Series
from sctptop.model.associations.row import Row
from sctptop.quantity import short
from sctptop.tui.views.parts.event_text import changes
from sctptop.tui.views.parts.marks import MARK_WORDS, cut_marks, letters, mark_line
from sctptop.tui.views.parts.path_marks import path_mark
from sctptop.tui.views.scene import Scene, nobody
from sctptop.tui.views.timed.lines_block import LEAST_LINES, common_scale, lines_block
from sctptop.tui.views.timed.series_block import Graph, graph_height, series_blocks
from sctptop.tui.widgets.graph import CLIPPED, top_of
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import BLANK, Line, fitting, line, spread

Names = tuple[tuple[str, str, str], ...]
"""Attribute, label and style of each graph."""

SERIES: Names = (
    ("cwnd", "cwnd", "graph"),
    ("ssthresh", "ssthresh", "dim"),
    ("flight", "flight", "good"),
    ("peer_rwnd", "peer rwnd", "title"),
    ("local_rwnd", "local rwnd", "title"),
)
OF_A_PATH = SERIES[:3]
SCALED = ("cwnd", "flight", "peer_rwnd", "local_rwnd")
"""What the common scale is made for: ssthresh may stand far above all that is in use."""

PRIMARY_NOTE = "cwnd, ssthresh and flight are those of the primary path, in bytes."
RWND_NOTE = "peer rwnd is what the peer can still take: its window less what is in flight."
LISTED = 14
"""From this height on the last changes are listed too."""
LEAST_LISTED = 3
MOST_PLOT = 16
"""Lines of the graphs where they are over each other."""


def draw(scene: Scene) -> Drawing:
    """Five graphs, below or over each other, with a common scale or each with its own; the cuts below them."""
    row = scene.row
    if row is None:
        return nobody()
    series = {name: scene.series(row.key, name) for name, _, _ in SERIES}
    common = top_of([series[name] for name in SCALED])
    events = [entry for entry in scene.snapshot.events if entry.key == row.key and entry.event.is_cut]
    probing = bool(events) or scene.snapshot.sample.probes.ok
    others = _others(row) if probing else []
    room = scene.height - 1
    below = [marked, scene.clock] if (marked := mark_line(scene, [row.key])) is not None else [scene.clock]
    notes = _notes(scene, row, probing)[: max(room - len(SERIES) - len(below), 0)]
    least = _listed(events, LEAST_LISTED, scene.width) if room >= LISTED else []
    # What stands below the graphs of the primary path has its room first, while they keep two lines each.
    tail = len(least) + len(below)
    spare = room - len(notes) - tail - 2 * len(SERIES)
    paths: list[Line] = []
    for path in others:
        block = _path(scene, row, path, events)
        if len(paths) + len(block) > spare:
            break
        paths += block
    if paths and spare > len(paths):
        paths.append(scene.clock)
    height = graph_height(room - len(notes) - tail - len(paths), len(SERIES))
    graphs = _graphs(scene, row.association, SERIES, series, common)
    plot = height * len(SERIES)
    if not paths:
        plot = max(plot, (room - len(notes) - len(below)) * 3 // 5)
    plot = min(plot, MOST_PLOT)
    overlaid = scene.toggles.overlaid and plot >= LEAST_LINES
    scaled = common_scale(graphs)
    if overlaid:
        body = lines_block(graphs, None if scene.toggles.own_scale else scaled, scene.width, plot)
    else:
        body = series_blocks(graphs, scene.width, height)
    body += below
    if least:
        listed = room - len(notes) - len(body) - len(paths) - len(least) + min(len(events), LEAST_LISTED)
        body += [*paths, *_listed(events, listed, scene.width)]
    else:
        body += paths
    span = scene.span_words
    if scene.toggles.own_scale:
        scale = f"each on its own scale, {span}"
    elif overlaid:
        ends = f"{short(scaled.low)}–{short(scaled.high)}"
        scale = f"{'logarithmic' if scaled.log else 'common'} scale {ends}, {span}"
    else:
        above = f", {CLIPPED} above it" if _exceeded(series.values(), common) else ""
        scale = f"common scale 0–{short(common)}, {span}{above}"
    key = "y common scale" if scene.toggles.own_scale else "y own scales"
    key += "  o side by side" if overlaid else "  o over each other"
    return Drawing(
        head=[spread(line((scale, "dim")), line((key, "faint")), scene.width)], body=body, foot=notes
    )


def _graphs(
    scene: Scene, of: Association | Path, names: Names, series: Mapping[str, Series], common: float
) -> list[Graph]:
    return [
        Graph(
            label,
            series[name],
            top_of([series[name]]) if scene.toggles.own_scale else common,
            now=getattr(of, name),
            style=style,
            column=scene.window.column,
        )
        for name, label, style in names
    ]


def _others(row: Row) -> list[Path]:
    return [path for path in row.association.paths if not path.primary and path.cwnd is not None]


def _path(scene: Scene, row: Row, path: Path, events: Iterable[Logged]) -> list[Line]:
    """A further path, one line a series on a scale of its own."""
    series = {name: scene.path_series(row.key, path.address, name) for name, _, _ in OF_A_PATH}
    top = top_of([series["cwnd"], series["flight"]])
    graphs = _graphs(scene, path, OF_A_PATH, series, top)
    cut = cut_marks(scene, events, path.address)
    title = line(*path_mark(path), (f" {path.scoped}", "strong"), (f"  {path.state or ''}", "dim"))
    return [BLANK, title, *series_blocks(graphs, scene.width, 1), letters("cwnd cut", cut, scene)]


def _listed(events: list[Logged], most: int, width: int) -> list[Line]:
    if not events:
        return []
    return [BLANK, line(("last cuts of cwnd", "title")), *changes(events[-most:], width)]


def _notes(scene: Scene, row: Row, probing: bool) -> list[Line]:
    if not probing:
        return [line((PRIMARY_NOTE, "dim")), line((RWND_NOTE, "dim"))]
    words = [line(("marks: ", "dim")), *(line((f"{one}  ", "dim")) for one in MARK_WORDS)]
    primary = next((path for path in row.association.paths if path.primary), None)
    within = [
        line((f"in the last interval: cwnd {_extent(primary.cwnd_min, primary.cwnd_max)}", "dim"))
        if primary and primary.cwnd_max is not None
        else line(("cwnd, ssthresh, flight: primary path; view 5 has every path.", "dim"))
    ]
    if primary and primary.cwnd_max is not None:
        entry = row.association
        for label, least, most in (
            ("flight", primary.flight_min, primary.flight_max),
            ("peer rwnd", entry.peer_rwnd_min, entry.peer_rwnd_max),
            ("rwnd", entry.rwnd_min, entry.rwnd_max),
        ):
            if most is not None:
                within.append(line((f"  {label} {_extent(least, most)}", "dim")))
    return [fitting(words, scene.width), fitting(within, scene.width)]


def _extent(least: int | None, most: int | None) -> str:
    if least is None or most is None:
        return "–"
    return short(most) if least == most else f"{short(least)}–{short(most)}"


def _exceeded(series: Iterable[Series], top: float) -> bool:
    return any(value is not None and value > top for values in series for value in values)
