"""The dashboard on the running kernel: the picture can be held while collection goes on, and what is seen be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType

from sctptop.interval import INTERVAL_MAX_S
from sctptop.options import Options
from sctptop.quantity import counted, short
from sctptop.recording.file_format import RecordingError
from sctptop.recording.recorder import Recorder
from sctptop.source import Source
from sctptop.tui.app import SctptopApp
from sctptop.tui.dashboard import Picture
from sctptop.tui.feeds.collector import Collector
from sctptop.tui.feeds.pace import longer, shorter
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.keys import LIVE_KEYS
from sctptop.tui.words.headline import interval_text


class LiveApp(SctptopApp):
    """Draws what the collector reads."""

    KEYS = LIVE_KEYS
    BINDINGS: ClassVar[list[BindingType]] = list(LIVE_KEYS)

    def __init__(self, source: Source, options: Options, recorder: Recorder | None = None) -> None:
        """``recorder`` is shown each sample by the source; without one nothing can be recorded."""
        super().__init__(options)
        self._interval_s = options.interval_s
        self._held: Reading | None = None
        self._recorder = recorder
        self.feed: Collector = Collector(
            source,
            options.selectors,
            options.interval_s,
            options.count,
            self._receive,
            self._insists,
            options.limits,
        )

    @property
    def reading(self) -> Reading | None:
        """The newest, or that of the pause."""
        return self._held or self.newest

    @property
    def paused(self) -> bool:
        """Whether the picture stands still."""
        return self._held is not None

    @property
    def interval_s(self) -> float:
        """The interval asked for."""
        return self._interval_s

    @property
    def _period_s(self) -> float:
        return self._interval_s

    def _insists(self) -> bool:
        """A recording is to have the interval that was asked for, as long as that is possible."""
        recorded = self._recorder is not None and self._recorder.status.on
        return self._options.fixed_interval or recorded

    def action_pause(self) -> None:
        """Hold the picture, or catch up."""
        self._held = None if self._held else (self.newest.frozen() if self.newest else None)
        self._draw()

    def action_reset(self) -> None:
        """Count from now."""
        self._count_from("deltas count from now" + (", seen when the pause ends" if self._held else ""))

    def action_slower(self) -> None:
        """The next longer interval."""
        self._pace(longer(self._interval_s))

    def action_faster(self) -> None:
        """The next shorter interval."""
        self._pace(shorter(self._interval_s))

    def _pace(self, interval_s: float) -> None:
        if interval_s == self._interval_s:
            edge = "longest" if interval_s >= INTERVAL_MAX_S else "shortest"
            self._say(f"{interval_text(interval_s)} is the {edge} interval")
            return
        self._interval_s = interval_s
        self._picked.add("period")
        self.feed.set_interval(interval_s)
        self._say(f"a reading every {interval_text(interval_s)}")

    def action_record(self) -> None:
        """Begin a recording, or end the one that runs."""
        if self._recorder is None:
            self._say("nothing can be recorded here")
            return
        if self._recorder.status.on:
            kept = self._recorder.stop()
            self._say(f"{counted(kept.samples, 'sample')}, {short(kept.size)}B kept in {kept.path}")
            return
        host = self.newest.snapshot.sample.host if self.newest and self.newest.snapshot else "host"
        name = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in host)
        path = Path(f"sctptop-{name}-{datetime.now():%Y%m%d-%H%M%S}.sctp")
        try:
            self._recorder.start(path)
        except RecordingError as error:
            self._say(str(error))
            return
        # The first sample is kept at once, however long the interval.
        self.feed.read_now()
        self._say(f"recording to {path}")

    def _picture(self) -> Picture:
        picture = replace(super()._picture(), held=self._within(self._held), interval_s=self._interval_s)
        return replace(picture, recording=self._recorder.status) if self._recorder else picture
