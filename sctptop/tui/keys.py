"""The keys of the dashboard, once: the footer, the help and the palette are made from them."""

from __future__ import annotations

from textual.binding import Binding

from sctptop.tui.line import Line, Span
from sctptop.tui.views.registry import VIEWS
from sctptop.tui.widgets.status_line import Button, with_buttons

VIEW_KEYS = [
    Binding(
        str(digit), f"view('{view.id}')", f"{view.title}: {view.summary}", id=f"view.{view.id}", show=False
    )
    for digit, view in enumerate(VIEWS, 1)
]

DASHBOARD_KEYS = [
    Binding("q", "leave", "Quit", id="quit"),
    Binding("ctrl+c", "leave", "Quit", id="interrupt", show=False, priority=True),
    Binding("question_mark,h,f1", "help", "Help", id="help", key_display="?"),
    # With priority it opens before the keys typed after it are handed to the table.
    Binding("slash", "filter", "Filter", id="filter", key_display="/", priority=True),
    Binding("s", "sort", "Sort", id="sort"),
    Binding("p,space", "pause", "Pause", id="pause", key_display="p"),
    Binding("r", "reset", "Reset", id="reset"),
    Binding("plus,equals_sign", "slower", "Longer interval", id="slower", key_display="+", show=False),
    Binding("minus", "faster", "Shorter interval", id="faster", key_display="-", show=False),
    Binding("enter", "details", "Details", id="details", key_display="↵"),
    Binding("tab", "other_half", "View", id="focus", key_display="Tab"),
    Binding("shift+tab", "other_half", "Between the table and the view", id="focus.back", show=False),
    *VIEW_KEYS,
    Binding("less_than_sign", "sort_step(-1)", "Sort by the column before", id="sort.before", show=False),
    Binding("greater_than_sign", "sort_step(1)", "Sort by the column after", id="sort.after", show=False),
    Binding("I", "invert", "Turn the order round", id="sort.invert", show=False),
    Binding("y", "own_scale", "Common scale or one for each graph", id="scale", show=False),
    Binding("z", "zeros", "Hide counters at zero", id="zeros", show=False),
    Binding(
        "a", "all_associations", "Events of all associations or of this one", id="events.all", show=False
    ),
    Binding("e", "event_filter", "Choose which events are listed", id="events.filter", show=False),
    Binding("escape", "clear_filter", "Back, clear the filter", id="back", show=False),
    Binding("ctrl+z", "suspend_process", "Suspend; fg comes back", id="suspend", show=False, priority=True),
]

NO_COMMANDS = ("interrupt", "suspend")
"""What the palette need not offer."""

HELP_TEXTS = {
    "pause": "Pause the picture; collection goes on",
    "reset": "Count deltas from now; the kernel is untouched",
    "filter": "Filter as you type; Enter keeps, Esc restores",
    "sort": "Choose what to sort by",
    "details": "Every field of the association",
    "focus": "Between the table and the view",
}
"""Where the help has room for more than the footer."""

KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "Shift-Tab",
    "ctrl+c": "Ctrl-C",
    "ctrl+z": "Ctrl-Z",
    "ctrl+p": "Ctrl-P",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "f1": "F1",
}


def key_names(binding: Binding) -> str:
    """The keys of a binding as people call them."""
    return " ".join(KEY_NAMES.get(key.strip(), key.strip()) for key in binding.key.split(","))


def explained(binding: Binding) -> str:
    """What a key does, at length."""
    return HELP_TEXTS.get(binding.id or "", binding.description)


def footer(paused: bool, in_view: bool) -> tuple[Line, list[Button]]:
    """The keys worth a place on the screen; each can be clicked."""
    parts: list[tuple[list[Span], str]] = []
    for binding in DASHBOARD_KEYS:
        if not binding.show:
            continue
        label = binding.description
        if binding.id == "pause" and paused:
            label = "Go on"
        if binding.id == "focus" and in_view:
            label = "Table"
        key = binding.key_display or key_names(binding)
        parts.append(([Span(f" {key}", "name"), Span(f" {label}", "dim")], binding.action))
        if binding.id == "reset":
            parts.append(([Span(" +", "name")], "slower"))
            parts.append(([Span("/", "dim"), Span("-", "name"), Span(" Interval", "dim")], "faster"))
    return with_buttons(parts)
