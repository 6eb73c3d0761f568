"""Where the time of registrations goes, as one stacked bar with its figures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from sctptop.quantity import milliseconds
from sctptop.tui.words.line import Line, Span, cells, line

SIDES = (("SCTP", "█", "warn"), ("core", "▒", "graph"), ("RAN", "░", "good"))
"""Name, mark and style of each share, in the order of the bar: each is recognisable without its colour."""
LEAST_BAR = 12


def split_bar(parts_ms: Sequence[float], width: int) -> Line:
    """A bar of exactly ``width`` columns for the times of SIDES; what is not 0 has a column where there is room."""
    total = sum(parts_ms)
    if total <= 0 or width < len(SIDES):
        return line((" " * max(width, 0), ""))
    least = [int(part > 0) for part in parts_ms]
    spare = width - sum(least)
    ends = [0, *(round(spare * sofar / total) for sofar in accumulate(parts_ms))]
    sizes = [end - begin + one for (begin, end), one in zip(pairwise(ends), least, strict=True)]
    return tuple(
        Span(mark * size, style) for (_, mark, style), size in zip(SIDES, sizes, strict=True) if size
    )


def figures(parts_ms: Sequence[float]) -> Line:
    """What each share is, in time and percent."""
    total = sum(parts_ms)
    spans: list[Span] = []
    for (name, mark, style), part in zip(SIDES, parts_ms, strict=True):
        share = part / total if total else 0.0
        spans += [Span(f"  {mark}", style), Span(f" {name} ", "dim"), Span(milliseconds(part), "strong")]
        spans.append(Span(f" {percent(share)}", "dim"))
    return tuple(spans)


def percent(share: float) -> str:
    """Two figures where they matter: <0.1%, 7.3%, 98%; 100% only for all."""
    if 0.995 <= share < 1:
        return ">99%"
    if 0 < share < 0.0005:
        return "<0.1%"
    return f"{share:.1%}" if 0 < share < 0.0995 else f"{share:.0%}"


def bar_lines(label: str, parts_ms: Sequence[float], width: int, tall: bool) -> list[Line]:
    """The bar and its figures in one line, or where they do not fit or there is room to spare in two."""
    lead = line((f"{label} ", "dim"), (milliseconds(sum(parts_ms)), "strong"), (" ", ""))
    told = figures(parts_ms)
    room = width - cells(lead) - cells(told)
    if tall or room < LEAST_BAR:
        return [(*lead, *told), split_bar(parts_ms, width)]
    return [(*lead, *split_bar(parts_ms, room), *told)]
