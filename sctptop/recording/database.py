"""Reads recordings of format 1, an SQLite database that may be foreign, damaged, half written, or made to do harm.

``facts`` holds JSON by name. A row of ``blocks`` is what a block is in format 2 (recording/file_format.py), ``tail``
has the samples of the block that was being written, one a row, as zlib streams. The header names the program,
"Sctp", as its application id, and the format as its user version.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sctptop.recording.file_format import (
    DATA_LIMIT,
    FACT_LIMIT,
    MOST_FACTS,
    MOST_IN_A_BLOCK,
    RecordingError,
    printable_json,
)
from sctptop.recording.packing import DamagedError, unpacked_block, unpacked_lines
from sctptop.recording.store import MOST_BLOCKS, Block, block_of, events_of, is_time

APPLICATION_ID = 0x53637470
FORMAT = 1
COLUMNS = {
    "facts": ["name", "value"],
    "blocks": ["first", "count", "first_us", "last_us", "associations", "events", "data"],
    "tail": ["number", "time_us", "data"],
}
"""Of the tables. Nothing else is read: no view, no virtual table, no generated column, which may be without end."""
BROKEN = (sqlite3.Error, UnicodeDecodeError, MemoryError)
"""What sqlite3 raises for a damaged file: UnicodeDecodeError when its own message quotes damaged text, MemoryError
beyond HEAP_LIMIT."""
HEAP_LIMIT = 3 * DATA_LIMIT
"""Bytes that SQLite may take in this process, all files together: reading the largest block takes two thirds of it."""
CHECKED = 256 << 20
"""Bytes of text that are unpacked unasked, to see whether blocks are damaged."""


class DatabaseStore:
    """A file of format 1. Nothing beside it is read, written, followed or removed."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Closes the descriptor. Raises RecordingError for what is no recording that this version reads."""
        self.facts: Mapping[str, Any] = {}
        self.damaged: set[object] = set()
        self.blocks: Sequence[Block] = ()
        with os.fdopen(descriptor, "rb") as file:
            self.size = os.fstat(descriptor).st_size
            _check_header(path, file.read(100))
        self._tail: list[tuple[int, object]] = []
        self._checked = 0
        self._database = _opened(path)
        try:
            _prepare(self._database, path)
            self.facts = dict(self._facts())
            self.blocks = tuple(self._all_blocks())
        except RecordingError:
            self.close()
            raise
        except BROKEN as error:
            self.close()
            why = " ".join(str(error).split()) or "reading it takes too much memory"
            raise RecordingError(f"{path} is damaged: {why} (try: another copy of it)") from error

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        self._database.close()

    def lines(self, number: int) -> Iterable[bytes]:
        """The texts of the samples of a block, up to the first that is damaged. Raises DamagedError."""
        if self._is_tail(number):
            return unpacked_lines(data for _, data in self._tail)
        return unpacked_block(self._value(number, "data", DATA_LIMIT))

    def apart(self, number: int, room: int) -> Sequence[bytes]:
        """None stand apart."""
        return ()

    @property
    def concluded(self) -> int:
        """Results were not written."""
        return 0

    def results(self) -> Iterator[bytes]:
        """There were none."""
        return iter(())

    def contents(self, number: int) -> tuple[int, Mapping[str, int]] | None:
        """The most associations in one sample of a block and its events by kind; None for the tail."""
        if self._is_tail(number):
            return None
        try:
            most = self._value(number, "associations", FACT_LIMIT)
            return (most if isinstance(most, int) else 0), events_of(
                self._value(number, "events", FACT_LIMIT)
            )
        except DamagedError:
            self.damaged.add(number)
            return 0, {}

    def check(self, number: int) -> None:
        """Raises DamagedError where a block cannot be unpacked."""
        if self._checked < CHECKED:
            self._checked += sum(map(len, self.lines(number)))

    def _is_tail(self, number: int) -> bool:
        return bool(self._tail) and number == len(self.blocks) - 1

    def _value(self, number: int, column: str, limit: int) -> object:
        query = f"SELECT {_up_to(limit, column)} FROM blocks WHERE first = ?"
        try:
            row = self._database.execute(query, (self.blocks[number].first,)).fetchone()
        except BROKEN as error:
            raise DamagedError(str(error)) from error
        if row is None:
            raise DamagedError("not there any more")
        return row[0]

    def _facts(self) -> Iterator[tuple[str, Any]]:
        query = f"SELECT {_up_to(FACT_LIMIT, 'name')}, {_up_to(FACT_LIMIT, 'value')} FROM facts LIMIT {MOST_FACTS}"
        for name, value in self._database.execute(query):
            try:
                yield printable_json(str(name)), printable_json(json.loads(value))
            except (ValueError, TypeError, RecursionError):
                self.damaged.add(("fact", name))

    def _all_blocks(self) -> Iterator[Block]:
        """The blocks that make sense, in order, and the tail."""
        rows = self._database.execute(
            f"SELECT first, count, first_us, last_us, associations FROM blocks ORDER BY first LIMIT {MOST_BLOCKS}"
        )
        while True:
            try:
                row = rows.fetchone()
            except BROKEN:
                # A torn page: what comes behind it cannot be found.
                self.damaged.add("rows")
                break
            if row is None:
                break
            block = block_of(*row[:4]) if isinstance(row[4], int) else None
            if block is None:
                self.damaged.add(("row", row[0]))
            else:
                yield block
        times = list(self._read_tail())
        if times:
            yield Block(self._tail[0][0], len(times), times[0], times[-1])

    def _read_tail(self) -> Iterator[float]:
        """Keeps the rows of the tail, and says when each sample was read."""
        room = DATA_LIMIT
        query = (
            f"SELECT number, time_us, length(data), {_up_to(DATA_LIMIT, 'data')} FROM tail ORDER BY number"
        )
        try:
            for number, time_us, length, data in self._database.execute(query):
                room -= length or 0
                if room < 0 or len(self._tail) >= MOST_IN_A_BLOCK:
                    self.damaged.add("tail")
                    return
                if isinstance(number, int) and is_time(time_us):
                    self._tail.append((number, data))
                    yield time_us / 1e6
        except BROKEN:
            self.damaged.add("tail")


