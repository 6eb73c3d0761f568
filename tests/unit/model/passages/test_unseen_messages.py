"""Messages of which no probe told are counted by the TSNs they took, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from sctptop.comparison.remarks import caveats_of
from sctptop.comparison.summaries.summarizing import summarise
from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.passages import unseen_messages as module
from sctptop.model.passages.unseen_messages import UnseenMessages
from sctptop.model.registrations.tracker import Registrations
from sctptop.model.sample import Sample
from sctptop.output.registrations.as_json import registrations_to_json
from tests.unit.associations import sample
from tests.unit.registering import INITIAL, SECOND
from tests.unit.registering import told as message

ON = {"sock_diag": "ok", "procfs": "ok", "bpf": "ok"}
LATEST = 2**32 - 1
AFTER_S = 12
"""So many readings of a second later every gap counts."""


def event(tsn: int, direction: str = "out", at_s: float = 1, fragment: bool = False, tag: int = 1) -> Event:
    at_ns = round(at_s * SECOND)
    made = message(INITIAL, direction, at_ns, at_ns, tag=tag)
    return replace(made, details={**made.details, "tsn": tsn, "fragment": fragment})


def ours(*tsns: int) -> tuple[Event, ...]:
    return tuple(event(tsn) for tsn in tsns)


def reading(at_s: int, events: Iterable[Event] = ()) -> Sample:
    return sample(at_s=at_s, events=tuple(events), sources=ON)


def unseen(*readings: Iterable[Event], wait_s: int = AFTER_S) -> int:
    """Of one reading a second, and as many that hold nothing."""
    model = Model()
    for at_s, events in enumerate((*readings, *[()] * wait_s)):
        snapshot = model.advance(reading(at_s, events))
    return snapshot.registrations.unseen.get(None, 0)


@pytest.mark.parametrize(
    ("readings", "count"),
    [
        ([ours(7, 8, 9)], 0),
        ([ours(7, 9)], 1),
        ([ours(7), ours(10, 12)], 3),
        ([ours(LATEST - 1, LATEST, 0, 1)], 0),
        ([ours(LATEST - 1, 2)], 3),
        ([ours(9, 7, 8)], 0),
        ([ours(9, 7)], 1),
        ([ours(7, 9), ours(8)], 0),
        ([ours(9), ours(7, 10)], 0),
        ([ours(7, 7, 8), ours(8, 9)], 0),
        ([ours(7, 1008)], 1000),
        ([ours(7, 1009)], 0),
        ([ours(7, 1009, 1011)], 1),
        ([ours(7, 9, 11), ours(10)], 1),
        ([ours(7, 10), ours(8, 13), ours(12)], 2),
        ([ours(7), ours(9), ours(8, 10)], 0),
        ([ours(LATEST, 1), ours(0)], 0),
    ],
    ids=[
        "none",
        "one",
        "from reading to reading",
        "the number wraps",
        "missing where it wraps",
        "out of order",
        "out of order and one missing",
        "told a reading later",
        "older than the first",
        "told twice",
        "as far as may be",
        "too far",
        "too far, and on from there",
        "one of two told a reading later",
        "some of several told later",
        "out of order from reading to reading",
        "the number wraps and is told later",
    ],
)
def test_tsns_between_those_told_are_messages(readings: list[tuple[Event, ...]], count: int) -> None:
    assert unseen(*readings) == count


def test_each_association_and_direction_has_its_own_numbers() -> None:
    events = (*ours(7, 9), event(100, "in"), event(104, "in"), event(50, tag=2), event(51, tag=2))
    model = Model()
    for at_s, some in enumerate((events, *[()] * AFTER_S)):
        found = model.advance(reading(at_s, some)).registrations.unseen
    assert found == {None: 4, (events[0].netns, 1, 1001, 59058, 38412): 4}


def test_what_the_network_delays_is_waited_for() -> None:
    first = [event(7, "in"), event(9, "in")]
    assert unseen(first, (), (), (), (), (), (), (), [event(8, "in")]) == 0
    assert unseen(first, wait_s=8) == 0 and unseen(first, wait_s=10) == 1
    # Ours cannot be delayed behind their numbers.
    assert unseen(ours(7, 9), wait_s=1) == 1


def counted(*readings: Iterable[Event], seconds: int) -> list[int]:
    """What is counted reading by reading, at the clock of the events."""
    followed = UnseenMessages()
    found = []
    for at_s in range(seconds):
        told = readings[at_s] if at_s < len(readings) else ()
        followed.advance([(("key",), one) for one in told], at_s * SECOND)
        found.append(followed.now.get(None, 0))
    return found


def test_how_long_one_waits() -> None:
    assert counted(ours(7, 9), seconds=3) == [0, 1, 1]
    assert counted([event(7, "in"), event(9, "in")], seconds=12) == [0] * 10 + [1, 1]
    # Each gap from when it was noticed.
    assert counted(ours(7, 9), ours(11), seconds=4) == [0, 1, 2, 2]


@pytest.mark.parametrize(
    "told", [{"tsn": None}, {"tsn": "8"}, {"tsn": True}, {"direction": "up"}, {"tsn": 8.0}]
)
def test_what_has_no_tsn_or_direction_is_not_looked_at(told: dict[str, Any]) -> None:
    odd = replace(event(8), details={**event(8).details, **told})
    assert counted([event(7), odd, event(9)], seconds=3)[-1] == 1


def test_as_many_directions_and_counts_as_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DIRECTIONS", 2)
    three = [event(7, tag=tag) for tag in (1, 2, 3)]
    # The oldest gives way and begins anew, the youngest go on.
    again = [event(9, tag=tag) for tag in (3, 2)]
    assert counted(three, [*again, event(9, tag=1)], seconds=4)[-1] == 1
    assert counted(three, again, seconds=4)[-1] == 2
    monkeypatch.setattr(module, "MOST_COUNTED", 2)
    followed = UnseenMessages()
    for at_s, tags in ((0, (1,)), (1, ()), (2, (2,)), (3, ())):
        events = [((tag,), event(tsn, tag=tag)) for tag in tags for tsn in (7, 9)]
        followed.advance(events, at_s * SECOND)
    assert followed.now == {None: 2, (1,): 1}


def test_the_rest_of_a_long_message_is_none() -> None:
    long = event(7, fragment=True)
    assert unseen([long, event(10)]) == 0
    assert unseen([long], [event(10), event(12)]) == 1
    # Its first chunk is told last, and only then is it known what the gap was.
    assert unseen([event(6), event(10)], [long]) == 0
    # Three in a row may be one long message as well.
    assert unseen([long, event(8), event(12)]) == 1
    assert unseen([event(8), event(12)]) == 3
    # Behind one that is whole a gap counts again, as one message however long it is.
    assert unseen([long, event(9), event(11), event(14)]) == 2
    assert unseen([event(6), event(12)], [event(8, fragment=True)]) == 1
    assert unseen([event(LATEST - 1), event(3)], [event(LATEST, fragment=True)]) == 0


def test_other_ports_may_carry_other_data() -> None:
    assert unseen([replace(one, remote_port=5000) for one in ours(7, 9)]) == 0
    assert unseen([replace(one, remote_port=36412) for one in ours(7, 9)]) == 1


@pytest.mark.parametrize(
    ("marred", "count"),
    [
        (replace(reading(2, ours(11)), events_lost=1), 0),
        (sample(at_s=2, events=ours(11), sources={**ON, "bpf": "waiting: sctp"}), 0),
        (replace(reading(2, ours(11)), interval_s=None), 1),
    ],
    ids=["events lost", "probes off", "a hole in the recording"],
)
def test_where_more_is_missing_it_begins_anew(marred: Sample, count: int) -> None:
    model = Model()
    # One gap was noticed already, the other comes with it; the third is behind it, but not behind a hole.
    for one in (reading(0, ours(7)), reading(1, ours(9)), marred, reading(3, ours(13))):
        model.advance(one)
    for at_s in range(4, 4 + AFTER_S):
        found = model.advance(reading(at_s)).registrations.unseen
    assert found.get(None, 0) == count


def test_a_reset_counts_anew() -> None:
    model = Model()
    for at_s, events in enumerate((ours(7, 9), (), ours(11))):
        snapshot = model.advance(reading(at_s, events))
    assert snapshot.registrations.unseen[None] == 1
    model.reset()
    assert model.snapshot().registrations.unseen == {}
    for at_s, events in enumerate((ours(13), (), ()), 3):
        snapshot = model.advance(reading(at_s, events))
    assert snapshot.registrations.unseen[None] == 1


def test_it_is_told() -> None:
    samples = [reading(at_s, some) for at_s, some in enumerate((ours(7, 10), *[()] * AFTER_S))]
    model = Model()
    for one in samples:
        snapshot = model.advance(one)
    assert registrations_to_json(snapshot.registrations)["unseen"] == 2
    summaries = [summarise(samples, "a"), summarise(samples[:1], "b")]
    assert [one.unseen for one in summaries] == [2, 0]
    assert [text for text in caveats_of(summaries, ("", "")) if "message" in text] == [
        "a: 2 messages seen by no probe; registrations may lack them."
    ]


def test_a_sample_is_whole_unless_it_is_said_not_to_be() -> None:
    for whole, count in ((True, 1), (False, 0)):
        followed = Registrations()
        followed.advance([(None, one) for one in ours(7, 9)], None, whole)
        assert followed.advance([], 2.0).unseen.get(None, 0) == count
    followed = Registrations()
    followed.advance([(None, one) for one in ours(7, 9)], None)
    assert followed.advance([], 2.0).unseen[None] == 1
