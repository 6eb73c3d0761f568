"""The ladder of one UE: each message of its registration, what became of it on its way, whose time lay between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.ngap.message import Message
from sctptop.model.passages.passage import CORE, LOST, NETWORK, RAN
from sctptop.model.passages.stages import Stage
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.tally import PARTS
from sctptop.model.registrations.words import COMPLETED, cause_of, nas_cause_of
from sctptop.quantity import UNKNOWN, milliseconds
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.screens.popup import Popup
from sctptop.tui.views.parts.registration_bar import bar_lines
from sctptop.tui.views.parts.registration_lists import key_of
from sctptop.tui.views.parts.registration_words import (
    costliest,
    kind_text,
    outcome_style,
    outcome_text,
    tries_text,
    ue_text,
)
from sctptop.tui.views.registration import chosen_registration
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import BLANK, Line, Span, cells, clipped, fitting, line, wrapped

NAME = 52
"""Columns for a message with the NAS message inside."""
BEGIN, BESIDE = 18, 34
"""Columns before the name of a message, and those that the rest of a line needs beside it at least."""
BETWEEN = {CORE: "graph", RAN: "good", NETWORK: "dim"}
"""Whose time has lines of its own, and their styles; the rest stands with the messages."""
GUESSED = (
    "? follows from what can be seen of a ciphered message: its direction, its length, and the order of all."
)

BETWEEN_RUNGS = (Span(" " * (BEGIN - 4)), Span("│   ", "faint"))

Step = tuple[int, int, Line]
"""An instant since the beginning in ns, the place among those of the same instant, and the line."""


class LadderScreen(Popup):
    """Follows a registration while it is known, and says as of when it is shown once it is not."""

    def __init__(self, registration: Registration, reading: Reading) -> None:
        """``reading``: that in which it was found."""
        super().__init__(f"UE {ue_text(registration)}, seen from the {registration.end}")
        self._registration, self._reading = registration, reading

    def update(self, reading: Reading) -> None:
        """Update with a newer reading, or another one of a replay."""
        snapshot = reading.snapshot
        found = snapshot and chosen_registration(snapshot.registrations, key_of(self._registration))
        if found:
            self._registration, self._reading = found, reading
            self.panel.entitle(self._heading)
        elif self._reading.snapshot is not None:
            at = self._reading.snapshot.sample.time.astimezone()
            self.panel.entitle(f"{self._heading}, as of {at:%H:%M:%S}")
        self.draw()

    def drawing(self) -> Drawing:
        """What it was and how it ended, where the time went, then the messages in order."""
        one = self._registration
        head = [*_outcome(one, self.room), _facts(one, self.room)]
        if one.total_ns:
            times = {name: getattr(one, f"{name}_ns") for name in PARTS}
            split = {name: time / NANOSECONDS for name, time in times.items() if time is not None}
            head += bar_lines("total", split, one.from_ran, self.room, tall=True)
        most = line(("cost most ", "dim"))
        head.append((*most, *costliest(one, self.room - cells(most))))
        return Drawing(head=[*head, BLANK], body=ladder(one, self.room))


def ladder(one: Registration, width: int) -> list[Line]:
    """A line a message, at its instant on this host, and between them the time of core, RAN and network."""
    steps: list[Step] = []
    for place, message in enumerate(one.messages):
        steps.append(_message(one, message, width, _lost_ns(one, place)))
        steps += _causes(one, message, width)
    steps += _sent_again(one, width)
    steps += _between(one.stages)
    if one.total_ns is not None and one.outcome != COMPLETED:
        end = line((f"{one.total_ns / NANOSECONDS:>11.3f}ms ", "dim"), (f"✗   {outcome_text(one)}", "bad"))
        steps.append((one.total_ns, 4, end))
    lines = [drawn for _, _, drawn in sorted(steps, key=lambda step: step[:2])]
    if one.after:
        took = one.pdu_session_ns
        told = "behind it" if took is None else f"PDU session {milliseconds(took / NANOSECONDS)}"
        lines += [BLANK, line((told, "title"))]
        lines += [drawn for message in one.after for _, _, drawn in (_message(one, message, width, 0),)]
    notes = [f"{one.left_out} messages in the middle are not kept."] if one.left_out else []
    if one.inferred or any(message.inferred for message in one.messages):
        notes.append(GUESSED)
    for note in notes:
        lines += [BLANK, *wrapped(note, width, "dim")]
    return lines


def _outcome(one: Registration, width: int) -> list[Line]:
    """In words, with the cause; that may take two lines."""
    outcome = line((outcome_text(one), outcome_style(one)))
    if one.cause is None:
        return [outcome]
    whole: Line = (*outcome, Span(": "), Span(one.cause, "strong"))
    return [whole] if cells(whole) <= width else [outcome, *wrapped(one.cause, width, "strong", indent=2)]


def _facts(one: Registration, width: int) -> Line:
    began = one.began.astimezone()
    tries = tries_text(one)
    return fitting(
        [
            line((f"{kind_text(one.kind)}  " if one.kind else "", "name")),
            line((f"{tries}  " if tries else "", "warn")),
            line(("began ", "dim"), f"{began:%H:%M:%S}.{began.microsecond // 1000:03d}"),
            line(("  AMF id " if one.protocol == "NGAP" else "  MME id ", "dim"), _known(one.amf_ue_id)),
            line(("  association ", "dim"), "→".join(str(port) for port in one.association[-2:])),
        ],
        width,
    )


def _message(one: Registration, message: Message, width: int, lost_ns: int) -> Step:
    inside = f" [{message.nas_name}]" if message.nas is not None else ""
    name = f"{message.name}{inside}"
    if cells(line(name)) > width - BESIDE:
        name = message.title
    since_ns = message.at_ns - one.began_ns
    begin = line(
        (f"{since_ns / NANOSECONDS:>11.3f}ms ", "dim"),
        ("──▶ " if message.out == one.from_ran else "◀── ", "name"),
        (f"{name:<{min(NAME, max(width - BESIDE, 10))}}", "strong"),
    )
    waits = {"blocked": message.blocked_ns, "held": message.wait_ns, "lost": lost_ns}
    if not message.out:
        unread_ns = message.wait_ns - message.order_ns
        waits = {"lost": lost_ns, "order": message.order_ns, "unread": unread_ns}
    # Those of any length, or that there was none.
    told = {wait: ns for wait, ns in waits.items() if ns} or {"held" if message.out else "unread": 0}
    if sum(len(_wait(*entry)) for entry in told.items()) > width - cells(begin):
        told = dict(sorted(told.items(), key=lambda entry: -entry[1]))
    # A millisecond is what a reader looks for; less is the cost of any message.
    pieces = [line((_wait(*entry), "warn" if entry[1] >= NANOSECONDS else "dim")) for entry in told.items()]
    pieces.append(line((f"  stream {_known(message.stream)}", "faint")))
    pieces.append(line((f"  {_known(message.length)} B", "faint")))
    return since_ns, 1, (*begin, *fitting(pieces, width - cells(begin)))


def _wait(name: str, length_ns: int) -> str:
    return f" {name} {milliseconds(length_ns / NANOSECONDS)}"


def _causes(one: Registration, message: Message, width: int) -> Iterator[Step]:
    """What a message says of why."""
    for cause in (nas_cause_of(message), cause_of(message)):
        for told in wrapped(cause, width - BEGIN, "bad") if cause else ():
            yield message.at_ns - one.began_ns, 2, (*BETWEEN_RUNGS, *told)


def _sent_again(one: Registration, width: int) -> Iterator[Step]:
    for place, again_ns in one.sent_again:
        message, since_ns = one.messages[place], again_ns - one.began_ns
        waited = milliseconds((again_ns - message.done_ns) / NANOSECONDS)
        drawn = line(
            (f"{since_ns / NANOSECONDS:>11.3f}ms ", "dim"),
            ("╌╌▶ " if one.from_ran else "◀╌╌ ", "warn"),
            (f"{message.title} sent again", "warn"),
            (f" after {waited}", "dim"),
        )
        yield since_ns, 1, clipped(drawn, width)


def _lost_ns(one: Registration, place: int) -> int:
    """How much of the registration's time it took until the transmission that arrived."""
    message = one.messages[place]
    until_ns = one.messages[place + 1].at_ns - one.began_ns if place + 1 < len(one.messages) else None
    named = [stage for stage in one.stages if stage.whose == LOST and stage.name == message.title]
    same = [other for other in one.messages if other.title == message.title]
    if len(same) > 1 and until_ns is not None:
        # Told apart by when they were under way.
        begin_ns = message.begin_ns - one.began_ns
        named = [stage for stage in named if begin_ns <= stage.begin_ns < max(until_ns, begin_ns + 1)]
    return sum(stage.length_ns for stage in named)


def _between(stages: Sequence[Stage]) -> Iterator[Step]:
    for stage in stages:
        style = BETWEEN.get(stage.whose)
        if style is None:
            continue
        took = milliseconds(stage.length_ns / NANOSECONDS)
        told = Span(f"{stage.whose} {took}", style)
        if stage.unseen:
            told = Span(f"{stage.party} {took}, a message between was not seen", "warn")
        yield stage.begin_ns, 3, (*BETWEEN_RUNGS, told)


def _known(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)
