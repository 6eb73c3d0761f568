"""When each path last changed its state, as far as the samples saw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sctptop.model.associations.identity import Key
from sctptop.model.associations.moved import moved
from sctptop.model.associations.row import Row

PathKey = tuple[Key, str]
"""An association and the address of one of its paths."""
_Told = tuple[tuple[str, str | None], ...]
"""The address and the state of each path."""
_state = attrgetter("address", "state")


@dataclass(frozen=True, slots=True)
class PathChange:
    """A path's last change: from which state to which, and when on the clock of the samples."""

    before: str
    after: str
    at_s: float


class PathChanges:
    """Follows path states from snapshot to snapshot. Only rows that moved are looked at."""

    def __init__(self) -> None:
        self._states: dict[Key, tuple[_Told, dict[str, str]]] = {}
        """Of each association what its paths told last, and the states that are known of them."""
        self._changes: dict[PathKey, PathChange] = {}
        self._published: Mapping[PathKey, PathChange] = {}
        self._rows: Sequence[Row] = ()

    def advance(self, rows: Sequence[Row], now_s: float) -> Mapping[PathKey, PathChange]:
        """Update with the next rows; returns the last change of each path that changed while watched.

        The mapping returned is never altered later.
        """
        before, self._rows = self._rows, rows
        pairs = moved(rows, before)
        known, changed = self._states, False
        for row in rows if pairs is None else [row for row, _ in pairs]:
            told = tuple(map(_state, row.association.paths))
            last = known.get(row.key)
            if last is None or last[0] != told:
                changed |= self._take(row.key, told, last[1] if last is not None else {}, now_s)
        if pairs is None or len(known) > len(rows):
            for key in known.keys() - {row.key for row in rows}:
                changed |= self._forget(key, known.pop(key)[1])
        if changed:
            self._published = dict(self._changes)
        return self._published

    def _take(self, key: Key, told: _Told, old: Mapping[str, str], now_s: float) -> bool:
        # A state that was not read this time is still the one before.
        states = {
            address: known for address, state in told if (known := state or old.get(address)) is not None
        }
        changed = False
        for address, state in states.items():
            if old.get(address, state) != state:
                self._changes[key, address] = PathChange(old[address], state, now_s)
                changed = True
        self._states[key] = (told, states)
        return self._forget(key, old.keys() - states.keys()) or changed

    def _forget(self, key: Key, addresses: Iterable[str]) -> bool:
        """Whether one of these paths had changed."""
        gone = [address for address in addresses if self._changes.pop((key, address), None) is not None]
        return bool(gone)
