"""A host on which nothing happens but time: what is told of it stays the same objects, probes or not."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

import pytest

from sctptop.kernel.layout import Layout
from sctptop.kernel.probes.bins import PathName
from sctptop.kernel.probes.events import Clocks
from sctptop.kernel.probes.observed import Observed
from sctptop.kernel.probes.window_tables import KnownAssociations, KnownPaths
from sctptop.kernel.program.declarations import ASSOC_WINDOWS, PATH_WINDOWS
from sctptop.kernel.program.records import (
    INET,
    AssociationName,
    AssociationWindows,
    Change,
    Extent,
    PathWindows,
    Who,
)
from sctptop.kernel.reading import associations, probe_facts
from tests.unit.kernel.reading.rereading import COUNT, Reading
from tests.unit.kernel.synthetic import Entry

HZ, TICK_NS = 250, 4_000_000
BOOTED_JIFFIES = 4_294_892_296
LATE_NS = (0, 3_900_000, 1_200_000, 4_800_000, 2_000_000)
"""Where in its tick each reading is made; once the tick itself came late."""


class Tables:
    """The tables of the probes on an idle host, as they are at one reading after the other."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.turn = 0
        self.paths, self.associations = KnownPaths(), KnownAssociations()
        self.beats: dict[int, int] = {}
        """By association: since which jiffies its heartbeat timers run, where that is not the start."""
        self.otherwise: dict[bytes, dict[str, Any]] = {}
        """By key: what the entry says otherwise."""
        self.gone: set[bytes] = set()

    @property
    def jiffies(self) -> int:
        return BOOTED_JIFFIES + HZ * self.turn

    @property
    def now_ns(self) -> int:
        return TICK_NS * HZ * self.turn + 5_000_000_000 + LATE_NS[self.turn % len(LATE_NS)]

    def read(self) -> Observed:
        """As a session of probes does it."""
        self.turn += 1
        wall = datetime(2026, 11, 27, tzinfo=timezone.utc)
        clocks = Clocks(wall, self.now_ns, self.reading.clock)
        self.associations.take(together(self._associations()), self.turn)
        assert self.associations.instant == (self.now_ns, self.jiffies)
        clocks.jiffies.meet(self.jiffies, self.now_ns)
        self.paths.read(together(self._paths()), self.turn, clocks)
        moved = self.associations.moved | {name for name, _ in self.paths.moved}
        return Observed(
            paths=self.paths.told, associations=self.associations.told, moved=moved, turn=self.turn
        )

    def _associations(self) -> Iterator[tuple[bytes, bytes]]:
        extent = Extent(106_496, 106_496, 106_496)
        for ident, entry in self.reading.host.entries.items():
            windows = AssociationWindows(
                _who(entry), self.turn, self.turn, extent, extent, 0, 0, 0, 0, 0, 2, 0, 0, self.now_ns, self.jiffies
            )  # fmt: skip
            yield from self._entry(ident, ASSOC_WINDOWS, windows)

    def _paths(self) -> Iterator[tuple[bytes, bytes]]:
        for ident, entry in self.reading.host.entries.items():
            for place, address in enumerate(entry.remote):
                begun = self.beats.get(ident, BOOTED_JIFFIES)
                windows = PathWindows(
                    _who(entry, address), self.turn, self.turn, Extent(4380, 4380, 4380), Extent(9000, 9000, 9000),
                    Extent(0, 0, 0), 0, 1500, 0, 250, 0, 2, 1, begun + 30 * HZ + ident, 0, 0, 0, 0, 0, 0,
                    (Change(0, 0, 0, 0, 0),) * 3, 0, 0, 0, 0,
                )  # fmt: skip
                yield from self._entry(2 * ident + place + 1000, PATH_WINDOWS, windows)

    def _entry(self, address: int, layout: Layout[Any], windows: Any) -> Iterator[tuple[bytes, bytes]]:
        key = struct.pack("<Q", address)
        if key not in self.gone:
            yield key, layout.encode(windows._replace(**self.otherwise.get(key, {})))


