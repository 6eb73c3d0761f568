"""What somebody would have recorded who sees one of the two hosts alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sctptop.model.model import Model
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Writer

NAMESPACES: Mapping[str, str] = {"gNB": "cmp-gnb", "AMF": "cmp-amf"}
"""Of each end, as `recording` makes them."""


def alone(file: Path, end: str) -> Path:
    """The recording of both, without what is not in the network namespace of that end; kept in a folder beside it."""
    kept = file.parent / NAMESPACES[end] / file.name
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        _write(file, NAMESPACES[end], kept.with_suffix(".part"))
        kept.with_suffix(".part").rename(kept)
    return kept


def _write(file: Path, namespace: str, into: Path) -> None:
    into.unlink(missing_ok=True)
    recording, model = Recording(file), Model(running=False)
    writer = Writer(into, recording.facts)
    for _, sample in recording.samples(0, len(recording)):
        snapshot = model.advance(sample)
        for netns in sample.counters:
            if snapshot.namespace_label(netns) == namespace:
                writer.add(snapshot.within(netns).sample)
    writer.close()
    recording.close()
