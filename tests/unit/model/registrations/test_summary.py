"""What a view gets of registrations: counts, shares, times, and their series over time."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from sctptop.model.event import Event
from sctptop.model.registrations import tally
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.summary import SERIES_KEY, Registered, registration_series, time_of
from sctptop.model.registrations.tally import ACCEPTED, PARTS, Part, Tally
from sctptop.model.registrations.tracker import Registrations
from tests.unit.model.registrations.attempts import REJECT
from tests.unit.registering import (
    AUTHENTICATION,
    COMPLETE,
    INITIAL,
    MS,
    PLAIN,
    SECOND,
    Step,
    exchange,
    follow,
)

OURS, THEIRS = ("ours",), ("theirs",)
SETUP = (Step(True, 21, ids="none"), Step(False, 21, pdu="successfulOutcome", ids="none"))


@cache
def plain() -> Registration:
    (found,) = follow(exchange(PLAIN)[0], until_s=3).now.last
    return found


def one(**facts: object) -> Registration:
    return replace(plain(), **facts)  # type: ignore[arg-type]


def started(end: str, count: int, kind: str | None = None) -> Tally:
    return Tally(end, kind, count)


def followed(*events: Event) -> Registrations:
    """All of them in one sample, and what was settled a second later."""
    found = Registrations()
    found.advance([(None, event) for event in events], None)
    found.advance([], 1.0)
    return found


def held(ms: float, ue: int) -> list[Event]:
    return exchange((*PLAIN[:-1], replace(COMPLETE, held=ms)), ue=ue)[0]


def test_the_series_of_an_interval() -> None:
    assert registration_series(Registered()) == {}
    events = [*held(0, 1), *held(10, 2), *held(30, 3), *exchange((INITIAL, REJECT), ue=4)[0]]
    now = followed(*events, *exchange((INITIAL,), ue=5)[0]).now
    expected = {"started": 0, "completed": 3, "failed": 1, "running": 1, "median_ms": 31.0}
    assert registration_series(now) == {SERIES_KEY: expected}
    assert SERIES_KEY == ("registrations",)


def test_the_series_while_none_ended() -> None:
    waiting = Registrations()
    now = waiting.advance([(None, event) for event in exchange((INITIAL,))[0]], None)
    counts = {"started": 1, "completed": 0, "failed": 0, "running": 1, "median_ms": None}
    assert registration_series(now) == {SERIES_KEY: counts}
    waiting.reset()
    assert registration_series(waiting.now) == {SERIES_KEY: counts | {"started": 0}}
    # Other messages alone are none.
    now = Registrations().advance([(None, event) for event in exchange(SETUP)[0]], None)
    assert registration_series(now) == {} and now.seen


def test_whether_there_was_anything() -> None:
    nothing = Registered()
    assert not nothing.seen
    assert (nothing.messages, nothing.running, nothing.most_running, nothing.unfollowed) == (0, 0, 0, 0)
    assert Registered(messages=1).seen and Registered(running=1).seen
    assert Registered(tallies={(None, "gNB", None): Tally("gNB")}).seen
    assert Registered(procedures=followed(*exchange(SETUP)[0]).now.procedures).seen
    assert followed(*exchange(PLAIN)[0]).now.messages == 8


@pytest.mark.parametrize(
    ("ran", "core", "leads"),
    [
        (started("gNB", 5), started("AMF", 4), "gNB"),
        (started("gNB", 4), started("AMF", 5), "AMF"),
        (started("gNB", 5), started("AMF", 5), "gNB"),
        (started("gNB", 5), started("AMF", 5).with_more(0, [one()]), "AMF"),
        (started("gNB", 5).with_more(0, [one()]), started("AMF", 6), "AMF"),
        (started("eNB", 5), started("MME", 5), "eNB"),
    ],
)
def test_the_side_that_saw_more_leads(ran: Tally, core: Tally, leads: str) -> None:
    for tallies in ((ran, core), (core, ran)):
        seen = Registered(
            tallies={(None, tally.end, None): tally for tally in tallies},
            started={
                (None, ran.end, None): 2,
                (None, ran.end, "initial"): 1,
                (None, core.end, None): 4,
                (OURS, ran.end, None): 7,
                (OURS, core.end, None): 8,
            },
        )
        found = seen.leading(None)
        assert found is not None and found.end == leads
        assert seen.from_ran == found.from_ran == (leads == ran.end)
        assert seen.started_now == (3 if leads == ran.end else 4)
        assert seen.of(None) == tallies and seen.of(OURS) == () and seen.leading(OURS) is None
    assert Registered().from_ran and Registered().started_now == 0


def test_procedures_the_most_frequent_first_then_by_name() -> None:
    session = (Step(False, 29), Step(True, 29, pdu="successfulOutcome"))
    events = [*exchange((*SETUP, *AUTHENTICATION, *session))[0], *exchange(session, ue=2)[0]]
    now = followed(*events).now
    names = ["PDUSessionResourceSetup", "Authentication", "NGSetup"]
    assert [entry.kind.name for entry in now.procedures_of(None)] == names
    (key,) = {entry.kind.association for entry in now.procedures} - {None}
    assert [entry.kind.name for entry in now.procedures_of(key)] == names
    assert now.procedures_of(OURS) == ()


def test_the_slowest_and_the_oldest_of_an_association() -> None:
    quick, slow, other = (
        one(association=OURS),
        one(association=OURS, total_ns=SECOND),
        one(association=THEIRS),
    )
    seen = Registered(slowest=(slow, other), last=(quick, other, slow), oldest=(other, quick))
    assert seen.slowest_of(None) == (slow, other)
    assert seen.slowest_of(OURS) == (slow, quick) and seen.slowest_of(THEIRS) == (other,)
    assert seen.oldest_of(None) == (other, quick)
    assert seen.oldest_of(OURS) == (quick,) and seen.oldest_of(("no",)) == ()
    assert (time_of(quick), time_of(replace(quick, total_ns=None))) == (21 * MS, 0)


def test_shares_of_a_tally() -> None:
    none = Tally("gNB")
    assert (none.started, none.completed, none.failed, none.success, none.from_ran) == (0, 0, 0, None, True)
    more = none.with_more(3, [one(), one(outcome="rejected"), one(outcome="timed out"), one()])
    assert (more.started, more.completed, more.failed, more.success) == (3, 2, 2, 0.5)
    again = more.with_more(2, [one(outcome="released")])
    assert (again.started, again.completed, again.failed, again.success) == (5, 2, 3, 0.4)
    assert (none.failed, more.failed) == (0, 2), "an older one stays as it was"
    assert again.parts["total"].times.n == 2
    assert not Tally("AMF").from_ran


def test_parts_are_sums_of_what_was_completed() -> None:
    split = {
        name: MS << place
        for place, name in enumerate(
            ("held_ns", "blocked_ns", "lost_ns", "order_ns", "unread_ns", "network_ns", "core_ns", "ran_ns")
        )
    } | {"total_ns": 255 * MS, "accepted_ns": 200 * MS}
    ended = [one(**split), one(**split), one(outcome="released", total_ns=SECOND, accepted_ns=None)]
    found = Tally("gNB").with_more(2, ended)
    assert {name: part.sum_ns / MS for name, part in found.parts.items()} == {
        "total": 510, "sctp": 30, "held": 2, "blocked": 4, "lost": 8, "order": 16,
        "unread": 32, "network": 64, "core": 128, "ran": 256, "accepted": 400,
    }  # fmt: skip
    assert [*PARTS, ACCEPTED] == list(found.parts)
    assert list(PARTS.values()) == [f"{name}_ms" for name in PARTS]


def test_a_part_that_is_not_known_of_some_is_of_the_others() -> None:
    found = Tally("gNB").with_more(2, [one(network_ns=None), one(network_ns=3 * MS)])
    assert (found.parts["network"].times.n, found.parts["total"].times.n) == (1, 2)


def test_accepts_count_whatever_became_of_them() -> None:
    """As 3GPP counts success: where the accept is sent."""
    ended = [one(), one(outcome="not accepted by the UE"), one(outcome="released", accepted_ns=None)]
    found = Tally("gNB").with_more(3, ended)
    assert (found.parts[ACCEPTED].times.n, found.parts["total"].times.n) == (2, 1)


def test_causes_and_what_was_inferred_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_CAUSES", 2)
    mac, sync = (one(outcome="refused by authentication", cause=f"5GMM {cause}") for cause in (20, 21))
    third = one(outcome="rejected", cause="5GMM 20", inferred=True)
    found = Tally("gNB").with_more(4, [mac, sync, third, one()]).with_more(2, [mac, third])
    refused = "refused by authentication"
    assert found.causes == {(refused, "5GMM 20"): 2, (refused, "5GMM 21"): 1}, "no room for a third"
    assert (found.inferred, found.ended[refused], found.ended["rejected"]) == (2, 3, 2)


def test_times_of_a_part() -> None:
    assert Part().summary() is None and Part().mean_ms is None
    part = Part().with_times(range(1, 51)).with_times(range(51, 101))
    assert (part.sum_ns, part.mean_ms) == (5050, 50.5e-6)
    assert part.summary() == {
        "n": 100, "min": 1e-6, "mean": 5.1e-5, "p50": 5e-5, "p95": 9.5e-5, "p99": 9.9e-5, "max": 1e-4,
    }  # fmt: skip
    # Nanoseconds are what is kept of a mean and of a percentile, whose error is at most 0.1 %.
    uneven = Part().with_times((1, 1, 2_000_000, 9_000_000, 9_000_000)).summary()
    assert uneven is not None and (uneven["mean"], uneven["p50"]) == (4.0, 1.999872)
    assert Part().times.error < 0.001
