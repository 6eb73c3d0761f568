"""Advice on peers: those whose connects fail, that abort soon after, that come and go; set-ups refused; storms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from sctptop.model.advice.case import Finding
from sctptop.model.peers.book import BRIEF_S
from sctptop.model.peers.connects import Storm
from sctptop.model.peers.peer import Peer, peer_name
from sctptop.model.sample import Endpoint
from sctptop.quantity import counted, milliseconds, span_text

LEAST_FAILURES, LEAST_DOWNS, LEAST_BRIEF = 3, 3, 3
RECENT_S = 60.0
"""A peer that was not met for longer, or not twice as long as between its attempts, is no trouble now."""
DOWN_S = 900.0
"""One that comes and goes is trouble for so long after it went."""
STORM_LASTS_S = 3.0
FULL_S, UNACCEPTED_S = 3.0, 10.0
REASONS = 3


@dataclass(frozen=True, slots=True)
class PeerCase:
    """One peer now, on the clock of the samples; or all of a service, with its ``storm``, or the socket that listens
    and since when associations wait there to be accepted.
    """

    peer: Peer
    now_s: float
    storm: Storm | None = None
    listening: Endpoint | None = None
    waiting_since_s: float | None = None

    @property
    def recent(self) -> bool:
        """Whether it was met a moment ago."""
        return self.now_s - self.peer.last_at_s <= max(RECENT_S, 2 * self.peer.every_s)


def suspicious(peer: Peer) -> bool:
    """Whether any rule could have a word on it."""
    return bool(peer.in_a_row or peer.downs or peer.rejected)


def failing_peer(case: PeerCase) -> Iterator[Finding]:
    """Connects of a peer that fail again and again: refused, or not answered."""
    peer = case.peer
    failed = sum(peer.in_a_row.values())
    if not case.recent or peer.failed_since_s is None or failed < LEAST_FAILURES:
        return
    shook = ""
    if peer.handshake_ms is not None:
        shook = f"; its last handshake took {milliseconds(peer.handshake_ms)}"
    yield Finding(
        "problem",
        f"{counted(failed, 'attempt')} in a row failed in {span_text(case.now_s - peer.failed_since_s)}, "
        f"{_often(peer.in_a_row)}{shook}",
        _remedy(max(peer.in_a_row, key=lambda why: peer.in_a_row[why])),
        peer.key[1],
        peer.failed_since_s,
        cost=0.0 if peer.up else inf,
    )


def _often(reasons: Mapping[str, int]) -> str:
    most = sorted(reasons.items(), key=lambda entry: -entry[1])
    told = "; ".join(f"{times} times {why}" for why, times in most[:REASONS])
    return told + ("; …" if len(most) > REASONS else "")


def _remedy(why: str) -> str:
    if why.startswith("refused"):
        return "its host answers and takes none there: start the service, check its port, its backlog"
    if why.startswith("no SCTP"):
        return "load SCTP on the peer's host (modprobe sctp), or check the address"
    if why.startswith("no answer"):
        return "check address and port, whether the peer listens, and firewalls for IP protocol 132"
    return "look at the peer, and at what this end does before the handshake is over"


def aborting_peer(case: PeerCase) -> Iterator[Finding]:
    """Associations that come up and are aborted at once, again and again."""
    peer = case.peer
    if not case.recent or peer.brief < LEAST_BRIEF or peer.failed_since_s is not None or peer.rejected:
        return
    yield Finding(
        "problem",
        f"aborted {peer.brief} times in the last hour within {BRIEF_S:.0f} s after it came up: {_often(peer.ends)}",
        "the handshake works and an application does not want it: look at the log on the side that aborts",
        peer.key[1],
        cost=0.0 if peer.up else inf,
    )


def refused_setup(case: PeerCase) -> Iterator[Finding]:
    """NGSetup (S1Setup) answered with a failure, and not granted since."""
    peer = case.peer
    if peer.rejected_since_s is None or not (case.recent or peer.up):
        return
    count = sum(peer.rejected.values())
    tries = f"{count} of {counted(max(peer.set_ups, count), 'set-up')}"
    whose = "the core refused" if peer.key[3] else "this core refused"
    yield Finding(
        "problem",
        f"{whose} {tries} of NGAP or S1AP in {span_text(case.now_s - peer.rejected_since_s)}: {_often(peer.rejected)}",
        "compare PLMN, TAC and slices of both sides; the core's log says which does not fit",
        peer.key[1],
        peer.rejected_since_s,
        cost=inf,
    )


def flapping_peer(case: PeerCase) -> Iterator[Finding]:
    """A peer that goes and comes back several times in the hour, and not because who called hung up."""
    peer = case.peer
    if peer.last_down_s is None or case.now_s - peer.last_down_s > DOWN_S:
        return
    # What came up only to be aborted is another rule's, from the first of them on.
    if peer.broken - peer.brief < LEAST_DOWNS or peer.brief >= LEAST_BRIEF:
        return
    gap = ""
    if peer.longest_gap_s is not None:
        gap = f"; the longest time without any {span_text(peer.longest_gap_s)}"
    yield Finding(
        "warning",
        f"went down {peer.broken} times in the last hour: {_often(peer.ends)}{gap}",
        "look for restarts of the peer's process, and for a path that is lost for longer than retransmissions last",
        peer.key[1],
    )


def full_backlog(case: PeerCase) -> Iterator[Finding]:
    """Associations that nobody accepts: more are refused once the backlog is full."""
    one = case.listening
    if one is None or case.waiting_since_s is None or not one.waiting:
        return
    lasted_s = case.now_s - case.waiting_since_s
    full = one.backlog is not None and one.waiting > one.backlog
    if lasted_s < (FULL_S if full else UNACCEPTED_S):
        return
    more = f", and its backlog is {one.backlog}: more are refused (ABORT to COOKIE ECHO)" if full else ""
    yield Finding(
        "problem" if full else "warning",
        f"{counted(one.waiting, 'association')} came up and were not accepted for {span_text(lasted_s)}{more}",
        "the application does not call accept(): see whether it hangs or is stopped; or raise its backlog (listen, "
        "net.core.somaxconn)",
        since_s=case.waiting_since_s,
        cost=inf if full else one.waiting,
    )


def storm(case: PeerCase) -> Iterator[Finding]:
    """Very many connects a second, of whomever."""
    one = case.storm
    if one is None or case.now_s - one.since_s < STORM_LASTS_S:
        return
    told = ", ".join(f"{peer_name(key)} {rate:.0f}/s" for key, rate in one.top)
    yield Finding(
        "warning",
        f"{one.per_second:.0f} associations begin a second for {span_text(case.now_s - one.since_s)}; most: {told}",
        "find out why these connect again and again: a refused set-up, a restart loop, an attack; limit their rate",
        since_s=one.since_s,
    )
