"""Plays a recording: the one thread that reads it and derives from it, at the pace it was recorded in or another."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from sctptop.model.associations.history import WINDOW
from sctptop.model.sample import Sample
from sctptop.model.selection import Selector
from sctptop.model.thresholds import USUAL, Thresholds
from sctptop.recording.reader import Recording
from sctptop.tui.feeds.alarm_places import AlarmPlaces
from sctptop.tui.feeds.derivation import Derivation
from sctptop.tui.feeds.feed_thread import FeedThread
from sctptop.tui.feeds.reading import Playback, Reading

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 600.0)
QUICK = 20
"""Samples before a jump's target that are read before it is shown; the rest of the window follows behind it."""
QUICK_ROWS, QUICK_EVENTS = 4000, 5000
"""Fewer of them where they have more associations together, each of which takes some 100 µs, or events, of 100 µs."""
CATCH_UP_S = 1.0
LONGEST_GAP = 10.0
"""In intervals: a longer hole, as when the recorder's host slept, is skipped."""


class Player(FeedThread):
    """Starts at a position and plays on. All public methods may be called from any thread, and return at once."""

    def __init__(
        self,
        recording: Recording,
        selectors: Sequence[Selector],
        count: int | None,
        publish: Callable[[Reading], object],
        start: int = 0,
        limits: Thresholds = USUAL,
        speed: float = 1.0,
    ) -> None:
        super().__init__("player", recording.close)
        self._recording = recording
        self._selectors, self._limits = selectors, limits
        self._count = count
        self._publish = publish
        self._derived = Derivation(selectors, 0.0, limits)
        self._behind: Iterator[bool] | None = None
        self._position = start
        self._playing = True
        self._ended = False
        self._speed = speed
        self._shown = 0
        self._due: float | None = None
        self._alarms = AlarmPlaces(recording, selectors)
        self._sought = 0
        """1 while the next alarm is looked for, -1 for the one before."""
        self._word = ""
        self._orders: deque[Callable[[], object]] = deque([partial(self._jump, start)])

    # What keys ask for.

    def reset(self) -> None:
        """Begin all deltas anew at the sample shown."""
        self._order(self._reset)

    def undo_reset(self) -> None:
        """Count on from before the last reset, unless a jump forgot it."""
        self._order(self._undo_reset)

    def read_now(self) -> None:
        """Show the same once more."""
        self._order(self._show)

    def play_or_pause(self) -> None:
        """Stand still, or go on; from the end, play all of it again."""
        self._order(self._toggle)

    def step(self, samples: int) -> None:
        """Stand still so many samples further on, or back."""
        self._order(partial(self._step, samples))

    def seek(self, seconds: float) -> None:
        """Jump so far on, or back."""
        self._order(partial(self._seek, seconds))

    def edge(self, last: bool) -> None:
        """Jump to the end, or to the beginning."""
        self._order(partial(self._jump, len(self._recording) - 1 if last else 0, back=last))

    def go_to(self, at_s: float) -> None:
        """Jump to a time, seconds since 1970."""
        self._order(lambda: self._jump(self._recording.position_at(at_s)))

    def to_alarm(self, direction: int) -> None:
        """Stand still where the next alarm is raised (1), or the one before (-1)."""
        self._order(partial(self._seek_alarm, direction))

    def set_speed(self, speed: float) -> None:
        """Play that many times as fast as it was recorded."""
        self._order(partial(self._pace, speed))

    def _order(self, order: Callable[[], object]) -> None:
        self._word, self._sought = "", 0
        with self._wake:
            self._orders.append(order)
            self._wake.notify()

    # The thread.

    def _work(self) -> None:
        while not self._stopping:
            try:
                self._turn()
            except Exception as error:
                self._playing, self._due, self._behind = False, None, None
                self._publish(self._told(self._derived.failed(error, 0.0)))

    def _turn(self) -> None:
        """One order, one sample that is due, or one more behind the picture; else wait for any of them."""
        with self._wake:
            if not self._orders and not self._stopping and self._behind is None and not self._looks:
                self._wake.wait(None if self._due is None else max(0.0, self._due - time.monotonic()))
            order = self._orders.popleft() if self._orders else None
        if self._stopping:
            return
        if order is not None:
            order()
        elif self._due is not None and time.monotonic() >= self._due:
            self._advance()
        elif self._behind is not None:
            if next(self._behind, True):
                self._behind = None
        elif self._looks:
            self._look()

    @property
    def _looks(self) -> bool:
        """Whether there is an alarm to look for: unasked only where they stand in the file."""
        return not self._alarms.done and (self._alarms.quick or self._sought != 0)

    def _seek_alarm(self, direction: int) -> None:
        self._sought = direction
        self._playing, self._due = False, None
        self._look()

    def _look(self) -> None:
        """A little further; go to what is looked for once it is known."""
        alarms, upto = self._alarms, self._alarms.upto
        going = alarms.step()
        if not self._sought:
            if not going:
                self._publish(self._told(self._derived.last))
            return
        ahead = self._sought > 0
        found = alarms.next_after(self._position) if ahead else alarms.last_before(self._position)
        if found is not None and (ahead or alarms.upto >= self._position):
            self._sought, self._word = 0, ""
            self._jump(found.position)
        elif not going or (not ahead and alarms.upto >= self._position):
            self._sought = 0
            self._word = "no alarm from here on" if ahead else "no alarm before this"
            self._show()
        elif alarms.upto * 100 // len(self._recording) != upto * 100 // len(self._recording):
            self._word = f"looking for alarms {alarms.upto * 100 // len(self._recording)} %"
            self._publish(self._told(self._derived.last))

    def _advance(self) -> None:
        found = self._recording.following(self._position)
        if found is not None:
            self._position, sample = found
            self._derived.take(sample, sample.interval_s or 0.0)
            self._shown += 1
        self._show(self._due)

    def _jump(self, position: int, *, back: bool = False) -> None:
        """Show the sample at a position, or the next that can be read; with ``back`` the one before it.

        It is derived with a few before it; where those are not all, the window follows, and advice on it.
        """
        self._position, near = self._near(min(max(position, 0), len(self._recording) - 1), back)
        self._derived = Derivation(self._selectors, 0.0, self._limits)
        first = near[0][0]
        for place, sample in near:
            self._derived.take(sample, sample.interval_s or 0.0, shown=not first or place == self._position)
        self._behind = self._fill() if first else None
        self._shown = max(self._shown, 1)
        self._ended = self._position + 1 == len(self._recording)
        # What follows may be in a block that is yet to be unpacked: it is not waited for.
        self._publish(self._told(self._derived.last))
        self._show()

    def _near(self, position: int, back: bool) -> tuple[int, list[tuple[int, Sample]]]:
        """The position to show, and the samples up to it, read in their order: those before would be read once more."""
        if not (found := self._before(position)) or found[-1][0] != position:
            position = self._readable(position, back)
            found = self._before(position)
        return position, found

    def _before(self, position: int) -> list[tuple[int, Sample]]:
        rows, events = (of(position) or 1 for of in (self._recording.most_at, self._recording.events_at))
        quick = max(1, min(QUICK, QUICK_ROWS // rows, QUICK_EVENTS // events))
        return list(self._recording.samples(position - quick, position + 1))

    def _readable(self, position: int, back: bool) -> int:
        before = self._recording.preceding(position)
        behind = self._recording.following(position - 1)
        places = [before, behind[0] if behind is not None else None]
        place = next((one for one in (places if back else places[::-1]) if one is not None), None)
        if place is None:
            raise ValueError("no sample of this recording can be read")
        return place

    def _fill(self) -> Iterator[bool]:
        """Derive the picture anew with all the window before it, a sample a turn; true when it is shown."""
        derived = Derivation(self._selectors, 0.0, self._limits)
        position = max(self._position - WINDOW, 0) - 1
        while position < self._position and (found := self._recording.following(position)) is not None:
            position, sample = found
            first = derived.last.snapshot is None
            derived.take(replace(sample, interval_s=None) if first else sample, sample.interval_s or 0.0)
            yield False
        self._derived = derived
        self._publish(self._told(derived.last))
        yield True

    def _show(self, due: float | None = None) -> None:
        """Publish the picture and schedule the next; ``due`` is when this one was due."""
        following = self._recording.following(self._position)
        self._ended = following is None
        self._playing = self._playing and following is not None
        self._publish(self._told(self._derived.last))
        self._due = None
        if self._playing and following is not None:
            now = time.monotonic()
            # What is late catches up, but for the time the machine stood still.
            since = due if due is not None and now - due < CATCH_UP_S else now
            self._due = since + self._gap_s(following[1]) / self._speed

    def _gap_s(self, sample: Sample) -> float:
        usual = self._derived.last.asked_s or 1.0
        gap = sample.interval_s if sample.interval_s is not None else usual
        return gap if gap <= LONGEST_GAP * usual else usual

    def _told(self, reading: Reading) -> Reading:
        recording = self._recording
        return replace(
            reading,
            last=self._count is not None and self._shown >= self._count,
            playback=Playback(
                playing=self._playing,
                speed=self._speed,
                position=self._position,
                count=len(recording),
                # The clock may have been set back meanwhile.
                at_s=max(0.0, self._at_s() - recording.first_s),
                length_s=max(0.0, recording.last_s - recording.first_s),
                ended=self._ended,
                damaged=recording.damaged,
                word=self._word,
                first_s=recording.first_s,
                alarms=tuple(self._alarms.found),
            ),
        )

    def _at_s(self) -> float:
        snapshot = self._derived.last.snapshot
        return snapshot.sample.time.timestamp() if snapshot else self._recording.first_s

    def _reset(self) -> None:
        self._behind = None
        self._derived.reset()
        self._show()

    def _undo_reset(self) -> None:
        self._derived.undo_reset()
        self._show()

    def _toggle(self) -> None:
        self._playing = not self._playing
        if self._playing and self._ended:
            self._jump(0)
        else:
            self._show()

    def _step(self, samples: int) -> None:
        self._playing = False
        if samples == 1:
            self._advance()
        else:
            self._jump(self._position + samples, back=samples < 0)

    def _seek(self, seconds: float) -> None:
        self._jump(self._recording.position_at(self._at_s() + seconds), back=seconds < 0)

    def _pace(self, speed: float) -> None:
        self._speed = speed
        self._show()
