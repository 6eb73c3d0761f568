"""Advice in words: the worst in one line, all of it at length."""

from __future__ import annotations

from sctptop.fields.ends import peer_of, remote_end, this_end, whose
from sctptop.model.advice.adviser import Advice
from sctptop.model.advice.alarms import Alarm
from sctptop.model.advice.rules import RULES
from sctptop.model.associations.row import Row
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import span_text
from sctptop.tui.words.line import BLANK, Line, cells, clipped, line, spread, wrapped

MARKS = {"problem": ("▲", "bad"), "warning": ("▲", "warn"), "note": ("·", "dim")}
NO_ADVICE = line((" no advice now", "faint"))
INDENT = 4


def advice_line(snapshot: Snapshot, width: int) -> Line | None:
    """The worst advice and how many more there are; None while there is none but notes."""
    told = [entry for entry in snapshot.advice if entry.severity != "note"]
    if not told:
        return None
    worst, rest = told[0], len(snapshot.advice) - 1
    right = line((f"  +{rest} more" if rest else "", "dim"), ("  ! all ", "faint"))
    mark, style = MARKS[worst.severity]
    left = line(
        (f" {mark} {worst.title}: ", style),
        (_here(snapshot, worst), "strong"),
        (f"  {worst.remedy}", ""),
        (f"  ({worst.seen})", "dim"),
    )
    return spread(clipped(left, width - cells(right)), right, width)


def advice_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """Every piece with its numbers and its remedy, the worst first."""
    lines: list[Line] = []
    for advice in snapshot.advice:
        mark, style = MARKS[advice.severity]
        since = span_text(max(0.0, snapshot.now_s - advice.since_s))
        head = line((f"{mark} {advice.title}", style), (f"  {whose(snapshot, advice)}", "strong"))
        right = line((f"  {advice.severity}, for {since} ", "dim"))
        lines.append(spread(clipped(head, width - cells(right)), right, width))
        lines += wrapped(advice.seen, width, "", INDENT)
        lines += wrapped(f"Try: {advice.remedy}", width, "good", INDENT)
        lines.append(BLANK)
    return lines


def _here(snapshot: Snapshot, advice: Advice) -> str:
    row = snapshot.row(advice.association)
    return this_end(row) if row is not None else whose(snapshot, advice)


def alarm_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """Each alarm: when it was raised and cleared, how often, and the worst of it."""
    lines: list[Line] = []
    for alarm in snapshot.alarms:
        mark, style = MARKS[alarm.severity]
        raised = f"{alarm.raised.astimezone():%H:%M:%S}"
        cleared = f"{alarm.cleared.astimezone():%H:%M:%S}" if alarm.cleared else "lasts   "
        head = line(
            (f"{raised}–{cleared} ", "dim"),
            (f"{mark} {RULES[alarm.rule].title}", style),
            (f"  {_raised_on(snapshot, alarm)}", "strong"),
            (f"  {alarm.count} times" if alarm.count > 1 else "", "dim"),
        )
        lines.append(clipped(head, width))
        lines += wrapped(alarm.worst, width, "dim", INDENT)
    return lines


def _raised_on(snapshot: Snapshot, alarm: Alarm) -> str:
    if alarm.entry is None:
        return peer_of(snapshot, alarm.peer) if alarm.peer is not None else ""
    row = Row(alarm.association or (), alarm.entry, {}, {})
    return f"{this_end(row)} → {remote_end(row)}"
