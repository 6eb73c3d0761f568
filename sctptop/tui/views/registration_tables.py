"""The tables of the Registration view: procedures, and the slowest UEs with what cost them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sctptop.model.histogram import NANOSECONDS
from sctptop.model.procedure_times import Procedure
from sctptop.model.registration import Registration
from sctptop.model.registration_flow import COMPLETED, RUNNING
from sctptop.model.time_split import HELD, NOTHING_MORE, UNREAD
from sctptop.quantity import UNKNOWN, milliseconds, short, show
from sctptop.tui.line import Line, Span, cells, clipped, line, spread

NAME_LEAST, NAME_MOST = 20, 34
FIGURE, TIME = 8, 7
BOTH = "core+RAN"
"""Whose time it was where a message between the two was not seen."""
HINT = "Tab ↑ ↓ choose, ↵ its messages"
PORTS = 130
"""From here on a registration is told with the ports of its association."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A registration with its key as the cursor knows it, and how long it has taken so far, ns."""

    registration: Registration
    key: str
    took_ns: int


def key_of(registration: Registration) -> str:
    """Names one registration for as long as it is kept."""
    return f"{registration.association}/{registration.end}/{registration.ran_ue_id}/{registration.began_ns}"


def procedure_lines(procedures: Sequence[Procedure], width: int) -> list[Line]:
    """A title and a line each; → we asked, ← we were asked."""
    columns: tuple[str, ...] = ("n", "p50", "p95", "p99", "max", "failed")
    name = min(max(width - FIGURE * len(columns) - 2, NAME_LEAST), NAME_MOST)
    while len(columns) > 1 and name + 2 + FIGURE * len(columns) > width:
        # The figures least missed go first.
        dropped = next(entry for entry in ("p95", "failed", "p99", "max", "p50") if entry in columns)
        columns = tuple(entry for entry in columns if entry != dropped)
    title = f"{'PROCEDURE':<{name + 2}}" + "".join(f"{entry.upper():>{FIGURE}}" for entry in columns)
    return [line((title, "title")), *(_procedure(entry, columns, name) for entry in procedures)]


def _procedure(entry: Procedure, columns: Sequence[str], name: int) -> Line:
    times = entry.latency
    bad = entry.failures + entry.unanswered
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    spans = [
        Span("→ " if entry.kind.asked else "← ", "dim"),
        *clipped(line(f"{entry.kind.name:<{name}}"), name),
    ]
    for column in columns:
        if column == "n":
            spans.append(Span(f"{short(times.n):>{FIGURE}}", "strong"))
        elif column == "failed":
            spans.append(Span(f"{short(bad):>{FIGURE}}", "bad" if bad else "faint"))
        else:
            most = None if times.max_ns is None else times.max_ns / NANOSECONDS
            value = times.percentile(shares[column]) if column in shares else most
            spans.append(Span(f"{show(value, 'ms'):>{FIGURE}}", "faint" if value is None else ""))
    return tuple(spans)


def slowest_lines(shown: Sequence[Shown], width: int) -> list[Line]:
    """A title and a line each: when, who, how long, whose time it was, and the stage that cost most."""
    ports = 14 if width >= PORTS else 0
    ids = max((len(_ue(entry.registration)) for entry in shown), default=0) + 2
    ends = 5 if len({entry.registration.end for entry in shown}) > 1 else 0
    begin = f"{'SLOWEST':<10}{'':<{ends}}{'UE':<{ids}}{'':<{ports}}"
    figures = "".join(f"{name:>{TIME}}" for name in ("TOTAL", "SCTP", "CORE", "RAN"))
    title = line((f"{begin}{figures}  COST MOST", "title"))
    hint = line((HINT if cells(title) + len(HINT) + 2 <= width else "", "faint"))
    return [spread(title, hint, width), *(_slow(entry, width, ends, ids, ports) for entry in shown)]


def _slow(entry: Shown, width: int, ends: int, ids: int, ports: int) -> Line:
    one = entry.registration
    begun = one.began.astimezone()
    # The association's key ends with its ports.
    numbers = "→".join(str(port) for port in one.association[-2:]) if ports else ""
    spans = [
        Span(f"{begun:%H:%M:%S}  ", "dim"),
        Span(f"{one.end:<{ends}}" if ends else "", "name"),
        Span(f"{_ue(one):<{ids}}"),
        Span(f"{numbers:<{ports}}", "dim"),
        Span(f"{milliseconds(entry.took_ns / NANOSECONDS):>{TIME}}", "strong"),
    ]
    for part in (one.sctp_ns, one.core_ns, one.ran_ns):
        text = show(None if part is None else part / NANOSECONDS, "ms")
        spans.append(Span(f"{text:>{TIME}}", "" if part else "faint"))
    spans.append(Span("  "))
    if one.outcome != COMPLETED:
        spans.append(Span(f"{one.outcome} ", "graph" if one.outcome == RUNNING else "bad"))
    return clipped((*spans, *costliest(one)), width)


def _ue(one: Registration) -> str:
    return UNKNOWN if one.ran_ue_id is None else str(one.ran_ue_id)


def costliest(one: Registration) -> Line:
    """The stage that took longest: ``203ms held RegistrationComplete``, ``12ms core until AuthenticationRequest``."""
    stage = one.costliest
    if stage is None:
        return ()
    took = Span(f"{milliseconds(stage.length_ns / NANOSECONDS)} ", "strong")
    if stage.whose in (HELD, UNREAD):
        return (took, Span(stage.whose, "warn"), Span(f" {stage.name}"))
    told = f"nothing after {one.messages[-1].title}" if stage.name == NOTHING_MORE else f"until {stage.name}"
    if stage.unseen:
        return (took, Span(BOTH, "name"), Span(f" {told}", "dim"), Span(", one between unseen", "warn"))
    return (took, Span(stage.whose, "name"), Span(f" {told}", "dim"))
