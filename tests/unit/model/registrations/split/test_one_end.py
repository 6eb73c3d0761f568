"""Whose time it was where one end is seen: what it did itself, what was lost, and the network by its heartbeats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

import pytest

from sctptop.model.event import Event
from sctptop.model.registrations.attempt import Registration
from tests.unit.model.registrations.attempts import check
from tests.unit.model.registrations.flow_steps import AUTH, context, down, request, security, up
from tests.unit.model.registrations.flows import START_NS, Said, events_of, outcomes, wired
from tests.unit.model.registrations.split.exchanges import Path, events_at, exchange
from tests.unit.registering import BOOT, MS, NETNS

PLAIN = (request(), *security(0), *context(25, 30), up(40, 10))
SHARES = {"core": 5 + 5 + 6, "ran": 4 + 5 + 5 + 10}
"""Of PLAIN, in ms, at either end: nothing took time on its way."""


def again(tsn: int, ms: float, from_ran: bool = True, on: int = 1) -> Event:
    details = {"at_ns": START_NS + round(ms * MS), "tsn": tsn, "stream": 1, "ppid": 60}
    return wired(Event(BOOT, "ngap_rtx", NETNS, 0, 0, 0, 0, details=details), on, from_ran)


def heartbeat(rtt_ms: float, from_ran: bool = True, on: int = 1) -> Event:
    return wired(Event(BOOT, "hb_rtt", NETNS, 0, 0, 0, 0, details={"rtt_ms": rtt_ms}), on, from_ran)


def at(flow: Sequence[Said], more: Iterable[Event] = (), from_ran: bool = True) -> list[Registration]:
    """In the order of their RAN ids; the time of each adds up."""
    found = outcomes([*events_of(flow, from_ran), *more], until_s=25)
    for one in found:
        check(one)
    return sorted(found, key=lambda one: one.ran_ue_id or 0)


def shares(one: Registration) -> dict[str, float]:
    """What took time, in ms."""
    names = ("held", "blocked", "lost", "order", "unread", "network", "core", "ran")
    return {name: ns / MS for name in names if (ns := getattr(one, f"{name}_ns"))}


def put(place: int, **waits: float) -> tuple[Said, ...]:
    return tuple(replace(said, **waits) if here == place else said for here, said in enumerate(PLAIN))  # type: ignore[arg-type]


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
def test_of_itself_each_end_knows_what_it_did(from_ran: bool) -> None:
    (one,) = at(PLAIN, from_ran=from_ran)
    assert shares(one) == SHARES and one.network_ns is None
    # The AuthenticationResponse, at 9 ms.
    found = {
        name: shares(at(put(2, **{f"{name}_ms": 3}), from_ran=from_ran)[0])
        for name in ("held", "order", "read")
    }
    ours = {**SHARES, "core": 13, "held": 3}
    assert found["held"] == (ours if from_ran else SHARES)
    assert found["order"] == (SHARES if from_ran else {**SHARES, "core": 13, "order": 3})
    assert found["read"] == (SHARES if from_ran else {**SHARES, "core": 13, "unread": 3})


def test_a_sender_blocked_for_buffer_begins_earlier() -> None:
    (one,) = at(put(0, blocked_ms=30))
    assert (shares(one), one.began_ns) == ({**SHARES, "blocked": 30}, START_NS - 30 * MS)
    assert (one.stages[0].name, one.stages[0].whose) == ("InitialUEMessage", "blocked")
    # In the middle it is taken from the time of its own side.
    (one,) = at(put(2, blocked_ms=3))
    assert shares(one) == {**SHARES, "ran": 21, "blocked": 3}
    # At the core the same message is only late.
    (one,) = at(put(2, blocked_ms=3), from_ran=False)
    assert shares(one) == SHARES


LATE = tuple(replace(said, ms=said.ms + 1000) if said.ms else said for said in PLAIN)
"""The core's first answer comes after 1005 ms."""


@pytest.mark.parametrize(
    ("sent", "lost"),
    [
        ((), 0),
        ((again(101, 200),), 200),
        ((again(101, 200), again(101, 1000)), 1000),
        ((again(101, 1004.5),), 1004.5),
        # It had been answered.
        ((again(101, 1006),), 0),
        ((again(101, 200), again(101, 1006)), 200),
        # Another chunk, another association.
        ((again(100, 200),), 0),
        ((again(101, 200, on=2),), 0),
        ((again(101, 200, from_ran=False),), 0),
    ],
)
def test_ours_is_lost_until_it_was_sent_again(sent: tuple[Event, ...], lost: float) -> None:
    (one,) = at(LATE, sent)
    expected = {**SHARES, "core": 1016 - lost, "lost": lost}
    assert shares(one) == {name: ms for name, ms in expected.items() if ms}
    # It is told of its messages, whether it mattered or not.
    ours = [event.details["at_ns"] for event in sent if event.details["tsn"] == 101 and event.own_tag == 1]
    assert one.sent_again == tuple((0, at_ns) for at_ns in ours)


