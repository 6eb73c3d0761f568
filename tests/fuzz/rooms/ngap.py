"""Messages of NGAP and S1AP: their headers, and registrations made of any sequence of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sctptop.model.event import Event
from sctptop.model.ngap.causes import cause_text
from sctptop.model.ngap.header import ODDITIES, decode
from sctptop.model.ngap.message import message_of, wire_of
from sctptop.model.ngap.nas import nas_name
from sctptop.model.ngap.ppid import PPID_NAMES, ppid_of
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.tracker import Registrations
from sctptop.output.registrations.as_json import registrations_to_json
from tests.fuzz import seeds
from tests.fuzz.target import Choices, Target
from tests.unit.model.registrations.flow_steps import lte
from tests.unit.model.registrations.flows import Said, event_of, freed, wired
from tests.unit.model.registrations.test_flows import FLOWS, PLAIN

PPIDS = (*PPID_NAMES, 0x3C000000, 0x12000000, 0, 46)
INTERVALS = (0.5, 1.0, None, 0.0, 5.0, 17.0, 61.0, 3600.0)
PLAYED, CHANGED, BESIDE, ADVANCE = 0, 120, 200, 220
"""The first byte of each kind of step."""
ODD_VALUES = (None, True, "", "in", "out", "radioNetwork", "initial", 1.5, -1.5, 1e308)
NAMES = (
    *("at_ns", "wait_ns", "blocked_ns", "order_ns", "tsn", "last_tsn", "amf_ue_id", "ran_ue_id", "stream"),
    *("direction", "pdu", "procedure", "ppid", "nas", "nas_length", "registration_type", "nas_cause"),
    *("cause_group", "cause", "ran_node", "odd", "length", "fragment", "times", "ppid_swapped"),
)


@cache
def said() -> Sequence[Said]:
    """All messages of the flows that tests/unit knows, and the same in S1AP where there are such."""
    ngap = [one for flow, _ in FLOWS.values() for one in flow if one.ppid == 60]
    return [*ngap[:200], *(lte(one) for one in PLAIN)]


def flows() -> Sequence[bytes]:
    """Each flow as steps from either end, then time that goes by."""
    place, found = {id(one): at for at, one in enumerate(said())}, []
    for flow, _ in FLOWS.values():
        at = [place[id(one)] for one in flow if id(one) in place]
        for end in (0, 1):
            steps = b"".join(bytes((PLAYED, one, end, 0)) for one in at)
            found.append(steps + bytes((ADVANCE, 0, 0)) + bytes((ADVANCE, 5, 0)))
    return found


def header(data: bytes) -> None:
    """A head of any protocol, whole or cut; names of what it holds."""
    choices = Choices(data)
    ppid, _ = ppid_of(choices.of(PPIDS))
    how = choices.byte()
    head = data[2:]
    length = (None, len(head), len(head) + how, how)[how & 3]
    found = decode(head, ppid, length)
    assert found.odd is None or found.odd in ODDITIES, found
    if found.nas is not None:
        nas_name(ppid, found.nas)
    if found.cause_group is not None and found.cause is not None:
        cause_text(ppid, found.cause_group, found.cause)


def registrations(data: bytes) -> None:
    """Steps: messages as the world sends them, with numbers changed, other events, time that goes by."""
    choices = Choices(data)
    followed = Registrations()
    came: list[Event] = []
    told: list[Registration] = []
    shift = 0
    while choices.left:
        step = choices.byte()
        if step < CHANGED:
            came.append(_message(choices, shift, step))
        elif step < BESIDE:
            came.append(_changed(_message(choices, shift, 0), choices))
        elif step < ADVANCE:
            came.append(_beside(choices, shift))
        else:
            now = followed.advance(
                [_named(event) for event in came], choices.of(INTERVALS), choices.byte() < 224
            )
            came = []
            told += [*now.ended_now, *now.told_now]
            shift += step
    followed.advance([_named(event) for event in came], 1.0)
    for seconds in (1.0, 20.0, 100.0):
        now = followed.advance((), seconds)
        told += [*now.ended_now, *now.told_now]
    told += [*followed.rest(), *now.oldest, *now.last]
    registrations_to_json(now)
    for one in told:
        _adds_up(one)


def _adds_up(one: Registration) -> None:
    if one.total_ns is None:
        return
    parts = (one.sctp_ns, one.unread_ns, one.network_ns, one.core_ns, one.ran_ns)
    assert sum(part or 0 for part in parts) == one.total_ns, one
    assert all(part is None or part >= 0 for part in parts), one


@cache
def _event(place: int, from_ran: bool, on: int) -> Event:
    return event_of(replace(said()[place], on=on), from_ran, 100 + place)


def _message(choices: Choices, shift: int, step: int) -> Event:
    """The place of what is said, the end that saw it, and how much later; ``step`` by the way gives the association."""
    place, end, later = choices.byte() % len(said()), choices.byte(), choices.byte()
    event = _event(place, not end & 1, 1 + step % 3)
    at_ns = int(event.number("at_ns") or 0) + shift * 1_000_000_000 + later * 1_000_003
    return replace(event, details={**event.details, "at_ns": at_ns})


def _changed(event: Event, choices: Choices) -> Event:
    details: dict[str, Any] = dict(event.details)
    for _ in range(1 + choices.byte() % 3):
        name = choices.of(NAMES)
        details[name] = choices.of(ODD_VALUES) if choices.byte() < 64 else choices.number()
    return replace(event, details=details)


def _beside(choices: Choices, shift: int) -> Event:
    kind = choices.byte() % 4
    if kind == 0:
        return freed(shift * 1000.0, 1 + choices.byte() % 3, bool(choices.byte() & 1))
    like = _event(0, bool(choices.byte() & 1), 1 + choices.byte() % 3)
    number = choices.number()
    if kind == 1:
        return replace(like, kind="hb_rtt", details={"rtt_ms": number / 1e6})
    if kind == 2:
        return replace(like, kind="ngap_rtx", details={"tsn": choices.byte(), "at_ns": number})
    return wired(replace(like, kind="association", details={"change": "FREED", "at_ns": number}), 1, True)


def _named(event: Event) -> tuple[None, Event]:
    message_of(event)
    wire_of(event)
    return None, event


def heads() -> Sequence[bytes]:
    """The heads of all that is said, behind PPID and length."""
    return [
        bytes((PPIDS.index(18 if at >= len(said()) - 8 else 60), 1)) + head
        for at, head in enumerate(seeds.ngap_heads())
    ]


TARGETS = {
    "header": Target(header, heads, 128),
    "registrations": Target(registrations, flows, 512),
}
