"""The file, format 4: a head, and frames one behind the other. Numbers are little-endian, checksums CRC-32 (zlib).

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
a line; 60 of them, fewer where much changes. A tail frame whose sample is before the end of a block is void.
4, results: what came of the messages of ``count`` samples from its first on, an xz stream of one text, told in
recording/results/writing.py. They are of use where those of all samples are there, from number 0 on.

A sample is one JSON text, in the names of ``--json`` but for its associations: the first of a block whole, each
further one as the patch on the one before it (recording/delta.py), beginning with ``{"time":"``. Associations and
their paths are rows, numbered from 0 in each block, of which no number is used again; ``rows`` says what changed:

- ``associations`` and ``paths``: an object each. ``rows`` are those that changed; ``by`` what each of them gained, by
  name; ``at`` the same as [places in ``rows``, gains]; ``to`` other values, as [places in ``rows``, column]; then
  ``new``, how many rows are added, and ``columns``, what they hold by name. What is missing is not known, and names
  that a reader does not know are passed over.
- ``counts``: a column, how many paths each new association has. They are the next rows of paths, and stay its own.
- ``order``: the rows of associations that are there, where these or their order are not as before.

Numbers of rows and places are told by what each is more than the one before it. A column is a list; {"all": value};
{"of": values, "which": [place in them, ...]}; and of distributions {"bins": [how many each has], "of": [middles],
"which": [place of each bin's middle in them], "times": [...]}.

Events of kind ``ngap`` and ``ngap_rtx`` stand apart, for many readers want results alone: in the tail on a line behind
that of the sample; in a block, where it has any, in a second xz stream, a line a sample. Behind both streams stand f1
53 66 2b and their lengths (2 u32). Such a line is empty, or an object: ``events``, and ``at``, the place of each among
all events, told as those of rows. In format 3 they were among the others, and there were no results.

In format 2 associations were by name in ``associations``, changed as all else is, and ``order`` said how they stood.

Where no frame of this file begins at the place where the one before it ends, readers go on with the next that does:
pages may be torn, or another file's. Format 1 was an SQLite database (recording/database.py).
"""

from __future__ import annotations

from typing import Any

from sctptop.errors import SctptopError
from sctptop.schema_checks import LONGEST_TEXT
from sctptop.terminal_text import REPLACEMENT, printable

DATABASE = b"SQLite format 3\0"
"""How a file of format 1 begins."""

BLOCK_SAMPLES = 60
BLOCK_BYTES = 2 << 20
"""A block is full with so many samples, or so much text behind that of the first."""
BLOCK_WHOLES = 1.0
"""But not before that is so many times the first, which grows as they do."""
MOST_IN_A_BLOCK = 2 * BLOCK_SAMPLES
"""In format 1, while another program held the file, a block grew."""

TEXT_LIMIT = 40 << 20
"""Bytes that one block may unpack to: a reader accepts no more from an unknown file."""
RESULTS_LIMIT = 12 << 20
"""Bytes of one text of results."""
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
