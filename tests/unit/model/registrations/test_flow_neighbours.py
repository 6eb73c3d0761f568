"""What lies beside the flows of real life: the same steps with one thing other, and what is right then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.unit.model.registrations.flow_steps import (
    ACCEPT,
    AUTH,
    AUTH_FAIL,
    AUTH_R,
    AUTH_REJECT,
    COMPLETE,
    CONTEXT,
    EMERGENCY,
    MOBILITY,
    PERIODIC,
    REJECT,
    REQUEST,
    REROUTE,
    SMC,
    SMC_REJECT,
    STATUS,
    context,
    down,
    open_security,
    release,
    release_request,
    request,
    security,
    up,
)
from tests.unit.model.registrations.flows import Said, events_of, outcomes
from tests.unit.model.registrations.test_flows import PLACES
from tests.unit.registering import MS, UNSUCCESSFUL

Right = list[tuple[str, float, bool, str | None]]
"""Outcome, ms, whether inferred, and the cause of each attempt."""

SECURED = (request(), *security(0))
FLOWS: dict[str, tuple[Sequence[Said], Right]] = {
    # Rejected, in the clear and not.
    "rejected": (
        (request(), down(5, 4, REJECT, octet=11), release(6)),
        [("rejected", 5, False, "5GMM 11 PLMN not allowed")],
    ),
    "rejected under the cipher": (
        (request(kind=MOBILITY), down(5, 11), release(9)),
        [("rejected", 5, True, None)],
    ),
    "as short as a reject, but the UE answers; then the core goes on": (
        (request(kind=MOBILITY), down(5, 11), up(15, 25), down(20, 30), release(40)),
        [("completed", 20, True, None)],
    ),
    "as short as a reject, released when the timer for an identity has run out": (
        (request(kind=MOBILITY), down(5, 11), release(6005)),
        [("released", 6005, False, "NGAP nas 0 normal-release")],
    ),
    "context could not be set up": (
        (
            *SECURED,
            Said(25, False, CONTEXT),
            Said(30, True, CONTEXT, pdu=UNSUCCESSFUL, cause=("radioNetwork", 21)),
        ),
        [("rejected", 30, False, "NGAP radioNetwork 21 radio-connection-with-ue-lost")],
    ),
    # Authentication.
    "wrong keys": (
        (request(), down(5, 42, AUTH), up(9, 4, AUTH_FAIL, octet=20), down(12, 3, AUTH_REJECT), release(13)),
        [("refused by authentication", 12, False, "5GMM 20 MAC failure")],
    ),
    "wrong response": (
        (request(), down(5, 42, AUTH), up(9, 21, AUTH_R), down(12, 3, AUTH_REJECT), release(13)),
        [("refused by authentication", 12, False, None)],
    ),
    "wrong keys, released without a word": (
        (request(), down(5, 42, AUTH), up(9, 4, AUTH_FAIL, octet=20), release(13)),
        [("refused by authentication", 13, False, "5GMM 20 MAC failure")],
    ),
    "synch failure, then the radio is lost": (
        (
            request(),
            down(5, 42, AUTH),
            up(9, 19, AUTH_FAIL, octet=21),
            *security(9)[:2],
            release_request(500, 21),
            release(501),
        ),
        [("released", 501, False, "NGAP radioNetwork 21 radio-connection-with-ue-lost")],
    ),
    "wrong keys, then another UE's id: not its failure": (
        (
            request(),
            down(5, 42, AUTH),
            up(9, 4, AUTH_FAIL, octet=20),
            request(2000),
            *security(2000, amf=10)[:1],
        ),
        [("superseded", 2000, False, None), ("timed out", 15000, False, None)],
    ),
    "the UE rejects the security mode": (
        (*SECURED[:4], up(19, 4, SMC_REJECT, octet=23), release(22)),
        [("not accepted by the UE", 22, False, "5GMM 23 UE security capabilities mismatch")],
    ),
    # Under the cipher from the beginning: what goes between is no accept.
    "authentication and security mode under the cipher": (
        (
            request(kind=MOBILITY),
            down(5, 49),
            up(9, 28),
            down(14, 17, SMC, secured=True),
            up(19, 60),
            down(25, 55),
            up(40, 10),
        ),
        [("completed", 40, False, None)],
    ),
    "authentication under the cipher, the accept is not answered": (
        (request(kind=MOBILITY), down(5, 49), up(9, 28), down(25, 24), release(60)),
        [("completed", 25, True, None)],
    ),
    "an authentication under the cipher that nobody answers": (
        (request(kind=MOBILITY), down(5, 49), release(6100)),
        [("unknown", 6100, False, "NGAP nas 0 normal-release")],
    ),
    "periodic, with a new GUTI": (
        (request(kind=PERIODIC), down(5, 38), up(20, 10), release(30)),
        [("completed", 20, False, None)],
    ),
    "accept and context both": (
        (*SECURED, down(24, 55), *context(25, 30), up(40, 10)),
        [("completed", 40, False, None)],
    ),
    "the answer overtakes the context's": (
        (*SECURED, Said(25, False, CONTEXT), up(28, 10), replace(context(25, 30)[1])),
        [("completed", 28, False, None)],
    ),
    "steering of roaming is acknowledged": (
        (*SECURED, *context(25, 30), up(40, 30)),
        [("completed", 40, False, None)],
    ),
    "the UE leaves at once": (
        (*SECURED, *context(25, 30), up(40, 24), down(45, 10), release(50)),
        [("completed", 30, True, None)],
    ),
    # The accept is repeated.
    "the accept is repeated and then answered": (
        (*SECURED, *context(25, 30), down(6025, 55), up(6040, 10)),
        [("completed", 6040, False, None)],
    ),
    "the accept is repeated and never answered": (
        (*SECURED, *context(25, 30), *(down(25 + 6000 * n, 55) for n in (1, 2, 3, 4)), release(30025)),
        [("released", 30025, False, "NGAP nas 0 normal-release")],
    ),
    "a notice behind the accept is no repetition": (
        (request(kind=MOBILITY), *context(25, 30), down(2025, 55), release(9000)),
        [("completed", 30, False, None)],
    ),
    "a status under the cipher, then released": (
        (*SECURED, *context(25, 30), up(40, 11), release(400)),
        [("not accepted by the UE", 400, True, "NGAP nas 0 normal-release")],
    ),
    "a status under the cipher, but the accept is repeated and answered": (
        (*SECURED, *context(25, 30), up(40, 11), down(6025, 55), up(6050, 10)),
        [("completed", 6050, False, None)],
    ),
    "a status, and nothing more": (
        (request(), *open_security(0), *context(25, 30), up(40, 4, STATUS, octet=98, secured=True)),
        [
            (
                "not accepted by the UE",
                15000,
                False,
                "5GMM 98 Message type not compatible with the protocol state",
            )
        ],
    ),
    # Released.
    "radio lost behind the accept of an initial registration": (
        (*SECURED, *context(25, 30), release_request(900, 21), release(902)),
        [("released", 902, False, "NGAP radioNetwork 21 radio-connection-with-ue-lost")],
    ),
    "idle behind the accept of an initial registration": (
        (*SECURED, *context(25, 30), release_request(900, 20), release(902)),
        [("completed", 30, True, None)],
    ),
    "the core says nothing": ((request(),), [("timed out", 15000, False, None)]),
    "the core says nothing and then too much": (
        (request(), *security(15900)[:1], release(20000)),
        [("timed out", 15000, False, None)],
    ),
    "just within the margin": (
        (request(), *security(15000), *context(15500, 15520), up(15600, 10)),
        [("completed", 15600, False, None)],
    ),
    "re-routed, and nobody takes it up": (
        (request(), Said(5, False, REROUTE, amf=None)),
        [("unknown", 5, False, "re-routed to another core")],
    ),
    # Further tries.
    "the UE begins anew on the same context": (
        (
            request(),
            *security(0)[:1],
            up(9000, 30, REQUEST),
            *security(9000),
            *context(9025, 9030),
            up(9040, 10),
        ),
        [("superseded", 9000, False, None), ("completed", 40, False, None)],
    ),
    "rejected, and tries again on the same context": (
        (
            request(),
            down(5, 4, REJECT, octet=22),
            up(2000, 30, REQUEST),
            *security(2000),
            *context(2025, 2030),
            up(2040, 10),
        ),
        [("rejected", 5, False, "5GMM 22 Congestion"), ("completed", 40, False, None)],
    ),
    "an id used again behind a registration": (
        (
            *SECURED,
            *context(25, 30),
            up(40, 10),
            request(900),
            *security(900, amf=10),
            *context(925, 930, amf=10),
        ),
        [("completed", 40, False, None), ("completed", 30, True, None)],
    ),
    "emergency": (
        (request(kind=EMERGENCY), down(5, 30, ACCEPT), up(9, 3, COMPLETE)),
        [("completed", 9, False, None)],
    ),
}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
@pytest.mark.parametrize("name", FLOWS)
def test_flow(name: str, from_ran: bool) -> None:
    flow, right = FLOWS[name]
    told = outcomes(events_of(flow, from_ran), PLACES)
    assert [(one.outcome, (one.total_ns or 0) / MS, one.inferred, one.cause) for one in told] == right
