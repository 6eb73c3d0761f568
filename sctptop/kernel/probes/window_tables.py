"""The tables of bpf/windows.h, reading by reading: what is told of each path and association, and what is over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress
from operator import ne, not_
from typing import Generic, TypeVar

from sctptop.kernel.layout import Layout
from sctptop.kernel.probes.bins import PathName
from sctptop.kernel.probes.events import Clocks, change_event
from sctptop.kernel.program.bpf.maps import parts
from sctptop.kernel.program.declarations import ASSOC_WINDOWS, PATH_WINDOWS
from sctptop.kernel.program.records import FREQUENT, AssociationName, AssociationWindows, PathWindows
from sctptop.model.event import Event

NEVER = (0,) * len(FREQUENT)
FORGOTTEN = 10
"""Readings that tell nothing of an entry: its path or association is freed. It would fill the table for ever."""
PASSING = ("interval", "told", "told_ns", "told_jiffies")
"""Members that move where nothing else does."""
_WORD, KEY = 4, 8

_ASSOC_INSTANT = ASSOC_WINDOWS.picker("told_ns", "told_jiffies")

Content = tuple[bytes, bytes]
"""All keys, which are addresses in the kernel, one behind the other, and all values."""
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
        self._keys, self._order, self._rest = b"", list[bytes](), bytearray()
        self._of_now: list[bool] = []
        self._told_keys: set[bytes] = set()
        self._said: dict[bytes, Told] = {}
        self._untold = Untold()
        self.names: dict[bytes, Name] = {}
        self.told: dict[Name, Told] = {}
        self.moved: set[Name] = set()
        self.over: list[bytes] = []
        self.first: bytes | None = None

    def take(self, content: Content, now: int) -> list[tuple[Told | None, Told]]:
        """All entries as they are in interval ``now``; returns what says another thing, before and after."""
        (keys, values), size = content, self._layout.size
        rest = bytearray(values)
        turns = memoryview(rest).cast("I")[self._told_at :: size // _WORD].tolist()
        of_now = list(map(now.__eq__, turns))
        for byte in self._passing:
            rest[byte::size] = bytes(len(turns))
        self.first = values[size * of_now.index(True) :][:size] if True in of_now else None
        alike = (keys, of_now) == (self._keys, self._of_now)
        rest_before, self._rest = self._rest, rest
        moves: list[tuple[Told | None, Told]] = []
        self.moved = set()
        if not alike:
            others, rests = self._others(keys, of_now, rest_before)
            moves = self._moves(values, [rests.get(key) for key in self._order], others)
        elif rest != rest_before:
            moves = self._moves(values, list(parts(rest_before, size)), set())
        untold = compress(self._order, map(not_, of_now)) if len(self._told_keys) < len(of_now) else ()
        self.over = self._untold.over(untold, now)
        return moves

    def _others(
        self, keys: bytes, of_now: list[bool], rest_before: bytearray
    ) -> tuple[set[bytes], dict[bytes, bytes]]:
        """The keys that came or went, or are told of and were not, or the other way round; what stood under each."""
        rests = dict(zip(self._order, parts(rest_before, self._layout.size), strict=True))
        order = list(parts(keys, KEY))
        told = set(compress(order, of_now))
        others = (told ^ self._told_keys) | (rests.keys() ^ set(order))
        self._keys, self._of_now, self._order, self._told_keys = keys, of_now, order, told
        return others, rests

    def _moves(
        self, values: bytes, before: Sequence[bytes | None], others: set[bytes]
    ) -> list[tuple[Told | None, Told]]:
        """``before``: what stood in the place of each, but for what passes."""
        size, layout = self._layout.size, self._layout
        self.moved = {self.names[key] for key in others & self.names.keys()}
        moves: list[tuple[Told | None, Told]] = []
        fresh: dict[Name, Told] = {}
        moved = map(ne, parts(self._rest, size), before)
        for key, value, old in compress(zip(self._order, parts(values, size), before, strict=True), moved):
            said = self._said.get(key)
            now = layout.decode(value) if said is None or old is None else layout.again(value, said, old)
            if said is None or (said.who is not now.who and said.who != now.who):
                # The memory of what was freed may be another's already.
                self.moved |= {self.names[key]} if said is not None else set()
                self.names[key] = self._name_of(now)
                others.add(key)
            elif key in self._told_keys:
                fresh[self.names[key]] = now
            else:
                self.moved.add(self.names[key])
            self._said[key] = now
            moves.append((said, now))
        self.moved |= fresh.keys()
        if others:
            self._said = {key: self._said[key] for key in self._order}
            self.names = {key: self.names[key] for key in self._order}
            told = compress(self._order, self._of_now)
            self.told = {self.names[key]: self._said[key] for key in told}
            self.moved.update(self.names[key] for key in others & self.names.keys())
        elif fresh:
            self.told = self.told | fresh
        return moves


class KnownPaths(_Known[PathWindows, PathName]):
    """Paths by the association's name and their address."""

    def __init__(self) -> None:
        super().__init__(PATH_WINDOWS, lambda said: (said.who.association, said.who.path or ""))

    def read(self, content: Content, now: int, clocks: Clocks) -> list[Event]:
        """Of interval ``now``; returns what happened often in it."""
        return [
            event
            for before, after in self.take(content, now)
            if before is None or before.changes is not after.changes
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
