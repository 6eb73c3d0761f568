"""When a registration begins to count, runs, and ends: samples at chosen instants, and what each publishes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from sctptop.model.associations.identity import Key
from sctptop.model.event import Event
from sctptop.model.registrations import counting, tracker
from sctptop.model.registrations.summary import Registered
from sctptop.model.registrations.tracker import Registrations
from tests.unit.registering import (
    AUTHENTICATION,
    BOOT,
    INITIAL,
    MS,
    PLAIN,
    RELEASE,
    SECOND,
    Step,
    exchange,
    told,
)

DONE_NS = SECOND + 21 * MS
"""When PLAIN is through at the radio node."""


class Clock:
    """Samples of registrations at instants in ns, events given to the first that ends after them."""

    def __init__(self, events: Iterable[Event] = (), key: Key | None = None) -> None:
        self.followed = Registrations()
        self.at_ns = 0
        self.key = key
        if events:
            self.take(events)

    def take(self, events: Iterable[Event], interval_ns: int | None = None) -> Registered:
        interval_s = None if interval_ns is None else interval_ns / SECOND
        return self.followed.advance([(self.key, event) for event in events], interval_s)

    def wait(self, interval_ns: int) -> Registered:
        return self.take((), interval_ns)


def ran(steps: Iterable[Step], ue: int = 1, at_ns: int = SECOND) -> list[Event]:
    return exchange(tuple(steps), ue=ue, at_ns=at_ns)[0]


def test_nothing_is_known_before_the_first_message() -> None:
    clock = Clock()
    assert clock.wait(SECOND) == Registered()
    other = replace(ran(PLAIN)[0], kind="cwnd")
    assert clock.take([other], SECOND) == Registered()
    assert clock.take(ran(PLAIN), SECOND).messages == 8
    assert clock.wait(SECOND).messages == 8


def test_an_end_counts_50_ms_after_it() -> None:
    clock = Clock(ran(PLAIN))
    assert (clock.followed.now.running, clock.followed.now.last) == (1, ())
    assert clock.wait(50 * MS - 1000).running == 1
    now = clock.wait(1000)
    assert (now.running, len(now.last), len(now.ended_now)) == (0, 0, 1)
    # What is told for good waits a second longer for the PDU session.
    ended = now.ended_now
    now = clock.wait(950 * MS - 1000)
    assert (now.ended_now, now.told_now, now.last) == ((), (), ())
    now = clock.wait(1000)
    assert (now.ended_now, now.told_now, now.last) == ((), ended, ended)
    now = clock.wait(SECOND)
    assert (now.ended_now, now.told_now, now.last) == ((), (), ended)


def test_one_that_did_not_complete_is_told_with_its_end_for_good() -> None:
    """For a second a message may show that one before it was not seen."""
    clock = Clock(ran((*PLAIN[:2], RELEASE)))
    assert clock.wait(SECOND - MS).ended_now == ()
    now = clock.wait(2 * MS)
    assert len(now.ended_now) == 1 and now.told_now == now.last == now.failed == now.ended_now


def test_the_clock_is_never_behind_an_event() -> None:
    clock = Clock(ran(PLAIN))
    now = clock.take(ran((INITIAL,), ue=2, at_ns=DONE_NS + 50 * MS), 1000)
    assert (now.running, len(now.ended_now)) == (1, 1)
    # It goes on from where it was when events are older.
    now = clock.take(ran((INITIAL,), ue=3), 16 * SECOND - 1000)
    assert [(one.ran_ue_id, one.outcome) for one in now.ended_now] == [(3, "timed out")]
    assert now.ended_now[0].total_ns == 15 * SECOND, "the margin is for what comes late, not its time"
    assert clock.followed.now.running == 1
    now = clock.wait(1000)
    assert [(one.ran_ue_id, one.outcome) for one in now.ended_now] == [(2, "timed out")]


def test_without_an_interval_the_clock_stands_still() -> None:
    clock = Clock(ran(PLAIN))
    assert clock.take(()).running == 1 and clock.take((), 0).running == 1


@pytest.mark.parametrize(("older_ns", "running"), [(60 * SECOND, 1), (60 * SECOND + 1, 0)])
def test_events_a_minute_older_are_of_another_boot(older_ns: int, running: int) -> None:
    clock = Clock(ran((INITIAL,), at_ns=90 * SECOND))
    at_ns = 90 * SECOND - older_ns
    assert clock.take([told(AUTHENTICATION[0], "in", at_ns, at_ns)], SECOND).running == running


def test_an_id_is_of_an_association_and_end() -> None:
    """The same numbers on another association are another UE."""
    clock = Clock([*exchange((INITIAL,), tag=1)[0], *exchange((INITIAL,), tag=2)[0]])
    clock.take(exchange(PLAIN, tag=2)[0][1:], SECOND)
    now = clock.wait(SECOND)
    (one,) = now.last
    assert (one.association[1], one.outcome, len(one.messages), now.running) == (2, "completed", 8, 1)


def test_it_is_named_by_its_row_or_by_what_carried_it() -> None:
    clock = Clock(ran(PLAIN), key=("a row",))
    (one,) = clock.wait(SECOND).last
    assert one.association == ("a row",)
    assert one.began == BOOT + timedelta(seconds=1) and one.began_ns == SECOND
    clock = Clock(ran(PLAIN))
    (one,) = clock.wait(SECOND).last
    assert one.association == (ran(PLAIN)[0].netns, 1, 1001, 59058, 38412)


def test_while_it_runs_it_has_stages_up_to_now_and_no_times() -> None:
    (one,) = Clock(ran(PLAIN[:3])).take([]).oldest
    assert (one.outcome, one.total_ns, one.sctp_ns, one.core_ns, one.ran_ns) == ("running", *[None] * 4)
    # An answer that is waited for: where it would end is known, but it runs on.
    (one,) = Clock(ran(PLAIN[:-1])).wait(SECOND).oldest
    assert (one.outcome, one.total_ns, one.held_ns, one.unread_ns) == ("running", *[None] * 3)
    assert sum(stage.length_ns for stage in one.stages) == SECOND + 20 * MS
    assert one.costliest is not None and one.costliest.name == "nothing more"


def test_what_comes_behind_its_end_is_none_of_its_messages() -> None:
    clock = Clock(ran((*PLAIN[:-1], Step(True, 44), RELEASE)))
    (one,) = clock.wait(SECOND).last
    assert [message.name for message in one.messages][-2:] == [
        "InitialContextSetupRequest",
        "InitialContextSetupResponse",
    ]
    assert (one.left_out, one.total_ns) == (0, 20 * MS)


def test_a_message_waits_one_sample_for_its_beginning_and_no_more() -> None:
    first, *others = ran(PLAIN)
    for empty, messages in ((0, 8), (1, 1)):
        clock = Clock(others)
        for _ in range(empty):
            clock.wait(MS)
        clock.take([first], MS)
        (one,) = clock.wait(20 * SECOND).last
        assert len(one.messages) == messages


def test_a_core_gives_its_id_later_and_is_known_by_it() -> None:
    release = told(RELEASE, "in", SECOND + 90 * MS, SECOND + 90 * MS)
    for steps, outcome in ((PLAIN[:2], "released"), (PLAIN[:1], "timed out")):
        clock = Clock([*ran(steps), release])
        (one,) = clock.wait(20 * SECOND).last
        assert (one.outcome, one.amf_ue_id) == (outcome, 1001 if len(steps) > 1 else None)


def test_its_id_is_free_once_it_ended() -> None:
    clock = Clock(ran(PLAIN))
    clock.wait(SECOND)
    clock.take(ran(PLAIN, at_ns=3 * SECOND), SECOND)
    now = clock.wait(SECOND)
    assert [(one.outcome, len(one.messages), one.total_ns) for one in now.last] == [
        ("completed", 8, 21 * MS)
    ] * 2


def test_an_older_one_whose_beginning_comes_late_ends_where_the_younger_began() -> None:
    old, new = ran((INITIAL, *AUTHENTICATION)), ran(PLAIN, at_ns=SECOND + 20 * MS)
    clock = Clock(new)
    clock.take(old, MS)
    one, two = clock.wait(SECOND).last
    assert (one.outcome, one.total_ns, len(one.messages)) == ("superseded", 20 * MS, 3)
    assert (two.outcome, two.total_ns, len(two.messages)) == ("completed", 21 * MS, 8)


def test_another_first_message_under_its_id_ends_it_too() -> None:
    service = replace(INITIAL, nas=0x4C)
    clock = Clock([*ran(PLAIN[:3]), *ran((service, *AUTHENTICATION), at_ns=SECOND + 20 * MS)])
    now = clock.wait(SECOND)
    (one,) = now.last
    assert (one.outcome, one.total_ns, len(one.messages), now.running) == ("superseded", 20 * MS, 3, 0)
    nameless = replace(INITIAL, ids="none")
    assert Clock(ran((nameless,))).followed.now.running == 0


def test_the_last_are_in_the_order_of_their_ends() -> None:
    late, early = ran(PLAIN, ue=1), ran((*PLAIN[:2], RELEASE), ue=2, at_ns=SECOND + 5 * MS)
    now = Clock([*late, *early]).wait(SECOND)
    assert [one.ran_ue_id for one in now.last] == [2, 1] == [one.ran_ue_id for one in now.ended_now]


@pytest.mark.parametrize(("apart_ns", "most"), [(21 * MS - 1000, 2), (21 * MS, 1), (22 * MS, 1)])
def test_one_that_begins_as_another_ends_is_not_at_once_with_it(apart_ns: int, most: int) -> None:
    clock = Clock([*ran(PLAIN, ue=1), *ran(PLAIN, ue=2, at_ns=SECOND + apart_ns)])
    assert clock.wait(SECOND).most_running == most
    # One that waits for an answer that will not come is over where its context was set up.
    clock = Clock([*ran(PLAIN[:-1], ue=1), *ran(PLAIN, ue=2, at_ns=SECOND + apart_ns)])
    assert clock.wait(SECOND).most_running == (1 if apart_ns >= 20 * MS else 2)


def test_those_that_came_and_went_in_one_sample_were_at_once_too() -> None:
    clock = Clock(
        [*ran(PLAIN, ue=1), *ran(PLAIN, ue=2, at_ns=SECOND + 9 * MS), *ran(PLAIN[:1], ue=3, at_ns=2 * SECOND)]
    )
    assert (len(clock.followed.now.ended_now), clock.followed.now.running) == (2, 1)
    assert clock.followed.now.most_running == 2


def test_the_most_at_once_holds_until_the_reset() -> None:
    clock = Clock([event for ue in range(3) for event in ran(PLAIN, ue=ue)])
    assert clock.wait(SECOND).most_running == 3
    clock.take(ran(PLAIN[:2], ue=7, at_ns=5 * SECOND), SECOND)
    assert clock.wait(SECOND).most_running == 3
    clock.followed.reset()
    assert (clock.followed.now.most_running, clock.wait(SECOND).most_running) == (1, 1)


def test_of_those_that_run_the_oldest_twenty_are_shown() -> None:
    clock = Clock(
        [event for ue in range(21, 0, -1) for event in ran((INITIAL,), ue=ue, at_ns=SECOND + ue * MS)]
    )
    assert [one.ran_ue_id for one in clock.followed.now.oldest] == list(range(1, 21))


def test_counts_of_associations_are_bounded_and_those_of_all_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_TALLIES", 2)
    clock = Clock([event for tag in (1, 2) for event in exchange(PLAIN, tag=tag)[0]])
    now = clock.wait(SECOND)
    counts = {key and key[1]: (tally.started, tally.completed) for (key, *_), tally in now.tallies.items()}
    assert counts == {None: (2, 2), 1: (1, 1)}


def test_what_found_no_room_is_counted_until_the_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "MOST_RUNNING", 1)
    clock = Clock([event for ue in (1, 2, 3) for event in ran(PLAIN, ue=ue)])
    assert (clock.followed.now.unfollowed, clock.followed.now.messages) == (2, 24)
    clock.followed.reset()
    assert (clock.followed.now.unfollowed, clock.followed.now.messages) == (0, 0)
