"""The screen behind the popups: puts a picture on its lines, table and view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from sctptop.fields.arranger import Arranger
from sctptop.fields.ends import remote_end, this_end
from sctptop.fields.field import Field
from sctptop.model.associations.row import Row
from sctptop.model.snapshot import Snapshot
from sctptop.recording.status import Status
from sctptop.tui.choices import Chosen
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.keys import footer
from sctptop.tui.views.drawing import DRAWS
from sctptop.tui.views.scene import Scene
from sctptop.tui.views.timed.pointing import pointed_text
from sctptop.tui.views.timed.window import TimeWindow
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.filter_bar import FilterBar
from sctptop.tui.widgets.line_panel import Drawing, LinePanel
from sctptop.tui.widgets.status_line import StatusLine
from sctptop.tui.words import headline
from sctptop.tui.words.advice_text import NO_ADVICE, advice_line
from sctptop.tui.words.empty_states import explanation
from sctptop.tui.words.line import Line, line, spread

FIXED_LINES = 4
"""Header, totals, tabs and keys."""
TABLE_SHARE = 0.45
TABLE_LEAST = 5
EMPTY_LINES = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """All that decides what is on the screen. ``held`` is the reading of a pause."""

    newest: Reading | None
    held: Reading | None
    interval_s: float
    chosen: Chosen
    notice: str = ""
    keys: Sequence[Binding] = ()
    paused: bool = False
    recording: Status = field(default_factory=Status)

    @property
    def reading(self) -> Reading | None:
        """What is shown: the newest, or that of the pause."""
        return self.held or self.newest

    @property
    def snapshot(self) -> Snapshot | None:
        """What is shown, once there is anything."""
        return self.reading.snapshot if self.reading else None


class Dashboard(Vertical):
    """Only draws; what keys do is the app's."""

    def __init__(self, columns: tuple[Field, ...] | None) -> None:
        super().__init__(id="dashboard")
        self._chosen_columns = columns
        self._picture: Picture | None = None
        self._arranger = Arranger()
        self._lines: tuple[Snapshot | None, bool, tuple[Row, ...]] = (None, False, ())
        self._most_rows = 0
        self._drawn = ""
        """The view that was drawn last."""
        self._parts = 0
        self._advised = False
        self.advice_at: int | None = None
        """Which line above the table is the worst advice."""
        self.window: TimeWindow | None = None
        """The readings that the view shows."""
        self.scene: Scene | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield StatusLine(id="header")
        yield LinePanel(id="troubles")
        yield StatusLine(id="totals")
        yield FilterBar(id="filter-bar")
        yield StatusLine(id="filter-line")
        yield AssociationTable(self._chosen_columns, id="table")
        yield LinePanel(id="empty")
        yield StatusLine(id="tabs")
        yield LinePanel(id="view")
        yield StatusLine(id="footer")

    def on_mount(self) -> None:
        """Keys go to the table or the view."""
        for name in ("troubles", "empty"):
            self._panel(name).can_focus = False
        self.table.focus()
        self._parts = len(self.children)
        self._repaint()

    def on_resize(self) -> None:
        """Share the height anew."""
        self._most_rows = 0
        self._drawn = ""
        """The view that was drawn last."""
        self.call_after_refresh(self._repaint)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Whoever clicks elsewhere has done with the filter, also where no key can go."""
        bar = self.query_one(FilterBar)
        if bar.display and not bar.region.contains(event.screen_x, event.screen_y):
            # Not at once: what it then says would be ours, and go no further than to us.
            bar.call_next(bar.leave)

    @property
    def table(self) -> AssociationTable:
        """The associations."""
        return self.query_one(AssociationTable)

    @property
    def in_view(self) -> bool:
        """Whether keys go to the view."""
        return self._panel("view").has_focus

    @property
    def typing(self) -> bool:
        """Whether a filter is being typed."""
        return self.query_one(FilterBar).display

    def paint(self, picture: Picture) -> None:
        """Show this; only what differs from before is redrawn."""
        self._picture = picture
        if not self._parts or len(self.children) < self._parts:
            # A reading may come before our parts are there, and as they go.
            return
        reading, width = picture.reading, self.size.width
        held = picture.held.snapshot.sample if picture.held and picture.held.snapshot else None
        self._status("header").show(
            headline.header(picture.newest, picture.interval_s, held, picture.recording, width)
        )
        troubles = headline.troubles(picture.newest, picture.recording)
        advice = advice_line(reading.snapshot, width) if reading and reading.snapshot else None
        # Once there it keeps its place: nothing below it may move for a word that comes and goes.
        self._advised = self._advised or advice is not None
        if self._advised:
            troubles.append(advice or NO_ADVICE)
        self.advice_at = len(troubles) - 1 if advice else None
        self._panel("troubles").show(Drawing(body=troubles))
        self._panel("troubles").display = bool(troubles)
        self._status("totals").show(headline.totals(reading, picture.chosen.both_ends, width))
        chosen, lines = picture.chosen, self._lines_of(picture)
        rows = self._arranger.arranged(lines, chosen.order, chosen.filter)
        self._paint_filter_line(picture, len(rows), len(lines))
        empty = None if rows else explanation(reading, chosen.selectors, chosen.filter, lines, width)
        self._share_height(len(rows), len(troubles), empty is not None)
        if reading is not None and reading.snapshot is not None:
            self.table.show(reading.snapshot, rows, chosen.order, both_ends=chosen.both_ends)
        self._show_empty(empty, reading)
        self.paint_keys(picture)
        self.paint_view()

    def paint_keys(self, picture: Picture) -> None:
        """The tabs with the notice, and the footer."""
        text, buttons = headline.tabs(picture.chosen.view.id, self.size.width)
        told, more = headline.notice(picture.notice, self.size.width)
        self._status("tabs").show(told if more else spread(text, told, self.size.width), buttons)
        if more:
            # It goes away soon, and the keys come back.
            self._status("footer").show(more)
            return
        recording, width = picture.recording.on, self.size.width
        keys, buttons = footer(
            picture.keys, picture.paused, self.in_view, recording, width, picture.chosen.at_s is not None
        )
        self._status("footer").show(keys, buttons)

    @on(AssociationTable.Moved)
    @on(LinePanel.Resized, "#view")
    def paint_view(self) -> None:
        """The view of the association under the cursor."""
        picture, panel = self._picture, self._panel("view")
        reading = picture.reading if picture else None
        drawable = panel.size.width and panel.display
        if picture is None or reading is None or reading.snapshot is None or not drawable:
            panel.show(Drawing())
            self.window = self.scene = None
            return
        row = reading.snapshot.row(self.table.cursor)
        title = picture.chosen.view.title
        if picture.chosen.view.shared and picture.chosen.toggles.all_associations:
            title += "  all associations"
        elif row is not None:
            title += f"  {this_end(row)} → {remote_end(row)}" + (f"  {row.why_ended}" if row.ended else "")
        panel.entitle(title)
        room, height = panel.room, panel.size.height
        chosen = picture.chosen
        scene = Scene(reading, reading.snapshot, row, room, height, chosen.toggles, chosen.at_s)
        self.window, self.scene = scene.window, scene
        panel.subtitled(pointed_text(scene.window, picture.chosen.view))
        fresh, self._drawn = self._drawn != chosen.view.id, chosen.view.id
        panel.show(DRAWS[chosen.view.id](scene), fresh)

    @on(FilterBar.Grown)
    def _repaint(self) -> None:
        if self._picture is not None:
            self.paint(self._picture)

    def _lines_of(self, picture: Picture) -> tuple[Row, ...]:
        """The same tuple for the same picture, so that a key that changes nothing of it sorts nothing."""
        snapshot, both = picture.snapshot, picture.chosen.both_ends
        if self._lines[0] is not snapshot or self._lines[1] != both:
            self._lines = (snapshot, both, picture.chosen.lines(snapshot))
        return self._lines[2]

    def _status(self, name: str) -> StatusLine:
        return self.query_one(f"#{name}", StatusLine)

    def _panel(self, name: str) -> LinePanel:
        return self.query_one(f"#{name}", LinePanel)

    def _paint_filter_line(self, picture: Picture, shown: int, of: int) -> None:
        snapshot, chosen = picture.snapshot, picture.chosen
        hidden = snapshot.hidden if snapshot else 0
        within = None if chosen.netns is None or not snapshot else snapshot.namespace_label(chosen.netns)
        text = headline.filter_line(chosen.filter.text, shown, of, hidden, within)
        bar = self._status("filter-line")
        bar.display = text is not None and not self.typing
        bar.show(text or line())

    def _show_empty(self, empty: list[Line] | None, reading: Reading | None) -> None:
        blind = bool(empty and reading and reading.snapshot and not reading.snapshot.sample.watchable)
        panel, table = self._panel("empty"), self.table
        panel.show(Drawing(body=empty or ()))
        if table.display != (empty is None):
            focused = table.has_focus
            if focused and empty is not None:
                # Hidden with the focus it would pass it to the view, and Esc would only come back here.
                self.screen.set_focus(None)
            table.display, panel.display = empty is None, empty is not None
            if table.display and (focused or self.screen.focused is None):
                table.focus()
        for name in ("tabs", "view"):
            self.query_one(f"#{name}").display = not blind
        panel.styles.height = "1fr" if blind else table.styles.height

    def _share_height(self, rows: int, troubles: int, empty: bool) -> None:
        """The table grows with its rows up to its share, and shrinks only when the screen does."""
        typed = self.query_one(FilterBar).lines if self.typing else 0
        extra = min(troubles, 4) + self._status("filter-line").display + typed
        room = max(self.size.height - FIXED_LINES - extra, 4)
        self._most_rows = max(self._most_rows, rows, EMPTY_LINES if empty else 0)
        least = min(TABLE_LEAST, room // 2)
        height = max(least, min(int(room * TABLE_SHARE), self._most_rows + 1))
        before = self.table.styles.height
        if before is None or before.value != height:
            self.table.styles.height = height
