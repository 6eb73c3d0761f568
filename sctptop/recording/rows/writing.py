"""The associations of the samples of a block, written: what came and what changed, an attribute at a time.

The way back is recording/rows/reading.py.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import fields
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Any

from sctptop.model.association import Association, Path, Process
from sctptop.model.way import Way
from sctptop.recording.bounds import MOST_ASSOCIATIONS, MOST_PATHS, MOST_ROWS_EACH
from sctptop.recording.rows.columns import ALL, DISTRIBUTIONS, EACH, TIMES, VALUES, WHICH

_SHARED = frozenset((tuple, Process, Way))
"""Of these many rows hold the same."""


class RowChanges:
    """What the associations of one sample after the other are made of.

    An association that is the same object as before is not looked at.
    """

    def __init__(self) -> None:
        self._associations = _Changes(Association, "paths")
        self._paths = _Changes(Path)
        self._order: list[int] = []
        self._numbers: dict[int, int] = {}
        self._rows: list[Association] = []
        self._firsts: list[int] = [0]
        self._by_name: dict[Hashable, int] = {}

    @property
    def is_full(self) -> bool:
        """Whether so many came and went that the next sample must begin a block."""
        return (
            len(self._rows) > (MOST_ROWS_EACH - 1) * MOST_ASSOCIATIONS
            or self._firsts[-1] > (MOST_ROWS_EACH - 1) * MOST_PATHS
        )

    def text(self, associations: Sequence[Association]) -> dict[str, Any]:
        """What a sample says of them; nothing where all is as it was."""
        order = [self._known(one) for one in associations]
        taken = {row for row in order if row is not None}
        if len(taken) < len(order) - order.count(None):
            # The same object twice.
            taken.clear()
            order = [None] * len(order)
        new: list[Association] = []
        for place, row in enumerate(order):
            if row is None:
                order[place] = found = self._row(associations[place], taken, new)
                taken.add(found)
        found_order = [row for row in order if row is not None]
        text: dict[str, Any] = {
            "associations": self._associations.taken(new),
            "paths": self._paths.taken([path for one in new for path in one.paths]),
        }
        text = {name: change for name, change in text.items() if change}
        if new:
            text["counts"] = column([len(one.paths) for one in new])
        if found_order != self._order:
            text["order"] = gaps(found_order)
            self._order = found_order
        return text

    def _known(self, one: Association) -> int | None:
        """The row that holds this very object."""
        return self._numbers.get(id(one))

    def _row(self, one: Association, taken: set[int], new: list[Association]) -> int:
        """The row it is in from now on: that of the association before, or a new one."""
        name: tuple[Hashable, ...] = (one.netns, one.own_tag, one.assoc_id, one.local_port, one.remote_port)
        while (row := self._by_name.get(name)) in taken:
            name = (*name, None)
        if row is None or len(self._rows[row].paths) != len(one.paths):
            row = len(self._rows)
            new.append(one)
            self._rows.append(one)
            self._firsts.append(self._firsts[-1] + len(one.paths))
            self._by_name[name] = row
        elif (before := self._rows[row]) is not one:
            self._associations.compare(row, before, one)
            for path, (old, now) in enumerate(zip(before.paths, one.paths, strict=True), self._firsts[row]):
                if old is not now:
                    self._paths.compare(path, old, now)
            if self._numbers.get(id(before)) == row:
                del self._numbers[id(before)]
            self._rows[row] = one
        self._numbers[id(one)] = row
        return row


class _Changes:
    """What changed in records of a kind since it was last taken."""

    def __init__(self, kind: type[Any], skipped: str | None = None) -> None:
        self._kind = kind
        self._names = [one.name for one in fields(kind) if one.name != skipped]
        self._values = attrgetter(*self._names)
        self._rows: list[int] = []
        self._changes: dict[int, list[tuple[int, Any, Any]]] = {}

    def compare(self, row: int, before: Any, after: Any) -> None:
        """Note what is another value, or of another type: 1 == True == 1.0, and each is written in its own way."""
        changes = [
            (column, old, new)
            for column, (old, new) in enumerate(zip(self._values(before), self._values(after), strict=True))
            if old is not new and (old != new or type(old) is not type(new))
        ]
        if changes:
            for column_number, old, new in changes:
                self._changes.setdefault(column_number, []).append((len(self._rows), old, new))
            self._rows.append(row)

    def taken(self, new: Sequence[Any]) -> dict[str, Any]:
        """The changes, and records that are new, as text."""
        text: dict[str, Any] = {}
        if self._rows:
            order = sorted(range(len(self._rows)), key=self._rows.__getitem__)
            rank = {place: number for number, place in enumerate(order)}
            text = {"rows": gaps(sorted(self._rows)), "by": {}, "at": {}, "to": {}}
            for number, changes in sorted(self._changes.items()):
                self._tell(
                    text, self._names[number], [(rank[place], old, new) for place, old, new in changes]
                )
            self._rows, self._changes = [], {}
        if new:
            text["new"] = len(new)
            values = zip(*map(self._values, new), strict=True)
            text["columns"] = {
                name: self._column(name, list(held)) for name, held in zip(self._names, values, strict=True)
            }
        return text

    def _tell(self, text: dict[str, Any], name: str, changes: list[tuple[int, Any, Any]]) -> None:
        """Numbers as what they gained: of each row where most did, else of those that did."""
        gained, other = list[tuple[int, int]](), list[tuple[int, Any]]()
        for place, old, new in sorted(changes, key=itemgetter(0)):
            if type(old) is int and type(new) is int:
                gained.append((place, new - old))
            else:
                other.append((place, new))
        if 2 * len(gained) > len(self._rows):
            by = text["by"][name] = [0] * len(self._rows)
            for place, gain in gained:
                by[place] = gain
        elif gained:
            text["at"][name] = [gaps([place for place, _ in gained]), [gain for _, gain in gained]]
        if other:
            values = self._column(name, [value for _, value in other])
            text["to"][name] = [gaps([place for place, _ in other]), values]

    def _column(self, name: str, values: list[Any]) -> Any:
        return distributions(values) if (self._kind, name) in DISTRIBUTIONS else column(values)


def gaps(rows: Sequence[int]) -> list[int]:
    """What each is more than the one before it."""
    return [after - before for before, after in pairwise((0, *rows))]


def column(values: list[Any]) -> Any:
    """One value for all, which of some values each is, or each value."""
    kinds = set(map(type, values))
    if not kinds.isdisjoint(_SHARED):
        known = {value: number for number, value in enumerate(dict.fromkeys(values))}
        if len(known) > 1:
            return {VALUES: list(known), WHICH: [known[value] for value in values]}
    if len(kinds) == 1 and len(set(values)) == 1:
        return {ALL: values[0]}
    return values


def distributions(values: Sequence[Sequence[tuple[int, int]]]) -> dict[str, list[int]]:
    """How many bins each has, and of all of them, one after the other, which value, and how often."""
    middles = sorted({middle for bins in values for middle, _ in bins})
    places = {middle: place for place, middle in enumerate(middles)}
    return {
        EACH: list(map(len, values)),
        VALUES: middles,
        WHICH: [places[middle] for bins in values for middle, _ in bins],
        TIMES: [times for bins in values for _, times in bins],
    }
