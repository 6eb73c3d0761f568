"""The views in the order of their digits."""

from __future__ import annotations

from sctptop.tui.views import counters, cwnd, events, paths, queue, registration, rtt
from sctptop.tui.views.scene import View

VIEWS: tuple[View, ...] = (
    rtt.VIEW,
    cwnd.VIEW,
    queue.VIEW,
    counters.VIEW,
    paths.VIEW,
    events.VIEW,
    registration.VIEW,
)


def view(name: str) -> View:
    """The view of that name; the first for one that does not exist."""
    return next((entry for entry in VIEWS if entry.id == name), VIEWS[0])
