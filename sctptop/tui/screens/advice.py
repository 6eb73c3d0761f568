"""Advice: everything that is wrong now, in numbers, and what helps; live. Enter goes to where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from sctptop.model.advice.given import Advice
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.screens.popup import Popup
from sctptop.tui.views.alarms import BLIND
from sctptop.tui.widgets.line_panel import Drawing, LinePanel, Note
from sctptop.tui.words.advice_text import advice_blocks, name_of
from sctptop.tui.words.line import BLANK, Line, wrapped
from sctptop.tui.words.probes import tone, why_nothing

NOTHING = "Nothing to advise: no rule finds anything wrong in what was seen of the last minute."
MEMORY = "Rules look at the last half to whole minute; what is over stays for 10 s, and in the view Alarms until r."


class AdviceScreen(Popup):
    """Follows the advice until it is closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "To its association and view", id="advice.go", show=False)
    ]

    def __init__(self, reading: Reading, go: Callable[[Advice], None]) -> None:
        """``go`` leads to the place of a piece of advice."""
        super().__init__("Advice", "↑ ↓ choose   ↵ goes there   Esc back")
        self._reading = reading
        self._go = go

    def update(self, reading: Reading) -> None:
        """Update with a newer reading."""
        self._reading = reading
        self.draw()

    def action_go(self) -> None:
        """Close, and go to the place of what is under the cursor."""
        snapshot, cursor = self._reading.snapshot, self.panel.cursor
        told = snapshot.advice if snapshot else ()
        self.dismiss()
        chosen = next((one for one in told if name_of(one) == cursor), None)
        if chosen is not None:
            self._go(chosen)

    @on(LinePanel.Clicked)
    def _clicked(self, message: LinePanel.Clicked) -> None:
        if message.key is not None:
            self.action_go()

    def drawing(self) -> Drawing:
        """The worst first."""
        snapshot, width = self._reading.snapshot, self.room
        if snapshot is None:
            return Drawing(body=wrapped("Nothing was read yet.", width, "dim"))
        foot = wrapped(MEMORY, width, "dim")
        probes = snapshot.sample.probes
        if not probes.ok:
            foot += wrapped(f"{BLIND} {why_nothing(probes)}", width, tone(probes))
        body: list[Line] = []
        notes: list[Note] = []
        for one, block in zip(snapshot.advice, advice_blocks(snapshot, width), strict=True):
            notes.append(Note(len(body), name_of(one), "", len(block)))
            body += [*block, BLANK]
        return Drawing(body=body[:-1] or wrapped(NOTHING, width, "dim"), foot=foot, notes=notes)
