"""Rules on windows and paths: each fires on what a kernel would tell, and not on what is near it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.association import Association, Path
from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.way import Way
from tests.unit.associations import sample
from tests.unit.model.advice.advised import (
    FAR,
    MS,
    NEAR,
    PROBED,
    QUICK,
    advised,
    calm,
    happening,
    other_end,
    pictures,
    rules,
)

UNPROBED = PROBED | {"bpf": "off: --no-bpf"}


def closed(tick: int, **facts: Any) -> Association:
    """A peer that does not read: a window probe of 1,000 bytes in flight, the rest waits."""
    state: dict[str, Any] = {"peer_rwnd": 0, "flight": 1000, "send_queue": 200_000, "out_queue_chunks": 80}
    return calm(tick, **{**state, "rtx_chunks": tick // 2, "rtx_marked_chunks": tick // 2, **facts})


def test_closed_window() -> None:
    for sources in (PROBED, UNPROBED):
        (advice,) = advised(closed, sources=sources)
        assert (advice.rule, advice.severity, advice.since_s) == ("closed_window", "problem", 0.0)
        assert "peer rwnd 0 B with 1.0kB in flight, 80 chunks not sent yet (200kB" in advice.seen
        assert "does not read" in advice.remedy


def test_a_window_that_is_used_up_or_closes_for_a_moment_is_not_closed() -> None:
    assert advised(lambda tick: closed(tick, peer_rwnd=96, flight=36_000, rtx_chunks=0)) == ()
    assert advised(lambda tick: closed(tick, out_queue_chunks=0, rtx_chunks=0)) == ()
    assert advised(lambda tick: closed(tick, rtx_chunks=0) if tick % 4 < 2 else calm(tick), 40) == ()


def lossy(tick: int, every: int = 2, gaps: int = 3, **facts: Any) -> Association:
    lost = tick // every
    return calm(tick, rtx_chunks=lost, gap_acks=gaps * lost, **facts)


def test_lossy_path_with_probes_names_the_path() -> None:
    def two_paths(tick: int) -> Association:
        return replace(lossy(tick), paths=(*calm(tick).paths, Path(FAR, "ACTIVE", False, errors=0)))

    def events(tick: int) -> Iterable[Event]:
        return (
            [happening(tick, "retransmit", FAR, reason="FAST_RTX")]
            if tick % 2 == 0 and tick
            else [happening(tick, "retransmit", NEAR, reason="PMTUD")]
        )

    (advice,) = advised(two_paths, 21, events=events)
    assert (advice.rule, advice.severity, advice.address) == ("lossy_path", "warning", FAR)
    assert (
        "10 of 500 DATA chunks retransmitted (2.0%); duplicates at the peer not known, 30 gap acks, 10 fast retransmits"
        in advice.seen
    )
    assert FAR in advice.remedy


def test_lossy_path_without_probes() -> None:
    (advice,) = advised(lossy, 21, sources=UNPROBED)
    assert advice.rule == "lossy_path" and advice.address == NEAR, "the only path there is"


def test_loss_now_and_then_or_all_at_once_is_no_lossy_path() -> None:
    assert advised(lambda tick: lossy(tick, every=20), 59) == ()
    assert advised(lambda tick: calm(tick, rtx_chunks=12 * (tick > 4), gap_acks=40 * (tick > 4))) == ()
    busy = [replace(lossy(tick), out_data_chunks=1000 * tick) for tick in range(40)]
    assert advised(busy.__getitem__, 40) == ()


def expiring(tick: int, rto_ms: int, **facts: Any) -> Association:
    state: dict[str, Any] = {"rto_ms": rto_ms, "rtx_chunks": tick, "rtx_marked_chunks": tick}
    return calm(tick, **{**state, "nodelay": True, **facts})


def expiry(tick: int) -> list[Event]:
    return [
        happening(tick, "t3_rtx", rto_ms=100, errors=0),
        happening(tick, "retransmit", reason="T3_RTX"),
    ]


@pytest.mark.parametrize("probed", [True, False])
def test_spurious_retransmission(probed: bool) -> None:
    events = {"events": expiry} if probed else {"sources": UNPROBED}
    (advice,) = advised(lambda tick: expiring(tick, 100), **events)
    assert (advice.rule, advice.severity) == ("spurious_rtx", "warning")
    assert "RTO 100ms is not above the peer's SACK delay (200ms, assumed: Linux's default)" in advice.seen
    assert "no gap acks" in advice.seen and "raise RTO.min above 200 ms" in advice.remedy


def test_retransmissions_after_a_long_rto_or_with_gaps_were_for_a_loss() -> None:
    assert rules(advised(lambda tick: expiring(tick, 1000), events=expiry)) == ["lossy_path"]
    assert rules(advised(lambda tick: expiring(tick, 100, gap_acks=tick), events=expiry)) == ["lossy_path"]
    assert advised(lambda tick: expiring(tick, 250), events=expiry) == ()


@pytest.mark.parametrize(("delay", "twice", "fires"), [(200, 1, True), (200, 0, False), (20, 1, False)])
def test_the_other_end_knows_whether_it_had_them_twice(delay: int, twice: int, fires: bool) -> None:
    def both(tick: int) -> Iterable[Association]:
        entry = expiring(tick, 100)
        yield entry
        quiet = {"rtx_chunks": 0, "rtx_marked_chunks": 0, "rto_ms": 1000}
        yield other_end(entry, sack_delay_ms=delay, in_dup_chunks=twice * tick, **quiet)

    told = rules(advised(both, events=expiry))
    assert ("spurious_rtx" in told) == fires
    late = delay == 20 and twice > 0
    assert ("late_sacks" in told) == late, (
        "an RTO well above the SACK delay expires for what is late, where nothing is lost"
    )
    assert ("lossy_path" in told) == (delay == 20 and not late), "or for a loss"


def with_spare(tick: int, state: str, errors: int, since: int = 5) -> Association:
    bad = tick >= since
    spare = Path(FAR, state if bad else "ACTIVE", False, errors=errors if bad else 0, max_retrans=5)
    return replace(calm(tick), paths=(*calm(tick).paths, spare))


@pytest.mark.parametrize(
    ("state", "errors", "seconds", "fires"),
    [
        ("INACTIVE", 6, 6, True),
        ("PF", 1, 20, True),
        ("PF", 1, 8, False),
        ("PF", 0, 20, False),
        ("UNCONFIRMED", 0, 20, True),
        ("UNCONFIRMED", 1, 10, False),
        ("ACTIVE", 3, 20, True),
        ("ACTIVE", 2, 20, False),
    ],
)
def test_dead_path(state: str, errors: int, seconds: int, fires: bool) -> None:
    advice = advised(lambda tick: with_spare(tick, state, errors), seconds)
    assert rules(advice) == (["dead_path"] if fires else [])
    if fires:
        assert (advice[0].severity, advice[0].address, advice[0].since_s) == ("warning", FAR, 5.0)
        assert f"path {FAR} is {state}" in advice[0].seen and "(5 allowed)" in advice[0].seen
        assert FAR in advice[0].remedy


def test_without_another_path_a_dead_one_is_a_problem() -> None:
    alone = (Path(NEAR, "INACTIVE", True, errors=6, max_retrans=5),)
    (advice,) = advised(lambda tick: calm(tick, paths=alone))
    assert advice.severity == "problem" and "no other path is free of errors" in advice.seen


def test_a_peer_that_answers_no_init() -> None:
    def opening(tick: int) -> Association:
        return calm(tick, state="COOKIE_WAIT", peer_tag=0, held_bins=(), read_wait_bins=())

    assert advised(opening, 9) == ()
    (advice,) = advised(opening, 10)
    assert (
        advice.rule == "dead_path" and "COOKIE_WAIT for 9.0s: no answer to INIT from 10.9.0.1" in advice.seen
    )


def test_advice_stays_a_while_then_goes_and_begins_anew() -> None:
    bad = range(5, 12)
    seen = pictures(lambda tick: with_spare(0 if tick not in bad else 9, "INACTIVE", 6), 30)
    said = [len(one.advice) for one in seen]
    assert said == [0] * 5 + [1] * 17 + [0] * 8
    assert {one.since_s for picture in seen for one in picture.advice} == {5.0}


def test_the_worst_comes_first_and_the_order_holds() -> None:
    def crowd(tick: int) -> list[Association]:
        dead = replace(calm(tick, 3), paths=(Path(NEAR, "INACTIVE", True, errors=6),))
        stalled = calm(tick, 2, held_bins=((199 * MS, 3),))
        losing = replace(lossy(tick), own_tag=1)
        order = [losing, stalled, dead]
        return order[:: 1 if tick % 2 else -1]

    seen = pictures(crowd, 24)
    assert rules(seen[-1].advice) == rules(seen[-2].advice) == ["dead_path", "nagle", "lossy_path"]


def test_what_has_ended_gets_no_advice() -> None:
    assert advised(lambda tick: closed(tick) if tick < 10 else (), 11) == ()


def healthy(tick: int) -> list[Association]:
    """A dozen associations on Linux's defaults, one under bulk, one that lost a packet, one just begun."""
    crowd = [calm(tick, tag) for tag in range(1, 10)]
    bulk = calm(tick, 20, peer_rwnd=96, flight=90_000, out_queue_chunks=60, send_queue=210_000)
    bulk = replace(bulk, out_data_chunks=3000 * tick, held_bins=((40 * MS, 3000),))
    bulk = replace(bulk, paths=(replace(bulk.paths[0], flight_max=90_000, cwnd_min=60_000),))
    lost_one = calm(tick, 21, rtx_chunks=int(tick > 30), gap_acks=int(tick > 30))
    opening = calm(tick, 22, state="COOKIE_WAIT" if tick < 3 else "ESTABLISHED")
    return [*crowd, bulk, lost_one, opening]


