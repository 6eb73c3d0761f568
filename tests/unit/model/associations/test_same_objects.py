"""A record that stays the same object is skipped, and nothing tells: the same picture as from records all anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sctptop.model.association import Association, Path, Process
from sctptop.model.associations.history import History
from sctptop.model.associations.life import GRAPHED, GRAPHED_OF_PATH
from sctptop.model.associations.path_changes import PathChanges
from sctptop.model.associations.rows import Rows
from sctptop.model.associations.waits import NO_WAIT
from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.sample import Endpoint, Sample
from sctptop.model.selection import parse_selector
from sctptop.model.series.steady import Steady
from sctptop.model.snapshot import Snapshot
from tests.unit.associations import NETNS, START, association, sample

COUNTERS = (
    "out_packets",
    "in_packets",
    "out_data_chunks",
    "in_data_chunks",
    "rtx_chunks",
    "in_sacks",
    "drops",
)
GAUGES = ("cwnd", "peer_rwnd", "recv_queue", "send_queue", "flight", "unacked")
HAPPENED: list[tuple[str, dict[str, Any]]] = [
    ("hb_rtt", {"rtt_ms": 8.5, "kernel_rtt_ms": 8}),
    ("t3_rtx", {"tsn": 5, "chunk_bytes": 900}),
    ("retransmit", {"reason": "T3_RTX"}),
]
STATES = ("ESTABLISHED", "ESTABLISHED", "ESTABLISHED", "SHUTDOWN_SENT", "COOKIE_WAIT")


def copied(entry: Association) -> Association:
    """The same facts in other objects."""
    return replace(entry, paths=tuple(replace(path) for path in entry.paths))


class World:
    """Associations that live, move, rest, end, restart, and happen to be each other's ends."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.tag = 0
        self.at_s = 0.0
        self.entries: list[Association] = []
        for _ in range(8):
            self.begin()

    def begin(self) -> None:
        self.tag += 1
        paths = tuple(
            Path(f"10.9.{place}.{self.tag}", state="ACTIVE", primary=not place, cwnd=4380, errors=0)
            for place in range(self.chance.choice((1, 2)))
        )
        entry = association(
            self.tag, assoc_id=self.tag, paths=paths, primary=paths[0].address,
            remote_addresses=tuple(path.address for path in paths), peer_rwnd=100_000, cwnd=4380, recv_queue=0,
            **dict.fromkeys(COUNTERS, 100),
        )  # fmt: skip
        self.entries.append(entry)
        if self.chance.random() < 0.3:
            # The other end is here as well.
            self.entries.append(
                replace(
                    entry, own_tag=entry.peer_tag, peer_tag=entry.own_tag, assoc_id=500 + self.tag,
                    local_port=entry.remote_port, remote_port=entry.local_port,
                    local_addresses=entry.remote_addresses, remote_addresses=entry.local_addresses,
                    primary=entry.local_addresses[0],
                    paths=(Path(entry.local_addresses[0], state="ACTIVE", primary=True),),
                )
            )  # fmt: skip

    def moved(self, entry: Association) -> Association:
        chance = self.chance
        match chance.randrange(12):
            case 0:
                return replace(entry, state=chance.choice(STATES))
            case 1:
                first, *others = entry.paths
                path = replace(
                    first,
                    state=chance.choice(("ACTIVE", "INACTIVE", "PF", None)),
                    errors=chance.randint(0, 5),
                )
                return replace(entry, paths=(path, *others))
            case 2:
                bins = ((chance.randint(1, 90) * 1_000_000, 3),)
                return replace(entry, held_bins=bins, read_wait_bins=bins)
            case 3:
                first, *others = entry.paths
                return replace(entry, paths=(replace(first, data_rtt_bins=((7_000_000, 2),)), *others))
            case 4:
                return replace(entry, held_bins=(), read_wait_bins=(), recv_queue=chance.choice((0, 0, 9000)))
            case 5:
                return replace(entry, paths=entry.paths[: chance.randint(1, 2)])
            case 6:
                more = (*entry.paths[:1], Path("10.200.0.1", state="UNCONFIRMED"))
                return replace(entry, paths=more, remote_addresses=tuple(path.address for path in more))
            case 7:
                lacking: dict[str, Any] = {chance.choice(COUNTERS): None}
                return replace(entry, **lacking)
            case 8:
                return replace(entry, process=Process(1, "amf", stopped=chance.random() < 0.3))
            case 9:
                return replace(entry, own_tag=None)
            case _:
                grown: dict[str, Any] = {
                    name: (getattr(entry, name) or 0) + chance.randint(0, 50) for name in COUNTERS
                }
                grown |= {name: chance.randint(0, 99_999) for name in GAUGES}
                return replace(entry, **grown)

    def step(self) -> Sample:
        chance = self.chance
        share = chance.choice((0.0, 0.0, 0.1, 0.5))
        self.entries = [self.moved(one) if chance.random() < share else one for one in self.entries]
        match chance.randrange(8):
            case 0:
                self.begin()
            case 1 if self.entries:
                self.entries.pop(chance.randrange(len(self.entries)))
            case 2:
                chance.shuffle(self.entries)
            case 3 if self.entries:
                at = chance.randrange(len(self.entries))
                self.tag += 1
                self.entries[at] = replace(self.entries[at], own_tag=9000 + self.tag)
        interval_s = chance.choice((1.0, 1.0, 1.0, 0.25, 12.0, 40.0, 0.0)) if self.at_s else None
        self.at_s += interval_s or 0.001
        counters = {"SctpAborteds": int(self.at_s) // 9, "SctpShutdowns": self.tag}
        made = sample(
            *self.entries, counters=counters, interval_s=interval_s, sources={"sock_diag": "ok", "bpf": "ok"}
        )
        return replace(
            made,
            time=START + timedelta(seconds=self.at_s),
            events=tuple(self.events()),
            endpoints=(Endpoint(NETNS, 38412, state="LISTENING"),),
        )

    def events(self) -> Iterator[Event]:
        for entry in self.entries:
            if self.chance.random() < 0.05 and entry.own_tag is not None:
                kind, details = self.chance.choice(HAPPENED)
                yield Event(
                    time=START + timedelta(seconds=self.at_s), kind=kind, netns=NETNS, own_tag=entry.own_tag,
                    peer_tag=entry.peer_tag or 0, local_port=entry.local_port, remote_port=entry.remote_port,
                    assoc_id=entry.assoc_id, address=entry.primary, details=details,
                )  # fmt: skip


def picture(snapshot: Snapshot) -> tuple[object, ...]:
    """Without what is no value: the history, and the objects of the sample; distributions as what they show."""
    plain = [replace(row, rtts={}, held=NO_WAIT, read_wait=NO_WAIT) for row in snapshot.rows]
    waits = [
        (wait.summary(), wait.now.bins, wait.total.bins)
        for row in snapshot.rows
        for wait in (row.held, row.read_wait)
    ]
    rtts = [
        (row.key, address, rtt.summary(), rtt.data_summary(), rtt.now_ms, rtt.last_at_s)
        for row in snapshot.rows
        for address, rtt in row.rtts.items()
    ]
    return replace(snapshot, past=NO_PAST, sample=EMPTY, rows=()), plain, waits, rtts


NO_PAST, EMPTY = History(), sample()


def series(snapshot: Snapshot) -> dict[object, object]:
    ticks = snapshot.tick + 1
    return {
        (row.key, name, address): snapshot.past.read(key, name, snapshot.tick, ticks)
        for row in snapshot.rows
        for key, address, names in (
            (row.key, "", (*GRAPHED, "held_ms", "read_wait_ms")),
            *(
                ((row.key, path.address), path.address, (*GRAPHED_OF_PATH, "hb_rtt_ms", "data_rtt_ms"))
                for path in row.association.paths
            ),
            ((row.key, "10.200.0.1"), "10.200.0.1", GRAPHED_OF_PATH),
        )
        for name in names
    }


@pytest.mark.parametrize("seed", range(12))
def test_a_picture_of_what_stays_is_that_of_records_all_anew(seed: int) -> None:
    world = World(seed)
    selectors = [parse_selector("38412")] if seed % 3 == 0 else []
    skipping, anew = Model(selectors), Model(selectors)
    for _ in range(60):
        one = world.step()
        found = skipping.advance(one)
        wanted = anew.advance(replace(one, associations=tuple(map(copied, one.associations))))
        assert picture(found) == picture(wanted)
        assert series(found) == series(wanted)
        if world.chance.random() < 0.1:
            skipping.reset()
            anew.reset()
            assert picture(skipping.snapshot()) == picture(anew.snapshot())
            assert series(skipping.snapshot().frozen()) == series(anew.snapshot())


@pytest.mark.parametrize("seed", range(8))
def test_changes_of_paths_likewise(seed: int) -> None:
    world, model = World(seed), Model()
    skipping, anew = PathChanges(), PathChanges()
    for _ in range(60):
        snapshot = model.advance(world.step())
        fresh = [replace(row, association=copied(row.association)) for row in snapshot.rows]
        assert skipping.advance(snapshot.rows, snapshot.now_s) == anew.advance(fresh, snapshot.now_s)


def test_what_stays_is_not_looked_at() -> None:
    model = Model()
    still, moves = association(1, out_packets=7), association(2, out_packets=7)
    rows = []
    for at_s in range(5):
        moves = replace(moves, out_packets=8 + at_s)
        rows.append(model.advance(sample(still, moves, at_s=at_s)).rows)
    assert [row[0].rate("out_packets") for row in rows] == [None, 0.0, 0.0, 0.0, 0.0]
    assert rows[4][0] is rows[3][0] is rows[1][0]
    assert rows[4][1] is not rows[3][1] and rows[4][1].rate("out_packets") == 1.0


def test_a_series_without_memory_begins_once_there_is_some() -> None:
    entries = [association(tag, cwnd=7, paths=()) for tag in (1, 2)]
    rows = Rows(history=History(window=8, memory_cap=Steady.BYTES))
    rows.advance(sample(*entries), {})
    first, second = (row.key for row in rows.rows())
    assert rows.history.read(second, "cwnd", 0, 1) == (None,)
    for at_s in range(1, 9):
        rows.advance(sample(entries[1], at_s=at_s), {})
    assert rows.history.read(first, "cwnd", 8, 1) == (None,)
    assert rows.history.read(second, "cwnd", 8, 1) == (7.0,)
