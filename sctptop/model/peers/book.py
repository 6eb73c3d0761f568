"""Follows peers by the beginnings and ends of associations, as probes tell them.

An association is known by its tags from its first event to its last. MOST peers are kept: the one that was met least
recently gives way.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sctptop.model.associations.why_ended import WhyEnded, end_of
from sctptop.model.event import Event
from sctptop.model.peers.peer import Peer, PeerKey

MOST, MOST_ALIVE = 1000, 20_000
HOUR_S = 3600.0
BRIEF_S = 30.0
"""Whoever ends an association sooner did not want it."""
MOST_REASONS = 8
MOST_DOWNS = 200
OTHER = "other reasons"
OPENING = ("COOKIE_WAIT", "COOKIE_ECHOED")

_Tag = tuple[int, int, int, int]


@dataclass(slots=True)
class _Alive:
    key: PeerKey
    up_s: float | None


@dataclass(slots=True)
class _Met:
    peer: Peer
    failures: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    downs: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=MOST_DOWNS))
    down_since_s: float | None = None
    up: int = 0
    attempts: int = 0
    ups: int = 0
    handshake_ms: float | None = None
    longest_handshake_ms: float | None = None
    longest_gap_s: float | None = None
    last_failure: str = ""
    last_at_s: float = 0.0
    failed_since_s: float | None = None


class Peers:
    """`advance` with the events of each sample; what it returns is never altered later."""

    def __init__(self) -> None:
        self._met: OrderedDict[PeerKey, _Met] = OrderedDict()
        self._alive: OrderedDict[_Tag, _Alive] = OrderedDict()
        self._told: Mapping[PeerKey, Peer] = {}

    def advance(self, events: Iterable[Event], now_s: float) -> Mapping[PeerKey, Peer]:
        """Update with what happened; all peers, those met last at the end."""
        changed: set[PeerKey] = set()
        for event in events:
            if event.kind == "association":
                key = self._take(event, now_s)
                if key is not None:
                    changed.add(key)
        old = [key for key, met in self._met.items() if met.downs and now_s - met.downs[0][0] > HOUR_S]
        for key in old:
            downs = self._met[key].downs
            while downs and now_s - downs[0][0] > HOUR_S:
                downs.popleft()
        if changed or old:
            for key in {*changed, *old}:
                if key in self._met:
                    self._met[key].peer = _frozen(key, self._met[key])
            while len(self._met) > MOST:
                self._met.popitem(last=False)
            self._told = {key: met.peer for key, met in self._met.items()}
        return self._told

    def reset(self) -> None:
        """Begin anew; those that are up are still known."""
        self._met.clear()
        self._told = {}

    def _take(self, event: Event, now_s: float) -> PeerKey | None:
        tag = (event.netns, event.own_tag, event.local_port, event.remote_port)
        change = event.text("change")
        if change == "NEW":
            return self._begins(event, tag, now_s)
        alive = self._alive.get(tag)
        if alive is None:
            return None
        met = self._meet(alive.key, now_s)
        if change == "UP":
            met.handshake_ms = event.number("handshake_ms")
            met.longest_handshake_ms = max(met.longest_handshake_ms or 0.0, met.handshake_ms or 0.0) or None
            self._comes_up(met, alive, now_s)
        elif change == "FREED":
            del self._alive[tag]
            self._ends(met, alive, end_of(event), now_s)
        return alive.key

    def _begins(self, event: Event, tag: _Tag, now_s: float) -> PeerKey | None:
        if not event.address:
            return None
        calling = event.text("state") in OPENING
        key = (event.netns, event.address, event.remote_port if calling else event.local_port, calling)
        self._alive[tag] = alive = _Alive(key, None)
        while len(self._alive) > MOST_ALIVE:
            self._alive.popitem(last=False)
        met = self._meet(key, now_s)
        met.attempts += 1
        if not calling:
            self._comes_up(met, alive, now_s)
        return key

    def _meet(self, key: PeerKey, now_s: float) -> _Met:
        met = self._met.setdefault(key, _Met(Peer(key)))
        self._met.move_to_end(key)
        met.last_at_s = now_s
        return met

    def _comes_up(self, met: _Met, alive: _Alive, now_s: float) -> None:
        alive.up_s = now_s
        met.ups += 1
        met.up += 1
        met.failed_since_s = None
        if met.down_since_s is not None:
            met.longest_gap_s = max(met.longest_gap_s or 0.0, now_s - met.down_since_s)
            met.down_since_s = None

    def _ends(self, met: _Met, alive: _Alive, end: WhyEnded | None, now_s: float) -> None:
        why = end.what if end is not None else "ended"
        if alive.up_s is None:
            met.last_failure = why
            met.failed_since_s = now_s if met.failed_since_s is None else met.failed_since_s
            _count(met.failures, why)
            return
        met.up = max(met.up - 1, 0)
        _count(met.ends, why)
        if not met.up:
            met.down_since_s = now_s
            met.downs.append((now_s, now_s - alive.up_s < BRIEF_S))


def _count(counter: Counter[str], why: str) -> None:
    counter[why if why in counter or len(counter) < MOST_REASONS else OTHER] += 1


def _frozen(key: PeerKey, met: _Met) -> Peer:
    return Peer(
        key=key,
        attempts=met.attempts,
        ups=met.ups,
        up=met.up,
        failures=dict(met.failures),
        ends=dict(met.ends),
        handshake_ms=met.handshake_ms,
        longest_handshake_ms=met.longest_handshake_ms,
        downs=len(met.downs),
        brief=sum(brief for _, brief in met.downs),
        longest_gap_s=met.longest_gap_s,
        last_failure=met.last_failure,
        last_at_s=met.last_at_s,
        failed_since_s=met.failed_since_s,
    )
