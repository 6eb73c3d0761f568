"""Counters: every SNMP counter since the reset, per second and in all; and those of the association."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from sctptop.fields.catalogue import BY_ID, COUNTED
from sctptop.model.associations.counter_help import COUNTER_HELP
from sctptop.model.associations.counters import GAUGES, CounterRow
from sctptop.quantity import UNKNOWN, show, span_text
from sctptop.tui.views.scene import Scene
from sctptop.tui.widgets.line_panel import Drawing, Note
from sctptop.tui.words.line import BLANK, Line, line, spread

Number = TypeVar("Number", int, float)

NAME, NUMBER = 26, 12
NOT_EXPLAINED = "A counter that this version of sctptop does not know."


def draw(scene: Scene) -> Drawing:
    """A section a namespace or their sum, then one for the association under the cursor."""
    body: list[Line] = []
    notes: list[Note] = []
    if not scene.snapshot.counters:
        body.append(line(("No counters of the host could be read (/proc/net/sctp/snmp).", "warn")))
    for title, prefix, rows in _sections(scene):
        shown = [row for row in rows if not (scene.toggles.hide_zeros and _zero(row))]
        if body:
            body.append(BLANK)
        hidden = len(rows) - len(shown)
        remarks = [_reset_age(scene)] if not notes else []
        remarks += [f"{hidden} at zero hidden"] if hidden else []
        body.append(line((title, "name"), ("".join(f"  {remark}" for remark in remarks), "dim")))
        for row in shown:
            notes.append(Note(len(body), f"{prefix}/{row.name}", _explained(row.name)))
            body.append(_counter(row))
    return Drawing(body=body, head=[_titles(scene)], notes=notes)


def _sections(scene: Scene) -> Iterable[tuple[str, str, tuple[CounterRow, ...]]]:
    by_netns = scene.snapshot.counters
    row = scene.row
    if len(by_netns) > 1:
        yield f"All {len(by_netns)} network namespaces together", "all", _sum(by_netns)
        if row is not None and row.association.netns in by_netns:
            netns = row.association.netns
            title = f"Network namespace {_name(scene, netns)}, of the association under the cursor"
            yield title, "one", by_netns[netns]
    else:
        for netns, rows in by_netns.items():
            yield f"Network namespace {_name(scene, netns)}", "one", rows
    if row is not None:
        known = tuple(entry for entry in row.counters(COUNTED) if entry.absolute is not None)
        yield "The association under the cursor", "association", known


def _name(scene: Scene, netns: int) -> str:
    label = scene.snapshot.namespace_label(netns)
    return label if label == str(netns) else f"{label} ({netns})"


def _sum(by_netns: Mapping[int, tuple[CounterRow, ...]]) -> tuple[CounterRow, ...]:
    grouped: dict[str, list[CounterRow]] = {}
    for rows in by_netns.values():
        for row in rows:
            grouped.setdefault(row.name, []).append(row)
    return tuple(
        CounterRow(
            name,
            _total(row.absolute for row in rows),
            _total(row.since_reset for row in rows),
            _total(row.rate for row in rows),
        )
        for name, rows in grouped.items()
    )


def _total(values: Iterable[Number | None]) -> Number | None:
    known = [value for value in values if value is not None]
    return sum(known[1:], known[0]) if known else None


def _zero(row: CounterRow) -> bool:
    return not row.absolute and not row.since_reset


def _reset_age(scene: Scene) -> str:
    since = scene.snapshot.reset_s
    return "r begins the deltas anew" if since is None else f"reset {span_text(since)} ago"


def _titles(scene: Scene) -> Line:
    when = "SINCE START" if scene.snapshot.reset_s is None else "SINCE RESET"
    text = f"{'COUNTER':<{NAME}}{when:>{NUMBER}}{'PER SECOND':>{NUMBER}}{'ABSOLUTE':>{NUMBER}}"
    key = "z zeros too" if scene.toggles.hide_zeros else "z hide zeros"
    return spread(line((text, "title")), line((key, "faint")), scene.width)


def _counter(row: CounterRow) -> Line:
    gained = UNKNOWN if row.since_reset is None else f"{row.since_reset:+,}" if row.since_reset else "0"
    name = row.name if row.name in COUNTER_HELP or row.name not in BY_ID else row.name.replace("_", " ")
    rate = UNKNOWN if row.rate is None else show(row.rate, "/s")
    absolute = UNKNOWN if row.absolute is None else f"{row.absolute:,}"
    moving = bool(row.rate)
    return line(
        (f"  {name:<{NAME - 2}}", "" if row.absolute else "dim"),
        (f"{gained:>{NUMBER}}", "strong" if row.since_reset else "faint"),
        (f"{rate:>{NUMBER}}", "graph" if moving else "faint"),
        (f"{absolute:>{NUMBER}}", "" if row.absolute else "faint"),
        (" gauge" if row.name in GAUGES else "", "faint"),
    )


def _explained(name: str) -> str:
    if name in COUNTER_HELP:
        return f"{name}: {COUNTER_HELP[name]}"
    if name in BY_ID:
        return f"{name.replace('_', ' ')}: {BY_ID[name].help}"
    return f"{name}: {NOT_EXPLAINED}"
