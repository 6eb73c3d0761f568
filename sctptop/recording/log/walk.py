"""Finds the frames of a recording by their heads, from one to the next; where the chain breaks, by their marker.

What a file may make a reader do is bounded: so many heads, so many bytes that are searched.
"""

from __future__ import annotations

import errno
import os
from array import array
from collections import Counter

from sctptop.recording.log.frames import (
    ABOUT_LIMIT,
    FILE_BYTES,
    FRAME_BYTES,
    MARKER,
    Frame,
    FrameKind,
    frame,
)
from sctptop.recording.store import MOST_BLOCKS, Block, block_of

SEARCHED = 1 << 30
"""Bytes that are searched for markers, all breaks of a file together."""
TRIES = 100_000
"""Markers without a frame of this recording behind them, or frames of others, until the rest is given up."""
NEAR, FAR = 1 << 12, 1 << 20
"""Bytes read at a time along the chain, and in a search."""
MOST_OTHERS = 100


class Frames:
    """Where frames are and what samples they hold, a row each in columns: a million fit into memory."""

    def __init__(self) -> None:
        self.offsets, self.firsts, self.counts = array("q"), array("Q"), array("I")
        self.associations, self.first_us, self.last_us = array("I"), array("q"), array("q")

    def __len__(self) -> int:
        return len(self.offsets)

    def add(self, offset: int, found: Frame) -> None:
        """One more row."""
        self.offsets.append(offset)
        self.firsts.append(found.first)
        self.counts.append(found.count)
        self.associations.append(found.associations)
        self.first_us.append(found.first_us)
        self.last_us.append(found.last_us)

    def block(self, row: int) -> Block | None:
        """The samples of a row; None where no writer wrote it."""
        return block_of(self.firsts[row], self.counts[row], self.first_us[row], self.last_us[row])

    def is_row(self, row: int, found: Frame) -> bool:
        """Whether a head says what the row does."""
        told = (found.first, found.count, found.first_us, found.last_us)
        return told == (self.firsts[row], self.counts[row], self.first_us[row], self.last_us[row])


def read_at(descriptor: int, length: int, offset: int) -> bytes:
    """Bytes of a file, fewer at its end; zeros for those that the disk does not give back."""
    try:
        return os.pread(descriptor, length, offset)
    except OSError:
        if length <= NEAR:
            return bytes(length)
        parts = range(offset, offset + length, NEAR)
        return b"".join(read_at(descriptor, min(NEAR, offset + length - part), part) for part in parts)


def head_at(descriptor: int, offset: int) -> Frame | None:
    """The head that stands at an offset by now."""
    return frame(read_at(descriptor, FRAME_BYTES + ABOUT_LIMIT, offset))


class Walk:
    """All frames of one recording in a file. ``broken``: how many parts of it were passed over."""

    def __init__(self, descriptor: int, size: int, recording_id: bytes | None) -> None:
        """``recording_id`` None: that of the first frame that is found."""
        self.recording_id = recording_id
        self.blocks, self.tail, self.results = Frames(), Frames(), Frames()
        self.facts: int | None = None
        self.broken = 0
        self.others: Counter[bytes] = Counter()
        """Ids of other recordings, by the frames of them that lie here."""
        self._descriptor = descriptor
        self._size = size
        self._window, self._begin = b"", 0
        self._searched = self._tried = 0
        self._follow()

    def _head(self, offset: int) -> Frame | None:
        at = offset - self._begin
        if at < 0 or at + FRAME_BYTES + ABOUT_LIMIT > len(self._window):
            self._window, self._begin, at = read_at(self._descriptor, 2 * NEAR, offset), offset, 0
        return frame(self._window, at)

    def _follow(self) -> None:
        offset, seen = FILE_BYTES, 0
        while offset < self._size:
            found = self._head(offset)
            if found is not None:
                self.recording_id = self.recording_id or found.recording_id
            if found is None or found.recording_id != self.recording_id or seen >= MOST_BLOCKS:
                self.broken += 1
                place = self._search(offset) if seen < MOST_BLOCKS else None
                if place is None:
                    return
                offset = place
                continue
            seen += 1
            if self._is_cut(offset, found):
                self.broken += 1
                return
            self._count(offset, found)
            offset += found.size

    def _is_cut(self, offset: int, found: Frame) -> bool:
        """Whether the file ends within a frame. Of one that begins to be written there is a head, and it is free."""
        free = found.kind == FrameKind.FREE
        needed = offset + (found.size if free else found.used)
        return needed > self._size and not (free and offset + found.body == self._size)

    def _count(self, offset: int, found: Frame) -> None:
        if found.kind == FrameKind.BLOCK:
            self.blocks.add(offset, found)
        elif found.kind == FrameKind.TAIL:
            self.tail.add(offset, found)
        elif found.kind == FrameKind.RESULTS:
            self.results.add(offset, found)
        elif found.kind == FrameKind.FACTS and self.facts is None:
            self.facts = offset

    def _search(self, offset: int) -> int | None:
        """Where the next frame of this recording is; None where there is none, or too much to search."""
        while offset < self._size and self._searched < SEARCHED:
            offset = self._behind_hole(offset)
            piece = read_at(self._descriptor, FAR, offset)
            at = piece.find(MARKER)
            while at >= 0:
                if self._is_own(offset + at):
                    return offset + at
                self._tried += 1
                if self._tried > TRIES:
                    return None
                at = piece.find(MARKER, at + 1)
            if len(piece) < len(MARKER):
                return None
            # A marker may lie across the end of the piece.
            step = len(piece) - len(MARKER) + 1
            offset += step
            self._searched += step
        return None

    def _is_own(self, offset: int) -> bool:
        found = self._head(offset)
        if found is None:
            return False
        self.recording_id = self.recording_id or found.recording_id
        if found.recording_id == self.recording_id:
            return True
        if len(self.others) < MOST_OTHERS:
            self.others[found.recording_id] += 1
        return False

    def _behind_hole(self, offset: int) -> int:
        """The next offset at which anything was ever written: a file may say that it is endless."""
        try:
            return os.lseek(self._descriptor, offset, os.SEEK_DATA)
        except OSError as error:
            # Nothing more; else a file system that cannot say.
            return self._size if error.errno == errno.ENXIO else offset
