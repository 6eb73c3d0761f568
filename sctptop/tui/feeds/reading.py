"""What the collector hands to the screen each tick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from textual.message import Message

from sctptop.model.associations.path_changes import PathChange, PathKey
from sctptop.model.lives.lives import Lived
from sctptop.model.snapshot import Snapshot
from sctptop.tui.feeds.alarm_places import AlarmPlace


@dataclass(frozen=True, slots=True)
class Playback:
    """Where in a recording the picture is: sample ``position`` of ``count``, ``at_s`` of ``length_s`` after the start.

    ``ended``: no sample follows; ``damaged`` how many blocks could not be read so far.
    ``word`` tells of what is looked for; ``alarms`` are those known so far. ``first_s``: when it began, since 1970.
    """

    playing: bool
    speed: float
    position: int
    count: int
    at_s: float
    length_s: float
    ended: bool = False
    damaged: int = 0
    word: str = ""
    first_s: float = 0.0
    alarms: tuple[AlarmPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The newest snapshot and how it came about. Nothing in it changes.

    ``snapshot`` is None until a first sample could be read; ``error`` is why the last attempt failed.
    ``period_s`` is the period where readings take so long that it is longer than asked, None where it is not;
    ``slow_s`` is the real interval where it is over a tenth longer than that. ``clock`` holds
    the seconds since the start of each tick kept, newest last, ``times`` when each was, in seconds since 1970.
    ``lives``: see Lives. ``last``: no other will follow. ``playback`` is there when a recording is shown.
    """

    snapshot: Snapshot | None
    asked_s: float
    period_s: float | None = None
    slow_s: float | None = None
    error: str | None = None
    clock: tuple[float, ...] = ()
    times: tuple[float, ...] = ()
    lives: tuple[Lived, ...] = ()
    path_changes: Mapping[PathKey, PathChange] = field(default_factory=dict)
    last: bool = False
    playback: Playback | None = None

    @property
    def now_s(self) -> float:
        """Seconds since the first sample."""
        return self.clock[-1] if self.clock else 0.0

    def span_s(self, ticks: int) -> float:
        """How long ago the oldest of the last ``ticks`` readings was."""
        if not self.clock or ticks < 1:
            return 0.0
        return self.now_s - self.clock[max(len(self.clock) - ticks, 0)]

    def frozen(self) -> Reading:
        """The same with a picture that no later sample changes."""
        return replace(self, snapshot=self.snapshot.frozen() if self.snapshot else None)

    def within(self, netns: int | None) -> Reading:
        """The same of one network namespace; of all for None."""
        if netns is None or self.snapshot is None:
            return self
        lives = tuple(one for one in self.lives if one.row.association.netns == netns)
        return replace(self, snapshot=self.snapshot.within(netns), lives=lives)


class Arrived(Message):
    """A newer reading; it replaces those not yet drawn, so that a slow terminal has no backlog."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading

    def can_replace(self, message: Message) -> bool:
        """Any older one."""
        return isinstance(message, Arrived)
