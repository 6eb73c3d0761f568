"""What is known of the ways of messages beside their own instants: sent again, missed, and seen at the other end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.ngap.message import Message, message_of
from sctptop.model.passages import known_passages as module
from sctptop.model.passages.known_passages import Passages
from sctptop.model.passages.tnl_associations import TnlAssociations
from tests.unit.model.registrations.flow_steps import down, request, up
from tests.unit.model.registrations.flows import START_NS, Said, event_of
from tests.unit.registering import MS, SECOND, kept

LAST = 2**32 - 1


def ns(ms: float) -> int:
    return START_NS + round(ms * MS)


def message(said: Said, from_ran: bool = True, tsn: int | None = 101, **details: Any) -> Message:
    event = event_of(said, from_ran, 0)
    found = message_of(replace(event, details={**event.details, "tsn": tsn, "last_tsn": tsn, **details}))
    assert found is not None
    return found


def ways(*messages: Message, again: Iterable[tuple[int, float]] = (), mirrored: bool = False) -> Passages:
    """After these messages, and what was sent again of the association of the first: TSN and ms."""
    found = Passages(TnlAssociations())
    for one in messages:
        found.take(one, mirrored)
    for tsn, ms in again:
        found.sent_again(messages[0].wire, tsn, ns(ms))
    return found


def lost(known: Passages, *messages: Message) -> list[tuple[float, float]]:
    """From when to when, of each message that was."""
    return [
        ((begin - START_NS) / MS, (end - START_NS) / MS)
        for one in known.passages(messages)
        for whose, begin, end in one.phases
        if whose == "lost"
    ]


REQUEST, ANSWER = message(request(held_ms=2)), message(down(900, 42, 0x56), tsn=55)


@pytest.mark.parametrize(
    ("again", "until"),
    [
        ([], None),
        ([(101, 300)], 300),
        ([(101, 300), (101, 700)], 700),
        # What was sent again behind the answer was not what arrived.
        ([(101, 300), (101, 950)], 300),
        ([(101, 950)], None),
        ([(101, 900)], 900),
        # Before it was sent at all, and another chunk.
        ([(101, 1)], None),
        ([(100, 300), (102, 300)], None),
    ],
)
def test_ours_is_lost_until_it_is_sent_again(again: list[tuple[int, float]], until: float | None) -> None:
    known = ways(REQUEST, ANSWER, again=again)
    assert lost(known, REQUEST, ANSWER) == ([] if until is None else [(2, until)])


def test_without_an_answer_the_last_counts() -> None:
    known = ways(REQUEST, again=[(101, 300), (101, 9000)])
    assert lost(known, REQUEST) == [(2, 9000)]
    # A further message of ours is no answer.
    more = message(up(950, 10), tsn=102)
    assert lost(known, REQUEST, more) == [(2, 9000)]


def test_what_came_before_it_answers_nothing() -> None:
    known = ways(REQUEST, again=[(101, 300)])
    before = message(down(-5, 20), tsn=54)
    assert lost(known, before, REQUEST) == [(2, 300)]


def test_any_chunk_of_a_long_message_is_it() -> None:
    long = message(up(0, 10), tsn=LAST, last_tsn=1)
    for tsn in (LAST, 0, 1):
        assert lost(ways(long, again=[(tsn, 300)]), long) == [(0, 300)]
    for tsn in (LAST - 1, 2):
        assert lost(ways(long, again=[(tsn, 300)]), long) == []
    known = ways(long, again=[(1, 400), (LAST, 300)])
    assert known.again(long) == [ns(300), ns(400)] and lost(known, long) == [(0, 400)]
    # Where the last is not known only the first is.
    open_end = replace(long, last_tsn=None)
    assert lost(ways(open_end, again=[(0, 300)]), open_end) == []


def test_another_association_sends_again_what_it_sent() -> None:
    other = message(request(on=2))
    known = ways(other, REQUEST, again=[(101, 300)])
    assert lost(known, REQUEST) == [] and lost(known, other) == [(0, 300)]


def test_the_peer_s_is_missed_when_a_later_one_comes() -> None:
    first, second, third = (message(down(ms, 20), tsn=tsn) for ms, tsn in ((0, 7), (5, 9), (30, 8)))
    known = ways(first, second, third)
    assert lost(known, first, second, third) == [(5, 30)]
    # The first of those behind it, and where numbers begin anew.
    wrapped = [message(down(ms, 20), tsn=tsn) for ms, tsn in ((0, LAST), (4, 1), (6, 2), (9, 0))]
    assert lost(ways(*wrapped), *wrapped) == [(4, 9)]


@pytest.mark.parametrize(
    "told",
    [
        [(0, 7), (5, 8), (9, 9)],
        [(0, 7), (5, 9)],
        # Told late, though it came before.
        [(0, 7), (5, 9), (4, 8)],
        [(0, 7), (5, 9), (5, 8)],
        [(0, 9), (5, None), (9, 10)],
    ],
    ids=["in order", "one not seen", "told late", "at the same instant", "without a TSN"],
)
def test_nothing_is_missed(told: Sequence[tuple[float, int | None]]) -> None:
    messages = [message(down(ms, 20), tsn=tsn) for ms, tsn in told]
    assert lost(ways(*messages), *messages) == []


def test_associations_do_not_miss_each_other_s() -> None:
    first, other, second = (
        message(down(0, 20), tsn=7),
        message(down(5, 20, on=2), tsn=9),
        message(down(9, 20), tsn=8),
    )
    assert lost(ways(first, other, second), second) == []
    # Nor do the two directions: at the core these are its own.
    ours = [message(down(ms, 20), False, tsn) for ms, tsn in ((0, 7), (5, 9), (9, 8))]
    assert lost(ways(*ours), *ours) == []


def test_both_ends_here() -> None:
    sent, read = message(request(0, held_ms=2), True), message(request(30, read_ms=5), False)
    for one in (sent, read):
        known = ways(sent, read, mirrored=True)
        (way,) = known.passages([one])
        assert way.whole and way.through_ns == ns(35)
        assert way.phases == (("held", ns(0), ns(2)), ("network", ns(2), ns(30)), ("unread", ns(30), ns(35)))
        assert not ways(sent, read).passages([one])[0].whole, "nobody said that it is the same"
    # What the receiver has is what the sender sent last before it came.
    known = ways(sent, read, again=[(101, 20), (101, 33)], mirrored=True)
    for one in (sent, read):
        assert lost(known, one) == [(2, 20)]


def test_both_ends_are_told_apart_by_direction() -> None:
    """The TSNs of the two directions may be the same numbers."""
    uplink, downlink = message(request(0), True), message(down(30, 20), False)
    known = ways(uplink, downlink, mirrored=True)
    assert not any(one.whole for one in known.passages([uplink, downlink]))


def test_what_the_other_end_told_is_forgotten_once_no_registration_waits_for_it() -> None:
    known, old_ms = Passages(TnlAssociations()), module.KEPT_NS / MS
    for tsn in range(10):
        known.take(message(up(100 * tsn, 10), tsn=tsn), True)
    known.take(message(up(old_ms + 250, 10), tsn=50), True)
    assert kept(known)["ends"] == 9, "two a message at most, so that it is little work"
    for tsn in range(60, 63):
        known.take(message(up(old_ms + 250, 10), tsn=tsn), True)
    assert kept(known)["ends"] == 7 + 1 + 3


def test_all_of_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 20)
    monkeypatch.setattr(module, "MOST_AGAIN", 10)
    known = Passages(TnlAssociations())
    for tsn in range(60):
        ours = message(up(tsn, 10, on=tsn % 40), tsn=tsn)
        known.take(ours, True)
        known.take(message(down(tsn + 0.5, 10, on=tsn % 40), tsn=1000 - tsn), True)
        for again in range(100):
            known.sent_again(ours.wire, tsn, again * SECOND)
    for tsn in range(50):
        known.take(message(down(300 + tsn, 10), tsn=2000 - tsn), False)
    assert kept(known) == {"ends": 20, "again": 10, "arrivals": 10, "noticed": 10}
    assert max(map(len, known._again.values())) == module.MOST_CHUNKS
    known.clear()
    assert kept(known) == {}
