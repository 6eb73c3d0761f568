"""Flows of messages between a radio node and a core as octets of NGAP and S1AP, seen from either end through the
decoder.

A flow is a list of `Said`; `ran_end` and `core_end` give the events of one end, `outcomes` what the model makes of
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from sctptop.model.associations.identity import Key
from sctptop.model.event import Detail, Event
from sctptop.model.ngap.header import decode
from sctptop.model.ngap.message import wire_of
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.tracker import Registrations
from tests.unit.registering import BOOT, INITIATING, MS, NETNS, SECOND, SUCCESSFUL, UNSUCCESSFUL

TAGS = {INITIATING: 0x00, SUCCESSFUL: 0x20, UNSUCCESSFUL: 0x40}
NGAP, S1AP = 60, 18
PORTS = {NGAP: 38412, S1AP: 36412}
IES = {
    NGAP: {"amf": 10, "ran": 85, "nas": 38, "cause": 15, "node": 27},
    S1AP: {"amf": 0, "ran": 8, "nas": 26, "cause": 2, "node": 59},
}
OVERHEAD = {NGAP: 7, S1AP: 6}
GROUPS = ("radioNetwork", "transport", "nas", "protocol", "misc")
NOISE = Random(13)
START_NS = 10 * SECOND


@dataclass(frozen=True)
class Said:
    """One message, `ms` after the beginning. `up`: by the radio node. `nas`: the type of a NAS message that can be
    read; where it cannot, only `size` octets are known. `octet` is the one behind the type: kind, or cause."""

    ms: float
    up: bool
    procedure: int
    nas: int | None = None
    size: int = 0
    octet: int = 1
    pdu: str = INITIATING
    ran: int | None = 7
    amf: int | None = 9
    on: int = 1
    cause: tuple[str, int] | None = None
    node: bytes = b""
    ppid: int = NGAP
    secured: bool = False
    held_ms: float = 0
    blocked_ms: float = 0
    read_ms: float = 0
    order_ms: float = 0
    tsn: int | None = None
    raw: bytes = b""


def nas_of(said: Said) -> bytes:
    """The octets of its NAS message: plain, under the null cipher where `secured`, or under a cipher."""
    overhead = OVERHEAD[said.ppid]
    if said.raw:
        return said.raw
    if said.nas is None:
        return _protected(said.ppid, NOISE.randbytes(max(said.size - overhead, 0))) if said.size else b""
    plain = bytes((0x7E, 0, said.nas, said.octet)) if said.ppid == NGAP else bytes((7, said.nas, said.octet))
    plain += bytes(max(said.size - len(plain) - overhead * said.secured, 0))
    return _protected(said.ppid, plain) if said.secured else plain


def _protected(ppid: int, inner: bytes) -> bytes:
    return (b"\x7e\x02" if ppid == NGAP else b"\x27") + bytes(5) + inner


def octets(said: Said) -> bytes:
    """The whole message, as aligned PER has it."""
    ids = IES[said.ppid]
    ies: list[tuple[int, bytes]] = []
    if said.amf is not None:
        ies.append((ids["amf"], _number(said.amf, 5 if said.ppid == NGAP else 6)))
    if said.ran is not None:
        ies.append((ids["ran"], _number(said.ran, 6)))
    if said.node:
        ies.append((ids["node"], said.node))
    if said.cause is not None:
        ies.append((ids["cause"], _cause(said.ppid, *said.cause)))
    nas = nas_of(said)
    if nas and said.procedure not in (14, 9, 41, 23):
        ies.append((ids["nas"], _length(len(nas)) + nas))
    body = (
        b"\0"
        + len(ies).to_bytes(2, "big")
        + b"".join(ident.to_bytes(2, "big") + b"\0" + _length(len(value)) + value for ident, value in ies)
    )
    return bytes((TAGS[said.pdu], said.procedure, 0)) + _length(len(body)) + body


def _number(value: int, shift: int) -> bytes:
    digits = value.to_bytes(max((value.bit_length() + 7) // 8, 1), "big")
    return bytes(((len(digits) - 1) << shift,)) + digits


def _cause(ppid: int, group: str, value: int) -> bytes:
    """A CHOICE of five, then an ENUMERATED that may be extended: three bits and one, and the number."""
    bits = {"radioNetwork": 6, "transport": 1, "nas": 2, "protocol": 3, "misc": 3}
    if ppid == S1AP:
        bits |= {"radioNetwork": 6}
    many = bits[group]
    lead = 3 if ppid == NGAP else 4
    text = format(GROUPS.index(group), f"0{lead}b") + "0" + format(value, f"0{many}b")
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def _length(size: int) -> bytes:
    return bytes((size,)) if size < 128 else (0x8000 | size).to_bytes(2, "big")


def event_of(said: Said, from_ran: bool, place: int, netns: int = NETNS) -> Event:
    """What the probes tell of it at one end."""
    data = octets(said)
    out = said.up == from_ran
    sent_ns = START_NS + round(said.ms * MS)
    details: dict[str, Detail] = {
        "direction": "out" if out else "in",
        "at_ns": sent_ns,
        "wait_ns": round((said.held_ms if out else said.read_ms + said.order_ms) * MS),
        "blocked_ns": round(said.blocked_ms * MS) if out else 0,
        "order_ns": 0 if out else round(said.order_ms * MS),
        "ppid": said.ppid,
        "stream": 1,
        "tsn": place if said.tsn is None else said.tsn,
        "last_tsn": place if said.tsn is None else said.tsn,
        "length": len(data),
        "fragment": False,
        **decode(data[:64], said.ppid, len(data))._asdict(),
    }
    return wired(
        Event(BOOT, "ngap", netns, 0, 0, 0, 0, details=details), said.on, from_ran, said.ppid, sent_ns
    )


def wired(event: Event, on: int, from_ran: bool, ppid: int = NGAP, at_ns: int = START_NS) -> Event:
    """The same on the association of that number, seen from that end."""
    own, peer, local, remote = (on, 1000 + on, 50_000 + on, PORTS[ppid])
    if not from_ran:
        own, peer, local, remote = peer, own, remote, local
    time = BOOT + timedelta(microseconds=at_ns // 1000)
    return replace(event, time=time, own_tag=own, peer_tag=peer, local_port=local, remote_port=remote)


def freed(ms: float, on: int, from_ran: bool) -> Event:
    """The association is no more."""
    event = Event(BOOT, "association", NETNS, 0, 0, 0, 0, details={"change": "FREED", "state": "ESTABLISHED"})
    return wired(event, on, from_ran, at_ns=START_NS + round(ms * MS))


Places = dict[Key, tuple[str, str]]


def events_of(flow: Sequence[Said], from_ran: bool) -> list[Event]:
    """All of a flow at one end; TSNs count on each association and direction."""
    counts: dict[tuple[int, bool], int] = {}
    found = []
    for said in flow:
        name = said.on, said.up
        counts[name] = counts.get(name, 100) + 1
        found.append(event_of(said, from_ran, counts[name]))
    return found


def outcomes(
    events: Iterable[Event], places: Places | None = None, until_s: float = 60.0, every_s: float = 0.5
) -> list[Registration]:
    """What the model makes of it, in the order in which they began; the clock goes on behind the last message."""
    waiting = sorted(events, key=_came_ns)
    followed = Registrations((places or {}).get)
    told: list[Registration] = []
    for turn in range(1, round(until_s / every_s) + 1):
        now_ns = START_NS + round(turn * every_s * SECOND)
        here = [event for event in waiting if _came_ns(event) <= now_ns]
        del waiting[: len(here)]
        told += followed.advance([(wire_of(event), event) for event in here], every_s).told_now
    assert not waiting
    return sorted(told, key=lambda one: one.began_ns)


def _came_ns(event: Event) -> int:
    if event.kind == "association":
        return (event.time - BOOT) // timedelta(microseconds=1) * 1000
    return int(event.number("at_ns") or 0) + int(event.number("wait_ns") or 0)
