"""The cursor along time: the keys and clicks that put it on an instant, and take it away."""

from __future__ import annotations

from textual import on

from sctptop.tui.choosing_app import ChoosingApp
from sctptop.tui.views.timed.window import nearest
from sctptop.tui.widgets.line_panel import LinePanel

NOTHING_READ = "nothing was read yet that could be pointed at"
AT_FIRST = "the cursor is at the oldest reading kept"


class PointingApp(ChoosingApp):
    """Its cursor is an instant, which stays where it is while readings come."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Arrows and edges are the cursor's, unless a table that is too wide has them, or there is none to move."""
        if action in ("point", "point_edge"):
            if len(self.screen_stack) != 1 or self._dashboard.typing:
                return False
            if action == "point_edge":
                return self._chosen.at_s is not None
            return not (self._table.has_focus and self._table.max_scroll_x)
        return super().check_action(action, parameters)

    def action_point(self, step: int) -> None:
        """So many readings on, or back; the first press puts it on the newest, and beyond that it goes away."""
        times = self.reading.times if self.reading else ()
        if not times:
            self._say(NOTHING_READ)
            return
        if self._chosen.at_s is None:
            self._choose(at_s=times[-1])
            return
        place = nearest(times, self._chosen.at_s)
        if place + step >= len(times):
            self.leave_the_past()
            return
        if place == 0 and step < 0:
            self._say(AT_FIRST)
        self._choose(at_s=times[max(place + step, 0)])

    def action_point_edge(self, step: int) -> None:
        """To the first reading that is shown, from there to the oldest kept; or away."""
        window, times = self._dashboard.window, self.reading.times if self.reading else ()
        if step > 0 or window is None or not times:
            self.leave_the_past()
            return
        shown = next((at_s for at_s in window.times if at_s is not None), times[0])
        self._choose(at_s=times[0] if shown == window.pointed_s else shown)

    def action_clear_filter(self) -> None:
        """Back to now first."""
        if self._chosen.at_s is not None:
            self.leave_the_past()
        else:
            super().action_clear_filter()

    def leave_the_past(self) -> None:
        """Show what is now."""
        self._choose(at_s=None)
        self._say("back to now")

    @on(LinePanel.Pointed, "#view")
    def _pointed(self, message: LinePanel.Pointed) -> None:
        window = self._dashboard.window
        times = message.times or (window.times if window is not None else ())
        if not 0 <= message.column < len(times):
            return
        at_s = times[message.column]
        if at_s is None:
            self._say("nothing was read at that time")
        else:
            self._choose(at_s=at_s)
