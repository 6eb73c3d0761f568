"""The tables of bpf/windows.h, reading by reading: what is told of each path and association, and what is over."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from itertools import compress
from operator import itemgetter, ne
from typing import Generic, TypeVar

from sctptop.kernel.layout import Layout
from sctptop.kernel.probes.bins import PathName
from sctptop.kernel.probes.events import Clocks, change_event
from sctptop.kernel.program.declarations import ASSOC_WINDOWS, PATH_WINDOWS
from sctptop.kernel.program.records import FREQUENT, AssociationName, AssociationWindows, PathWindows
from sctptop.model.event import Event

NEVER = (0,) * len(FREQUENT)
FORGOTTEN = 10
"""Readings that tell nothing of an entry: its path or association is freed. It would fill the table for ever."""
PASSING = ("interval", "told", "told_ns", "told_jiffies")
"""Members that move where nothing else does."""
_WORD = 4

_ASSOC_INSTANT = ASSOC_WINDOWS.picker("told_ns", "told_jiffies")

Entries = Iterable[tuple[bytes, bytes]]
"""Keys are addresses in the kernel."""
Name = TypeVar("Name", PathName, AssociationName)
Told = TypeVar("Told", PathWindows, AssociationWindows)


class _Known(Generic[Told, Name]):
    """What a table says, of whose thousands of entries most rest: told apart in a few steps for all of them.

    ``names``: of all entries, by key. ``told``: what is told of in this reading; of one that rests it is the same
    object as before, with what passed then. ``moved``: of which that is another thing than in the reading before.
    ``over``: keys to remove. ``first``: the bytes of one that is told of.
    """

    def __init__(self, layout: Layout[Told], name_of: Callable[[Told], Name]) -> None:
        self._layout: Layout[Told] = layout
        self._name_of: Callable[[Told], Name] = name_of
        members = {member.name: member for member in layout.members}
        self._told_at = members["told"].offset // _WORD
        passing = [members[name] for name in PASSING if name in members]
        self._passing = [member.offset + byte for member in passing for byte in range(member.size)]
        self._rests: dict[bytes, bytes] = {}
        self._told_keys: set[bytes] = set()
        self._said: dict[bytes, Told] = {}
        self._untold = Untold()
        self.names: dict[bytes, Name] = {}
        self.told: dict[Name, Told] = {}
        self.moved: set[Name] = set()
        self.over: list[bytes] = []
        self.first: bytes | None = None

    def take(self, entries: Entries, now: int) -> list[tuple[Told | None, Told]]:
        """All entries as they are in interval ``now``; returns what says another thing, before and after."""
        found = list(entries)
        size, keys = self._layout.size, list(map(itemgetter(0), found))
        whole = bytearray().join(map(itemgetter(1), found))
        turns = memoryview(whole).cast("I")[self._told_at :: size // _WORD].tolist()
        told = set(compress(keys, map(now.__eq__, turns)))
        self.first = found[turns.index(now)][1] if told else None
        for byte in self._passing:
            whole[byte::size] = bytes(len(found))
        rests = dict(zip(keys, map(itemgetter(0), struct.iter_unpack(f"{size}s", whole)), strict=True))
        others = told ^ self._told_keys | rests.keys() ^ self._rests.keys()
        changed = compress(found, map(ne, rests.values(), map(self._rests.get, keys)))
        self._rests, self._told_keys = rests, told
        moves = self._moves(changed, others)
        self.over = self._untold.over(rests.keys() - told, now)
        return moves

    def _moves(
        self, changed: Iterable[tuple[bytes, bytes]], others: set[bytes]
    ) -> list[tuple[Told | None, Told]]:
        """``others``: keys that came or went, or are told of and were not, or the other way round."""
        moved = {self.names[key] for key in others & self.names.keys()}
        moves: list[tuple[Told | None, Told]] = []
        fresh: dict[Name, Told] = {}
        for key, value in changed:
            before, after = self._said.get(key), self._layout.decode(value)
            if before is None or before.who != after.who:
                # The memory of what was freed may be another's already.
                moved |= {self.names[key]} if before is not None else set()
                self.names[key] = self._name_of(after)
                others.add(key)
            elif key in self._told_keys:
                fresh[self.names[key]] = after
            self._said[key] = after
            moved.add(self.names[key])
            moves.append((before, after))
        if others:
            self._said = {key: self._said[key] for key in self._rests}
            self.names = {key: self.names[key] for key in self._rests}
            told = (key for key in self._rests if key in self._told_keys)
            self.told = {self.names[key]: self._said[key] for key in told}
            moved.update(self.names[key] for key in others & self.names.keys())
        elif fresh:
            self.told = self.told | fresh
        self.moved = moved
        return moves


class KnownPaths(_Known[PathWindows, PathName]):
    """Paths by the association's name and their address."""

    def __init__(self) -> None:
        super().__init__(PATH_WINDOWS, lambda said: (said.who.association, said.who.path or ""))

    def read(self, entries: Entries, now: int, clocks: Clocks) -> list[Event]:
        """Of interval ``now``; returns what happened often in it."""
        return [
            event
            for before, after in self.take(entries, now)
            if (before.changes if before is not None else ()) != after.changes
            for event in _frequent(before, after, clocks)
        ]


class KnownAssociations(_Known[AssociationWindows, AssociationName]):
    """The same of associations, which have no events here."""

    def __init__(self) -> None:
        super().__init__(ASSOC_WINDOWS, lambda said: said.who.association)

    @property
    def instant(self) -> tuple[int, int] | None:
        """When one was told of last, in ns and in jiffies."""
        return None if self.first is None else _ASSOC_INSTANT(self.first)


class Untold:
    """Since which interval each entry was not told of."""

    def __init__(self) -> None:
        self._since: dict[bytes, int] = {}

    def over(self, untold: Iterable[bytes], now: int) -> list[bytes]:
        """Those of them that were not for FORGOTTEN readings."""
        self._since = {key: self._since.get(key, now) for key in untold}
        old = [key for key, since in self._since.items() if now - since >= FORGOTTEN]
        for key in old:
            del self._since[key]
        return old


def _frequent(before: PathWindows | None, after: PathWindows, clocks: Clocks) -> Iterator[Event]:
    """One event for each sort of frequent change of a path in this interval."""
    times = NEVER if before is None else tuple(change.times for change in before.changes)
    for name, change, then in zip(FREQUENT, after.changes, times, strict=True):
        # Memory that became another path counts from 0 again.
        gained = change.times - then if change.times >= then else change.times
        if gained:
            yield change_event(after, name, gained, clocks)