def test_a_healthy_system_hears_nothing() -> None:
    for picture in pictures(healthy, 90):
        assert picture.advice == ()


def test_a_moment_read_ten_times_a_second_is_one_moment() -> None:
    model = Model()
    for tick in range(40):
        bad = 10 <= tick < 18
        entry = calm(
            tick,
            rtx_chunks=max(0, min(tick, 18) - 10),
            gap_acks=max(0, min(tick, 18) - 10),
            held_bins=((199 * MS, 1),) if bad else QUICK,
            read_wait_bins=((70 * MS, 9),) if bad else QUICK,
            recv_queue=4000 * (tick - 10) if bad else 0,
        )
        picture = model.advance(
            sample(entry, at_s=tick / 10, interval_s=0.1 if tick else None, sources=PROBED)
        )
        assert picture.advice == ()


def test_rare_readings_are_enough_too() -> None:
    model = Model()
    for tick in range(6):
        entry = calm(tick, rtx_chunks=4 * tick, gap_acks=4 * tick, held_bins=((199 * MS, 5),))
        picture = model.advance(
            sample(entry, at_s=60 * tick, interval_s=60.0 if tick else None, sources=PROBED)
        )
    assert rules(picture.advice) == ["nagle", "lossy_path"]


@pytest.mark.parametrize(
    ("here", "there", "told"),
    [
        ({}, {}, True),
        ({"out_queue_chunks": 40}, {}, False),
        ({}, {"out_queue_chunks": 40}, False),
        ({"peer_rwnd": 0}, {}, False),
    ],
)
def test_a_primary_that_its_own_data_slows(here: dict[str, Any], there: dict[str, Any], told: bool) -> None:
    def script(tick: int) -> tuple[Association, Association]:
        entry = with_spare(tick, "ACTIVE", 0)
        return replace(entry, **here), other_end(entry, **there)

    assert ("slow_primary" in rules(advised(script, events=beats))) == told


