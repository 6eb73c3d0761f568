"""What is remembered of an association in which something may be wrong: the evidence of the last half to whole minute.

Most associations never give cause and are not remembered at all, so that thousands of them cost next to nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from sctptop.model.advice_ngap import NgapTally
from sctptop.model.association import Key, Row
from sctptop.model.event import Event
from sctptop.model.history import WINDOW as TICKS_KEPT
from sctptop.model.history import History
from sctptop.model.sample import Association

GENERATION_S = 30.0
"""Evidence is counted in two generations of this length: what is seen reaches 30 to 60 s back.

Where readings are rare a generation has three of them.
"""
APART_S = 0.9
"""Readings are counted this far apart at least: however often one reads, a moment counts once."""
LINUX_SACK_DELAY_MS = 200.0
"""Assumed of a peer that is not on this host: SCTP_DEFAULT_TIMEOUT_SACK, include/net/sctp/constants.h."""
FULL_PACKET = 1500
SLOW_READ_MS, SLOWEST_READ_MS = 1.0, 50.0
"""A median wait to be read below the first is quick, above the second slow, whatever it was before."""
LASTING_QUEUE = 4096
"""Recv-Q from here on is looked at: a dozen small messages, with the kernel's overhead."""
QUEUE_READINGS = 12
OPENING = ("COOKIE_WAIT", "COOKIE_ECHOED")
MANY_ERRORS = 3
"""Transmissions or heartbeats in a row without an answer; below it may be the loss of one packet."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What every association is looked at with: the clock, the interval and the history of the samples.

    ``sack_timeouts``: what SctpDelaySackExpireds gained in the interval, by namespace.
    """

    now_s: float
    interval_s: float
    tick: int
    past: History
    probed: bool
    sack_timeouts: Mapping[int, float]

    @property
    def generation_s(self) -> float:
        """How long a generation of evidence lasts."""
        return max(GENERATION_S, 3 * self.interval_s)


@dataclass(slots=True)
class Tally:
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
    sack_timeouts: int = 0
    least_rto_ms: float | None = None
    losses: dict[str, int] = field(default_factory=dict)


