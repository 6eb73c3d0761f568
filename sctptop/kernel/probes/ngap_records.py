"""Messages of NGAP and S1AP as the probes write them: struct ngap_event of bpf/ngap.c.

The bytes of a message are decoded as they come and dropped at once: a subscriber's identity may be among them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from sctptop.kernel.probes.records import WHO, Clocks, Who, who_of
from sctptop.model.event import Detail, Event
from sctptop.model.ngap.dialect import NGAP_PORT, S1AP_PORT
from sctptop.model.ngap.header import Header, decode
from sctptop.model.ngap.ppid import NGAP, S1AP, ppid_of

_RECORD = struct.Struct(f"<QQ{WHO}IIIHBBI48s4x")
_PORTS = {NGAP_PORT: NGAP, S1AP_PORT: S1AP}
"""Where the PPID says nothing the port does."""


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
    if len(data) < _RECORD.size:
        return None
    values = _RECORD.unpack_from(data)
    at_ns, done_ns = values[:2]
    who = who_of(values[2:11])
    tsn, raw_ppid, length, stream, direction, fragment, captured, head = values[11:]
    ppid, swapped = ppid_of(raw_ppid)
    if not ppid:
        ppid = _PORTS.get(who.local_port) or _PORTS.get(who.remote_port) or 0
    message = decode(head[:captured], ppid, None if fragment else length)
    return NgapRecord(
        at_ns, done_ns, who, tsn, ppid, swapped, length, stream, direction == 0, bool(fragment), message
    )


def ngap_event(record: NgapRecord, clocks: Clocks) -> Event:
    """The same as an event of the model."""
    message, who = record.message, record.who
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
    return Event(
        time=clocks.time(record.at_ns),
        kind="ngap",
        netns=who.netns,
        own_tag=who.own_tag,
        peer_tag=who.peer_tag,
        local_port=who.local_port,
        remote_port=who.remote_port,
        assoc_id=who.assoc_id or None,
        details=details,
    )
