"""The texts of samples as bytes on disk: one alone in the tail by zlib, a full block by xz, a third smaller."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterable, Iterator, Sequence

from sctptop.recording.file_format import MOST_IN_A_BLOCK, TEXT_LIMIT

LARGE = 1 << 20
"""Bytes of text from which on a block is packed in a hurry: the next sample is waiting."""
MEMORY_LIMIT = 16 << 20
"""Bytes that unpacking may take for its dictionary; preset 6 makes one of 8 MiB."""


class DamagedError(ValueError):
    """What is stored makes no sample. ``effort``: bytes that were unpacked to learn that."""

    def __init__(self, text: str, effort: int = 0) -> None:
        super().__init__(text)
        self.effort = effort


def packed_line(line: bytes) -> bytes:
    """One text."""
    return zlib.compress(line, 1)


def packed_block(lines: Sequence[bytes]) -> bytes:
    """The texts of a block."""
    text = b"\n".join(lines)
    return lzma.compress(text, preset=6 if len(text) < LARGE else 1)


def unpacked_lines(rows: Iterable[object]) -> Iterator[bytes]:
    """The texts in the rows of the tail, together no more than a block has. Raises DamagedError."""
    room = TEXT_LIMIT
    for data in rows:
        # To zlib a limit of 0 is none.
        line = _unpacked(zlib.decompressobj(), data, max(room, 1))
        room -= len(line)
        yield line


def unpacked_block(data: object) -> list[bytes]:
    """The texts in a row of blocks. Raises DamagedError."""
    stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY_LIMIT)
    # No block has so many: what is behind them is one line, of which nothing is made.
    return _unpacked(stream, data, TEXT_LIMIT).split(b"\n", MOST_IN_A_BLOCK)


def _unpacked(stream: lzma.LZMADecompressor | zlib._Decompress, data: object, limit: int) -> bytes:
    if not isinstance(data, bytes):
        raise DamagedError(f"{type(data).__name__} instead of bytes")
    try:
        text = stream.decompress(data, limit)
    except (zlib.error, lzma.LZMAError, EOFError) as error:
        raise DamagedError(str(error)) from error
    if not stream.eof:
        raise DamagedError("cut short, or larger than any block", len(text))
    return text
