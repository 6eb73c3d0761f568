"""Distributions of several recordings over each other, a row each on one logarithmic scale, in plain characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, log

from sctptop.quantity import milliseconds, round_steps

MARKS = " ▁▂▃▄▅▆▇█"
LEAST_RATIO = 1.5
LEAST_MS = 0.001


def overlaid(groups: Mapping[str, Sequence[tuple[str, Sequence[float]]]], width: int) -> list[str]:
    """For each group its title and a row a recording: name, histogram of its times in ms; below all the axis.

    Each row is drawn to its own highest bar, so shapes compare whatever n is. Empty without any time.
    """
    every = [value for rows in groups.values() for _, values in rows for value in values if value >= LEAST_MS]
    if not every:
        return []
    names = max(len(name) for rows in groups.values() for name, _ in rows)
    titles = max(len(title) for title in groups)
    lead = titles + names + 3
    columns = max(width - lead - 1, 20)
    low, high = min(every), max(every)
    if high / low < LEAST_RATIO:
        middle = (low * high) ** 0.5
        low, high = middle / LEAST_RATIO, middle * LEAST_RATIO
    lines = []
    for title, rows in groups.items():
        for place, (name, values) in enumerate(rows):
            head = title if place == 0 else ""
            lines.append(f"{head:<{titles}} {name:<{names}} ▕{_bars(values, low, high, columns)}".rstrip())
    return [*lines, *(f"{'':<{lead}}{text}".rstrip() for text in _axis(low, high, columns))]


def _bars(values: Sequence[float], low: float, high: float, columns: int) -> str:
    # Inlined, for there may be hundreds of thousands.
    span = log(high / low)
    found = Counter([int(log(value / low) / span * columns) for value in values if value > low])
    counts = [found[column] for column in range(columns)]
    counts[0] += len(values) - found.total()
    counts[-1] += sum(times for column, times in found.items() if column >= columns)
    most = max(counts)
    if not most:
        return " " * columns
    # What is there is seen: an eighth at least.
    return "".join(MARKS[ceil(count * (len(MARKS) - 1) / most)] for count in counts)


def _column(value: float, low: float, high: float, columns: int) -> int:
    return min(int(log(value / low) / log(high / low) * columns), columns - 1)


def _axis(low: float, high: float, columns: int) -> tuple[str, str]:
    """A line with a mark at each 1, 2 and 5 times a power of ten, and what those are that have room."""
    ticks = [step for step in round_steps(low, high) if low <= step <= high]
    if len(ticks) < 2:
        ticks = [low, high]
    rule, words, free = ["─"] * columns, [" "] * columns, 0
    for tick, _ in pairwise((*ticks, 0.0)):
        at = _column(tick, low, high, columns)
        rule[at] = "┴"
        text = milliseconds(tick)
        at = min(max(at - len(text) // 2, 0), columns - len(text))
        if at >= free:
            words[at : at + len(text)] = text
            free = at + len(text) + 1
    return "".join(rule), "".join(words)
