"""Registration: how many UEs register and how fast, where the time goes, which procedures and which UEs are slow."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from sctptop.model.associations.distribution import NANOSECONDS, PERCENTILES
from sctptop.model.associations.identity import Key
from sctptop.model.ngap.dialect import CORE_PORTS
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.summary import SERIES_KEY, Registered
from sctptop.model.registrations.tally import Tally
from sctptop.model.registrations.words import COMPLETED
from sctptop.model.source_state import OK
from sctptop.quantity import counted, milliseconds, short, show
from sctptop.tui.views.parts.histogram_plot import histogram
from sctptop.tui.views.parts.registration_bar import bar_lines, percent
from sctptop.tui.views.parts.registration_tables import Shown, key_of, procedure_lines, slowest_lines
from sctptop.tui.views.parts.series_block import Graph, graph_width, series_block
from sctptop.tui.views.scene import Scene, nobody
from sctptop.tui.widgets.graph import top_of
from sctptop.tui.widgets.line_panel import Drawing, Note
from sctptop.tui.words.line import BLANK, Line, Span, cells, fit, fitting, line, wrapped
from sctptop.tui.words.probes import tone, why_nothing

TALL = 13
"""From here on percentiles have lines of their own."""
ROOMY = 110
"""From here on the histogram stands beside the procedures."""
LEAST_PLOT, MOST_PLOT = 6, 12
LEAST_SLOW = 4
WITH_GRAPH = 22
"""From this height on registrations are drawn over time."""


def draw(scene: Scene) -> Drawing:
    """Counts and the split at the head; histogram, procedures and the slowest UEs below."""
    registered = scene.snapshot.registrations
    of_all = scene.toggles.all_associations
    if scene.row is None and not of_all:
        return nobody()
    key = None if of_all or scene.row is None else scene.row.key
    tallies, procedures = registered.of(key), registered.procedures_of(key)
    if not tallies and not procedures:
        return Drawing(body=_nothing(scene, key))
    head = _head(scene, registered, key, tallies)
    room = scene.height - len(head)
    slow = _shown(registered, key)
    body: list[Line] = []
    table = procedure_lines(procedures, scene.width) if procedures else []
    tally = registered.leading(key)
    if scene.width >= ROOMY and tally is not None and tally.completed and room >= LEAST_PLOT + LEAST_SLOW:
        height = min(max(len(table) if table else 0, room // 2, LEAST_PLOT), MOST_PLOT)
        half = scene.width // 2 - 2
        narrow = procedure_lines(procedures, half)[:height] if procedures else []
        plot = [line((f"LATENCY AT THE {tally.end}", "title"))]
        plot += histogram(tally.parts["total"].times, half, height - 1)
        body += _beside(plot, narrow, half + 4)
        body.append(BLANK)
        table = []
    elif tally is not None and tally.completed and room - len(table) - LEAST_SLOW - 2 >= LEAST_PLOT:
        body += histogram(
            tally.parts["total"].times, scene.width, min(room - len(table) - LEAST_SLOW - 2, MOST_PLOT - 3)
        )
    notes: list[Note] = []
    titles: list[int] = []
    left = room - len(body) - (len(table) + 1 if table else 0)
    if slow:
        listed = slow[: max(left - 1, LEAST_SLOW)]
        notes += [Note(len(body) + place, entry.key, "") for place, entry in enumerate(listed, 1)]
        titles.append(len(body))
        body += slowest_lines(listed, scene.width)
    if table:
        body += [BLANK] if body else []
        titles.append(len(body))
        notes += [Note(len(body) + place, f"procedure/{place}", "") for place in range(1, len(table))]
        body += table
    return Drawing(body=body, head=head, notes=notes, titles=titles)


def chosen_registration(registered: Registered, key: str | None) -> Registration | None:
    """The registration that the cursor is on, None where it is on none."""
    known = (*registered.oldest, *registered.slowest, *reversed(registered.last))
    return next((entry for entry in known if key_of(entry) == key), None)


def _shown(registered: Registered, key: Key | None) -> list[Shown]:
    """The slowest, those that still run among them; of all associations each UE once, as the leading side saw it."""
    from_ran = registered.from_ran
    shown = [
        Shown(entry, key_of(entry), entry.total_ns or sum(stage.length_ns for stage in entry.stages))
        for entry in (*registered.oldest_of(key), *registered.slowest_of(key))
        if key is not None or entry.from_ran == from_ran
    ]
    return sorted(shown, key=lambda entry: -entry.took_ns)


def _head(scene: Scene, registered: Registered, key: Key | None, tallies: Sequence[Tally]) -> list[Line]:
    tall = scene.height >= TALL
    if not tallies:
        return [line(("No registration yet; procedures since the reset:", "dim"))]
    lines: list[Line] = []
    for place, tally in enumerate(tallies):
        lines.append(_counts(scene, registered, key, tally, alone=not place))
        total = tally.parts["total"]
        if not total.times.n:
            continue
        parts = [tally.parts[name].mean_ms or 0.0 for name in ("sctp", "core", "ran")]
        lines += bar_lines("mean", parts, scene.width, tall)
        if tall or len(tallies) == 1:
            lines.append(_percentiles(tally, scene.width))
    if scene.height >= WITH_GRAPH and key is None:
        lines += [BLANK, *_over_time(scene)]
    return [*lines, BLANK] if tall else lines


def _counts(scene: Scene, registered: Registered, key: Key | None, tally: Tally, alone: bool) -> Line:
    ended = [one for one in registered.ended_now if one.end == tally.end and key in (None, one.association)]
    completed = sum(one.outcome == COMPLETED for one in ended)
    interval_s = scene.snapshot.sample.interval_s
    pieces = [line((tally.end, "name"))]
    for name, count, now, style in (
        ("started", tally.started, registered.started.get((key, tally.end, tally.kind), 0), "strong"),
        ("completed", tally.completed, completed, "good"),
        ("failed", tally.failed, len(ended) - completed, "bad" if tally.failed else "faint"),
    ):
        rate = show(now / interval_s if interval_s else None, "/s")
        pieces.append(line((f"  {name} ", "dim"), (f"{count:,}", style), (f" {rate}/s", "dim")))
    failures = ", ".join(
        f"{count:,} {name}" for name, count in tally.ended.items() if count and name != COMPLETED
    )
    if failures:
        pieces.append(line((f"  {failures}", "bad")))
    if tally.success is not None and tally.failed:
        pieces.append(line(("  success ", "dim"), (percent(tally.success), "warn")))
    if registered.unfollowed:
        pieces.append(line((f"  {registered.unfollowed:,} not followed: too many at once", "warn")))
    unseen = registered.unseen.get(key, 0)
    if unseen and alone:
        pieces.append(line((f"  ▲ {counted(unseen, 'message')} unseen", "warn")))
    if alone:
        running = line(("  running ", "dim"), (f"{registered.running:,}", "strong"))
        pieces.append((*running, Span(f" most {registered.most_running:,}", "dim")))
    return fitting(pieces, scene.width)


def _percentiles(tally: Tally, width: int) -> Line:
    times = tally.parts["total"].times
    spans = [Span("total", "title"), Span(" n ", "dim"), Span(short(times.n), "strong")]
    for name, share in PERCENTILES.items():
        spans += [Span(f"  {name} ", "dim"), Span(show(times.percentile(share), "ms"), "strong")]
    most = (times.max_ns or 0) / NANOSECONDS
    spans += [Span("  max ", "dim"), Span(milliseconds(most), "strong")]
    held, unread = (tally.parts[name] for name in ("held", "unread"))
    more = [
        line(
            (f"   {name} p99 ", "dim"),
            (show(part.times.percentile(0.99), "ms"), "warn" if part.sum_ns else "faint"),
        )
        for name, part in (("held", held), ("unread", unread))
    ]
    told = tuple(spans)
    return (*told, *fitting(more, width - cells(told)))


def _over_time(scene: Scene) -> list[Line]:
    """Registrations completed in each reading, and how long they took in the middle."""
    ticks = graph_width(scene.width)
    lines: list[Line] = []
    for name, label, unit in (("completed", "completed", "n"), ("median_ms", "median", "ms")):
        series = scene.snapshot.past.read(SERIES_KEY, name, scene.snapshot.tick, ticks)
        lines += series_block(Graph(label, series, top_of([series]), unit, series[-1]), scene.width, 2)
    return lines


def _beside(left: Sequence[Line], right: Sequence[Line], column: int) -> list[Line]:
    return [(*fit(one, column), *two) for one, two in zip_longest(left, right, fillvalue=BLANK)]


def _nothing(scene: Scene, key: Key | None) -> list[Line]:
    """Why there is none, and what helps."""
    snapshot = scene.snapshot
    probes, ngap = snapshot.sample.probes, snapshot.sample.sources.get("ngap", OK)
    if not probes.ok:
        return [
            line(("Registrations are read from NGAP and S1AP messages that probes see.", "dim")),
            *wrapped(why_nothing(probes), scene.width, tone(probes)),
        ]
    if not ngap.ok:
        return wrapped(f"NGAP and S1AP messages are not read: {ngap}", scene.width, "warn")
    if key is not None and snapshot.registrations.seen:
        return wrapped("No registration on this association; a shows all.", scene.width, "dim")
    carried = any(
        {row.association.local_port, row.association.remote_port} & {*CORE_PORTS} for row in snapshot.rows
    )
    words = (
        "No registration yet; they appear here as UEs register."
        if carried
        else "No association here carries NGAP (port 38412) or S1AP (36412). Messages with their PPID, 60 and 18, are "
        "followed on any port, and appear here by themselves."
    )
    return wrapped(words, scene.width, "dim")
