"""The tables of the Registration view: procedures, and the slowest UEs with what cost them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sctptop.model.associations.distribution import NANOSECONDS, PERCENTILES
from sctptop.model.passages.stages import NOTHING_MORE, SCTP
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.procedures import Procedure
from sctptop.model.registrations.words import COMPLETED, RUNNING
from sctptop.quantity import UNKNOWN, milliseconds, short, show
from sctptop.tui.words.line import BLANK, Line, Span, cells, clipped, line, spread

NAME_LEAST, NAME_MOST = 20, 34
FIGURE, TIME = 8, 7
BOTH = "core+RAN"
"""Whose time it was where a message between the two was not seen."""
HINT = "Tab ↑ ↓ choose, ↵ its messages"
SPEAKS_FOR = 0.9
"""A stage that took this share of its part is shown alone."""
PORTS = 130
"""From here on a registration is shown with the ports of its association."""


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
    columns: tuple[str, ...] = ("n", *PERCENTILES, "max", "failed")
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
    return clipped((*spans, *costliest(one, width - cells(tuple(spans)))), width)


def _ue(one: Registration) -> str:
    return UNKNOWN if one.ran_ue_id is None else str(one.ran_ue_id)


def costliest(one: Registration, width: int) -> Line:
    """The longest stage of the part that took most, in the longest form that fits.

    ``SCTP 501ms in 3, most 218ms held RegistrationComplete``, ``218ms held RegistrationComplete``,
    ``12ms core until Auth…Request``, ``timed out after Auth…Response``.
    """
    stage = one.costliest
    if stage is None:
        return ()
    part, took = one.costliest_part, _span(stage.length_ns)
    sctp = stage.whose in SCTP
    style = "warn" if sctp else "name"
    if stage.name == NOTHING_MORE:
        name, told, brief = one.messages[-1].title, "nothing after ", line(("after ", "dim"))
    else:
        name, told, brief = stage.name, "" if sctp else "until ", BLANK
    forms: list[Line] = [(took, Span(f" {BOTH if stage.unseen else stage.whose} ", style), Span(told, "dim"))]
    of_all = sum(entry.length_ns for entry in part)
    if stage.length_ns < SPEAKS_FOR * of_all and not stage.unseen:
        whose, held = ("SCTP", f"{stage.whose} ") if sctp else (stage.whose, "")
        total = line((f"{whose} ", style), _span(of_all))
        forms.insert(0, (*total, Span(f" in {len(part)}, most ", "dim"), took, Span(f" {held}{told}", "dim")))
    # An outcome stands before it: that it timed out, and after what, is enough.
    if brief and one.outcome != COMPLETED:
        forms.append(brief)
    form = next((entry for entry in forms if cells(entry) + len(name) <= width), None)
    if form is None:
        least = len(_last_word(name)) + len("Aut…")
        form = next((entry for entry in forms if cells(entry) + least <= width), forms[-1])
    doubt = ", one between unseen" if stage.unseen else ""
    if cells(form) + len(name) + len(doubt) > width:
        doubt = ""
    return (*form, Span(shortened(name, width - cells(form)), "" if sctp else "dim"), Span(doubt, "warn"))


def _span(length_ns: int) -> Span:
    return Span(milliseconds(length_ns / NANOSECONDS), "strong")


def shortened(name: str, width: int) -> str:
    """A name in CamelCase that keeps its last word, by which request and response differ: ``Auth…Response``."""
    last = _last_word(name)
    if len(name) <= width or last == name:
        return name
    return f"{name[: max(width - len(last) - 1, 0)]}…{last}"


def _last_word(name: str) -> str:
    capitals = [place for place, letter in enumerate(name) if letter.isupper()]
    return name[capitals[-1] :] if capitals else name
