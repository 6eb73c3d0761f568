"""The samples of one block, one after the other: each is the patch on the one before it.

Of format 3, whose associations are rows (recording/rows/reading.py), and of 1 and 2, whose associations are named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NoReturn

from sctptop.model.association import Association
from sctptop.model.sample import Sample
from sctptop.recording.bounds import WEIGHT_LIMIT, check_document, check_named, weight
from sctptop.recording.delta import REMOVED, REPLACE, PatchError, patched
from sctptop.recording.file_format import printable_json
from sctptop.recording.packing import DamagedError
from sctptop.recording.rows.columns import places
from sctptop.recording.rows.reading import RecordedRows
from sctptop.schema import association_from_json, sample_of

AT, EVENTS = "at", "events"
"""Of the text that tells of messages: their places among all events, and what they are."""
APART = frozenset(("ngap", "ngap_rtx"))
"""Events that stand there."""
ROWS = "rows"
"""The part of a text that tells of associations, in format 3. There it begins with the time."""


class Chain:
    """Builds what changed, and takes the rest from the sample before."""

    def __init__(self) -> None:
        self._document: dict[str, Any] | None = None
        self._rows: RecordedRows | None = None
        self._associations: dict[str, Association] = {}
        self._parts: dict[str, Any] = {}
        self._apart = b""
        self._weight = 0

    def follow(self, line: bytes, apart: bytes = b"") -> None:
        """Apply the next text without building its sample, which has these messages. Raises DamagedError."""
        self._weight += weight(line) + (weight(apart) if apart else 0)
        if self._weight > WEIGHT_LIMIT:
            raise DamagedError("more than any block holds")
        try:
            patch = _parsed(line)
            if self._document is None and isinstance(patch, dict) and ROWS in patch:
                self._rows = RecordedRows()
            if self._rows is not None and isinstance(patch, dict):
                self._rows.follow(patch.pop(ROWS, {}))
            self._document = patch if self._document is None else patched(self._document, patch)
            self._forget(patch)
            if self._apart or apart:
                self._parts.pop(EVENTS, None)
                # Parsed for the sample alone: who jumps passes dozens of them by.
                self._apart = apart
        except (PatchError, ValueError, *_UNFIT) as error:
            raise DamagedError(f"{error!s:.200}") from error

    def sample(self) -> Sample:
        """The sample as of the last text. Raises DamagedError."""
        document = self._document
        if not isinstance(document, dict):
            raise DamagedError("not a sample")
        try:
            if self._apart:
                document = {**document, EVENTS: [*_merged(document[EVENTS], _parsed(self._apart))]}
            check_document(document)
            if self._rows is not None:
                return sample_of(document, self._rows.associations(), self._parts)
            check_named(document)
            return sample_of(document, tuple(self._built(document)), self._parts)
        except (ValueError, *_UNFIT) as error:
            raise DamagedError(f"{error!s:.200}") from error

    def _built(self, document: dict[str, Any]) -> Iterator[Association]:
        for name in document["order"]:
            if name not in self._associations:
                self._associations[name] = association_from_json(document["associations"][name])
            yield self._associations[name]

    def _forget(self, patch: Any) -> None:
        """Drop what the patch changed."""
        if not isinstance(patch, dict) or REPLACE in patch or REMOVED in patch:
            self._associations.clear()
            self._parts.clear()
            return
        for name in patch:
            self._parts.pop(name, None)
        changes = patch.get("associations", {})
        if not isinstance(changes, dict) or REPLACE in changes:
            self._associations.clear()
            return
        for name in changes:
            self._associations.pop(name, None)
        removed = changes.get(REMOVED, ())
        for name in removed if isinstance(removed, list) else ():
            self._associations.pop(name, None)


_UNFIT = (AttributeError, IndexError, KeyError, TypeError, RecursionError)
"""What a value that is of another type than it should be makes of it."""


def _merged(others: Sequence[Any], messages: Any) -> Iterator[Any]:
    """All events, in their order."""
    apart = messages[EVENTS]
    taken = places(messages[AT], len(apart) + len(others))
    # Rising, for there are as many places as different ones.
    if len(apart) != len(taken) or len({*taken}) < len(taken) or taken != sorted(taken):
        raise DamagedError("messages at no place")
    begin, rest = 0, iter(others)
    for place, one in zip(taken, apart, strict=True):
        yield from islice(rest, place - begin)
        yield one
        begin = place + 1
    yield from rest


def _parsed(line: bytes) -> Any:
    found = json.loads(line, parse_constant=_no_number)
    return found if line.isascii() and b"\\" not in line and b"\x7f" not in line else printable_json(found)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")
