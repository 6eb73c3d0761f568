"""Writes one recording: each sample is safe on disk when ``add`` returns."""

from __future__ import annotations

import errno
import json
import math
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sctptop.model.registrations.attempt import Registration
from sctptop.model.sample import Sample
from sctptop.model.snapshot import Snapshot
from sctptop.recording.bounds import WEIGHT_LIMIT, weight
from sctptop.recording.file_format import (
    BLOCK_BYTES,
    BLOCK_SAMPLES,
    BLOCK_WHOLES,
    FACT_LIMIT,
    RESULTS_LIMIT,
    TEXT_LIMIT,
    RecordingError,
)
from sctptop.recording.log.frames import Frame, FrameKind
from sctptop.recording.log.opening import Folder
from sctptop.recording.log.space import Stretch
from sctptop.recording.log.writing import LogFile
from sctptop.recording.open_block import OpenBlock
from sctptop.recording.packing import DamagedError, packed_block, packed_line
from sctptop.recording.results.writing import ResultsBook, UnwritableError

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
        self._last_us = 0
        self._failed = False
        """The next sample must not be told as what changed since one that is not there."""
        self._block = OpenBlock(0)
        self._results: ResultsBook | None = ResultsBook()
        """None from where something in them is missing."""
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
            self._failed = True
            raise _trouble(self.path, error) from error
        except RecordingError:
            self._failed = True
            raise

    def conclude(self, snapshot: Snapshot) -> None:
        """What came of the sample that was added last: ``snapshot`` of a model that had each of them, and no other.

        Where that was not said of one, whoever compares recordings reads all messages instead.
        """
        if self._results is not None:
            try:
                if self._results.samples + 1 != self.samples:
                    raise UnwritableError("a sample between was not concluded")
                self._results.take(snapshot)
            except UnwritableError:
                self._results = None

    def rest(self, registrations: Iterable[Registration]) -> None:
        """Those that had ended and were not told with the last sample."""
        if self._results is not None:
            try:
                self._results.rest(registrations)
            except UnwritableError:
                self._results = None

    def close(self) -> None:
        """Pack what is left and let go of the file; one without a sample goes. Safe to call twice; raises nothing."""
        try:
            if self._block.times:
                self._pack(last=True)
            self._write_results()
            # A short recording would be a hole for the most part: that of the tail of its first block.
            self._file.tighten()
        except (RecordingError, OSError):
            # The disk is full, and it is all in the tail already.
            pass
        self._file.close(keep=self.samples > 0)

    def _add(self, sample: Sample) -> None:
        if self._block.texts.is_full or self._failed:
            self._begin_anew()
        texts = self._line(sample)
        block = self._block
        if block.times and not block.has_room_for(*texts):
            self._begin_anew()
            texts, block = self._line(sample), self._block
        packed = packed_line(*texts)
        if len(packed) > self._part(8):
            self._add_alone(texts, sample)
            return
        last = OpenBlock(block.first)
        last.count(sample)
        piece = self._put(replace(last.frame(FrameKind.TAIL), count=len(block.times) + 1), packed)
        self._file.sync()
        block.add(*texts, sample)
        block.tail.append(piece)
        self.samples += 1
        if self._is_full(block):
            self._pack()

    def _begin_anew(self) -> None:
        """The next sample is the first of a block."""
        if self._block.times:
            self._pack()
        self._block, self._failed = OpenBlock(self.samples), False

    def _add_alone(self, texts: tuple[bytes, bytes], sample: Sample) -> None:
        """What is as large as a block is one, without a tail before it."""
        if self._block.times:
            self._begin_anew()
            texts = self._line(sample)
        alone, self._block = self._block, OpenBlock(self.samples)
        alone.add(*texts, sample)
        self._write_block(alone)
        self.samples += 1
        self._block = OpenBlock(self.samples)

    def _line(self, sample: Sample) -> tuple[bytes, bytes]:
        try:
            texts = self._block.texts.next(sample)
        except DamagedError:
            raise self._too_much(sample) from None
        if sum(map(len, texts)) > TEXT_LIMIT or sum(map(weight, texts)) > WEIGHT_LIMIT:
            raise self._too_much(sample)
        return texts

    def _too_much(self, sample: Sample) -> RecordingError:
        many = f"{len(sample.associations)} associations and {len(sample.events)} events"
        return RecordingError(
            f"{self.path}: {many} in a sample are more than a recording holds (try: --assoc)"
        )

    def _is_full(self, block: OpenBlock) -> bool:
        keep_s = self._limits.keep_s
        return (
            len(block.times) >= BLOCK_SAMPLES
            # What changed must be worth the whole that a block begins with, however large that is.
            or block.size - block.whole >= max(BLOCK_BYTES, BLOCK_WHOLES * block.whole)
            # A block goes as a whole: small ones where little is kept.
            or (keep_s is not None and block.times[-1] - block.times[0] > keep_s / 4 * 1e6)
            or sum(piece.size for piece in block.tail) > self._part(8)
        )

    def _part(self, of: int) -> float:
        """Bytes of such a part of the most that the file may take."""
        return math.inf if self._limits.max_bytes is None else self._limits.max_bytes / of

    def _pack(self, last: bool = False) -> None:
        """Make one block of the tail. ``last``: results come behind it later."""
        block = self._block
        self._write_block(block)
        for piece in block.tail:
            self._file.free(piece)
        # On disk before they are written over: a reader follows them.
        self._file.sync()
        self._block = OpenBlock(self.samples)
        if not last:
            self._write_results()

    def _write_results(self) -> None:
        """What came of the samples since it was last written: no sample gives way to it, and all are safe without."""
        if self._results is None or not self._results.samples:
            return
        first, count, text = self._results.text()
        piece = None
        if len(text) <= RESULTS_LIMIT:
            with suppress(OSError):
                frame = Frame(FrameKind.RESULTS, 0, first=first, count=count, last_us=self._last_us)
                piece = self._file.put(frame, packed_block([text]))
        if piece is None:
            self._results = None
        elif self._limits != Limits():
            self._blocks.append((piece, self._last_us))

    def _write_block(self, block: OpenBlock) -> None:
        """It is on disk when this returns, and what is too old for it is gone."""
        if self._limits.keep_s is not None:
            oldest_us = block.times[-1] - round(self._limits.keep_s * 1e6)
            self._forget([entry for entry in self._blocks if entry[1] < oldest_us])
        piece = self._put(block.frame(FrameKind.BLOCK), block.packer.packed())
        self._file.sync()
        self._last_us = block.times[-1]
        if self._limits != Limits():
            self._blocks.append((piece, block.times[-1]))

    def _put(self, frame: Frame, content: bytes) -> Stretch:
        """Write a frame, in the room of the oldest blocks where there is no other."""
        while (piece := self._file.put(frame, content)) is None:
            if not self._blocks:
                why = f"one sample takes more than --max-size {self._limits.max_bytes} leaves"
                raise RecordingError(f"{self.path}: {why} (try: a larger one, or --assoc)")
            self._forget([self._blocks[0]])
        return piece

    def _forget(self, entries: list[tuple[Stretch, int]]) -> None:
        if entries:
            # They are of use to those alone who have all samples.
            self._results = None
        for entry in entries:
            self._blocks.remove(entry)
            self._file.free(entry[0])
        if entries:
            self._file.sync()


def _trouble(path: Path, error: OSError) -> RecordingError:
    why = _WHY.get(error.errno or 0, f"{error.strerror or error} (try: another disk)")
    return RecordingError(f"{path}: {why}")
