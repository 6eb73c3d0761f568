"""Advice in words: the worst in one line, all of it at length."""

from __future__ import annotations

from sctptop.fields.ends import local_end, owner, peer_of, remote_end, whose
from sctptop.model.advice.alarms import Alarm
from sctptop.model.advice.given import Advice
from sctptop.model.advice.rules import RULES
from sctptop.model.associations.row import Row
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import span_text
from sctptop.tui.words.line import Line, cells, clipped, line, spread, wrapped

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


def advice_blocks(snapshot: Snapshot, width: int) -> list[list[Line]]:
    """Every piece with its numbers and its remedy, the worst first."""
    blocks: list[list[Line]] = []
    for advice in snapshot.advice:
        mark, style = MARKS[advice.severity]
        since = span_text(max(0.0, snapshot.now_s - advice.since_s))
        longer, least = (" or longer", "≥") if advice.from_start else ("", "")
        lasted = (f"for {since}{longer}", f"{least}{since}")
        heads = [
            line((f"{mark} {advice.title}", style), (f"  {on}", "strong"))
            for on in (whose(snapshot, advice), _here(snapshot, advice))
        ]
        rights = [line((f"  {advice.severity}, {told} ", "dim")) for told in lasted]
        forms = [(head, right) for right in rights for head in heads]
        fits = (form for form in forms if sum(map(cells, form)) <= width)
        head, right = next(fits, forms[-1])
        blocks.append(
            [
                spread(clipped(head, width - cells(right)), right, width),
                *wrapped(advice.seen, width, "", INDENT),
                *wrapped(f"Try: {advice.remedy}", width, "good", INDENT),
            ]
        )
    return blocks


def _here(snapshot: Snapshot, advice: Advice) -> str:
    row = snapshot.row(advice.association)
    if row is None:
        return whose(snapshot, advice)
    return f"{owner(row) or local_end(row)} → {remote_end(row)}"


def alarm_line(snapshot: Snapshot, alarm: Alarm, earlier: bool = False) -> Line:
    """When it was raised and cleared, what, on what, how often.

    ``earlier``: one in the list may have begun before it was raised.
    """
    mark, style = MARKS[alarm.severity]
    raised = f"{'' if not earlier else '≤' if alarm.from_start else ' '}{alarm.raised.astimezone():%H:%M:%S}"
    cleared = f"{alarm.cleared.astimezone():%H:%M:%S}" if alarm.cleared else "lasts   "
    return line(
        (f"{raised}–{cleared} ", "dim"),
        (f"{mark} {RULES[alarm.rule].title}", style if alarm.cleared is None else "dim"),
        (f"  {_raised_on(snapshot, alarm)}", "strong"),
        (f"  {alarm.count} times" if alarm.count > 1 else "", "dim"),
    )


def _raised_on(snapshot: Snapshot, alarm: Alarm) -> str:
    if alarm.entry is None:
        return peer_of(snapshot, alarm.peer) if alarm.peer is not None else ""
    row = Row(alarm.association or (), alarm.entry, {}, {})
    return f"{owner(row) or local_end(row)} → {remote_end(row)}"


def name_of(one: Advice | Alarm) -> str:
    """The same for the same trouble in every sample."""
    return f"{one.rule}/{one.association}/{one.peer}/{one.address}/{one.part}"
