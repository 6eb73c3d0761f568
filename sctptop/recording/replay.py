"""A recording as a source: each sample once, without waiting."""

from __future__ import annotations

from sctptop.model.sample import Sample
from sctptop.recording.reader import Recording
from sctptop.source import EndOfSamples


class ReplaySource:
    """Reads from a position to the end. Used by one thread."""

    def __init__(self, recording: Recording, start: int = 0) -> None:
        self._recording = recording
        self._samples = recording.samples(start, len(recording))

    def read(self) -> Sample:
        """The next one that can be read. Raises EndOfSamples."""
        found = next(self._samples, None)
        if found is None:
            raise EndOfSamples
        return found[1]

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        self._recording.close()
