"""Opens the database of a recording that may be foreign, damaged, half written, or made to do harm."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from pathlib import Path
from urllib.parse import quote

from sctptop.recording.file_format import APPLICATION_ID, FORMAT, TEXT_LIMIT, RecordingError
from sctptop.terminal_text import REPLACEMENT, printable

MAGIC = b"SQLite format 3\0"
COLUMNS = {
    "facts": ["name", "value"],
    "blocks": ["first", "count", "first_us", "last_us", "associations", "events", "data"],
    "tail": ["number", "time_us", "data"],
}
"""Of the tables. Nothing else is read: no view, no virtual table, no generated column, which may be without end."""
BROKEN = (sqlite3.Error, UnicodeDecodeError, MemoryError)
"""What sqlite3 raises for a damaged file: UnicodeDecodeError when its own message quotes damaged text, MemoryError
beyond HEAP_LIMIT."""
HEAP_LIMIT = 4 * TEXT_LIMIT
"""Bytes that SQLite may take in this process, all files together: reading the largest block takes half of it."""


class Database:
    """``connection`` reads; ``close`` also removes the copy that was made where the file could not be repaired."""

    def __init__(self, path: Path) -> None:
        """Raises RecordingError for what is no recording that this version reads, else one of BROKEN.

        Read-only where that works; what a power loss left half done has to be undone first, here or in a copy.
        """
        check_header(path)
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        try:
            self.connection = _connected(path, "ro")
        except sqlite3.OperationalError:
            try:
                self.connection = _connected(path, "rw")
            except sqlite3.OperationalError:
                self.connection = self._copied(path)

    def close(self) -> None:
        """Safe to call twice."""
        self.connection.close()
        if self._copy is not None:
            self._copy.cleanup()

    def _copied(self, path: Path) -> sqlite3.Connection:
        try:
            self._copy = tempfile.TemporaryDirectory(prefix="sctptop-")
            for file in (path, path.with_name(path.name + "-journal")):
                if file.exists():
                    shutil.copy(file, self._copy.name)
        except OSError as error:
            why = f"{path} was cut short and can be repaired in a copy only: {error.strerror or error}"
            raise RecordingError(f"{why} (try: TMPDIR=FOLDER with room for it)") from None
        return _connected(Path(self._copy.name) / path.name, "rw")


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path.resolve()))}?mode={mode}"
    database = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute(f"PRAGMA hard_heap_limit = {HEAP_LIMIT}")
    if not all(_is_table(database, name, columns) for name, columns in COLUMNS.items()):
        database.close()
        raise RecordingError(f"{path} lacks the tables of a recording (try: another copy of it)")
    return database


def _is_table(database: sqlite3.Connection, name: str, columns: list[str]) -> bool:
    """Whether it is a plain table with these columns."""
    query = "SELECT type = 'table' AND substr(sql, 1, 12) = 'CREATE TABLE' FROM sqlite_master WHERE name = ?"
    plain = database.execute(query, (name,)).fetchall() == [(1,)]
    # name is the second of the seven values of a row, hidden the last: 2 and 3 are generated ones.
    found = database.execute(f"PRAGMA table_xinfo({name})").fetchall() if plain else []
    return [row[1] for row in found] == columns and not any(row[6] for row in found)


def up_to(limit: int, column: str) -> str:
    """SQL: the value of a column, NULL where it is longer. SQLite knows the length of a blob without reading it."""
    return f"CASE WHEN length({column}) <= {limit} THEN {column} END"


def check_header(path: Path) -> None:
    """Raises RecordingError for a file that is no recording, or one of a later format."""
    try:
        if path.exists() and not path.is_file():
            raise RecordingError(f"{path} is no file (try: sctptop replay demo)")
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise RecordingError(f"cannot read {path}: {error.strerror} (try: sctptop replay demo)") from None
    if not header:
        raise RecordingError(f"{path} is empty: the recording ended before it began")
    if len(header) < 100 or not header.startswith(MAGIC) or _number(header, 68) != APPLICATION_ID:
        raise RecordingError(f"{path} is not a recording of sctptop (try: sctptop record -o FILE makes one)")
    version = _number(header, 60)
    if version > FORMAT:
        raise RecordingError(
            f"{path} has format {version}, written by {_writer_of(path)}; this sctptop reads up to {FORMAT} "
            "(try: a newer sctptop)"
        )


def _number(header: bytes, place: int) -> int:
    # https://sqlite.org/fileformat2.html, "The Database Header": user version at 60, application id at 68.
    return int.from_bytes(header[place : place + 4], "big")


def _writer_of(path: Path) -> str:
    try:
        database = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
        row = database.execute("SELECT value FROM facts WHERE name = 'written_by'").fetchone()
        database.close()
        return printable(str(json.loads(row[0])), REPLACEMENT)
    except (sqlite3.Error, ValueError, TypeError):
        return "a newer version"
