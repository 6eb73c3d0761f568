"""What is remembered of an association in which something may be wrong: the evidence of the last half to whole minute.

Most associations never give cause and are not remembered at all, so that thousands of them cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from sctptop.model.advice.expiries import Expiries
from sctptop.model.advice.lasting import Lasting
from sctptop.model.advice.signs import (
    SLOW_READ_MS,
    dead,
    slow_limit_ms,
    stall_limits_ms,
    window_bound,
    window_narrow,
    works,
)
from sctptop.model.associations.history import WINDOW as TICKS_KEPT
from sctptop.model.associations.history import History
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.event import Event
from sctptop.model.thresholds import USUAL, Thresholds

GENERATION_S = 30.0
"""Evidence is counted in two generations of this length: what is seen reaches 30 to 60 s back.

Where readings are rare a generation has three of them.
"""
APART_S = 0.9
"""Readings are counted this far apart at least: however often one reads, a moment counts once."""
OF_LOSS = ("rtx", "rtx_readings", "t3", "fast", "gaps", "peer_dups")
MOST_BEHIND_S = 10.0
"""So long after the peer had no room at most, what it threw away is sent again: two RTOs, which T3 doubles."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What every association is looked at with: the clock, the interval and the history of the samples.

    ``sack_timeouts``: what SctpDelaySackExpireds gained in the interval, by namespace; ``damaged``: what
    SctpChecksumErrors did. ``monotonic_ns``: that of the sample.
    """

    now_s: float
    interval_s: float
    tick: int
    past: History
    probed: bool
    sack_timeouts: Mapping[int, float]
    damaged: Mapping[int, float] = field(default_factory=dict)
    monotonic_ns: int | None = None
    limits: Thresholds = USUAL

    @property
    def generation_s(self) -> float:
        """How long a generation of evidence lasts."""
        return max(GENERATION_S, 3 * self.interval_s)


@dataclass(slots=True)
class Generation:
    """What one generation saw. Times are in ms, the others are counts."""

    out_data: int = 0
    rtx: int = 0
    rtx_readings: int = 0
    t3: int = 0
    fast: int = 0
    gaps: int = 0
    held: int = 0
    stalled: int = 0
    stalled_readings: int = 0
    stalled_max_ms: float = 0.0
    read_readings: int = 0
    slow_readings: int = 0
    slow_reads: int = 0
    slow_max_ms: float = 0.0
    usual_read_ms: float | None = None
    peer_dups: int = 0
    damaged: int = 0
    own_drops: int = 0
    sacks: int = 0
    more_messages: int = 0
    abandoned_unsent: int = 0
    abandoned_sent: int = 0
    least_rto_ms: float | None = None
    losses: dict[str, int] = field(default_factory=dict)
    without_room: dict[str, int] = field(default_factory=dict)
    """What of the counts in OF_LOSS is of readings in which the peer had hardly any room, or just before."""


class Watch:
    """The evidence of one association, and since when what lasts has lasted."""

    def __init__(self, now_s: float) -> None:
        self.generations = (Generation(), Generation())
        self.lasting = Lasting()
        self._cause_s = now_s
        self._turned_s = now_s
        self._row: Row | None = None
        self._other: Row | None = None
        self.rests = False
        """Whether time alone makes no rule find something else."""
        self._slow_since: int | None = None
        self._usual_ms: float | None = None
        self._counted_s: dict[str, float] = {}
        self._dropped: int | None = None
        self._narrow_s: float | None = None
        self.expiries = Expiries()
        self._dead = False

    def over(self, moment: Moment) -> bool:
        """Whether all that was remembered is too old to matter."""
        return moment.now_s - self._cause_s > 2 * moment.generation_s and not self.lasting.downs

    def take(
        self, moment: Moment, row: Row, cause: bool, happened: Sequence[Event], other: Row | None
    ) -> bool:
        """Update with one interval; ``other`` is the other end where it is on this host too.

        Returns whether it is other evidence than before, and not only older.
        """
        if cause:
            self._cause_s = moment.now_s
        turns = moment.now_s - self._turned_s >= moment.generation_s
        # The same row tells that nothing was sent, came, or waited.
        moved = turns or bool(happened) or row is not self._row or other is not self._other
        if moved:
            self._row, self._other = row, other
            if turns:
                self.generations = (self.generations[1], Generation())
                self._turned_s = moment.now_s
            self._count(moment, row, happened, other)
        elif self.rests:
            return False
        else:
            self._without_room(moment, row)
            self.expiries.take(moment.now_s, moment.interval_s, row, ())
        counted = self._apart("queue", moment.now_s)
        self.lasting.take(moment.now_s, row, moment.probed, moment.interval_s, counted)
        narrow = self._narrow_s == moment.now_s
        # Medians of heartbeats change as old ones are forgotten, and what waits is looked at twice.
        timed = len(row.rtts) > 1 or bool(row.association.recv_queue)
        self.rests = not (timed or narrow or self.expiries or self.lasting.anything)
        return moved

    def _count(self, moment: Moment, row: Row, happened: Sequence[Event], other: Row | None) -> None:
        generation = self.generations[1]
        before = [getattr(generation, name) for name in OF_LOSS]
        self._transmissions(generation, moment, row, happened, other)
        if self._without_room(moment, row):
            for name, count in zip(OF_LOSS, before, strict=True):
                gained = getattr(generation, name) - count
                generation.without_room[name] = generation.without_room.get(name, 0) + gained
        self._waits(generation, moment, row, other)

    @property
    def lost(self) -> bool:
        """Whether anything was sent again, or waited until T3 expired."""
        return bool(self.sum("rtx") or self.sum("t3") or self.expiries)

    def sum(self, name: str) -> int:
        """A count of both generations."""
        value: int = getattr(self.generations[0], name) + getattr(self.generations[1], name)
        return value

    def sum_without_room(self, name: str) -> int:
        """What of a sum may be for want of room at the peer."""
        return sum(one.without_room.get(name, 0) for one in self.generations)

    def most(self, name: str) -> float:
        """The larger of both generations."""
        return float(max(getattr(self.generations[0], name), getattr(self.generations[1], name)))

    def least(self, name: str) -> float | None:
        """The smaller of both generations, where there is one."""
        known = [value for one in self.generations if (value := getattr(one, name)) is not None]
        return min(known) if known else None

    def losses(self) -> Mapping[str, int]:
        """Retransmissions by path, as far as probes saw them."""
        old, new = (one.losses for one in self.generations)
        return {address: old.get(address, 0) + new.get(address, 0) for address in {*old, *new}}

    def _apart(self, what: str, now_s: float) -> bool:
        """Whether this reading is to be counted: far enough from the one counted before."""
        if now_s - self._counted_s.get(what, -APART_S) < APART_S:
            return False
        self._counted_s[what] = now_s
        return True

    def _transmissions(
        self, generation: Generation, moment: Moment, row: Row, happened: Sequence[Event], other: Row | None
    ) -> None:
        interval_s = moment.interval_s
        gained = 0 if self._outage(row) else row.gained("rtx_chunks", interval_s)
        generation.out_data += row.gained("out_data_chunks", interval_s)
        generation.abandoned_unsent += row.gained("abandoned_unsent", interval_s)
        generation.abandoned_sent += row.gained("abandoned_sent", interval_s)
        # At first sight all of it counts, for so do the waits.
        first = row.rate("more_messages") is None
        more = row.association.more_messages if first else row.gained("more_messages", interval_s)
        generation.more_messages += more or 0
        generation.gaps += row.gained("gap_acks", interval_s)
        generation.rtx += gained
        generation.rtx_readings += gained > 0 and self._apart("rtx", moment.now_s)
        # Its own counter, where it is here; else what it tells in its SACKs.
        generation.peer_dups += (
            row.gained("peer_dups", interval_s)
            if other is None
            else other.gained("in_dup_chunks", interval_s)
        )
        if other is not None and gained:
            generation.damaged += round(moment.damaged.get(other.association.netns, 0.0))
        generation.own_drops += self._drops(row) if gained else 0
        if not moment.probed and row.rate("rtx_marked_chunks"):
            # Chunks outstanding at T3 expiries: so there was at least one.
            generation.t3 += 1
        rto = row.association.rto_ms
        if rto is not None and (generation.least_rto_ms is None or rto < generation.least_rto_ms):
            generation.least_rto_ms = rto
        self.expiries.take(moment.now_s, interval_s, row, happened)
        generation.sacks += row.gained("in_sacks", interval_s) if self.expiries else 0
        for event in happened:
            if event.kind == "t3_rtx":
                generation.t3 += 1
            elif event.kind == "retransmit" and event.text("reason") in ("FAST_RTX", "T3_RTX"):
                generation.fast += event.text("reason") == "FAST_RTX"
                address = event.address or ""
                generation.losses[address] = generation.losses.get(address, 0) + 1

    def _outage(self, row: Row) -> bool:
        """Whether a path does not work, or did not a reading ago: what is sent again for that is no loss."""
        before, self._dead = self._dead, any(dead(path.state, path.errors) for path in row.association.paths)
        return before or self._dead

    def _without_room(self, moment: Moment, row: Row) -> bool:
        """Whether the peer had no room for what was sent, or a moment ago."""
        if window_narrow(row.association, self.lasting.most_window):
            self._narrow_s = moment.now_s
        if self._narrow_s is None:
            return False
        behind_s = min(2 * (row.association.rto_ms or 0) / 1000, MOST_BEHIND_S)
        return moment.now_s - self._narrow_s <= max(behind_s, 1.5 * moment.interval_s)

    def _drops(self, row: Row) -> int:
        """What the interface of the primary path dropped since the last look at it."""
        way = row.association.primary_way
        dropped = way.tx_dropped if way is not None else None
        before, self._dropped = self._dropped, dropped
        return max(dropped - before, 0) if dropped is not None and before is not None else 0

    def _waits(self, generation: Generation, moment: Moment, row: Row, other: Row | None) -> None:
        held, read = row.held.now, row.read_wait.now
        if held.n:
            generation.held += held.n
            least_ms, most_ms = stall_limits_ms(other)
            stalled = [
                (middle, times)
                for middle, times in row.association.held_bins
                if least_ms and least_ms <= middle / 1e6 <= most_ms
            ]
            # What has no way is held by that and not by Nagle.
            if stalled and not window_bound(row.association) and works(row):
                generation.stalled += sum(times for _, times in stalled)
                generation.stalled_readings += self._apart("stalled", moment.now_s)
                longest_ms = max(middle for middle, _ in stalled) / 1e6
                generation.stalled_max_ms = max(generation.stalled_max_ms, longest_ms)
        if read.n:
            counted = self._apart("read", moment.now_s)
            generation.read_readings += counted
            now_ms = row.read_wait.now_ms or 0.0
            if now_ms < SLOW_READ_MS:
                self._slow_since = None
                return
            if self._slow_since is None:
                # What was usual before it became slow: asked once, for the history is long.
                self._slow_since = moment.tick
                self._usual_ms = usual_read_ms(moment, row.key, moment.tick)
            usual = self._usual_ms
            if now_ms >= slow_limit_ms(usual):
                generation.slow_readings += counted
                generation.slow_reads += read.n
                generation.slow_max_ms = max(generation.slow_max_ms, now_ms)
                generation.usual_read_ms = usual


def usual_read_ms(moment: Moment, key: Key, before_tick: int) -> float | None:
    """The median wait to be read of the intervals before a tick, None if there are fewer than five."""
    series = moment.past.read(key, "read_wait_ms", before_tick - 1, TICKS_KEPT)
    known = [value for value in series if value is not None]
    return median(known) if len(known) >= 5 else None
