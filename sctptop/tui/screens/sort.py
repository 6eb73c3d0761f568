"""Choose what to sort by: all fields, those on the screen first; what is typed leaves those that hold it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sctptop.fields.catalogue import BY_ID, FIELDS
from sctptop.fields.field import Field
from sctptop.terminal_text import clip, printable
from sctptop.tui.screens.typed_search import TypedSearch

LONGEST = 62
"""One line each in a box on a screen of 80."""
TITLE = "Sort by"
HINT = "type to find  Enter chooses  Esc back"
HINT_TYPED = "Enter chooses  Esc takes the words away"
NOTHING_FOUND = "no field has all of these words; Esc takes them away"


class SortScreen(ModalScreen[Field | None]):
    """Enter chooses, Esc leaves everything as it was."""

    AUTO_FOCUS = "#sort"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Clear the search, then back", id="sort.back", show=False),
    ]

    def __init__(self, current: Field, shown: Iterable[Field]) -> None:
        super().__init__()
        first = list(shown)
        self._fields = [*first, *(field for field in FIELDS if field not in first)]
        self._current = current
        self._search = TypedSearch()

    def compose(self) -> ComposeResult:
        """A list in a frame."""
        yield OptionList(id="sort")

    def on_mount(self) -> None:
        """All fields, on the one that is sorted by."""
        self._list()

    def on_key(self, event: events.Key) -> None:
        """What is typed is looked for."""
        if self._search.take(event):
            self._list()

    def on_click(self, event: events.Click) -> None:
        """Beside the box it closes."""
        if event.widget is self:
            self.dismiss()

    def action_back(self) -> None:
        """Take the search away; without one close."""
        if not self._search.text:
            self.dismiss()
            return
        self._search.text = ""
        self._list()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """The choice."""
        self.dismiss(BY_ID[event.option_id or ""])

    def _list(self) -> None:
        typed = self._search.text
        found = [field for field in self._fields if self._search.found_in(field.title, field.id, field.help)]
        # A name that begins so is meant before a word somewhere in a text.
        begins = typed.lower()
        found.sort(key=lambda field: not (typed and _begins(field, begins)))
        options = self.query_one(OptionList)
        options.border_title = Content(printable(f"{TITLE}: {typed}▏" if typed else TITLE))
        options.border_subtitle = (HINT_TYPED if typed else HINT) if found else NOTHING_FOUND
        options.set_options(self._option(field) for field in found)
        if found:
            options.highlighted = found.index(self._current) if not typed and self._current in found else 0

    def _option(self, field: Field) -> Option:
        mark = "•" if field == self._current else " "
        text = f"{mark} {field.title:<11} {field.help}"
        return Option(clip(text, LONGEST), field.id)


def _begins(field: Field, typed: str) -> bool:
    return field.title.lower().startswith(typed) or field.id.startswith(typed)
