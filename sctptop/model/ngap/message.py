"""A message of NGAP or S1AP as a registration needs it: what it is, and its two instants on this host."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

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
from sctptop.model.quick import quick

LATEST_NS = 1 << 63
"""Beyond, no clock goes: after 292 years."""
_NUMBERS = (
    *("procedure", "at_ns", "wait_ns", "blocked_ns", "order_ns", "cause", "ppid", "nas", "amf_ue_id"),
    *("ran_ue_id", "stream", "length", "tsn", "last_tsn", "nas_length", "nas_cause"),
)
_WHOLE = frozenset((int, type(None)))
Wire = tuple[int, int, int, int, int]
"""The association that carried it: network namespace, own and peer tag, local and remote port."""


@quick
@dataclass(frozen=True, slots=True)
class Message:
    """``at_ns``: handed over by our application, or arrived. ``done_ns``: first transmitted, or read by it.

    Both on CLOCK_MONOTONIC, and ``done_ns`` is never before ``at_ns``; of several chunks it is the last that counts.
    ``out`` says that we sent it. ``blocked_ns``: how long its sender waited for buffer before ``at_ns``; ``order_ns``:
    how long behind ``at_ns`` it waited for an earlier message of its stream. ``length`` of the user data, bytes;
    ``nas_length`` of the NAS message in it, None without one. ``type``: what is requested, see ``Header``;
    ``nas_cause`` and ``cause``: of 5GMM (EMM), and of NGAP (S1AP) as group and value. ``inferred``: ``nas`` is what a
    message that cannot be read must be.
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
    tsn: int | None = None
    last_tsn: int | None = None
    blocked_ns: int = 0
    order_ns: int = 0
    nas_length: int | None = None
    type: str | None = None
    nas_cause: int | None = None
    cause: tuple[str, int] | None = None
    ran_node: str | None = None
    inferred: bool = False

    @property
    def begin_ns(self) -> int:
        """When its sender began to send it, or it arrived."""
        return self.at_ns - self.blocked_ns

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
        """The NAS message inside, with a question mark where that is inferred; "" where it is not known."""
        return "" if self.nas is None else nas_name(self.dialect.ppid, self.nas) + "?" * self.inferred

    @property
    def title(self) -> str:
        """What it is to people: the NAS message in a transport, else the message itself."""
        dialect, procedure = self.dialect, self.procedure
        carries = procedure == dialect.downlink_nas or procedure == dialect.uplink_nas
        return _title(dialect.ppid, self.pdu, procedure, self.nas if carries else None, self.inferred)


@lru_cache(1 << 10)
def _title(ppid: int, pdu: str, procedure: int, nas: int | None, inferred: bool) -> str:
    return message_name(ppid, pdu, procedure) if nas is None else nas_name(ppid, nas) + "?" * inferred


def wire_of(event: Event) -> Wire:
    """The association that an event is of."""
    return event.netns, event.own_tag, event.peer_tag, event.local_port, event.remote_port


def message_of(event: Event) -> Message | None:
    """From an ``ngap`` event; None for another, and for one whose header or instants could not be read."""
    if event.kind != "ngap":
        return None
    told = event.details.get
    pdu, direction = told("pdu"), told("direction")
    if direction not in ("in", "out") or pdu not in (INITIATING, SUCCESSFUL, UNSUCCESSFUL):
        return None
    numbers: list[Any] = [*map(told, _NUMBERS)]
    if not _WHOLE.issuperset(map(type, numbers)):
        numbers = [*map(_whole, numbers)]
    procedure, at_ns, wait_ns, blocked_ns, order_ns, cause, ppid, *others = numbers
    if procedure is None or at_ns is None or not 0 <= at_ns < LATEST_NS:
        return None
    nas, amf_ue_id, ran_ue_id, stream, length, tsn, last_tsn, nas_length, nas_cause = others
    out = direction == "out"
    waited_ns = max(wait_ns or 0, 0)
    group, kind, node = told("cause_group"), told("registration_type"), told("ran_node")
    return Message(
        wire_of(event),
        dialect_of(ppid, event.local_port, event.remote_port),
        out,
        at_ns,
        at_ns + waited_ns,
        str(pdu),
        procedure,
        nas,
        amf_ue_id,
        ran_ue_id,
        ppid,
        stream,
        length,
        tsn,
        last_tsn,
        max(blocked_ns or 0, 0) if out else 0,
        0 if out else min(max(order_ns or 0, 0), waited_ns),
        nas_length,
        kind if isinstance(kind, str) else None,
        nas_cause,
        (group, cause) if isinstance(group, str) and cause is not None else None,
        node if isinstance(node, str) else None,
    )


def _whole(value: Detail) -> int | None:
    if type(value) is int:
        return value
    return int(value) if isinstance(value, float) and abs(value) < LATEST_NS else None
