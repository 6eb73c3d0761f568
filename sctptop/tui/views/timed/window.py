"""Which readings the graphs show, one a column, and which of them is under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """``ticks`` columns, that of tick ``until`` at the right edge; ``times`` of each in seconds since 1970, None before
    the first. ``column`` is the one under the cursor, None where there is no cursor."""

    until: int
    times: tuple[float | None, ...]
    column: int | None = None

    @property
    def ticks(self) -> int:
        """Columns."""
        return len(self.times)

    @property
    def first(self) -> int:
        """The tick of the left edge, which may be before the first."""
        return self.until - len(self.times) + 1

    @property
    def pointed_s(self) -> float | None:
        """When what is under the cursor was read."""
        return None if self.column is None else self.times[self.column]

    @property
    def pointed_tick(self) -> int | None:
        """Its tick."""
        return None if self.column is None else self.first + self.column

    @property
    def span_s(self) -> float:
        """How long it is from the first column that holds anything to the last."""
        known = [time_s for time_s in self.times if time_s is not None]
        return max(known[-1] - known[0], 0.0) if known else 0.0

    def column_of(self, tick: int) -> int | None:
        """Where a tick is shown; None where it is not."""
        column = tick - self.first
        return column if 0 <= column < self.ticks else None

    def column_at(self, time_s: float) -> int | None:
        """The first column read at that time or later: what happened then is seen in it. None outside."""
        known = [(column, at_s) for column, at_s in enumerate(self.times) if at_s is not None]
        if not known or time_s < known[0][1] - 1:
            return None
        return next((column for column, at_s in known if at_s >= time_s - 1e-6), None)


def window_of(times: Sequence[float], tick: int, ticks: int, at_s: float | None) -> TimeWindow:
    """The last ``ticks`` of ``times``, the last being of ``tick``; older ones where the cursor is on one."""
    place = None if at_s is None or not times else nearest(times, at_s)
    end = len(times)
    if place is not None:
        end = min(end, place + ticks)
    shown = times[max(end - ticks, 0) : end]
    blank = ticks - len(shown)
    column = None if place is None else blank + place - max(end - ticks, 0)
    return TimeWindow(tick - (len(times) - end), (*(None,) * blank, *shown), column)


def nearest(times: Sequence[float], at_s: float) -> int:
    """The place of the reading next to a time; clocks may have been set back, so they are not in order."""
    return min(range(len(times)), key=lambda place: (abs(times[place] - at_s), -place))
