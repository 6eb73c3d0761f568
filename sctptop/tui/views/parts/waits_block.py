"""Where messages wait, in numbers and histograms: before the first transmission, and until they are read."""

from __future__ import annotations

from itertools import chain, zip_longest

from sctptop.model.associations.row import Row
from sctptop.model.associations.waits import Wait
from sctptop.quantity import UNKNOWN, milliseconds, short
from sctptop.tui.views.parts.histogram_plot import AXIS, histogram, histogram_line
from sctptop.tui.views.scene import Scene
from sctptop.tui.words.line import BLANK, Line, cells, fit, line, wrapped
from sctptop.tui.words.probes import tone, why_nothing

SIDE_BY_SIDE = 100
"""Columns from which on two histograms stand beside each other."""
GAP = 4
LEAST_PLOT = AXIS + 2
MOST_PLOT = 10
NUMBERS = 46
"""Columns of the numbers before a histogram of one line: it stands still when they grow."""
HELD, READ_WAIT = ("held before sent", "held"), ("waiting to be read", "unread")
"""Title where there is room, and where there is little."""
SHARES = ("p50", "p99", "max")
LONG_MS = 10.0
"""A 99th percentile from here on is worth a sentence: far above what a host needs to send or to read."""

UNTIMED = "No message timed yet: how long each is held before it is sent, and waits to be read, appears here."
NEEDS_PROBES = "Only probes tell how long messages wait here."
SCALE = "Both on one logarithmic scale of time, since the start or the last r."


def waits_block(scene: Scene, row: Row, room: int) -> list[Line]:
    """The two waits in at most ``room`` lines, or why there are none; in few lines without an axis."""
    held, read = row.held, row.read_wait
    if not held.total.n and not read.total.n:
        probes = scene.snapshot.sample.probes
        words = UNTIMED if probes.ok else f"{NEEDS_PROBES} {why_nothing(probes)}"
        return wrapped(words, scene.width, tone(probes))
    last = _sentence(row, scene.width)
    beside = scene.width >= SIDE_BY_SIDE
    plot = min(MOST_PLOT, room - 2 if beside else (room - 3) // 2)
    if plot < LEAST_PLOT:
        return [_short(HELD, held, read, scene.width), _short(READ_WAIT, read, held, scene.width), last]
    width = (scene.width - GAP) // 2 if beside else scene.width
    left = _plotted(HELD, held, read, width, plot)
    right = _plotted(READ_WAIT, read, held, width, plot)
    if not beside:
        return [*left, *right, last]
    pairs = zip_longest(left, right, fillvalue=BLANK)
    return [*((*fit(one, width + GAP), *other) for one, other in pairs), last]


def explanation(row: Row) -> str:
    """What makes the queues as long as they are, as far as the waits show; empty while they are short."""
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


def _numbers(titles: tuple[str, str], wait: Wait, room: int) -> Line:
    """In at most ``room`` columns, whole numbers only: the first shares give way."""
    title, gap = _layout(titles, room)
    summary = wait.summary()
    head = line((title, "title"), (" n ", "dim"), (short(summary.n) if summary else "0", "strong"))
    told = [
        line(
            (f"{gap}{name} ", "dim"),
            (milliseconds(getattr(summary, name)), "strong") if summary else (UNKNOWN, "faint"),
        )
        for name in SHARES
    ]
    while told and cells(head) + sum(map(cells, told)) > room:
        del told[0]
    return (*head, *chain.from_iterable(told))


def _layout(titles: tuple[str, str], room: int) -> tuple[str, str]:
    """Title and gap that fit whatever the numbers are: they do not change from one sample to the next."""
    full, brief = titles
    choices = ((full, "  "), (brief, "  "), (brief, " "))
    widest = len(" n 999k") + len(SHARES) * len("p50 99.9ms")
    return next(
        (choice for choice in choices if len(choice[0]) + widest + len(SHARES) * len(choice[1]) <= room),
        choices[-1],
    )


def _short(titles: tuple[str, str], wait: Wait, other: Wait, width: int) -> Line:
    numbers = fit(_numbers(titles, wait, min(NUMBERS, width)), NUMBERS)
    return (*numbers, *histogram_line(wait.total, width - cells(numbers), [other.total]))


def _plotted(titles: tuple[str, str], wait: Wait, other: Wait, width: int, plot: int) -> list[Line]:
    drawn = histogram(wait.total, width, plot, [other.total])
    return [_numbers(titles, wait, width), *drawn, *[BLANK] * (plot - len(drawn))]
