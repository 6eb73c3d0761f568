"""Alarms: what was wrong since the reset, the last raised first; each leads to its association and view."""

from __future__ import annotations

from sctptop.model.advice.alarms import Alarm
from sctptop.model.snapshot import Snapshot
from sctptop.tui.views.scene import Scene, nobody
from sctptop.tui.widgets.line_panel import Drawing, Note
from sctptop.tui.words.advice_text import alarm_line, name_of
from sctptop.tui.words.line import Line, clipped, fitting, line, wrapped
from sctptop.tui.words.probes import tone, why_nothing

NOTHING = "No alarm since the reset: no rule found anything wrong. They appear here by themselves."
BLIND = "What messages wait for, and how NGAP is sent, only probes tell."


def draw(scene: Scene) -> Drawing:
    """One line an alarm; that under the cursor is told in numbers, with what helps while it lasts."""
    snapshot, of_all = scene.snapshot, scene.toggles.all_associations
    if scene.row is None and not of_all:
        return nobody()
    key = scene.row.key if scene.row else None
    shown = [alarm for alarm in snapshot.alarms if of_all or alarm.association == key]
    probes = snapshot.sample.probes
    foot = [] if probes.ok else wrapped(f"{BLIND} {why_nothing(probes)}", scene.width, tone(probes))
    head = [_head(scene, shown)]
    if not shown:
        return Drawing(body=wrapped(NOTHING, scene.width, "dim"), head=head, foot=foot)
    remedies = {name_of(one): one.remedy for one in snapshot.advice}
    earlier = any(alarm.from_start for alarm in shown)
    body = [clipped(alarm_line(snapshot, alarm, earlier), scene.width) for alarm in shown]
    notes = [
        Note(at, name_of(alarm), _told(alarm, remedies.get(name_of(alarm)))) for at, alarm in enumerate(shown)
    ]
    return Drawing(body=body, head=head, foot=foot, notes=notes)


def chosen_alarm(snapshot: Snapshot, name: str | None) -> Alarm | None:
    """The alarm of the line under the cursor."""
    return next((alarm for alarm in snapshot.alarms if name_of(alarm) == name), None)


def _head(scene: Scene, shown: list[Alarm]) -> Line:
    active = sum(alarm.cleared is None for alarm in shown)
    whose = "all associations" if scene.toggles.all_associations else "this association"
    return fitting(
        [
            line((f"{active}", "strong"), " active, ", (f"{len(shown) - active}", "strong"), " cleared"),
            line(("  a ", "name"), (whose, "dim")),
            line(("  Tab ↑ ↓ ", "name"), ("choose, ", "dim"), ("↵ ", "name"), ("goes to it", "dim")),
        ],
        scene.width,
    )


def _told(alarm: Alarm, remedy: str | None) -> str:
    return alarm.worst + (f". Try: {remedy}" if remedy else "")
