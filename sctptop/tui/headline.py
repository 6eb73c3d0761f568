"""What the lines around the table say. Pure: from a reading to lines."""

from __future__ import annotations

from sctptop.fields import Field
from sctptop.model.sample import Sample
from sctptop.quantity import UNKNOWN, milliseconds, show
from sctptop.tui.line import Line, Span, cells, line, spread
from sctptop.tui.reading import Reading
from sctptop.tui.views.registry import VIEWS
from sctptop.tui.widgets.status_line import Button, with_buttons

ALARM = "▲"
"""Beside a rate that should be zero."""


def interval_text(seconds: float) -> str:
    """0.1s, 1.0s, 30s, 10m."""
    if seconds < 10:
        return f"{seconds:.1f}s"
    return f"{seconds:.0f}s" if seconds < 60 else f"{seconds / 60:.0f}m"


def header(reading: Reading | None, asked_s: float, paused: Sample | None, width: int) -> Line:
    """Who and where on the left; how fresh, at what pace and at what cost on the right."""
    left: list[Span] = [Span(" sctptop", "name")]
    right: list[Span] = []
    sample = reading.snapshot.sample if reading and reading.snapshot else None
    if sample is not None:
        left += [Span(f"  {sample.host}", "strong"), Span(f"  {sample.kernel}", "dim")]
        namespaces = len(sample.counters.keys() | {entry.netns for entry in sample.associations})
        if namespaces > 1:
            left.append(Span(f"  {namespaces} netns", "dim"))
    if paused is not None:
        right += [Span(f" PAUSED at {paused.time.astimezone():%H:%M:%S} ", "badge"), Span("  ")]
    else:
        right.append(Span("live ", "good"))
    right.append(Span(interval_text(asked_s)))
    if reading and reading.slow_s is not None:
        right.append(Span(f" real {interval_text(reading.slow_s)} {ALARM}", "warn"))
    if sample is not None:
        right += [Span("  read ", "dim"), Span(milliseconds(sample.read_s * 1000))]
        right.append(Span(f"  {sample.time.astimezone():%H:%M:%S} ", "strong"))
    # Whole words or nothing: half a kernel version would be read as another one.
    while len(left) > 1 and cells((*left, *right)) >= width:
        left.pop()
    return spread(line(*left), line(*right), width)


def troubles(reading: Reading | None) -> list[Line]:
    """One line for each source that could not be read, and for a reading that failed."""
    if reading is None:
        return []
    lines: list[Line] = []
    if reading.error is not None:
        lines.append(
            line((f" {ALARM} reading failed: ", "bad"), (reading.error, ""), ("; tried again", "dim"))
        )
    sample = reading.snapshot.sample if reading.snapshot else None
    if sample is not None and sample.watchable:
        for name, text in sample.sources.items():
            if text != "ok" and not text.startswith("off"):
                lines.append(line((f" {ALARM} {name}: ", "warn"), (text, "")))
    return lines


def totals(reading: Reading | None, width: int) -> Line:
    """The whole host in one line; shorter words where it would not fit."""
    text = _totals(reading, "SACK timeouts")
    return text if cells(text) <= width else _totals(reading, "SACK t/o")


def _totals(reading: Reading | None, sack_timeouts: str) -> Line:
    if reading is None or reading.snapshot is None:
        return line((" reading…", "dim"))
    sums = reading.snapshot.totals
    spans = [Span(f" {sums.associations} assoc", "strong"), Span(f" ({sums.established} est)")]
    spans += [Span("  in ", "dim"), Span(_rate(sums.in_packets)), Span(" out ", "dim")]
    spans += [Span(_rate(sums.out_packets)), Span(" pkt/s", "dim")]
    for label, value in (
        ("rtx", sums.retransmissions),
        ("T3", sums.t3_expiries),
        (sack_timeouts, sums.sack_timeouts),
    ):
        alarming = bool(value)
        spans += [Span(f"  {label} ", "dim"), Span(f"{_rate(value)}/s", "warn" if alarming else "")]
        spans.append(Span(f" {ALARM}" if alarming else "", "warn"))
    return tuple(spans)


def filter_line(expression: str, shown: int, known: int, unselected: int) -> Line | None:
    """What is hidden and why; None while everything is shown."""
    if not expression and not unselected:
        return None
    spans: list[Span] = []
    if expression:
        spans += [Span(" filter ", "dim"), Span(expression, "name"), Span(f"  {shown} of {known} shown", "")]
        spans.append(Span("  / changes it, Esc clears it", "faint"))
    if unselected:
        spans.append(Span(f"  {unselected} other associations hidden by --assoc", "dim"))
    return tuple(spans)


def tabs(current: str) -> tuple[Line, list[Button]]:
    """The views with their digits."""
    parts: list[tuple[list[Span], str]] = [([Span(" ")], "")]
    for digit, view in enumerate(VIEWS, 1):
        chosen = view.id == current
        label = f"[{digit} {view.title}]" if chosen else f" {digit} {view.title} "
        parts.append(([Span(label, "tab" if chosen else "dim")], f"view('{view.id}')"))
    return with_buttons(parts)


def sort_text(field: Field, descending: bool) -> str:
    """How a change of order is said."""
    return f"sorted by {field.title} {'▼' if descending else '▲'}"


def _rate(value: float | None) -> str:
    return UNKNOWN if value is None else show(value, "/s")
