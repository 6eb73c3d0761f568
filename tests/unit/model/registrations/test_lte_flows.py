"""Attaches and tracking area updates of LTE, as octets of S1AP: what is right for each, and what begins none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.unit.model.registrations.flow_steps import (
    ATTACH,
    ATTACH_ACCEPT,
    COMPLETE,
    INITIAL_UE,
    REJECT,
    SMC,
    TAU,
    TAU_ACCEPT,
    TAU_COMPLETE,
    TAU_REJECT,
    context,
    down,
    lte,
    release,
    request,
    up,
)
from tests.unit.model.registrations.flows import Said, events_of, outcomes
from tests.unit.model.registrations.test_flow_neighbours import Right
from tests.unit.model.registrations.test_flows import PLACES
from tests.unit.registering import MS

FLOWS: dict[str, tuple[Sequence[Said], Right]] = {
    "attach": (
        (
            lte(request(nas=ATTACH)),
            *(
                lte(said)
                for said in (down(5, 36, 0x52), up(9, 19, 0x53), down(14, 13, SMC, secured=True), up(19, 19))
            ),
            *(lte(said) for said in (down(22, 9), up(24, 22), *context(25, 30), up(31, 13))),
        ),
        [("completed", 31, False, None)],
    ),
    "attach rejected": (
        (lte(request(nas=ATTACH)), lte(down(5, 3, REJECT, octet=7)), lte(release(6))),
        [("rejected", 5, False, "EMM 7 EPS services not allowed")],
    ),
    "tracking area update": (
        (lte(request(nas=TAU, kind=0)), lte(down(5, 30)), lte(up(9, 8)), lte(release(12))),
        [("completed", 9, False, None)],
    ),
    "periodic tracking area update without a new GUTI": (
        (lte(request(nas=TAU, kind=3)), lte(down(5, 20)), lte(release(12))),
        [("completed", 5, True, None)],
    ),
    "tracking area update rejected": (
        (lte(request(nas=TAU, kind=0)), lte(down(5, 3, TAU_REJECT, octet=9)), lte(release(6))),
        [("rejected", 5, False, "EMM 9 UE identity cannot be derived by the network")],
    ),
    "tracking area update, readable": (
        (
            lte(request(nas=TAU, kind=0)),
            lte(down(5, 20, TAU_ACCEPT, secured=True)),
            lte(up(9, 2, TAU_COMPLETE)),
        ),
        [("completed", 9, False, None)],
    ),
    "attach, accept in a transport": (
        (lte(request(nas=ATTACH)), lte(down(5, 60, ATTACH_ACCEPT)), lte(up(9, 7, COMPLETE))),
        [("completed", 9, False, None)],
    ),
    "extended service request": (
        (lte(Said(0, True, INITIAL_UE, 0x4C, 12, amf=None)), *map(lte, context(5, 8))),
        [],
    ),
}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
@pytest.mark.parametrize("name", FLOWS)
def test_flow(name: str, from_ran: bool) -> None:
    flow, right = FLOWS[name]
    told = outcomes(events_of(flow, from_ran), PLACES)
    assert [(one.outcome, (one.total_ns or 0) / MS, one.inferred, one.cause) for one in told] == right
