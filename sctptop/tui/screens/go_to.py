"""Asks for a moment of the recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from sctptop.tui.widgets.status_line import StatusLine
from sctptop.tui.words.line import line


class GoToScreen(ModalScreen[str | None]):
    """Enter goes there, Esc stays. ``refused`` returns what is wrong with a text, "" when it is understood."""

    AUTO_FOCUS = "#go-to-text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="go-to.back", show=False),
    ]

    def __init__(self, refused: Callable[[str], str]) -> None:
        super().__init__()
        self._refused = refused

    def compose(self) -> ComposeResult:
        """A line to type in, and one for what is wrong."""
        with Vertical(id="go-to") as box:
            box.border_title = "Go to"
            box.border_subtitle = "Enter goes  Esc back"
            yield Input(placeholder="12:03:44, 3m, -30s, 50%", compact=True, id="go-to-text")
            yield StatusLine(id="go-to-error")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go, if it is a moment."""
        problem = self._refused(event.value)
        if problem:
            self.query_one(StatusLine).show(line((f"▲ {problem}", "warn")))
        else:
            self.dismiss(event.value)
