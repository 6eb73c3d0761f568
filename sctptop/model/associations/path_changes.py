"""When each path last changed its state, as far as the samples saw it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sctptop.model.association import Association
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row

PathKey = tuple[Key, str]
"""An association and the address of one of its paths."""


@dataclass(frozen=True, slots=True)
class PathChange:
    """A path's last change: from which state to which, and when on the clock of the samples."""

    before: str
    after: str
    at_s: float


class PathChanges:
    """Follows path states from snapshot to snapshot."""

    def __init__(self) -> None:
        self._states: dict[Key, tuple[Association, dict[str, str]]] = {}
        self._changes: dict[PathKey, PathChange] = {}
        self._published: Mapping[PathKey, PathChange] = {}
        self._rows: Collection[Row] = ()

    def advance(self, rows: Collection[Row], now_s: float) -> Mapping[PathKey, PathChange]:
        """Update with the next rows; returns the last change of each path that changed while watched.

        The mapping returned is never altered later.
        """
        if rows is self._rows:
            return self._published
        self._rows = rows
        known = self._states
        moved = False
        for row in rows:
            entry, before = row.association, known.get(row.key)
            if before is not None and before[0] is entry:
                continue
            old = before[1] if before is not None else {}
            # A state that was not read this time is still the one before.
            states = {
                path.address: state
                for path in entry.paths
                if (state := path.state or old.get(path.address)) is not None
            }
            for address, state in states.items():
                if old.get(address, state) != state:
                    self._changes[row.key, address] = PathChange(old[address], state, now_s)
                    moved = True
            moved |= self._forget(row.key, old.keys() - states.keys())
            known[row.key] = (entry, states)
        if len(known) > len(rows):
            for key in known.keys() - {row.key for row in rows}:
                moved |= self._forget(key, known.pop(key)[1])
        if moved:
            self._published = dict(self._changes)
        return self._published

    def _forget(self, key: Key, addresses: Iterable[str]) -> bool:
        """Whether one of these paths had changed."""
        gone = [address for address in addresses if self._changes.pop((key, address), None) is not None]
        return bool(gone)