class Watch:
    """The evidence of one association, and since when what lasts has lasted."""

    def __init__(self, now_s: float) -> None:
        self.tallies = (Tally(), Tally())
        self.ngap: tuple[NgapTally, NgapTally] | None = None
        self.closed_since_s: float | None = None
        self.closed_readings = 0
        self.closed_last_s: float | None = None
        self.opening_since_s: float | None = None
        self.bad: dict[str, tuple[float, int]] = {}
        self.queue: deque[int] = deque(maxlen=QUEUE_READINGS)
        self._turned_s = now_s
        self._cause_s = now_s
        self._slow_since: int | None = None
        self._counted_s: dict[str, float] = {}

    def over(self, moment: Moment) -> bool:
        """Whether all that was remembered is too old to matter."""
        return moment.now_s - self._cause_s > 2 * moment.generation_s

    def take(
        self, moment: Moment, row: Row, cause: bool, happened: Iterable[Event], other: Row | None
    ) -> None:
        """Take in one interval; ``other`` is the other end where it is on this host too."""
        if cause:
            self._cause_s = moment.now_s
        if moment.now_s - self._turned_s >= moment.generation_s:
            self.tallies = (self.tallies[1], Tally())
            self.ngap = (self.ngap[1], NgapTally(self.ngap[1])) if self.ngap else None
            self._turned_s = moment.now_s
        tally = self.tallies[1]
        self._transmissions(tally, moment, row, happened, other)
        self._waits(tally, moment, row, other)
        self._lasting(moment.now_s, row.association)
        for event in happened:
            if event.kind == "ngap":
                if self.ngap is None:
                    self.ngap = (NgapTally(), NgapTally())
                self.ngap[1].take(event, row.association.sack_delay_ms)
        if self.ngap is not None:
            tally.sack_timeouts += round(moment.sack_timeouts.get(row.association.netns, 0.0))

    def sum(self, name: str) -> int:
        """A count of both generations."""
        value: int = getattr(self.tallies[0], name) + getattr(self.tallies[1], name)
        return value

    def most(self, name: str) -> float:
        """The larger of both generations."""
        return float(max(getattr(self.tallies[0], name), getattr(self.tallies[1], name)))

    def least(self, name: str) -> float | None:
        """The smaller of both generations, where there is one."""
        known = [value for one in self.tallies if (value := getattr(one, name)) is not None]
        return min(known) if known else None

    def losses(self) -> Mapping[str, int]:
        """Retransmissions by path, as far as probes told."""
        old, new = (one.losses for one in self.tallies)
        return {address: old.get(address, 0) + new.get(address, 0) for address in {*old, *new}}

    def _apart(self, what: str, now_s: float) -> bool:
        """Whether this reading is to be counted: far enough from the one counted before."""
        if now_s - self._counted_s.get(what, -APART_S) < APART_S:
            return False
        self._counted_s[what] = now_s
        return True

    def _transmissions(
        self, tally: Tally, moment: Moment, row: Row, happened: Iterable[Event], other: Row | None
    ) -> None:
        gained = round((row.rate("rtx_chunks") or 0.0) * moment.interval_s)
        tally.out_data += round((row.rate("out_data_chunks") or 0.0) * moment.interval_s)
        tally.gaps += round((row.rate("gap_acks") or 0.0) * moment.interval_s)
        tally.rtx += gained
        tally.rtx_readings += gained > 0 and self._apart("rtx", moment.now_s)
        if other is not None:
            tally.peer_dups += round((other.rate("in_dup_chunks") or 0.0) * moment.interval_s)
        if not moment.probed and row.rate("rtx_marked_chunks"):
            # Chunks outstanding at T3 expiries: so there was at least one.
            tally.t3 += 1
        rto = row.association.rto_ms
        if rto is not None and (tally.least_rto_ms is None or rto < tally.least_rto_ms):
            tally.least_rto_ms = rto
        for event in happened:
            if event.kind == "t3_rtx":
                tally.t3 += 1
            elif event.kind == "retransmit" and event.text("reason") in ("FAST_RTX", "T3_RTX"):
                tally.fast += event.text("reason") == "FAST_RTX"
                address = event.address or ""
                tally.losses[address] = tally.losses.get(address, 0) + 1

    def _waits(self, tally: Tally, moment: Moment, row: Row, other: Row | None) -> None:
        held, read = row.held.now, row.read_wait.now
        if held.n:
            tally.held += held.n
            limit_ms, _ = stall_limit(row.association, other)
            stalled = sum(
                times for middle, times in row.association.held_bins if limit_ms and middle >= limit_ms * 1e6
            )
            if stalled and held.max_ns is not None and not window_bound(row.association):
                tally.stalled += stalled
                tally.stalled_readings += self._apart("stalled", moment.now_s)
                tally.stalled_max_ms = max(tally.stalled_max_ms, held.max_ns / 1e6)
        if read.n:
            counted = self._apart("read", moment.now_s)
            tally.read_readings += counted
            now_ms = row.read_wait.now_ms or 0.0
            if now_ms < SLOW_READ_MS:
                self._slow_since = None
                return
            first = self._slow_since if self._slow_since is not None else moment.tick
            usual = usual_read_ms(moment, row.key, first)
            if now_ms >= slow_limit_ms(usual):
                self._slow_since = first
                tally.slow_readings += counted
                tally.slow_reads += read.n
                tally.slow_max_ms = max(tally.slow_max_ms, now_ms)
                tally.usual_read_ms = usual

    def _lasting(self, now_s: float, entry: Association) -> None:
        if window_closed(entry):
            self.closed_since_s = now_s if self.closed_since_s is None else self.closed_since_s
            self.closed_readings += 1
            self.closed_last_s = now_s
        else:
            self.closed_since_s, self.closed_readings = None, 0
        if entry.state in OPENING:
            self.opening_since_s = now_s if self.opening_since_s is None else self.opening_since_s
        else:
            self.opening_since_s = None
        if (entry.recv_queue or 0) >= LASTING_QUEUE:
            if self._apart("queue", now_s):
                self.queue.append(entry.recv_queue or 0)
        else:
            self.queue.clear()
        bad = {}
        for path in entry.paths:
            if failing(path.state, path.errors):
                since, readings = self.bad.get(path.address, (now_s, 0))
                bad[path.address] = (since, readings + 1)
        self.bad = bad


