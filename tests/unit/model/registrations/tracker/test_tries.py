"""Tries of one UE are linked, by what says that it is the same; those of two UEs that share an id are not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.unit.model.registrations.flow_steps import (
    AUTH,
    MOBILITY,
    REJECT,
    REQUEST,
    REROUTE,
    context,
    down,
    lte,
    request,
    security,
    up,
)
from tests.unit.model.registrations.flows import Said, events_of, outcomes
from tests.unit.registering import MS

Told = list[tuple[str, int, float]]
"""Outcome, number of the try, and ms since the first began."""


def behind(ms: float, amf: int = 9) -> tuple[Said, ...]:
    """All of a registration behind its request."""
    return (*security(ms, amf=amf), *context(ms + 25, ms + 30, amf=amf), up(ms + 40, 10, amf=amf))


def again(ms: float, **more: int) -> tuple[Said, ...]:
    """A request in an UplinkNASTransport, and the rest."""
    return (up(ms, 30, REQUEST, **more), *behind(ms))


REJECTED = (request(), down(5, 4, REJECT, octet=22))
TRIES: dict[str, tuple[Sequence[Said], Told]] = {
    "on the same context": (
        (request(), down(5, 42, AUTH), *again(5000)),
        [("superseded", 1, 5000), ("completed", 2, 5040)],
    ),
    "three": (
        (request(), down(5, 42, AUTH), up(5000, 30, REQUEST), down(5005, 42, AUTH), *again(9000)),
        [("superseded", 1, 5000), ("superseded", 2, 9000), ("completed", 3, 9040)],
    ),
    "behind a reject": ((*REJECTED, *again(2000)), [("rejected", 1, 5), ("completed", 2, 2040)]),
    "a minute behind it": ((*REJECTED, *again(60_005)), [("rejected", 1, 5), ("completed", 2, 60_045)]),
    "later: another time": ((*REJECTED, *again(60_006)), [("rejected", 1, 5), ("completed", 1, 40)]),
    "behind one that completed": (
        (request(), *behind(0), *again(3000, octet=MOBILITY)),
        [("completed", 1, 40), ("completed", 1, 40)],
    ),
    "right behind one that completed": (
        (request(), *behind(0), *again(70, octet=MOBILITY)),
        [("completed", 1, 40), ("completed", 1, 40)],
    ),
    "behind a re-route": (
        (
            *(request(), Said(5, False, REROUTE, amf=None)),
            *(request(6, on=2), down(10, 4, REJECT, on=2)),
            up(2000, 30, REQUEST, on=2),
            *(said for said in security(2000, on=2)),
            *(*context(2025, 2030, on=2), up(2040, 10, on=2)),
        ),
        [("rejected", 1, 10), ("completed", 2, 2040)],
    ),
    "another UE of the same RAN id": (
        (request(), down(5, 42, AUTH), request(5000), *behind(5000, amf=11)),
        [("superseded", 1, 5000), ("completed", 1, 40)],
    ),
    "another UE of the same RAN id behind one without an answer": (
        (request(), request(20_000), *behind(20_000, amf=11)),
        [("timed out", 1, 15_000), ("completed", 1, 40)],
    ),
    "of a UE whose first was not seen": (again(100), [("completed", 1, 40)]),
    "LTE": (
        (
            *(lte(said) for said in (request(), down(5, 3, REJECT, octet=22), up(900, 30, REQUEST))),
            *(lte(said) for said in (down(905, 60, 0x42), up(910, 7, 0x43))),
        ),
        [("rejected", 1, 5), ("completed", 2, 910)],
    ),
}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "core"])
@pytest.mark.parametrize("name", TRIES)
def test_tries(name: str, from_ran: bool) -> None:
    flow, right = TRIES[name]
    told = outcomes(events_of(flow, from_ran), until_s=80, every_s=1)
    assert [(one.outcome, one.attempt, (one.since_first_ns or 0) / MS) for one in told] == right
