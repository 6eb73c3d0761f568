"""The associations of the samples of a block, read: what each attribute of all of them is, a list each.

In text (recording/file_format.py) a sample says what came and what changed. Numbers of rows are never used again
within a block, so that nothing moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, fields
from itertools import compress
from operator import add
from typing import Any

from sctptop.model.association import Association, Path
from sctptop.recording.bounds import MOST_ASSOCIATIONS, MOST_PATHS, MOST_ROWS_EACH
from sctptop.recording.packing import DamagedError
from sctptop.recording.rows.columns import FORMER, counts_of, made, numbers, places, values_of


class RecordedRows:
    """The rows as of the last text. Raises DamagedError, or what a dictionary or list raises, for what does not fit."""

    def __init__(self) -> None:
        self._associations = _Table(Association, MOST_ROWS_EACH * MOST_ASSOCIATIONS, skipped="paths")
        self._paths = _Table(Path, MOST_ROWS_EACH * MOST_PATHS)
        self._order: list[int] = []
        self._firsts: list[int] = [0]
        self._owners: list[int] = []
        self._built: list[Association] = []
        self._built_paths: list[Path] = []

    def follow(self, text: Any) -> None:
        """Apply what a sample says."""
        before = len(self._associations)
        self._associations.follow(text.get("associations", {}))
        self._paths.follow(text.get("paths", {}))
        new = len(self._associations) - before
        counts = counts_of(text.get("counts", []), new)
        if self._firsts[-1] + sum(counts) != len(self._paths):
            raise DamagedError("more or fewer paths than there are")
        for row, count in enumerate(counts, before):
            self._firsts.append(self._firsts[-1] + count)
            self._owners += [row] * count
        if "order" in text:
            order = places(text["order"], len(self._associations))
            if len(order) > MOST_ASSOCIATIONS or len(set(order)) < len(order):
                raise DamagedError("more associations than any, or one twice")
            self._order = order

    def associations(self) -> tuple[Association, ...]:
        """Those of the sample, in their order; those that did not change are the same objects as before."""
        paths, rows = self._paths.changed, self._associations.changed
        rows.update(self._owners[path] for path in paths if path < len(self._built_paths))
        self._paths.build(self._built_paths)
        self._associations.build(self._built, self._paths_of)
        return tuple(map(self._built.__getitem__, self._order))

    def _paths_of(self, row: int) -> tuple[Path, ...]:
        return tuple(self._built_paths[self._firsts[row] : self._firsts[row + 1]])


class _Table:
    """Columns of one kind of records. ``changed``: rows that are no more as they were when they were built."""

    def __init__(self, kind: type[Any], most: int, skipped: str | None = None) -> None:
        """``skipped``: the attribute that is made when a record is built."""
        self._kind, self._most, self._skipped = kind, most, skipped
        self._columns: dict[str, list[Any]] = {one.name: [] for one in fields(kind)}
        self._defaults = {one.name: one.default for one in fields(kind)}
        self._count = 0
        self.changed: set[int] = set()

    def __len__(self) -> int:
        return self._count

    def follow(self, text: Any) -> None:
        """The changes first, then what is new."""
        rows = places(text.get("rows", []), self._count)
        for name, gains in text.get("by", {}).items():
            self._gain(name, rows, gains)
        for name, (which, gains) in text.get("at", {}).items():
            self._gain(name, [rows[place] for place in places(which, len(rows))], gains)
        for name, (which, held) in text.get("to", {}).items():
            self._set(name, [rows[place] for place in places(which, len(rows))], held)
        self.changed.update(rows)
        self._add(text.get("new", 0), text.get("columns", {}))

    def _gain(self, name: str, rows: Sequence[int], gains: Any) -> None:
        if len(numbers(gains)) != len(rows):
            raise DamagedError(f"{name} grows in more or fewer rows")
        column = self._columns.get(name, ())
        if column and name != self._skipped:
            # Where a row gained nothing there may be no number.
            grown = list(compress(rows, gains))
            values = list(map(add, map(column.__getitem__, grown), filter(None, gains)))
            self._put(name, grown, made(self._kind, name, values))

    def _set(self, name: str, rows: Sequence[int], held: Any) -> None:
        now = FORMER.get((self._kind, name), name)
        if now in self._columns and now != self._skipped:
            self._put(now, rows, values_of(self._kind, name, held, len(rows)))

    def _put(self, name: str, rows: Sequence[int], values: Sequence[Any]) -> None:
        column = self._columns[name]
        for row, value in zip(rows, values, strict=True):
            column[row] = value

    def _add(self, count: Any, columns: Any) -> None:
        if type(count) is not int or not 0 <= count <= self._most - self._count:
            raise DamagedError("more rows than any block has")
        before = {FORMER[self._kind, name]: name for name in columns if (self._kind, name) in FORMER}
        for name, column in self._columns.items() if count else ():
            if name in before:
                column += values_of(self._kind, before[name], columns[before[name]], count)
            elif name in columns and name != self._skipped:
                column += values_of(self._kind, name, columns[name], count)
            elif self._defaults[name] is MISSING:
                raise DamagedError(f"no {name}")
            else:
                column += [self._defaults[name]] * count
        self._count += count

    def build(self, built: list[Any], skipped: Callable[[int], Any] | None = None) -> None:
        """Make the records that are new or changed anew."""
        known = len(built)
        built += self._records(range(known, self._count), skipped)
        again = [row for row in self.changed if row < known]
        for row, record in zip(again, self._records(again, skipped), strict=True):
            built[row] = record
        self.changed.clear()

    def _records(self, rows: Sequence[int], skipped: Callable[[int], Any] | None) -> Iterator[Any]:
        # An attribute of all of them at a time: a third of what it takes one after the other.
        return map(
            self._kind,
            *(
                map(skipped if skipped is not None and name == self._skipped else column.__getitem__, rows)
                for name, column in self._columns.items()
            ),
        )
