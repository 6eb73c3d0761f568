"""The texts of one block, one sample after the other: the way back is recording/chain.py."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sctptop.model.sample import Endpoint, Sample
from sctptop.recording.bounds import MOST_ASSOCIATIONS, check_document, check_paths
from sctptop.recording.chain import APART, AT, EVENTS, ROWS
from sctptop.recording.delta import SAME, patch_between
from sctptop.recording.packing import DamagedError
from sctptop.recording.rows.writing import RowChanges, gaps
from sctptop.schema import attribute_to_json, to_json

TIME = "time"


def _line(text: dict[str, Any]) -> bytes:
    return json.dumps(text, separators=(",", ":"), allow_nan=False, default=attribute_to_json).encode()


class Texts:
    """The first sample of a block whole, each further one as what changed."""

    def __init__(self) -> None:
        self._before: dict[str, Any] = {}
        self._endpoints: tuple[Endpoint, ...] = ()
        self._rows = RowChanges()

    @property
    def is_full(self) -> bool:
        """Whether the next sample must begin a block, because so much came and went."""
        return self._rows.is_full

    def next(self, sample: Sample) -> tuple[bytes, bytes]:
        """Its text, and that of its messages. Raises DamagedError where it holds more than any host does."""
        if len(sample.associations) > MOST_ASSOCIATIONS:
            raise DamagedError("more associations than any")
        check_paths(len(one.paths) for one in sample.associations)
        places = [place for place, event in enumerate(sample.events) if event.kind in APART]
        apart = b""
        document = self._document(sample)
        check_document(document)
        if places:
            events = document["events"]
            apart = _line({AT: gaps(places), EVENTS: [events[place] for place in places]})
            document[EVENTS] = tuple(one for one in events if one["kind"] not in APART)
        rows = self._rows.text(sample.associations)
        patch = patch_between(self._before, document) if self._before else document
        # The time first: it is looked for without parsing.
        text = {TIME: document[TIME], **({} if patch is SAME else patch)}
        if rows or not self._before:
            text[ROWS] = rows
        self._before, self._endpoints = document, sample.endpoints
        return _line(text), apart

    def _document(self, sample: Sample) -> dict[str, Any]:
        """All but the associations. The events have nothing to do with those before them: a tuple is written whole."""
        same = bool(self._before) and sample.endpoints == self._endpoints
        document = to_json(replace(sample, associations=(), endpoints=() if same else sample.endpoints))
        del document["associations"]
        if same:
            document["endpoints"] = self._before["endpoints"]
        return {**document, "events": tuple(document["events"])}