def _opened(path: Path) -> sqlite3.Connection:
    # Immutable: neither a journal nor a log beside the file is looked at, whatever the file says there is.
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
    except sqlite3.Error as error:
        raise RecordingError(f"cannot read {path}: {error} (try: sctptop replay demo)") from None


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Have it trust nothing in the file. Raises RecordingError where the tables of a recording are not there."""
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    for pragma in (
        "trusted_schema = OFF",
        f"hard_heap_limit = {HEAP_LIMIT}",
        "temp_store = MEMORY",
        "mmap_size = 0",
    ):
        database.execute(f"PRAGMA {pragma}")
    if not all(_is_table(database, name, columns) for name, columns in COLUMNS.items()):
        raise RecordingError(f"{path} lacks the tables of a recording (try: another copy of it)")


def _is_table(database: sqlite3.Connection, name: str, columns: list[str]) -> bool:
    """Whether it is a plain table with these columns."""
    query = "SELECT type = 'table' AND substr(sql, 1, 12) = 'CREATE TABLE' FROM sqlite_master WHERE name = ?"
    plain = database.execute(query, (name,)).fetchall() == [(1,)]
    # name is the second of the seven values of a row, hidden the last: 2 and 3 are generated ones.
    found = database.execute(f"PRAGMA table_xinfo({name})").fetchall() if plain else []
    return [row[1] for row in found] == columns and not any(row[6] for row in found)


def _up_to(limit: int, column: str) -> str:
    """SQL: the value of a column, NULL where it is longer. SQLite knows the length of a blob without reading it."""
    return f"CASE WHEN length({column}) <= {limit} THEN {column} END"


def _check_header(path: Path, header: bytes) -> None:
    """Raises RecordingError for a database that is no recording, or one of a format that never was."""
    if len(header) < 100 or _number(header, 68) != APPLICATION_ID:
        raise RecordingError(f"{path} is not a recording of sctptop (try: sctptop record -o FILE makes one)")
    version = _number(header, 60)
    if version > FORMAT:
        raise RecordingError(f"{path} has format {version}, which no database has (try: a newer sctptop)")


def _number(header: bytes, place: int) -> int:
    # https://sqlite.org/fileformat2.html, "The Database Header": user version at 60, application id at 68.
    return int.from_bytes(header[place : place + 4], "big")
