"""The mark of a row, and why it is marked in a few words."""

from __future__ import annotations

from sctptop.model.advice.brief import brief_of
from sctptop.model.association import OPENING
from sctptop.model.associations.row import Row
from sctptop.model.ranking.trouble import RowTrouble
from sctptop.quantity import span_text
from sctptop.terminal_text import clip

PROBLEM_MARK, WARNING_MARK, NEW_MARK, ENDED_MARK = "!", "·", "+", "✗"
"""Beside the cursor of a row: they say without colour what colour repeats."""
NEW_S = 5.0
"""How long an association that came up under our eyes is marked."""


def mark(row: Row) -> tuple[str, str]:
    """One character and its style: what is most worth knowing of a row."""
    if row.ended is not None:
        return ENDED_MARK, "warn"
    if row.trouble is not None:
        return (PROBLEM_MARK, "bad") if row.trouble.problem else (WARNING_MARK, "warn")
    if row.age_s is not None and row.age_s < NEW_S:
        return NEW_MARK, "good"
    return " ", ""


def reason(row: Row, now_s: float, room: int) -> str:
    """Why it is marked, in the longest way that fits ``room`` characters; empty where nothing is wrong."""
    trouble = row.trouble
    if trouble is None or room < 1:
        return ""
    # Nobody saw it begin: it may be so for longer.
    least = "≥" if trouble.from_start and row.age_s is None else ""
    span = least + span_text(max(now_s - trouble.since_s, 0.0))
    brief = brief_of(trouble.rule, opening=row.association.state in OPENING, why=trouble.why)
    longer, shorter = brief.reason, brief.short
    more = f" +{trouble.more}" if trouble.more else ""
    ways = [_filled(longer, trouble, f"for {span}"), _filled(longer, trouble, span)]
    ways = [*(way + more for way in ways[:1] if more), *ways]
    ways += [f"{shorter} {span}"] if "{lasted}" in longer else []
    ways += [_filled(longer, trouble, ""), shorter]
    return next((way for way in ways if len(way) <= room), None) or clip(shorter, room)


def _filled(text: str, trouble: RowTrouble, lasted: str) -> str:
    return " ".join(text.format(address=trouble.address or "", lasted=lasted).split())
