"""Lives of associations: from when to when each was seen, why it ended, and when a path of it was dead."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sctptop.model.associations.identity import Key
from sctptop.model.associations.moved import moved as moved_in
from sctptop.model.associations.path_changes import PathChange, PathKey
from sctptop.model.associations.row import Row
from sctptop.model.quick import quick

KEPT = 500
"""Lives that ended."""
KEPT_DOWNS = 50
"""Times in which a path was dead, of each life."""
DEAD = "INACTIVE"


@quick
@dataclass(frozen=True, slots=True)
class DeadTime:
    """A path was dead from ``from_s`` on, until ``until_s``; None while it is. Seconds since 1970."""

    address: str
    from_s: float
    until_s: float | None = None


@quick
@dataclass(frozen=True, slots=True)
class Lived:
    """An association from ``from_s`` on, until ``until_s``; None while it lives. Seconds since 1970.

    ``row`` is its last one, and moves on: the first of thousands were kept else. ``born``: it was seen to begin.
    """

    key: Key
    row: Row
    from_s: float
    born: bool
    until_s: float | None = None
    why: str | None = None
    downs: tuple[DeadTime, ...] = ()

    @property
    def dead(self) -> tuple[str, ...]:
        """The paths that are dead now."""
        return tuple(down.address for down in self.downs if down.until_s is None)

    def dead_at(self, time_s: float) -> tuple[str, ...]:
        """Those that were at a time."""
        return tuple(
            down.address
            for down in self.downs
            if down.from_s <= time_s and (down.until_s is None or time_s < down.until_s)
        )


class Lives:
    """Follows rows from reading to reading; what did not change costs a look-up."""

    def __init__(self) -> None:
        self._alive: dict[Key, Lived] = {}
        self._ended: deque[Lived] = deque(maxlen=KEPT)
        self._late: dict[Key, Lived] = {}
        """Those that ended and are still in the table: why may come later."""
        self._changes: Mapping[PathKey, PathChange] = {}
        self._told: tuple[Lived, ...] = ()
        self._rows: Sequence[Row] = ()

    def advance(
        self, rows: Sequence[Row], changes: Mapping[PathKey, PathChange], time_s: float, first: bool
    ) -> tuple[Lived, ...]:
        """Update with the next rows; returns all lives kept, in the order in which they began.

        ``changes``: the last of each path; ``first``: nothing was seen before, so nothing is seen to begin.
        """
        if rows is self._rows and changes is self._changes:
            return self._told
        pairs, self._rows = moved_in(rows, self._rows), rows
        moved = False
        for row in rows if pairs is None else [row for row, _ in pairs]:
            if row.ended is not None:
                moved |= self._end(row, time_s)
            elif (known := self._alive.get(row.key)) is not None:
                object.__setattr__(known, "row", row)
            else:
                dead = tuple(
                    DeadTime(path.address, time_s) for path in row.association.paths if path.state == DEAD
                )
                born = not first and row.age_s is not None
                self._alive[row.key] = Lived(row.key, row, time_s, born, downs=dead)
                moved = True
        if len(self._alive) > len(rows) or self._late:
            moved |= self._forget({row.key for row in rows}, time_s)
        if changes is not self._changes:
            moved |= self._change(changes, time_s)
        if moved:
            self._told = tuple(sorted((*self._ended, *self._alive.values()), key=lambda one: one.from_s))
        return self._told

    def _end(self, row: Row, time_s: float) -> bool:
        known = self._alive.pop(row.key, None)
        if known is not None:
            downs = tuple(replace(down, until_s=down.until_s or time_s) for down in known.downs)
            known = replace(known, row=row, until_s=time_s, why=row.ended, downs=downs)
            self._late[row.key] = known
            self._ended.append(known)
            return True
        before = self._late.get(row.key)
        if before is None or before.why == row.ended:
            return False
        after = self._late[row.key] = replace(before, row=row, why=row.ended)
        if before in self._ended:
            self._ended[self._ended.index(before)] = after
        return True

    def _forget(self, present: Iterable[Key], time_s: float) -> bool:
        """Those that went without a word, as where another selection holds."""
        shown = set(present)
        self._late = {key: one for key, one in self._late.items() if key in shown}
        gone = [key for key in self._alive if key not in shown]
        for key in gone:
            self._ended.append(replace(self._alive.pop(key), until_s=time_s))
        return bool(gone)

    def _change(self, changes: Mapping[PathKey, PathChange], time_s: float) -> bool:
        before, self._changes = self._changes, changes
        moved = False
        for (key, address), change in changes.items():
            known = self._alive.get(key)
            if known is None or before.get((key, address)) is change:
                continue
            others = tuple(
                down for down in known.downs if down.address != address or down.until_s is not None
            )
            open_ = next(
                (down for down in known.downs if down.address == address and down.until_s is None), None
            )
            if change.after == DEAD and open_ is None:
                downs = (*known.downs, DeadTime(address, time_s))[-KEPT_DOWNS:]
            elif change.after != DEAD and open_ is not None:
                downs = (*others, replace(open_, until_s=time_s))
            else:
                continue
            self._alive[key] = replace(known, downs=downs)
            moved = True
        return moved
