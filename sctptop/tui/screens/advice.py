"""Advice: everything that is wrong now, in numbers, and what helps; live."""

from __future__ import annotations

from sctptop.tui.feeds.reading import Reading
from sctptop.tui.screens.popup import Popup
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.advice_text import advice_lines, alarm_lines
from sctptop.tui.words.line import BLANK, line, wrapped
from sctptop.tui.words.probes import tone, why_nothing

NOTHING = "Nothing to advise: no rule finds anything wrong in what was seen of the last minute."
BLIND = "What messages wait for, and how NGAP is sent, only probes tell."
MEMORY = "Rules look at the last half to whole minute; what is over stays for 10 s, and as an alarm until r."
ALARMS = "ALARMS: raised, cleared, how often, and the worst of each"


class AdviceScreen(Popup):
    """Follows the advice until it is closed."""

    def __init__(self, reading: Reading) -> None:
        super().__init__("Advice")
        self._reading = reading

    def update(self, reading: Reading) -> None:
        """Update with a newer reading."""
        self._reading = reading
        self.draw()

    def drawing(self) -> Drawing:
        """The worst first."""
        snapshot, width = self._reading.snapshot, self.room
        if snapshot is None:
            return Drawing(body=wrapped("Nothing was read yet.", width, "dim"))
        foot = wrapped(MEMORY, width, "dim")
        probes = snapshot.sample.probes
        if not probes.ok:
            foot += wrapped(f"{BLIND} {why_nothing(probes)}", width, tone(probes))
        body = advice_lines(snapshot, width) or wrapped(NOTHING, width, "dim")
        if snapshot.alarms:
            body += [BLANK, line((ALARMS, "title"))] if body[-1] != BLANK else [line((ALARMS, "title"))]
            body += alarm_lines(snapshot, width)
        return Drawing(body=body, foot=foot)