@pytest.mark.parametrize(("chunks", "told"), [(25, True), (80, True), (110, False), (400, False)])
def test_a_primary_behind_so_much_data_of_a_peer_elsewhere(chunks: int, told: bool) -> None:
    def script(tick: int) -> Association:
        return replace(
            with_spare(tick, "ACTIVE", 0), in_data_chunks=chunks * tick, out_data_chunks=chunks * tick
        )

    assert ("slow_primary" in rules(advised(script, events=beats))) == told


def beats(tick: int) -> list[Event]:
    """95 ms on the primary path, 9 on the other."""
    return [
        happening(tick, "hb_rtt", address, rtt_ms=ms, kernel_rtt_ms=0.0)
        for address, ms in ((NEAR, 95.0), (FAR, 9.0))
    ]


@pytest.mark.parametrize(("seconds", "told"), [(1, False), (2, False), (4, True)])
def test_a_spare_link_that_has_just_come_up_has_no_carrier_yet(seconds: int, told: bool) -> None:
    def script(tick: int) -> Association:
        way = Way("unicast", "eth1", link_up=tick >= seconds)
        watched = calm(tick, rtx_chunks=min(tick, 1))
        return replace(watched, paths=(*watched.paths, Path(FAR, "ACTIVE", False, errors=0, way=way)))

    said = {rule for picture in pictures(script, 8) for rule in rules(picture.advice)}
    assert said == ({"no_route"} if told else set())