def together(entries: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    found = list(entries)
    return b"".join(key for key, _ in found), b"".join(value for _, value in found)


def _who(entry: Entry, address: str | None = None) -> Who:
    packed = bytes(16) if address is None else IPv4Address(address).packed + bytes(12)
    tags = (entry.number("tag"), entry.number("peer_tag"))
    return Who(7, entry.ident, *tags, entry.port, entry.remote_port, INET if address else 0, 0, packed)


def test_time_alone_makes_nothing_anew(reading: Reading) -> None:
    tables = Tables(reading)
    reading.observed = tables.read
    first = reading.read(1.0)
    assert len(first) == COUNT
    due = [path.hb_due_ms(tables.now_ns) for path in first[0x1000_0001].paths]
    assert due == [29_000.0 + 4, 29_000.0 + 4]
    for _ in range(8):
        found = reading.read(1.0)
        assert not [tag for tag, entry in found.items() if entry is not first[tag]]
    path = found[0x1000_0001].paths[1]
    left_ms = path.hb_due_ms(tables.now_ns)
    assert left_ms is not None and abs(left_ms - 21_000) <= 8
    walked = reading.read(20.0)
    assert reading.walks
    assert not [tag for tag, entry in walked.items() if entry is not first[tag]]


def test_a_path_that_rests_is_not_decoded_again(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = Tables(reading)
    decoded: list[bytes] = []
    decode, again = PATH_WINDOWS.decode, PATH_WINDOWS.again

    def counted(data: bytes, *before: Any) -> PathWindows:
        decoded.append(data)
        return again(data, *before) if before else decode(data)

    monkeypatch.setattr(PATH_WINDOWS, "decode", counted)
    monkeypatch.setattr(PATH_WINDOWS, "again", counted)
    first = tables.read()
    assert len(decoded) == len(first.paths) == 2 * COUNT
    tables.beats[5] = tables.jiffies + HZ // 2
    second = tables.read()
    assert len(decoded) == 2 * COUNT + 2
    assert len(second.paths) == 2 * COUNT
    changed = [name for name, windows in second.paths.items() if windows != first.paths[name]]
    assert [name[0][1] for name in changed] == [0x1000_0005] * 2


def test_a_heartbeat_that_was_sent_is_what_changes(reading: Reading) -> None:
    tables = Tables(reading)
    reading.observed = tables.read
    first = reading.read(1.0)
    tables.beats[5] = tables.jiffies + HZ // 2
    found = reading.read(1.0)
    assert [entry.assoc_id for tag, entry in found.items() if entry is not first[tag]] == [5]
    before, after = first[0x1000_0005].paths[0].hb_due_ns, found[0x1000_0005].paths[0].hb_due_ns
    assert before is not None and after is not None and after - before == 1_500_000_000


def test_clocks_that_drift_apart_are_brought_together_at_once(reading: Reading) -> None:
    tables = Tables(reading)
    reading.observed = tables.read
    first = reading.read(1.0)
    clock = reading.clock
    assert clock.ns(tables.jiffies) == tables.now_ns
    # Ticks were lost, as in a guest that did not run.
    clock.meet(tables.jiffies, tables.now_ns + 40_000_000)
    assert clock.ns(tables.jiffies) == tables.now_ns + 40_000_000
    before, after = (found[0x1000_0001].paths[0].hb_due_ns for found in (first, reading.read(1.0)))
    assert before is not None and after is not None and abs(after - before) <= 3 * TICK_NS


def test_what_probes_show_as_before_is_not_looked_at_again(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables, seen = Tables(reading), list[object]()
    reading.observed = tables.read
    seen_of = probe_facts.seen_of

    def counted(*what: object) -> object:
        seen.append(what[0])
        return seen_of(*what)  # type: ignore[arg-type]

    monkeypatch.setattr(associations, "seen_of", counted)
    reading.read(1.0)
    assert len(seen) == COUNT
    tables.beats[5] = tables.jiffies + HZ // 2
    reading.read(1.0)
    assert len(seen) == COUNT + 1
    reading.read(1.0)
    assert len(seen) == COUNT + 1


def test_whatever_probes_show_the_values_are_those_of_one_that_makes_all_anew(reading: Reading) -> None:
    tables, dice = Tables(reading), random.Random(3)
    entries = list(reading.host.entries.values())
    for turn in range(12):
        for entry in dice.sample(entries, 30):
            entry.grow()
        for entry in dice.sample(entries, 20):
            tables.beats[entry.ident] = tables.jiffies + dice.randrange(HZ)
        say_otherwise(tables, dice)
        if turn == 7:
            # Ticks were lost: what did not move is due at another time.
            reading.clock.meet(tables.jiffies, tables.now_ns + 40_000_000)
        shown = with_bins(tables.read(), dice)
        reading.observed = lambda shown=shown: shown  # type: ignore[misc]
        found = reading.read(1.0)
        rows = [replace(row, made=None, seen=None) for row in reading.last.rows]
        anew = associations.merge(7, rows, reading.clock, replace(shown, moved=None), {}, "core", None)
        assert [*found.values()] == [*anew], turn


def test_what_moved_is_all_that_is_another_thing(reading: Reading) -> None:
    """Against what a decoding of every entry says."""
    tables, dice = Tables(reading), random.Random(5)
    before = tables.read()
    for _ in range(40):
        if dice.random() < 0.8:
            say_otherwise(tables, dice)
        now = tables.read()
        assert now.moved is not None
        ends, paths = {*before.associations, *now.associations}, {*before.paths, *now.paths}
        moved = {name for name in ends if ends_of(before, name) != ends_of(now, name)}
        moved |= {name[0] for name in paths if path_of(before, name) != path_of(now, name)}
        assert moved <= now.moved, "others may have said another thing while they were not told of"
        assert len(now.moved) <= len(moved) + 12
        everything = Tables(reading)
        everything.turn, everything.otherwise = tables.turn - 1, tables.otherwise
        everything.gone, everything.beats = tables.gone, tables.beats
        anew = everything.read()
        assert {name: without_time(one) for name, one in now.associations.items()} == {
            name: without_time(one) for name, one in anew.associations.items()
        }
        assert {name: path_of(now, name) for name in now.paths} == {
            name: path_of(anew, name) for name in anew.paths
        }
        before = now


def without_time(windows: AssociationWindows) -> AssociationWindows:
    return windows._replace(interval=0, told=0, told_ns=0, told_jiffies=0)


def ends_of(observed: Observed, name: AssociationName) -> AssociationWindows | None:
    windows = observed.associations.get(name)
    return None if windows is None else without_time(windows)


def path_of(observed: Observed, name: PathName) -> PathWindows | None:
    windows = observed.paths.get(name)
    return None if windows is None else windows._replace(interval=0, told=0)


def say_otherwise(tables: Tables, dice: random.Random) -> None:
    """Some paths and associations have other numbers, states and times, are not told of, or are not there."""
    idents = [*tables.reading.host.entries]
    for _ in range(40):
        many, few = Extent(dice.randrange(9000), 1, 2), dice.randrange(4)
        changed: dict[str, Any] = dice.choice(
            (
                {},
                {"cwnd": many},
                {"errors": few},
                {"state": few},
                {"pathmtu": 1500 - few},
                {"param_flags": 1 << few * 2},
                {"told": 0},
            )
        )
        tables.otherwise[struct.pack("<Q", 2 * dice.choice(idents) + dice.randrange(2) + 1000)] = changed
    for _ in range(20):
        more: dict[str, Any] = dice.choice(
            ({}, {"rwnd": Extent(5, 4, 6)}, {"more": 7}, {"param_flags": 2}, {"told": 0})
        )
        tables.otherwise[struct.pack("<Q", dice.choice(idents))] = more
    tables.gone = set(dice.sample([*tables.otherwise], 8))
    # The first of all is what tells the time.
    first = struct.pack("<Q", idents[0])
    tables.gone.discard(first)
    tables.otherwise.pop(first, None)


def with_bins(observed: Observed, dice: random.Random) -> Observed:
    """The same with some round trips and waits."""
    bins = dict.fromkeys(dice.sample([*observed.paths], 10), ((1000000, 3),))
    waits = {who: {"held": ((2_000_000, 1),)} for who in dice.sample([*observed.associations], 10)}
    moved = {*(observed.moved or ()), *waits, *(name for name, _ in bins)}
    return replace(observed, data_rtts=bins, waits=waits, moved=moved)
