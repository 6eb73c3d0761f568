"""Recordings with something else in them than we wrote."""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from sctptop.model.model import Model
from sctptop.recording.log.frames import FILE_BYTES, Frame, FrameKind, file_head, frame
from sctptop.recording.reader import Recording
from tests.ui.scripted import with_probes

SAMPLES = list(with_probes(130, 2))
Content = tuple[Frame, bytes]


def used_up(path: Path) -> int:
    """Everything that can be done with a file; says how many samples it had. Raises only RecordingError."""
    recording = Recording(path)
    try:
        model = Model()
        found = 0
        for _, one in recording.samples(0, len(recording)):
            model.advance(one)
            found += 1
        recording.position_at(recording.first_s + 7)
        recording.contents()
    finally:
        recording.close()
    return found


def changed(good: Path, name: str, change: Callable[[sqlite3.Connection], object]) -> Path:
    """A copy of a database with something else in it."""
    path = good.with_name(name)
    shutil.copy(good, path)
    database = sqlite3.connect(path)
    change(database)
    database.commit()
    database.close()
    return path


def frames_of(path: Path) -> Iterator[tuple[int, Frame, bytes]]:
    """Where the frames of a good file are, and what they hold."""
    data = path.read_bytes()
    offset = FILE_BYTES
    while offset < len(data):
        found = frame(data, offset)
        assert found is not None
        yield offset, found, data[offset + found.body : offset + found.used]
        offset += found.size


def made(path: Path, head: bytes, contents: Iterable[Content]) -> Path:
    """A file of these frames, their sizes and checksums being right."""
    known = file_head(head)
    assert known is not None
    with path.open("wb") as file:
        file.write(head)
        for one, content in contents:
            file.write(framed(one, content, known.recording_id))
    return path


def framed(one: Frame, content: bytes, recording_id: bytes) -> bytes:
    """The bytes of a frame, its size and checksums being right."""
    sized = replace(one, length=len(content), crc=zlib.crc32(content), recording_id=recording_id)
    return replace(sized, size=sized.used).packed() + content


def remade(good: Path, name: str, change: Callable[[Frame, bytes], Iterable[Content]]) -> Path:
    """A copy of a file of which each frame in use became others."""
    contents = [
        new
        for _, one, content in frames_of(good)
        if one.kind != FrameKind.FREE
        for new in change(one, content)
    ]
    return made(good.with_name(name), good.read_bytes()[:FILE_BYTES], contents)


def data_of(path: Path, first: int) -> bytes:
    """What the block that begins with a sample holds, packed."""
    if path.read_bytes().startswith(b"SQLite"):
        database = sqlite3.connect(path)
        (data,) = database.execute("SELECT data FROM blocks WHERE first = ?", (first,)).fetchone()
        database.close()
        return bytes(data)
    return next(data for _, one, data in frames_of(path) if (one.kind, one.first) == (FrameKind.BLOCK, first))


def with_data(good: Path, name: str, *blocks: tuple[int, bytes]) -> Path:
    """A copy, of either format, in which the blocks that begin with these samples hold something else."""
    known = dict(blocks)
    if good.read_bytes().startswith(b"SQLite"):
        query = "UPDATE blocks SET data = ? WHERE first = ?"
        return changed(
            good, name, lambda database: [database.execute(query, (known[one], one)) for one in known]
        )

    def change(one: Frame, content: bytes) -> Iterable[Content]:
        return [(one, known.get(one.first, content) if one.kind == FrameKind.BLOCK else content)]

    return remade(good, name, change)


def without(good: Path, name: str, first: int) -> Path:
    """A copy, of either format, that lacks the block that begins with a sample."""
    if good.read_bytes().startswith(b"SQLite"):
        return changed(
            good, name, lambda database: database.execute("DELETE FROM blocks WHERE first = ?", (first,))
        )
    return remade(
        good,
        name,
        lambda one, content: [] if (one.kind, one.first) == (FrameKind.BLOCK, first) else [(one, content)],
    )
