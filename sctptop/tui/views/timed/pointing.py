"""What the frame of a view says of the cursor along time."""

from __future__ import annotations

from sctptop.tui.views.timed.axis import clock_of
from sctptop.tui.views.timed.window import TimeWindow
from sctptop.views import View

HINT = "← → move it, Esc back to now"


def pointed_text(window: TimeWindow, view: View) -> str:
    """Where the cursor is, and how it goes away; empty while there is none."""
    at_s = window.pointed_s
    if at_s is None:
        return ""
    at = clock_of(at_s, 1.0)
    return f"at {at}: {HINT}" if view.timed else f"{view.title} shows what is now, not {at}: {HINT}"
