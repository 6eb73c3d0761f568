"""The file, format 2: a head, and frames one behind the other. Numbers are little-endian, checksums CRC-32 (zlib).

The head, 64 bytes: "sctptop record\\r\\n"; format (u32); id, 8 random bytes; who wrote it, 32 bytes of UTF-8 that are
filled with zeros; checksum of the 60 bytes before it (u32). It is the same in all formats from 2 on.

A frame, 68 bytes and what follows: marker f1 53 66 1a; kind (u8); a zero; length of what is said about it (u16) and
of what it holds (u32); bytes to the next frame (u64); the file's id; number of the first sample, from 0 (u64), how
many samples (u32), the most associations in one (u32), when the first and the last were read, microseconds since 1970
(2 i64); checksum of what it holds (u32); checksum of the frame up to here and of what is said about it (u32). Then
what is said about it, events by kind as JSON, and what it holds. Bytes may be left over up to the next frame.

Kinds: 0, free bytes, to be used again. 1, facts: what is true of the whole recording, as a JSON object: host, kernel,
machine, the sysctls ``net.sctp.*`` and what was asked for. 2, tail: the last one of ``count`` samples of the block
that is being written, as a zlib stream, safe as soon as it is on disk. 3, block: its samples, an xz stream of one text
a line; 60 of them, fewer where they are large. A tail frame whose sample is before the end of a block is void.

A sample is one JSON text, in the names of ``--json``, its associations by name (``order`` says how they stood): the
first of a block whole, each further one as the patch on the one before it (recording/delta.py).

Where no frame of this file begins at the place where the one before it ends, readers go on with the next that does:
pages may be torn, or another file's. Format 1 was an SQLite database (recording/database.py).
"""

from __future__ import annotations

from typing import Any

from sctptop.errors import SctptopError
from sctptop.schema import LONGEST_TEXT
from sctptop.terminal_text import REPLACEMENT, printable

DATABASE = b"SQLite format 3\0"
"""How a file of format 1 begins."""

BLOCK_SAMPLES = 60
BLOCK_BYTES = 8 << 20
"""A block is full with so many samples, or so much text."""
MOST_IN_A_BLOCK = 2 * BLOCK_SAMPLES
"""In format 1, while another program held the file, a block grew."""

TEXT_LIMIT = 40 << 20
"""Bytes that one block may unpack to: a reader accepts no more from an unknown file."""
DATA_LIMIT = 32 << 20
"""Bytes of a block as it is stored."""
FACT_LIMIT, FACTS_LIMIT, MOST_FACTS = 1 << 16, 1 << 20, 1000
"""Characters of one fact, of all of them, and how many: none comes near."""


def printable_json(value: Any) -> Any:
    """The same JSON value without characters that a terminal would act on: a recording may come from anybody.

    Raises ValueError for a text that is longer than any.
    """
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError("a text longer than any")
        return printable(value, REPLACEMENT)
    if isinstance(value, list):
        return [printable_json(item) for item in value]
    if isinstance(value, dict):
        return {printable_json(name): printable_json(item) for name, item in value.items()}
    return value


class RecordingError(SctptopError):
    """A recording cannot be written or read: one line with the remedy."""
