"""What somebody would have recorded who sees one of the two hosts alone."""

from __future__ import annotations

from pathlib import Path

from sctptop.model.model import Model
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Writer


def alone(file: Path, host: str, into: Path) -> Path:
    """The recording of both, without all that is not in the network namespace of this name."""
    recording, model = Recording(file), Model(running=False)
    writer = Writer(into, recording.facts)
    for _, sample in recording.samples(0, len(recording)):
        snapshot = model.advance(sample)
        netns = next((netns for netns in sample.counters if snapshot.namespace_label(netns) == host), None)
        if netns is not None:
            writer.add(snapshot.within(netns).sample)
    writer.close()
    recording.close()
    return into
