"""Writes one recording: each sample is safe on disk when ``add`` returns."""

from __future__ import annotations

import errno
import json
import math
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sctptop.model.sample import Sample
from sctptop.recording.bounds import WEIGHT_LIMIT, check_document, weight
from sctptop.recording.delta import SAME, keyed, patch_between
from sctptop.recording.file_format import BLOCK_BYTES, BLOCK_SAMPLES, FACT_LIMIT, TEXT_LIMIT, RecordingError
from sctptop.recording.log.frames import ABOUT_LIMIT, Frame, FrameKind
from sctptop.recording.log.opening import Folder
from sctptop.recording.log.space import Stretch
from sctptop.recording.log.writing import LogFile
from sctptop.recording.packing import DamagedError, packed_block, packed_line
from sctptop.schema import to_json

_WHY = {
    errno.ENOSPC: "the disk is full (try: free some room, or --max-size)",
    errno.EDQUOT: "the disk is full for its owner (try: free some room, or --max-size)",
    errno.EFBIG: "a file may grow no larger here (try: ulimit -f unlimited, or --max-size)",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept: the oldest blocks give way. None: all of it."""

    keep_s: float | None = None
    max_bytes: int | None = None


@dataclass(slots=True)
class _Block:
    """The block being written. ``size`` is of its lines, ``tail`` where each of them is in the file."""

    first: int
    lines: list[bytes] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    associations: int = 0
    events: Counter[str] = field(default_factory=Counter)
    size: int = 0
    weight: int = 0
    tail: list[Stretch] = field(default_factory=list)

    def add(self, line: bytes, sample: Sample) -> None:
        """Count one more sample in."""
        self.lines.append(line)
        self.times.append(round(sample.time.timestamp() * 1e6))
        self.associations = max(self.associations, len(sample.associations))
        self.events.update(event.kind for event in sample.events)
        self.size += len(line)
        self.weight += weight(line)

    def frame(self, kind: FrameKind) -> Frame:
        """The head of one that holds all of it."""
        about = json.dumps(self.events, separators=(",", ":")).encode()
        return Frame(
            kind,
            0,
            first=self.first,
            count=len(self.lines),
            associations=self.associations,
            first_us=self.times[0],
            last_us=self.times[-1],
            about=about if len(about) <= ABOUT_LIMIT else b"{}",
        )


class Writer:
    """One new file. Used by one thread at a time."""

    def __init__(
        self, path: Path, facts: Mapping[str, Any], limits: Limits | None = None, folder: Folder | None = None
    ) -> None:
        """Makes the file, mode 0600. Raises RecordingError; never overwrites.

        ``folder``: where a relative path is meant; none is the one of this moment.
        """
        self.path = path
        self.samples = 0
        self._limits = limits or Limits()
        self._before: dict[str, Any] | None = None
        self._block = _Block(0)
        self._blocks: deque[tuple[Stretch, int]] = deque()
        try:
            self._file = LogFile(
                path, folder or Folder(), str(facts.get("written_by", "")), self._limits.max_bytes
            )
        except OSError as error:
            raise _trouble(path, error) from error
        try:
            texts = {name: json.dumps(value) for name, value in facts.items()}
            known = ",".join(
                f"{json.dumps(name)}:{text}" for name, text in texts.items() if len(text) <= FACT_LIMIT
            )
            self._put(Frame(FrameKind.FACTS, 0), f"{{{known}}}".encode())
            self._file.sync()
        except OSError as error:
            self.close()
            raise _trouble(path, error) from error

    @property
    def size(self) -> int:
        """Bytes the file takes, in the end those it took; 0 when its name is gone."""
        return self._file.size

    def add(self, sample: Sample) -> None:
        """Append a sample. Raises RecordingError; what was added before stays readable."""
        try:
            self._add(sample)
        except OSError as error:
            raise _trouble(self.path, error) from error

    def close(self) -> None:
        """Pack what is left and let go of the file; one without a sample goes. Safe to call twice; raises nothing."""
        try:
            if self._block.lines:
                self._move_back(*self._pack())
        except (RecordingError, OSError):
            # The disk is full, and it is all in the tail already.
            pass
        self._file.close(keep=self.samples > 0)

    def _add(self, sample: Sample) -> None:
        document = keyed(to_json(sample))
        try:
            check_document(document)
        except DamagedError:
            raise self._too_much(sample) from None
        line = self._line(document if self._before is None else patch_between(self._before, document), sample)
        packed = packed_line(line)
        if max(len(line), weight(line) // 8) >= BLOCK_BYTES or len(packed) > self._part(8):
            if self._block.lines:
                self._pack()
            self._add_alone(document, sample)
            return
        block = self._block
        last = _Block(block.first)
        last.add(line, sample)
        piece = self._put(replace(last.frame(FrameKind.TAIL), count=len(block.lines) + 1), packed)
        self._file.sync()
        block.add(line, sample)
        block.tail.append(piece)
        self._before = document
        self.samples += 1
        if self._is_full(block):
            self._pack()

    def _add_alone(self, document: dict[str, Any], sample: Sample) -> None:
        """What is as large as a block is one, without a tail before it."""
        alone = _Block(self.samples)
        alone.add(self._line(document, sample), sample)
        self._write_block(alone)
        self.samples += 1
        self._block = _Block(self.samples)

    def _line(self, patch: Any, sample: Sample) -> bytes:
        line = json.dumps({} if patch is SAME else patch, separators=(",", ":"), allow_nan=False).encode()
        if len(line) > TEXT_LIMIT or weight(line) > WEIGHT_LIMIT:
            raise self._too_much(sample)
        return line

    def _too_much(self, sample: Sample) -> RecordingError:
        many = f"{len(sample.associations)} associations and {len(sample.events)} events"
        return RecordingError(
            f"{self.path}: {many} in a sample are more than a recording holds (try: --assoc)"
        )

    def _is_full(self, block: _Block) -> bool:
        keep_s = self._limits.keep_s
        return (
            len(block.lines) >= BLOCK_SAMPLES
            or max(block.size, block.weight // 8) >= BLOCK_BYTES
            # A block goes as a whole: small ones where little is kept.
            or (keep_s is not None and block.times[-1] - block.times[0] > keep_s / 4 * 1e6)
            or sum(piece.size for piece in block.tail) > self._part(8)
        )

    def _part(self, of: int) -> float:
        """Bytes of such a part of the most that the file may take."""
        return math.inf if self._limits.max_bytes is None else self._limits.max_bytes / of

    def _pack(self) -> tuple[Frame, bytes, Stretch]:
        """Make one block of the tail. Returns it, and where it is."""
        block = self._block
        written = self._write_block(block)
        for piece in block.tail:
            self._file.free(piece)
        # On disk before they are written over: a reader follows them.
        self._file.sync()
        self._block = _Block(self.samples)
        self._before = None
        return written

    def _write_block(self, block: _Block) -> tuple[Frame, bytes, Stretch]:
        """It is on disk when this returns, and what is too old for it is gone."""
        if self._limits.keep_s is not None:
            oldest_us = block.times[-1] - round(self._limits.keep_s * 1e6)
            self._forget([entry for entry in self._blocks if entry[1] < oldest_us])
        frame, content = block.frame(FrameKind.BLOCK), packed_block(block.lines)
        piece = self._put(frame, content)
        self._file.sync()
        if self._limits != Limits():
            self._blocks.append((piece, block.times[-1]))
        return frame, content, piece

    def _move_back(self, frame: Frame, content: bytes, piece: Stretch) -> None:
        """Put the last block where its tail was: a short recording would be a hole for the most part."""
        if self._file.has_room_before(piece):
            self._file.put(frame, content)
            self._file.sync()
            self._file.free(piece)

    def _put(self, frame: Frame, content: bytes) -> Stretch:
        """Write a frame, in the room of the oldest blocks where there is no other."""
        while (piece := self._file.put(frame, content)) is None:
            if not self._blocks:
                why = f"one sample takes more than --max-size {self._limits.max_bytes} leaves"
                raise RecordingError(f"{self.path}: {why} (try: a larger one, or --assoc)")
            self._forget([self._blocks[0]])
        return piece

    def _forget(self, entries: list[tuple[Stretch, int]]) -> None:
        for entry in entries:
            self._blocks.remove(entry)
            self._file.free(entry[0])
        if entries:
            self._file.sync()


def _trouble(path: Path, error: OSError) -> RecordingError:
    why = _WHY.get(error.errno or 0, f"{error.strerror or error} (try: another disk)")
    return RecordingError(f"{path}: {why}")
