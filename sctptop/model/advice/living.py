"""The rows of associations that are alive, from picture to picture: only those that moved are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter, is_

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

    def other(self, key: Key) -> Row | None:
        """The row of its other end, where that is alive too."""
        end = self._ends.get(key)
        return None if end is None else self.rows.get(end)

    def advance(self, rows: Sequence[Row]) -> None:
        """Update with the rows of the next picture."""
        before, self._last = self._last, rows
        self.moved, self.gone = (), ()
        if rows is before:
            return
        pairs = moved(rows, before)
        if pairs is None or not _same_alive(*zip(*pairs, strict=True)):
            self._renew(rows)
        else:
            self.moved = [row for row, _ in pairs]
            self.rows.update([(row.key, row) for row in self.moved])
        self._look()

    def _renew(self, rows: Sequence[Row]) -> None:
        """Some came, went, or changed places."""
        before, self.rows = self.rows, {row.key: row for row in rows if row.ended is None}
        self.moved = [row for key, row in self.rows.items() if before.get(key) is not row]
        self.gone = before.keys() - self.rows.keys()
        for key in self.gone:
            self.suspects.discard(key)
            for known in (self._innocent, self._ends):
                known.pop(key, None)

    def _look(self) -> None:
        """At those that moved. One that gave no cause and says the same gives none."""
        innocent, suspects, ends = self._innocent, self.suspects, self._ends
        for row in self.moved:
            key, known = row.key, innocent.get(row.key)
            same = known is not None and known.association is row.association and same_signs(row, known)
            if same or not gives_cause(row):
                innocent[key] = row
                if suspects:
                    suspects.discard(key)
            else:
                innocent.pop(key, None)
                suspects.add(key)
            end = row.other_end
            if end is not None and end.key is not None:
                ends[key] = end.key
            elif ends:
                ends.pop(key, None)


def _same_alive(rows: Sequence[Row] = (), before: Sequence[Row] = ()) -> bool:
    """Whether they are of the same associations, all of which are alive."""
    ended = [*map(_ended, rows), *map(_ended, before)]
    return ended.count(None) == len(ended) and all(map(is_, map(_key, rows), map(_key, before)))


_ended, _key = attrgetter("ended"), attrgetter("key")
