"""The tables of bpf/windows.h, reading by reading: what is told of each path and association, and what is over."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sctptop.kernel.probes.bins import PathName
from sctptop.kernel.probes.events import Clocks, change_event
from sctptop.kernel.program.declarations import ASSOC_WINDOWS, PATH_WINDOWS
from sctptop.kernel.program.records import FREQUENT, AssociationName, AssociationWindows, PathWindows
from sctptop.model.event import Event

NEVER = (0,) * len(FREQUENT)
FORGOTTEN = 10
"""Readings that tell nothing of an entry: its path or association is freed. It would fill the table for ever."""

_PATH_TOLD, _PATH_TIMES = PATH_WINDOWS.picker("told"), PATH_WINDOWS.picker("changes.times")
_NUMBERED = [member for member in PATH_WINDOWS.members if member.name in ("interval", "told")]
_HEAD, _REST = _NUMBERED[0].offset, _NUMBERED[-1].offset + _NUMBERED[-1].size
"""Between them stand the numbers of intervals, which move where nothing else does."""
_ASSOC_TOLD, _ASSOC_INSTANT = ASSOC_WINDOWS.picker("told"), ASSOC_WINDOWS.picker("told_ns", "told_jiffies")
_ASSOC_AT = {member.name: member.offset for member in ASSOC_WINDOWS.members}
_ASSOC_HEAD, _ASSOC_REST = _ASSOC_AT["interval"], _ASSOC_AT["peer_rwnd"]
_ASSOC_END = _ASSOC_AT["told_ns"]
"""Before the head, and between the others, stands what does not move by itself."""

Entries = Iterable[tuple[bytes, bytes]]
"""Keys are addresses in the kernel."""


@dataclass(frozen=True, slots=True)
class Windows:
    """What one reading told; ``names`` of all paths that moved or are told. ``over``: keys to remove."""

    paths: dict[PathName, PathWindows]
    names: dict[bytes, PathName]
    events: list[Event]
    over: list[bytes]


class _Said(NamedTuple):
    """``rest``: the bytes of an entry but the numbers of intervals; ``windows``: what it says, with those of once."""

    rest: bytes
    times: tuple[int, ...]
    windows: PathWindows
    name: PathName


def _said(rest: bytes, value: bytes) -> _Said:
    windows = PATH_WINDOWS.decode(value)
    return _Said(rest, _PATH_TIMES(value), windows, (windows.who.association, windows.who.path or ""))


class KnownPaths:
    """What moved since the reading before, of each path."""

    def __init__(self) -> None:
        self._said: dict[bytes, _Said] = {}
        self._untold = Untold()

    def read(self, entries: Entries, now: int, timed: Container[bytes], clocks: Clocks) -> Windows:
        """Of interval ``now``; ``timed``: paths that are named though nothing else is told of them."""
        found = Windows({}, {}, [], [])
        before, self._said = self._said, {}
        untold: list[bytes] = []
        for key, value in entries:
            told, rest = _PATH_TOLD(value)[0] == now, value[:_HEAD] + value[_REST:]
            known = before.get(key)
            # Most paths rest from one reading to the next: decoding them is what would take long.
            said = _said(rest, value) if known is None or known.rest != rest else known
            self._said[key] = said
            moved = said is not known and said.times != (known.times if known is not None else NEVER)
            if not told:
                untold.append(key)
                if not moved and key not in timed:
                    continue
            windows = said.windows
            found.names[key] = said.name
            if told:
                found.paths[said.name] = windows
            if moved:
                then = known.times if known is not None else NEVER
                found.events.extend(_frequent(windows, said.times, then, clocks))
        found.over.extend(self._untold.over(untold, now))
        return found


class KnownAssociations:
    """The same of associations, which have no events here.

    ``names``: of those told last, by key. ``instant``: one that was told last, in ns and in jiffies; what is returned
    of one that rests has that of before.
    """

    def __init__(self) -> None:
        self._said: dict[bytes, tuple[bytes, AssociationWindows, AssociationName]] = {}
        self._untold = Untold()
        self.names: dict[bytes, AssociationName] = {}
        self.instant: tuple[int, int] | None = None

    def read(self, entries: Entries, now: int) -> tuple[dict[bytes, AssociationWindows], list[bytes]]:
        """Those told in interval ``now``, and the keys to remove."""
        told: dict[bytes, AssociationWindows] = {}
        untold: list[bytes] = []
        before, self._said, self.names, self.instant = self._said, {}, {}, None
        for key, value in entries:
            if _ASSOC_TOLD(value)[0] != now:
                untold.append(key)
                continue
            if self.instant is None:
                self.instant = _ASSOC_INSTANT(value)
            rest, known = value[:_ASSOC_HEAD] + value[_ASSOC_REST:_ASSOC_END], before.get(key)
            if known is None or known[0] != rest:
                windows = ASSOC_WINDOWS.decode(value)
                known = rest, windows, windows.who.association
            self._said[key] = known
            _, told[key], self.names[key] = known
        return told, self._untold.over(untold, now)


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


def _frequent(
    windows: PathWindows, times: tuple[int, ...], before: tuple[int, ...], clocks: Clocks
) -> Iterator[Event]:
    """One event for each sort of frequent change of a path in this interval."""
    for name, now, then in zip(FREQUENT, times, before, strict=True):
        # Memory that became another path counts from 0 again.
        gained = now - then if now >= then else now
        if gained:
            yield change_event(windows, name, gained, clocks)
