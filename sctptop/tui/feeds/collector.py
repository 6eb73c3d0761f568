"""The one thread that owns the source and the model: it reads, derives, and posts what came out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from sctptop.model.selection import Selector
from sctptop.model.thresholds import USUAL, Thresholds
from sctptop.source import Source
from sctptop.tui.feeds.derivation import Derivation
from sctptop.tui.feeds.feed_thread import FeedThread
from sctptop.tui.feeds.pace import Pace
from sctptop.tui.feeds.reading import Reading


class Collector(FeedThread):
    """Reads at a steady pace, as far as readings leave room for it, until stopped.

    All public methods may be called from any thread.
    """

    def __init__(
        self,
        source: Source,
        selectors: Sequence[Selector],
        interval_s: float,
        count: int | None,
        publish: Callable[[Reading], object],
        insists: Callable[[], bool] = lambda: False,
        limits: Thresholds = USUAL,
    ) -> None:
        """``insists``: whether the interval is kept however long readings take."""
        super().__init__("collector", source.close)
        self._source = source
        self._pace = Pace(interval_s)
        self._insists = insists
        self._count = count
        self._publish = publish
        self._derived = Derivation(selectors, interval_s, limits)
        self._reset_wanted = self._undo_wanted = False
        self._read_wanted = False
        self._pace_changed = False

    def set_interval(self, interval_s: float) -> None:
        """Read every ``interval_s`` from now on; a reading already due sooner is not put off."""
        with self._wake:
            self._pace.ask(interval_s)
            self._pace_changed = True
            self._wake.notify()

    def reset(self) -> None:
        """Read now and begin all deltas anew at that reading."""
        with self._wake:
            self._reset_wanted = True
            self._wake.notify()

    def undo_reset(self) -> None:
        """Read now and count on from before the last reset."""
        with self._wake:
            # One that was not carried out yet is undone by that.
            self._reset_wanted, self._undo_wanted = False, not self._reset_wanted
            self._read_wanted = True
            self._wake.notify()

    def read_now(self) -> None:
        """Take a reading out of turn."""
        with self._wake:
            self._read_wanted = True
            self._wake.notify()

    def _work(self) -> None:
        due = time.monotonic()
        taken = 0
        while True:
            on_time, reset = self._wait(due)
            if self._stopping:
                return
            started = time.monotonic()
            succeeded = self._take(reset, on_time)
            taken += succeeded
            if self._count is not None and taken >= self._count:
                self._publish_last()
                return
            due = self._next_due(due if on_time else started)

    def _wait(self, due: float) -> tuple[bool, bool]:
        """Sleep until the next reading; returns whether it is one of the schedule, and whether to reset."""
        steady = True
        with self._wake:
            while not (self._stopping or self._reset_wanted or self._read_wanted):
                if self._pace_changed:
                    self._pace_changed = False
                    due = min(due, time.monotonic() + self._pace.period_s)
                    steady = False
                left = due - time.monotonic()
                if left <= 0:
                    return steady, False
                self._wake.wait(left)
            reset, self._reset_wanted, self._read_wanted = self._reset_wanted, False, False
            return False, reset

    def _next_due(self, due: float) -> float:
        """The next point of the schedule; those missed by a slow reading are left out."""
        interval_s = self._pace.period_s
        late = time.monotonic() - due
        return due + interval_s * max(1, int(late / interval_s) + 1)

    def _take(self, reset: bool, on_time: bool) -> bool:
        asked_s, period_s = self._pace.asked_s, self._pace.period_s
        begun = time.monotonic()
        try:
            sample = self._source.read()
            real_s = sample.interval_s
            slow = on_time and real_s is not None and real_s > period_s * 1.1
            reading = self._derived.take(sample, asked_s, real_s if slow else None)
            with self._wake:
                self._pace.took(time.monotonic() - begun, insist=self._insists())
            if self._pace.period_s > asked_s:
                reading = self._derived.lengthened(self._pace.period_s)
            if reset:
                reading = self._derived.reset()
            with self._wake:
                undo, self._undo_wanted = self._undo_wanted, False
            if undo:
                reading = self._derived.undo_reset()
        except Exception as error:
            self._publish(self._derived.failed(error, asked_s))
            return False
        self._publish(reading)
        return True

    def _publish_last(self) -> None:
        self._publish(replace(self._derived.last, last=True))
