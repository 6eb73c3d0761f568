"""The file: one SQLite database.

``facts`` holds what is true of the whole recording, as JSON by name: host, kernel, machine, the sysctls ``net.sctp.*``
and what was asked for. A sample is one JSON text, in the names of ``--json``, its associations by name (``order`` says
how they stood): the first of a block whole, each further one as the patch on the one before it (recording/delta.py).
``tail`` has the samples of the block that is being written, one a row and so safe as soon as it is committed, as zlib
streams; a full block, of up to 60 samples (more only after another program held the file), becomes one row of
``blocks``: an xz stream of one text a line.
"""

from __future__ import annotations

from typing import Any

from sctptop.errors import SctptopError
from sctptop.terminal_text import REPLACEMENT, printable

APPLICATION_ID = 0x53637470
"""In the header of the file: "Sctp"."""
FORMAT = 1
"""PRAGMA user_version. A reader refuses a higher one and names its writer."""

SCHEMA_SQL = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE blocks (
    first INTEGER PRIMARY KEY,      -- number of its first sample, counted from 0
    count INTEGER NOT NULL,         -- samples in it, numbered one after the other
    first_us INTEGER NOT NULL,      -- when the first and the last were read, microseconds since 1970
    last_us INTEGER NOT NULL,
    associations INTEGER NOT NULL,  -- the most in one sample
    events TEXT NOT NULL,           -- how many, by kind, as JSON
    data BLOB NOT NULL              -- xz: one JSON text a line
);
CREATE TABLE tail (
    number INTEGER PRIMARY KEY,
    time_us INTEGER NOT NULL,
    data BLOB NOT NULL              -- zlib: one JSON text
);
"""

BLOCK_SAMPLES = 60
BLOCK_BYTES = 8 << 20
"""A block is full with so many samples, or so much text."""
MOST_IN_A_BLOCK = 2 * BLOCK_SAMPLES
"""While another program holds the file, a block waits and grows."""

TEXT_LIMIT = 64 << 20
"""Bytes that one block may unpack to: a reader accepts no more from an unknown file."""


def printable_json(value: Any) -> Any:
    """The same JSON value without characters that a terminal would act on: a recording may come from anybody."""
    if isinstance(value, str):
        return printable(value, REPLACEMENT)
    if isinstance(value, list):
        return [printable_json(item) for item in value]
    if isinstance(value, dict):
        return {printable_json(name): printable_json(item) for name, item in value.items()}
    return value


class RecordingError(SctptopError):
    """A recording cannot be written or read: one line with the remedy."""
