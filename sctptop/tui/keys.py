"""The keys of the dashboard, once: the footer, the help and the palette are made from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual.binding import Binding

from sctptop.tui.words.buttons import Button, with_buttons
from sctptop.tui.words.line import Line, Span
from sctptop.views import VIEWS

VIEW_KEYS = [
    Binding(
        str(digit), f"view('{view.id}')", f"{view.title}: {view.summary}", id=f"view.{view.id}", show=False
    )
    for digit, view in enumerate(VIEWS, 1)
]

_FIRST_KEYS = [
    Binding("q", "leave", "Quit", id="quit"),
    Binding("ctrl+c", "leave", "Quit", id="interrupt", show=False, priority=True),
    Binding("question_mark,h,f1", "help", "Help", id="help", key_display="?"),
    # With priority it opens before the keys typed after it are handed to the table. So does Tab, below.
    Binding("slash", "filter", "Filter", id="filter", key_display="/", priority=True),
    Binding("s", "sort", "Sort", id="sort"),
    Binding("p,space", "pause", "Pause", id="pause", key_display="p"),
    Binding("r", "reset", "Reset", id="reset"),
    Binding("u", "undo_reset", "Undo the reset: count on from before it", id="reset.undo", show=False),
]

_LAST_KEYS = [
    Binding(
        "exclamation_mark",
        "advice",
        "Advice: what is wrong, in numbers, and what helps",
        id="advice",
        show=False,
    ),
    Binding("enter", "details", "Details", id="details", key_display="↵"),
    Binding("tab", "other_half", "View", id="focus", key_display="Tab", priority=True),
    Binding(
        "shift+tab",
        "other_half",
        "Between the table and the view",
        id="focus.back",
        show=False,
        priority=True,
    ),
    *VIEW_KEYS,
    Binding("less_than_sign", "sort_step(-1)", "Sort by the column before", id="sort.before", show=False),
    Binding("greater_than_sign", "sort_step(1)", "Sort by the column after", id="sort.after", show=False),
    Binding("I", "invert", "Turn the order round", id="sort.invert", show=False),
    Binding("n", "next_netns", "One network namespace after the other, and all", id="netns", show=False),
    Binding("b", "both_ends", "Both ends on one line, where both are on this host", id="ends", show=False),
    Binding("y", "own_scale", "Common scale or one for each graph", id="scale", show=False),
    Binding("o", "overlay", "Graphs over each other, or each below the other", id="overlay", show=False),
    Binding("z", "zeros", "Hide counters at zero", id="zeros", show=False),
    Binding(
        "a",
        "all_associations",
        "Events and registrations of all associations or of this one",
        id="events.all",
        show=False,
    ),
    Binding("e", "event_filter", "Choose which events are listed", id="events.filter", show=False),
    Binding(
        "K", "next_kind", "Registrations of one kind after the other, and of all", id="kinds", show=False
    ),
    Binding("left", "point(-1)", "Cursor", id="point.back", show=False, priority=True),
    Binding("right", "point(1)", "Cursor", id="point.on", show=False, priority=True),
    Binding("shift+left", "point(-10)", "Ten readings back", id="point.far_back", show=False, priority=True),
    Binding("shift+right", "point(10)", "Ten readings on", id="point.far_on", show=False, priority=True),
    Binding("home", "point_edge(-1)", "Cursor to the oldest", id="point.first", show=False, priority=True),
    Binding("end", "point_edge(1)", "Cursor away: back to now", id="point.now", show=False, priority=True),
    Binding("C", "copy", "Copy the row, after Tab the view, or the box as text", id="copy", show=False),
    Binding("x", "save('csv')", "Save the numbers of the view: a CSV file", id="save.csv", show=False),
    Binding("X", "save('svg')", "Save the screen as a picture: an SVG file", id="save.svg", show=False),
    Binding("S", "keep", "Keep what was chosen here as settings", id="keep", show=False),
    Binding("escape", "clear_filter", "Back", id="back", show=False),
    Binding("ctrl+p", "command_palette", "Commands", id="palette", key_display="^P", priority=True),
    Binding("ctrl+z", "suspend_process", "Suspend; fg comes back", id="suspend", show=False, priority=True),
]

LIVE_KEYS = [
    *_FIRST_KEYS,
    Binding("w", "record", "Record", id="record"),
    Binding("plus,equals_sign", "slower", "Interval", id="pace.up", key_display="+"),
    Binding("minus", "faster", "Interval", id="pace.down", key_display="-"),
    *_LAST_KEYS,
]

REPLAY_KEYS = [
    *_FIRST_KEYS,
    Binding("left_square_bracket", "seek(-1)", "Jump", id="jump.down", key_display="["),
    Binding("right_square_bracket", "seek(1)", "Jump", id="jump.up", key_display="]"),
    Binding("plus,equals_sign", "faster", "Speed", id="pace.up", key_display="+"),
    Binding("minus", "slower", "Speed", id="pace.down", key_display="-"),
    Binding("t", "step(1)", "One sample on, and pause", id="step.up", show=False),
    Binding("T", "step(-1)", "One sample back, and pause", id="step.down", show=False),
    Binding("left_curly_bracket", "edge(0)", "To the beginning", id="jump.first", show=False),
    Binding("right_curly_bracket", "edge(1)", "To the end", id="jump.last", show=False),
    Binding("m", "alarm(1)", "To the next alarm, and pause", id="alarm.next", show=False),
    Binding("M", "alarm(-1)", "To the alarm before, and pause", id="alarm.before", show=False),
    Binding("g", "go_to", "Go to a time: 12:03:44, 3m, 50%", id="jump.to", show=False),
    *_LAST_KEYS,
]

PAIRS = ("pace.up", "jump.down", "point.back")
"""Keys that share one label in the footer with the key that comes next."""

DROPPED = ("palette", "details", "sort", "focus")
"""Left out of the footer where it is narrow, in this order."""

POINTING = ("point.back", "point.on", "back")
"""In the footer while there is a cursor along time."""

NO_COMMANDS = ("interrupt", "focus.back", "palette")
"""What the palette offers already, or is."""

HELP_TEXTS = {
    "pause": "Pause the picture; collection goes on",
    "reset": "Count deltas from now; u undoes it; the kernel is untouched",
    "filter": "Filter as you type; Enter keeps, Esc restores",
    "sort": "Choose what to sort by",
    "details": "Every field of the association; of a UE chosen in Registration its messages; to where an alarm was",
    "focus": "Between the table and the view",
    "palette": "Every command by name",
    "point.back": "Cursor along time: one reading back; values and events are those of its instant. A table wider than "
    "the screen has this key itself: then after Tab",
    "point.first": "Cursor to the first reading that is shown, from there to the oldest kept",
    "point.on": "One reading on; beyond the newest back to now",
    "back": "Back: to now, to the table, to all associations",
    "record": "Begin or end a recording: a new file in this folder",
}
"""Where the help has room for more than the footer."""

LIVE_TEXTS = {"pace.up": "Longer interval", "pace.down": "Shorter interval"}
REPLAY_TEXTS = {
    "pause": "Stand still, or play on; from the end all of it again",
    "reset": "Count deltas from the sample shown; u undoes it",
    "pace.up": "Faster",
    "pace.down": "Slower",
    "jump.up": "Jump on",
    "jump.down": "Jump back",
}

KEY_NAMES = {
    "question_mark": "?",
    "exclamation_mark": "!",
    "slash": "/",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "shift+left": "Shift-←",
    "shift+right": "Shift-→",
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


def explained(binding: Binding, live: bool = True) -> str:
    """What a key does, at length."""
    own = LIVE_TEXTS if live else REPLAY_TEXTS
    return own.get(binding.id or "") or HELP_TEXTS.get(binding.id or "", binding.description)


def footer(
    keys: Sequence[Binding], paused: bool, in_view: bool, recording: bool, width: int, pointing: bool = False
) -> tuple[Line, list[Button]]:
    """The keys worth a place on the screen; each can be clicked."""
    labels = {}
    if paused:
        labels["pause"] = "Go on"
    if in_view:
        labels["focus"] = "Table"
    if recording:
        labels["record"] = "End rec"
    if pointing:
        labels["back"] = "Now"
    shown = [binding for binding in keys if binding.show or (pointing and binding.id in POINTING)]
    for dropped in ("", *DROPPED):
        shown = [binding for binding in shown if binding.id != dropped]
        parts = [part for binding in shown for part in _parts(binding, labels.get(binding.id or ""))]
        if sum(cell_len(span.text) for piece, _ in parts for span in piece) <= width:
            break
    return with_buttons(parts)


def _parts(binding: Binding, label: str | None) -> Iterator[tuple[list[Span], str]]:
    key = binding.key_display or key_names(binding)
    text = Span(f" {label or binding.description}", "dim")
    if binding.id in PAIRS:
        yield [Span(f" {key}", "name"), Span("/", "dim")], binding.action
    elif binding.id in ("pace.down", "jump.up", "point.on"):
        yield [Span(key, "name"), text], binding.action
    else:
        yield [Span(f" {key}", "name"), text], binding.action
