"""A recording as a source: each sample once, without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sctptop.model.sample import Sample
from sctptop.recording.reader import Recording
from sctptop.source import EndOfSamples

LEAD_EVENTS = 60_000
"""Each takes 0.1 ms: what came before them is not waited for."""


def lead_to(recording: Recording, start: int, most: int) -> int:
    """How many samples to read before a start, so that the model can look back from there: fewer where much happened.

    It is ``most``, or as many as have LEAD_EVENTS.
    """
    lead = events = 0
    while lead < min(most, start) and events < LEAD_EVENTS:
        lead += 1
        events += recording.events_at(start - lead)
    return lead


class ReplaySource:
    """Reads from a position to the end. Used by one thread."""

    def __init__(
        self,
        recording: Recording,
        start: int = 0,
        lead: int = 0,
        tell: Callable[[int], object] = lambda _: None,
    ) -> None:
        """``lead``: so many samples before the start come from ``lead_in``. ``tell`` is told each position, and the
        number of samples at the end."""
        self._tell = tell
        self._recording = recording
        self._start = start
        self._samples = recording.samples(max(start - lead, 0), len(recording))
        self._first: Sample | None = None

    def lead_in(self) -> Iterator[Sample]:
        """What was before the start: with it the model can look back from the start on."""
        for position, sample in self._samples:
            self._tell(position)
            if position >= self._start:
                self._first = sample
                return
            yield sample

    def read(self) -> Sample:
        """The next one that can be read. Raises EndOfSamples."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        found = next(self._samples, None)
        self._tell(len(self._recording) if found is None else found[0])
        if found is None:
            raise EndOfSamples
        return found[1]

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        self._recording.close()
