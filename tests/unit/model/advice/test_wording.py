"""What each rule says of a script, in whole sentences: said.txt holds what was seen, in numbers, and what helps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path as File
from typing import Any

import pytest

from sctptop.model.advice.given import Advice
from sctptop.model.association import Association, Path, Process
from sctptop.model.event import Event
from sctptop.model.way import Way
from tests.unit.model.advice.advised import (
    FAR,
    MS,
    NEAR,
    QUICK,
    advised,
    calm,
    happening,
    ngap,
    other_end,
)
from tests.unit.model.advice.checks.test_of_paths import UNPROBED, closed, expiring, expiry, lossy, with_spare
from tests.unit.model.advice.checks.test_of_sending import STALLED, at, exchange, heartbeaten, reads, several

RAN: dict[str, Any] = {"local_port": 59058, "remote_port": 38412}
UNTIMED: dict[str, Any] = {"held_bins": (), "read_wait_bins": ()}
PAIRS = exchange(206)


def both(entry: Association, **facts: Any) -> tuple[Association, Association]:
    return entry, other_end(entry, **facts)


def swapped(tick: int) -> list[Event]:
    ways: tuple[tuple[str, bool], ...] = (("in", True), ("out", True), ("out", False))
    return [ngap(tick, 1, direction, ppid_swapped=wrong) for direction, wrong in ways]


def without_ppid(tick: int) -> list[Event]:
    return [ngap(tick, 1, direction, ppid_unset=True) for direction in ("in", "out")]


def on_one_stream(tick: int) -> list[Event]:
    return [*several(0, 4), *(ngap(10 * ue, ue, stream=3) for ue in range(3))]


def beat(tick: int) -> Iterable[Event]:
    return [happening(tick, "hb_rtt", FAR, rtt_ms=0.4, kernel_rtt_ms=0.0)] if tick == 3 else []


def two_unknown(tick: int) -> Association:
    paths = (*calm(tick).paths, Path(FAR, "ACTIVE", False, errors=0))
    return replace(lossy(tick), primary=None, paths=paths)


def again(tick: int, size: int) -> list[Event]:
    """T3 expires for the same chunk, and heartbeats are answered."""
    told = [happening(tick, "hb_rtt", NEAR, rtt_ms=0.4, kernel_rtt_ms=0.0)]
    if tick in (1, 2, 4, 8):
        told.append(
            happening(tick, "t3_rtx", NEAR, rto_ms=1000.0, errors=1, flight=size, tsn=77, chunk_bytes=size)
        )
    return told


def stuck(tick: int) -> Association:
    sent = sum(tick >= one for one in (1, 2, 4, 8))
    return calm(tick, rtx_chunks=sent, rtx_marked_chunks=sent, pathmtu=1500, **UNTIMED)


def no_way(way: Way, tick: int) -> Association:
    return calm(tick, paths=(Path(NEAR, "PF", True, errors=4, way=way),), **UNTIMED)


def with_spare_well(tick: int) -> Association:
    return replace(calm(tick), paths=(*calm(tick).paths, Path(FAR, "ACTIVE", False, errors=0)))


def two_beats(tick: int) -> list[Event]:
    return [
        happening(tick, "hb_rtt", address, rtt_ms=ms, kernel_rtt_ms=0.0)
        for address, ms in ((NEAR, 95.0), (FAR, 9.0))
    ]


def heard_again(tick: int) -> Association:
    paths = (Path(NEAR, "INACTIVE", True, errors=6),)
    waits = {"rto_ms": 60_000, "t3_rtx_expires_ms": 45_000, "primary_errors": 6}
    return calm(tick, paths=paths, in_packets=tick, **waits, **UNTIMED)


IN_FLIGHT = (Path(NEAR, "ACTIVE", True, 9000, 106496, 3000, 0.0, 1000, 0, max_retrans=5),)


SAID = File(__file__).with_name("said.txt").read_text()

CASES: dict[str, Callable[[], tuple[Advice, ...]]] = {
    "Nagle": lambda: advised(lambda tick: calm(tick, held_bins=STALLED)),
    "a peer that is here delays its SACKs": lambda: advised(
        lambda tick: both(calm(tick, held_bins=(*QUICK, (49 * MS, 1))), sack_delay_ms=50)
    ),
    "NGAP waits for our SACKs": lambda: advised(heartbeaten, events=lambda tick: at(PAIRS, tick)),
    "a slow core": lambda: advised(lambda tick: reads(tick, 10, 4)),
    "a slow radio node": lambda: advised(
        lambda tick: reads(tick, 10, 4, process=Process(7, "nr-gnb"), **RAN)
    ),
    "slow from the start": lambda: advised(lambda tick: reads(tick, 0, 70, **RAN)),
    "a queue that grows": lambda: advised(
        lambda tick: both(calm(tick, recv_queue=3000 * tick), recv_queue=0, send_queue=512)
    ),
    "a queue that is full": lambda: advised(lambda tick: calm(tick, recv_queue=150_000 + tick % 2 * 1000)),
    "an application that reads nothing": lambda: advised(
        lambda tick: calm(tick, recv_queue=700 * tick, process=Process(7, "amf"), **UNTIMED)
    ),
    "the same without probes": lambda: advised(
        lambda tick: calm(tick, recv_queue=700 * tick, **UNTIMED), sources=UNPROBED
    ),
    "a process that is stopped": lambda: advised(
        lambda tick: calm(tick, recv_queue=700 * tick, process=Process(7, "amf", stopped=True), **UNTIMED)
    ),
    "a peer that answers no more": lambda: advised(
        lambda tick: both(
            calm(tick, in_data_chunks=250 + 25 * min(tick, 5)), recv_queue=9000, process=Process(8, "amf")
        )
    ),
    "a shutdown that nobody takes": lambda: advised(
        lambda tick: calm(
            tick, state="SHUTDOWN_PENDING", peer_rwnd=0, send_queue=43_000, out_queue_chunks=42, **UNTIMED
        )
    ),
    "a shutdown that nobody answers": lambda: advised(
        lambda tick: calm(tick, state="SHUTDOWN_SENT", **UNTIMED)
    ),
    "a send buffer that is full": lambda: advised(
        lambda tick: calm(tick, send_queue=4700, sndbuf=4608, paths=IN_FLIGHT, **UNTIMED)
    ),
    "messages that are given up": lambda: advised(
        lambda tick: calm(tick, abandoned_unsent=tick, abandoned_sent=2 * tick)
    ),
    "heartbeats are off": lambda: advised(
        lambda tick: calm(tick, nodelay=True, hb_interval_ms=0.0), events=lambda tick: several(None, 4)
    ),
    "a small receive buffer": lambda: advised(lambda tick: calm(tick, rcvbuf=2304, in_dup_chunks=tick)),
    "a small receive buffer of a peer that is here": lambda: advised(
        lambda tick: both(lossy(tick), rcvbuf=2304, rtx_chunks=0)
    ),
    "a peer whose window was never large": lambda: advised(
        lambda tick: () if tick < 1 else lossy(tick, peer_rwnd=1000, flight=0)
    ),
    "byte order": lambda: advised(heartbeaten, events=swapped),
    "no PPID": lambda: advised(heartbeaten, events=without_ppid),
    "no other stream": lambda: advised(
        lambda tick: replace(heartbeaten(tick), out_streams=1, in_streams=None), events=on_one_stream
    ),
    "one stream and losses": lambda: advised(
        lambda tick: replace(heartbeaten(tick), rtx_chunks=tick // 10, pending=5), events=on_one_stream
    ),
    "no heartbeat": lambda: advised(
        lambda tick: calm(tick, nodelay=True), events=lambda tick: several(None, 4)
    ),
    "a closed window": lambda: advised(
        lambda tick: both(
            closed(tick), recv_queue=180_000, out_queue_chunks=0, rtx_chunks=0, rtx_marked_chunks=0
        )
    ),
    "a closed window without counts of chunks": lambda: advised(
        lambda tick: closed(tick, out_queue_chunks=None), sources=UNPROBED
    ),
    "losses on the only path": lambda: advised(lossy, 21, sources=UNPROBED),
    "losses on one of two": lambda: advised(two_unknown, 21, sources=UNPROBED),
    "losses that only timers tell of": lambda: advised(
        lambda tick: expiring(tick, 1000, out_data_chunks=0), events=expiry
    ),
    "an RTO too short": lambda: advised(lambda tick: expiring(tick, 100), events=expiry),
    "an RTO too short for a peer that is here": lambda: advised(
        lambda tick: both(
            expiring(tick, 300),
            sack_delay_ms=500,
            in_dup_chunks=tick,
            rtx_chunks=0,
            rtx_marked_chunks=0,
            rto_ms=1000,
        ),
        events=expiry,
    ),
    "out of order": lambda: advised(
        lambda tick: both(lossy(tick), in_dup_chunks=tick // 2, rtx_chunks=0),
        events=lambda tick: [happening(tick, "retransmit", NEAR, reason="FAST_RTX")],
    ),
    "late": lambda: advised(
        lambda tick: both(expiring(tick, 1000), in_dup_chunks=tick, rtx_chunks=0, rtx_marked_chunks=0),
        events=expiry,
    ),
    "late with slow heartbeats": lambda: advised(
        lambda tick: both(expiring(tick, 1000), in_dup_chunks=tick, rtx_chunks=0, rtx_marked_chunks=0),
        events=lambda tick: [*expiry(tick), happening(tick, "hb_rtt", NEAR, rtt_ms=900.0, kernel_rtt_ms=900)],
    ),
    "one size is lost": lambda: advised(stuck, events=lambda tick: again(tick, 1400)),
    "one kind is lost": lambda: advised(stuck, events=lambda tick: again(tick, 100)),
    "one kind is lost on the way to a peer that is here": lambda: advised(
        lambda tick: both(stuck(tick), rtx_chunks=0, rtx_marked_chunks=0),
        events=lambda tick: again(tick, 100),
    ),
    "no route": lambda: advised(lambda tick: no_way(Way("unreachable", "eth0"), tick)),
    "no link": lambda: advised(lambda tick: no_way(Way("unicast", "eth0", link_up=False), tick)),
    "a path that comes and goes": lambda: advised(
        lambda tick: with_spare(tick, "INACTIVE" if tick % 4 else "ACTIVE", 6 if tick % 4 else 0)
    ),
    "a link that comes and goes": lambda: advised(
        lambda tick: replace(
            lossy(tick),
            paths=(Path(NEAR, "ACTIVE", True, way=Way("unicast", "eth0", carrier_changes=2 * tick)),),
        ),
        21,
    ),
    "a slow primary": lambda: advised(with_spare_well, events=two_beats),
    "after an outage": lambda: advised(heard_again),
    "a dead path": lambda: advised(lambda tick: with_spare(tick, "INACTIVE", 6), 9),
    "the only path is dead": lambda: advised(
        lambda tick: calm(tick, paths=(Path(NEAR, None, True, errors=3),)), 9
    ),
    "a path that answered once": lambda: advised(lambda tick: with_spare(tick, "PF", 1), 14, events=beat),
    "no answer to INIT": lambda: advised(
        lambda tick: calm(tick, state="COOKIE_WAIT", peer_tag=0, **UNTIMED), 12
    ),
    "no answer to COOKIE ECHO": lambda: advised(
        lambda tick: calm(tick, state="COOKIE_ECHOED", primary=None, **UNTIMED), 12
    ),
}


def told(advice: Iterable[Advice]) -> str:
    return "".join(
        f"{one.title}, {one.severity}{f' of {one.address}' if one.address else ''}, since {one.since_s:g} s\n"
        f"  {one.seen}\n  {one.remedy}\n"
        for one in advice
    )


def test_every_script_has_its_words() -> None:
    names = [line.removeprefix("== ") for line in SAID.splitlines() if line.startswith("== ")]
    assert names == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_what_is_said(name: str) -> None:
    expected = SAID.partition(f"== {name}\n")[2].partition("== ")[0]
    assert told(CASES[name]()) == expected
