"""A file that unpacks to more than any recording holds takes no more memory than one does."""

from __future__ import annotations

import sqlite3
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sctptop.model.sample import Sample
from sctptop.recording.file_format import TEXT_LIMIT, RecordingError
from sctptop.recording.log.frames import FrameKind
from sctptop.recording.packing import packed_block
from sctptop.recording.writer import Limits, Writer
from tests.ui.scripted import association, sample
from tests.unit.recording.damaging import SAMPLES, changed, frames_of, used_up, with_data
from tests.unit.recording.recordings import read, written


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


def crowded(second: int) -> Sample:
    """Some 60 associations, of which a part changes."""
    return sample(
        second, [association(number, second if number % 5 == second % 5 else 0) for number in range(60)]
    )


def test_a_large_host_stays_within_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.sctp"
    samples = [crowded(second) for second in range(50)]
    writer = Writer(path, {}, Limits(keep_s=16, max_bytes=60_000))
    for one in samples:
        writer.add(one)
        assert writer.size <= 60_000
    writer.close()
    kept = read(path)
    assert kept == samples[-len(kept) :] and 16 <= len(kept) < 32


def test_the_size_grows_with_the_number_of_associations(tmp_path: Path) -> None:
    """The more there are, the more samples a block has all the same."""
    sizes = []
    for number, many in enumerate((30, 240)):
        samples = [
            sample(second, [association(one, second if one % 5 == second % 5 else 0) for one in range(many)])
            for second in range(30)
        ]
        sizes.append(written(tmp_path / f"{number}.sctp", samples).stat().st_size / many)
    assert sizes[1] < 1.1 * sizes[0]


@pytest.mark.parametrize("close", [False, True])
def test_a_file_cut_off_at_any_byte_of_its_last_frames_loses_only_what_is_in_them(
    tmp_path: Path, close: bool
) -> None:
    samples = [sample(second, [association(1, second)]) for second in range(3)]
    path = written(tmp_path / "a.sctp", samples, close=close)
    data = path.read_bytes()
    frames = [(offset, one) for offset, one, _ in frames_of(path) if one.kind != FrameKind.FREE]
    cut = tmp_path / "cut.sctp"
    for length in range(frames[-1 if close else -2][0] + 1, len(data), 3 if close else 1):
        cut.write_bytes(data[:length])
        # The last sample of a frame is there once all of it is.
        whole = [one for offset, one in frames if offset + one.used <= length]
        safe = max((one.first + one.count for one in whole), default=0)
        found = read(cut) if safe else []
        assert found == samples[:safe]
