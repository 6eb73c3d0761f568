"""The ladder of one UE: each message of its registration, how long it was held or waited, whose time lay between."""

from __future__ import annotations

from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.ngap.message import Message
from sctptop.model.passages.passage import CORE, RAN
from sctptop.model.passages.stages import Stage
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.words import COMPLETED
from sctptop.quantity import UNKNOWN, milliseconds
from sctptop.tui.screens.popup import Popup
from sctptop.tui.views.parts.registration_bar import bar_lines
from sctptop.tui.views.parts.registration_tables import BOTH, costliest
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import BLANK, Line, Span, cells, fitting, line, wrapped

NAME = 52
"""Columns for a message with the NAS message inside."""


class LadderScreen(Popup):
    """Shows a registration as it was when it was opened."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(f"UE {_known(registration.ran_ue_id)}, seen from the {registration.end}")
        self._registration = registration

    def drawing(self) -> Drawing:
        """What it was, where the time went, then the messages in order."""
        one = self._registration
        head = [_summary(one, self.room)]
        if one.total_ns:
            parts = [(part or 0) / NANOSECONDS for part in (one.sctp_ns, one.core_ns, one.ran_ns)]
            head += bar_lines("total", parts, self.room, tall=True)
        most = line(("cost most ", "dim"))
        head.append((*most, *costliest(one, self.room - cells(most))))
        return Drawing(head=[*head, BLANK], body=ladder(one, self.room))


def ladder(one: Registration, width: int) -> list[Line]:
    """A line a message, at its instant on this host, and between them the time of core and RAN."""
    steps: list[tuple[int, int, Line]] = [
        (message.at_ns - one.began_ns, 1, _message(one, message, width)) for message in one.messages
    ]
    steps += [(stage.begin_ns, 2, _between(stage)) for stage in one.stages if stage.whose in (CORE, RAN)]
    lines = [drawn for _, _, drawn in sorted(steps, key=lambda step: step[:2])]
    if one.left_out:
        lines += wrapped(f"{one.left_out} messages in the middle are not kept.", width, "dim")
    return lines


def _summary(one: Registration, width: int) -> Line:
    began = one.began.astimezone()
    style = "good" if one.outcome == COMPLETED else "bad"
    return fitting(
        [
            line((one.outcome, style)),
            line(("  began ", "dim"), f"{began:%H:%M:%S}.{began.microsecond // 1000:03d}"),
            line(("  AMF id " if one.protocol == "NGAP" else "  MME id ", "dim"), _known(one.amf_ue_id)),
            line(("  association ", "dim"), "→".join(str(port) for port in one.association[-2:])),
        ],
        width,
    )


def _message(one: Registration, message: Message, width: int) -> Line:
    up = message.out == one.from_ran
    inside = f" [{message.nas_name}]" if message.nas is not None else ""
    name = f"{message.name}{inside}"
    if cells(line(name)) > width - 34:
        name = message.title
    waited = message.wait_ns / NANOSECONDS
    begin = line(
        (f"{(message.at_ns - one.began_ns) / NANOSECONDS:>11.3f}ms ", "dim"),
        ("──▶ " if up else "◀── ", "name"),
        (f"{name:<{min(NAME, max(width - 34, 10))}}", "strong"),
    )
    # A millisecond is what a reader looks for; less is the cost of any message.
    style = "warn" if waited >= 1 else "dim"
    pieces = [
        line((f" {'held' if message.out else 'unread'} {milliseconds(waited)}", style)),
        line((f"  stream {_known(message.stream)}", "faint")),
        line((f"  {_known(message.length)} B", "faint")),
    ]
    return (*begin, *fitting(pieces, width - cells(begin)))


def _between(stage: Stage) -> Line:
    took = milliseconds(stage.length_ns / NANOSECONDS)
    begin = (Span(" " * 14), Span("│   ", "faint"))
    if stage.unseen:
        return (*begin, Span(f"{BOTH} {took}, a message between was not seen", "warn"))
    return (*begin, Span(f"{stage.whose} {took}", "graph" if stage.whose == CORE else "good"))


def _known(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)
