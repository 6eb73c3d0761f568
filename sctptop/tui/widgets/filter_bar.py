"""The line that ``/`` opens: the expression being typed, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.strip import Strip
from textual.suggester import Suggester
from textual.widgets import Input

from sctptop.fields.catalogue import BY_ID
from sctptop.fields.completion import ways_on
from sctptop.fields.filter import EVERYTHING, Filter, FilterError, parse_filter
from sctptop.model.associations.row import Row
from sctptop.terminal_text import clip
from sctptop.tui.widgets.status_line import StatusLine
from sctptop.tui.words.line import BLANK, Line, Span, clipped, line, style_of, to_strip, wrapped

ROOMY = 120
"""Columns from which on the remark begins beside the expression."""
LONGEST_STAYING = 40
"""Characters of the filter in force that are cited while another one is typed."""
PROMPT, LEAST_TEXT, TEXT_SHARE = 2, 24, 3
"""As in theme.tcss: columns of the prompt, the fewest of the expression, and its part of the rest beside a remark."""


def field_begun(text: str) -> str | None:
    """The field whose name is being typed at the end: a term to come, not yet a word to look for."""
    word = text.rpartition(" ")[2].lower().replace("-", "_")
    return next((name for name in BY_ID if word and name.startswith(word)), None)


def joint_begun(text: str) -> bool:
    """Whether `and`, `or` or `not` may be begun at the end, behind something else."""
    before, _, word = text.rpartition(" ")
    return bool(before.strip()) and word.lower() in ("a", "an", "o", "n", "no")


class Completion(Suggester):
    """Goes on with the last word as the likeliest of its ways does; Tab and → take it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.rows: Sequence[Row] = ()

    async def get_suggestion(self, value: str) -> str | None:
        """The whole expression, with the rest of its last word."""
        found = ways_on(value, self.rows)
        return value + found[0][len(last_word(value)) :] if found else None


def last_word(text: str) -> str:
    """What is being completed: behind a sign or a blank."""
    return re.split(r"[\s=<>~(!]", text)[-1]


class Wrong(Highlighter):
    """Underlines what is wrong in the expression."""

    def __init__(self) -> None:
        self.error: FilterError | None = None

    def highlight(self, text: Text) -> None:
        """Style the place that the error tells, once it is of this text."""
        error = self.error
        if error is not None and text.plain.strip() == error.text:
            begin = len(text.plain) - len(text.plain.lstrip()) + error.at
            text.stylize(style_of("bad under"), begin, begin + error.length)


class Remark(StatusLine):
    """What is said of the expression: in one line beside it, in several below."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Line] = []

    def say(self, text: str, style: str, room: int, most: int) -> None:
        """In at most so many lines of so many columns."""
        lines = wrapped(text, room, style, 1)
        self._lines = lines[:most]
        if len(lines) > most:
            self._lines[-1] = clipped((*lines[most - 1], Span(" …")), room)
        self.show(line((f" {text}" if text else "", style)))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line for Textual."""
        told = self._lines[y] if y < len(self._lines) else BLANK
        return to_strip(told, self.size.width, self.rich_style)


