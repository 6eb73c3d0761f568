"""Reads the frames of a recording as of its opening: another process may be writing it, and use their room anew."""

from __future__ import annotations

import json
import os
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, overload

from sctptop.recording.file_format import DATA_LIMIT, FACTS_LIMIT, RecordingError, printable_json
from sctptop.recording.log.frames import FILE_BYTES, FORMAT, FileHead, Frame, file_head
from sctptop.recording.log.walk import Frames, Walk, head_at, read_at
from sctptop.recording.packing import (
    DamagedError,
    unpacked_apart,
    unpacked_block,
    unpacked_lines,
    unpacked_text,
)
from sctptop.recording.store import Block, events_of
from sctptop.terminal_text import REPLACEMENT, printable

ATTEMPTS = 4
"""How often a file is walked that is being written meanwhile."""
CHECKED, LEAST_CHECKED = 1 << 28, 1 << 14
"""Bytes of a file that are checked unasked, and what a block counts for at least; of the rest one learns when it is
played."""


class LogStore:
    """A file of any format from 2 on."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Takes the descriptor over. Raises RecordingError where nothing in the file is a recording."""
        self.facts: Mapping[str, Any] = {}
        self.damaged: set[object] = set()
        self.blocks: Sequence[Block] = ()
        self._descriptor = descriptor
        self._tail: list[tuple[Frame, bytes]] = []
        self._checked = 0
        head = _checked_head(path, read_at(descriptor, FILE_BYTES, 0))
        for _ in range(ATTEMPTS):
            before = _state(descriptor)
            self._take(_walked(path, descriptor, before[0], head))
            if _state(descriptor) == before:
                break

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return os.fstat(self._descriptor).st_size

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def lines(self, number: int) -> Iterator[bytes]:
        """The texts of the samples of a block, up to the first that is damaged. Raises DamagedError."""
        if number < len(self._rows):
            yield from unpacked_block(self._content(number))
        else:
            for line in unpacked_lines(data for _, data in self._tail):
                yield line.partition(b"\n")[0]

    def apart(self, number: int, room: int) -> Sequence[bytes]:
        """The texts of the messages of its samples, where they stand apart, of so many bytes. Raises DamagedError."""
        if number < len(self._rows):
            return unpacked_apart(self._content(number), room)
        lines: list[bytes] = []
        with suppress(DamagedError):
            # As many as there are of samples.
            for line in unpacked_lines(data for _, data in self._tail):
                lines.append(line.partition(b"\n")[2])
        return lines if any(lines) else ()

    @property
    def concluded(self) -> int:
        """Of how many samples, from the first of the recording on, results were written."""
        end, found = 0, self._results
        for row in self._result_rows():
            if found.firsts[row] != end:
                break
            end += found.counts[row]
        return end

    def results(self) -> Iterator[bytes]:
        """What came of the messages of all samples, a text of some at a time. Raises DamagedError."""
        for row in self._result_rows():
            yield unpacked_text(self._frame(self._results, row, DATA_LIMIT)[1])

    def _result_rows(self) -> list[int]:
        """In the order of their samples; of those that a kill left twice one."""
        found = self._results
        rows = {(found.firsts[row], found.counts[row]): row for row in range(len(found))}
        return [rows[samples] for samples in sorted(rows)]

    def contents(self, number: int) -> tuple[int, Mapping[str, int]]:
        """The most associations in one sample of a block, and its events by kind."""
        if number < len(self._rows):
            row = self._rows[number]
            head = head_at(self._descriptor, self._frames.offsets[row])
            return self._frames.associations[row], events_of(head.about if head is not None else b"")
        most = max(frame.associations for frame, _ in self._tail)
        return most, sum((events_of(frame.about) for frame, _ in self._tail), Counter[str]())

    def check(self, number: int) -> None:
        """Raises DamagedError where a block is not as it was written."""
        if number < len(self._rows) and self._checked < CHECKED:
            self._checked += max(len(self._content(number)), LEAST_CHECKED)

    def _take(self, walk: Walk) -> None:
        """What a walk found, without what is there twice."""
        self.damaged.clear()
        self.damaged.update(("break", place) for place in range(walk.broken))
        self._frames, self._rows, self._results = walk.blocks, self._sound(walk.blocks), walk.results
        blocks = _Blocks(self._frames, self._rows)
        end = blocks[-1].first + blocks[-1].count if blocks else 0
        self._tail = self._sound_tail(walk.tail, end)
        self.blocks = blocks
        if self._tail:
            times = [frame.last_us / 1e6 for frame, _ in self._tail]
            blocks.tail = Block(self._tail[0][0].first, len(times), times[0], times[-1])
        self.facts = self._read_facts(walk.facts)

    def _sound(self, frames: Frames) -> array[int]:
        """The rows of blocks that make sense, in the order of their samples."""
        found = array("I")
        before: Block | None = None
        for row in sorted(range(len(frames)), key=frames.firsts.__getitem__):
            block = frames.block(row)
            if block is not None and block == before:
                # A kill while it was moved left it twice.
                continue
            if block is None or (before is not None and block.first < before.first + before.count):
                self.damaged.add(("block", frames.offsets[row]))
            else:
                found.append(row)
                before = block
        return found

    def _sound_tail(self, frames: Frames, end: int) -> list[tuple[Frame, bytes]]:
        """The samples from one number on, up to the first that is missing: of those behind it nothing can be known."""
        live = [row for row in range(len(frames)) if frames.firsts[row] + frames.counts[row] > end]
        if not live:
            return []
        first = max(frames.firsts[row] for row in live)
        found: list[tuple[Frame, bytes]] = []
        room = DATA_LIMIT
        for row in sorted(live, key=frames.counts.__getitem__):
            try:
                if frames.block(row) is None or (frames.firsts[row], frames.counts[row]) != (
                    first,
                    len(found) + 1,
                ):
                    raise DamagedError("a sample before it is missing")
                frame, data = self._frame(frames, row, room)
            except DamagedError:
                self.damaged.add("tail")
                continue
            room -= len(data)
            found.append((frame, data))
        return found

    def _read_facts(self, offset: int | None) -> dict[str, Any]:
        if offset is None:
            return {}
        try:
            head = head_at(self._descriptor, offset)
            if head is None or head.length > FACTS_LIMIT:
                raise DamagedError("no facts")
            found = printable_json(json.loads(_held(self._descriptor, offset, head)))
            return found if isinstance(found, dict) else {}
        except (DamagedError, ValueError, RecursionError):
            self.damaged.add("facts")
            return {}

    def _content(self, number: int) -> bytes:
        return self._frame(self._frames, self._rows[number], DATA_LIMIT)[1]

    def _frame(self, frames: Frames, row: int, limit: int) -> tuple[Frame, bytes]:
        """A frame that was walked over. Raises DamagedError, also where something else is in its place by now."""
        head = head_at(self._descriptor, frames.offsets[row])
        if head is None or not frames.is_row(row, head) or head.length > limit:
            raise DamagedError("not there any more, or too large")
        return head, _held(self._descriptor, frames.offsets[row], head)


