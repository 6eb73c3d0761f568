"""Events: what the probes saw happen, newest last."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sctptop.fields.ends import remote_end
from sctptop.model.associations.events.event_log import Logged, rare
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.event import Event
from sctptop.quantity import UNKNOWN, counted
from sctptop.tui.views.parts.event_text import clock_text, sentence
from sctptop.tui.views.scene import Scene, nobody
from sctptop.tui.widgets.columns import shortened_end
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import Line, Lines, Span, fit, fitting, highlighted, line, wrapped
from sctptop.tui.words.probes import tone, why_nothing

ROOMY = 100
"""From here on there is a column for the path beside that of the association."""
END_MOST = 30


@dataclass(frozen=True, slots=True)
class EventFilter:
    """One of the choices that a key walks through."""

    id: str
    title: str
    accepts: Callable[[Event], bool]


FILTERS = (
    EventFilter("main", "cuts, retransmissions, paths, associations", rare),
    EventFilter("windows", "windows", lambda event: event.kind in ("cwnd", "rwnd", "window")),
    EventFilter(
        "retransmissions",
        "retransmissions",
        lambda event: event.kind in ("t3_rtx", "retransmit", "ngap_rtx"),
    ),
    EventFilter(
        "states", "paths and associations", lambda event: event.kind in ("path", "association", "address")
    ),
    EventFilter("heartbeats", "heartbeats", lambda event: event.kind == "hb_rtt"),
    EventFilter("messages", "NGAP and S1AP messages", lambda event: event.kind in ("ngap", "ngap_rtx")),
    EventFilter("everything", "everything", lambda event: True),
)


def next_filter(current: str) -> str:
    """The id of the choice after that one, the first after the last."""
    ids = [entry.id for entry in FILTERS]
    return ids[(ids.index(current) + 1) % len(ids)] if current in ids else ids[0]


def draw(scene: Scene) -> Drawing:
    """One line an event, the newest at the foot."""
    row, of_all = scene.row, scene.toggles.all_associations
    if row is None and not of_all:
        return nobody()
    chosen = next((entry for entry in FILTERS if entry.id == scene.toggles.event_filter), FILTERS[0])
    shown = [
        entry
        for entry in scene.snapshot.events
        if (of_all or (row is not None and entry.key == row.key)) and chosen.accepts(entry.event)
    ]
    probes = scene.snapshot.sample.probes
    foot = [] if probes.ok else wrapped(why_nothing(probes), scene.width, tone(probes))
    head = [_head(scene, chosen, len(shown))]
    if not shown:
        return Drawing(body=_nothing(scene, probes.ok), head=head, foot=foot, follow=True)
    show, tick = _writer(scene, shown), scene.window.pointed_tick
    if tick is None:
        return Drawing(body=Lines(shown, show), head=head, foot=foot, follow=True)

    def pointed(entry: Logged) -> Line:
        drawn = show(entry)
        return highlighted(fit(drawn, scene.width), "pointed") if entry.tick == tick else drawn

    # What had happened last at that instant is in sight.
    before = bisect_right([entry.tick for entry in shown], tick) - 1
    return Drawing(body=Lines(shown, pointed), head=head, foot=foot, sight=max(before, 0))


def _head(scene: Scene, chosen: EventFilter, count: int) -> Line:
    lost, missed = scene.snapshot.events_lost, scene.snapshot.events_missed
    left_out = sum(scene.snapshot.events_left_out.values())
    unseen = scene.snapshot.registrations.unseen.get(None, 0)
    whose = "all" if scene.toggles.all_associations else "this one"
    whose += " associations" if scene.width >= ROOMY and scene.toggles.all_associations else ""
    return fitting(
        [
            line((f"{count}", "strong"), " shown"),
            line((f"  lost {lost}", "warn") if lost else ""),
            line((f"  left out {left_out}", "warn") if left_out else ""),
            line((f"  {counted(missed, 'retransmission')} unseen", "warn") if missed else ""),
            line((f"  {counted(unseen, 'message')} unseen", "warn") if unseen else ""),
            line(("  a ", "name"), (whose, "dim")),
            line(("  e ", "name"), (chosen.title, "dim")),
        ],
        scene.width,
    )


def _nothing(scene: Scene, probing: bool) -> list[Line]:
    if not probing and not scene.snapshot.events:
        return [line(("Events come from probes in the kernel; there is none yet.", "dim"))]
    kept = len(scene.snapshot.events)
    others = f"; e shows other kinds, of {kept} kept" if kept else "; they appear here as they happen"
    return wrapped(f"No such event yet{others}.", scene.width, "dim")


def _writer(scene: Scene, shown: list[Logged]) -> Callable[[Logged], Line]:
    """How to write one event, with columns as wide as what is in them."""
    roomy = scene.width >= ROOMY
    ends: dict[tuple[object, ...], str] = {}
    if scene.toggles.all_associations or not roomy:
        keys = {entry.key for entry in shown}
        rows = {row.key: row for row in scene.snapshot.rows if row.key in keys}
        several = scene.toggles.all_associations and len({entry.event.netns for entry in shown}) > 1
        for entry in shown:
            name = _name(entry)
            if name not in ends:
                ends[name] = _end(entry, rows, roomy)
                if several and roomy:
                    ends[name] = f"{scene.snapshot.namespace_label(entry.event.netns)}  {ends[name]}"
    end = min(max(map(len, ends.values()), default=0), END_MOST)
    path = max((len(entry.event.address or "") for entry in shown), default=0) if roomy else 0

    def write(entry: Logged) -> Line:
        begin = [Span(f"{clock_text(entry.event)}  ", "dim")]
        if end:
            begin.append(Span(f"{shortened_end(ends[_name(entry)], end):<{end}}  "))
        if path:
            begin.append(Span(f"{entry.event.address or UNKNOWN:<{path}}  ", "dim"))
        used = sum(len(span.text) for span in begin)
        return (*begin, *sentence(entry.event, scene.width - used))

    return write


def _name(entry: Logged) -> tuple[object, ...]:
    event = entry.event
    return entry.key, event.local_port, event.remote_port, event.address


def _end(entry: Logged, rows: Mapping[Key, Row], roomy: bool) -> str:
    """Local port and remote end; where there is little room, the path and its port alone."""
    event = entry.event
    if not event.local_port and not event.remote_port:
        return UNKNOWN
    row = rows.get(entry.key) if isinstance(entry.key, tuple) else None
    host = f"[{event.address}]" if event.address and ":" in event.address else event.address or "*"
    end = f"{host}:{event.remote_port}"
    if row is not None and (roomy or event.address is None):
        end = remote_end(row)
    return f"{event.local_port} → {end}" if roomy else end
