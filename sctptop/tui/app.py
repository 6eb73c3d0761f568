"""The dashboard: one screen on a source, live or recorded."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.timer import Timer

from sctptop.fields import Field
from sctptop.filter import EVERYTHING
from sctptop.options import Options
from sctptop.ordering import natural
from sctptop.source import Source
from sctptop.tui import headline
from sctptop.tui.collector import Collector
from sctptop.tui.dashboard import Dashboard, Picture
from sctptop.tui.keys import DASHBOARD_KEYS, NO_COMMANDS, explained
from sctptop.tui.pace import longer, shorter
from sctptop.tui.reading import Arrived, Reading
from sctptop.tui.screens.details import DetailsScreen
from sctptop.tui.screens.help import HelpScreen
from sctptop.tui.screens.sort import SortScreen
from sctptop.tui.views.events import next_filter
from sctptop.tui.views.registry import view
from sctptop.tui.views.scene import Toggles
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.filter_bar import FilterBar
from sctptop.tui.widgets.line_panel import LinePanel

NOTICE_S = 4.0


class SctptopApp(App[int]):
    """Draws what the collector reads; its result is the exit code."""

    CSS_PATH: ClassVar[str] = "theme.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(DASHBOARD_KEYS)
    ALLOW_SELECT = False
    AUTO_FOCUS = None

    def __init__(self, source: Source, options: Options) -> None:
        super().__init__()
        self.animation_level = "none"
        self.failure: Exception | None = None
        self._options = options
        self._interval_s = options.interval_s
        self._order = options.order
        self._filter = options.filter
        self._view = view(options.view)
        self._toggles = Toggles()
        self.newest: Reading | None = None
        self._held: Reading | None = None
        self._notice = ""
        self._hushing: Timer | None = None
        self.collector = Collector(
            source, options.selectors, options.interval_s, options.count, self._receive
        )

    def compose(self) -> ComposeResult:
        """One screen; help, details and choices open over it."""
        yield Dashboard(self._options.columns)

    def on_mount(self) -> None:
        """Begin to read."""
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.exit, 128 + number)
        self.app_resume_signal.subscribe(self, self._back_in_front)
        self._draw()
        self.collector.start()

    def _back_in_front(self, _: object) -> None:
        """After Ctrl-Z and fg the terminal is empty: send it everything, and what is true now."""
        for screen in self.screen_stack:
            screen.refresh(layout=True)
        self.collector.read_now()

    def on_unmount(self) -> None:
        """Give the source back."""
        self.collector.stop()

    @property
    def reading(self) -> Reading | None:
        """What is on the screen: the newest, or that of the pause."""
        return self._held or self.newest

    @property
    def paused(self) -> bool:
        """Whether the picture stands still."""
        return self._held is not None

    @property
    def interval_s(self) -> float:
        """The interval asked for."""
        return self._interval_s

    def _receive(self, reading: Reading) -> None:
        try:
            self.post_message(Arrived(reading))
        except RuntimeError:
            # The loop closed while a reading was under way.
            return

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        self.newest = message.reading
        self._draw()
        if message.reading.last:
            self.exit(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A priority key is the dashboard's alone, and not one while its filter is being typed."""
        if action == "filter":
            return len(self.screen_stack) == 1 and not self._dashboard.typing
        return super().check_action(action, parameters)

    # What the keys do.

    def action_leave(self) -> None:
        """Quit."""
        self.exit(0)

    def action_view(self, name: str) -> None:
        """Show another view."""
        self._view = view(name)
        self._draw()

    def action_help(self) -> None:
        """Keys and fields."""
        self.push_screen(
            HelpScreen(
                [
                    ("Keys", DASHBOARD_KEYS),
                    ("In the table", AssociationTable.BINDINGS),
                    ("In the view, after Tab", LinePanel.BINDINGS),
                ]
            )
        )

    def action_filter(self) -> None:
        """Open the filter line."""
        self.query_one(FilterBar).open(self._filter)
        self._draw()

    def action_clear_filter(self) -> None:
        """Back to the table; there, show everything again."""
        if self._dashboard.in_view:
            self.query_one("#table").focus()
        elif self._filter.alternatives:
            self._filter = EVERYTHING
            self._draw()

    def action_sort(self) -> None:
        """Choose a field to sort by."""
        shown = [column.field for column in self._table.columns if column.field is not None]
        self.push_screen(SortScreen(self._order.field, shown), self._sort_chosen)

    def action_sort_step(self, step: int) -> None:
        """Sort by the next column on the screen."""
        fields = [column.field for column in self._table.columns if column.field is not None]
        if not fields:
            return
        place = fields.index(self._order.field) if self._order.field in fields else -max(step, 0)
        self._sort_by(fields[(place + step) % len(fields)])

    def action_invert(self) -> None:
        """Turn the order round."""
        self._order = self._order.inverted
        self._say(headline.sort_text(self._order.field, self._order.descending))

    def action_slower(self) -> None:
        """The next longer interval."""
        self._pace(longer(self._interval_s))

    def action_faster(self) -> None:
        """The next shorter interval."""
        self._pace(shorter(self._interval_s))

    def action_pause(self) -> None:
        """Hold the picture, or catch up."""
        self._held = None if self._held else (self.newest.frozen() if self.newest else None)
        self._draw()

    def action_reset(self) -> None:
        """Count from now."""
        self.collector.reset()
        self._say("deltas count from now" + ("; seen when the pause ends" if self._held else ""))

    def action_details(self) -> None:
        """Every field of the association under the cursor."""
        if self.reading is not None and self._table.cursor is not None:
            self.push_screen(DetailsScreen(self.reading, self._table.cursor))

    def action_other_half(self) -> None:
        """Keys go to the view, or back to the table."""
        target = "#table" if self._dashboard.in_view else "#view"
        self.query_one(target).focus()
        self.call_after_refresh(self._draw)

    def action_own_scale(self) -> None:
        """Common scale or one for each graph."""
        self._toggle(own_scale=not self._toggles.own_scale)

    def action_zeros(self) -> None:
        """Counters at zero, or without them."""
        self._toggle(hide_zeros=not self._toggles.hide_zeros)

    def action_all_associations(self) -> None:
        """Events of all associations, or of the one under the cursor."""
        self._toggle(all_associations=not self._toggles.all_associations)

    def action_event_filter(self) -> None:
        """The next choice of events."""
        self._toggle(event_filter=next_filter(self._toggles.event_filter))

    def _toggle(self, **changes: Any) -> None:
        self._toggles = replace(self._toggles, **changes)
        self._draw()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette offers what the keys do."""
        for binding in DASHBOARD_KEYS:
            if binding.id not in NO_COMMANDS:
                title = explained(binding)
                yield SystemCommand(title, f"key {binding.key}", lambda do=binding.action: self._run(do))

    def _run(self, action: str) -> None:
        self.call_later(self.run_action, action)

    # What the parts of the screen ask for.

    @on(AssociationTable.SortAsked)
    def _sort_asked(self, message: AssociationTable.SortAsked) -> None:
        self._sort_by(message.field)

    @on(AssociationTable.Opened)
    def _opened(self) -> None:
        self.action_details()

    @on(FilterBar.Changed)
    def _filter_changed(self, message: FilterBar.Changed) -> None:
        self._filter = message.chosen
        self._draw()

    @on(FilterBar.Refused)
    def _filter_refused(self, message: FilterBar.Refused) -> None:
        kept = f"filter stays {self._filter.text}" if self._filter.alternatives else "no filter"
        self._say(f"{message.problem}; {kept}")

    @on(FilterBar.Closed)
    def _filter_closed(self) -> None:
        self._table.focus()
        self._draw()

    def _sort_chosen(self, field: Field | None) -> None:
        if field is not None and field != self._order.field:
            self._sort_by(field)

    def _sort_by(self, field: Field) -> None:
        same = field == self._order.field
        self._order = self._order.inverted if same else natural(field)
        self._say(headline.sort_text(field, self._order.descending))

    def _pace(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self.collector.set_interval(self._interval_s)
        self._draw()

    def _say(self, notice: str) -> None:
        self._notice = notice
        if self._hushing is not None:
            # The timer of an older notice would take this one away early.
            self._hushing.stop()
        self._hushing = self.set_timer(NOTICE_S, self._hush)
        self._draw()

    def _hush(self) -> None:
        self._notice = ""
        if self.screen_stack:
            self._dashboard.paint_keys(self._picture())

    # Drawing.

    @property
    def _dashboard(self) -> Dashboard:
        return self.screen_stack[0].query_one(Dashboard)

    @property
    def _table(self) -> AssociationTable:
        return self._dashboard.table

    def _picture(self) -> Picture:
        return Picture(
            newest=self.newest,
            held=self._held,
            interval_s=self._interval_s,
            order=self._order,
            filter=self._filter,
            selectors=self._options.selectors,
            view=self._view,
            toggles=self._toggles,
            notice=self._notice,
        )

    def _draw(self) -> None:
        """Put what is known now on the screen."""
        if not self.screen_stack:
            return
        self._dashboard.paint(self._picture())
        for screen in self.screen_stack[1:]:
            if isinstance(screen, DetailsScreen) and self.reading is not None and screen.is_mounted:
                screen.update(self.reading)

    def _handle_exception(self, error: Exception) -> None:
        """Leave in order: the terminal restored, no traceback for the user."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.failure = self.failure or error
        self._return_code = 1
        self._close_messages_no_wait()
