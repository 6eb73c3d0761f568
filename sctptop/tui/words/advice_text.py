"""Advice in words: the worst in one line, all of it at length."""

from __future__ import annotations

from sctptop.fields.ends import local_end, remote_end
from sctptop.model.advice.adviser import Advice
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
        (_peer(snapshot, worst), "strong"),
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
        head = line((f"{mark} {advice.title}", style), (f"  {_ends(snapshot, advice)}", "strong"))
        right = line((f"  {advice.severity}, for {since} ", "dim"))
        lines.append(spread(clipped(head, width - cells(right)), right, width))
        lines += wrapped(advice.seen, width, "", INDENT)
        lines += wrapped(f"Try: {advice.remedy}", width, "good", INDENT)
        lines.append(BLANK)
    return lines


def _ends(snapshot: Snapshot, advice: Advice) -> str:
    row = snapshot.row(advice.association)
    return f"{local_end(row)} → {remote_end(row)}" if row is not None else ""


def _peer(snapshot: Snapshot, advice: Advice) -> str:
    row = snapshot.row(advice.association)
    return remote_end(row) if row is not None else ""
