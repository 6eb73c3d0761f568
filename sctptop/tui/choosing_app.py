"""What keys and clicks choose to see: view, order, filter, network namespace, toggles; a notice confirms each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual import on
from textual.timer import Timer

from sctptop.errors import SctptopError
from sctptop.fields.field import Field
from sctptop.fields.filter import EVERYTHING
from sctptop.model.advice.alarms import Alarm
from sctptop.model.advice.given import Advice
from sctptop.options import Options
from sctptop.terminal_text import printable
from sctptop.tui.choices import Chosen, chosen_by, opening_view
from sctptop.tui.custom_app import CustomApp
from sctptop.tui.dashboard import Dashboard, Picture
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.key_groups import elsewhere
from sctptop.tui.screens.details import DetailsScreen
from sctptop.tui.screens.ladder import LadderScreen
from sctptop.tui.screens.sort import SortScreen
from sctptop.tui.views.alarms import chosen_alarm
from sctptop.tui.views.events import next_filter
from sctptop.tui.views.registration import chosen_registration, next_kind
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.filter_bar import FilterBar
from sctptop.tui.widgets.line_panel import LinePanel
from sctptop.tui.words.headline import notice_s
from sctptop.tui.words.host_state import association_of, kind_of
from sctptop.views import view


class ChoosingApp(CustomApp):
    """Holds what is chosen and the newest reading; SctptopApp draws them."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._options = options
        self._chosen = chosen_by(options)
        self._opening = not options.view
        """The view is still the dashboard's to choose: nobody did, nothing was worth one, and no key was pressed."""
        self.newest: Reading | None = None
        self._notice = ""
        self._hushing: Timer | None = None

    @property
    def reading(self) -> Reading | None:
        """What is on the screen."""
        return self.newest

    @property
    def _dashboard(self) -> Dashboard:
        return self.screen_stack[0].query_one(Dashboard)

    @property
    def _table(self) -> AssociationTable:
        return self._dashboard.table

    def _picture(self) -> Picture:
        """All that decides what is on the screen."""
        raise NotImplementedError

    def _draw(self) -> None:
        """Put what is known now on the screen."""
        raise NotImplementedError

    # What the keys do.

    def action_view(self, name: str) -> None:
        """Show another view."""
        self._picked.add("view")
        self._opening = False
        self._choose(view=view(name))

    def action_other_half(self) -> None:
        """Keys go to the view, or back to the table."""
        target = "#table" if self._dashboard.in_view else "#view"
        self.query_one(target).focus()
        self.call_after_refresh(self._draw)

    def action_filter(self) -> None:
        """Open the filter line."""
        self._notice = ""
        rows = self._chosen.lines(self.reading.snapshot if self.reading else None)
        self.query_one(FilterBar).open(self._chosen.filter, rows)
        self._draw()

    def action_clear_filter(self) -> None:
        """Back to the table; there, show everything again."""
        if self._dashboard.in_view:
            self.query_one("#table").focus()
        elif self._chosen.filter.test:
            self._choose(filter=EVERYTHING)
        else:
            self._say("nothing to go back from: no filter is set")

    def action_details(self) -> None:
        """Every field of the association under the cursor; in the view what the line chosen there leads to."""
        cursor = self.query_one("#view", LinePanel).cursor if self._dashboard.in_view else None
        reading = self.reading
        snapshot = reading.snapshot if reading else None
        if reading is not None and snapshot is not None and cursor is not None:
            if self._chosen.view.id == "registration":
                chosen = chosen_registration(snapshot.registrations, cursor)
                if chosen is not None:
                    self.push_screen(LadderScreen(chosen, reading))
                    return
            if self._chosen.view.id == "alarms" and (alarm := chosen_alarm(snapshot, cursor)):
                self.go_to(alarm)
                return
        if reading is not None and self._table.cursor is not None:
            together = self._chosen.both_ends
            self.push_screen(DetailsScreen(reading, self._table.cursor, together=together))
        else:
            self._say("there is no association under the cursor")

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
        self._picked.add("sort")
        self._chosen = chosen
        self._say(chosen.order_text)

    def action_both_ends(self) -> None:
        """One line for both ends of an association, or one for each."""
        self._picked.add("both_ends")
        self._chosen = replace(self._chosen, both_ends=not self._chosen.both_ends)
        self._say(self._chosen.ends_text(self.reading.snapshot if self.reading else None))

    def action_next_netns(self) -> None:
        """The next network namespace; after the last all of them."""
        snapshot = self.newest.snapshot if self.newest else None
        if snapshot is not None:
            self._chosen = self._chosen.next_netns(snapshot)
            self._say(self._chosen.netns_text(snapshot))

    def action_own_scale(self) -> None:
        """Common scale or one for each graph."""
        if self._acts_here("scale"):
            self._switch(own_scale=not self._chosen.toggles.own_scale)

    def action_overlay(self) -> None:
        """Graphs over each other, or each below the other."""
        if self._acts_here("overlay"):
            self._switch(overlaid=not self._chosen.toggles.overlaid)

    def action_zeros(self) -> None:
        """Counters at zero, or without them."""
        if self._acts_here("zeros"):
            self._switch(hide_zeros=not self._chosen.toggles.hide_zeros)

    def action_all_associations(self) -> None:
        """Events of all associations, or of the one under the cursor."""
        if self._acts_here("events.all"):
            self._switch(all_associations=not self._chosen.toggles.all_associations)

    def action_event_filter(self) -> None:
        """The next choice of events."""
        if self._acts_here("events.filter"):
            self._switch(event_filter=next_filter(self._chosen.toggles.event_filter))

    def action_next_kind(self) -> None:
        """The next kind of registration; after the last all of them."""
        snapshot = self.reading.snapshot if self.reading else None
        if snapshot is None or not self._acts_here("kinds"):
            return
        kind = next_kind(snapshot.registrations, self._chosen.toggles.kind)
        if kind == self._chosen.toggles.kind:
            self._say("there are no registrations of several kinds")
            return
        self._switch(kind=kind)

    def action_keep(self) -> None:
        """What was chosen on the screen becomes a setting."""
        told = self.chosen_settings(self._chosen, self._period_s)
        if not told:
            self._say(
                "nothing was chosen on the screen yet: view, order, period, scale, zeros, both ends, colours"
            )
        elif self.keep is None:
            self._say("settings cannot be kept: there is no file of them (--config none)")
        else:
            try:
                self._say(f"{', '.join(told)} kept in {self.keep(told)}")
            except SctptopError as error:
                self._say(f"not kept: {error}")

    @property
    def _period_s(self) -> float:
        return self._options.interval_s

    def _acts_here(self, name: str) -> bool:
        """Whether a key acts in the view that is shown; else a notice says where it does."""
        where = elsewhere(name, self._chosen.view.id)
        if where:
            self._say(f"that key acts in {where}")
        return not where

    def _open_where_the_answer_is(self) -> None:
        """Once: a view that changed by itself while it is read would be in the way."""
        snapshot = self.newest.snapshot if self.newest and self._opening else None
        if snapshot is not None and (found := opening_view(snapshot)) is not None:
            self._opening = False
            self._chosen = replace(self._chosen, view=found)

    def _switch(self, **toggles: Any) -> None:
        self._picked.update(toggles)
        self._chosen = self._chosen.switched(**toggles)
        self._draw()

    def _choose(self, **changes: Any) -> None:
        self._chosen = replace(self._chosen, **changes)
        self._draw()

    # What clicks, choices and the filter line ask for.

    def go_to(self, trouble: Advice | Alarm) -> None:
        """To the association that it is on, and the view that shows it."""
        snapshot = self.reading.snapshot if self.reading else None
        if snapshot is None:
            return
        key = association_of(snapshot, trouble)
        self._choose(view=view(kind_of(snapshot, trouble).view))
        if key is None:
            self._say("no association of it is here now")
        elif not self._table.go_to(key):
            hidden = (
                "the filter hides its association" if self._chosen.filter.test else "its association is gone"
            )
            self._say(hidden)

    @on(LinePanel.Clicked, "#troubles")
    def _advice_clicked(self, message: LinePanel.Clicked) -> None:
        snapshot = self.reading.snapshot if self.reading else None
        if snapshot is not None and message.index == self._dashboard.advice_at:
            self.go_to(snapshot.advice[0])

    @on(LinePanel.Clicked, "#view")
    async def _line_clicked(self, message: LinePanel.Clicked) -> None:
        if message.times == 2 and message.key is not None:
            await self.run_action("details")

    @on(AssociationTable.SortAsked)
    def _sort_asked(self, message: AssociationTable.SortAsked) -> None:
        self._sorted(self._chosen.sorted_by(message.field))

    @on(FilterBar.Changed)
    def _filter_changed(self, message: FilterBar.Changed) -> None:
        self._choose(filter=message.chosen)

    @on(FilterBar.Refused)
    def _filter_refused(self, message: FilterBar.Refused) -> None:
        before = self._chosen.filter
        kept = f"filter stays {before.text}" if before.test else "no filter"
        self._say(f"{message.problem}; {kept}")

    @on(FilterBar.Closed)
    def _filter_closed(self) -> None:
        if not self._dashboard.in_view:
            self._table.focus()
        self._draw()

    def _sort_chosen(self, field: Field | None) -> None:
        if field == self._chosen.order.field:
            self._say(f"still {self._chosen.order_text}")
        elif field is not None:
            self._sorted(self._chosen.sorted_by(field))

    def _say(self, notice: str) -> None:
        self._notice = printable(notice)
        if self._hushing is not None:
            # The timer of an older notice would take this one away early.
            self._hushing.stop()
        self._hushing = self.set_timer(notice_s(notice), self._hush)
        self._draw()

    def _hush(self) -> None:
        self._notice = ""
        if self.screen_stack:
            self._dashboard.paint_keys(self._picture())
