"""Turns samples into snapshots: what changed, what happened, and what it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sctptop.model.advice.adviser import Adviser
from sctptop.model.advice.alarms import Alarm, Alarms
from sctptop.model.advice.given import Advice
from sctptop.model.associations.both_ends import listening_sockets
from sctptop.model.associations.counters import CounterBook
from sctptop.model.associations.events.event_log import EventLog, Logged
from sctptop.model.associations.events.missed_events import Missed
from sctptop.model.associations.row import Row
from sctptop.model.associations.rows import Rows
from sctptop.model.peers.book import Peers
from sctptop.model.peers.connects import Connects, Storm
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.summary import registration_series
from sctptop.model.registrations.tracker import Registrations
from sctptop.model.sample import Sample
from sctptop.model.selection import Selector
from sctptop.model.snapshot import Snapshot, totals_of
from sctptop.model.thresholds import USUAL, Thresholds
from sctptop.model.troubles import Troubles


@dataclass(frozen=True, slots=True)
class _Counted:
    lost: int
    left_out: Counter[str]
    no_room: Counter[str]
    missed: int
    since_reset_s: float | None


class Model:
    """Turns samples, one after the other, into snapshots. Pure but for what it remembers."""

    def __init__(
        self, selectors: Sequence[Selector] = (), running: bool = True, limits: Thresholds = USUAL
    ) -> None:
        """``running``: registrations under way are in each snapshot; a summary needs those alone that ended."""
        self._rows = Rows(selectors)
        self._books: dict[int, CounterBook] = {}
        self._log = EventLog()
        self._events: tuple[Logged, ...] = ()
        self._lost = 0
        self._left_out: Mapping[str, int] = {}
        self._check = Missed()
        self._missed = self._missed_before = 0
        self._no_room: Counter[str] = Counter()
        self._registrations = Registrations(self._rows.place_of, running)
        self._peers, self._connects = Peers(), Connects()
        self._storms: tuple[Storm, ...] = ()
        self._adviser = Adviser(limits)
        self._advice: tuple[Advice, ...] = ()
        self._troubles = Troubles()
        self._alarms = Alarms(limits)
        self._alarmed: tuple[Alarm, ...] = ()
        self._sample: Sample | None = None
        self._since_reset_s: float | None = None
        self._before: _Counted | None = None
        """What was counted before the last reset, as long as that can be undone."""

    def advance(self, sample: Sample, *, shown: bool = True) -> Snapshot:
        """Update with the next sample; returns the snapshot of it, without new advice unless it is to be ``shown``."""
        gained = {
            netns: self._books.setdefault(netns, CounterBook()).advance(values, sample.interval_s)
            for netns, values in sample.counters.items()
        }
        read = {entry.netns for entry in sample.namespaces}
        for netns in self._books.keys() - sample.counters.keys():
            if read and netns not in read:
                del self._books[netns]
            else:
                self._books[netns].advance({}, sample.interval_s)
        self._rows.advance(sample, gained)
        self._events = self._log.advance(self._rows.events, self._rows.tick)
        self._lost += sample.events_lost
        self._no_room = self._no_room + Counter(sample.no_room) if sample.no_room else self._no_room
        if sample.events_left_out:
            self._left_out = Counter(self._left_out) + Counter(sample.events_left_out)
        self._missed = self._missed_before + self._check.advance(sample)
        whole = sample.probes.ok and not sample.events_lost and "ngap" not in sample.events_left_out
        registered = self._registrations.advance(self._rows.events, sample.interval_s, whole)
        self._rows.history.record(self._rows.tick, registration_series(registered))
        if sample.probes.ok:
            listening = listening_sockets(sample.endpoints) if self._rows.born else ()
            events = [event for _, event in self._rows.events]
            now = (self._rows.now_s, sample.time)
            self._peers.advance(events, self._rows.born, self._rows.gone, listening, *now)
            self._storms = self._connects.advance(
                self._peers.begun, self._rows.now_s, sample.interval_s or 0.0
            )
        self._sample = sample
        if self._since_reset_s is not None:
            self._since_reset_s += sample.interval_s or 0.0
        snapshot = self._picture()
        self._advice = self._adviser.advance(snapshot, asked=shown)
        self._alarmed = self._alarms.advance(self._advice, self._rows.association_of, sample.time)
        return replace(snapshot, rows=self._troubled(snapshot), advice=self._advice, alarms=self._alarmed)

    def reset(self) -> None:
        """Begin all deltas and distributions anew at the last sample. The kernel is untouched."""
        for book in self._books.values():
            book.reset()
        self._rows.reset()
        self._registrations.reset()
        self._peers.reset()
        self._before = _Counted(
            self._lost, Counter(self._left_out), self._no_room, self._missed, self._since_reset_s
        )
        self._lost, self._left_out, self._no_room = 0, {}, Counter()
        self._missed = self._missed_before = 0
        self._check.reset()
        self._alarms.reset()
        self._since_reset_s = 0.0

    def undo_reset(self) -> None:
        """Count on from before the last reset, with what came since; nothing where there was none."""
        before, self._before = self._before, None
        if before is None:
            return
        for book in self._books.values():
            book.undo_reset()
        self._rows.undo_reset()
        self._registrations.undo_reset()
        self._peers.undo_reset()
        self._alarmed = self._alarms.undo_reset()
        self._lost += before.lost
        self._left_out = before.left_out + Counter(self._left_out)
        self._no_room = before.no_room + self._no_room
        self._missed_before += before.missed
        self._missed += before.missed
        since_s = self._since_reset_s or 0.0
        self._since_reset_s = None if before.since_reset_s is None else before.since_reset_s + since_s

    def rest(self) -> tuple[Registration, ...]:
        """Registrations that ended and were not told yet; for when there are no more samples."""
        return self._registrations.rest()

    def snapshot(self) -> Snapshot:
        """The picture after the last sample. Raises ValueError before the first."""
        picture = self._picture()
        return replace(picture, rows=self._troubled(picture))

    def _troubled(self, picture: Snapshot) -> tuple[Row, ...]:
        return self._troubles.advance(picture.rows, self._advice, picture.peers, picture.now_s)

    def _picture(self) -> Snapshot:
        if self._sample is None:
            raise ValueError("no sample yet")
        rows = self._rows.rows()
        counters = {netns: book.rows() for netns, book in self._books.items()}
        return Snapshot(
            sample=self._sample,
            rows=rows,
            totals=totals_of(rows, counters),
            counters=counters,
            hidden=self._rows.hidden,
            tick=self._rows.tick,
            reset_s=self._since_reset_s,
            reset_undoable=self._before is not None,
            past=self._rows.history,
            events=self._events,
            happened=self._rows.events,
            events_lost=self._lost,
            events_left_out=self._left_out,
            events_missed=self._missed,
            no_room=self._no_room,
            now_s=self._rows.now_s,
            registrations=self._registrations.now,
            peers=self._peers.now,
            storms=self._storms,
            advice=self._advice,
            alarms=self._alarmed,
        )
