"""The PDU session behind a registration, and when a registration is told for good: once each, and none is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest

from sctptop.model.event import Event
from sctptop.model.ngap.message import wire_of
from sctptop.model.registrations import sessions as module
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.tracker import Registrations
from tests.unit.model.registrations.flow_steps import (
    AUTH,
    REJECT,
    SESSION,
    context,
    down,
    lte,
    release,
    request,
    security,
    up,
)
from tests.unit.model.registrations.flows import START_NS, Said, event_of, events_of, freed, outcomes
from tests.unit.registering import MS, SECOND, SUCCESSFUL

PLAIN = (request(), *security(0), *context(25, 30), up(40, 10))
"""It ends at 40 ms."""


def session(asked: float, begun: float, done: float | None, **more: Any) -> tuple[Said, ...]:
    """What the UE asks for, what the core begins with it, and the response."""
    found = (up(asked, 45, **more), Said(begun, False, SESSION, **more))
    return found if done is None else (*found, Said(done, True, SESSION, pdu=SUCCESSFUL, **more))


def took_ms(*more: Said, from_ran: bool = True, gone: Iterable[Event] = ()) -> float | None:
    """Of the first registration."""
    one = outcomes([*events_of((*PLAIN, *more), from_ran), *gone], until_s=15, every_s=0.1)[0]
    assert one.outcome == "completed"
    return None if one.pdu_session_ns is None else one.pdu_session_ns / MS


NETWORK = session(0, 60, 72)[1:]
SESSIONS: dict[str, tuple[tuple[Said, ...], float | None]] = {
    "asked for at once": (session(45, 60, 72), 27),
    "asked for within a second": (session(900, 960, 972), 72),
    "asked for later": (session(1145, 1160, 1172), None),
    "set up within ten seconds": (session(45, 60, 9900), 9855),
    "set up later": (session(45, 60, 10_600), None),
    "never set up": (session(45, 60, None), None),
    "begun by the core": (NETWORK, 12),
    "of two the first": ((*session(45, 60, 72), *session(80, 90, 99)), 27),
    "of two at once from the first request on": (
        (up(45, 45), up(50, 45), *session(0, 60, 72)[1:], *session(0, 61, 80)[1:]),
        22,
    ),
    "asked again": ((up(45, 45), up(58, 45), *NETWORK), 14),
    "of another UE": (session(45, 60, 72, ran=8, amf=11), None),
    "released meanwhile": ((*session(45, 60, None), release(70)), None),
    "another registration under its id": ((*session(45, 60, None), request(70)), None),
}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
@pytest.mark.parametrize("name", SESSIONS)
def test_how_long_it_took(name: str, from_ran: bool) -> None:
    flow, right = SESSIONS[name]
    assert took_ms(*flow, from_ran=from_ran) == right


def test_a_session_that_the_core_is_slow_to_begin() -> None:
    assert took_ms(*session(45, 1200, 1300)) == 1255


def test_what_its_sender_and_its_reader_did_is_part_of_it() -> None:
    asked, begun, done = session(45, 60, 72)
    asked = up(45, 45, blocked_ms=5)
    done = Said(72, True, SESSION, pdu=SUCCESSFUL, held_ms=6, read_ms=9)
    assert took_ms(asked, begun, done) == 5 + 27 + 6
    assert took_ms(asked, begun, done, from_ran=False) == 27 + 9


def test_it_is_none_of_the_registration_s_time() -> None:
    (alone,) = outcomes(events_of(PLAIN, True))
    (one,) = outcomes(events_of((*PLAIN, *session(45, 60, 72)), True))
    assert (one.total_ns, one.stages, one.messages) == (alone.total_ns, alone.stages, alone.messages)
    assert [message.at_ns - START_NS for message in one.after] == [45 * MS, 60 * MS, 72 * MS]
    assert alone.after == ()


def test_of_lte_it_is_the_bearer() -> None:
    """E-RABSetup."""
    flow = [lte(said) for said in (request(), down(5, 60, 0x42), up(9, 7, 0x43))]
    bearer = [lte(up(20, 45)), Said(25, False, 5, ppid=18), Said(45, True, 5, ppid=18, pdu=SUCCESSFUL)]
    (one,) = outcomes(events_of((*flow, *bearer), True))
    assert (one.protocol, one.outcome, one.pdu_session_ns) == ("S1AP", "completed", 25 * MS)


def test_messages_behind_it_are_bounded() -> None:
    flow = (*PLAIN, *(up(45 + place, 45) for place in range(100)))
    (one,) = outcomes(events_of(flow, True))
    assert len(one.after) == module.MOST_AFTER
    # Also of those that come when it has ended.
    flow = (*PLAIN, *(up(200 + place, 45) for place in range(100)))
    (one,) = outcomes(events_of(flow, True), every_s=0.1)
    assert len(one.after) == module.MOST_AFTER


# When it is told.


def at_ms(flow: Sequence[Said], *more: Event) -> dict[str, float]:
    """When the first registration ends and is told for good, of samples of 10 ms; in ms."""
    found: dict[str, float] = {}
    for now_ms, followed in samples([*events_of(flow, True), *more], every_ms=10, until_ms=12_000):
        for name, those in (("ended", followed.now.ended_now), ("told", followed.now.told_now)):
            if those:
                found.setdefault(name, now_ms)
    return found


def samples(events: Iterable[Event], every_ms: int, until_ms: int) -> Iterator[tuple[int, Registrations]]:
    """The clock of events stands at their start where none came yet."""
    waiting = sorted(events, key=came_ns)
    followed = Registrations()
    for now_ms in range(every_ms, until_ms, every_ms):
        here = [event for event in waiting if came_ns(event) < START_NS + now_ms * MS]
        del waiting[: len(here)]
        followed.advance([(wire_of(event), event) for event in here], every_ms / 1000)
        yield now_ms, followed


def came_ns(event: Event) -> int:
    if event.kind == "association":
        return START_NS
    return int(event.number("at_ns") or 0) + int(event.number("wait_ns") or 0)


TOLD = {
    "no session": (PLAIN, 90, 1040),
    "a session": ((*PLAIN, *session(45, 60, 472)), 90, 480),
    "a session that is not set up": ((*PLAIN, *session(45, 60, None)), 90, 10_040),
    "released": ((*PLAIN, release(300)), 90, 310),
    "another under its id": ((*PLAIN, request(300)), 90, 310),
    "rejected": ((request(), down(5, 4, REJECT, octet=11)), 60, 60),
    "superseded": ((request(), down(5, 42, AUTH), request(300)), 1310, 1310),
}


@pytest.mark.parametrize("name", TOLD)
def test_when_it_is_told_for_good(name: str) -> None:
    flow, ended, told = TOLD[name]
    found = at_ms(flow)
    # The clock is the newest message's at first, so a sample may be some milliseconds early or late.
    assert found["ended"] == pytest.approx(ended, abs=10) and found["told"] == pytest.approx(told, abs=20)


def test_a_lost_association_is_waited_for_no_more() -> None:
    found: dict[int, int] = {}
    for ms in (500, 700):
        for now_ms, followed in samples(events_of(PLAIN, True), every_ms=100, until_ms=2000):
            if now_ms == ms:
                event = freed(ms, 1, True)
                followed.advance([(wire_of(event), event)], 0.0)
            if followed.now.told_now:
                found.setdefault(ms, now_ms)
    assert found == {500: 500, 700: 700}


@dataclass
class Ends:
    """What was said of registrations, sample by sample."""

    ended: list[Registration]
    told: list[Registration]
    rest: list[Registration]


def names(those: Iterable[Registration]) -> list[tuple[object, ...]]:
    return sorted((one.began_ns, one.from_ran, one.ran_ue_id, one.outcome, one.total_ns) for one in those)


def random_day(rng: Random) -> list[Event]:
    """Many UEs at both ends, one after the other and all at once; ids are used again."""
    flows = (
        (*PLAIN, *session(45, 60, 172)),
        (*PLAIN, release(600)),
        PLAIN,
        PLAIN[:-1],
        (request(), down(5, 4, REJECT, octet=11), release(6)),
        (request(), down(5, 42, AUTH)),
        (*PLAIN, *session(45, 60, None)),
    )
    events: list[Event] = []
    for place in range(120):
        begin, ran = rng.randint(0, 20_000), rng.randint(1, 40)
        for said in rng.choice(flows):
            moved = Said(**{**vars(said), "ms": begin + said.ms, "ran": ran, "amf": said.amf and 100 + place})
            events += [event_of(moved, end, len(events)) for end in (True, False)]
    return [event for event in events if rng.random() > 0.01]


@pytest.mark.parametrize("seed", range(6))
def test_each_that_ended_is_told_once_and_none_is_lost(seed: int) -> None:
    rng = Random(seed)
    waiting = sorted(random_day(rng), key=came_ns)
    followed, seen = Registrations(), Ends([], [], [])
    now_ns = START_NS
    while now_ns < START_NS + rng.choice((21, 24, 60)) * SECOND:
        interval_ns = round(rng.choice((0.01, 0.1, 1, 3)) * SECOND)
        now_ns += interval_ns
        here = [event for event in waiting if came_ns(event) < now_ns]
        del waiting[: len(here)]
        rng.shuffle(here)
        now = followed.advance([(wire_of(event), event) for event in here], interval_ns / SECOND)
        seen.ended += now.ended_now
        seen.told += now.told_now
        if rng.random() < 0.05:
            followed.reset()
    seen.rest += followed.rest()
    assert len(seen.ended) > 100
    assert names(seen.ended) == names([*seen.told, *seen.rest])
    assert len(set(names(seen.ended))) == len(seen.ended)
    assert all(one.outcome == "completed" for one in seen.rest)
    assert names(followed.rest()) == names(seen.rest), "asking tells nothing"


def test_where_there_are_too_many_the_first_are_told_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FOLLOWED", 3)
    events = [
        event_of(Said(**{**vars(said), "ran": ran, "amf": said.amf and ran}), True, ran * 10 + place)
        for ran in range(1, 9)
        for place, said in enumerate(PLAIN)
    ]
    followed = Registrations()
    followed.advance([(wire_of(event), event) for event in events], 1.0)
    now = followed.advance([], 0.1)
    assert (len(now.ended_now), len(now.told_now), len(followed.rest())) == (8, 5, 3)
    assert len(followed.advance([], 1.0).told_now) == 3 and followed.rest() == ()


def later(event: Event, seconds: int) -> Event:
    at_ns = int(event.number("at_ns") or 0) + seconds * SECOND
    return replace(event, details={**event.details, "at_ns": at_ns})


def test_what_had_ended_before_another_boot_is_told_all_the_same() -> None:
    followed = Registrations()
    long_ago = [later(event, 1000) for event in events_of(PLAIN, True)]
    followed.advance([(wire_of(event), event) for event in long_ago], 1.0)
    now = followed.advance([], 0.1)
    assert len(now.ended_now) == 1 and now.told_now == ()
    rejected = events_of((request(), down(5, 4, REJECT, octet=11)), True)
    told: list[Registration] = []
    for events in (rejected, []):
        told += followed.advance([(wire_of(event), event) for event in events], 0.3).told_now
    assert [one.outcome for one in told] == ["completed", "rejected"]
