"""Recordings made of scripted samples."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sctptop.model.sample import Sample
from sctptop.recording.reader import Recording
from sctptop.recording.writer import Limits, Writer


def written(
    path: Path, samples: Iterable[Sample], limits: Limits | None = None, *, close: bool = True
) -> Path:
    """A recording of the samples; without ``close`` it is left as a process leaves it that dies."""
    writer = Writer(path, {"written_by": "sctptop test", "host": "amf-1"}, limits)
    for sample in samples:
        writer.add(sample)
    if close:
        writer.close()
    return path


def read(path: Path) -> list[Sample]:
    """All that can be read of it."""
    recording = Recording(path)
    try:
        found = (recording.sample(place) for place in range(len(recording)))
        return [sample for sample in found if sample is not None]
    finally:
        recording.close()
