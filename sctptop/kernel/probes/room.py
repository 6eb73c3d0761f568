"""Tables that were too small: what found no room in them, and what is given up for new entries.

A message whose end is never seen, since its association was aborted or its hooks were away, leaves an entry behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sctptop.kernel.program.bpf import maps
from sctptop.kernel.program.declarations import HANDED_OVER, NO_ROOM_IN, UNREAD, WAIT_BEGUN
from sctptop.kernel.program.program import Program
from sctptop.kernel.program.records import NO_ROOM

PROC = Path("/proc")
OLD_NS = 60 * 10**9
"""A message that waits longer is given up where there is no room for others."""
LARGEST = 1 << 22
"""Paths that there is ever room for."""
_MESSAGES = {
    "HANDED_OVER": (HANDED_OVER, WAIT_BEGUN.picker("ns")),
    "UNREAD": (UNREAD, WAIT_BEGUN.picker("ns")),
}
"""Tables of messages, and since when an entry waits; 0 where that is not known."""
_FIXED = frozenset({"CALLS", "BLOCKED", "NGAP_BEGUN"})
"""Their sizes do not depend on how many paths there are."""


LEAST = 16384


def needed(proc: Path = PROC) -> int:
    """Room for so many paths is enough for a start: four times those of our own namespace, or the least."""
    try:
        with (proc / "self/net/sctp/remaddr").open("rb") as lines:
            there = sum(1 for _ in lines)
    except OSError:
        there = 0
    room = LEAST
    while room < 4 * there and room < LARGEST:
        room *= 2
    return room


class Room:
    """Read after each reading of the tables."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}

    def begin(self) -> None:
        """The tables are new."""
        self._before = {}

    def lacked(self, program: Program) -> dict[str, int]:
        """How many found no room since the last call, by the name of the table. Raises OSError."""
        table = program.map_fd(NO_ROOM_IN.name)
        now = {name: maps.get(table, place) for place, name in enumerate(NO_ROOM)}
        gained = {name: times - self._before.get(name, 0) for name, times in now.items()}
        self._before = now
        return {name.lower(): times for name, times in gained.items() if times}


def make(program: Program, lacked: Mapping[str, int], now_ns: int) -> bool:
    """Give up what is old in those tables. Whether larger ones are needed all the same. Raises OSError."""
    larger = False
    for name in (name.upper() for name in lacked):
        if name not in _MESSAGES:
            larger = larger or name not in _FIXED
            continue
        table, since = _MESSAGES[name]
        place = program.map_fd(table.name)
        entries = list(maps.entries(place, table.key_size, table.value_size))
        old = [key for key, value in entries if now_ns - since(value)[0] > OLD_NS]
        maps.remove(place, old)
        larger = larger or 2 * len(old) < len(entries)
    return larger
