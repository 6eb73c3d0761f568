"""Recordings of format 1, an SQLite database, as versions up to 0.1 wrote them; the texts are those of format 2 too."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sctptop.model.sample import Sample
from sctptop.recording.delta import SAME, patch_between
from sctptop.recording.packing import packed_block, packed_line
from sctptop.schema import to_json

SCHEMA = """
PRAGMA application_id = 1399026800;
PRAGMA user_version = 1;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE blocks (
    first INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    first_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    associations INTEGER NOT NULL,
    events TEXT NOT NULL,
    data BLOB NOT NULL
);
CREATE TABLE tail (
    number INTEGER PRIMARY KEY,
    time_us INTEGER NOT NULL,
    data BLOB NOT NULL
);
"""


def keyed(document: Mapping[str, Any]) -> dict[str, Any]:
    """A sample's document with its associations by name, so that one that comes or goes moves no other.

    ``order`` says how they stood. The events are a tuple, which is written whole: they have nothing to do with those
    before them.
    """
    by_name: dict[str, Any] = {}
    for entry in document["associations"]:
        name = f"{entry['netns']}/{entry['own_tag']}/{entry['assoc_id']}/{entry['local_port']}/{entry['remote_port']}"
        while name in by_name:
            name += "+"
        by_name[name] = entry
    return {**document, "associations": by_name, "order": list(by_name), "events": tuple(document["events"])}


def written_as_database(path: Path, samples: Sequence[Sample]) -> Path:
    """Blocks of 60, and the rest as a tail that was never packed."""
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    facts = {"written_by": "sctptop test", "host": "amf-1"}
    database.executemany(
        "INSERT INTO facts VALUES (?, ?)", [(name, json.dumps(text)) for name, text in facts.items()]
    )
    for first in range(0, len(samples), 60):
        inside = samples[first : first + 60]
        lines = list(lines_of(inside))
        times = [round(one.time.timestamp() * 1e6) for one in inside]
        if len(inside) < 60:
            rows = [(first + place, times[place], packed_line(line)) for place, line in enumerate(lines)]
            database.executemany("INSERT INTO tail VALUES (?, ?, ?)", rows)
            continue
        events = Counter(event.kind for one in inside for event in one.events)
        most = max(len(one.associations) for one in inside)
        row = (first, 60, times[0], times[-1], most, json.dumps(events), packed_block(lines))
        database.execute("INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    database.commit()
    database.close()
    return path


def lines_of(samples: Sequence[Sample]) -> Sequence[bytes]:
    """The texts of one block."""
    documents: list[dict[str, Any]] = [keyed(to_json(one)) for one in samples]
    patches = [patch_between(*pair) for pair in pairwise(documents)]
    return [
        json.dumps({} if patch is SAME else patch, separators=(",", ":")).encode()
        for patch in [documents[0], *patches]
    ]