class FilterBar(Horizontal):
    """Posts Changed with every expression that can be understood, Closed when done.

    What is wrong stands below the expression, whole, where it is longer than its place beside it. Its lines stay until
    the bar is closed: the table must not go up and down with what is typed.
    """

    class Grown(Message):
        """It takes more lines than before."""

    class Changed(Message):
        """Show what this filter accepts."""

        def __init__(self, chosen: Filter) -> None:
            super().__init__()
            self.chosen = chosen

    class Refused(Message):
        """What was kept could not be understood: the filter before it stays in force."""

        def __init__(self, problem: str) -> None:
            super().__init__()
            self.problem = problem

    class Closed(Message):
        """The line is put away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Restore the filter as it was", id="filter.cancel", show=False),
        Binding("down,up", "keep", "Keep and go back to the table", id="filter.keep", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._before = self._in_force = EVERYTHING
        self._wrong = Wrong()
        self._completion = Completion()
        self._below = 0
        """Lines below the expression."""

    @property
    def lines(self) -> int:
        """How many it takes while it is open."""
        return 1 + self._below

    def compose(self) -> ComposeResult:
        """A prompt, the expression, the trouble with it."""
        prompt = StatusLine(id="filter-prompt")
        prompt.show(line((" /", "name")))
        yield prompt
        yield Input(
            placeholder="cwnd<10k or 38412",
            highlighter=self._wrong,
            compact=True,
            select_on_focus=False,
            suggester=self._completion,
            id="filter-text",
        )
        yield Remark(id="filter-error")

    def open(self, current: Filter, rows: Sequence[Row] = ()) -> None:
        """Start typing, from the filter there is; values of the rows are offered."""
        self._completion.rows = rows
        self._before = self._in_force = current
        self.display = True
        self._take(0 if self.app.size.width >= ROOMY else 1)
        field = self.query_one(Input)
        field.value = current.text
        field.cursor_position = len(current.text)
        # Not field.focus(), which waits behind the keys typed meanwhile.
        self.screen.set_focus(field)

    def on_input_changed(self, event: Input.Changed) -> None:
        """An expression half typed leaves the last good one in force."""
        event.stop()
        if not self.display:
            return
        begun = field_begun(event.value)
        if begun:
            self._wrong.error = None
            self._not_yet(self._offer(event.value) or f"{begun}: go on with = != < > ~ and a value")
        elif joint_begun(event.value):
            # As a word to look for it would take most rows away, until the next letter.
            self._wrong.error = None
            self._not_yet("and, or, not: go on; Enter looks for it as a word")
        else:
            self._apply(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter keeps what is in force."""
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """Put the line away; the filter stays."""
        problem = self._apply(self.query_one(Input).value)
        self._close()
        if problem:
            self.post_message(self.Refused(problem))

    def action_cancel(self) -> None:
        """Put the line away and the old filter back."""
        self.post_message(self.Changed(self._before))
        self._close()

    def on_descendant_blur(self) -> None:
        """Whoever clicks elsewhere goes on there."""
        if self.app.app_focus:
            self.leave()

    def leave(self) -> None:
        """As with ↓ the filter stays, and the line is put away."""
        if self.display:
            self.action_keep()

    def on_key(self, event: events.Key) -> None:
        """Keys typed here are no commands."""
        if event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()
            if event.key == "tab":
                field = self.query_one(Input)
                field.action_end()
                field.action_cursor_right()

    def _apply(self, text: str) -> str:
        """Post what the text means, or why it means nothing."""
        try:
            chosen = parse_filter(text)
        except FilterError as problem:
            # What is half typed is not wrong yet.
            offer = self._offer(text)
            self._wrong.error = None if offer else problem
            self._not_yet(offer or f"▲ {problem}", "dim" if offer else "warn")
            return str(problem)
        self._wrong.error, self._in_force = None, chosen
        self._remark(self._offer(text), "dim")
        self.post_message(self.Changed(chosen))
        return ""

    def _offer(self, text: str) -> str:
        """The ways on; empty without any."""
        found = ways_on(text, self._completion.rows)
        return f"Tab: {' '.join(found)}" if found else ""

    def _not_yet(self, text: str, style: str = "dim") -> None:
        """Of what is no filter yet, with the one that stays in force meanwhile."""
        if self._in_force.test:
            stays = f"filter stays {clip(self._in_force.text, LONGEST_STAYING)}"
            # Ways on are many, and may be cut at their end.
            text = f"{text}; {stays}" if style == "warn" else f"{stays}; {text}"
        self._remark(text, style)

    def _remark(self, text: str, style: str) -> None:
        room = self.app.size.width
        beside = (room - PROMPT) - max((room - PROMPT) // TEXT_SHARE, LEAST_TEXT) - 2
        # Ways on are many, and the first are the likeliest: what is wrong is what must be read to its end.
        if style == "warn" and (self._below or len(text) > beside):
            self._take(max(self._below, len(wrapped(text, room - 1, "", 1))))
        self.query_one(Remark).say(text, style, room - 1 if self._below else beside + 1, max(self._below, 1))

    def _take(self, below: int) -> None:
        """So many lines below the expression from now on."""
        before, self._below = self._below, below
        self.set_class(below > 0, "below")
        self.styles.height = self.lines
        self.query_one(Remark).styles.height = max(below, 1)
        if below > before:
            self.post_message(self.Grown())

    def _close(self) -> None:
        self.display = False
        self.query_one(Remark).say("", "", LEAST_TEXT, 1)
        self.post_message(self.Closed())
