"""Puts frames into a new file and takes them out again; the chain of frames is whole after every single write.

A frame is written over a FREE one: what it holds, then the FREE frame of what is left behind it, then its own head.
So a reader finds the one or the other wherever a kill ends the writing.
"""

from __future__ import annotations

import os
import secrets
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sctptop.recording.log.frames import FILE_BYTES, FORMAT, FRAME_BYTES, ID_BYTES, FileHead, Frame, FrameKind
from sctptop.recording.log.frames import frame as read_frame
from sctptop.recording.log.opening import Folder, NewFile
from sctptop.recording.log.space import Space, Stretch

SLACK = 0.02
"""Of the file: so much of it may be free when it is closed."""
MOST_SLID = 32
"""Frames that are moved for it twice: each takes some syncs, and of more the holes between them are a small part."""


class LogFile:
    """The file of a recording, to be written. All methods but ``close`` and ``size`` raise OSError."""

    def __init__(self, path: Path, folder: Folder, written_by: str, most: int | None) -> None:
        """Makes it; it never grows beyond ``most`` bytes. Raises RecordingError where there can be none."""
        self._file = NewFile(path, folder)
        self._id = secrets.token_bytes(ID_BYTES)
        self._space = Space(FILE_BYTES, FRAME_BYTES, most)
        self._used: dict[int, Stretch] = {}
        """What holds a frame, by its offset."""
        self._size = 0
        try:
            self._write(0, FileHead(FORMAT, self._id, written_by).packed())
        except OSError:
            self.close(keep=False)
            raise

    @property
    def size(self) -> int:
        """Bytes the file takes, in the end those it took; 0 when its name is gone."""
        if self._file.descriptor >= 0:
            status = os.fstat(self._file.descriptor)
            self._size = status.st_size if status.st_nlink else 0
        return self._size

    def put(self, frame: Frame, content: bytes, at_end: bool = False) -> Stretch | None:
        """Write a frame of this content, ``size`` and checksum being seen to; None where there is no room for it.

        ``at_end``: not between others, which is where tails go.
        """
        frame = replace(frame, length=len(content), crc=zlib.crc32(content), recording_id=self._id)
        place = self._space.find(frame.used, at_end or frame.kind == FrameKind.TAIL)
        if place is None:
            return None
        piece = place.piece
        new = self._space.grow(place)
        if new is not None:
            self._mark_free(new)
        if new is not None and new != place.hole:
            # Whole, before it becomes a part of the hole before it.
            os.ftruncate(self._file.descriptor, new.end)
            self._mark_free(place.hole)
        head = replace(frame, size=piece.size).packed()
        self._write(piece.offset + FRAME_BYTES, head[FRAME_BYTES:] + content)
        if place.hole.size > piece.size:
            self._mark_free(Stretch(piece.end, place.hole.size - piece.size))
        if frame.kind == FrameKind.BLOCK:
            # Its head makes the tail void: no power loss may leave the one without what it holds.
            self.sync()
        self._write(piece.offset, head[:FRAME_BYTES])
        self._space.take(place)
        self._used[piece.offset] = piece
        return piece

    def tighten(self) -> None:
        """Move frames into free bytes before them until little is free, to be closed then: those from the end of the
        file as they fit, then what stands behind each hole, by way of the end.

        A frame is there twice for a while, and never not at all. Tails stay where they are.
        """
        for piece in sorted(self._used.values(), key=lambda one: -one.offset):
            if not self._is_loose:
                return
            place = self._space.find(piece.size)
            if place is not None and place.hole.end <= piece.offset:
                self._move(piece)
        self._trim()
        for _ in range(MOST_SLID):
            hole = next((one for one in self._space.holes if one.end < self._space.end), None)
            if hole is None or not self._is_loose:
                return
            copy = self._move(self._used[hole.end], at_end=True)
            if copy is None or self._move(copy) is None:
                return
            self._trim()

    def _trim(self) -> None:
        """Cut off what is free at the end: the next frame there begins where the file ends."""
        self._space.trim()
        if self._space.end < os.fstat(self._file.descriptor).st_size:
            os.ftruncate(self._file.descriptor, self._space.end)

    @property
    def _is_loose(self) -> bool:
        return self._space.free_before_end > SLACK * self._space.end

    def _move(self, piece: Stretch, at_end: bool = False) -> Stretch | None:
        """Put a frame elsewhere; the first place that it fits in. None where it may not be moved, or has no room."""
        data = os.pread(self._file.descriptor, piece.size, piece.offset)
        found = read_frame(data)
        if found is None or found.kind in (FrameKind.TAIL, FrameKind.FACTS):
            return None
        content = data[found.body : found.used]
        copy = self.put(found, content, at_end) if zlib.crc32(content) == found.crc else None
        if copy is not None:
            self.sync()
            self.free(piece)
            # What is free is written over by the next: on disk it must be so before.
            self.sync()
        return copy

    def free(self, piece: Stretch) -> None:
        """Its bytes may be used again. After ``sync`` they are on disk as such."""
        # Its own head goes too: it would be found where those before it are damaged.
        self._mark_free(piece)
        del self._used[piece.offset]
        hole = self._space.give(piece)
        if hole != piece:
            self._mark_free(hole)

    def sync(self) -> None:
        """All that was written is on disk when it returns."""
        os.fdatasync(self._file.descriptor)

    def close(self, keep: bool) -> None:
        """Let go of the file, or take it away. Safe to call twice."""
        if self._file.descriptor < 0:
            return
        with suppress(OSError):
            if keep:
                self._trim()
            else:
                self._file.remove()
        self._size = self.size
        self._file.close()

    def _mark_free(self, piece: Stretch) -> None:
        self._write(piece.offset, Frame(FrameKind.FREE, piece.size, recording_id=self._id).packed())

    def _write(self, offset: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._file.descriptor, view, offset)
            view = view[written:]
            offset += written
