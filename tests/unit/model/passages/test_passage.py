"""The way of one message, as its sender, its receiver, and both of them see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.ngap.message import Message, message_of
from sctptop.model.passages.passage import Instants, Passage, Phase, instants_of, passage
from tests.unit.model.registrations.flow_steps import up
from tests.unit.model.registrations.flows import START_NS, event_of
from tests.unit.registering import MS


def at(said_ms: float, out: bool, **waits: Any) -> Message:
    message = message_of(event_of(up(said_ms, 10, **waits), out, 101))
    assert message is not None
    return message


SENT = at(10, True, blocked_ms=4, held_ms=6)
"""Wanted to send at 6, handed over at 10, sent at 16."""
READ = at(30, False, order_ms=5, read_ms=7)
"""Arrived at 30, in order at 35, read at 42."""


def ns(ms: float) -> int:
    return START_NS + round(ms * MS)


def phases(one: Passage) -> list[tuple[str, float, float]]:
    """In ms; they follow one another without a hole."""
    for (_, _, end), (_, begin, _) in zip(one.phases, one.phases[1:], strict=False):
        assert end == begin
    assert all(begin < end for _, begin, end in one.phases)
    return [(whose, (begin - START_NS) / MS, (end - START_NS) / MS) for whose, begin, end in one.phases]


def test_what_its_sender_knows() -> None:
    way = passage(SENT)
    assert phases(way) == [("blocked", 6, 10), ("held", 10, 16)]
    assert (way.begin_ns, way.through_ns, way.whole) == (ns(6), ns(16), False)


def test_what_its_sender_sent_again() -> None:
    way = passage(SENT, resent_ns=ns(50))
    assert phases(way) == [("blocked", 6, 10), ("held", 10, 16), ("lost", 16, 50)]
    assert way.through_ns == ns(50)
    for resent_ns in (None, ns(16), ns(3)):
        assert passage(SENT, resent_ns=resent_ns) == passage(SENT), "not before it was sent"
    assert passage(SENT, noticed_ns=ns(12)) == passage(SENT), "that is for its receiver to see"


def test_what_its_receiver_knows() -> None:
    way = passage(READ)
    assert phases(way) == [("order", 30, 35), ("unread", 35, 42)]
    assert (way.begin_ns, way.through_ns, way.whole) == (ns(30), ns(42), False)


def test_what_its_receiver_missed_when_a_later_one_came() -> None:
    way = passage(READ, noticed_ns=ns(22))
    assert phases(way) == [("lost", 22, 30), ("order", 30, 35), ("unread", 35, 42)]
    assert way.begin_ns == ns(22)
    assert passage(READ, noticed_ns=ns(30)).phases == passage(READ).phases


@pytest.mark.parametrize("resent_ns", [None, ns(20), ns(16)])
def test_seen_at_both_ends_it_is_the_same_from_either(resent_ns: int | None) -> None:
    ours = passage(SENT, instants_of(READ), resent_ns)
    theirs = passage(READ, instants_of(SENT), resent_ns, noticed_ns=ns(18))
    lost: list[tuple[str, float, float]] = [("lost", 16, 20), ("network", 20, 30)]
    assert phases(ours) == [
        ("blocked", 6, 10),
        ("held", 10, 16),
        *(lost if resent_ns == ns(20) else [("network", 16, 30)]),
        ("order", 30, 35),
        ("unread", 35, 42),
    ]
    assert (ours.phases, ours.through_ns, ours.whole) == (theirs.phases, theirs.through_ns, True)
    assert theirs.whole and ours.message is SENT and theirs.message is READ


def test_what_took_no_time_is_no_phase() -> None:
    sent, read = at(10, True), at(10, False)
    for way in (passage(sent), passage(read), passage(sent, instants_of(read))):
        assert (way.phases, way.begin_ns, way.through_ns) == ((), ns(10), ns(10))


def test_waiting_is_not_longer_than_it_lay_there() -> None:
    """An event may say more of order than it waited at all."""
    event = event_of(up(10, 10, read_ms=2), False, 101)
    message = message_of(replace(event, details={**event.details, "order_ns": 50 * MS}))
    assert message is not None
    assert phases(passage(message)) == [("order", 10, 12)]


def test_instants() -> None:
    assert instants_of(SENT) == Instants(ns(6), ns(10), ns(16), 0)
    assert instants_of(READ) == Instants(ns(30), ns(30), ns(42), 5 * MS)
    known: tuple[Phase, ...] = passage(SENT).phases
    assert known[0] == ("blocked", ns(6), ns(10))
