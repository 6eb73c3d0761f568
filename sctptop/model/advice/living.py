"""The rows of associations that are alive, from picture to picture: only those that moved are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sctptop.model.advice.signs import gives_cause, same_signs
from sctptop.model.associations.identity import Key
from sctptop.model.associations.moved import moved
from sctptop.model.associations.row import Row


class Living:
    """``rows`` by key, in their order. ``suspects``: in these something may be wrong. ``moved``: not as they were.

    ``gone``: those that were alive in the picture before and are no more.
    """

    def __init__(self) -> None:
        self.rows: dict[Key, Row] = {}
        self.suspects: set[Key] = set()
        self.moved: Sequence[Row] = ()
        self.gone: Iterable[Key] = ()
        self._innocent: dict[Key, Row] = {}
        self._ends: dict[Key, Key] = {}
        self._last: Sequence[Row] = ()

    @property
    def others(self) -> dict[Key, Row]:
        """Of those whose other end is alive too: its row."""
        rows = self.rows
        return {key: rows[other] for key, other in self._ends.items() if other in rows}

    def advance(self, rows: Sequence[Row]) -> None:
        """Update with the rows of the next picture."""
        before, self._last = self._last, rows
        self.moved, self.gone = (), ()
        if rows is before:
            return
        pairs = moved(rows, before)
        if pairs is None or any(
            row.key is not old.key or row.ended is not None or old.ended is not None for row, old in pairs
        ):
            self._renew(rows)
        else:
            self.moved = [row for row, _ in pairs]
            self.rows.update([(row.key, row) for row in self.moved])
        for row in self.moved:
            self._look_at(row)

    def _renew(self, rows: Sequence[Row]) -> None:
        """Some came, went, or changed places."""
        before, self.rows = self.rows, {row.key: row for row in rows if row.ended is None}
        self.moved = [row for key, row in self.rows.items() if before.get(key) is not row]
        self.gone = before.keys() - self.rows.keys()
        for key in self.gone:
            self.suspects.discard(key)
            for known in (self._innocent, self._ends):
                known.pop(key, None)

    def _look_at(self, row: Row) -> None:
        """One that gave no cause and says the same gives none."""
        key, known = row.key, self._innocent.get(row.key)
        if (known is not None and same_signs(row, known)) or not gives_cause(row):
            self._innocent[key] = row
            self.suspects.discard(key)
        else:
            self._innocent.pop(key, None)
            self.suspects.add(key)
        end = row.other_end
        if end is not None and end.key is not None:
            self._ends[key] = end.key
        elif key in self._ends:
            del self._ends[key]
