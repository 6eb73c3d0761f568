"""Advice on peers: those that refuse or do not answer connects, that abort soon after, that come and go; and storms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from sctptop.model.advice.case import Finding
from sctptop.model.peers.book import BRIEF_S
from sctptop.model.peers.peer import Peer, PeerKey
from sctptop.quantity import counted, milliseconds

LEAST_FAILURES = 3
RECENT_S = 60.0
"""A peer that was not met for longer is no trouble now."""
LEAST_DOWNS, LEAST_BRIEF = 3, 3
STORM_S, LEAST_STORM = 5.0, 50.0
"""Connects a second, for so long: a gNB's own restart makes tens, not hundreds."""
TOP = 3


@dataclass(frozen=True, slots=True)
class PeerCase:
    """One peer now, on the clock of the samples."""

    peer: Peer
    now_s: float

    @property
    def recent(self) -> bool:
        """Whether it was met a moment ago."""
        return self.now_s - self.peer.last_at_s <= RECENT_S


def failing_peer(case: PeerCase) -> Iterator[Finding]:
    """Connects of a peer that fail again and again: refused, or not answered."""
    peer = case.peer
    if not case.recent or peer.failed_since_s is None or peer.failed < LEAST_FAILURES:
        return
    reasons = sorted(peer.failures.items(), key=lambda entry: -entry[1])
    told = "; ".join(f"{times} times {why}" for why, times in reasons[:TOP])
    shook = ""
    if peer.handshake_ms is not None:
        shook = f"; a handshake took {milliseconds(peer.handshake_ms)} when it came up"
    since = milliseconds(1000 * round(case.now_s - peer.failed_since_s))
    yield Finding(
        "problem",
        f"{peer.failed} of {counted(peer.attempts, 'attempt')} failed, none came up in the last {since}: {told}{shook}",
        _remedy(reasons[0][0]),
        peer.key[1],
        peer.failed_since_s,
        cost=inf,
    )


def _remedy(why: str) -> str:
    if why.startswith("refused"):
        return "the peer's host answers and nothing listens there: start the service, check its port, its backlog"
    if why.startswith("no SCTP"):
        return "load SCTP on the peer's host (modprobe sctp), or check the address"
    if why.startswith("no answer"):
        return "check address and port, whether the peer listens, and firewalls for IP protocol 132"
    return "look at the peer, and at what this end does before the handshake is over"


def aborting_peer(case: PeerCase) -> Iterator[Finding]:
    """Associations that come up and end at once, again and again."""
    peer = case.peer
    if not case.recent or peer.brief < LEAST_BRIEF or peer.failed_since_s is not None:
        return
    why = max(peer.ends, key=lambda reason: peer.ends[reason], default="ended")
    yield Finding(
        "problem",
        f"came up {peer.ups} times and ended within {BRIEF_S:.0f} s {peer.brief} times in the last hour, mostly: {why}",
        "the handshake works and the application does not want it: look at its log on the side that ends it, and at a "
        "set-up that is refused",
        peer.key[1],
        cost=inf if not peer.up else 0.0,
    )


def flapping_peer(case: PeerCase) -> Iterator[Finding]:
    """A peer that goes and comes back several times in the hour."""
    peer = case.peer
    if not case.recent or peer.downs < LEAST_DOWNS or peer.brief >= LEAST_BRIEF:
        return
    why = max(peer.ends, key=lambda reason: peer.ends[reason], default="ended")
    gap = ""
    if peer.longest_gap_s is not None:
        gap = f", the longest time without any {milliseconds(1000 * round(peer.longest_gap_s))}"
    yield Finding(
        "warning",
        f"went down {peer.downs} times in the last hour, mostly: {why}{gap}",
        "look for restarts of the peer's process, and for a path that is lost for longer than retransmissions last",
        peer.key[1],
    )


def storm(
    connects: Mapping[PeerKey, int], seconds: float, lasted_s: float, names: Mapping[PeerKey, Peer]
) -> Iterator[Finding]:
    """Very many connects a second, of whomever; ``connects`` of the last ``seconds``, so long by now."""
    rate = sum(connects.values()) / seconds if seconds else 0.0
    if rate < LEAST_STORM or lasted_s < STORM_S:
        return
    top = sorted(connects.items(), key=lambda entry: -entry[1])[:TOP]
    told = ", ".join(f"{names[key].name} {count / seconds:.0f}/s" for key, count in top if key in names)
    yield Finding(
        "warning",
        f"{rate:.0f} associations begin a second for {milliseconds(1000 * round(lasted_s))}; most of {told}",
        "look at why these peers connect again and again: a refused set-up, a restart loop, or an attack",
    )
