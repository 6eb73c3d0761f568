"""A filter or an MTU is told from mere loss: one kind never gets through, and no luck explains it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from sctptop.model.association import Association
from sctptop.model.event import Event
from tests.unit.model.advice.advised import NEAR, calm, happening, pictures, rules

SECONDS = 120
UNTIMED: dict[str, Any] = {"held_bins": (), "read_wait_bins": ()}
CULPRITS = {100: "filtered_chunks", 1400: "path_mtu"}

Arrives = Callable[[int, str], bool]
"""Whether what is sent in a second gets through, both ways: a "chunk" or a "heartbeat"."""


def told(arrives: Arrives, size: int, among: Iterable[str] = tuple(CULPRITS.values())) -> set[str]:
    """Which of those is said of a sender that sends a chunk a second, as RFC 9260 6.3.3 has it, a heartbeat in each."""
    events, sent_again, answered = _timeline(arrives, size)

    def script(tick: int) -> Association:
        sent = {"rtx_chunks": sent_again[tick], "rtx_marked_chunks": sent_again[tick]}
        beats = {"out_ctrl_chunks": tick, "in_ctrl_chunks": answered[tick], "out_sacks": 0, "in_sacks": 0}
        return calm(tick, pathmtu=1500, in_packets=answered[tick], **beats, **sent, **UNTIMED)

    return {
        rule
        for picture in pictures(script, SECONDS, events=lambda tick: events[tick])
        for rule in rules(picture.advice)
    } & set(among)


def _timeline(arrives: Arrives, size: int) -> tuple[list[list[Event]], list[int], list[int]]:
    """Events, and chunks sent again and HEARTBEATs answered so far."""
    events, sent_again, answered = [], [], []
    tsn, rto, expires, waits, again, answers = 1, 1, 0, False, 0, 0
    for tick in range(SECONDS):
        now: list[Event] = []
        if arrives(tick, "heartbeat"):
            answers += 1
            now.append(happening(tick, "hb_rtt", NEAR, rtt_ms=0.4, kernel_rtt_ms=0.0))
        if not waits or tick == expires:
            if waits:
                now.append(_expiry(tick, tsn, size))
                rto, again = min(2 * rto, 60), again + 1
            waits, expires = not arrives(tick, "chunk"), tick + rto
            if not waits:
                tsn, rto = tsn + 1, 1
        events.append(now)
        sent_again.append(again)
        answered.append(answers)
    return events, sent_again, answered


def _expiry(tick: int, tsn: int, size: int) -> Event:
    return happening(tick, "t3_rtx", NEAR, rto_ms=1000.0, errors=1, flight=size, tsn=tsn, chunk_bytes=size)


@pytest.mark.parametrize("size", CULPRITS)
def test_what_stops_one_kind_is_told(size: int) -> None:
    assert told(lambda tick, what: what == "heartbeat" or tick < 10, size) == {CULPRITS[size]}


@pytest.mark.parametrize("size", CULPRITS)
def test_what_stops_one_kind_is_no_loss_while_it_cannot_be_told_yet(size: int) -> None:
    assert told(lambda tick, what: what == "heartbeat" or tick < 10, size, {"lossy_path"}) == set()


def test_loss_of_several_chunks_is_told() -> None:
    assert told(_by_chance(random.Random(1), 0.4), 100, {"lossy_path"}) == {"lossy_path"}


@pytest.mark.parametrize("size", CULPRITS)
@pytest.mark.parametrize("loss", [0.2, 0.4, 0.6])
def test_loss_is_none(size: int, loss: float) -> None:
    accused = sum(bool(told(_by_chance(random.Random(seed), loss), size)) for seed in range(100))
    assert accused <= 3


def test_what_got_through_a_while_ago_acquits_nobody() -> None:
    early = (3, 4)
    assert told(lambda tick, what: what == "heartbeat" or (tick < 50 and tick not in early), 100) == {
        "filtered_chunks"
    }


def _by_chance(dice: random.Random, loss: float) -> Arrives:
    return lambda tick, what: dice.random() >= loss


def test_a_chunk_that_is_stuck_behind_another_size() -> None:
    """Small ones arrive after a retransmission, large ones never."""

    def script(tick: int) -> Association:
        return calm(tick, rtx_chunks=min(tick, 6), rtx_marked_chunks=min(tick, 6), pathmtu=1500, **UNTIMED)

    def events(tick: int) -> Iterable[Event]:
        yield happening(tick, "hb_rtt", NEAR, rtt_ms=0.4, kernel_rtt_ms=0.0)
        if tick == 1:
            yield _expiry(tick, 1, 100)
        if tick in (3, 4, 6, 10, 18):
            yield _expiry(tick, 2, 1400)

    assert "path_mtu" in rules(pictures(script, 20, events=events)[-1].advice)
