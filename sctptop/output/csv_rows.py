"""One CSV row an association and sample, under one line of headings."""

from __future__ import annotations

import csv
import io

from sctptop.fields.catalogue import FIELDS
from sctptop.fields.field import Field
from sctptop.model.associations.row import Row
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import Value


class CsvWriter:
    """Writes the headings once; a value that is not known is an empty cell."""

    def __init__(self, columns: tuple[Field, ...] | None) -> None:
        self._columns = columns or FIELDS
        self._headed = False

    def __call__(self, snapshot: Snapshot, rows: list[Row]) -> str:
        """The rows of one sample as text."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if not self._headed:
            writer.writerow(["time", *(column.id for column in self._columns)])
            self._headed = True
        time = snapshot.sample.time.isoformat(timespec="microseconds")
        for row in rows:
            writer.writerow([time, *(_cell(column.get(row)) for column in self._columns)])
        return text.getvalue()


def _cell(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(value)
    return value
