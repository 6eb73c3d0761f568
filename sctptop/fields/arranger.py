"""The rows of one picture after the other, filtered and ordered; only what changed between them is done again."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from sctptop.fields.ends import remote_order
from sctptop.fields.filter import Filter
from sctptop.fields.ordering import Order, places_by_ends
from sctptop.fields.search import SearchTexts
from sctptop.model.association import Association
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row


class Arranger:
    """Remembers the last rows. One for each place where rows are shown."""

    def __init__(self) -> None:
        self._entries: list[Association] = []
        self._ends: list[int] = []
        self._keys: list[Key] = []
        self._places: list[int] = []
        self._texts = SearchTexts()
        self._last: tuple[Sequence[Row], Order, Filter, list[Row]] | None = None

    def arranged(self, rows: Sequence[Row], order: Order, chosen: Filter) -> list[Row]:
        """The rows that the filter accepts, in that order; the same list for the same rows, order and filter."""
        last = self._last
        if last is not None and last[0] is rows and last[1:3] == (order, chosen):
            return last[3]
        accepted = [rows[place] for place in self._by_ends(rows)]
        if chosen.test:
            accepted = [row for row in accepted if chosen.accepts(row, self._texts)]
            self._texts.keep(len(rows))
        result = order.of_rows_by_ends(accepted)
        self._last = (rows, order, chosen, result)
        return result

    def _by_ends(self, rows: Sequence[Row]) -> list[int]:
        """The places of the rows by their remote ends: as before, unless one came, went, or changed its end."""
        entries = [row.association for row in rows]
        if len(entries) == len(self._entries):
            same = list(map(is_, entries, self._entries))
            if all(same):
                return self._places
            before = zip(same, self._ends, rows, strict=True)
            ends = [end if kept else remote_order(row) for kept, end, row in before]
        else:
            ends = list(map(remote_order, rows))
        keys = [row.key for row in rows]
        if ends != self._ends or keys != self._keys:
            self._places = places_by_ends(rows, ends)
        self._entries, self._ends, self._keys = entries, ends, keys
        return self._places
