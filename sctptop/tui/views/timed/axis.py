"""The clock below graphs: times of day where they fit, and the instant of the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sctptop.quantity import span_text
from sctptop.tui.views.timed.series_block import LEFT, timed_line
from sctptop.tui.views.timed.window import TimeWindow
from sctptop.tui.words.line import Line, Span

STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Between two labels."""
TICK, POINTER = "╵", "▲"
APART = 2
"""Blanks between two labels at least."""


def axis_line(window: TimeWindow, now_s: float | None = None) -> Line:
    """Below graphs: a tick and its time of day at round times; at the cursor its own, and how long ago that was."""
    pointed_s = window.pointed_s
    told = ""
    if pointed_s is not None and now_s is not None:
        ago_s = now_s - pointed_s
        told = f"{span_text(ago_s)} ago" if ago_s >= 0.5 else "newest reading"
    text = axis_text(window.times, window.column)
    return timed_line(Span(f"{told:<{LEFT - 1}}", "name"), Span(" "), text, "dim", window.column)


def axis_text(times: Sequence[float | None], column: int | None) -> str:
    """The labels as wide as there are columns."""
    wide = len(times)
    cells = [" "] * wide
    if column is not None and (pointed_s := times[column]) is not None:
        label = f"{POINTER}{clock_of(pointed_s, 1.0)}"
        if column + len(label) > wide:
            label = f"{clock_of(pointed_s, 1.0)}{POINTER}"
            _put(cells, column - len(label) + 1, label)
        else:
            _put(cells, column, label)
    step_s = _step(times)
    for place, at_s in _round_times(times, step_s):
        label = f"{TICK}{clock_of(at_s, step_s)}"
        room = cells[max(place - APART, 0) : place + len(label) + APART]
        if place + len(label) <= wide and set(room) <= {" "}:
            _put(cells, place, label)
        elif cells[place] == " ":
            cells[place] = TICK
    return "".join(cells)


def clock_of(time_s: float, step_s: float) -> str:
    """Local time of day, as exact as the step between labels; the day where that is a day."""
    at = datetime.fromtimestamp(time_s)
    return f"{at:%b %d}" if step_s >= STEPS_S[-1] else f"{at:%H:%M}" if step_s >= 60 else f"{at:%H:%M:%S}"


def _step(times: Sequence[float | None]) -> float:
    known = [at_s for at_s in times if at_s is not None]
    if len(known) < 2:
        return STEPS_S[0]
    per_column = max((known[-1] - known[0]) / (len(known) - 1), 1e-3)
    fitting = (step for step in STEPS_S if step / per_column >= len(clock_of(known[-1], step)) + 1 + APART)
    return next(fitting, STEPS_S[-1])


def _round_times(times: Sequence[float | None], step_s: float) -> Iterator[tuple[int, float]]:
    """The columns in which a multiple of the step is first reached, with that time."""
    shift_s = _offset_s(times)
    before: int | None = None
    for place, at_s in enumerate(times):
        if at_s is None:
            continue
        # A reading a few ms early is still that of the second.
        number = int((at_s + shift_s + 0.05) // step_s)
        if (before is not None and number > before) or (
            before is None and (at_s + shift_s + 0.05) % step_s < 0.1
        ):
            yield place, number * step_s - shift_s
        before = number


def _offset_s(times: Sequence[float | None]) -> float:
    last_s = next((at_s for at_s in reversed(times) if at_s is not None), 0.0)
    offset = datetime.fromtimestamp(last_s).astimezone().utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _put(cells: list[str], place: int, label: str) -> None:
    place = max(place, 0)
    cells[place : place + len(label)] = label[: len(cells) - place]
