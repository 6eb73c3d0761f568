"""Opens the database of a recording that may be foreign, damaged, half written, or made to do harm."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from sctptop.recording.file_format import APPLICATION_ID, FORMAT, RecordingError

MAGIC = b"SQLite format 3\0"
QUERY_S = 20.0
"""How long opening may take: a hostile file may hold an endless view."""
BROKEN = (sqlite3.Error, UnicodeDecodeError)
"""What sqlite3 raises for a damaged file; the second when its own message quotes damaged text."""


class Database:
    """``connection`` reads; ``close`` also takes away the copy that was made where the file could not be mended."""

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
        self._copy = tempfile.TemporaryDirectory(prefix="sctptop-")
        for file in (path, path.with_name(path.name + "-journal")):
            if file.exists():
                shutil.copy(file, self._copy.name)
        return _connected(Path(self._copy.name) / path.name, "rw")


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path.resolve()))}?mode={mode}"
    database = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    database.execute("PRAGMA trusted_schema = OFF")
    asked = time.monotonic()
    database.set_progress_handler(lambda: time.monotonic() - asked > QUERY_S, 1_000_000)
    kinds = dict(database.execute("SELECT name, type FROM sqlite_master"))
    database.set_progress_handler(None, 0)
    if any(kinds.get(name) != "table" for name in ("facts", "blocks", "tail")):
        raise RecordingError(f"{path} lacks the tables of a recording (try: another copy of it)")
    return database


def check_header(path: Path) -> None:
    """Raises RecordingError for a file that is no recording, or one of a later format."""
    try:
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
        return str(json.loads(row[0]))
    except (sqlite3.Error, ValueError, TypeError):
        return "a newer version"
