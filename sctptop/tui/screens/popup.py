"""A box over the dashboard that shows lines, scrolls, and closes with Esc."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen

from sctptop.terminal_text import printable
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.widgets.line_panel import Drawing, LinePanel


class Popup(ModalScreen[None]):
    """Help, details and advice."""

    AUTO_FOCUS = "#popup"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,enter,question_mark,h,f1,exclamation_mark",
            "dismiss",
            "Back",
            id="popup.back",
            show=False,
        ),
        Binding("C", "app.copy", "Copy as text", id="popup.copy", show=False),
    ]

    def __init__(self, title: str, keys: str = "Esc back") -> None:
        super().__init__()
        self._heading = title
        self._keys = keys

    def compose(self) -> ComposeResult:
        """One panel in a frame."""
        panel = LinePanel(id="popup")
        panel.entitle(self._heading)
        panel.border_subtitle = self._keys
        yield panel

    @property
    def panel(self) -> LinePanel:
        """What shows the lines."""
        return self.query_one("#popup", LinePanel)

    @property
    def room(self) -> int:
        """Columns a line has."""
        return self.panel.room or max(20, self.app.size.width - 8)

    def on_click(self, event: events.Click) -> None:
        """Beside the box it closes."""
        if event.widget is self:
            self.dismiss()

    def on_resize(self) -> None:
        """Lines wrap anew."""
        self.call_after_refresh(self.draw)

    def on_mount(self) -> None:
        """Draw once there is a size."""
        self.call_after_refresh(self.draw)

    def update(self, reading: Reading) -> None:
        """Update with a newer reading, where what is shown depends on it."""

    def say(self, notice: str) -> None:
        """Tell what a key did, in the frame."""
        self.panel.border_subtitle = Content(printable(notice))

    def draw(self) -> None:
        """Put the lines on the screen."""
        self.panel.show(self.drawing())

    def drawing(self) -> Drawing:
        """The lines now."""
        raise NotImplementedError
