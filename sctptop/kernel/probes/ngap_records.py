"""Messages of NGAP and S1AP as the probes write them: struct ngap_event of bpf/ngap.c.

The bytes of a message are decoded as they come and dropped at once: what is copied of one identifies no subscriber.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sctptop.kernel.probes.events import Clocks, names_in
from sctptop.kernel.program.declarations import NGAP_EVENT
from sctptop.kernel.program.records import DIRECTIONS
from sctptop.model.event import Detail, Event, Names, event_made
from sctptop.model.ngap.dialect import NGAP_PORT, S1AP_PORT
from sctptop.model.ngap.header import Header, decode
from sctptop.model.ngap.ppid import NGAP, S1AP, ppid_of

_PORTS = {NGAP_PORT: NGAP, S1AP_PORT: S1AP}
"""Where the PPID says nothing the port does."""
_OUT, _IN, _AGAIN = range(len(DIRECTIONS))


_WHO = next(slice(one.offset, one.offset + one.size) for one in NGAP_EVENT.members if one.name == "who")
_numbers = NGAP_EVENT.picker(
    *("at_ns", "done_ns", "blocked_ns", "order_ns", "tsn", "last_tsn", "ppid", "length"),
    *("stream", "direction", "fragment", "whole", "head.captured", "head.octets"),
)


class NgapRecord(NamedTuple):
    """A message without its bytes; times on CLOCK_MONOTONIC. ``direction`` is a place in DIRECTIONS.

    ``last_tsn`` is None where the last chunk is not known; ``length`` is that of the first chunk then. ``unset``: its
    sender gave no PPID; ``ppid`` is then what the port says.
    """

    at_ns: int
    done_ns: int
    blocked_ns: int
    order_ns: int
    names: Names
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
    numbers = _numbers(data)
    at_ns, done_ns, blocked_ns, order_ns, tsn, last_tsn, raw, length = numbers[:8]
    stream, direction, fragment, whole, captured, octets = numbers[8:]
    if direction >= len(DIRECTIONS):
        return None
    names = names_in(data[_WHO])
    ppid, swapped = ppid_of(raw)
    unset = not ppid
    if unset:
        ppid = _PORTS.get(names[3]) or _PORTS.get(names[4]) or 0
    return NgapRecord(
        at_ns,
        done_ns,
        blocked_ns,
        order_ns,
        names,
        tsn,
        last_tsn if whole else None,
        ppid,
        swapped,
        unset,
        length,
        stream,
        direction,
        bool(fragment),
        decode(octets[:captured], ppid, length if whole else None),
    )


def ngap_events(records: Iterable[NgapRecord], clocks: Clocks) -> Iterator[Event]:
    """The same as events of the model; one with ``times`` for all of a reading that only look like such messages.

    That one is of the last, and there is one for each association, direction and oddity.
    """
    alike: dict[tuple[Names, int, str | None], tuple[NgapRecord, int]] = {}
    for record in records:
        if record.only_looks_like_it:
            key = (record.names, record.direction, record.message.odd)
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
        return event_made(time, "ngap_rtx", record.names, again)
    out, message = record.direction == _OUT, record.message
    rare: dict[str, Detail] = {"ppid_unset": True} if record.unset else {}
    if message.node_name is not None:
        rare["node_name"] = message.node_name
    details: dict[str, Detail] = {
        "direction": "out" if out else "in",
        "at_ns": record.at_ns,
        "wait_ns": max(record.done_ns - record.at_ns, 0),
        "blocked_ns" if out else "order_ns": record.blocked_ns if out else record.order_ns,
        "ppid": record.ppid,
        "ppid_swapped": record.swapped,
        **rare,
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
    }
    if more is not None:
        details |= more
    return event_made(time, "ngap", record.names, details)
