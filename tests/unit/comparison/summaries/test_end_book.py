"""What is collected of registrations as they end: counts, causes, and whose time it was at which end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sctptop.comparison.summaries import end_book as module
from sctptop.comparison.summaries.end_book import EndBook
from sctptop.comparison.summaries.ended import Ended, Stalls
from sctptop.model.passages.stages import Stage
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.words import COMPLETED, REJECTED, TIMED_OUT, UNKNOWN
from tests.unit.registering import MS, PLAIN, exchange, follow

Part = tuple[str, str, float]
"""A stage: whose, the message, ms."""


def plain(end: str) -> Registration:
    """A registration as that end sees it."""
    events = exchange(PLAIN)[end == "AMF"]
    (one,) = follow(events).now.last
    return one


AT = {end: plain(end) for end in ("gNB", "AMF")}


def made(
    *parts: Part, end: str = "gNB", network: bool = True, began_ms: float = 0.0, unseen: int = -1
) -> Registration:
    """A completed one of these stages; ``unseen``: the place of one in which a message was not seen."""
    stages, begin_ns = [], 0
    for place, (whose, name, ms) in enumerate(parts):
        stages.append(Stage(name, whose, begin_ns, round(ms * MS), place == unseen))
        begin_ns += round(ms * MS)
    return replace(
        AT[end],
        stages=tuple(stages),
        total_ns=begin_ns,
        network_ns=0 if network else None,
        began_ns=round(began_ms * MS),
    )


def booked(*registrations: Registration, end: str = "gNB", rtt_ms: float | None = None) -> Ended:
    book = EndBook(end, "initial")
    for one in registrations:
        book.take(one)
    first = book.ended(0, rtt_ms)
    assert book.ended(0, rtt_ms) == first
    return first


@pytest.mark.parametrize(
    ("whose", "name", "role"),
    [
        ("held", "RegistrationComplete", "gNB"),
        ("held", "AuthenticationRequest", "AMF"),
        ("held", "Never heard of", "gNB"),
        ("blocked", "InitialUEMessage", "gNB"),
        ("blocked", "InitialContextSetupRequest", "AMF"),
        ("unread", "AuthenticationRequest", "gNB"),
        ("unread", "AuthenticationResponse", "AMF"),
        ("unread", "Never heard of", "gNB"),
        ("lost", "RegistrationComplete", ""),
        ("order", "AuthenticationRequest", ""),
        ("network", "AuthenticationRequest", ""),
        ("core", "AuthenticationRequest", "AMF"),
        ("RAN", "AuthenticationResponse", "gNB"),
    ],
)
def test_each_piece_is_somebody_s(whose: str, name: str, role: str) -> None:
    found = booked(made((whose, name, 5.0)))
    assert found.pieces == {(whose, role): (5.0,)}
    part = "ran" if whose == "RAN" else whose
    expected = {
        "total": 5.0,
        part: 5.0,
        **({"sctp": 5.0} if whose in ("held", "blocked", "lost", "order") else {}),
    }
    assert {name: times[0] for name, times in found.times.items() if times[0]} == expected
    # The other end sees the same from there.
    peer = {"gNB": "AMF", "AMF": "gNB", "": ""}[role]
    ours = "Never" in name
    assert booked(made((whose, name, 5.0), end="AMF"), end="AMF").pieces == {
        (whose, peer if ours else role): (5.0,)
    }


def test_times_are_in_the_order_in_which_they_began() -> None:
    late = made(("held", "RegistrationComplete", 3.0), ("RAN", "RegistrationComplete", 4.0), began_ms=20)
    early = made(("core", "AuthenticationRequest", 7.0), ("core", "RegistrationAccept", 1.0), began_ms=10)
    found = booked(late, early)
    assert found.times["total"] == (8.0, 7.0) and found.times["sctp"] == found.times["held"] == (0.0, 3.0)
    assert found.times["core"] == (8.0, 0.0) and found.times["ran"] == (0.0, 4.0)
    assert found.times["network"] == found.times["lost"] == (0.0, 0.0)
    assert found.pieces == {
        ("held", "gNB"): (0.0, 3.0),
        ("RAN", "gNB"): (0.0, 4.0),
        ("core", "AMF"): (8.0, 0.0),
    }
    assert (found.end, found.kind, found.n, found.started, found.apart) == ("gNB", "initial", 2, 2, True)
    assert EndBook("gNB", "initial").ended(7, 1.0) == replace(Ended("gNB", "initial"), started=7)


@pytest.mark.parametrize(("end", "whose"), [("gNB", "core"), ("AMF", "RAN")])
def test_a_network_that_was_not_told_is_by_the_heartbeats_of_later(end: str, whose: str) -> None:
    near = "RAN" if whose == "core" else "core"
    before = made((whose, "A", 9.0), (near, "B", 7.0), (whose, "C", 1.0), end=end, network=False)
    after = made(("network", "A", 2.0), (whose, "A", 6.0), end=end, began_ms=5)
    found = booked(before, after, end=end, rtt_ms=2.5)
    # A stage has no more of it than it is long.
    assert found.apart and found.times["network"] == (3.5, 2.0)
    assert found.times[found.far] == (6.5, 6.0) and found.times["total"] == (17.0, 8.0)
    assert sum(times[0] for times in found.pieces.values()) == 17.0
    # Without one it is the far end's, in all of them.
    blind = booked(before, after, end=end)
    assert not blind.apart and blind.times["network"] == ()
    assert blind.times[blind.far] == (10.0, 8.0) and ("network", "") not in blind.pieces
    assert blind.far == found.far == whose.lower() and found.together() == blind


def test_both_ends_are_told_apart_where_nine_of_ten_show_both() -> None:
    shown: list[Part] = [
        ("unread", "AuthenticationResponse", 1.0),
        ("held", "AuthenticationRequest", 1.0),
        ("blocked", "AuthenticationRequest", 1.0),
        ("network", "AuthenticationResponse", 1.0),
    ]
    hidden: list[Part] = [
        ("unread", "AuthenticationRequest", 1.0),
        ("held", "AuthenticationResponse", 1.0),
        ("blocked", "AuthenticationResponse", 1.0),
        ("network", "AuthenticationRequest", 1.0),
        ("network", "Never heard of", 1.0),
        ("lost", "AuthenticationRequest", 1.0),
        ("core", "AuthenticationRequest", 1.0),
    ]
    assert [booked(made(one)).whole for one in (*shown, *hidden)] == [True] * 4 + [False] * 7
    some = made(hidden[0], shown[0]), made(hidden[0])
    for count, whole in ((9, True), (8, False)):
        assert booked(*[some[0]] * count, *[some[1]] * (10 - count)).whole == whole


def names(*registrations: Registration) -> dict[tuple[str, str], Stalls]:
    return dict(booked(*registrations).stages)


def test_stages_are_added_up_by_registration() -> None:
    first = made(("core", "A", 1.0), ("RAN", "B", 2.0), ("core", "A", 4.0))
    assert names(first, made(("core", "A", 8.0))) == {
        ("core", "A"): Stalls(2, 13.0),
        ("RAN", "B"): Stalls(1, 2.0),
    }
    # What is inferred under a cipher is the same message.
    assert names(made(("core", "A?", 1.0)), made(("core", "A", 2.0))) == {("core", "A"): Stalls(2, 3.0)}
    assert names(made(("core", "A", 1.0), ("RAN", "B", 2.0), unseen=1)) == {("core", "A"): Stalls(1, 1.0)}


def test_the_network_is_in_a_stage_of_the_far_end_unless_both_are_seen() -> None:
    parts: list[Part] = [("network", "AuthenticationRequest", 1.0), ("core", "AuthenticationRequest", 4.0)]
    assert names(made(*parts)) == {("core", "AuthenticationRequest"): Stalls(1, 5.0)}
    both = made(*parts, ("unread", "RegistrationComplete", 2.0))
    assert names(both) == {
        ("network", "AuthenticationRequest"): Stalls(1, 1.0),
        ("core", "AuthenticationRequest"): Stalls(1, 4.0),
        ("unread", "RegistrationComplete"): Stalls(1, 2.0),
    }


def test_no_more_stages_and_causes_are_kept_than_there_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STAGES", 2)
    monkeypatch.setattr(module, "MOST_CAUSES", 2)
    found = booked(
        *(
            replace(made(("core", name, 1.0)), outcome=outcome, cause=f"5GMM {name}")
            for outcome in (COMPLETED, REJECTED)
            for name in ("A", "B", "C", "A")
        )
    )
    assert {name: stalls.n for name, stalls in found.stages.items()} == {("core", "A"): 2, ("core", "B"): 1}
    assert found.causes == {(COMPLETED, "5GMM A"): 2, (COMPLETED, "5GMM B"): 1}
    assert found.ended[REJECTED] == 4 and found.times["total"] == (1.0,) * 4


def test_outcomes_causes_and_what_was_inferred_are_counted() -> None:
    one = made(("core", "A", 1.0))
    found = booked(
        one,
        replace(one, inferred=True),
        replace(one, outcome=REJECTED, cause="5GMM 22 Congestion"),
        replace(one, outcome=REJECTED, cause="5GMM 22 Congestion", inferred=True),
        replace(one, outcome=TIMED_OUT),
        replace(one, outcome=UNKNOWN, inferred=True),
    )
    assert {name: count for name, count in found.ended.items() if count} == {
        COMPLETED: 2,
        REJECTED: 2,
        TIMED_OUT: 1,
        UNKNOWN: 1,
    }
    assert (found.n, found.failed, found.unknown, found.decided, found.inferred) == (2, 3, 1, 5, 3)
    assert found.causes == {(REJECTED, "5GMM 22 Congestion"): 2} and found.success == 0.4
    assert found.failures == "2 rejected: 5GMM 22 Congestion; 1 timed out"
    assert found.reasons == {(REJECTED, "5GMM 22 Congestion"): 2, (TIMED_OUT, ""): 1}
    assert Ended("gNB").success is None and Ended("gNB").failures == ""


def test_load_is_how_many_at_once_and_how_many_a_second() -> None:
    def spans(*spans: tuple[float, float]) -> Sequence[Registration]:
        return [made(("core", "A", end - begin), began_ms=begin) for begin, end in spans]

    found = booked(*spans((0, 100), (50, 300), (60, 70), (300, 500)))
    assert (found.at_once, found.rate) == (3, 8.0)
    assert booked(*spans((0, 100))).rate is None and booked(*spans((0, 0), (0, 0))).rate is None
    failed = booked(*spans((0, 100), (50, 300)), replace(made(("core", "A", 1000.0)), outcome=TIMED_OUT))
    assert (failed.at_once, failed.rate) == (3, 2.0)


def test_load_is_how_many_begin_a_second_however_long_they_take() -> None:
    def begun(*at_ms: float, took_ms: float = 50.0, outcome: str = COMPLETED) -> Ended:
        return booked(*(replace(made(("core", "A", took_ms), began_ms=at), outcome=outcome) for at in at_ms))

    evenly = [500.0 * place for place in range(9)]
    for found in (begun(*evenly), begun(*evenly, took_ms=5000.0), begun(*evenly, outcome=TIMED_OUT)):
        assert (found.offered, found.peak) == (2.0, 2)
    # The last of ten tries again much later, the first came earlier.
    assert begun(-9000.0, *evenly[:-1], 99_000.0).offered == 2.0
    # All at once: as many a second, whether within a millisecond or ten.
    assert [begun(*(step * place for place in range(9))).offered for step in (0.1, 1.0)] == [8.0, 8.0]
    assert [begun(*(step * place for place in range(9))).peak for step in (0.1, 100.0, 1000.0)] == [9, 9, 1]
    assert begun(0.0).offered is None and (begun().offered, begun().peak) == (None, 0)


def test_a_time_that_cannot_be_is_left_out() -> None:
    for ms, n in ((3_600_000, 1), (3_600_000.000001, 0)):
        found = booked(made(("core", "A", ms)))
        assert (found.n, found.ended[COMPLETED], found.at_once) == (n, 1, n)
