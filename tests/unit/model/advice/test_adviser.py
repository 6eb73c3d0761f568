"""Which advice comes first, how long it stays, since when, and of which associations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sctptop.model.association import Association, Path
from sctptop.model.event import Event
from sctptop.model.model import Model
from tests.unit.associations import NETNS, sample
from tests.unit.model.advice.advised import (
    MS,
    NEAR,
    PROBED,
    advised,
    calm,
    happening,
    ngap,
    of,
    pictures,
    rules,
)
from tests.unit.model.advice.checks.test_of_paths import lossy, with_spare
from tests.unit.model.advice.checks.test_of_sending import STALLED, at, exchange, heartbeaten, several


def test_problems_come_before_warnings_and_these_before_notes() -> None:
    """Within them what costs most first, then where NGAP goes."""

    def crowd(tick: int) -> list[Association]:
        losing = replace(lossy(tick), own_tag=3, nodelay=True)
        return [losing, heartbeaten(tick), calm(tick, 2, held_bins=STALLED)]

    told = advised(crowd, 24, events=lambda tick: several(0, 4, ppid_swapped=True))
    assert [(one.rule, of(one)[1]) for one in told] == [
        ("nagle", 2),
        ("lossy_path", 3),
        ("ppid_order", 1),
        ("one_stream", 1),
    ]


def test_of_one_kind_the_rules_order_counts_then_which_was_first() -> None:
    def crowd(tick: int) -> list[Association]:
        dead = calm(tick, 9, paths=(Path(NEAR, "INACTIVE" if tick > 12 else "ACTIVE", True, errors=0),))
        later = calm(tick, 1, held_bins=STALLED if tick > 10 else ())
        return [later, dead, calm(tick, 5, held_bins=STALLED)]

    told = advised(crowd)
    assert [(one.rule, of(one)[1]) for one in told] == [("dead_path", 9), ("nagle", 5), ("nagle", 1)]
    assert [one.since_s for one in told] == [13.0, 2.0, 13.0]


def test_it_stays_ten_seconds_after_its_last_sign() -> None:
    seen = pictures(
        lambda tick: with_spare(tick, "INACTIVE" if tick < 8 else "ACTIVE", 6 if tick < 8 else 0), 20
    )
    assert [len(one.advice) for one in seen] == [0] * 5 + [1] * 13 + [0] * 2


def test_timeouts_of_sacks_are_those_of_its_own_namespace() -> None:
    events = exchange(206)

    def said(other_name: str = "SctpDelaySackExpireds", netns: int = NETNS, gained: int = 5) -> list[str]:
        model = Model()
        for tick in range(20):
            now = sample(heartbeaten(tick), at_s=tick, sources=PROBED, events=tuple(at(events, tick)))
            picture = model.advance(replace(now, counters={netns: {other_name: gained * tick}}))
        return rules(picture.advice)

    assert said() == ["delayed_sack"]
    assert said("SctpT3RtxExpireds") == said(netns=NETNS + 1) == said(gained=0) == []


def test_sacks_that_come_late_in_one_reading_of_many_seconds() -> None:
    """What the counter gained in the whole interval counts, not a second of it."""
    events = [ngap(200 * place, 1 + place // 2) for place in range(8)]

    def said(gained: int) -> list[str]:
        model = Model()
        for tick in range(3):
            told = tuple(events) if tick == 1 else ()
            interval_s = 30.0 if tick else None
            counters = {"SctpDelaySackExpireds": gained * tick}
            now = sample(
                heartbeaten(tick),
                at_s=30 * tick,
                interval_s=interval_s,
                sources=PROBED,
                counters=counters,
                events=told,
            )
            picture = model.advance(now)
        return rules(picture.advice)

    assert said(3) == ["delayed_sack"] and said(1) == []


def test_no_advice_on_events_of_others() -> None:
    def events(tick: int) -> Iterable[Event]:
        return [happening(tick, "t3_rtx", tag=7), happening(tick, "retransmit", tag=7, reason="FAST_RTX")]

    assert advised(calm, events=events) == ()
    assert (
        advised(
            lambda tick: calm(tick, held_bins=((1 * MS, 5),)), events=lambda tick: several(None, 4, wait_ns=1)
        )
        != ()
    )


def test_what_lasts_is_remembered_for_half_a_minute_at_least() -> None:
    for picture in pictures(lambda tick: calm(tick, held_bins=STALLED), 100)[40:]:
        (advice,) = picture.advice
        assert 30 <= int(advice.seen.split()[0]) <= 60


def test_ngap_is_remembered_for_up_to_a_minute_and_no_longer() -> None:
    seen = pictures(
        heartbeaten, 75, events=lambda tick: several(None, 1, ppid_swapped=True) if tick < 5 else ()
    )
    # Said until the second generation turned, and for ten seconds more.
    assert [len(one.advice) for one in seen] == [1] * 70 + [0] * 5


def test_what_only_looks_like_ngap_asks_for_no_heartbeat() -> None:
    def odd(**more: Any) -> list[Event]:
        return [ngap(place, 1, **more) for place in range(9)]

    def said(events: Iterable[Event]) -> list[str]:
        return rules(advised(lambda tick: calm(tick, nodelay=True), events=lambda tick: events))

    assert "no_heartbeat" in said(odd())
    assert said(odd(times=4, pdu=None, odd="ppid")) == []


def test_what_was_so_before_anybody_asked_may_be_older() -> None:
    """As where a replay jumps to a time: readings before it are remembered, and advice is asked for only there."""

    def stalled(tick: int) -> Association:
        return calm(tick, held_bins=STALLED if tick > 9 else ())

    for asked_from, raised_s, from_start in ((0, 12, False), (30, 30, True)):
        model = Model()
        for tick in range(40):
            now = sample(stalled(tick), at_s=tick, sources=PROBED)
            snapshot = model.advance(now, shown=tick >= asked_from)
        (one,), (alarm,) = snapshot.advice, snapshot.alarms
        assert (one.rule, one.since_s, one.from_start) == ("nagle", raised_s, from_start)
        assert (alarm.from_start, alarm.raised) == (from_start, sample(at_s=raised_s).time)
