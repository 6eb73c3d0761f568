"""A single line: the header, the totals, the tabs, the keys. Parts of it may be clicked."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from sctptop.tui.words.buttons import Button
from sctptop.tui.words.line import BLANK, Line, differing, plain, to_strip


class StatusLine(Widget):
    """Shows a line and redraws when it changed."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._line: Line = BLANK
        self._buttons: tuple[Button, ...] = ()

    def show(self, text: Line, buttons: Sequence[Button] = ()) -> None:
        """Draw this from now on."""
        self._buttons = tuple(buttons)
        changed = differing(self._line, text, self.size.width)
        self._line = text
        if changed and self.size.width:
            self.refresh(*(Region(x, 0, size, 1) for x, size in changed))

    def text(self) -> str:
        """What it says."""
        return plain(self._line)

    def render_line(self, y: int) -> Strip:
        """The line for Textual."""
        return to_strip(self._line if y == 0 else BLANK, self.size.width, self.rich_style)

    async def on_click(self, event: events.Click) -> None:
        """Run what was clicked."""
        for button in self._buttons:
            if button.start <= event.x < button.end:
                await self.app.run_action(button.action)
