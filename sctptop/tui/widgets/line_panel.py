"""A box of lines that scrolls: fixed ones at the head and foot, the others between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sctptop.terminal_text import printable
from sctptop.tui.words.line import (
    BLANK,
    Line,
    differing,
    fit,
    highlighted,
    line,
    plain,
    timed_from,
    to_strip,
    wrapped,
)


@dataclass(frozen=True, slots=True)
class Note:
    """Makes ``lines`` from ``index`` on selectable, explained if there is a ``text``; ``key`` stays when they move."""

    index: int
    key: str
    text: str
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a view wants on the screen. With ``notes`` there is a cursor that walks from one to the next.

    ``follow`` keeps the last line in sight until the user scrolls up, and again once back at the end. ``titles`` are
    those lines of the body that head a table: the one whose table is in sight stays at the top. ``sight``: a
    line of the body to keep in sight. ``times``: those of the columns along time, where these are no readings.
    """

    body: Sequence[Line] = ()
    head: Sequence[Line] = ()
    foot: Sequence[Line] = ()
    notes: Sequence[Note] = ()
    follow: bool = False
    titles: Sequence[int] = ()
    sight: int | None = None
    times: Sequence[float | None] = ()


class LinePanel(ScrollView, can_focus=True):
    """Shows a Drawing and redraws only lines that changed."""

    EXPLANATION_LINES = 2

    class Resized(Message):
        """Another drawing may fit."""

        def __init__(self, panel: LinePanel) -> None:
            super().__init__()
            self.panel = panel

        @property
        def control(self) -> LinePanel:
            """Whose size it is."""
            return self.panel

    class Clicked(Message):
        """A line of the body; ``key`` is that of its note, if it has one, ``times`` 2 of a double click."""

        def __init__(self, panel: LinePanel, index: int, key: str | None, times: int) -> None:
            super().__init__()
            self.panel, self.index, self.key, self.times = panel, index, key, times

        @property
        def control(self) -> LinePanel:
            """Where it is."""
            return self.panel

    class Pointed(Message):
        """A click on what stands along time: on which column of it."""

        def __init__(self, panel: LinePanel, column: int, times: Sequence[float | None]) -> None:
            super().__init__()
            self.panel, self.column, self.times = panel, column, times

        @property
        def control(self) -> LinePanel:
            """Where it was."""
            return self.panel

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "move_page(-1)", "Page up", show=False),
        Binding("pagedown", "move_page(1)", "Page down", show=False),
        Binding("home", "move_edge(-1)", "First line", show=False),
        Binding("end", "move_edge(1)", "Last line", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawing = Drawing()
        self._entitled = self._subtitled = ""
        self._cursor: str | None = None
        self._foot: list[Line] = []
        self._on_screen: dict[int, Line] = {}
        self._at_end = False

    def entitle(self, title: str) -> None:
        """Put it into the frame as it stands: a name in it is no markup."""
        if self._entitled != title:
            self._entitled = title
            self.border_title = Content(printable(title))

    def subtitled(self, text: str) -> None:
        """Put that into the lower edge of the frame."""
        if self._subtitled != text:
            self._subtitled = text
            self.border_subtitle = Content(printable(text))

    def show(self, drawing: Drawing, fresh: bool = False) -> None:
        """Draw this from now on. ``fresh``: it is another thing than before, seen from its beginning, or its end."""
        other = fresh or drawing.follow != self._drawing.follow
        self._drawing = drawing
        if other:
            self._at_end = drawing.follow
        self._lay_out()
        if drawing.sight is not None:
            self._bring(drawing.sight)
        elif other and not drawing.follow:
            self.scroll_to(y=0, animate=False, force=True)

    def _bring(self, index: int) -> None:
        """Into the middle, unless it is in sight."""
        top, room = self.scroll_offset.y, self._height()
        if not top <= index < top + room:
            self.scroll_to(y=max(index - room // 2, 0), animate=False, force=True)

    @property
    def cursor(self) -> str | None:
        """The key of the note under the cursor."""
        note = self._note()
        return note.key if note else None

    @property
    def room(self) -> int:
        """Columns beside the scrollbar, whether it is there or not."""
        return self.scrollable_content_region.width

    def text(self) -> str:
        """All that is in the box, on the screen or not."""
        lines = (*self._drawing.head, *self._drawing.body, *self._foot)
        return "\n".join(plain(text) for text in lines)

    def render_line(self, y: int) -> Strip:
        """One line of the box for Textual."""
        text = self._on_screen[y] = self._line(y)
        # With the gutter in it: Textual would add that as a piece of its own, or not, by what it drew before.
        return to_strip(fit(text, self.room), max(self.room, self.size.width), self.rich_style)

    def action_move(self, step: int) -> None:
        """Walk by notes where there are some, else scroll."""
        notes = self._drawing.notes
        if not notes:
            self.scroll_to(y=self.scroll_y + step, animate=False)
            return
        note = self._note()
        place = notes.index(note) if note else 0
        self._go(notes[max(0, min(len(notes) - 1, place + step))])

    def action_move_page(self, step: int) -> None:
        """By what fits between head and foot, to a note that is about so far away."""
        size, notes, note = max(1, self._height() - 1), self._drawing.notes, self._note()
        if note is not None and any(one.lines > 1 for one in notes):
            place = notes.index(note)
            there = notes[place:] if step > 0 else notes[place::-1]
            size = max(sum(abs(one.index - note.index) <= size for one in there) - 1, 1)
        self.action_move(step * size)

    def action_move_edge(self, step: int) -> None:
        """To the first or last line."""
        self.action_move(step * 1_000_000)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the line clicked."""
        index = self._index(event.y - self.gutter.top)
        clicked = None
        for note in self._drawing.notes:
            if note.index <= index < note.index + note.lines:
                clicked = note.key
                self._go(note)
        begin = timed_from(self._on_screen.get(event.y - self.gutter.top, BLANK))
        if begin is not None and event.x - self.gutter.left >= begin:
            self.post_message(self.Pointed(self, event.x - self.gutter.left - begin, self._drawing.times))
        elif index < len(self._drawing.body):
            self.post_message(self.Clicked(self, index, clicked, event.chain))

    def on_resize(self) -> None:
        """Explanations wrap anew."""
        self._lay_out()
        self.post_message(self.Resized(self))

    def on_focus(self) -> None:
        """The cursor shows whether keys go here."""
        self._redraw()

    def on_blur(self) -> None:
        """The same when they no longer do."""
        self._redraw()

    def _note(self) -> Note | None:
        notes = self._drawing.notes
        return next((note for note in notes if note.key == self._cursor), notes[0] if notes else None)

    def _go(self, note: Note) -> None:
        self._cursor = note.key
        top, room = self.scroll_offset.y, self._height()
        first = note is self._drawing.notes[0]
        # A title at the top covers a line.
        covered = int(self._title(note.index - 1) is not None)
        if first or note.index < top + covered:
            self.scroll_to(y=0 if first else note.index - covered, animate=False)
        elif note.index + note.lines > top + room:
            self.scroll_to(y=min(note.index, note.index + note.lines - room), animate=False)
        self._lay_out()

    def _height(self) -> int:
        return max(1, self.size.height - len(self._drawing.head) - len(self._foot))

    def _lay_out(self) -> None:
        drawing, width = self._drawing, self.room
        self._foot = list(drawing.foot)
        note = self._note()
        if note is not None and note.text:
            words = [*wrapped(note.text, width, "dim"), BLANK, BLANK][: self.EXPLANATION_LINES]
            self._foot = [line(("─" * width, "faint")), *words, *self._foot]
        total = len(drawing.head) + len(drawing.body) + len(self._foot)
        at_end = self._at_end
        self.virtual_size = Size(width, total)
        if drawing.follow and at_end and self.scroll_y < self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
        self._redraw()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Going up stops following, coming back to the end goes on."""
        self._at_end = round(new_value) >= self.max_scroll_y
        super().watch_scroll_y(old_value, new_value)

    def _line(self, y: int) -> Line:
        drawing, height = self._drawing, self.size.height
        if y < len(drawing.head):
            return drawing.head[y]
        from_end = height - y
        if from_end <= len(self._foot):
            return self._foot[len(self._foot) - from_end]
        index = self._index(y)
        if index >= len(drawing.body):
            return BLANK
        text = drawing.body[index]
        note = self._note()
        if note is not None and note.index == index:
            return highlighted(fit(text, self.room), "cursor" if self.has_focus else "idle")
        return text

    def _index(self, y: int) -> int:
        """Which line of the body is at ``y``."""
        y -= len(self._drawing.head)
        index = y + self.scroll_offset.y
        title = self._title(index) if y == 0 else None
        return index if title is None else title

    def _title(self, index: int) -> int | None:
        """The title of the table that a line of the body is in, where there is room for both."""
        drawing = self._drawing
        if self._height() < 2 or not 0 <= index < len(drawing.body) or drawing.body[index] == BLANK:
            return None
        return max((title for title in drawing.titles if title <= index), default=None)

    def _redraw(self) -> None:
        width = self.room
        changed = [
            Region(x, y, size, 1)
            for y in range(self.size.height)
            for x, size in differing(self._on_screen.get(y), self._line(y), width)
        ]
        if changed:
            self.refresh(*changed)
