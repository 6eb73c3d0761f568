"""Advice on what a retransmission means: lost on the way, only late, out of order, one size alone, or filtered.

The peer tells in its SACKs which chunks it had twice: what it had already was not lost. Without probes, and where the
other end is not here either, that is not known, and said so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.checks.of_reading import peer_buffer_is_small
from sctptop.model.advice.evidence import GENERATION_S
from sctptop.model.advice.expiries import LARGE, Expired
from sctptop.model.advice.signs import FULL_PACKET
from sctptop.quantity import counted, milliseconds

LEAST_LOST, LEAST_LOST_READINGS = 3, 3
"""Losses in three readings at least: a queue that overflows once is no lossy path."""
LEAST_EXPIRIES = 3
FOR_NOTHING = 0.7
"""Of the chunks sent again the peer had so many already: SACKs with the news may be lost themselves."""


@dataclass(frozen=True, slots=True)
class _Rtx:
    """The evidence in one place; ``twice``: chunks that the peer had already, None where that is not known."""

    rtx: int
    out: int
    t3: int
    fast: int
    gaps: int
    twice: int | None
    readings: int
    left_out: int = 0
    """Sent again while the peer had no room: whether they were lost cannot be told."""

    @property
    def lost(self) -> int:
        return max(self.rtx - (self.twice or 0), 0)

    @property
    def for_nothing(self) -> bool:
        return self.twice is not None and self.twice >= FOR_NOTHING * self.rtx

    @property
    def causes(self) -> str:
        parts = [f"{self.gaps} gap acks"] if self.gaps else []
        parts += [counted(self.fast, "fast retransmit")] if self.fast else []
        parts += [f"{self.t3} T3 expir{'y' if self.t3 == 1 else 'ies'}"] if self.t3 else []
        return ", ".join(parts)


def _rtx(case: Case, with_room: bool = False) -> _Rtx | None:
    """None where too little was sent again; ``with_room``: without what the peer may have thrown away."""
    watch = case.watch
    if watch.sum("rtx") < LEAST_LOST:
        return None
    known = case.other is not None or case.row.association.peer_dups is not None
    left_out = watch.sum_without_room if with_room else lambda _: 0
    rtx, t3, fast, gaps, twice, readings = (
        watch.sum(name) - left_out(name)
        for name in ("rtx", "t3", "fast", "gaps", "peer_dups", "rtx_readings")
    )
    out = watch.sum("out_data")
    return _Rtx(rtx, out, t3, fast, gaps, max(twice, 0) if known else None, readings, left_out("rtx"))


def _enough(case: Case, seen: _Rtx) -> bool:
    often = seen.readings >= LEAST_LOST_READINGS
    return seen.rtx >= LEAST_LOST and often and seen.rtx >= case.limits.lost_share * seen.out


def stuck_chunk(case: Case) -> Expired | None:
    """The chunk that is sent again and again and never arrives, while the path answers what else is sent."""
    stuck = case.watch.expiries.stuck()
    if stuck is None:
        return None
    lasting, window = case.watch.lasting, case.row.association.peer_rwnd
    full = lasting.closed_last_s is not None and case.moment.now_s - lasting.closed_last_s < 2 * GENERATION_S
    if full or (window is not None and window < FULL_PACKET) or peer_buffer_is_small(case):
        # A receiver without room drops what comes, and answers all the same.
        return None
    return stuck


def path_mtu(case: Case) -> Iterator[Finding]:
    """Large packets never arrive, while the path answers what is small."""
    stuck = stuck_chunk(case)
    if stuck is None or stuck.size < LARGE:
        return
    entry = case.row.association
    way = entry.primary_way
    known = [f"path MTU {entry.pathmtu}"] if entry.pathmtu else []
    known += [f"MTU of {way.interface} {way.mtu}"] if way is not None and way.mtu else []
    if not stuck.despite_answers:
        what, unsure = (
            "the peer is heard",
            "; if it does not hear us, any loss on the way there looks the same",
        )
    elif case.watch.sum("sacks"):
        what, unsure = "HEARTBEATs or smaller DATA are answered", ""
    else:
        what, unsure = "HEARTBEATs are answered", "; a filter that stops all DATA looks the same from here"
    yield Finding(
        "problem",
        f"a DATA chunk in packets of {stuck.size} B was sent {stuck.times + 1} times and never acknowledged, while "
        f"{what}{' (' + ', '.join(known) + ')' if known else ''}{unsure}",
        f"packets of about {stuck.size} B or more are lost: an MTU on the way is smaller. Lower the MTU of the "
        "route, or spp_pathmtu (SCTP_PEER_ADDR_PARAMS), or let ICMP fragmentation needed come back",
        entry.primary,
        cost=case.watch.sum("t3"),
    )


def filtered(case: Case) -> Iterator[Finding]:
    """Small chunks are not acknowledged though heartbeats are answered: something lets one kind of chunk pass."""
    stuck = stuck_chunk(case)
    if stuck is None or stuck.size >= LARGE:
        return
    which = "DATA does not arrive, or its SACK does not come back"
    if case.other is not None:
        which = (
            "DATA arrives there, and its SACK does not come back"
            if case.watch.sum("peer_dups")
            else "DATA does not arrive there"
        )
    yield Finding(
        "problem",
        f"a DATA chunk in packets of {stuck.size} B was sent {stuck.times + 1} times and never acknowledged, while "
        f"HEARTBEATs are answered on the same path: {which}",
        "a firewall or NAT lets some kinds of chunk pass and others not: look at rules for SCTP chunk types",
        case.row.association.primary,
        cost=case.watch.sum("t3"),
    )


def lossy_path(case: Case) -> Iterator[Finding]:
    """Chunks retransmitted again and again that the peer did not have, and it reported gaps, or T3 expired.

    A receiver without room throws away what comes, and tells gaps too: what was sent again then is not counted.
    """
    seen, watch = _rtx(case, with_room=True), case.watch
    if (
        seen is None
        or not _enough(case, seen)
        or seen.for_nothing
        or stuck_chunk(case)
        or peer_buffer_is_small(case)
    ):
        return
    if not seen.fast and not seen.gaps and watch.expiries.of_one_chunk():
        return
    if not seen.fast and not seen.gaps and not _lost_without_gaps(case, seen.t3):
        return
    losses = {address: times for address, times in watch.losses().items() if address}
    entry = case.row.association
    worst = max(losses, key=lambda address: losses[address], default=None)
    if worst is None and len(entry.paths) == 1:
        worst = entry.paths[0].address
    share = f" ({seen.rtx / seen.out:.1%})" if seen.out >= seen.rtx else ""
    twice = f", {seen.twice} of them for nothing" if seen.twice else ""
    if seen.twice is None:
        twice = "; duplicates at the peer not known"
    more = f"; {seen.left_out} more while the peer had no room: lost or thrown away" if seen.left_out else ""
    damaged = watch.sum("damaged")
    arrived = f"; {counted(damaged, 'packet')} arrived damaged there (checksum)" if damaged else ""
    dropped = watch.sum("own_drops")
    here = f"; meanwhile this host's interface dropped {counted(dropped, 'packet')}" if dropped else ""
    where = worst or entry.primary or "the peer"
    remedy = f"the network loses packets on the way to {where}: look at drops, queues, MTU"
    if damaged:
        remedy = "packets are damaged on the way: look at cables, interfaces, and what rewrites SCTP (checksum offload)"
    elif dropped:
        remedy = "this host's own interface drops: look at ip -s link, its queue (tc -s qdisc) and its rate"
    yield Finding(
        "warning",
        f"{seen.rtx} of {counted(max(seen.out, seen.rtx), 'DATA chunk')} retransmitted{share}{twice}, {seen.causes}; "
        f"path {worst or 'not known, several are in use'}{arrived}{here}{more}",
        remedy,
        worst,
        cost=seen.lost,
    )


def _lost_without_gaps(case: Case, t3: int) -> bool:
    """T3 expiries that neither a short RTO, nor a closed window, nor a dead path explains."""
    watch, lasting = case.watch, case.watch.lasting
    if t3 < LEAST_EXPIRIES or lasting.bad or lasting.opening is not None:
        return False
    if (
        lasting.downs
        and case.moment.now_s - max(max(times) for times in lasting.downs.values()) < 2 * GENERATION_S
    ):
        # Of an outage, which has ended.
        return False
    if lasting.closed_last_s is not None and case.moment.now_s - lasting.closed_last_s < 2 * GENERATION_S:
        return False
    rto = watch.least("least_rto_ms")
    return rto is not None and rto > 1.5 * case.peer_sack_delay_ms


def reordered(case: Case) -> Iterator[Finding]:
    """Fast retransmissions of chunks that the peer had already: packets overtake each other, none is lost."""
    seen = _rtx(case)
    if (
        seen is None
        or not _enough(case, seen)
        or not seen.for_nothing
        or not seen.fast
        or seen.t3 > seen.fast
    ):
        return
    yield Finding(
        "warning",
        f"{seen.rtx} of {counted(max(seen.out, seen.rtx), 'DATA chunk')} retransmitted, {seen.causes}; the peer had "
        f"{seen.twice} of them already: out of order, not lost",
        "packets overtake each other on the way: look for parallel links and per-packet load sharing",
        case.row.association.primary,
        cost=seen.rtx,
    )


def late(case: Case) -> Iterator[Finding]:
    """T3 expired for chunks that had arrived: the SACK came late, or was lost; the delay jumped above RTO."""
    seen, watch = _rtx(case), case.watch
    if seen is None or seen.t3 < LEAST_EXPIRIES or not seen.for_nothing or seen.fast > seen.t3:
        return
    if any(spurious_retransmission(case)) or watch.lasting.closed is not None or stuck_chunk(case):
        return
    rto = watch.least("least_rto_ms")
    slowest = max(((rtt.heartbeat.max_ns or 0) / 1e6 for rtt in case.row.rtts.values()), default=0.0)
    beyond = bool(rto) and slowest >= 0.8 * (rto or 0.0)
    why = f"; a HEARTBEAT took {milliseconds(slowest)}" if beyond else ""
    remedy = (
        "the delay jumps above RTO: look for queues that fill on the way, or raise RTO.Min (SCTP_RTOINFO)"
        if beyond
        else "SACKs are lost or late on the way back: look at that direction; a delay above RTO does the same"
    )
    yield Finding(
        "warning",
        f"{counted(seen.rtx, 'chunk')} sent again, {seen.causes}, RTO {milliseconds(rto or 0)}; the peer had "
        f"{seen.twice} of them already: nothing was lost on the way there{why}",
        remedy,
        case.row.association.primary,
        cost=seen.rtx,
    )


def spurious_retransmission(case: Case) -> Iterator[Finding]:
    """The T3 timer expires before the peer's delayed SACK can come, and no gap was ever reported."""
    watch, lasting = case.watch, case.watch.lasting
    t3, rtx = watch.sum("t3"), watch.sum("rtx")
    if t3 < LEAST_EXPIRIES or rtx < LEAST_EXPIRIES:
        return
    rto, delay = watch.least("least_rto_ms"), case.peer_sack_delay_ms
    if rto is None or not delay or rto > delay:
        return
    if watch.sum("gaps") or watch.sum("fast") or lasting.bad or lasting.closed_last_s is not None:
        return
    duplicates = watch.sum("peer_dups")
    if case.other is not None and not duplicates:
        # The peer had none of them twice: they were lost.
        return
    twice = f", {duplicates} of them arrived twice" if duplicates else ""
    yield Finding(
        "warning",
        f"RTO {milliseconds(rto)} is not above the peer's SACK delay ({case.peer_sack_delay_text}): {t3} T3 expiries, "
        f"{counted(rtx, 'chunk')} sent again{twice}, no gap acks",
        f"raise RTO.min above {delay:.0f} ms on this end (SCTP_RTOINFO, net.sctp.rto_min)",
        case.row.association.primary,
        cost=rtx,
    )
