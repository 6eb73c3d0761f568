"""Where messages wait, in numbers and histograms: before the first transmission, and until they are read."""

from __future__ import annotations

from itertools import zip_longest

from sctptop.model.association import Row
from sctptop.model.waits import Wait
from sctptop.quantity import UNKNOWN, milliseconds, short
from sctptop.tui.line import BLANK, Line, Span, cells, fit, line, wrapped
from sctptop.tui.probes import probes_of
from sctptop.tui.views.rtt_plot import AXIS, histogram, histogram_line
from sctptop.tui.views.scene import Scene

SIDE_BY_SIDE = 100
"""Columns from which on two histograms stand beside each other."""
GAP = 4
LEAST_PLOT = AXIS + 2
MOST_PLOT = 10
NUMBERS = 45
"""Columns of the numbers before a histogram of one line: it stands still when they grow."""
LONG_MS = 10.0
"""A 99th percentile from here on is worth a sentence: far above what a host needs to send or to read."""

UNTIMED = "No message timed yet: how long each is held before it is sent, and waits to be read, appears here."
NEEDS_PROBES = "Only probes tell how long messages wait here."
SCALE = "Both on one logarithmic scale of time, since the start or the last r."


def waits_block(scene: Scene, row: Row, room: int) -> list[Line]:
    """The two waits in at most ``room`` lines, or why there are none; in few lines without an axis."""
    held, read = row.held, row.read_wait
    if not held.total.n and not read.total.n:
        probes = probes_of(scene.snapshot.sample)
        words = UNTIMED if probes.on else f"{NEEDS_PROBES} {probes.sentence}"
        return wrapped(words, scene.width, "warn" if probes.off else "dim")
    last = _sentence(row, scene.width)
    beside = scene.width >= SIDE_BY_SIDE
    plot = min(MOST_PLOT, room - 2 if beside else (room - 3) // 2)
    if plot < LEAST_PLOT:
        return [_short("held", held, read, scene.width), _short("read", read, held, scene.width), last]
    width = (scene.width - GAP) // 2 if beside else scene.width
    left = _plotted("held before sent", held, read, width, plot)
    right = _plotted("waiting to be read", read, held, width, plot)
    if not beside:
        return [*left, *right, last]
    pairs = zip_longest(left, right, fillvalue=BLANK)
    return [*((*fit(one, width + GAP), *other) for one, other in pairs), last]


def explanation(row: Row) -> str:
    """What makes the queues as long as they are, as far as the waits tell; empty while they are short."""
    told = []
    if _long(row.held):
        nagle = row.association.nodelay is not True
        cause = "Nagle (NODELAY is off), cwnd" if nagle else "cwnd"
        told.append(f"Held: {cause} or the peer's window keeps messages here.")
    if _long(row.read_wait):
        told.append("Waiting: the application reads late.")
    return " ".join(told)


def _long(wait: Wait) -> bool:
    p99 = wait.total.percentile(0.99)
    return p99 is not None and p99 >= LONG_MS


def _sentence(row: Row, width: int) -> Line:
    told = explanation(row)
    return fit(line((told, "warn") if told else (SCALE, "dim")), width)


def _numbers(title: str, wait: Wait, gap: str = "  ") -> Line:
    summary = wait.summary()
    spans = [Span(title, "title"), Span(" n ", "dim"), Span(short(summary.n) if summary else "0", "strong")]
    for name in ("p50", "p99", "max"):
        text = milliseconds(getattr(summary, name)) if summary else UNKNOWN
        spans += [Span(f"{gap}{name} ", "dim"), Span(text, "strong" if summary else "faint")]
    return tuple(spans)


def _short(title: str, wait: Wait, other: Wait, width: int) -> Line:
    numbers = fit(_numbers(title, wait), NUMBERS)
    return (*numbers, *histogram_line(wait.total, width - cells(numbers), [other.total]))


def _plotted(title: str, wait: Wait, other: Wait, width: int, plot: int) -> list[Line]:
    drawn = histogram(wait.total, width, plot, [other.total])
    return [_numbers(title, wait), *drawn, *[BLANK] * (plot - len(drawn))]
