"""Writes one recording: each sample is safe on disk when ``add`` returns."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sctptop.model.sample import Sample
from sctptop.recording.delta import SAME, keyed, patch_between
from sctptop.recording.file_format import BLOCK_BYTES, BLOCK_SAMPLES, SCHEMA_SQL, TEXT_LIMIT, RecordingError
from sctptop.recording.packing import packed_block, packed_line
from sctptop.schema import to_json

BUSY_S = 0.5
"""How long a sample waits for another program to let go of the file."""
SPARE = 1 << 16
"""What SQLite itself may need beside what is counted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept: the oldest blocks give way. None: all of it."""

    keep_s: float | None = None
    max_bytes: int | None = None


@dataclass(slots=True)
class _Block:
    """The block being written. ``size`` is of its lines, ``tail_size`` of its rows in the tail."""

    first: int
    lines: list[bytes] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    associations: int = 0
    events: Counter[str] = field(default_factory=Counter)
    size: int = 0
    tail_size: int = 0


class Writer:
    """One new file. Used by one thread at a time."""

    def __init__(self, path: Path, facts: Mapping[str, Any], limits: Limits | None = None) -> None:
        """Makes the file, mode 0600 and owned by the caller of sudo. Raises RecordingError; never overwrites."""
        self.path = path
        self.samples = 0
        self._limits = limits or Limits()
        self._before: dict[str, Any] | None = None
        self._block = _Block(0)
        self._pending: list[tuple[int, int, bytes]] = []
        _create(path)
        # Whoever calls sees to it that one thread writes at a time. Absolute, for ":memory:" is a name like another.
        self._database = sqlite3.connect(
            path.absolute(), timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            self._database.executescript(f"BEGIN; {SCHEMA_SQL} COMMIT;")
            rows = [(name, json.dumps(value)) for name, value in facts.items()]
            self._database.executemany("INSERT INTO facts VALUES (?, ?)", rows)
        except sqlite3.Error as error:
            self.close()
            raise _trouble(path, error) from error

    @property
    def size(self) -> int:
        """Bytes the file takes; 0 when it is gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def add(self, sample: Sample) -> None:
        """Append a sample. Raises RecordingError; what was added before stays readable."""
        document = keyed(to_json(sample))
        patch = document if self._before is None else patch_between(self._before, document)
        line = json.dumps({} if patch is SAME else patch, separators=(",", ":"), allow_nan=False).encode()
        if len(line) > TEXT_LIMIT - BLOCK_BYTES:
            raise RecordingError(
                f"{self.path}: {len(sample.associations)} associations are more than a recording holds (try: --assoc)"
            )
        time_us = round(sample.time.timestamp() * 1e6)
        packed = packed_line(line)
        self._pending.append((self.samples, time_us, packed))
        self._write_tail()
        self._before = document
        self.samples += 1
        block = self._block
        block.lines.append(line)
        block.times.append(time_us)
        block.associations = max(block.associations, len(sample.associations))
        block.events.update(event.kind for event in sample.events)
        block.size += len(line)
        block.tail_size += len(packed)
        if self._is_full(block):
            self._pack()

    def close(self) -> None:
        """Pack what is left and let go of the file; one without a sample goes. Safe to call twice; raises nothing."""
        try:
            self._pack()
        except (RecordingError, sqlite3.ProgrammingError):
            # Closed before; or the disk is full, and it is all in the tail already.
            pass
        self._database.close()
        if not self.samples:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _write_tail(self) -> None:
        try:
            with self._transaction():
                self._database.executemany("INSERT INTO tail VALUES (?, ?, ?)", self._pending)
        except _BusyError:
            # Another program reads it and holds it: with the next sample, then.
            if len(self._pending) < BLOCK_SAMPLES:
                return
            raise RecordingError(f"{self.path}: another program holds the file (try: end it)") from None
        self._pending.clear()

    def _is_full(self, block: _Block) -> bool:
        keep_s, most = self._limits.keep_s, self._limits.max_bytes
        return (
            len(block.lines) >= BLOCK_SAMPLES
            or block.size >= BLOCK_BYTES
            # A block goes as a whole: small ones where little is kept.
            or (keep_s is not None and block.times[-1] - block.times[0] > keep_s / 4 * 1e6)
            or (most is not None and block.tail_size > most // 8)
        )

    def _pack(self) -> None:
        """Make one row of the tail, and forget what is too old or too much."""
        block = self._block
        if not block.lines:
            return
        row = (block.first, len(block.lines), block.times[0], block.times[-1], block.associations)
        packed = packed_block(block.lines)
        try:
            self._replace_tail(block, row, packed)
        except _BusyError:
            # It is larger when its time comes, and all of it is in the tail or pending.
            return
        self._block = _Block(self.samples)
        self._before = None

    def _replace_tail(self, block: _Block, row: tuple[int, ...], packed: bytes) -> None:
        with self._transaction():
            self._forget(block, len(packed))
            self._database.execute(
                "INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, json.dumps(block.events), packed)
            )
            self._database.execute("DELETE FROM tail")

    def _forget(self, newest: _Block, size: int) -> None:
        """Make room for a block of that size beside the tail it takes the place of, and for the tail to come."""
        if self._limits.keep_s is not None:
            oldest_us = newest.times[-1] - round(self._limits.keep_s * 1e6)
            self._database.execute("DELETE FROM blocks WHERE last_us < ?", (oldest_us,))
        if self._limits.max_bytes is None:
            return
        room = self._limits.max_bytes - SPARE - size - newest.tail_size
        while self._used() > room:
            gone = self._database.execute("DELETE FROM blocks WHERE first = (SELECT min(first) FROM blocks)")
            if not gone.rowcount:
                break

    def _used(self) -> int:
        """Bytes of the pages in use."""
        pages, free, size = (
            self._database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        used: int = (pages - free) * size
        return used

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All of it or nothing. Raises RecordingError, and _BusyError while another program holds the file."""
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            finally:
                # A full disk makes SQLite roll back by itself.
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
        except sqlite3.Error as error:
            # The words of SQLITE_BUSY; the number is there from Python 3.11 on.
            if str(error) == "database is locked":
                raise _BusyError from error
            raise _trouble(self.path, error) from error


class _BusyError(Exception):
    """Another program holds the file for a while."""


def _create(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise RecordingError(f"{path} is there already (try: another name; nothing is overwritten)") from None
    except OSError as error:
        raise RecordingError(f"cannot write {path}: {error.strerror} (try: another folder)") from None
    try:
        owner = _who_called_sudo()
        if owner is not None:
            os.fchown(descriptor, *owner)
    except OSError:
        # A file system without owners.
        pass
    finally:
        os.close(descriptor)


def _who_called_sudo() -> tuple[int, int] | None:
    names = (os.environ.get("SUDO_UID", ""), os.environ.get("SUDO_GID", ""))
    if os.geteuid() != 0 or not all(name.isascii() and name.isdigit() for name in names):
        return None
    return int(names[0]), int(names[1])


def _trouble(path: Path, error: sqlite3.Error) -> RecordingError:
    if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
        return RecordingError(f"{path}: the disk is full (try: free some room, or --max-size)")
    return RecordingError(f"{path}: {error} (try: another disk)")
