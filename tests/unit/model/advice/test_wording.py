"""What each rule says of a script, in whole sentences: said.txt holds what was seen, in numbers, and what helps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path as File
from typing import Any

import pytest

from sctptop.model.advice.adviser import Advice
from sctptop.model.association import Association, Path, Process
from sctptop.model.event import Event
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
from tests.unit.model.advice.test_of_messages import STALLED, at, exchange, heartbeaten, reads, several
from tests.unit.model.advice.test_of_paths import UNPROBED, closed, expiring, expiry, lossy, with_spare

RAN: dict[str, Any] = {"local_port": 59058, "remote_port": 38412}
UNTIMED: dict[str, Any] = {"held_bins": (), "read_wait_bins": ()}
PAIRS = exchange(206)


def both(entry: Association, **facts: Any) -> tuple[Association, Association]:
    return entry, other_end(entry, **facts)


def swapped(tick: int) -> list[Event]:
    ways: tuple[tuple[str, bool], ...] = (("in", True), ("out", True), ("out", False))
    return [ngap(tick, 1, direction, ppid_swapped=wrong) for direction, wrong in ways]


def on_one_stream(tick: int) -> list[Event]:
    return [*several(0, 4), *(ngap(10 * ue, ue, stream=3) for ue in range(3))]


def beat(tick: int) -> Iterable[Event]:
    return [happening(tick, "hb_rtt", FAR, rtt_ms=0.4, kernel_rtt_ms=0.0)] if tick == 3 else []


def two_unknown(tick: int) -> Association:
    paths = (*calm(tick).paths, Path(FAR, "ACTIVE", False, errors=0))
    return replace(lossy(tick), primary=None, paths=paths)


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
    "a queue that is full": lambda: advised(
        lambda tick: calm(tick, recv_queue=150_000 + tick % 2 * 1000, **UNTIMED)
    ),
    "byte order": lambda: advised(heartbeaten, events=swapped),
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
