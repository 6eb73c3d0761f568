"""The table of procedures in the Registration view."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.model.associations.distribution import NANOSECONDS, PERCENTILES
from sctptop.model.registrations.procedures import Procedure
from sctptop.quantity import short, show
from sctptop.tui.views.parts.registration_words import shortened
from sctptop.tui.words.line import Line, Span, cells, line

NAME_LEAST, NAME_MOST = 20, 34
FIGURE = 8
LEAST_CAUSE = 20


def procedure_lines(procedures: Sequence[Procedure], width: int) -> list[Line]:
    """A title and a line each, with the most frequent cause of its failures; → we asked, ← we were asked."""
    columns: tuple[str, ...] = ("n", *PERCENTILES, "max", "failed")
    name = min(max(width - FIGURE * len(columns) - 2, NAME_LEAST), NAME_MOST)
    while len(columns) > 1 and name + 2 + FIGURE * len(columns) > width:
        # The figures least missed go first.
        dropped = next(entry for entry in ("p95", "failed", "p99", "max", "p50") if entry in columns)
        columns = tuple(entry for entry in columns if entry != dropped)
    title = f"{'PROCEDURE':<{name + 2}}" + "".join(f"{entry.upper():>{FIGURE}}" for entry in columns)
    return [line((title, "title")), *(_procedure(entry, columns, name, width) for entry in procedures)]


def _procedure(entry: Procedure, columns: Sequence[str], name: int, width: int) -> Line:
    times = entry.latency
    bad = entry.failures + entry.unanswered
    spans = [
        Span("→ " if entry.kind.asked else "← ", "dim"),
        Span(f"{shortened(entry.kind.name, name):<{name}}"),
    ]
    for column in columns:
        if column == "n":
            spans.append(Span(f"{short(times.n):>{FIGURE}}", "strong"))
        elif column == "failed":
            spans.append(Span(f"{short(bad):>{FIGURE}}", "bad" if bad else "faint"))
        else:
            most = None if times.max_ns is None else times.max_ns / NANOSECONDS
            value = times.percentile(PERCENTILES[column]) if column in PERCENTILES else most
            spans.append(Span(f"{show(value, 'ms'):>{FIGURE}}", "faint" if value is None else ""))
    room = width - cells(tuple(spans))
    if entry.causes and room >= LEAST_CAUSE:
        cause, times_told = max(entry.causes.items(), key=lambda told: told[1])
        text = f"  {times_told:,} × {cause}"
        spans.append(Span(text if len(text) <= room else f"{text[: room - 1]}…", "dim"))
    return tuple(spans)
