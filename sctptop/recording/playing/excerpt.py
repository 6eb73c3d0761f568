"""A part of a recording: from a moment to another, and of some network namespaces alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sctptop.model.sample import Sample
from sctptop.model.selection import ALL_NAMESPACES, NamespaceChoice
from sctptop.recording.file_format import RecordingError
from sctptop.recording.reader import Recording


class PartOfRecording(Recording):
    """Positions are those of the whole recording; outside of the part there is nothing."""

    def __init__(self, path: Path) -> None:
        """All of it. Raises RecordingError."""
        self._begin, self._stop = 0, None  # type: int, int | None
        self._netns = ALL_NAMESPACES
        self._narrowed: dict[int, tuple[Sample, Sample]] = {}
        super().__init__(path)

    def limit(self, begin_s: float | None, end_s: float | None) -> None:
        """From then to then, seconds since 1970. Raises RecordingError where nothing is left."""
        if begin_s is not None:
            self._begin = super().position_at(begin_s)
        if end_s is not None:
            last = super().position_at(end_s)
            found = super().sample(last)
            # The first sample read after that moment is no longer of it.
            late = found is not None and found.time.timestamp() > end_s + 1e-6
            self._stop = last + (0 if late and last else 1)
        if len(self) <= self._begin:
            raise RecordingError(
                f"{self.path}: no sample of it is in that time (try: sctptop info {self.path})"
            )
        times = [self._time_of(place) for place in (self._begin, len(self) - 1)]
        self.first_s = self.first_s if times[0] is None or begin_s is None else times[0]
        self.last_s = self.last_s if times[1] is None or end_s is None else times[1]

    def choose(self, netns: NamespaceChoice) -> None:
        """Of these namespaces alone. Raises RecordingError where the recording has none of them."""
        if netns == ALL_NAMESPACES:
            return
        names: dict[str, None] = {}
        for _, sample in self.samples(self._begin, len(self)):
            if _netns_of(sample, netns):
                self._netns = netns
                return
            names.update(dict.fromkeys(space.label for space in sample.namespaces))
        known = ", ".join(list(names)[:8]) or "none that is named"
        raise RecordingError(f"{self.path} has no network namespace {netns.text} (it has: {known})")

    def __len__(self) -> int:
        whole = super().__len__()
        return whole if self._stop is None else min(self._stop, whole)

    @property
    def has_results(self) -> bool:
        """What was written down is of the whole recording."""
        whole = not self._begin and self._stop is None and self._netns == ALL_NAMESPACES
        return whole and super().has_results

    def sample(self, position: int) -> Sample | None:
        """As of any recording, with what is of the namespaces chosen."""
        found = super().sample(position)
        if found is None or self._netns == ALL_NAMESPACES:
            return found
        known = self._narrowed.get(position)
        if known is None or known[0] is not found:
            if len(self._narrowed) > 1000:
                self._narrowed.clear()
            known = self._narrowed[position] = (found, _within(found, _netns_of(found, self._netns)))
        return known[1]

    def first(self) -> Sample:
        """The first of the part that can be read."""
        found = self.following(self._begin - 1)
        if found is None:
            self.close()
            whole = not self._begin and self._stop is None
            part, other = ("it", "copy of it") if whole else ("that time", "--from")
            raise RecordingError(f"{self.path}: not one sample of {part} can be read (try: another {other})")
        return found[1]

    def samples(self, start: int, stop: int) -> Iterator[tuple[int, Sample]]:
        """Those of the part."""
        return super().samples(max(start, self._begin), stop)

    def following(self, position: int) -> tuple[int, Sample] | None:
        """The next in the part."""
        return super().following(max(position, self._begin - 1))

    def preceding(self, position: int) -> int | None:
        """The one before, in the part."""
        found = super().preceding(position)
        return None if found is None or found < self._begin else found

    def position_at(self, at_s: float) -> int:
        """In the part."""
        return min(max(super().position_at(at_s), self._begin), len(self) - 1)

    def _time_of(self, position: int) -> float | None:
        found = super().sample(position)
        return found.time.timestamp() if found is not None else None


def _netns_of(sample: Sample, choice: NamespaceChoice) -> frozenset[int]:
    named = {space.netns for space in sample.namespaces if choice.matches(space)}
    if choice.number is not None:
        # Recorded without a name of any namespace.
        held = {entry.netns for entry in sample.associations} | sample.counters.keys()
        named |= held & {choice.number}
    return frozenset(named)


def _within(sample: Sample, chosen: frozenset[int]) -> Sample:
    return replace(
        sample,
        associations=tuple(entry for entry in sample.associations if entry.netns in chosen),
        endpoints=tuple(entry for entry in sample.endpoints if entry.netns in chosen),
        counters={netns: values for netns, values in sample.counters.items() if netns in chosen},
        namespaces=tuple(space for space in sample.namespaces if space.netns in chosen),
        events=tuple(event for event in sample.events if event.netns in chosen),
    )
