"""A message of NGAP or S1AP as a registration needs it: what it is, and its two instants on this host."""

from __future__ import annotations

from dataclasses import dataclass

from sctptop.model.event import Detail, Event
from sctptop.model.ngap.dialect import (
    INITIATING,
    SUCCESSFUL,
    UNSUCCESSFUL,
    Dialect,
    dialect_of,
)
from sctptop.model.ngap.nas import nas_name
from sctptop.model.ngap.procedure_names import message_name

Wire = tuple[int, int, int, int, int]
"""The association that carried it: network namespace, own and peer tag, local and remote port."""


@dataclass(frozen=True, slots=True)
class Message:
    """``at_ns``: handed over by our application, or arrived. ``done_ns``: first transmitted, or read by it.

    Both on CLOCK_MONOTONIC, and ``done_ns`` is never before ``at_ns``. ``out`` says that we sent it. ``length`` is that
    of the user data in its first chunk, bytes.
    """

    wire: Wire
    dialect: Dialect
    out: bool
    at_ns: int
    done_ns: int
    pdu: str
    procedure: int
    nas: int | None = None
    amf_ue_id: int | None = None
    ran_ue_id: int | None = None
    ppid: int | None = None
    stream: int | None = None
    length: int | None = None

    @property
    def wait_ns(self) -> int:
        """How long it was held before it was sent, or waited to be read."""
        return self.done_ns - self.at_ns

    @property
    def name(self) -> str:
        """The message as the specification calls it."""
        return message_name(self.dialect.ppid, self.pdu, self.procedure)

    @property
    def nas_name(self) -> str:
        """The NAS message inside, "" where there is none to be read."""
        return "" if self.nas is None else nas_name(self.dialect.ppid, self.nas)

    @property
    def title(self) -> str:
        """What it is to people: the NAS message in a transport, else the message itself."""
        carries = (self.dialect.downlink_nas, self.dialect.uplink_nas)
        return (self.nas_name if self.procedure in carries else "") or self.name


def wire_of(event: Event) -> Wire:
    """The association that an event is of."""
    return event.netns, event.own_tag, event.peer_tag, event.local_port, event.remote_port


def message_of(event: Event) -> Message | None:
    """From an ``ngap`` event; None for another, and for one whose header or instants could not be read."""
    if event.kind != "ngap":
        return None
    told = event.details.get
    pdu, direction = told("pdu"), told("direction")
    procedure, at_ns = _whole(told("procedure")), _whole(told("at_ns"))
    if direction not in ("in", "out") or procedure is None or at_ns is None:
        return None
    if pdu not in (INITIATING, SUCCESSFUL, UNSUCCESSFUL):
        return None
    ppid = _whole(told("ppid"))
    return Message(
        wire=wire_of(event),
        dialect=dialect_of(ppid, event.local_port, event.remote_port),
        out=direction == "out",
        at_ns=at_ns,
        done_ns=at_ns + max(_whole(told("wait_ns")) or 0, 0),
        pdu=str(pdu),
        procedure=procedure,
        nas=_whole(told("nas")),
        amf_ue_id=_whole(told("amf_ue_id")),
        ran_ue_id=_whole(told("ran_ue_id")),
        ppid=ppid,
        stream=_whole(told("stream")),
        length=_whole(told("length")),
    )


def _whole(value: Detail) -> int | None:
    if type(value) is int:
        return value
    return int(value) if isinstance(value, float) else None
