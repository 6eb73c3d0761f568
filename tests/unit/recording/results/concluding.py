"""Recordings whose results stand in them, as ``sctptop record`` writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from sctptop.comparison.summaries.summary import Summary
from sctptop.model.associations.distribution import Distribution
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.output.compare.summing import from_messages, from_results
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Limits, Writer


def concluded(path: Path, samples: Iterable[Sample], limits: Limits | None = None) -> Path:
    """A recording of them, what came of each being said behind it."""
    writer, model = (
        Writer(path, {"written_by": "sctptop test", "host": "amf-1"}, limits),
        Model(running=False),
    )
    for sample in samples:
        writer.add(sample)
        writer.conclude(model.advance(sample))
    writer.rest(model.rest())
    writer.close()
    return path


def both_ways(path: Path) -> tuple[Any, Any]:
    """What a recording comes to by its results, and by its messages."""
    found = []
    for way in (from_results, from_messages):
        recording = Recording(path)
        try:
            assert recording.has_results
            found.append(plain(way(recording, "a", "a.sctp", lambda _: None)))
        finally:
            recording.close()
    return found[0], found[1]


def plain(value: Any) -> Any:
    """The same in values that can be compared."""
    if isinstance(value, Distribution):
        return (value.bits, value.n, value.min_ns, value.max_ns, sorted(value.bins.items()))
    if isinstance(value, Summary) or (is_dataclass(value) and not isinstance(value, type)):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, tuple | list) else value