def gives_cause(row: Row) -> bool:
    """Whether anything in this interval may be a sign of trouble. Cheap: it is asked of every association."""
    rates, entry = row.rates, row.association
    if rates.get("rtx_chunks") or rates.get("rtx_marked_chunks"):
        return True
    if (entry.peer_rwnd is not None and entry.peer_rwnd < 2 * FULL_PACKET) or entry.state in OPENING:
        return True
    if (entry.recv_queue or 0) >= LASTING_QUEUE:
        return True
    held, read = row.held.now.max_ns, row.read_wait.now.max_ns
    if (held is not None and held >= 1e6) or (read is not None and read >= SLOW_READ_MS * 1e6):
        return True
    return any(
        path.state not in ("ACTIVE", None) or (path.errors or 0) >= MANY_ERRORS for path in entry.paths
    )


def failing(state: str | None, errors: int | None) -> bool:
    """Whether a path seems not to work.

    PF alone does not say so: with pf_retrans 0, the default, one T3 expiry is enough, and only a HEARTBEAT-ACK takes
    it back, never a SACK (sctp_check_transmitted, Linux 6.1). A SACK does set its errors back to 0.
    """
    errors = errors or 0
    return state in ("INACTIVE", "UNCONFIRMED") or errors >= MANY_ERRORS or (state == "PF" and errors > 0)


def outstanding(entry: Association) -> int:
    """Bytes in flight on all paths that are known."""
    return sum(path.flight or 0 for path in entry.paths) or entry.flight or 0


def window_closed(entry: Association) -> bool:
    """Whether data waits because the peer takes none: its window, what is in flight included, is below two packets.

    peer_rwnd alone is near 0 whenever the window is used up, which is what a quick sender does.
    """
    if entry.state != "ESTABLISHED" or entry.peer_rwnd is None:
        return False
    sent = outstanding(entry)
    waiting = entry.out_queue_chunks if entry.out_queue_chunks is not None else (entry.send_queue or 0) > sent
    return bool(waiting) and entry.peer_rwnd + sent < 2 * FULL_PACKET


def window_bound(entry: Association) -> bool:
    """Whether cwnd or the peer's window held messages in this interval, so that it need not be Nagle.

    Linux asks in this order (sctp_packet_can_append_data): the peer's window, flight against cwnd, Nagle.
    """
    rwnd = entry.peer_rwnd_min if entry.peer_rwnd_min is not None else entry.peer_rwnd
    if rwnd is not None and rwnd < FULL_PACKET:
        return True
    for path in entry.paths:
        flight = path.flight_max if path.flight_max is not None else path.flight
        cwnd = path.cwnd_min if path.cwnd_min is not None else path.cwnd
        if flight and cwnd is not None and flight >= cwnd:
            return True
    return False


def stall_limit(entry: Association, other: Row | None) -> tuple[float, float]:
    """From which time on a hold looks like a delayed SACK, and that delay, both in ms; 0 where the peer delays none."""
    delay = peer_sack_delay(other)
    return (max(delay / 2, 2.0) if delay else 0.0), delay


def peer_sack_delay(other: Row | None) -> float:
    """Of the other end where it is on this host, else what Linux begins with; ms."""
    known = other.association.sack_delay_ms if other is not None else None
    return LINUX_SACK_DELAY_MS if known is None else float(known)


def usual_read_ms(moment: Moment, key: Key, before_tick: int) -> float | None:
    """The median wait to be read of the intervals before a tick, None if there are fewer than five."""
    series = moment.past.read(key, "read_wait_ms", before_tick - 1, TICKS_KEPT)
    known = [value for value in series if value is not None]
    return median(known) if len(known) >= 5 else None


def slow_limit_ms(usual_ms: float | None) -> float:
    """Ten times what is usual, within bounds."""
    if usual_ms is None:
        return SLOWEST_READ_MS
    return min(max(10 * usual_ms, SLOW_READ_MS), SLOWEST_READ_MS)
