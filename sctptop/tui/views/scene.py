"""What a view is given to draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.series.packed import Series
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import span_text
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.views.timed.axis import axis_line, clock_of
from sctptop.tui.views.timed.series_block import graph_width
from sctptop.tui.views.timed.window import TimeWindow, window_of
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import Line, line


@dataclass(frozen=True, slots=True)
class Toggles:
    """What keys switch in the views. ``event_filter`` is an id of views/events.py, ``kind`` that of registrations to
    show, "" for all."""

    own_scale: bool = False
    overlaid: bool = False
    hide_zeros: bool = False
    all_associations: bool = True
    event_filter: str = "main"
    kind: str = ""


@dataclass(frozen=True)
class Scene:
    """A reading, the association under the cursor, the room there is, and what the user toggled.

    ``at_s``: the instant of the cursor along time, seconds since 1970; None where it shows what is now.
    """

    reading: Reading
    snapshot: Snapshot
    row: Row | None
    width: int
    height: int
    toggles: Toggles = field(default_factory=Toggles)
    at_s: float | None = None

    @cached_property
    def window(self) -> TimeWindow:
        """The readings that graphs show."""
        return window_of(self.reading.times, self.snapshot.tick, graph_width(self.width), self.at_s)

    def series(self, key: Key, name: str) -> Series:
        """Of an association, a value a column of the window."""
        return self.snapshot.past.read(key, name, self.window.until, self.window.ticks)

    def path_series(self, key: Key, address: str, name: str) -> Series:
        """The same of one of its paths."""
        return self.snapshot.past.read((key, address), name, self.window.until, self.window.ticks)

    @property
    def span_words(self) -> str:
        """How much of the past graphs show: last 54s, or 54s to 12:03:20."""
        window, span = self.window, span_text(self.window.span_s)
        last_s = window.times[-1] if window.times else None
        if window.until == self.snapshot.tick or last_s is None:
            return f"last {span}{self._let_go}"
        return f"{span} to {clock_of(last_s, 1.0)}{self._let_go}"

    @property
    def _let_go(self) -> str:
        """Whether the window begins before what memory was enough for."""
        cut = self.snapshot.past.let_go(self.row.key) if self.row is not None else None
        begins = self.window.until - self.window.ticks + 1
        return ", its begin let go to save memory" if cut is not None and cut > begins else ""

    @property
    def clock(self) -> Line:
        """The time axis below graphs."""
        return axis_line(self.window, self.reading.times[-1] if self.reading.times else None)


def nobody() -> Drawing:
    """What a view of one association shows while there is none."""
    return Drawing(body=[line(("No association under the cursor.", "dim"))])
