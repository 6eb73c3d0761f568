"""Many registrations: exact counts from both ends, late, lost and hostile events, bounds, and what is published."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.registrations import counting, tracker
from sctptop.model.registrations.summary import SERIES_KEY, registration_series
from sctptop.model.registrations.tracker import Registrations
from sctptop.model.registrations.words import OUTCOMES
from tests.unit.associations import association, sample
from tests.unit.model.registrations.attempts import check
from tests.unit.registering import (
    AUTHENTICATION,
    COMPLETE,
    INITIAL,
    MS,
    PLAIN,
    RELEASE,
    SECOND,
    Step,
    came_ns,
    exchange,
    follow,
    kept,
)


def crowd(
    count: int, apart_ms: float = 1, steps: tuple[Step, ...] = PLAIN
) -> tuple[list[Event], list[Event]]:
    """UEs that begin ``apart_ms`` one after the other, at both ends."""
    pairs = [exchange(steps, ue=ue, at_ns=SECOND + round(ue * apart_ms * MS)) for ue in range(count)]
    return [one for ran, _ in pairs for one in ran], [one for _, core in pairs for one in core]


@pytest.mark.parametrize("end", [0, 1])
def test_a_thousand_are_counted_exactly(end: int) -> None:
    followed = follow(crowd(1000)[end], until_s=6)
    (tally,) = followed.now.of(None)
    assert (tally.started, tally.completed, tally.failed, followed.now.running) == (1000, 1000, 0, 0)
    assert (tally.end, tally.success) == (("gNB", "AMF")[end], 1.0)
    parts = {name: part.sum_ns for name, part in tally.parts.items()}
    assert parts["total"] == parts["sctp"] + parts["core"] + parts["ran"] == 1000 * 21 * MS
    assert followed.now.most_running == pytest.approx(21, abs=1)
    assert (len(followed.now.last), len(followed.now.slowest)) == (1000, 100)
    # Nothing is kept of those that ended but the records.
    names = {name.split(".")[0] for name in kept(followed)}
    assert names == {"associations", "procedures", "counting"}


def test_counts_by_interval_add_up() -> None:
    events = crowd(50, apart_ms=60)[0]
    followed, started, ended = Registrations(), 0, Counter[str]()
    for second in range(1, 8):
        here = [event for event in events if second - 1 <= came_ns(event) / SECOND < second]
        now = followed.advance([(None, event) for event in here], 1.0)
        started += now.started_now
        ended += Counter(one.outcome for one in now.ended_now)
    assert started == ended["completed"] == 50


def test_outcomes_are_counted_apart() -> None:
    kinds = {
        "completed": PLAIN,
        "rejected": (INITIAL, Step(False, 4, 0x44), RELEASE),
        "released": (INITIAL, *AUTHENTICATION, RELEASE),
        "timed out": (INITIAL,),
    }
    events = [
        event
        for ue, steps in enumerate(list(kinds.values()) * 3)
        for event in exchange(steps, ue=ue, at_ns=SECOND + ue * 40 * MS)[1]
    ]
    (tally,) = follow(events).now.of(None)
    assert tally.started == 12 and tally.success == 0.25
    assert {name: count for name, count in tally.ended.items() if count} == dict.fromkeys(kinds, 3)
    assert tally.parts["total"].times.n == 3, "the times are of the completed ones"


@pytest.mark.parametrize("seed", range(6))
def test_the_order_in_which_events_come_does_not_matter(seed: int) -> None:
    steps = tuple(replace(step, held=3, read_wait=2) for step in PLAIN)
    expected = follow(crowd(30, steps=steps)[seed % 2], until_s=6).now
    rng = random.Random(seed)
    late = sorted(
        crowd(30, steps=steps)[seed % 2], key=lambda event: came_ns(event) + rng.randint(0, 40 * MS)
    )
    followed = Registrations()
    for turn in range(300):
        until_ns = SECOND + turn * 20 * MS
        here = [event for event in late[:60] if came_ns(event) <= until_ns]
        late = [event for event in late if event not in here]
        rng.shuffle(here)
        followed.advance([(None, event) for event in here], 0.02)
    assert {one.ran_ue_id: one for one in followed.now.last} == {one.ran_ue_id: one for one in expected.last}


def test_events_of_one_sample_may_come_in_any_order() -> None:
    events = crowd(100)[0]
    random.Random(4).shuffle(events)
    followed = Registrations()
    followed.advance([(None, event) for event in events], None)
    now = followed.advance([], 1.0)
    assert [one.total_ns for one in now.last] == [21 * MS] * 100


def test_a_beginning_that_comes_a_sample_late_is_not_lost() -> None:
    first, *others = exchange(PLAIN)[0]
    followed = Registrations()
    followed.advance([(None, event) for event in others[:3]], None)
    followed.advance([(None, event) for event in (first, *others[3:])], 1.0)
    (one,) = followed.advance([], 1.0).last
    assert (one.total_ns, len(one.messages)) == (21 * MS, 8)


def test_a_message_of_the_one_before_finds_it_after_the_id_was_given_anew() -> None:
    old = exchange((INITIAL, *AUTHENTICATION))[0]
    new = exchange(PLAIN, at_ns=SECOND + 20 * MS)[0]
    followed = Registrations()
    followed.advance([(None, event) for event in (*old[:2], *new)], None)
    followed.advance([(None, old[2])], 1.0)
    one, two = sorted(followed.advance([], 1.0).last, key=lambda entry: entry.began_ns)
    assert (one.outcome, two.outcome) == ("superseded", "completed")
    assert len(two.messages) == 8


def test_a_thousand_at_once() -> None:
    followed = follow(crowd(1000, apart_ms=0.001)[1], until_s=3)
    assert followed.now.most_running == 1000
    assert followed.now.of(None)[0].completed == 1000


def test_what_finds_no_room_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "MOST_RUNNING", 10)
    now = follow(crowd(25, apart_ms=0.01)[0], until_s=3).now
    assert now.unfollowed == 15
    assert (now.of(None)[0].started, now.of(None)[0].completed) == (10, 10)


def test_one_registration_cannot_fill_the_memory() -> None:
    many = [Step(False, 4, 0x54, think=0.01) for _ in range(3000)]
    events = exchange((*PLAIN[:-1], *many, COMPLETE))[0]
    (one,) = follow(events, until_s=3).now.last
    assert one.outcome == "completed" and one.left_out == len(events) - 64
    # The first and the last are kept, those in the middle give way.
    instants = [event.number("at_ns") for event in events]
    assert [message.at_ns for message in one.messages] == [*instants[:33], *instants[-31:]]


def test_a_reset_counts_anew_and_keeps_those_that_run() -> None:
    events = crowd(10)[0]
    followed = Registrations()
    followed.advance([(None, event) for event in events if came_ns(event) < SECOND + 22 * MS], None)
    assert followed.now.running == 10
    followed.reset()
    assert (followed.now.of(None), followed.now.last, followed.now.running) == ((), (), 10)
    followed.advance([(None, event) for event in events if came_ns(event) >= SECOND + 22 * MS], 1.0)
    (tally,) = followed.advance([], 1.0).of(None)
    assert (tally.started, tally.completed) == (0, 10)


def test_events_of_another_boot_begin_anew() -> None:
    followed = Registrations()
    followed.advance([(None, event) for event in exchange(PLAIN[:-1], at_ns=90_000 * SECOND)[0]], None)
    followed.advance([(None, event) for event in exchange(PLAIN)[0]], 1.0)
    (one,) = followed.advance([], 1.0).last
    assert one.total_ns == 21 * MS


def test_each_association_has_its_own_counts() -> None:
    pairs = [exchange(PLAIN, ue=1, tag=tag)[0] for tag in (1, 2)] + [exchange(PLAIN, ue=2, tag=2)[0]]
    now = follow([event for events in pairs for event in events], until_s=3).now
    assert now.of(None)[0].completed == 3
    keys = {one.association for one in now.last}
    assert sorted(now.of(key)[0].completed for key in keys) == [1, 2]
    assert sorted(len(now.slowest_of(key)) for key in keys) == [1, 2]


def test_both_ends_on_one_host_are_told_apart() -> None:
    ran, core = exchange(PLAIN)
    now = follow([*ran, *core], until_s=3).now
    assert {tally.end: tally.completed for tally in now.of(None)} == {"gNB": 1, "AMF": 1}


def test_each_ue_counts_once_where_both_ends_are_on_one_host() -> None:
    ran, core = crowd(20, apart_ms=100)
    alone, followed = follow(ran, until_s=4.5), Registrations()
    counts = Counter[str]()
    for second in range(1, 6):
        here = [event for event in (*ran, *core) if second - 1 <= came_ns(event) / SECOND < second]
        now = followed.advance([(None, event) for event in here], 1.0)
        series = registration_series(now).get(SERIES_KEY, {})
        counts += Counter({name: int(series.get(name) or 0) for name in ("started", "completed", "failed")})
    assert counts == Counter(started=20, completed=20)
    assert (now.most_running, alone.now.most_running) == (1, 1)
    assert {one.end for one in now.slowest} == {"gNB", "AMF"}


def test_those_running_count_once_where_both_ends_are_on_one_host() -> None:
    ran, core = crowd(5, apart_ms=1, steps=PLAIN[:-1])
    others = exchange(PLAIN[:-1], ue=9, tag=7)[1]
    followed = Registrations()
    now = followed.advance([(None, event) for event in (*ran, *core)], None)
    assert (now.running, now.most_running, now.from_ran) == (5, 5, True)
    # A UE of another host's radio node: the core has more.
    now = followed.advance([(None, event) for event in others], 1.0)
    assert (now.running, now.most_running, now.from_ran) == (6, 6, False)
    followed.reset()
    assert (followed.now.running, followed.now.most_running) == (6, 6)


def test_a_core_that_counts_more_does_not_crowd_the_radio_node_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SLOWEST", 3)
    late = (*PLAIN[:-1], replace(COMPLETE, read_wait=50))
    ran, core = crowd(10, steps=late)
    now = follow([*ran, *core], until_s=3).now
    assert Counter(one.end for one in now.slowest) == {"gNB": 3, "AMF": 3}
    assert [one.end for one in now.slowest] == ["AMF"] * 3 + ["gNB"] * 3


def test_the_slowest_stay_when_thousands_came_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SLOWEST", 3)
    slow = exchange((*PLAIN[:-1], replace(COMPLETE, held=200)), ue=5000)[0]
    now = follow([*slow, *crowd(1200)[0]], until_s=6).now
    assert len(now.last) == 1000 and now.slowest[0].ran_ue_id == 5000
    assert [len(now.slowest), now.slowest[0].total_ns] == [3, 221 * MS]


def test_a_hostile_stream_raises_nothing_and_makes_no_time() -> None:
    rng = random.Random(7)
    followed = Registrations()
    ended = 0
    for _ in range(150):
        now = followed.advance([(None, hostile(rng)) for _ in range(200)], rng.choice([None, 0.0, 1.0]))
        ended += len(now.ended_now)
        for one in now.ended_now:
            assert one.outcome in OUTCOMES
            check(one)
    assert ended > 30


def hostile(rng: random.Random) -> Event:
    event = exchange([INITIAL])[0][0]
    if rng.random() < 0.3:
        event = replace(event, own_tag=event.peer_tag, peer_tag=event.own_tag)
        event = replace(event, local_port=event.remote_port, remote_port=event.local_port)
    wild = rng.random() < 0.001
    at_ns = rng.choice([-5, 2**63, None]) if wild else rng.randint(0, 100 * SECOND)
    details: dict[str, Any] = {
        "direction": rng.choice(["in", "out", "out", "in", "sideways"]),
        "at_ns": at_ns,
        "wait_ns": rng.choice([-1, None, 2**62]) if wild else rng.randint(0, SECOND),
        "blocked_ns": rng.choice([0, None, -7, "x", 2**62 if wild else 5 * MS]),
        "order_ns": rng.choice([0, None, -7, "x", SECOND]),
        "tsn": rng.choice([None, -1, 2**32 - 1, 2**40, *range(20)]),
        "last_tsn": rng.choice([None, 3, 2**32 - 1, *range(20)]),
        "ppid": rng.choice([60, 18, 0, None]),
        "pdu": rng.choice(["initiatingMessage", "successfulOutcome", "unsuccessfulOutcome", None, "x"]),
        "procedure": rng.choice([15, 15, 4, 46, 14, 41, 29, 36, 21, 12, 11, 9, 255, -1, None, 1.5]),
        "nas": rng.choice([0x41, 0x42, 0x43, 0x44, 0x56, 0x57, 0x58, 0x59, 0x64, None, None, 999]),
        "nas_length": rng.choice([None, 0, 10, 11, 49, 60, 2**40, "x"]),
        "nas_cause": rng.choice([None, 20, 999, "x"]),
        "cause_group": rng.choice([None, "nas", "misc", 7]),
        "cause": rng.choice([None, 0, 999, "x"]),
        "registration_type": rng.choice([None, "initial", 7]),
        "ran_node": rng.choice([None, "00", 7]),
        "ran_ue_id": rng.choice([1, 2, 3, None]),
        "amf_ue_id": rng.choice([1, 2, 3, None, 2**40]),
        "rtt_ms": rng.choice([None, -1.0, 0.5]),
        "change": rng.choice(["FREED", None]),
        "times": rng.choice([None, None, 3]),
    }
    kind = rng.choice([*["ngap"] * 30, "ngap_rtx", "hb_rtt", "association"])
    return replace(event, kind=kind, details=details)


def test_the_snapshot_has_them_and_the_reset_empties_them() -> None:
    model = Model()
    entry = association(1, local_port=59058, remote_port=38412, peer_tag=1001)
    events = tuple(crowd(5)[0])
    model.advance(sample(entry, events=events))
    snapshot = model.advance(sample(entry, at_s=1))
    (row,) = snapshot.rows
    assert [one.association for one in snapshot.registrations.last] == [row.key] * 5
    assert snapshot.past.read(SERIES_KEY, "completed", snapshot.tick, 2) == (0, 5)
    model.reset()
    assert model.snapshot().registrations.last == () and len(snapshot.registrations.last) == 5
