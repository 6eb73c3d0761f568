"""The table of associations: any number of rows, a cursor that stays with its association."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sctptop.fields.field import Field
from sctptop.fields.ordering import BY_TROUBLE, Order
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.snapshot import Snapshot
from sctptop.tui.widgets.association_line import alive, ended, head
from sctptop.tui.widgets.columns import MARGIN, Column, Contents, contents, lay_out
from sctptop.tui.widgets.first_row import stays
from sctptop.tui.words.line import BLANK, Line, Span, differing, fit, highlighted, line, plain, to_strip

SIDEWAYS = 8
"""Columns at a key."""
ASKED = 512
"""So many rows are asked at a picture what they hold."""


class AssociationTable(ScrollView, can_focus=True):
    """Draws the rows it is given, in their order."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="table.up", show=False),
        Binding("down,j", "move(1)", "Down", id="table.down", show=False),
        Binding("pageup", "move_page(-1)", "Page up", id="table.page_up", show=False),
        Binding("pagedown", "move_page(1)", "Page down", id="table.page_down", show=False),
        Binding("home", "move_edge(-1)", "First row", id="table.first", show=False),
        Binding("end", "move_edge(1)", "Last row", id="table.last", show=False),
        Binding("left", "scroll_left", "Scroll left", id="table.left", show=False),
        Binding("right", "scroll_right", "Scroll right", id="table.right", show=False),
    ]

    class Moved(Message):
        """The cursor is on another association, or on none."""

    class SortAsked(Message):
        """A header was clicked."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    class Opened(Message):
        """A double click: more of the association under the cursor."""

    def __init__(self, columns: Sequence[Field] | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id, classes=None if columns is None else "chosen")
        self._chosen = columns
        self._columns: tuple[Column, ...] = ()
        self._rows: Sequence[Row] = ()
        self._places: dict[Key, int] = {}
        self._snapshot: Snapshot | None = None
        self._held = Contents()
        self._asked = -ASKED
        self._order = BY_TROUBLE
        self._cursor: Key | None = None
        self._home: Key | None = None
        self._place = 0
        self._on_screen: dict[int, Line] = {}
        self._made: dict[int, Line] = {}

    @property
    def cursor(self) -> Key | None:
        """The key of the association under the cursor."""
        return self._cursor

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns as laid out now."""
        return self._columns

    @property
    def rows(self) -> Sequence[Row]:
        """What is shown, in order."""
        return self._rows

    def show(self, snapshot: Snapshot, rows: Sequence[Row], order: Order, *, both_ends: bool = False) -> None:
        """Draw these rows of a snapshot. ``both_ends``: each has the other end on its line."""
        same_order = order == self._order
        self._snapshot, self._rows, self._order = snapshot, rows, order
        self._held = contents(snapshot, self._in_turn(rows), self._held, both_ends)
        self._places = {row.key: place for place, row in enumerate(rows)}
        before = self._cursor
        home = self._home
        if home is None and rows:
            held = self._places.get(before, -1) if before is not None and same_order else -1
            home = rows[held if stays(rows, held, order, self.size.height - 1) else 0].key
        if home not in self._places and (row := snapshot.row(home)) and row.other_end:
            # Folded into the line of its other end, it is under the cursor still.
            home = row.other_end.key
        if home in self._places:
            self._cursor = home
        if self._cursor in self._places:
            self._place = self._places[self._cursor]
        elif rows:
            # Its association is gone: the one that took its place in the order is next to it.
            self._place = min(self._place, len(rows) - 1)
            self._cursor = rows[self._place].key
        else:
            self._cursor = None
        self._measure()
        self._follow()
        self._made.clear()
        self._redraw()
        if self._cursor != before:
            self.post_message(self.Moved())

    def _in_turn(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Those that are asked what they hold: of many only some at each picture, one after the other."""
        if len(rows) <= ASKED:
            return rows
        self._asked = (self._asked + ASKED) % len(rows)
        return rows[self._asked : self._asked + ASKED]

    @property
    def room(self) -> int:
        """Columns beside the scrollbar, whether it is there or not."""
        return self.scrollable_content_region.width

    def line_at(self, y: int) -> str:
        """The characters of a line on the screen, the header being line 0."""
        return plain(self._line(y))

    def row_text(self) -> str:
        """The titles and the row under the cursor; empty where there is none."""
        if self._cursor is None:
            return ""
        return f"{self.line_at(0)}\n{plain(self._row(self._place))}"

    def render_line(self, y: int) -> Strip:
        """One line of the table for Textual."""
        text = self._on_screen[y] = self._line(y)
        width, room = max(self.room, self.virtual_size.width), self.room
        left = self.scroll_offset.x
        strip = to_strip(text, width, self.rich_style).crop(left, left + room)
        if y or width <= room:
            return strip
        # Columns that are not in sight: the scrollbar of a table is not always there.
        before, behind = (
            to_strip(line((sign, "name")) if there else BLANK, int(there), self.rich_style)
            for sign, there in (("‹", left > 0), ("›", left + room < width))
        )
        middle = strip.crop(before.cell_length, room - behind.cell_length)
        return Strip.join([before, middle, behind])

    def go_to(self, key: Key) -> bool:
        """Put the cursor on that association, or on the line of its other end; False where it is not in the table."""
        place = self._places.get(key)
        if place is None:
            ends = (at for at, row in enumerate(self._rows) if row.other_end and row.other_end.key == key)
            place = next(ends, None)
        if place is not None:
            self._go(place)
        return place is not None

    def action_scroll_left(self) -> None:
        """Columns before those in sight, also where a table that is too wide has no scrollbar."""
        self._sideways(-1)

    def action_scroll_right(self) -> None:
        """Columns behind them."""
        self._sideways(1)

    def _sideways(self, step: int) -> None:
        self.scroll_to(x=self.scroll_x + step * SIDEWAYS, animate=False, force=True)

    def action_move(self, step: int) -> None:
        """Put the cursor that many rows further."""
        self._go(self._place + step)

    def action_move_page(self, step: int) -> None:
        """By a screenful."""
        self._go(self._place + step * max(1, self.size.height - 2))

    def action_move_edge(self, step: int) -> None:
        """To the first or last row."""
        self._go(0 if step < 0 else len(self._rows) - 1)

    def action_open(self) -> None:
        """Ask for more of the association under the cursor."""
        if self._cursor is not None:
            self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """A header sorts, a row is selected; twice opens it."""
        x = event.x + self.scroll_offset.x
        if event.y == 0:
            if x < MARGIN:
                self.post_message(self.SortAsked(BY_TROUBLE.field))
            for column in self._columns:
                if column.field is not None and column.x <= x <= column.x + column.width:
                    self.post_message(self.SortAsked(column.field))
            return
        place = event.y - 1 + self.scroll_offset.y
        if place < len(self._rows):
            self._go(place)
            if event.chain == 2:
                self.action_open()

    def on_resize(self) -> None:
        """Other columns may fit."""
        self._measure()
        self._follow()
        self._made.clear()
        self._redraw()

    def on_focus(self) -> None:
        """The cursor shows whether keys go here."""
        self._made.clear()
        self._redraw()

    def on_blur(self) -> None:
        """The same when they no longer do."""
        self._made.clear()
        self._redraw()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows come into sight."""
        self._made.clear()
        super().watch_scroll_y(old_value, new_value)

    def _go(self, place: int) -> None:
        if not self._rows:
            return
        place = max(0, min(len(self._rows) - 1, place))
        key = self._home = self._rows[place].key
        if key == self._cursor:
            return
        self._place, self._cursor = place, key
        self._follow()
        self._made.clear()
        self._redraw()
        self.post_message(self.Moved())

    def _measure(self) -> None:
        self._columns = lay_out(self.room, self._chosen, self._held)
        last = self._columns[-1]
        self.virtual_size = Size(last.x + last.width, len(self._rows) + 1)

    def _follow(self) -> None:
        """Keep the cursor in sight."""
        room = self.size.height - 1
        if room <= 0:
            return
        top = self.scroll_offset.y
        if self._place < top:
            self.scroll_to(y=self._place, animate=False, force=True)
        elif self._place >= top + room:
            self.scroll_to(y=self._place - room + 1, animate=False, force=True)

    def _redraw(self) -> None:
        if not self._columns:
            return
        width = max(self.room, self.virtual_size.width)
        left = self.scroll_offset.x
        changed = [
            Region(x - left, y, size, 1)
            for y in range(self.size.height)
            for x, size in differing(self._on_screen.get(y), self._line(y), width)
        ]
        if changed:
            self.refresh(*changed)

    def _line(self, y: int) -> Line:
        made = self._made.get(y)
        if made is None:
            made = self._made[y] = (
                head(self._columns, self._order) if y == 0 else self._row(y - 1 + self.scroll_offset.y)
            )
        return made

    def _row(self, place: int) -> Line:
        if place >= len(self._rows):
            return BLANK
        row = self._rows[place]
        at_cursor = row.key == self._cursor
        spans = [Span("▸" if at_cursor else " ", "name")]
        spans.extend(ended(self._columns, row) if row.ended else alive(self._columns, row, self._snapshot))
        if not at_cursor:
            return tuple(spans)
        width = max(self.room, self.virtual_size.width)
        return highlighted(fit(tuple(spans), width), "cursor" if self.has_focus else "idle")
