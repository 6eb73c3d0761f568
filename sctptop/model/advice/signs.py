"""Signs of trouble in one reading of one association. Cheap, and each may be innocent: rules ask for more."""

from __future__ import annotations

from collections.abc import Mapping

from sctptop.model.association import OPENING, Association
from sctptop.model.associations.counts import rise
from sctptop.model.associations.row import Row

LINUX_SACK_DELAY_MS = 200.0
"""Assumed of a peer that is not on this host: SCTP_DEFAULT_TIMEOUT_SACK, include/net/sctp/constants.h."""
FULL_PACKET = 1500
SLOW_READ_MS, SLOWEST_READ_MS = 1.0, 50.0
"""A median wait to be read below the first is quick, above the second slow, whatever it was before."""
LASTING_QUEUE = 4096
"""Recv-Q from here on is looked at: a dozen small messages, with the kernel's overhead."""
LEAST_BUFFER = 6000
"""Bytes of a receive buffer below which full packets do not fit: Linux counts more than their octets."""
STALL_DELAYS = 3.0
LEAST_ANSWERS, ANSWERED = 10, 0.2
"""So many DATA chunks in, and at least one for so many out, are a dialogue."""
CLOSING = ("SHUTDOWN_PENDING", "SHUTDOWN_SENT", "SHUTDOWN_RECEIVED", "SHUTDOWN_ACK_SENT")
SLOWER, SLOWER_MS = 2.0, 20.0
"""A primary path is far slower than another where its heartbeats take so many times and ms longer."""
MANY_ERRORS = 3
"""Transmissions or heartbeats in a row without an answer; below it may be the loss of one packet."""

_OF_LOSS = ("rtx_chunks", "rtx_marked_chunks", "abandoned_unsent", "abandoned_sent")
_DATA_OUT, _DATA_IN = ("out_data_chunks",), ("in_data_chunks",)
_WELL = ("ACTIVE", None)


def gives_cause(row: Row) -> bool:
    """Whether anything in this interval may be a sign of trouble. Cheap: it is asked of every association."""
    rates, entry = row.rates, row.association
    if rise(rates, _OF_LOSS):
        return True
    if (entry.peer_rwnd is not None and entry.peer_rwnd < 2 * FULL_PACKET) or entry.state in OPENING:
        return True
    # No calls either: it is asked of thousands each second.
    process, sndbuf = entry.process, entry.sndbuf
    if entry.recv_queue or entry.state in CLOSING or (process is not None and process.stopped):
        return True
    if (sndbuf and (entry.send_queue or 0) >= sndbuf) or (entry.rcvbuf or LEAST_BUFFER) < LEAST_BUFFER:
        return True
    if answered_before(entry) and not rise(rates, _DATA_IN) and rise(rates, _DATA_OUT):
        return True
    held, read = row.held.now.max_ns, row.read_wait.now.max_ns
    if (held is not None and held >= 1e6) or (read is not None and read >= SLOW_READ_MS * 1e6):
        return True
    if len(entry.paths) > 1 and len(row.rtts) > 1:
        last = {address: rtt.last_ms for address, rtt in row.rtts.items()}
        if slower_primary(row, last) is not None:
            return True
    for path in entry.paths:  # noqa: SIM110
        # No generator: it costs as much again as what it asks.
        if path.state not in _WELL or (path.errors or 0) >= MANY_ERRORS:
            return True
    return False


def same_signs(row: Row, before: Row) -> bool:
    """Whether all that ``gives_cause`` looks at is the same object as before."""
    return (
        row.association is before.association
        and row.rates is before.rates
        and row.rtts is before.rtts
        and row.held is before.held
        and row.read_wait is before.read_wait
    )


def is_stopped(entry: Association) -> bool:
    """Whether the process that owns the socket is, by a signal or a debugger."""
    return entry.process is not None and entry.process.stopped


def slower_primary(row: Row, times: Mapping[str, float | None]) -> tuple[str, float, str, float] | None:
    """Primary path and its heartbeat, and those of the fastest other; ms by address. None where it is fine."""
    active = {path.address for path in row.association.paths if path.state == "ACTIVE"}
    found = {address: ms for address, ms in times.items() if address in active and ms is not None}
    primary = row.association.primary
    if primary not in found or len(found) < 2:
        return None
    best = min((address for address in found if address != primary), key=lambda address: found[address])
    slow, quick = found[primary], found[best]
    return (primary, slow, best, quick) if slow >= SLOWER * quick and slow - quick >= SLOWER_MS else None


