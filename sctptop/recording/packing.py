"""The texts of samples as bytes on disk: one alone in the tail by zlib, a full block by xz, a third smaller."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterable, Iterator

from sctptop.recording.file_format import MOST_IN_A_BLOCK, TEXT_LIMIT

LARGE = 1 << 20
"""Bytes of text from which on a block is packed in a hurry."""
_QUICK = [{"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 8 << 20}]
"""With the dictionary of preset 6: what is alike is a sample away."""
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


class BlockPacker:
    """Packs the texts of a block; those of a large one as they come, for at its end the next sample is waiting."""

    def __init__(self) -> None:
        self._texts: list[bytes] = []
        self._size = 0
        self._stream: lzma.LZMACompressor | None = None
        self._packed: list[bytes] = []

    def add(self, line: bytes) -> None:
        """One more text."""
        self._texts.append(line if not self._size else b"\n" + line)
        self._size += len(self._texts[-1]) or 1
        if self._size >= LARGE:
            self._stream = self._stream or lzma.LZMACompressor(filters=_QUICK)
            self._packed += map(self._stream.compress, self._texts)
            self._texts.clear()

    def packed(self) -> bytes:
        """All of them, as often as it is asked for: a disk may be full for a while. Nothing can be added any more."""
        if self._stream is not None:
            self._packed.append(self._stream.flush())
        elif self._texts:
            self._packed = [lzma.compress(b"".join(self._texts), preset=6)]
        self._stream, self._texts = None, []
        return b"".join(self._packed)


def packed_block(lines: Iterable[bytes]) -> bytes:
    """The texts of a block."""
    packer = BlockPacker()
    for line in lines:
        packer.add(line)
    return packer.packed()


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
