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

from sctptop.fields import Field
from sctptop.filter import EVERYTHING
from sctptop.options import Options
from sctptop.ordering import natural
from sctptop.tui import headline
from sctptop.tui.dashboard import Dashboard, Picture
from sctptop.tui.feed import Feed
from sctptop.tui.keys import NO_COMMANDS, explained
from sctptop.tui.reading import Arrived, Reading
from sctptop.tui.screens.advice import AdviceScreen
from sctptop.tui.screens.details import DetailsScreen
from sctptop.tui.screens.help import HelpScreen
from sctptop.tui.screens.ladder import LadderScreen
from sctptop.tui.screens.popup import Popup
from sctptop.tui.screens.sort import SortScreen
from sctptop.tui.views.events import next_filter
from sctptop.tui.views.registration import chosen_registration
from sctptop.tui.views.registry import view
from sctptop.tui.views.scene import Toggles
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.filter_bar import FilterBar
from sctptop.tui.widgets.line_panel import LinePanel

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
        self._order = options.order
        self._filter = options.filter
        self._both_ends = options.both_ends
        self._view = view(options.view)
        self._toggles = Toggles()
        self._netns: int | None = None
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
        if self._netns is not None and snapshot is not None and self._netns not in snapshot.namespaces:
            self._netns = None
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
        self._view = view(name)
        self._draw()

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

    def action_both_ends(self) -> None:
        """One line for both ends of an association, or one for each."""
        self._both_ends = not self._both_ends
        totals = self.reading.snapshot.totals if self.reading and self.reading.snapshot else None
        if not self._both_ends:
            self._say("each end on its own line")
        elif totals is not None and totals.distinct == totals.associations:
            self._say("both ends on one line; now no association has both here")
        else:
            self._say("both ends on one line")

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
        if snapshot is None or self._view.id != "registration" or not self._dashboard.in_view:
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
        if snapshot is None:
            return
        known = snapshot.namespaces
        later = [netns for netns in known if self._netns is None or netns > self._netns]
        self._netns = later[0] if later and len(known) > 1 else None
        if self._netns is not None:
            self._say(f"network namespace {snapshot.namespace_label(self._netns)} only")
        elif len(known) > 1:
            self._say(f"all {len(known)} network namespaces")
        else:
            told = snapshot.sample.sources.get("netns", "")
            self._say(f"one network namespace; {told}" if told.startswith("off") else "one network namespace")

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
        for binding in self.KEYS:
            if binding.id not in NO_COMMANDS:
                title = explained(binding, self._options.live)
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
            newest=self.newest.within(self._netns) if self.newest else None,
            held=None,
            interval_s=self._options.interval_s,
            order=self._order,
            filter=self._filter,
            selectors=self._options.selectors,
            view=self._view,
            toggles=self._toggles,
            notice=self._notice,
            keys=self.KEYS,
            paused=self.paused,
            netns=self._netns,
            both_ends=self._both_ends,
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
