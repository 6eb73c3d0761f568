"""The lists of UEs in the Registration view: those that failed or have not ended, and the slowest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.words import RUNNING
from sctptop.quantity import milliseconds, show
from sctptop.tui.views.parts.registration_words import costliest, kind_text, tries_text, ue_text, why
from sctptop.tui.words.line import Line, Span, cells, clipped, line, spread

TIME = 7
HINT = "Tab ↑ ↓ choose, ↵ its messages"
PORTS = 130
"""From here on a registration is shown with the ports of its association."""
FULL_SPLIT = 100
"""From here on the slowest have columns for what they waited unread and for the network."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A registration with its key as the cursor knows it, and how long it has taken so far, ns."""

    registration: Registration
    key: str
    took_ns: int


def shown(registration: Registration) -> Shown:
    """It as a list holds it."""
    one = registration
    return Shown(one, key_of(one), one.total_ns or sum(stage.length_ns for stage in one.stages))


def key_of(registration: Registration) -> str:
    """Names one registration for as long as it is kept."""
    return f"{registration.association}/{registration.end}/{registration.ran_ue_id}/{registration.began_ns}"


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns are that both lists begin with; 0: it is not there."""

    end: int
    ue: int
    ports: int
    kind: int

    def title(self, name: str) -> str:
        """The titles above them."""
        kind = f"{'KIND':<{self.kind}}" if self.kind else ""
        return f"{name:<10}{'':<{self.end}}{'UE':<{self.ue}}{'':<{self.ports}}{kind}{'TOTAL':>{TIME}}"

    def cells(self, entry: Shown) -> list[Span]:
        """When it began, where and who it was, what was requested, and how long it took."""
        one = entry.registration
        # The association's key ends with its ports.
        numbers = "→".join(str(port) for port in one.association[-2:]) if self.ports else ""
        return [
            Span(f"{one.began.astimezone():%H:%M:%S}  ", "dim"),
            Span(f"{one.end:<{self.end}}" if self.end else "", "name"),
            Span(f"{ue_text(one):<{self.ue}}"),
            Span(f"{numbers:<{self.ports}}", "dim"),
            Span(f"{kind_text(one.kind):<{self.kind}}" if self.kind else "", "dim"),
            Span(f"{milliseconds(entry.took_ns / NANOSECONDS):>{TIME}}", "strong"),
        ]


def columns_of(entries: Sequence[Shown], width: int) -> Columns:
    """As wide as what is in them; ends and kinds only where they differ or are known."""
    every = [entry.registration for entry in entries]
    kinds = {kind_text(one.kind) for one in every}
    return Columns(
        end=5 if len({one.end for one in every}) > 1 else 0,
        ue=max((len(ue_text(one)) for one in every), default=2) + 2,
        ports=14 if width >= PORTS else 0,
        kind=max(map(len, kinds), default=0) + 2 if {one.kind for one in every} - {None} else 0,
    )


def failed_lines(entries: Sequence[Shown], of: int, columns: Columns, width: int) -> list[Line]:
    """A title with a hint and a line each: when, who, how long, and how it ended and why, or what it waits for.

    ``of``: how many there are.
    """
    outcomes = {entry.registration.outcome for entry in entries}
    name = "RUNNING" if outcomes == {RUNNING} else "NOT DONE" if RUNNING in outcomes else "FAILED"
    cut = f"{len(entries)} of {of}  " if of > len(entries) else ""
    lines = [_title(f"{columns.title(name)}  WHY", width, f"{cut}{HINT}")]
    for entry in entries:
        begin = (*columns.cells(entry), Span("  "))
        lines.append(clipped((*begin, *why(entry.registration, width - cells(begin))), width))
    return lines


def slowest_lines(entries: Sequence[Shown], columns: Columns, width: int, hint: bool) -> list[Line]:
    """A title, with the ``hint`` where no list stands above, and a line each: when, who, how long, whose time it was,
    and the stage that cost most."""
    parts: list[tuple[str, str]] = [("SCTP", "sctp"), ("CORE", "core"), ("RAN", "ran")]
    if width >= FULL_SPLIT:
        extra = [("UNREAD", "unread"), ("NETW", "network")]
        parts[1:1] = [part for part in extra if any(_part(entry, part[1]) for entry in entries)]
    figures = "".join(f"{title:>{TIME}}" for title, _ in parts)
    lines = [_title(f"{columns.title('SLOWEST')}{figures}  COST MOST", width, HINT if hint else "")]
    for entry in entries:
        spans = columns.cells(entry)
        for _, name in parts:
            value = _part(entry, name)
            text = show(None if value is None else value / NANOSECONDS, "ms")
            spans.append(Span(f"{text:>{TIME}}", "" if value else "faint"))
        begin = (*spans, Span("  "))
        told = costliest(entry.registration, width - cells(begin))
        tries = tries_text(entry.registration).partition(",")[0]
        if tries and cells(begin) + cells(told) + len(tries) + 2 <= width:
            told = (*told, Span(f"  {tries}", "warn"))
        lines.append(clipped((*begin, *told), width))
    return lines


def _part(entry: Shown, name: str) -> int | None:
    value: int | None = getattr(entry.registration, f"{name}_ns")
    return value


def _title(text: str, width: int, hint: str) -> Line:
    title = line((text, "title"))
    fits = hint and cells(title) + len(hint) + 2 <= width
    return spread(title, line((hint, "faint")), width) if fits else clipped(title, width)
