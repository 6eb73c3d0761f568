"""What stands at the head of the file and before each of its frames, byte by byte (recording/file_format.py)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum

MAGIC = b"sctptop record\r\n"
FORMAT = 4
"""A reader refuses a higher one and names its writer."""
MARKER = b"\xf1Sf\x1a"
"""Begins each frame."""
ID_BYTES = 8
_FILE = struct.Struct("<16sI8s32sI")
_FRAME = struct.Struct("<4sBxHIQ8sQIIqqII")
FILE_BYTES, FRAME_BYTES = _FILE.size, _FRAME.size
ABOUT_LIMIT = 4000
"""Bytes of what a frame says about its content: with its head no more than a page."""


class FrameKind(IntEnum):
    """What a frame holds."""

    FREE = 0
    FACTS = 1
    TAIL = 2
    BLOCK = 3
    RESULTS = 4


@dataclass(frozen=True, slots=True)
class FileHead:
    """The first bytes of a recording of any format from 2 on."""

    format: int
    recording_id: bytes
    written_by: str

    def packed(self) -> bytes:
        """FILE_BYTES bytes."""
        name = self.written_by.encode()[:32].decode("utf-8", "ignore").encode()
        head = _FILE.pack(MAGIC, self.format, self.recording_id, name, 0)[:-4]
        return head + zlib.crc32(head).to_bytes(4, "little")


def file_head(data: bytes) -> FileHead | None:
    """The head that the first bytes of a file make, None where they are damaged or another's."""
    if len(data) < FILE_BYTES:
        return None
    magic, version, recording_id, written_by, crc = _FILE.unpack_from(data)
    if magic != MAGIC or crc != zlib.crc32(data[: FILE_BYTES - 4]):
        return None
    return FileHead(version, recording_id, written_by.rstrip(b"\0").decode("utf-8", "replace"))


# Not frozen: of those there may be hundreds of thousands, and freezing takes as long as reading.
@dataclass(slots=True)
class Frame:
    """The head of a frame. ``size`` is all that it occupies; ``length`` and ``crc`` are of what it holds.

    The samples in it are ``count`` from number ``first`` on; of a TAIL only the last of them is there.
    """

    kind: int
    size: int
    length: int = 0
    crc: int = 0
    first: int = 0
    count: int = 0
    associations: int = 0
    first_us: int = 0
    last_us: int = 0
    about: bytes = b""
    recording_id: bytes = b""

    @property
    def body(self) -> int:
        """Bytes from the beginning of the frame to what it holds."""
        return FRAME_BYTES + len(self.about)

    @property
    def used(self) -> int:
        """Bytes that are written of it: what is behind them is left over."""
        return self.body + self.length

    def packed(self) -> bytes:
        """Its head and what is said about it."""
        head = _FRAME.pack(
            MARKER,
            self.kind,
            len(self.about),
            self.length,
            self.size,
            self.recording_id,
            self.first,
            self.count,
            self.associations,
            self.first_us,
            self.last_us,
            self.crc,
            0,
        )[:-4]
        return head + zlib.crc32(self.about, zlib.crc32(head)).to_bytes(4, "little") + self.about


def frame(data: bytes, at: int = 0) -> Frame | None:
    """The head that stands there whole, None where it is damaged or no head at all."""
    if len(data) - at < FRAME_BYTES or not data.startswith(MARKER, at):
        return None
    _, kind, length, *rest, crc = _FRAME.unpack_from(data, at)
    end = at + FRAME_BYTES + length
    if length > ABOUT_LIMIT or end > len(data):
        return None
    about = data[at + FRAME_BYTES : end]
    if crc != zlib.crc32(about, zlib.crc32(data[at : at + FRAME_BYTES - 4])):
        return None
    held, size, recording_id, first, count, associations, first_us, last_us, held_crc = rest
    found = Frame(
        kind, size, held, held_crc, first, count, associations, first_us, last_us, about, recording_id
    )
    return found if size >= found.used else None
