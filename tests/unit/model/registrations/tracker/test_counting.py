"""What is counted of registrations: by kind, those that failed, and what only looks like one of their messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from sctptop.model.event import Detail, Event
from sctptop.model.ngap.message import wire_of
from sctptop.model.registrations import counting as module
from sctptop.model.registrations.summary import Ends, Registered
from sctptop.model.registrations.tally import Tally
from sctptop.model.registrations.tracker import Registrations
from tests.unit.model.registrations.flow_steps import (
    EMERGENCY,
    INITIAL,
    MOBILITY,
    PERIODIC,
    REJECT,
    context,
    down,
    request,
    up,
)
from tests.unit.model.registrations.flows import Said, event_of, events_of

KINDS = {INITIAL: "initial", MOBILITY: "mobility", PERIODIC: "periodic", EMERGENCY: "emergency"}


def life(ran: int, kind: int = INITIAL, cause: int = 0, on: int = 1, ms: float = 0) -> tuple[Said, ...]:
    """One that completes in 40 ms or is rejected in 5."""
    first = request(ms, kind=kind, ran=ran, on=on)
    ids = {"ran": ran, "amf": ran, "on": on}
    if cause:
        return first, replace(down(ms + 5, 4, REJECT, octet=cause), **ids)  # type: ignore[arg-type]
    rest = (*context(ms + 25, ms + 30), up(ms + 40, 10))
    return first, *(replace(said, **ids) for said in rest)  # type: ignore[arg-type]


def after(
    flow: Iterable[Said], followed: Registrations | None = None, from_ran: bool = True
) -> Registrations:
    followed = followed or Registrations()
    events = [
        (wire_of(event), event) for event in events_of(sorted(flow, key=lambda said: said.ms), from_ran)
    ]
    followed.advance(events, 1.0)
    for _ in range(3):
        followed.advance([], 0.5)
    return followed


def counts(now: Registered, on: int | None = None) -> dict[str | None, tuple[int, int, int]]:
    """By kind: begun, completed, failed."""
    key = None if on is None else next(one.association for one in now.last if on in one.association[1:3])
    return {tally.kind: (tally.started, tally.completed, tally.failed) for tally in now.of(key)}


def test_each_kind_is_counted_by_itself() -> None:
    flow = [
        said
        for place, kind in enumerate(KINDS)
        for ue in range(place + 1)
        for said in life(10 * place + ue, kind, cause=11 if ue == 1 else 0, on=1 + ue % 2)
    ]
    for from_ran in (True, False):
        now = after(flow, from_ran=from_ran).now
        assert counts(now) == {
            "initial": (1, 1, 0),
            "mobility": (2, 1, 1),
            "periodic": (3, 2, 1),
            "emergency": (4, 3, 1),
        }
        assert counts(now, 2) == {"mobility": (1, 0, 1), "periodic": (1, 0, 1), "emergency": (2, 1, 1)}
        leading = now.leading(None)
        assert leading is not None and (leading.kind, leading.end) == (
            "emergency",
            "gNB" if from_ran else "AMF",
        )
        rejected = {(tally.kind, why): count for tally in now.of(None) for why, count in tally.causes.items()}
        why = ("rejected", "5GMM 11 PLMN not allowed")
        assert rejected == {(kind, why): 1 for kind in ("mobility", "periodic", "emergency")}


def test_the_kinds_of_the_side_that_has_more_are_what_leads() -> None:
    def told(end: str, **counts: int) -> dict[Ends, Tally]:
        return {(None, end, kind): Tally(end, kind, count) for kind, count in counts.items()}

    gnb, amf = told("gNB", initial=3, periodic=4), told("AMF", initial=6, mobility=2)
    for tallies in ({**gnb, **amf}, {**amf, **gnb}):
        leading = Registered(tallies=tallies).leading(None)
        assert leading is not None and (leading.end, leading.kind) == ("AMF", "initial")
    leading = Registered(tallies={**gnb, **told("AMF", initial=6)}).leading(None)
    assert leading is not None and (leading.end, leading.kind) == ("gNB", "periodic")


def test_those_that_failed_are_kept_beside_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 4)
    monkeypatch.setattr(module, "MOST_FAILED", 3)
    flow = [said for ue in range(6) for said in life(ue, cause=11, ms=ue, on=1 + ue % 2)]
    followed = after([*flow, *(said for ue in range(9) for said in life(50 + ue, ms=10))])
    now = followed.now
    assert [one.ran_ue_id for one in now.failed] == [3, 4, 5]
    assert [one.ran_ue_id for one in now.failed_of(None)] == [5, 4, 3], "the latest first"
    assert [one.ran_ue_id for one in now.failed_of(now.failed[0].association)] == [5, 3]
    assert len(now.last) == 4 and {one.outcome for one in now.last} == {"completed"}
    # The slowest are of those that completed.
    assert len(now.slowest) == 9 and {one.outcome for one in now.slowest} == {"completed"}
    followed.reset()
    assert (followed.now.failed, followed.now.last, followed.now.slowest) == ((), (), ())


def strange(times: Detail, on: int = 1, ran: int | None = None) -> Event:
    """Messages that do not begin like one of NGAP, as the probes tell of them."""
    event = event_of(request(ran=ran or 1, on=on), True, 5)
    details = {**event.details, "pdu": None, "odd": "no NGAP", "times": times}
    return replace(event, details=details)


def told(followed: Registrations, events: Sequence[Event]) -> dict[object, int]:
    now = followed.advance([(wire_of(event), event) for event in events], 1.0)
    return {key and key[1]: count for key, count in now.strange.items()}


def test_what_only_looks_like_a_message_is_counted_and_begins_nothing() -> None:
    followed = after(life(1))
    assert told(followed, []) == {}
    assert told(followed, [strange(3), strange(40, on=2), strange(None), strange("x")]) == {
        None: 43,
        1: 3,
        2: 40,
    }
    assert told(followed, [strange(1)]) == {None: 44, 1: 4, 2: 40}
    assert followed.now.messages == 4 and followed.now.running == 0
    assert told(followed, [replace(strange(5), kind="cwnd")]) == {None: 44, 1: 4, 2: 40}
    followed.reset()
    assert told(followed, []) == {}


def test_it_is_counted_for_as_many_associations_as_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STRANGE", 3)
    assert told(after(life(1)), [strange(1, on=on) for on in range(1, 9)]) == {None: 8, 1: 1, 2: 1}
