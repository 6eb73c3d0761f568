"""Choose what to sort by: all fields, those on the screen first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sctptop.fields.catalogue import FIELDS
from sctptop.fields.field import Field
from sctptop.terminal_text import clip

LONGEST = 62
"""One line each in a box on a screen of 80."""


class SortScreen(ModalScreen[Field | None]):
    """Enter chooses, Esc leaves everything as it was."""

    AUTO_FOCUS = "#sort"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,s", "dismiss", "Back", id="sort.back", show=False),
        Binding("j", "app.simulate_key('down')", "Down", id="sort.down", show=False),
        Binding("k", "app.simulate_key('up')", "Up", id="sort.up", show=False),
    ]

    def __init__(self, current: Field, shown: Iterable[Field]) -> None:
        super().__init__()
        first = list(shown)
        self._fields = [*first, *(field for field in FIELDS if field not in first)]
        self._current = current

    def compose(self) -> ComposeResult:
        """A list in a frame."""
        options = OptionList(*(self._option(field) for field in self._fields), id="sort")
        options.border_title = "Sort by"
        options.border_subtitle = "Enter chooses  Esc back"
        options.highlighted = self._fields.index(self._current) if self._current in self._fields else 0
        yield options

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """The choice."""
        self.dismiss(self._fields[event.option_index])

    def _option(self, field: Field) -> Option:
        mark = "•" if field == self._current else " "
        text = f"{mark} {field.title:<11} {field.help}"
        return Option(clip(text, LONGEST), field.id)
