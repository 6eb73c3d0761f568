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
from textual.suggester import Suggester
from textual.widgets import Input

from sctptop.fields.catalogue import BY_ID
from sctptop.fields.completion import ways_on
from sctptop.fields.filter import EVERYTHING, Filter, FilterError, parse_filter
from sctptop.model.associations.row import Row
from sctptop.tui.widgets.status_line import StatusLine
from sctptop.tui.words.line import line, style_of


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


class FilterBar(Horizontal):
    """Posts Changed with every expression that can be understood, Closed when done."""

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
        self._before = EVERYTHING
        self._wrong = Wrong()
        self._completion = Completion()

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
        yield StatusLine(id="filter-error")

    def open(self, current: Filter, rows: Sequence[Row] = ()) -> None:
        """Start typing, from the filter there is; values of the rows are offered."""
        self._completion.rows = rows
        self._before = current
        self.display = True
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
            self._remark(
                f" {self._offer(event.value) or f'{begun}: go on with = != < > ~ and a value'}", "dim"
            )
        elif joint_begun(event.value):
            # As a word to look for it would take most rows away, until the next letter.
            self._wrong.error = None
            self._remark(" and, or, not: go on; Enter looks for it as a word", "dim")
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
            self._remark(f" {offer}" if offer else f" ▲ {problem}", "dim" if offer else "warn")
            return str(problem)
        self._wrong.error = None
        self._remark(f" {self._offer(text)}", "dim")
        self.post_message(self.Changed(chosen))
        return ""

    def _offer(self, text: str) -> str:
        """The ways on; empty without any."""
        found = ways_on(text, self._completion.rows)
        return f"Tab: {' '.join(found)}" if found else ""

    def _remark(self, text: str, style: str) -> None:
        self.query_one("#filter-error", StatusLine).show(line((text, style)))

    def _close(self) -> None:
        self.display = False
        self._remark("", "")
        self.post_message(self.Closed())
