"""The dashboard: one screen on readings, wherever they come from. live_app.py and replay_app.py say from where."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding
from textual.screen import Screen
from textual.timer import Timer

from sctptop.fields.field import Field
from sctptop.fields.filter import EVERYTHING
from sctptop.options import Options
from sctptop.tui.choices import Chosen, chosen_by
from sctptop.tui.dashboard import Dashboard, Picture
from sctptop.tui.feeds.feed import Feed
from sctptop.tui.feeds.reading import Arrived, Reading
from sctptop.tui.keys import NO_COMMANDS, explained
from sctptop.tui.screens.advice import AdviceScreen
from sctptop.tui.screens.details import DetailsScreen
from sctptop.tui.screens.help import HelpScreen
from sctptop.tui.screens.ladder import LadderScreen
from sctptop.tui.screens.popup import Popup
from sctptop.tui.screens.sort import SortScreen
from sctptop.tui.views.events import next_filter
from sctptop.tui.views.registration import chosen_registration
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.filter_bar import FilterBar
from sctptop.tui.widgets.line_panel import LinePanel
from sctptop.views import view

NOTICE_S = 4.0


class SctptopApp(App[int]):
    """Draws what its feed publishes; its result is the exit code."""

    TITLE = "sctptop"
    CSS_PATH: ClassVar[str] = "theme.tcss"
    ALLOW_SELECT = False
    AUTO_FOCUS = None
    KEYS: ClassVar[Sequence[Binding]]
    feed: Feed

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.animation_level = "none"
        self.failure: Exception | None = None
        self._options = options
        self._chosen = chosen_by(options)
        self.newest: Reading | None = None
        self._notice = ""
        self._hushing: Timer | None = None

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
        self.feed.start()

    def _back_in_front(self, _: object) -> None:
        """After Ctrl-Z and fg the terminal is empty: send it everything, and what is true now."""
        for screen in self.screen_stack:
            screen.refresh(layout=True)
        self.feed.read_now()

    def on_unmount(self) -> None:
        """Give the source back."""
        self.feed.stop()

    @property
    def reading(self) -> Reading | None:
        """What is on the screen."""
        return self.newest

    @property
    def paused(self) -> bool:
        """Whether the picture stands still."""
        raise NotImplementedError

    def _receive(self, reading: Reading) -> None:
        try:
            self.post_message(Arrived(reading))
        except RuntimeError:
            # The loop closed while a reading was under way.
            return

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        self.newest = message.reading
        snapshot = self.newest.snapshot
        netns = self._chosen.netns
        if netns is not None and snapshot is not None and netns not in snapshot.namespaces:
            self._choose(netns=None)
            self._say("the network namespace is gone: all are shown")
        self._draw()
        if message.reading.last:
            self.exit(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A priority key is the dashboard's alone, and not one while its filter is being typed."""
        if action in ("filter", "other_half"):
            return len(self.screen_stack) == 1 and not self._dashboard.typing
        return super().check_action(action, parameters)

    # What the keys do.

    def action_leave(self) -> None:
        """Quit."""
        self.exit(0)

    def action_view(self, name: str) -> None:
        """Show another view."""
        self._choose(view=view(name))

    def action_help(self) -> None:
        """Keys and fields."""
        self.push_screen(
            HelpScreen(
                [
                    ("Keys", self.KEYS),
                    ("In the table", AssociationTable.BINDINGS),
                    ("In the view, after Tab", LinePanel.BINDINGS),
                ],
                self._options.live,
            )
        )

    def action_filter(self) -> None:
        """Open the filter line."""
        self.query_one(FilterBar).open(self._chosen.filter)
        self._draw()

    def action_clear_filter(self) -> None:
        """Back to the table; there, show everything again."""
        if self._dashboard.in_view:
            self.query_one("#table").focus()
        elif self._chosen.filter.alternatives:
            self._choose(filter=EVERYTHING)

    def action_sort(self) -> None:
        """Choose a field to sort by."""
        self.push_screen(SortScreen(self._chosen.order.field, self._shown()), self._sort_chosen)

    def action_sort_step(self, step: int) -> None:
        """Sort by the next column on the screen."""
        self._sorted(self._chosen.sorted_by_next(self._shown(), step))

    def action_invert(self) -> None:
        """Turn the order round."""
        self._sorted(replace(self._chosen, order=self._chosen.order.inverted))

    def _shown(self) -> list[Field]:
        return [column.field for column in self._table.columns if column.field is not None]

    def _sorted(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._say(chosen.order_text)

    def action_both_ends(self) -> None:
        """One line for both ends of an association, or one for each."""
        self._chosen = replace(self._chosen, both_ends=not self._chosen.both_ends)
        self._say(self._chosen.ends_text(self.reading.snapshot if self.reading else None))

    def action_pause(self) -> None:
        """Stand still, or go on."""
        raise NotImplementedError

    def action_reset(self) -> None:
        """Count from now."""
        self.feed.reset()
        self._say("deltas count from now")

    def action_details(self) -> None:
        """Every field of the association under the cursor; in the view the messages of the UE chosen."""
        ladder = self._ladder()
        if ladder is not None:
            self.push_screen(ladder)
            return
        if self.reading is not None and self._table.cursor is not None:
            self.push_screen(DetailsScreen(self.reading, self._table.cursor))

    def _ladder(self) -> LadderScreen | None:
        snapshot = self.reading.snapshot if self.reading else None
        if snapshot is None or self._chosen.view.id != "registration" or not self._dashboard.in_view:
            return None
        chosen = chosen_registration(snapshot.registrations, self.query_one("#view", LinePanel).cursor)
        return LadderScreen(chosen) if chosen else None

    def action_advice(self) -> None:
        """What is wrong, and what helps."""
        if self.reading is not None:
            self.push_screen(AdviceScreen(self.reading))

    def action_other_half(self) -> None:
        """Keys go to the view, or back to the table."""
        target = "#table" if self._dashboard.in_view else "#view"
        self.query_one(target).focus()
        self.call_after_refresh(self._draw)

    def action_next_netns(self) -> None:
        """The next network namespace; after the last all of them."""
        snapshot = self.newest.snapshot if self.newest else None
        if snapshot is not None:
            self._chosen = self._chosen.next_netns(snapshot)
            self._say(self._chosen.netns_text(snapshot))

    def action_own_scale(self) -> None:
        """Common scale or one for each graph."""
        self._switch(own_scale=not self._chosen.toggles.own_scale)

    def action_zeros(self) -> None:
        """Counters at zero, or without them."""
        self._switch(hide_zeros=not self._chosen.toggles.hide_zeros)

    def action_all_associations(self) -> None:
        """Events of all associations, or of the one under the cursor."""
        self._switch(all_associations=not self._chosen.toggles.all_associations)

    def action_event_filter(self) -> None:
        """The next choice of events."""
        self._switch(event_filter=next_filter(self._chosen.toggles.event_filter))

    def _switch(self, **toggles: Any) -> None:
        self._chosen = self._chosen.switched(**toggles)
        self._draw()

    def _choose(self, **changes: Any) -> None:
        self._chosen = replace(self._chosen, **changes)
        self._draw()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette offers what the keys do."""
        for binding in self.KEYS:
            if binding.id not in NO_COMMANDS:
                title = explained(binding, self._options.live)
                yield SystemCommand(title, f"key {binding.key}", lambda do=binding.action: self._run(do))

    def _run(self, action: str) -> None:
        self.call_later(self.run_action, action)

    # What the parts of the screen ask for.

    @on(AssociationTable.SortAsked)
    def _sort_asked(self, message: AssociationTable.SortAsked) -> None:
        self._sorted(self._chosen.sorted_by(message.field))

    @on(AssociationTable.Opened)
    def _opened(self) -> None:
        self.action_details()

    @on(FilterBar.Changed)
    def _filter_changed(self, message: FilterBar.Changed) -> None:
        self._choose(filter=message.chosen)

    @on(FilterBar.Refused)
    def _filter_refused(self, message: FilterBar.Refused) -> None:
        before = self._chosen.filter
        kept = f"filter stays {before.text}" if before.alternatives else "no filter"
        self._say(f"{message.problem}; {kept}")

    @on(FilterBar.Closed)
    def _filter_closed(self) -> None:
        self._table.focus()
        self._draw()

    def _sort_chosen(self, field: Field | None) -> None:
        if field is not None and field != self._chosen.order.field:
            self._sorted(self._chosen.sorted_by(field))

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
            newest=self.newest.within(self._chosen.netns) if self.newest else None,
            held=None,
            interval_s=self._options.interval_s,
            chosen=self._chosen,
            notice=self._notice,
            keys=self.KEYS,
            paused=self.paused,
        )

    def _draw(self) -> None:
        """Put what is known now on the screen."""
        if not self.screen_stack:
            return
        self._dashboard.paint(self._picture())
        for screen in self.screen_stack[1:]:
            if isinstance(screen, Popup) and self.reading is not None and screen.is_mounted:
                screen.update(self.reading)

    def _handle_exception(self, error: Exception) -> None:
        """Leave in order: the terminal restored, no traceback for the user."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.failure = self.failure or error
        self._return_code = 1
        self._close_messages_no_wait()
