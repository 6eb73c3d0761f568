"""Rules on messages: each fires on what a kernel would tell, and not on what is near it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.association import Association, Process
from sctptop.model.event import Event
from tests.unit.model.advice.advised import MS, NEAR, QUICK, advised, calm, ngap, of, other_end, rules

STALLED = (*QUICK, (199 * MS, 1))
"""One message of 26 waits for the SACK that the peer delays."""


def path(entry: Association, **facts: Any) -> Association:
    return replace(entry, paths=(replace(entry.paths[0], **facts),))


def test_nagle_stall() -> None:
    (advice,) = advised(lambda tick: calm(tick, held_bins=STALLED))
    assert (advice.rule, advice.severity) == ("nagle", "problem")
    assert "20 of 520 messages held up to 199ms" in advice.seen
    assert "200ms, assumed: Linux's default" in advice.seen
    assert advice.remedy == "set SCTP_NODELAY on this end"


@pytest.mark.parametrize(
    "facts",
    [
        {"nodelay": True},
        {"nodelay": None},
        {"held_bins": (*QUICK, (80 * MS, 1))},
        {"held_bins": ((40_000, 500), (199 * MS, 1))},
        {"peer_rwnd_min": 0},
        {"peer_rwnd": 400},
    ],
    ids=str,
)
def test_no_nagle_stall(facts: dict[str, Any]) -> None:
    assert advised(lambda tick: calm(tick, **{"held_bins": STALLED, **facts})) == ()


def test_a_full_cwnd_holds_messages_too_and_is_no_nagle_stall() -> None:
    def bulk(tick: int) -> Association:
        return path(calm(tick, held_bins=STALLED), cwnd_min=4380, flight_max=5000)

    assert advised(bulk) == ()


def test_two_stalls_are_no_advice_yet() -> None:
    assert advised(lambda tick: calm(tick, held_bins=STALLED if tick in (5, 6) else QUICK)) == ()
    assert advised(lambda tick: calm(tick, held_bins=STALLED if tick in (5, 6, 7) else QUICK)) != ()


def test_messages_of_one_stall_are_one_stall() -> None:
    assert advised(lambda tick: calm(tick, held_bins=((199 * MS, 9),) if tick == 5 else QUICK)) == ()


@pytest.mark.parametrize(("delay", "held", "fires"), [(50, 49, True), (0, 199, False), (200, 49, False)])
def test_the_peer_s_sack_delay_is_known_where_it_is_here(delay: int, held: int, fires: bool) -> None:
    def both(tick: int) -> Iterable[Association]:
        entry = calm(tick, held_bins=(*QUICK, (held * MS, 1)))
        return entry, other_end(entry, sack_delay_ms=delay)

    told = advised(both)
    assert rules(told) == (["nagle", "delayed_sack"] if fires else [])
    if fires:
        assert f"a SACK ({delay}ms)" in told[0].seen and of(told[0])[-2:] == (38412, 50001)
        assert "delays its SACKs by 50ms; 20 messages of the peer" in told[1].seen
        assert of(told[1])[-2:] == (50001, 38412)


def exchange(gap_ms: float, between: bool = False) -> list[Event]:
    """Two UEs a second whose second message comes so much after the first."""
    events: list[Event] = []
    for ue in range(100):
        first = 500.0 * ue
        events.append(ngap(first, ue))
        events += [ngap(first + 5, ue, "out")] if between else []
        events.append(ngap(first + gap_ms, ue))
    return events


def at(events: list[Event], tick: int) -> list[Event]:
    return [one for one in events if tick - 1 <= (one.number("at_ns") or 0) / 1e9 < tick]


def heartbeaten(tick: int) -> Association:
    """With a heartbeat every 5 s, as Open5GS sets it."""
    return calm(tick, hb_interval_ms=5000.0, nodelay=True)


def test_delayed_sack() -> None:
    events = exchange(206)
    (advice,) = advised(heartbeaten, events=lambda tick: at(events, tick))
    assert (advice.rule, advice.severity) == ("delayed_sack", "warning")
    assert "of 38 second messages of a UE came about 200ms after the first" in advice.seen
    assert (
        "SctpDelaySackExpireds of the network namespace rose by 95" in advice.seen
        and "SCTP_DELAYED_SACK" in advice.remedy
    )


@pytest.mark.parametrize(
    ("gap_ms", "between", "expired"), [(20, False, 5), (206, True, 5), (206, False, 0), (400, False, 5)]
)
def test_a_delayed_sack_that_nobody_waits_for(gap_ms: float, between: bool, expired: int) -> None:
    events = exchange(gap_ms, between)
    told = advised(
        heartbeaten,
        events=lambda tick: at(events, tick),
        counters=lambda tick: {"SctpDelaySackExpireds": expired * tick},
    )
    assert told == ()


def reads(tick: int, slow_from: int, ms: float, times: int = 25, **facts: Any) -> Association:
    late = ((round(ms * MS), times),)
    return calm(tick, read_wait_bins=late if tick >= slow_from else QUICK, **facts)


def test_an_application_that_reads_ten_times_later_than_usual_is_saturated() -> None:
    (advice,) = advised(lambda tick: reads(tick, 10, 4))
    assert (advice.rule, advice.severity) == ("saturated", "problem")
    assert advice.seen.startswith(
        "250 messages waited long to be read, in the worst interval 4ms in the median (usually 40µs, slow from 1ms)"
    )
    assert advice.remedy.startswith("the core is the bottleneck")
    (advice,) = advised(
        lambda tick: reads(tick, 10, 4, local_port=59058, remote_port=38412, process=Process(7, "nr-gnb"))
    )
    assert advice.remedy.startswith("nr-gnb[7] is the bottleneck, not the network")


def test_of_two_that_are_equally_bad_that_with_ngap_comes_first() -> None:
    events = exchange(20)

    def both(tick: int) -> list[Association]:
        return [reads(tick, 10, 4, tag=0), reads(tick, 10, 4, hb_interval_ms=5000.0)]

    first, second = advised(both, events=lambda tick: at(events, tick))
    assert (first.rule, second.rule) == ("saturated", "saturated")
    assert (of(first)[1], of(second)[1]) == (1, 0)


@pytest.mark.parametrize(
    ("slow_from", "ms", "times"), [(10, 0.9, 25), (18, 4, 25), (10, 4, 1), (0, 4, 25)], ids=str
)
def test_an_application_that_reads_late_for_a_moment_or_always_did_is_not(
    slow_from: int, ms: float, times: int
) -> None:
    assert advised(lambda tick: reads(tick, slow_from, ms, times)) == ()


def test_what_was_slow_from_the_start_is_slow_from_50_ms() -> None:
    assert rules(advised(lambda tick: reads(tick, 0, 70))) == ["saturated"]


def test_a_growing_receive_queue() -> None:
    def grows(tick: int) -> Association:
        return calm(tick, recv_queue=3000 * tick)

    (advice,) = advised(grows)
    assert advice.rule == "saturated" and "Recv-Q grew from 24kB to 57kB in 12 readings" in advice.seen
    assert advised(lambda tick: calm(tick, recv_queue=9000 + 900 * (tick % 3))) == ()
    assert advised(lambda tick: calm(tick, recv_queue=30_000 * (tick % 4 == 0))) == ()
    assert "stays between 150kB and 150kB" in advised(lambda tick: calm(tick, recv_queue=150_000))[0].seen


@pytest.mark.parametrize(("peer_queue", "told"), [(512, ["saturated"]), (150_000, [])])
def test_bulk_that_the_peer_holds_is_flow_control(peer_queue: int, told: list[str]) -> None:
    def both(tick: int) -> Iterable[Association]:
        entry = calm(tick, recv_queue=3000 * tick)
        return entry, other_end(entry, recv_queue=0, send_queue=peer_queue)

    assert rules(advised(both)) == told


def several(stream: int | None, ues: int, **details: Any) -> list[Event]:
    """A second of messages of several UEs, out."""
    own = {} if stream is None else {"stream": stream}
    return [ngap(10 * ue, ue, "out", **own, **details) for ue in range(ues)]


def test_wrong_ppid_byte_order() -> None:
    (advice,) = advised(heartbeaten, events=lambda tick: [ngap(tick, 1, ppid_swapped=True)])
    assert (advice.rule, advice.severity) == ("ppid_order", "warning")
    assert "20 of 20 messages received" in advice.seen and "peer's application forgot htonl" in advice.remedy


@pytest.mark.parametrize(("stream", "ues", "told"), [(0, 4, ["one_stream"]), (None, 4, []), (0, 2, [])])
def test_one_stream(stream: int | None, ues: int, told: list[str]) -> None:
    advice = advised(heartbeaten, events=lambda tick: several(stream, ues))
    assert rules(advice) == told
    if told:
        assert advice[0].severity == "note"
        assert "80 messages of 4 UEs sent, all on stream 0 of 10" in advice[0].seen


def test_one_stream_is_graver_with_loss_on_it() -> None:
    def lossy(tick: int) -> Association:
        return replace(heartbeaten(tick), rtx_chunks=tick // 10)

    (advice,) = advised(lossy, events=lambda tick: several(0, 4))
    assert (advice.rule, advice.severity) == ("one_stream", "warning")


def test_no_heartbeat_is_a_note_while_ngap_is_measured() -> None:
    def nodelay(tick: int) -> Association:
        return calm(tick, nodelay=True)

    (advice,) = advised(nodelay, events=lambda tick: several(None, 4))
    assert (advice.rule, advice.severity) == ("no_heartbeat", "note")
    assert "heartbeats every 30s and none timed yet" in advice.seen
    assert advised(nodelay) == ()
    assert advised(heartbeaten, events=lambda tick: several(None, 4)) == ()


def test_one_heartbeat_timed_is_heartbeat_data() -> None:
    from tests.unit.model.advice.advised import happening

    def events(tick: int) -> list[Event]:
        beat = happening(tick, "hb_rtt", NEAR, rtt_ms=0.4, kernel_rtt_ms=0.0)
        return [*several(None, 4), *([beat] if tick == 3 else [])]

    assert advised(lambda tick: calm(tick, nodelay=True), events=events) == ()
