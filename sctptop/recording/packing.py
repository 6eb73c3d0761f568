"""The texts of samples as bytes on disk: one alone in the tail by zlib, a full block by xz, a third smaller."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Sequence

from sctptop.recording.file_format import TEXT_LIMIT

LARGE = 1 << 20
"""Bytes of text from which on a block is packed in a hurry: the next sample is waiting."""
MEMORY_LIMIT = 128 << 20


class DamagedError(ValueError):
    """What is stored makes no sample."""


def packed_line(line: bytes) -> bytes:
    """One text."""
    return zlib.compress(line, 1)


def packed_block(lines: Sequence[bytes]) -> bytes:
    """The texts of a block."""
    text = b"\n".join(lines)
    return lzma.compress(text, preset=6 if len(text) < LARGE else 1)


def unpacked_line(data: object) -> bytes:
    """The text in a row of the tail. Raises DamagedError."""
    return _unpacked(zlib.decompressobj(), data)


def unpacked_block(data: object) -> list[bytes]:
    """The texts in a row of blocks. Raises DamagedError."""
    stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY_LIMIT)
    return _unpacked(stream, data).split(b"\n")


def _unpacked(stream: lzma.LZMADecompressor | zlib._Decompress, data: object) -> bytes:
    if not isinstance(data, bytes):
        raise DamagedError(f"{type(data).__name__} instead of bytes")
    try:
        text = stream.decompress(data, TEXT_LIMIT)
    except (zlib.error, lzma.LZMAError, EOFError) as error:
        raise DamagedError(str(error)) from error
    if not stream.eof:
        raise DamagedError("cut short, or larger than any block")
    return text
