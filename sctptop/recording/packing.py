"""The texts of samples as bytes on disk: one alone in the tail by zlib, a full block by xz, a third smaller."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Iterable, Iterator

from sctptop.recording.file_format import MOST_IN_A_BLOCK, TEXT_LIMIT

_LENGTHS = struct.Struct("<4sII")
_APART = b"\xf1Sf+"
"""Ends a block in which messages stand apart."""
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


def packed_line(line: bytes, apart: bytes = b"") -> bytes:
    """One text, and that of the messages of its sample."""
    return zlib.compress(line + b"\n" + apart if apart else line, 1)


class BlockPacker:
    """Packs the texts of a block, and apart from them those of messages."""

    def __init__(self) -> None:
        self._texts, self._apart = _Stream(), _Stream()
        self._has_any = False

    def add(self, line: bytes, apart: bytes = b"") -> None:
        """The texts of one more sample."""
        self._texts.add(line)
        self._apart.add(apart)
        self._has_any = self._has_any or bool(apart)

    def packed(self) -> bytes:
        """All of them, as often as it is asked for: a disk may be full for a while. Nothing can be added any more."""
        texts = self._texts.packed()
        if not self._has_any:
            return texts
        apart = self._apart.packed()
        return texts + apart + _LENGTHS.pack(_APART, len(texts), len(apart))


class _Stream:
    """Packs texts; those of a large stream as they come, for at its end the next sample is waiting."""

    def __init__(self) -> None:
        self._texts: list[bytes] = []
        self._size, self._begun = 0, False
        self._stream: lzma.LZMACompressor | None = None
        self._packed: list[bytes] = []

    def add(self, line: bytes) -> None:
        """One more text."""
        self._texts.append(b"\n" + line if self._begun else line)
        self._begun = True
        self._size += len(self._texts[-1])
        if self._size >= LARGE:
            self._stream = self._stream or lzma.LZMACompressor(filters=_QUICK)
            self._packed += map(self._stream.compress, self._texts)
            self._texts.clear()

    def packed(self) -> bytes:
        """All of them, as often as it is asked for."""
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
    """The texts in a row of blocks, without those of messages that stand apart. Raises DamagedError."""
    parts = _parts(data)
    return _unpacked_lines(data if parts is None else parts[0], TEXT_LIMIT)


def unpacked_apart(data: object, room: int) -> list[bytes]:
    """The texts of messages in a row of blocks, none where all has none; ``room``: bytes. Raises DamagedError."""
    parts = _parts(data)
    return [] if parts is None else _unpacked_lines(parts[1], max(room, 1))


def unpacked_text(data: object) -> bytes:
    """One text that was packed as a block is. Raises DamagedError."""
    return _unpacked(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY_LIMIT), data, TEXT_LIMIT)


def _unpacked_lines(data: object, room: int) -> list[bytes]:
    stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY_LIMIT)
    # No block has so many: what is behind them is one line, of which nothing is made.
    return _unpacked(stream, data, room).split(b"\n", MOST_IN_A_BLOCK)


def _parts(data: object) -> tuple[bytes, bytes] | None:
    """The two streams of a block in which messages stand apart."""
    if not isinstance(data, bytes) or len(data) < _LENGTHS.size:
        return None
    marker, first, second = _LENGTHS.unpack_from(data, len(data) - _LENGTHS.size)
    if marker != _APART or first + second + _LENGTHS.size != len(data):
        return None
    return data[:first], data[first : first + second]


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
