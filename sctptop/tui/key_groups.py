"""The keys by the task that they are for, and those that act in one view alone: help and notices are made from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.binding import Binding

from sctptop.views import VIEWS, view

SHARED = tuple(entry.id for entry in VIEWS if entry.shared)

IN_VIEW = {
    "scale": ("cwnd", "queue", "timeline"),
    "overlay": ("cwnd",),
    "zeros": ("counters",),
    "events.all": SHARED,
    "events.filter": ("events",),
    "kinds": ("registration",),
}
"""Keys that act in these views alone."""

GROUPS = (
    ("Look closer", ("details", "advice", "focus", "focus.back", *(f"view.{entry.id}" for entry in VIEWS))),
    (
        "Find and order",
        ("filter", "sort", "sort.before", "sort.after", "sort.invert", "netns", "ends", "back"),
    ),
    ("In one view alone", tuple(IN_VIEW)),
    (
        "Time",
        (
            "pause",
            "pace.up",
            "pace.down",
            "step.up",
            "step.down",
            "jump.down",
            "jump.up",
            "jump.first",
            "jump.last",
            "jump.to",
            "alarm.next",
            "alarm.before",
            "point.back",
            "point.on",
            "point.far_back",
            "point.far_on",
            "point.first",
            "point.now",
        ),
    ),
    ("Count and keep", ("reset", "reset.undo", "record", "keep", "copy", "save.csv", "save.svg")),
    ("Help, commands, and out", ("help", "palette", "quit", "interrupt", "suspend")),
)
"""By task: ids of bindings."""

FIRST_IN = {
    "counters": ("reset", "reset.undo"),
    "registration": ("details", "reset", "reset.undo"),
    "alarms": ("details", "reset", "reset.undo"),
}
"""What is used in a view beside the keys that act in it alone."""


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """A heading of the help with its keys."""

    title: str
    keys: Sequence[Binding]


def grouped(keys: Iterable[Binding], current: str) -> list[KeyGroup]:
    """All keys once: those of the view that is shown first, then by task."""
    by_id = {binding.id: binding for binding in keys}
    own = [name for name, views in IN_VIEW.items() if current in views]
    own += FIRST_IN.get(current, ())
    groups = [(f"In the view {view(current).title}", tuple(own)), *GROUPS] if own else list(GROUPS)
    found: list[KeyGroup] = []
    for title, names in groups:
        here = [by_id.pop(name) for name in names if name in by_id]
        if here:
            found.append(KeyGroup(title, here))
    return found


def elsewhere(name: str, current: str) -> str:
    """Where a key acts that does nothing in this view; empty where it acts here."""
    views = IN_VIEW.get(name, ())
    if not views or current in views:
        return ""
    ids = [entry.id for entry in VIEWS]
    return " and ".join(f"{view(one).title} ({ids.index(one) + 1})" for one in views)
