"""Advice on associations that rest: they are not looked at anew, and the same is said of them as if they were."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.advice.given import Advice
from sctptop.model.association import Association, Path, Process
from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.way import Way
from tests.unit.associations import sample
from tests.unit.model.advice.advised import FAR, MS, NEAR, PROBED, calm, happening, ngap, other_end
from tests.unit.model.advice.checks.test_of_sending import STALLED

Second = tuple[Sequence[Association], Sequence[Event]]
TROUBLES = (
    "INACTIVE",
    "UNCONFIRMED",
    "PF",
    "linkless",
    "closed",
    "closing",
    "opening",
    "unread",
    "full",
    "stuck",
)
SECONDS = 200


@pytest.mark.parametrize("seed", range(12))
def test_it_is_what_looking_at_all_of_them_says(seed: int) -> None:
    seconds = list(script(random.Random(seed)))
    assert said(seconds) == said([([replace(one) for one in entries], told) for entries, told in seconds])


def test_the_scripts_give_advice_of_many_kinds() -> None:
    kinds = {one.rule for seed in range(12) for now in said(list(script(random.Random(seed)))) for one in now}
    assert len(kinds) >= 10, kinds


def test_what_was_said_goes_with_its_association() -> None:
    stopped = calm(0, process=Process(7, "amf", stopped=True), held_bins=(), read_wait_bins=())
    told = said([([stopped], [])] * 5 + [([], [])])
    assert [[one.rule for one in now] for now in told] == [["stopped_process"]] * 5 + [[]]


def test_a_window_that_rests_narrow_was_narrow_until_a_moment_ago() -> None:
    narrow = calm(0, peer_rwnd=2000, rto_ms=3000, held_bins=(), read_wait_bins=())
    lost = [replace(calm(4 * n), rto_ms=3000, rtx_chunks=5 * n, gap_acks=n) for n in (1, 2, 3)]

    def last(first: Association) -> list[str]:
        return [one.rule for one in said([([one], []) for one in [first] * 10 + lost])[-1]]

    assert last(narrow) == [] and last(replace(narrow, peer_rwnd=9000)) == ["lossy_path"]


def said(seconds: Sequence[Second]) -> list[tuple[Advice, ...]]:
    """Every second's advice; half a minute in between nobody asks, as while a replay jumps."""
    model = Model()
    return [
        model.advance(
            sample(*entries, at_s=tick, sources=PROBED, events=tuple(told)), shown=not 90 <= tick < 120
        ).advice
        for tick, (entries, told) in enumerate(seconds)
    ]


def script(dice: random.Random) -> Iterator[Second]:
    """Three associations, of the first both ends, that rest or move, and now and then one has some trouble."""
    tags = (1, 2, 3)
    entries = {tag: calm(0, tag, held_bins=(), read_wait_bins=()) for tag in tags}
    there = other_end(entries[1], held_bins=(), read_wait_bins=())
    for _ in range(SECONDS):
        told: list[Event] = []
        moving = [tag for tag in tags if dice.random() < 0.08]
        for tag in moving:
            before = entries[tag]
            entries[tag], events = another(replace(before, held_bins=(), read_wait_bins=()), tag, dice)
            told += events
        if 1 in moving or dice.random() < 0.05:
            there = other_end(entries[1], in_dup_chunks=dice.choice((0, 4)), held_bins=STALLED)
        elif there.held_bins:
            there = replace(there, held_bins=(), read_wait_bins=())
        for tag in tags:
            if tag not in moving and (entries[tag].held_bins or entries[tag].read_wait_bins):
                entries[tag] = replace(entries[tag], held_bins=(), read_wait_bins=())
        gone = dice.random() < 0.02
        yield [*(entries[tag] for tag in tags if not (gone and tag == 2)), there], told


def another(entry: Association, tag: int, dice: random.Random) -> tuple[Association, list[Event]]:
    """What it may be next, and what happened meanwhile."""
    trouble = dice.choice((*TROUBLES, *["well"] * 5, *["lossy"] * 4, "stalled", "slow", "ngap"))
    path = replace(entry.paths[0], state="ACTIVE", errors=0, way=None)
    spare = [Path(FAR, "ACTIVE", False, errors=0)] if dice.random() < 0.5 else []
    fine = replace(
        entry,
        state="ESTABLISHED",
        paths=(path, *spare),
        peer_rwnd=106496,
        out_queue_chunks=0,
        recv_queue=0,
        send_queue=0,
        out_data_chunks=(entry.out_data_chunks or 0) + dice.choice((0, 20)),
        in_data_chunks=(entry.in_data_chunks or 0) + dice.choice((0, 20)),
    )
    if trouble in ("INACTIVE", "UNCONFIRMED", "PF"):
        return replace(fine, paths=(replace(path, state=trouble, errors=dice.choice((0, 4))), *spare)), []
    if trouble == "lossy":
        events = [happening(0, "retransmit", NEAR, tag, reason=dice.choice(("FAST_RTX", "T3_RTX")))] * 3
        return replace(
            fine, rtx_chunks=(entry.rtx_chunks or 0) + 5, gap_acks=(entry.gap_acks or 0) + 2
        ), events
    if trouble == "stuck":
        return fine, [happening(0, "t3_rtx", NEAR, tag, tsn=7, chunk_bytes=1400, flight=1400)]
    if trouble == "ngap":
        return fine, [replace(ngap(10 * place, 1, ppid_swapped=True), own_tag=tag) for place in range(6)]
    changes: dict[str, dict[str, Any]] = {
        "linkless": {"paths": (replace(path, way=Way(interface="eth0", link_up=False)), *spare)},
        "closed": {"peer_rwnd": 0, "out_queue_chunks": 9, "send_queue": 900},
        "narrow": {"peer_rwnd": 2000},
        "closing": {"state": "SHUTDOWN_PENDING", "out_queue_chunks": 3},
        "opening": {"state": "COOKIE_WAIT"},
        "unread": {"recv_queue": 8000},
        "full": {"send_queue": 9000, "sndbuf": 8000, "flight": 9000, "cwnd": 90000},
        "stalled": {"held_bins": STALLED},
        "slow": {"read_wait_bins": ((900 * MS, 30),)},
        "well": {},
    }
    return replace(fine, **changes[trouble]), []
