"""A mark for the state of a path that reads without colour."""

from __future__ import annotations

from collections.abc import Iterable

from sctptop.model.association import Path
from sctptop.tui.words.line import Line, Span, fitting, line

MARKS = {
    "ACTIVE": ("●", "good"),
    "PF": ("◐", "warn"),
    "INACTIVE": ("○", "bad"),
    "UNCONFIRMED": ("?", "warn"),
}
UNKNOWN_STATE = ("·", "dim")
WORDS = {
    "ACTIVE": "active",
    "PF": "PF, potentially failed",
    "INACTIVE": "inactive",
    "UNCONFIRMED": "unconfirmed",
    None: "state not known",
}


def path_mark(path: Path) -> tuple[Span, ...]:
    """Full: active; half: potentially failed (RFC 7829); empty: inactive; question: unconfirmed."""
    mark, style = MARKS.get(path.state or "", UNKNOWN_STATE)
    return (Span(mark, style),)


def legend(paths: Iterable[Path], width: int) -> Line:
    """What the marks mean, as many as fit: those of these paths first."""
    shown = {path.state if path.state in MARKS else None for path in paths}
    known = sorted(WORDS, key=lambda state: state not in shown)
    return fitting(
        [line(MARKS.get(state or "", UNKNOWN_STATE), (f" {WORDS[state]}  ", "dim")) for state in known],
        width,
    )