def failing(state: str | None, errors: int | None) -> bool:
    """Whether a path seems not to work.

    PF alone does not say so: with pf_retrans 0, the default, one T3 expiry is enough, and only a HEARTBEAT-ACK takes
    it back, never a SACK (sctp_check_transmitted, Linux 6.1). A SACK does set its errors back to 0.
    """
    errors = errors or 0
    return state in ("INACTIVE", "UNCONFIRMED") or errors >= MANY_ERRORS or (state == "PF" and errors > 0)


def send_buffer_full(entry: Association) -> bool:
    """Whether no further message fits; Linux lets one in while there is any room (sctp_wspace, net/sctp/socket.c)."""
    return bool(entry.sndbuf) and (entry.send_queue or 0) >= (entry.sndbuf or 0)


def dead(state: str | None, errors: int | None) -> bool:
    """Whether nothing gets through: the kernel says so, or several tries in a row found no answer."""
    return state == "INACTIVE" or (errors or 0) >= MANY_ERRORS


def outstanding(entry: Association) -> int:
    """Bytes in flight on all paths that are known."""
    return sum(path.flight or 0 for path in entry.paths) or entry.flight or 0


def window_closed(entry: Association) -> bool:
    """Whether data waits because the peer takes none: its window, what is in flight included, is below two packets.

    peer_rwnd alone is near 0 whenever the window is used up, which is what a quick sender does.
    """
    if entry.state not in ("ESTABLISHED", "SHUTDOWN_PENDING") or entry.peer_rwnd is None:
        return False
    sent = outstanding(entry)
    waiting = entry.out_queue_chunks if entry.out_queue_chunks is not None else (entry.send_queue or 0) > sent
    return bool(waiting) and entry.peer_rwnd + sent < 2 * FULL_PACKET


def window_narrow(entry: Association, most: int) -> bool:
    """Whether the peer has no room for a few packets, what is in flight included; ``most``: the widest it ever was.

    It then throws away what comes, and tells gaps: from here that looks like loss.
    """
    if entry.peer_rwnd is None:
        return False
    least = max(2 * FULL_PACKET, min(4 * FULL_PACKET, most // 4))
    return entry.peer_rwnd + outstanding(entry) < least


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


def stall_limits_ms(other: Row | None) -> tuple[float, float]:
    """Between which times a hold looks like a delayed SACK; twice 0 where the peer delays none.

    Nagle lets a message go with the SACK that empties the flight: one delay, and a second where that SACK was of an
    earlier packet. What is held longer waits for something else.
    """
    delay = peer_sack_delay(other)
    return (max(delay / 2, 2.0), STALL_DELAYS * delay) if delay else (0.0, 0.0)


def works(row: Row) -> bool:
    """Whether every path answered what was sent last; PF alone says no more than that a T3 expired once."""
    return all(path.state in ("ACTIVE", "PF", None) and not path.errors for path in row.association.paths)


def answered_before(entry: Association) -> bool:
    """Whether what we send is usually answered: a dialogue, not a stream."""
    sent, came = entry.out_data_chunks or 0, entry.in_data_chunks or 0
    return came >= LEAST_ANSWERS and came >= ANSWERED * sent


def peer_sack_delay(other: Row | None) -> float:
    """Of the other end where it is on this host, else what Linux begins with; ms."""
    known = other.association.sack_delay_ms if other is not None else None
    return LINUX_SACK_DELAY_MS if known is None else float(known)


def slow_limit_ms(usual_ms: float | None) -> float:
    """Ten times what is usual, within bounds."""
    if usual_ms is None:
        return SLOWEST_READ_MS
    return min(max(10 * usual_ms, SLOW_READ_MS), SLOWEST_READ_MS)


def beat_timed(row: Row) -> bool:
    """Whether a heartbeat was timed on any of its paths."""
    for rtt in row.rtts.values():  # noqa: SIM110
        # No generator: it is asked of all that moved.
        if rtt.heartbeat.n or rtt.last_at_s is not None:
            return True
    return False
