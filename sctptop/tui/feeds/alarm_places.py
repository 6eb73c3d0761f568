"""Where in a recording alarms are raised, found little by little: of what was written down, else by the model."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sctptop.model.advice.given import Advice
from sctptop.model.model import Model
from sctptop.model.selection import Selector
from sctptop.recording.packing import DamagedError
from sctptop.recording.reader import Recording


@dataclass(frozen=True, slots=True)
class AlarmPlace:
    """An alarm is raised in the sample at a position, read at a time in seconds since 1970."""

    position: int
    time_s: float
    problem: bool


class AlarmPlaces:
    """Used by the thread that owns the recording. ``found`` is in order; ``upto``: all before it is known."""

    def __init__(self, recording: Recording, selectors: Sequence[Selector]) -> None:
        self._recording, self._selectors = recording, selectors
        self._given: set[object] = set()
        self.quick = recording.has_results and not selectors
        self.found: list[AlarmPlace] = []
        self.upto = 0
        self.done = False
        self._steps = self._written() if self.quick else self._derived()

    def step(self) -> bool:
        """Look a little further; False at the end."""
        if not self.done and next(self._steps, None) is None:
            self.done, self.upto = True, len(self._recording)
        return not self.done

    def next_after(self, position: int) -> AlarmPlace | None:
        """The first behind a position, of those found."""
        place = bisect_right([one.position for one in self.found], position)
        return self.found[place] if place < len(self.found) else None

    def last_before(self, position: int) -> AlarmPlace | None:
        """The last before it."""
        place = bisect_left([one.position for one in self.found], position)
        return self.found[place - 1] if place else None

    def _take(self, position: int, time_s: float, advice: Iterable[Advice]) -> None:
        given = {_name(one): one for one in advice if one.severity != "note"}
        new = [one for name, one in given.items() if name not in self._given]
        if new:
            self.found.append(AlarmPlace(position, time_s, any(one.severity == "problem" for one in new)))
        self._given, self.upto = set(given), position + 1

    def _written(self) -> Iterator[int]:
        try:
            for part in self._recording.results():
                for place, advice in enumerate(part.advice):
                    position = part.first + place
                    known: set[object] = {_name(one) for one in advice if one.severity != "note"}
                    if known - self._given:
                        sample = self._recording.sample(position)
                        self._take(position, sample.time.timestamp() if sample else 0.0, advice)
                    self._given, self.upto = known, position + 1
                yield self.upto
        except DamagedError:
            self.found, self.upto, self._given = [], 0, set()
            yield from self._derived()

    def _derived(self) -> Iterator[int]:
        model = Model(self._selectors)
        for position, sample in self._recording.samples(0, len(self._recording)):
            self._take(position, sample.time.timestamp(), model.advance(sample).advice)
            yield self.upto


def _name(advice: Advice) -> tuple[object, ...]:
    """What makes it the same alarm as in the sample before."""
    return advice.rule, advice.association, advice.peer, advice.address, advice.part
