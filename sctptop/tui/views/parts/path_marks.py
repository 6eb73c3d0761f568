"""A mark for the state of a path that reads without colour."""

from __future__ import annotations

from sctptop.model.association import Path
from sctptop.tui.words.line import Span

MARKS = {
    "ACTIVE": ("●", "good"),
    "PF": ("◐", "warn"),
    "INACTIVE": ("○", "bad"),
    "UNCONFIRMED": ("?", "warn"),
}


def path_mark(path: Path) -> tuple[Span, ...]:
    """Full: active; half: potentially failed (RFC 7829); empty: inactive; question: unconfirmed."""
    mark, style = MARKS.get(path.state or "", ("·", "dim"))
    return (Span(mark, style),)
