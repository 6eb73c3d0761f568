"""Flows of real 5G life and what is right for each, as octets through the decoder, from both ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.unit.model.registrations.flow_steps import (
    ACCEPT,
    AUTH,
    AUTH_FAIL,
    AUTH_R,
    COMPLETE,
    INITIAL_UE,
    RELEASE,
    REQUEST,
    REROUTE,
    SESSION,
    STATUS,
    context,
    down,
    open_security,
    release,
    request,
    security,
    up,
)
from tests.unit.model.registrations.flows import Places, Said, events_of, freed, outcomes
from tests.unit.registering import MS, SUCCESSFUL

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
PLACES: Places = {}
for _on in (1, 2):
    PLACES[4026531840, _on, 1000 + _on, 50_000 + _on, 38412] = ("10.9.0.1", "10.9.0.2")
    PLACES[4026531840, 1000 + _on, _on, 38412, 50_000 + _on] = ("10.9.0.2", "10.9.0.1")


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


def test_kinds_and_further_tries() -> None:
    for octet, kind in enumerate(("initial", "mobility", "periodic", "emergency"), 1):
        (one,) = outcomes(events_of((request(kind=octet), *context(5, 8), up(12, 10)), True))
        assert (one.kind, one.attempt, one.since_first_ns) == (kind, 1, one.total_ns)
    first, second = outcomes(events_of(FLOWS["5GMM STATUS, and the UE begins anew"][0], True))
    assert (first.attempt, second.attempt, second.since_first_ns) == (1, 2, 10_676 * MS)
    # Another UE's radio id: that it is the same one nobody says.
    assert [one.attempt for one in outcomes(events_of(FLOWS["radio lost, begins anew"][0], True))] == [1, 1]


def test_service_requests_of_lte_are_no_attaches() -> None:
    """A short header, security type 12, and no type: `../cases/registrations.py`."""
    flow = [
        Said(
            place, True, 12, nas=None, size=0, ppid=18, ran=place + 1, amf=None, raw=bytes.fromhex("c7051234")
        )
        for place in range(50)
    ]
    assert outcomes(events_of(flow, True)) == outcomes(events_of(flow, False)) == []


def test_what_was_read_of_it_is_marked_where_it_was_not() -> None:
    (one,) = outcomes(events_of(PLAIN, True))
    assert [message.title for message in one.messages[3:]] == [
        "SecurityModeCommand",
        "SecurityModeComplete?",
        "InitialContextSetupRequest",
        "InitialContextSetupResponse",
        "RegistrationComplete?",
    ]


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
def test_pdu_session_behind_it(from_ran: bool) -> None:
    session = (up(45, 45), Said(60, False, SESSION), Said(72, True, SESSION, pdu=SUCCESSFUL))
    told = {
        "completed": (*PLAIN, *session),
        "no answer to the accept": (*PLAIN[:-1], *session),
        "none": PLAIN,
        "never set up": (*PLAIN, *session[:2]),
        "of an id used again": (*PLAIN, replace(request(500), octet=2), *session),
    }
    found = {name: outcomes(events_of(flow, from_ran))[0].pdu_session_ns for name, flow in told.items()}
    assert found == {
        "completed": 27 * MS,
        "no answer to the accept": 27 * MS,
        "none": None,
        "never set up": None,
        "of an id used again": 27 * MS,
    }
