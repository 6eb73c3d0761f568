"""Messages of NGAP and S1AP as the probes write them: struct ngap_event of bpf/ngap.c.

The bytes of a message are decoded as they come and dropped at once: a subscriber's identity may be among them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sctptop.kernel.probes.events import Clocks, event_of
from sctptop.kernel.probes.records import DIRECTIONS, NGAP_EVENT, Who
from sctptop.model.event import Detail, Event
from sctptop.model.ngap.dialect import NGAP_PORT, S1AP_PORT
from sctptop.model.ngap.header import Header, decode
from sctptop.model.ngap.ppid import NGAP, S1AP, ppid_of

_PORTS = {NGAP_PORT: NGAP, S1AP_PORT: S1AP}
"""Where the PPID says nothing the port does."""
_OUT = DIRECTIONS.index("OUT")


@dataclass(frozen=True, slots=True)
class NgapRecord:
    """A message without its bytes; times on CLOCK_MONOTONIC."""

    at_ns: int
    done_ns: int
    who: Who
    tsn: int
    ppid: int
    swapped: bool
    length: int
    stream: int
    out: bool
    fragment: bool
    message: Header


def ngap_record(data: bytes) -> NgapRecord | None:
    """One record of the perf buffer, which may be padded; None for one that is too short."""
    if len(data) < NGAP_EVENT.size:
        return None
    raw = NGAP_EVENT.decode(data)
    who = raw.who
    ppid, swapped = ppid_of(raw.ppid)
    if not ppid:
        ppid = _PORTS.get(who.local_port) or _PORTS.get(who.remote_port) or 0
    return NgapRecord(
        at_ns=raw.at_ns,
        done_ns=raw.done_ns,
        who=who,
        tsn=raw.tsn,
        ppid=ppid,
        swapped=swapped,
        length=raw.length,
        stream=raw.stream,
        out=raw.direction == _OUT,
        fragment=bool(raw.fragment),
        message=decode(raw.head[: raw.captured], ppid, None if raw.fragment else raw.length),
    )


def ngap_event(record: NgapRecord, clocks: Clocks) -> Event:
    """The same as an event of the model."""
    message = record.message
    details: dict[str, Detail] = {
        "direction": "out" if record.out else "in",
        "at_ns": record.at_ns,
        "wait_ns": max(record.done_ns - record.at_ns, 0),
        "ppid": record.ppid,
        "ppid_swapped": record.swapped,
        "stream": record.stream,
        "tsn": record.tsn,
        "length": record.length,
        "fragment": record.fragment,
        "pdu": message.pdu,
        "procedure": message.procedure,
        "amf_ue_id": message.amf_ue_id,
        "ran_ue_id": message.ran_ue_id,
        "nas": message.nas,
        "odd": message.odd,
    }
    return event_of(clocks.time(record.at_ns), "ngap", record.who, details)
