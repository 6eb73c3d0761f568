"""Messages of NGAP and S1AP as the probes write them: struct ngap_event of bpf/ngap.c.

The bytes of a message are decoded as they come and dropped at once: what is copied of one identifies no subscriber.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sctptop.kernel.probes.events import Clocks, event_of
from sctptop.kernel.program.declarations import NGAP_EVENT
from sctptop.kernel.program.records import DIRECTIONS, Who
from sctptop.model.event import Detail, Event
from sctptop.model.ngap.dialect import NGAP_PORT, S1AP_PORT
from sctptop.model.ngap.header import Header, decode
from sctptop.model.ngap.ppid import NGAP, S1AP, ppid_of

_PORTS = {NGAP_PORT: NGAP, S1AP_PORT: S1AP}
"""Where the PPID says nothing the port does."""
_OUT, _IN, _AGAIN = range(len(DIRECTIONS))


@dataclass(frozen=True, slots=True)
class NgapRecord:
    """A message without its bytes; times on CLOCK_MONOTONIC. ``direction`` is a place in DIRECTIONS.

    ``last_tsn`` is None where the last chunk is not known; ``length`` is that of the first chunk then. ``unset``: its
    sender gave no PPID; ``ppid`` is then what the port says.
    """

    at_ns: int
    done_ns: int
    blocked_ns: int
    order_ns: int
    who: Who
    tsn: int
    last_tsn: int | None
    ppid: int
    swapped: bool
    unset: bool
    length: int
    stream: int
    direction: int
    fragment: bool
    message: Header

    @property
    def only_looks_like_it(self) -> bool:
        """Whether it is another protocol's, or nobody's, where NGAP or S1AP is expected."""
        return self.message.pdu is None and self.message.odd is not None and self.direction != _AGAIN


def ngap_record(data: bytes) -> NgapRecord | None:
    """One record of the perf buffer, which may be padded; None for one too short or of a direction not known."""
    if len(data) < NGAP_EVENT.size:
        return None
    raw = NGAP_EVENT.decode(data)
    if raw.direction >= len(DIRECTIONS):
        return None
    who = raw.who
    ppid, swapped = ppid_of(raw.ppid)
    unset = not ppid
    if unset:
        ppid = _PORTS.get(who.local_port) or _PORTS.get(who.remote_port) or 0
    head = raw.head.octets[: raw.head.captured]
    return NgapRecord(
        at_ns=raw.at_ns,
        done_ns=raw.done_ns,
        blocked_ns=raw.blocked_ns,
        order_ns=raw.order_ns,
        who=who,
        tsn=raw.tsn,
        last_tsn=raw.last_tsn if raw.whole else None,
        ppid=ppid,
        swapped=swapped,
        unset=unset,
        length=raw.length,
        stream=raw.stream,
        direction=raw.direction,
        fragment=bool(raw.fragment),
        message=decode(head, ppid, raw.length if raw.whole else None),
    )


def ngap_events(records: Iterable[NgapRecord], clocks: Clocks) -> Iterator[Event]:
    """The same as events of the model; one with ``times`` for all of a reading that only look like such messages.

    That one is of the last, and there is one for each association, direction and oddity.
    """
    alike: dict[tuple[Who, int, str | None], tuple[NgapRecord, int]] = {}
    for record in records:
        if record.only_looks_like_it:
            key = (record.who, record.direction, record.message.odd)
            _, times = alike.get(key, (record, 0))
            alike[key] = record, times + 1
        else:
            yield _event(record, clocks)
    for record, times in alike.values():
        yield _event(record, clocks, {"times": times})


def _event(record: NgapRecord, clocks: Clocks, more: dict[str, Detail] | None = None) -> Event:
    time = clocks.time(record.at_ns)
    if record.direction == _AGAIN:
        again: dict[str, Detail] = {
            "at_ns": record.at_ns,
            "ppid": record.ppid,
            "stream": record.stream,
            "tsn": record.tsn,
        }
        return event_of(time, "ngap_rtx", record.who, again)
    out, message = record.direction == _OUT, record.message
    details: dict[str, Detail] = {
        "direction": "out" if out else "in",
        "at_ns": record.at_ns,
        "wait_ns": max(record.done_ns - record.at_ns, 0),
        **({"blocked_ns": record.blocked_ns} if out else {"order_ns": record.order_ns}),
        "ppid": record.ppid,
        "ppid_swapped": record.swapped,
        **({"ppid_unset": True} if record.unset else {}),
        "stream": record.stream,
        "tsn": record.tsn,
        "last_tsn": record.last_tsn,
        "length": record.length,
        "fragment": record.fragment,
        "pdu": message.pdu,
        "procedure": message.procedure,
        "amf_ue_id": message.amf_ue_id,
        "ran_ue_id": message.ran_ue_id,
        "nas": message.nas,
        "nas_length": message.nas_length,
        "registration_type": message.registration_type,
        "nas_cause": message.nas_cause,
        "cause_group": message.cause_group,
        "cause": message.cause,
        "ran_node": message.ran_node,
        "odd": message.odd,
        **(more or {}),
    }
    return event_of(time, "ngap", record.who, details)
