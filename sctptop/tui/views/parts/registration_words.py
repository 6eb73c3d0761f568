"""Registrations in words: their kinds, how they ended and why, and the stage that cost most."""

from __future__ import annotations

from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.passages.stages import NOTHING_MORE, SCTP
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.words import (
    ASSOCIATION_LOST,
    COMPLETED,
    NOT_ACCEPTED,
    REFUSED,
    RUNNING,
)
from sctptop.quantity import UNKNOWN, milliseconds
from sctptop.terminal_text import clip
from sctptop.tui.words.line import BLANK, Line, Span, cells, clipped, line

SPEAKS_FOR = 0.9
"""A stage that took this share of its part is shown alone."""
BRIEF = {REFUSED: "refused", NOT_ACCEPTED: "not accepted", ASSOCIATION_LOST: "lost"}
"""Outcomes where there is little room."""
LONGEST_KIND = 18
_KINDS = {"tracking area update": "TAU", "periodic tracking area update": "periodic TAU"}


def kind_text(kind: str | None) -> str:
    """What was requested; a recording of an older version does not know."""
    return UNKNOWN if kind is None else clip(_KINDS.get(kind, kind), LONGEST_KIND)


def of_kind(kind: str | None) -> str:
    """``initial `` before other words; nothing where it is not known."""
    return "" if kind is None else f"{kind_text(kind)} "


def ue_text(one: Registration) -> str:
    """The UE by the id that the radio node gave it."""
    return UNKNOWN if one.ran_ue_id is None else str(one.ran_ue_id)


def outcome_text(one: Registration) -> str:
    """With a question mark where it is inferred, as types of messages have it."""
    return one.outcome + "?" * one.inferred


def outcome_style(one: Registration) -> str:
    """The colour of an outcome."""
    return {COMPLETED: "good", RUNNING: "graph"}.get(one.outcome, "bad")


def tries_text(one: Registration) -> str:
    """``try 2, 10.7s since the first``; "" for a first try."""
    if one.attempt < 2:
        return ""
    since = one.since_first_ns
    return f"try {one.attempt}" + (
        "" if since is None else f", {milliseconds(since / NANOSECONDS)} since the first"
    )


def why(one: Registration, width: int) -> Line:
    """How it ended and why, or what it waits for; and which try of its UE it was."""
    begin: Line = (Span(outcome_text(one), outcome_style(one)),)
    if one.cause is not None:
        begin = clipped((*begin, Span(f": {one.cause}", "strong")), width)
    else:
        begin = (*begin, *_silence(one, width - cells(begin)))
    tries = tries_text(one)
    for told in (tries, tries.partition(",")[0]):
        if told and cells(begin) + len(told) + 2 <= width:
            return (*begin, Span(f"  {told}", "warn"))
    return begin


def _silence(one: Registration, width: int) -> Line:
    """``: core silent 15s after AuthenticationResponse``; where a message ended it, what the UE had said last."""
    last = one.stages[-1] if one.stages else None
    if last is None or last.name != NOTHING_MORE:
        said = [message.title for message in one.messages if message.out == one.from_ran]
        before = said[-1] if len(one.messages) > 1 and said else ""
        form = line((" after ", "dim"))
        return (*form, Span(shortened(before, width - cells(form)))) if before else ()
    name = one.messages[-1].title
    forms = (
        line(": ", (f"{last.party} silent ", "name"), _span(last.length_ns), (" after ", "dim")),
        line(": ", (f"{last.party} silent", "name"), (" after ", "dim")),
        line((" after ", "dim")),
    )
    form = next((entry for entry in forms if cells(entry) + len(name) <= width), forms[-1])
    return (*form, Span(shortened(name, width - cells(form))))


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
        name, told, brief = stage.name, "until " if stage.whose in ("core", "RAN") else "", BLANK
    forms: list[Line] = [(took, Span(f" {stage.party} ", style), Span(told, "dim"))]
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
        # The bare one leaves out the last word before the name.
        form = next((entry for entry in forms if cells(entry) + least <= width), forms[-1][:-1] or brief)
    doubt = ", one between unseen" if stage.unseen else ""
    if cells(form) + len(name) + len(doubt) > width:
        doubt = ""
    return (*form, Span(shortened(name, width - cells(form)), "" if sctp else "dim"), Span(doubt, "warn"))


def shortened(name: str, width: int) -> str:
    """A name in CamelCase that keeps its last word, by which request and response differ: ``Auth…Response``."""
    last = _last_word(name)
    if len(name) <= width or last == name:
        return name
    return f"{name[: max(width - len(last) - 1, 0)]}…{last}"


def _span(length_ns: int) -> Span:
    return Span(milliseconds(length_ns / NANOSECONDS), "strong")


def _last_word(name: str) -> str:
    capitals = [place for place, letter in enumerate(name) if letter.isupper()]
    return name[capitals[-1] :] if capitals else name
