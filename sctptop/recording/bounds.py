"""What a sample may hold, whatever its text takes: parsed, text can be twenty times as large.

Before a text is parsed, what that will take is reckoned from how often some characters are in it. Nothing that a
writer writes comes near, but for samples of thousands of associations: those it refuses itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sctptop.recording.packing import DamagedError

MOST_ASSOCIATIONS = 10_000
MOST_PATHS = 4 * MOST_ASSOCIATIONS
MOST_ROWS_EACH = 2
"""Rows of a block for each association and path that a sample may have: they come and go, and keep their numbers."""
WEIGHT_LIMIT = 336 << 20
"""What the texts of a block may weigh: CPython takes less than 300 MB for such, whatever kind of values they are."""
_MOST_OF = {"sources": 100, "endpoints": 20_000, "namespaces": 10_000, "counters": 10_000, "events": 100_000}
_MOST_COUNTERS = 300_000
"""In all network namespaces together; the kernel has 32 in each."""

_OBJECT, _LIST, _VALUE, _ENTRY, _STRING, _NAME = 400, 90, 44, 45, 60, 250
"""Bytes that CPython takes for each, and what is made of them; of a name those that its first use takes."""
_NAMES = re.compile(rb'"([^"]*)":')
_PIECE = 1 << 20
_FEW = 50_000
_WIDE = re.compile(rb"\\u[dD][89abAB]|[\xf0-\xff]")


def weight(line: bytes) -> int:
    """Bytes that the objects of a JSON text take, at most, about."""
    objects, lists, commas, entries, quotes, escaped = (
        line.count(one) for one in (b"{", b"[", b",", b":", b'"', b'\\"')
    )
    strings = max(quotes // 2 - entries, 0) + escaped
    return (
        # Read, as one string, and in strings.
        len(line) * (1 + 2 * _width(line))
        + _OBJECT * objects
        + _LIST * lists
        + _VALUE * commas
        + _ENTRY * entries
        + _STRING * strings
        + _NAME * (_names(line, entries) + escaped)
    )


def _width(line: bytes) -> int:
    """Bytes for one of the line, as text and as strings: all characters of a string are as wide as its widest."""
    if line.isascii() and b"\\u" not in line:
        return 2
    wide = 4 if _WIDE.search(line) else 2
    return wide + (1 if line.isascii() else wide)


def _names(line: bytes, entries: int) -> int:
    """How many different names there are: each is kept once, and most are those of every association."""
    if entries < _FEW:
        return entries
    names = set[bytes]()
    for begin in range(0, len(line), _PIECE):
        names.update(_NAMES.findall(line, begin, begin + _PIECE))
        if len(names) * _NAME > WEIGHT_LIMIT:
            break
    return len(names)


def check_document(document: Mapping[str, Any]) -> None:
    """Raises DamagedError where a sample has more of something than any host; its associations are not looked at."""
    for name, most in _MOST_OF.items():
        if len(document.get(name, ())) > most:
            raise DamagedError(f"more than {most} {name}")
    if sum(map(len, document["counters"].values())) > _MOST_COUNTERS:
        raise DamagedError("more counters than any kernel has")


def check_named(document: Mapping[str, Any]) -> None:
    """The same of the associations of a document of format 2; also where one is there twice."""
    order = document["order"]
    if not isinstance(order, list) or len(order) > MOST_ASSOCIATIONS or len(set(order)) < len(order):
        raise DamagedError("more associations than any, or one twice")
    check_paths(len(one["paths"]) for one in document["associations"].values() if "paths" in one)


def check_paths(each: Iterable[int]) -> None:
    """Raises DamagedError where associations have so many paths together as no host."""
    if sum(each) > MOST_PATHS:
        raise DamagedError("more paths than any host has")
