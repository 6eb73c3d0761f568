"""What is remembered of one peer, while it changes."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

from sctptop.model.association import Process
from sctptop.model.event import Event
from sctptop.model.ngap.causes import cause_text
from sctptop.model.ngap.dialect import INITIATING, SUCCESSFUL, dialect_of
from sctptop.model.peers.peer import Peer, PeerKey

MOST_REASONS = 8
MOST_DOWNS = 200
OTHER = "other reasons"
UNTOLD = "no cause told"


@dataclass(frozen=True, slots=True)
class Down:
    """When its last association ended, whether not as wanted, and whether at once."""

    at_s: float
    broken: bool
    brief: bool


@dataclass(slots=True)
class Met:
    """Counts and instants as in Peer, which `frozen` makes of them."""

    key: PeerKey
    failures: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    downs: deque[Down] = field(default_factory=lambda: deque(maxlen=MOST_DOWNS))
    down_since_s: float | None = None
    attempts: int = 0
    ups: int = 0
    in_a_row: Counter[str] = field(default_factory=Counter)
    failed_since_s: float | None = None
    set_ups: int = 0
    rejected_since_s: float | None = None
    handshake_ms: float | None = None
    longest_handshake_ms: float | None = None
    longest_gap_s: float | None = None
    last_at_s: float = 0.0
    attempt_s: float | None = None
    every_s: float = 0.0
    process: Process | None = None
    granted: bool = False
    """Whether a set-up was granted since it was met."""

    def follow(self, before: Met) -> None:
        """Count on from what was known of it earlier."""
        for counter, earlier in ((self.failures, before.failures), (self.ends, before.ends)):
            _count_all(counter, earlier)
        self.downs.extendleft(reversed(before.downs))
        self.attempts += before.attempts
        self.longest_handshake_ms = (
            max(self.longest_handshake_ms or 0.0, before.longest_handshake_ms or 0.0) or None
        )
        self.longest_gap_s = max(self.longest_gap_s or 0.0, before.longest_gap_s or 0.0) or None
        if self.handshake_ms is None:
            self.handshake_ms = before.handshake_ms
        self.process = self.process or before.process
        if self.attempt_s is None:
            self.attempt_s, self.every_s = before.attempt_s, before.every_s
        if not self.ups:
            _count_all(self.in_a_row, before.in_a_row)
            self.failed_since_s = _first(before.failed_since_s, self.failed_since_s)
            self.down_since_s = _first(before.down_since_s, self.down_since_s)
        if not self.granted:
            _count_all(self.rejected, before.rejected)
            self.set_ups += before.set_ups
            self.rejected_since_s = _first(before.rejected_since_s, self.rejected_since_s)
        self.ups += before.ups

    def comes_up(self, now_s: float) -> None:
        """An association of it is up now."""
        self.failed_since_s = None
        self.in_a_row.clear()
        if self.down_since_s is not None:
            self.longest_gap_s = max(self.longest_gap_s or 0.0, now_s - self.down_since_s)
            self.down_since_s = None

    def fails(self, why: str, now_s: float) -> None:
        """One never came up."""
        _count(self.failures, why)
        _count(self.in_a_row, why)
        self.failed_since_s = now_s if self.failed_since_s is None else self.failed_since_s

    def ends_one(self, why: str) -> None:
        """One that was up ended."""
        _count(self.ends, why)

    def goes_down(self, now_s: float, *, broken: bool, brief: bool) -> None:
        """The last one that was up did."""
        self.down_since_s = now_s
        self.downs.append(Down(now_s, broken, brief))

    def sets_up(self, event: Event, now_s: float) -> None:
        """NGSetup or S1Setup was asked for, granted or refused."""
        pdu, dialect = (
            event.text("pdu"),
            dialect_of(event.details.get("ppid"), event.local_port, event.remote_port),
        )
        if event.details.get("procedure") != dialect.setup:
            return
        if pdu == INITIATING:
            self.set_ups += 1
        elif pdu == SUCCESSFUL:
            self.set_ups, self.rejected_since_s, self.granted = 0, None, True
            self.rejected.clear()
        else:
            group, number = event.text("cause_group"), event.details.get("cause")
            known = cause_text(dialect.ppid, group, number) if group and isinstance(number, int) else UNTOLD
            _count(self.rejected, known)
            self.rejected_since_s = now_s if self.rejected_since_s is None else self.rejected_since_s

    def frozen(self, up: int) -> Peer:
        """As it is now, with so many that are up."""
        return Peer(
            key=self.key,
            attempts=self.attempts,
            ups=self.ups,
            up=up,
            failures=dict(self.failures),
            in_a_row=dict(self.in_a_row),
            failed_since_s=self.failed_since_s,
            ends=dict(self.ends),
            handshake_ms=self.handshake_ms,
            longest_handshake_ms=self.longest_handshake_ms,
            downs=len(self.downs),
            broken=sum(down.broken for down in self.downs),
            brief=sum(down.brief for down in self.downs),
            longest_gap_s=self.longest_gap_s,
            set_ups=self.set_ups,
            rejected=dict(self.rejected),
            rejected_since_s=self.rejected_since_s,
            last_at_s=self.last_at_s,
            last_down_s=self.downs[-1].at_s if self.downs else None,
            every_s=self.every_s,
            process=self.process,
        )


def _count(counter: Counter[str], why: str, times: int = 1) -> None:
    counter[why if why in counter or len(counter) < MOST_REASONS else OTHER] += times


def _count_all(counter: Counter[str], more: Counter[str]) -> None:
    for why, times in more.items():
        _count(counter, why, times)


def _first(earlier: float | None, later: float | None) -> float | None:
    return later if earlier is None else earlier
