"""The tables of bpf/windows.h, reading by reading: what is told of each path and association, and what is over."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from sctptop.kernel.probes.bins import PathName
from sctptop.kernel.probes.events import Clocks, change_event
from sctptop.kernel.program.declarations import ASSOC_WINDOWS, PATH_WINDOWS
from sctptop.kernel.program.records import FREQUENT, AssociationWindows, PathWindows
from sctptop.model.event import Event

NEVER = (0,) * len(FREQUENT)
FORGOTTEN = 10
"""Readings that tell nothing of an entry: its path or association is freed. It would fill the table for ever."""

_PATH_TOLD, _PATH_TIMES = PATH_WINDOWS.picker("told"), PATH_WINDOWS.picker("changes.times")
_ASSOC_TOLD = ASSOC_WINDOWS.picker("told")

Entries = Iterable[tuple[bytes, bytes]]
"""Keys are addresses in the kernel."""


@dataclass(frozen=True, slots=True)
class Windows:
    """What one reading told; ``names`` of all paths that moved or are told. ``over``: keys to remove."""

    paths: dict[PathName, PathWindows]
    names: dict[bytes, PathName]
    events: list[Event]
    over: list[bytes]


class KnownPaths:
    """What moved since the reading before, of each path."""

    def __init__(self) -> None:
        self._times: dict[bytes, tuple[int, ...]] = {}
        self._untold = Untold()

    def read(self, entries: Entries, now: int, timed: Container[bytes], clocks: Clocks) -> Windows:
        """Of interval ``now``; ``timed``: paths that are named though nothing else is told of them."""
        found = Windows({}, {}, [], [])
        times: dict[bytes, tuple[int, ...]] = {}
        untold: list[bytes] = []
        for key, value in entries:
            times[key] = _PATH_TIMES(value)
            before = self._times.get(key, NEVER)
            told, moved = _PATH_TOLD(value)[0] == now, times[key] != before
            if not told:
                untold.append(key)
                if not moved and key not in timed:
                    continue
            windows = PATH_WINDOWS.decode(value)
            found.names[key] = (windows.who.association, windows.who.path or "")
            if told:
                found.paths[found.names[key]] = windows
            if moved:
                found.events.extend(_frequent(windows, times[key], before, clocks))
        found.over.extend(self._untold.over(untold, now))
        self._times = times
        return found


class KnownAssociations:
    """The same of associations, which have no events here."""

    def __init__(self) -> None:
        self._untold = Untold()

    def read(self, entries: Entries, now: int) -> tuple[dict[bytes, AssociationWindows], list[bytes]]:
        """Those told in interval ``now``, and the keys to remove."""
        told: dict[bytes, AssociationWindows] = {}
        untold: list[bytes] = []
        for key, value in entries:
            if _ASSOC_TOLD(value)[0] == now:
                told[key] = ASSOC_WINDOWS.decode(value)
            else:
                untold.append(key)
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
