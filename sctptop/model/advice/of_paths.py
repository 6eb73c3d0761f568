"""Advice on the network: paths that are dead or lose packets, retransmissions for nothing, no heartbeat timed."""

from __future__ import annotations

from collections.abc import Iterator

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.evidence import GENERATION_S
from sctptop.model.association import Path
from sctptop.quantity import counted, milliseconds, show

LASTING = {"INACTIVE": (0.0, 1), "PF": (5.0, 3), "UNCONFIRMED": (10.0, 3), "ACTIVE": (3.0, 3)}
"""For how long (s) and in how many readings a path fails before it is called dead.

The kernel says INACTIVE after Path.Max.Retrans attempts; a new address is UNCONFIRMED until its first HEARTBEAT-ACK.
"""
OPENING_S = 9.0
"""RTO.Initial is 3 s, the second INIT after it has 6 s: two without an answer."""
LEAST_LOST, LEAST_LOST_READINGS, LEAST_LOST_SHARE = 3, 3, 0.002
"""Losses in three readings at least: a queue that overflows once is no lossy path."""
LEAST_EXPIRIES = 3
SLOW_HEARTBEAT_MS = 30_000
LEAST_NGAP = 5


def dead_path(case: Case) -> Iterator[Finding]:
    """A path that is INACTIVE, long UNCONFIRMED, or answers nothing several times; a peer that answers no INIT."""
    row, watch, now_s = case.row, case.watch, case.moment.now_s
    entry = row.association
    if watch.opening_since_s is not None and now_s - watch.opening_since_s >= OPENING_S:
        yield Finding(
            "problem",
            f"{entry.state} for {milliseconds(1000 * round(now_s - watch.opening_since_s))}: no answer to "
            f"{'INIT' if entry.state == 'COOKIE_WAIT' else 'COOKIE ECHO'} from {entry.primary or 'the peer'}",
            "check address and port, whether the peer listens, and firewalls for IP protocol 132",
            entry.primary,
            watch.opening_since_s,
        )
    for path in entry.paths:
        if path.address not in watch.bad:
            continue
        since_s, readings = watch.bad[path.address]
        least_s, least_readings = LASTING.get(path.state or "ACTIVE", LASTING["ACTIVE"])
        if readings < least_readings or now_s - since_s < least_s:
            continue
        active = any(one.state == "ACTIVE" and not one.errors for one in entry.paths if one is not path)
        use = "the association lives on another path" if active else "no other path is free of errors"
        yield Finding(
            "problem" if path.primary or not active else "warning",
            f"{'primary path' if path.primary else 'path'} {path.address} is {path.state or 'not answering'}, "
            f"{_errors(path)}{_last_heartbeat(case, path)}; {use}",
            f"check the way to {path.address}: link, route, firewall; or the peer no longer has it",
            path.address,
            since_s,
        )


def _errors(path: Path) -> str:
    allowed = f" ({path.max_retrans} allowed)" if path.max_retrans is not None else ""
    return f"{counted(path.errors or 0, 'error')} in a row{allowed}"


def _last_heartbeat(case: Case, path: Path) -> str:
    rtt = case.row.rtts.get(path.address)
    if rtt is None or rtt.last_at_s is None:
        return ""
    return f", last HEARTBEAT-ACK {milliseconds(1000 * round(case.moment.now_s - rtt.last_at_s))} ago"


def lossy_path(case: Case) -> Iterator[Finding]:
    """Chunks retransmitted again and again, and the peer reported gaps, or T3 expired though the RTO is long enough."""
    watch = case.watch
    rtx, out = watch.sum("rtx"), watch.sum("out_data")
    if rtx < LEAST_LOST or watch.sum("rtx_readings") < LEAST_LOST_READINGS or rtx < LEAST_LOST_SHARE * out:
        return
    fast, t3, gaps = (watch.sum(name) for name in ("fast", "t3", "gaps"))
    if not fast and not gaps and not _lost_without_gaps(case, t3):
        return
    losses = {address: times for address, times in watch.losses().items() if address}
    entry = case.row.association
    worst = max(losses, key=lambda address: losses[address], default=None)
    if worst is None and len(entry.paths) == 1:
        worst = entry.paths[0].address
    share = f" ({rtx / out:.1%})" if out >= rtx else ""
    causes = [f"{gaps} gap acks"] if gaps else []
    causes += [counted(fast, "fast retransmit")] if fast else []
    causes += [f"{t3} T3 expir{'y' if t3 == 1 else 'ies'}"] if t3 else []
    yield Finding(
        "warning",
        f"{rtx} of {counted(max(out, rtx), 'DATA chunk')} retransmitted{share}, {', '.join(causes)}; "
        f"path {worst or 'not known, several are in use'}",
        f"the network loses packets on the way to {worst or entry.primary or 'the peer'}: look at drops, queues, MTU",
        worst,
    )


def _lost_without_gaps(case: Case, t3: int) -> bool:
    """T3 expiries that neither a short RTO, nor a closed window, nor a dead path explains."""
    watch = case.watch
    if t3 < LEAST_EXPIRIES or watch.bad or watch.opening_since_s is not None:
        return False
    if watch.closed_last_s is not None and case.moment.now_s - watch.closed_last_s < 2 * GENERATION_S:
        return False
    rto = watch.least("least_rto_ms")
    return rto is not None and rto > 1.5 * case.peer_sack_delay_ms


def spurious_retransmission(case: Case) -> Iterator[Finding]:
    """The T3 timer expires before the peer's delayed SACK can come, and no gap was ever reported."""
    watch, delay = case.watch, case.peer_sack_delay_ms
    rto = watch.least("least_rto_ms")
    t3, rtx = watch.sum("t3"), watch.sum("rtx")
    if rto is None or not delay or rto > delay or t3 < LEAST_EXPIRIES or rtx < LEAST_EXPIRIES:
        return
    if watch.sum("gaps") or watch.sum("fast") or watch.bad or watch.closed_last_s is not None:
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
    )


def no_heartbeat(case: Case) -> Iterator[Finding]:
    """NGAP is measured, and nothing separates the network's round trip from the core's time. A note: it is no fault."""
    interval = case.row.association.hb_interval_ms
    if not case.moment.probed or interval is None or interval < SLOW_HEARTBEAT_MS:
        return
    if any(rtt.heartbeat.n or rtt.last_at_s is not None for rtt in case.row.rtts.values()):
        return
    if case.ngap is None or case.ngap.messages < LEAST_NGAP:
        return
    yield Finding(
        "note",
        f"heartbeats every {show(interval, 'ms')} and none timed yet: network and core cannot be told apart",
        "lower it while measuring: SCTP_PEER_ADDR_PARAMS, or net.sctp.hb_interval=5000 for new associations",
    )
