"""A message that no probe saw while a registration was under way: what it may have turned is unknown, and only that."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from sctptop.model.event import Event
from sctptop.model.ngap.message import wire_of
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.tracker import Registrations
from tests.unit.model.registrations.flow_steps import (
    AUTH,
    AUTH_FAIL,
    AUTH_R,
    AUTH_REJECT,
    INITIAL_UE,
    REJECT,
    SMC,
    STATUS,
    context,
    down,
    open_security,
    release,
    request,
    security,
    up,
)
from tests.unit.model.registrations.flows import Said, events_of, freed
from tests.unit.registering import MS

NOISE = tuple(
    said
    for ms in range(-2000, 19_000, 450)
    for said in (up(ms, 45, ran=99, amf=99), down(ms + 1, 45, ran=99, amf=99))
)
"""Of a UE that registered long ago: a message each way, so that a gap does not last."""


def whole(ms: float, ran: int, amf: int) -> tuple[Said, ...]:
    ids = {"ran": ran, "amf": amf}
    return (
        request(ms, ran=ran),
        *(replace(said, **ids) for said in (*security(ms), *context(ms + 25, ms + 30), up(ms + 40, 10))),  # type: ignore[arg-type]
    )


BEFORE, BEHIND = whole(-1500, 5, 50), whole(1100, 6, 60)
OPEN = (down(14, 17, SMC, secured=True), up(19, 60))
HALF = (request(), down(5, 42, AUTH), up(9, 21, AUTH_R), *OPEN)
DOWN_5, UP_9 = 5, 9
"""What is not seen: the AuthenticationRequest at 5 ms, the response at 9 ms."""

FATES: dict[str, tuple[tuple[Said, ...], dict[int, float]]] = {
    "released": ((*HALF, release(600)), {}),
    "superseded": ((*HALF, Said(600, True, INITIAL_UE, 0x4C, 20, amf=None)), {}),
    "timed out": (HALF, {}),
    "completed": (whole(0, 7, 9), {}),
    "rejected": ((*HALF, down(600, 4, REJECT, octet=11)), {}),
    "refused by authentication": (
        (*HALF[:2], up(9, 21, AUTH_R), down(100, 42, AUTH), up(101, 4, AUTH_FAIL), down(600, 3, AUTH_REJECT)),
        {},
    ),
    "not accepted by the UE": (
        (
            request(),
            *open_security(0),
            *context(25, 30),
            up(40, 4, STATUS, octet=98, secured=True),
            release(600),
        ),
        {},
    ),
    "association lost": (HALF, {1: 600}),
}
TURNED = ("released", "superseded", "timed out")


def told(
    flow: Sequence[Said],
    from_ran: bool,
    unseen: Collection[float] = (),
    late: Mapping[float, float] | None = None,
    gone: Mapping[int, float] | None = None,
    broken: Collection[int] = (),
) -> list[Registration]:
    """Of samples of 0.1 s. ``unseen``: the instants of messages that no probe saw; ``late``: how many ms later one is
    told; ``broken``: samples of which something was lost."""
    flow = sorted(flow, key=lambda said: said.ms)
    came: list[tuple[float, Event]] = [
        (said.ms + (late or {}).get(said.ms, 0), event)
        for said, event in zip(flow, events_of(flow, from_ran), strict=True)
        if said.ms not in unseen
    ]
    came += [(ms, freed(ms, on, from_ran)) for on, ms in (gone or {}).items()]
    followed, found = Registrations(), list[Registration]()
    for turn in range(-25, 300):
        here = [event for ms, event in came if (turn - 1) * 100 <= ms < turn * 100]
        now = followed.advance([(wire_of(event), event) for event in here], 0.1, turn not in broken)
        found += now.ended_now
    return sorted(found, key=lambda one: one.began_ns)


def outcomes(those: Sequence[Registration]) -> dict[int, tuple[str, float]]:
    """Of each UE the last, by its RAN id."""
    return {one.ran_ue_id or 0: (one.outcome, (one.total_ns or 0) / MS) for one in those}


NEIGHBOURS = {5: ("completed", 40.0), 6: ("completed", 40.0)}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
@pytest.mark.parametrize("outcome", FATES)
def test_what_it_may_have_turned_is_unknown(outcome: str, from_ran: bool) -> None:
    flow, gone = FATES[outcome]
    behind = () if gone else (*BEHIND, *NOISE)
    flow = (*BEFORE, *flow, *behind)
    expected = NEIGHBOURS if behind else {5: NEIGHBOURS[5]}
    seen = outcomes(told(flow, from_ran, gone=gone))
    assert seen == {**expected, 7: (outcome, seen[7][1])}
    for missing in (DOWN_5, UP_9):
        found = outcomes(told(flow, from_ran, [missing], gone=gone))
        # The end is the same, and those before and behind it are as they were.
        assert found == {**expected, 7: ("unknown" if outcome in TURNED else outcome, seen[7][1])}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
@pytest.mark.parametrize("outcome", TURNED)
def test_what_is_told_late_was_seen(outcome: str, from_ran: bool) -> None:
    flow = (*BEFORE, *FATES[outcome][0], *BEHIND, *NOISE)
    for missing in (DOWN_5, UP_9):
        ours = (missing == UP_9) == from_ran
        # Our own come within a second, the peer's in ten.
        found = outcomes(told(flow, from_ran, late={missing: 800 if ours else 8000}))
        assert found[7][0] == outcome


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
@pytest.mark.parametrize("outcome", TURNED)
def test_a_gap_at_another_time_or_elsewhere_turns_nothing(outcome: str, from_ran: bool) -> None:
    flow = (*BEFORE, *FATES[outcome][0], *BEHIND, *NOISE)
    last = 17_800 if outcome == "timed out" else 1150
    other = tuple(replace(said, on=2) for said in (*whole(2, 31, 31), *NOISE))
    for unseen, more in (([-1495.0], ()), ([float(last)], ()), ([7.0, 11.0], other)):
        assert (set(unseen) - {said.ms for said in (*flow, *more)}) == set()
        assert outcomes(told((*flow, *more), from_ran, unseen))[7][0] == outcome


@pytest.mark.parametrize("outcome", FATES)
def test_where_events_were_lost_any_may_be_missing(outcome: str) -> None:
    flow, gone = FATES[outcome]
    for broken, turned in (((4,), True), ((-10,), False), ((250,), False)):
        found = outcomes(told((*BEFORE, *flow), True, gone=gone, broken=broken))
        assert found[7][0] == ("unknown" if turned and outcome in TURNED else outcome)
        assert found[5][0] == "completed"


def test_a_hole_in_a_recording_is_one_too() -> None:
    followed = Registrations()
    followed.advance([(wire_of(event), event) for event in events_of(HALF, True)], 1.0)
    followed.advance([], None)
    assert [one.outcome for one in followed.advance([], 20.0).ended_now] == ["unknown"]


SHORT = (*BEFORE, request(), down(5, 42, AUTH), up(9, 21, AUTH_R))


def test_a_gap_noticed_behind_its_end_turns_it_too() -> None:
    """The next downlink message is of the UE that took its id, which the core answered after 0.3 s."""
    slow = tuple(
        replace(said, ms=said.ms + 300 * (place > 0)) for place, said in enumerate(whole(1000, 7, 11))
    )
    found = told((*SHORT, *slow), True, [DOWN_5])
    assert [one.outcome for one in found[1:]] == ["unknown", "completed"]


def test_what_is_waited_for_does_not_turn_it_by_what_was_missed_meanwhile() -> None:
    """At 605 ms one is told two seconds late; another, at 1150 ms, is never seen."""
    flow = (*SHORT, release(600), *BEHIND, *NOISE)
    assert outcomes(told(flow, True, late={DOWN_5: 2000}))[7][0] == "released"
    found = outcomes(told(flow, True, [1150.0], {DOWN_5: 2000}))
    assert found[7][0] == "released"
