"""A file that unpacks to more than any recording holds takes no more memory than one does."""

from __future__ import annotations

import sqlite3
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sctptop.recording.file_format import TEXT_LIMIT, RecordingError
from sctptop.recording.packing import packed_block
from tests.unit.recording.damaging import SAMPLES, changed, used_up, with_data
from tests.unit.recording.recordings import read


@contextmanager
def most_allocated(limit: int) -> Iterator[None]:
    """Fails where more bytes than that are allocated at a time."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


def test_a_block_that_unpacks_to_more_than_any_is_not_unpacked(either: Path) -> None:
    bomb = packed_block([b"[" * (TEXT_LIMIT + 1)])
    assert read(with_data(either, "bomb.sctp", (0, bomb))) == SAMPLES[60:]


def test_many_samples_that_unpack_to_more_than_a_block_are_not_unpacked(database: Path) -> None:
    rows = [(1000 + place, 1, zlib.compress(b"[" * (TEXT_LIMIT // 3))) for place in range(8)]
    path = changed(
        database,
        "bombs.sctp",
        lambda connection: connection.executemany("INSERT INTO tail VALUES (?, ?, ?)", rows),
    )
    with most_allocated(2 * TEXT_LIMIT):
        assert read(path) == SAMPLES


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE facts SET value = zeroblob({size})",
        "UPDATE facts SET name = zeroblob({size}) WHERE name = 'host'",
        "UPDATE blocks SET events = zeroblob({size}) WHERE first = 60",
        "UPDATE blocks SET data = zeroblob({size}) WHERE first = 60",
        "INSERT INTO tail VALUES (1000, 1, zeroblob({size}))",
        "UPDATE sqlite_master SET sql = zeroblob({size}) WHERE name = 'facts'",
    ],
)
def test_what_is_too_large_is_not_read(database: Path, spoil: str) -> None:
    def damage(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(spoil.format(size=TEXT_LIMIT + 1))

    path = changed(database, "large.sctp", damage)
    with most_allocated(TEXT_LIMIT // 2), suppress(RecordingError):
        used_up(path)
    path.unlink()


def test_samples_that_are_too_large_together_are_not_read(database: Path) -> None:
    def damage(connection: sqlite3.Connection) -> None:
        rows = [(1000 + place, 1, TEXT_LIMIT // 2 + 1) for place in range(4)]
        connection.executemany("INSERT INTO tail VALUES (?, ?, zeroblob(?))", rows)

    path = changed(database, "large.sctp", damage)
    with most_allocated(2 * TEXT_LIMIT):
        assert read(path) == SAMPLES
    path.unlink()


def test_sqlite_itself_takes_no_more_memory_than_it_needs(database: Path) -> None:
    """However a file spreads it: the limit holds for all of the process."""
    read(database)
    with pytest.raises(MemoryError):
        sqlite3.connect(":memory:").execute("SELECT randomblob(?)", (5 * TEXT_LIMIT,))
