"""The samples of one block, one after the other: each is the patch on the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from sctptop.model.association import Association
from sctptop.model.sample import Sample
from sctptop.recording.delta import REPLACE, PatchError, patched
from sctptop.recording.file_format import printable_json
from sctptop.recording.packing import DamagedError
from sctptop.schema import SchemaError, association_from_json, sample_of


class Chain:
    """Builds what changed, and takes the rest from the sample before."""

    def __init__(self) -> None:
        self._document: dict[str, Any] | None = None
        self._built: dict[str, Association] = {}

    def follow(self, line: bytes) -> None:
        """Apply the next text without building its sample. Raises DamagedError."""
        try:
            patch = json.loads(line, parse_constant=_no_number)
            if not line.isascii() or b"\\" in line or b"\x7f" in line:
                patch = printable_json(patch)
            if self._document is None:
                self._document = patch
            else:
                self._document = patched(self._document, patch)
            self._forget(patch)
        except (PatchError, ValueError, RecursionError) as error:
            raise DamagedError(str(error)) from error

    def sample(self) -> Sample:
        """The sample as of the last text. Raises DamagedError."""
        document = self._document
        if not isinstance(document, dict):
            raise DamagedError("not a sample")
        try:
            return sample_of(document, tuple(self._associations(document)))
        except (SchemaError, KeyError, TypeError, RecursionError) as error:
            raise DamagedError(str(error)) from error

    def _associations(self, document: dict[str, Any]) -> Iterator[Association]:
        for name in document["order"]:
            if name not in self._built:
                self._built[name] = association_from_json(document["associations"][name])
            yield self._built[name]

    def _forget(self, patch: Any) -> None:
        """Drop what the patch changed."""
        changes = patch.get("associations", {}) if isinstance(patch, dict) else None
        if not isinstance(changes, dict) or REPLACE in changes:
            self._built.clear()
            return
        for name in changes:
            self._built.pop(name, None)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")
