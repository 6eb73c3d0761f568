"""When each path last changed its state, as far as the samples saw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
        self._states: dict[PathKey, str] = {}
        self._changes: dict[PathKey, PathChange] = {}
        self._published: Mapping[PathKey, PathChange] = {}

    def advance(self, rows: Iterable[Row], now_s: float) -> Mapping[PathKey, PathChange]:
        """Update with the next rows; returns the last change of each path that changed while watched.

        The mapping returned is never altered later.
        """
        states: dict[PathKey, str] = {}
        changed = False
        for row in rows:
            for path in row.association.paths:
                key = (row.key, path.address)
                before = self._states.get(key)
                # A state that was not read this time is still the one before.
                state = path.state or before
                if state is None:
                    continue
                states[key] = state
                if before is not None and before != state:
                    self._changes[key] = PathChange(before, state, now_s)
                    changed = True
        gone = self._changes.keys() - states.keys()
        for key in gone:
            del self._changes[key]
        self._states = states
        if changed or gone:
            self._published = dict(self._changes)
        return self._published
