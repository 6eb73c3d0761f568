"""What lasts: since when, and in how many readings, something of one association has been so without a break."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from sctptop.model.advice.signs import (
    CLOSING,
    LASTING_QUEUE,
    answered_before,
    failing,
    send_buffer_full,
    window_closed,
)
from sctptop.model.association import OPENING
from sctptop.model.associations.row import Row

QUEUE_READINGS = 12
HOUR_S = 3600.0
MOST_DOWNS = 100


@dataclass(frozen=True, slots=True)
class Lasted:
    """``since_s`` on the clock of the samples, and the readings that found it so; ``count`` of what it adds up."""

    since_s: float
    readings: int = 1
    count: int = 0

    def for_s(self, now_s: float) -> float:
        """How long it has lasted."""
        return now_s - self.since_s


class Lasting:
    """Updated with every reading of an association that is watched.

    ``closed``: the peer's window; ``opening``: no answer to the handshake; ``closing``: shutting down; ``unread``: data
    waits and nothing was read; ``unanswered``: what we send is acknowledged, and nothing comes back, ``count`` in DATA
    chunks sent; ``full``: the send buffer; ``bad``: paths that fail; ``linkless``: those whose interface is down;
    ``works_again``: the peer is heard though every path still fails. ``queue``: the last readings of a Recv-Q that
    never was short; ``downs``: when each path went INACTIVE, within the hour; ``carrier``: of each interface since
    when, its count of changes then, and what it gained; ``most_window``: of the peer, what is in flight included.
    """

    def __init__(self) -> None:
        self.closed: Lasted | None = None
        self.closed_last_s: float | None = None
        self.opening: Lasted | None = None
        self.closing: Lasted | None = None
        self.unread: Lasted | None = None
        self.unanswered: Lasted | None = None
        self.full: Lasted | None = None
        self.bad: dict[str, Lasted] = {}
        self.linkless: dict[str, Lasted] = {}
        self.works_again = False
        self.queue: deque[int] = deque(maxlen=QUEUE_READINGS)
        self.downs: dict[str, deque[float]] = {}
        self.carrier: dict[str, tuple[float, int, int]] = {}
        self.most_window = 0
        self._recv_queue = 0
        self._states: dict[str, str] = {}

    @property
    def anything(self) -> bool:
        """Whether something lasts, or did a moment ago: then time alone may make it news."""
        spans = (self.opening, self.closing, self.unread, self.unanswered, self.full)
        tables = (self.bad, self.linkless, self.queue, self.downs)
        return (
            self.closed_last_s is not None
            or spans.count(None) < len(spans)
            or any(tables)
            or any(changes for _, _, changes in self.carrier.values())
        )

    def take(self, now_s: float, row: Row, probed: bool, interval_s: float, counted: bool) -> None:
        """Update with one reading; ``counted``: it is far enough from the one before to count as another."""
        entry = row.association
        self.closed = _on(self.closed, window_closed(entry), now_s)
        if self.closed is not None:
            self.closed_last_s = now_s
        self.opening = _on(self.opening, entry.state in OPENING, now_s)
        self.closing = _on(self.closing, entry.state in CLOSING, now_s)
        self.unread = _on(self.unread, self._waits_unread(row, probed), now_s)
        sent = row.gained("out_data_chunks", interval_s)
        came = bool(row.rate("in_data_chunks"))
        before = self.unanswered.count if self.unanswered else 0
        silent = not came and bool(entry.state == "ESTABLISHED") and (before > 0 or answered_before(entry))
        self.unanswered = _on(self.unanswered, silent and (before > 0 or sent > 0), now_s, sent)
        self.full = _on(self.full, send_buffer_full(entry), now_s)
        if entry.peer_rwnd is not None:
            self.most_window = max(self.most_window, entry.peer_rwnd + (entry.flight or 0))
        if (entry.recv_queue or 0) >= LASTING_QUEUE and not entry.pending:
            if counted:
                self.queue.append(entry.recv_queue or 0)
        else:
            self.queue.clear()
        self._paths(now_s, row)

    def _waits_unread(self, row: Row, probed: bool) -> bool:
        """Data lies there that could be read, and none of it was since the reading before.

        What waits for a chunk that is missing (``pending``) cannot be read yet.
        """
        entry, before = row.association, self._recv_queue
        self._recv_queue = entry.recv_queue or 0
        if not entry.recv_queue or entry.pending:
            return False
        return not row.read_wait.now.n if probed else entry.recv_queue >= before > 0

    def _paths(self, now_s: float, row: Row) -> None:
        bad: dict[str, Lasted] = {}
        linkless: dict[str, Lasted] = {}
        for path in row.association.paths:
            if failing(path.state, path.errors):
                span = _on(self.bad.get(path.address), True, now_s)
                assert span is not None
                bad[path.address] = span
            way = path.way
            if down := _on(self.linkless.get(path.address), way is not None and way.link_up is False, now_s):
                linkless[path.address] = down
            if way is not None and way.interface and way.carrier_changes is not None:
                since_s, first, _ = self.carrier.get(way.interface, (now_s, way.carrier_changes, 0))
                self.carrier[way.interface] = (since_s, first, max(way.carrier_changes - first, 0))
            if path.state == "INACTIVE" and self._states.get(path.address, "INACTIVE") != "INACTIVE":
                self.downs.setdefault(path.address, deque(maxlen=MOST_DOWNS)).append(now_s)
        every = len(bad) == len(row.association.paths)
        # What came in the interval in which it began to fail may have come before that.
        failed_before = all(span.readings > 1 for span in bad.values())
        self.works_again = bool(bad) and every and failed_before and bool(row.rate("in_packets"))
        self.bad, self.linkless = bad, linkless
        self._states = {path.address: path.state for path in row.association.paths if path.state}
        for address, times in list(self.downs.items()):
            while times and now_s - times[0] > HOUR_S:
                times.popleft()
            if not times:
                del self.downs[address]


def _on(span: Lasted | None, holds: bool, now_s: float, count: int = 0) -> Lasted | None:
    if not holds:
        return None
    if span is None:
        return Lasted(now_s, 1, count)
    return Lasted(span.since_s, span.readings + 1, span.count + count)
