"""Plain text tables, one a sample, like ``top -b``."""

from __future__ import annotations

import sys

from sctptop.fields.catalogue import BY_ID
from sctptop.fields.default_columns import default_columns
from sctptop.fields.ends import local_end, remote_end, remote_of, whose
from sctptop.fields.field import Field
from sctptop.model.associations.events.why_ended import end_of
from sctptop.model.associations.row import Row
from sctptop.model.sample import Sample
from sctptop.model.snapshot import Snapshot
from sctptop.model.source_state import OK, Kind
from sctptop.options import Options
from sctptop.output.terminal_check import columns_of
from sctptop.quantity import milliseconds
from sctptop.terminal_text import printable
from sctptop.totals_text import totals_pieces

MOST_ENDS = 8
"""Lines of one sample for associations that ended."""


class TextWriter:
    """Writes a line of totals, a table, and an empty line.

    The table is as wide as it needs; on a terminal of ``room`` columns those that come last by default are left out
    where they have no room: a line that is broken is hard to read, and more so to be heard.
    """

    def __init__(self, options: Options, room: int | None = None) -> None:
        self._options, self._room = options, room
        self._needed = 0
        self._columns: tuple[Field, ...] = options.columns or ()

    def __call__(self, snapshot: Snapshot, rows: list[Row]) -> str:
        """The text of one sample."""
        sample = snapshot.sample
        if self._options.columns is None:
            several = len(snapshot.namespaces) > 1
            first, further = default_columns(both_ends=self._options.both_ends, namespaces=several)
            self._columns = tuple(BY_ID[name] for name in (*first, *further))
            self._needed = len(first)
        lines = [
            f"sctptop  {sample.host}  {sample.kernel}  {sample.time.astimezone():%H:%M:%S}  "
            f"read {milliseconds(sample.read_s * 1000)}{self._late(sample)}",
            "".join(text for _, text in totals_pieces(snapshot.totals, self._options.both_ends)),
            *source_troubles(sample),
            *advice_lines(snapshot, rows),
            *end_lines(snapshot),
            *(self._table(rows) if rows else [self.nothing(snapshot)]),
            "",
        ]
        return "\n".join(map(printable, lines)) + "\n"

    def _late(self, sample: Sample) -> str:
        """The real interval, where it is over a tenth longer than the one asked for."""
        real_s, asked_s = sample.interval_s or 0.0, self._options.interval_s
        late = self._options.live and real_s > asked_s * 1.1
        return (
            f"  interval {milliseconds(real_s * 1000)} instead of {milliseconds(asked_s * 1000)}"
            if late
            else ""
        )

    def _table(self, rows: list[Row]) -> list[str]:
        cells = [[column.said(row) for column in self._columns] for row in rows]
        titles = [column.title for column in self._columns]
        widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
        if self._room is not None and self._options.columns is None:
            while len(widths) > self._needed and sum(widths) + 2 * (len(widths) - 1) > self._room:
                widths.pop()
            self._columns = self._columns[: len(widths)]
            titles, *cells = [line[: len(widths)] for line in (titles, *cells)]
        return [self._line(line, widths) for line in (titles, *cells)]

    def _line(self, cells: list[str], widths: list[int]) -> str:
        padded = (_pad(*pair) for pair in zip(cells, widths, self._columns, strict=True))
        return "  ".join(padded).rstrip()

    def nothing(self, snapshot: Snapshot) -> str:
        """Why there are no rows."""
        if snapshot.sample.trouble:
            return str(snapshot.sample.trouble)
        if snapshot.totals.associations:
            return f"no association passes the filter {self._options.filter.text!r}"
        if not self._options.live:
            return "no association at this moment"
        asked = ", ".join(selector.text for selector in self._options.selectors)
        if asked:
            return f"waiting: no association matches {asked} ({snapshot.hidden} others)"
        return f"waiting: no association yet ({len(snapshot.sample.endpoints)} endpoints)"


def text_writer(options: Options) -> TextWriter:
    """One for standard output."""
    return TextWriter(options, columns_of(sys.stdout))


def source_troubles(sample: Sample) -> list[str]:
    """One line a source that could not be read while another could; probes left out at will are none."""
    if sample.trouble:
        return []
    names = {"sock_diag": "sock_diag", "procfs": "procfs", "netns": "netns", "ways": "ways", "bpf": "probes"}
    states = {label: sample.sources.get(name, OK) for name, label in names.items()}
    return [
        f"{label}: {state}" for label, state in states.items() if state.kind not in (Kind.OK, Kind.UNWANTED)
    ]


def advice_lines(snapshot: Snapshot, rows: list[Row]) -> list[str]:
    """The worst advice on an association shown or on a peer, in one line; notes are left to JSON and the dashboard."""
    shown = {row.key for row in rows}
    about = [entry for entry in snapshot.advice if entry.peer or entry.association in shown]
    told = [entry for entry in about if entry.severity != "note"]
    if not told:
        return []
    worst, more = told[0], f" (+{len(told) - 1} more)" if len(told) > 1 else ""
    return [f"advice: {worst.title}, {whose(snapshot, worst)}: {worst.seen} (try: {worst.remedy}){more}"]


def end_lines(snapshot: Snapshot) -> list[str]:
    """Those that ended in this sample and why, where probes saw it: one line for all with the same peer and reason."""
    ended: dict[tuple[str, str], list[str]] = {}
    rows = {row.key: row for row in snapshot.rows}
    for key, event in snapshot.happened:
        end = end_of(event)
        if end is None:
            continue
        row = rows.get(key) if key is not None else None
        local = local_end(row) if row is not None else f"*:{event.local_port}"
        ended.setdefault((remote_end(row) if row is not None else remote_of(event), end.text), []).append(
            local
        )
    lines = [
        f"ended: {locals_[0] if len(locals_) == 1 else len(locals_)} → {remote}: {text}"
        for (remote, text), locals_ in ended.items()
    ]
    more = len(lines) - MOST_ENDS
    return (
        lines
        if more <= 0
        else [*lines[:MOST_ENDS], f"ended: {more} more for other reasons or of other peers"]
    )


def _pad(text: str, width: int, column: Field) -> str:
    return text.rjust(width) if column.numeric else text.ljust(width)
