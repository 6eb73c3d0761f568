"""Flows of real 5G life and what is right for each, as octets through the decoder, from both ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.model.registrations.flows import Said, events_of, freed, outcomes
from tests.unit.registering import MS, SUCCESSFUL

INITIAL_UE, DOWN, UP, CONTEXT, RELEASE, REROUTE = 15, 4, 46, 14, 41, 36
REQUEST, ACCEPT, COMPLETE, AUTH, AUTH_R, AUTH_FAIL, SMC, SMC_R, STATUS = (
    *(0x41, 0x42, 0x43, 0x56, 0x57, 0x59, 0x5D, 0x5E, 0x64),
)


def request(ms: float = 0, size: int = 30, kind: int = 1, **more: Any) -> Said:
    said = Said(ms, True, INITIAL_UE, REQUEST, size, octet=kind, amf=None)
    return replace(said, **more)


def down(ms: float, size: int, nas: int | None = None, **more: Any) -> Said:
    return replace(Said(ms, False, DOWN, nas, size), **more)


def up(ms: float, size: int, nas: int | None = None, **more: Any) -> Said:
    return replace(Said(ms, True, UP, nas, size), **more)


def context(ms: float, answered_ms: float, **more: Any) -> tuple[Said, Said]:
    asked, told = Said(ms, False, CONTEXT), Said(answered_ms, True, CONTEXT, pdu=SUCCESSFUL)
    return replace(asked, **more), replace(told, **more)


def release(ms: float, **more: Any) -> Said:
    return replace(Said(ms, False, RELEASE, cause=("nas", 0)), **more)


def security(start: float, **more: Any) -> tuple[Said, ...]:
    return (
        down(start + 5, 42, AUTH, **more),
        up(start + 9, 21, AUTH_R, **more),
        down(start + 14, 17, SMC, secured=True, **more),
        up(start + 19, 60, **more),
    )


def open_security(start: float, **more: Any) -> tuple[Said, ...]:
    return (*security(start, **more)[:3], up(start + 19, 60, SMC_R, secured=True, **more))


PLAIN = (request(), *security(0), *context(25, 30), up(40, 10))

FLOWS: dict[str, tuple[Sequence[Said], list[tuple[str, float, bool]]]] = {
    "initial registration, ciphered": (PLAIN, [("completed", 40, False)]),
    "synch failure": (
        (
            request(),
            down(5, 42, AUTH),
            up(9, 19, AUTH_FAIL, octet=21),
            *security(9),
            *context(34, 39),
            up(49, 10),
        ),
        [("completed", 49, False)],
    ),
    "periodic, released 20 ms later": (
        (request(size=25, kind=3), down(5, 24), release(25), Said(26, True, RELEASE, pdu=SUCCESSFUL)),
        [("completed", 5, True)],
    ),
    "periodic, context kept": (
        (request(size=25, kind=3), down(5, 24), release(20005)),
        [("completed", 5, True)],
    ),
    "mobility, no new GUTI, a PDU session at 3.0 s": (
        (request(kind=2), *context(5, 8), up(3000, 45)),
        [("completed", 8, False)],
    ),
    "identity under ciphering": (
        (request(kind=2), down(5, 11), up(9, 23), down(40, 44), up(60, 10)),
        [("completed", 60, False)],
    ),
    "re-routed": (
        (
            request(),
            Said(5, False, REROUTE, amf=None),
            request(6, on=2),
            *security(6, on=2),
            *context(31, 33, on=2),
            up(41, 10, on=2),
        ),
        [("completed", 41, False)],
    ),
    "two associations": (
        (request(), *security(0, on=2), *context(25, 30, on=2), up(40, 10, on=2)),
        [("completed", 40, False)],
    ),
    "radio lost, begins anew": (
        (
            request(),
            down(5, 42, AUTH),
            request(3000, ran=8),
            release(3004),
            *security(3000, ran=8, amf=10),
            *context(3025, 3030, ran=8, amf=10),
            up(3040, 10, ran=8, amf=10),
        ),
        [("released", 3004, False), ("completed", 40, False)],
    ),
    "5GMM STATUS, and the UE begins anew": (
        (
            request(ran=1),
            *open_security(0, ran=1, amf=1),
            *context(510, 513, ran=1, amf=1),
            up(638, 11, STATUS, octet=98, secured=True, ran=1, amf=1),
            down(6510, 55, ACCEPT, secured=True, ran=1, amf=1),
            up(10180, 30, REQUEST, ran=1, amf=1),
            *open_security(10180, ran=1, amf=1),
            down(10660, 55, ACCEPT, secured=True, ran=1, amf=1),
            up(10676, 10, COMPLETE, secured=True, ran=1, amf=1),
        ),
        [("not accepted by the UE", 10180, False), ("completed", 496, False)],
    ),
    "service request": (
        (Said(0, True, INITIAL_UE, 0x4C, 20, amf=None), *context(5, 8)),
        [],
    ),
    "deregistration": (
        (Said(0, True, INITIAL_UE, 0x45, 20, amf=None), down(5, 10, 0x46), release(8)),
        [],
    ),
}
PLACES = {(4026531840, on, 1000 + on, 50_000 + on, 38412): ("10.9.0.1", "10.9.0.2") for on in (1, 2)} | {
    (4026531840, 1000 + on, on, 38412, 50_000 + on): ("10.9.0.2", "10.9.0.1") for on in (1, 2)
}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
@pytest.mark.parametrize("name", FLOWS)
def test_flow(name: str, from_ran: bool) -> None:
    flow, right = FLOWS[name]
    told = outcomes(events_of(flow, from_ran), PLACES)
    assert [(one.outcome, (one.total_ns or 0) / MS, one.inferred) for one in told] == right


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
def test_association_that_dies_in_the_middle(from_ran: bool) -> None:
    flow = (request(), down(5, 42, AUTH), up(9, 21, AUTH_R))
    (one,) = outcomes([*events_of(flow, from_ran), freed(1300, 1, from_ran)], PLACES)
    assert (one.outcome, one.total_ns) == ("association lost", 1300 * MS)
