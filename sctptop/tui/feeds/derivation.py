"""From samples to what the screen is handed: the model, and the clock and path changes beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from sctptop.model.associations.history import WINDOW
from sctptop.model.associations.path_changes import PathChanges
from sctptop.model.lives.lives import Lives
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.model.selection import Selector
from sctptop.model.thresholds import USUAL, Thresholds
from sctptop.terminal_text import printable
from sctptop.tui.feeds.reading import Reading


class Derivation:
    """Takes samples one after the other. Used by one thread."""

    def __init__(self, selectors: Sequence[Selector], asked_s: float, limits: Thresholds = USUAL) -> None:
        self._model = Model(selectors, limits=limits)
        self._changes = PathChanges()
        self._lives = Lives()
        self._clock: deque[float] = deque(maxlen=WINDOW)
        self._times: deque[float] = deque(maxlen=WINDOW)
        self.last = Reading(None, asked_s)

    def take(
        self, sample: Sample, asked_s: float, slow_s: float | None = None, *, shown: bool = True
    ) -> Reading:
        """The reading after this sample. ``slow_s``: see Reading; ``shown``: see Model.advance."""
        snapshot = self._model.advance(sample, shown=shown)
        first = not self._clock
        changes = self._changes.advance(snapshot.rows, snapshot.now_s)
        self._clock.append(snapshot.now_s)
        self._times.append(sample.time.timestamp())
        self.last = Reading(
            snapshot,
            asked_s,
            slow_s=slow_s,
            clock=tuple(self._clock),
            times=tuple(self._times),
            lives=self._lives.advance(snapshot.rows, changes, sample.time.timestamp(), first),
            path_changes=changes,
        )
        return self.last

    def lengthened(self, period_s: float) -> Reading:
        """The last reading; the period is longer than asked from now on."""
        self.last = replace(self.last, period_s=period_s)
        return self.last

    def reset(self) -> Reading:
        """Begin all deltas anew at the last sample."""
        if self.last.snapshot is not None:
            self._model.reset()
            self.last = replace(self.last, snapshot=self._model.snapshot())
        return self.last

    def undo_reset(self) -> Reading:
        """Count on from before the last reset."""
        if self.last.snapshot is not None:
            self._model.undo_reset()
            self.last = replace(self.last, snapshot=self._model.snapshot())
        return self.last

    def failed(self, error: Exception, asked_s: float) -> Reading:
        """The last picture, with why there is no newer one."""
        told = printable(f"{type(error).__name__}: {error}")
        self.last = replace(self.last, asked_s=asked_s, slow_s=None, error=told)
        return self.last
