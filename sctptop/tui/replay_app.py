"""The dashboard on a recording."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from sctptop.options import Options
from sctptop.recording.moment import MomentError, moment_s
from sctptop.recording.reader import Recording
from sctptop.tui.app import SctptopApp
from sctptop.tui.feeds.player import SPEEDS, Player
from sctptop.tui.keys import REPLAY_KEYS
from sctptop.tui.screens.go_to import GoToScreen

JUMPS_S = (10.0, 60.0, 600.0)
"""How far [ and ] go: the longest that is at most a fiftieth of the recording, or the shortest."""


class ReplayApp(SctptopApp):
    """Draws what the player plays."""

    KEYS = REPLAY_KEYS
    BINDINGS: ClassVar[list[BindingType]] = list(REPLAY_KEYS)

    def __init__(self, recording: Recording, options: Options, start: int = 0) -> None:
        super().__init__(options)
        self._speed = options.speed
        self._first_s, self._last_s = recording.first_s, recording.last_s
        self.feed: Player = Player(
            recording, options.selectors, options.count, self._receive, start, options.limits, options.speed
        )

    @property
    def paused(self) -> bool:
        """Whether the picture stands still."""
        playback = self.newest.playback if self.newest else None
        return playback is not None and not playback.playing

    def action_pause(self) -> None:
        """Stand still, or play on."""
        self.feed.play_or_pause()

    def action_reset(self) -> None:
        """Count from here."""
        self._count_from("deltas count from this sample")

    def action_faster(self) -> None:
        """The next higher speed."""
        self._play_at(next((speed for speed in SPEEDS if speed > self._speed), self._speed))

    def action_slower(self) -> None:
        """The next lower speed."""
        self._play_at(next((speed for speed in SPEEDS[::-1] if speed < self._speed), self._speed))

    def _play_at(self, speed: float) -> None:
        if speed == self._speed:
            edge = "highest" if speed >= SPEEDS[-1] else "lowest"
            self._say(f"{speed:g}× is the {edge} speed")
            return
        self._speed = speed
        self.feed.set_speed(speed)
        self._say(f"plays at {speed:g}×" + (" once p plays on" if self.paused else ""))

    def action_step(self, samples: int) -> None:
        """One sample on or back."""
        self.feed.step(samples)

    def action_seek(self, direction: int) -> None:
        """A jump on or back."""
        most = (self._last_s - self._first_s) / 50
        self.feed.seek(direction * max((jump for jump in JUMPS_S if jump <= most), default=JUMPS_S[0]))

    def action_edge(self, last: int) -> None:
        """The beginning or the end."""
        self.feed.edge(bool(last))

    def action_alarm(self, direction: int) -> None:
        """Where the next alarm was raised, or the one before."""
        self.feed.to_alarm(direction)

    def action_go_to(self) -> None:
        """Ask for a time."""
        self.push_screen(GoToScreen(self._refused), self._go_to)

    def _unsaved(self, why: str) -> str:
        if "ermission" in why:
            return "a replay may write no file: C copies; sctptop replay FILE --save-in . saves"
        return why

    def _refused(self, text: str) -> str:
        try:
            moment_s(text, self._first_s, self._last_s)
        except MomentError as error:
            return str(error)
        return ""

    def _go_to(self, text: str | None) -> None:
        if text:
            self.feed.go_to(moment_s(text, self._first_s, self._last_s))