def test_an_answer_to_something_else_shows_nothing() -> None:
    """What was sent again before it arrived is lost, whatever came meanwhile, of another UE."""
    other = (request(100, ran=8), down(150, 42, AUTH, ran=8, amf=12))
    one, two = at(sorted((*LATE, *other), key=lambda said: said.ms), [again(101, 900)])
    assert shares(one)["lost"] == 900 and two.lost_ns == 0


def test_the_peer_s_is_lost_from_when_a_later_one_came() -> None:
    """Two UEs whose first answers the core sent together; that of the first was lost on its way."""
    ours = tuple(
        replace(said, ms=said.ms + 500, tsn=900 + place) if place else said
        for place, said in enumerate(PLAIN)
    )
    ours = (ours[0], replace(ours[1], tsn=101), *ours[2:])
    other = (request(1, ran=8), down(8, 42, AUTH, ran=8, amf=12, tsn=102), up(9, 21, ran=8, amf=12))
    one, two = at((*ours, *other))
    assert shares(one) == {**SHARES, "core": 8 + 11, "lost": 505 - 8}
    assert two.lost_ns == 0
    # Seen in order, nothing was.
    one, two = at((*(replace(said, tsn=103) if said.tsn == 101 else said for said in ours), *other))
    assert shares(one) == {**SHARES, "core": 16 + 500} and two.lost_ns == 0


def test_what_waits_behind_a_lost_one_waits_in_order() -> None:
    flow = tuple(replace(said, order_ms=490) if said.nas == AUTH else said for said in LATE)
    flow = tuple(replace(said, ms=515) if said.nas == AUTH else said for said in flow)
    (one,) = at(flow)
    assert shares(one) == {**SHARES, "core": 515 + 11, "order": 490}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
def test_the_network_is_taken_from_the_other_side_s_time(from_ran: bool) -> None:
    theirs, ours = ("core", "ran") if from_ran else ("ran", "core")
    (one,) = at(PLAIN, [heartbeat(2, from_ran)], from_ran)
    assert one.network_ns is not None
    assert shares(one)[ours] == SHARES[ours]
    assert shares(one)[theirs] + shares(one)["network"] == SHARES[theirs]
    # It cannot have taken more than there was.
    (one,) = at(PLAIN[:-1], [heartbeat(5.5, from_ran)], from_ran)
    assert shares(one)["network"] == (5 + 5 + 5.5 if from_ran else 4 + 5 + 5)


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
def test_the_network_is_passed_there_and_back_for_each_answer(from_ran: bool) -> None:
    """Three times at either end: the RegistrationComplete answers nothing, it follows the response."""
    (one,) = at(PLAIN, [heartbeat(2, from_ran)], from_ran)
    assert shares(one)["network"] == 3 * 2


def test_the_network_is_not_known_without_a_heartbeat_of_its_own_association() -> None:
    (one,) = at(PLAIN, [heartbeat(2, on=2), heartbeat(2, from_ran=False)])
    assert one.network_ns is None and shares(one) == SHARES


def test_a_part_on_its_way_and_what_is_held_are_no_network() -> None:
    """Of 1005 ms until the first answer 1000 were lost and 2 are the network's."""
    (one,) = at(LATE, [heartbeat(2), again(101, 1000)])
    assert shares(one) == {**SHARES, "core": 10, "network": 6, "lost": 1000}
    (one,) = at(put(0, held_ms=4), [heartbeat(2)])
    assert shares(one) == {**SHARES, "core": 16 - 4 - 5, "network": 1 + 2 + 2, "held": 4}


@pytest.mark.parametrize("seed", range(20))
def test_heartbeats_move_time_and_make_none(seed: int) -> None:
    rng = Random(seed)
    sent = exchange(PLAIN, rng, Path(most_ms=rng.choice((5, 40)), delay_ms=(0, 9)))
    rtt_ms = rng.choice((0, 1, 7.25, 500))
    for from_ran in (True, False):
        events = events_at(sent, from_ran)
        (plain,) = outcomes(events, until_s=20, every_s=5)
        (split,) = outcomes([*events, heartbeat(rtt_ms, from_ran)], until_s=20, every_s=5)
        check(split)
        theirs, ours = ("core_ns", "ran_ns") if from_ran else ("ran_ns", "core_ns")
        for name in ("total_ns", "held_ns", "blocked_ns", "lost_ns", "order_ns", "unread_ns", ours):
            assert getattr(split, name) == getattr(plain, name)
        assert getattr(split, theirs) + split.network_ns == getattr(plain, theirs)
        assert (split.network_ns == 0) == (rtt_ms == 0)