class _Blocks(Sequence[Block]):
    """Blocks made of their rows when they are asked for, and the tail behind them."""

    def __init__(self, frames: Frames, rows: Sequence[int]) -> None:
        self._frames, self._rows = frames, rows
        self.tail: Block | None = None

    def __len__(self) -> int:
        return len(self._rows) + (self.tail is not None)

    @overload
    def __getitem__(self, number: int) -> Block: ...
    @overload
    def __getitem__(self, number: slice) -> list[Block]: ...
    def __getitem__(self, number: int | slice) -> Block | list[Block]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        place = range(len(self))[number]
        block = self._frames.block(self._rows[place]) if place < len(self._rows) else self.tail
        assert block is not None
        return block


def _checked_head(path: Path, data: bytes) -> FileHead | None:
    """The head of the file; None where it is damaged. Raises RecordingError for one of a later format."""
    head = file_head(data)
    if head is not None and head.format > FORMAT:
        writer = printable(head.written_by, REPLACEMENT) or "a newer version"
        raise RecordingError(
            f"{path} has format {head.format}, written by {writer}; this sctptop reads up to {FORMAT} "
            "(try: a newer sctptop)"
        )
    return head


def _walked(path: Path, descriptor: int, size: int, head: FileHead | None) -> Walk:
    """The walk that finds the most: the first page of a file may be missing, or another recording's."""
    walk = Walk(descriptor, size, head.recording_id if head is not None else None)
    if walk.recording_id is None:
        raise RecordingError(f"{path} is not a recording of sctptop (try: sctptop record -o FILE makes one)")
    for recording_id, _ in walk.others.most_common(1):
        other = Walk(descriptor, size, recording_id)
        walk = max(walk, other, key=lambda one: len(one.blocks) + len(one.tail))
    walk.broken += head is None
    return walk


def _state(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_size, status.st_mtime_ns


def _held(descriptor: int, offset: int, head: Frame) -> bytes:
    """What a frame holds. Raises DamagedError."""
    data = read_at(descriptor, head.length, offset + head.body)
    if len(data) != head.length or zlib.crc32(data) != head.crc:
        raise DamagedError("not as it was written")
    return data
