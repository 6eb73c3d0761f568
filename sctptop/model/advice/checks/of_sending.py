"""Advice on what keeps messages from being sent: Nagle, SACKs that come late, windows and buffers, a shutdown."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.checks.of_reading import peer_buffer_is_small
from sctptop.model.advice.evidence import Watch
from sctptop.model.advice.signs import outstanding, window_bound
from sctptop.quantity import counted, milliseconds, short

LEAST_STALLED, LEAST_STALLED_READINGS = 3, 2
CLOSED_READINGS = 3
"""A window that closes for a moment is flow control at work."""
FULL_READINGS, NEAR_CWND = 3, 0.8
CLOSING_READINGS = 2


def _by_its_own_will(watch: Watch) -> bool:
    """Whether MSG_MORE holds more than Nagle does: what it held a HEARTBEAT may set free, and the next then waits."""
    return watch.sum("more_messages") >= watch.sum("stalled")


def nagle_stall(case: Case) -> Iterator[Finding]:
    """Messages held for half the peer's SACK delay or more, with NODELAY off.

    While cwnd or the peer's window held them too they are not counted (signs.window_bound).
    """
    if case.row.association.nodelay is not False or (stalled := case.watch.sum("stalled")) < LEAST_STALLED:
        return
    held = case.watch.sum("held")
    if (
        case.watch.sum("stalled_readings") < LEAST_STALLED_READINGS
        or stalled < case.limits.stalled_share * held
    ):
        return
    if _by_its_own_will(case.watch):
        return
    longest = milliseconds(case.watch.most("stalled_max_ms"))
    yield Finding(
        "problem",
        f"{stalled} of {counted(held, 'message')} held up to {longest} before the first transmission with NODELAY off, "
        f"as long as the peer delays a SACK ({case.peer_sack_delay_text}); cwnd and the peer's window had room",
        "set SCTP_NODELAY on this end",
        cost=stalled,
    )


def delayed_sack(case: Case) -> Iterator[Finding]:
    """The peer waits for SACKs that we delay.

    Seen at the other end where it is here; else by NGAP: the next message of a UE came one SACK delay after the one
    before, and SctpDelaySackExpireds rose meanwhile. A delayed SACK that nobody waits for is no trouble.
    """
    delay = case.row.association.sack_delay_ms
    if not delay:
        return
    remedy = "lower SCTP_DELAYED_SACK on this end, or set SCTP_NODELAY on the peer's"
    there = case.other_watch
    if there is not None and case.other is not None and case.other.association.nodelay is False:
        stalled = there.sum("stalled")
        if stalled >= LEAST_STALLED and not _by_its_own_will(there):
            longest = milliseconds(there.most("stalled_max_ms"))
            yield Finding(
                "warning",
                f"this end delays its SACKs by {milliseconds(delay)}; {counted(stalled, 'message')} of the peer waited "
                f"up to {longest} for one",
                remedy,
            )
        return
    if case.ngap is None or not case.ngap.late:
        return
    late, pairs, expired = case.ngap.pairs
    if late < LEAST_STALLED or 2 * late < pairs or expired < LEAST_STALLED:
        return
    yield Finding(
        "warning",
        f"{late} of {pairs} second messages of a UE came about {milliseconds(delay)} after the first, the delay of our "
        f"SACK; meanwhile SctpDelaySackExpireds of the network namespace rose by {expired}",
        remedy,
    )


def closed_window(case: Case) -> Iterator[Finding]:
    """Data waits, and the peer takes none: its whole window, what is in flight included, is below two packets."""
    span, entry = case.watch.lasting.closed, case.row.association
    if (
        span is None
        or span.readings < CLOSED_READINGS
        or span.for_s(case.moment.now_s) < case.limits.closed_window_s
    ):
        return
    if peer_buffer_is_small(case) or case.watch.lasting.closing is not None:
        return
    waiting = entry.out_queue_chunks
    what = f"{short(entry.send_queue or 0)}B in the send queue"
    if waiting is not None:
        what = f"{counted(waiting, 'chunk')} not sent yet ({what})"
    seen = f"peer rwnd {entry.peer_rwnd} B with {short(outstanding(entry))}B in flight, {what}"
    if case.other is not None and case.other.association.recv_queue is not None:
        seen += f"; the peer's Recv-Q {short(case.other.association.recv_queue)}B"
    yield Finding(
        "problem",
        seen,
        "the peer's application does not read: look there",
        since_s=span.since_s,
        cost=inf,
    )


def full_send_buffer(case: Case) -> Iterator[Finding]:
    """The application waits for room in the send buffer, while cwnd and the peer's window have some."""
    span, entry = case.watch.lasting.full, case.row.association
    if (
        span is None
        or span.readings < FULL_READINGS
        or span.for_s(case.moment.now_s) < case.limits.full_buffer_s
    ):
        return
    lasting = case.watch.lasting
    if (
        lasting.bad
        or lasting.closed
        or window_bound(entry)
        or case.watch.sum("rtx")
        or entry.state != "ESTABLISHED"
    ):
        return
    if entry.out_queue_chunks or outstanding(entry) >= NEAR_CWND * (entry.cwnd or 0):
        # More than what is in flight waits, or cwnd is used up: a larger buffer would only hold more of it.
        return
    yield Finding(
        "warning",
        f"Send-Q {short(entry.send_queue or 0)}B fills the send buffer ({short(entry.sndbuf or 0)}B), all of it is in "
        f"flight: {short(outstanding(entry))}B of cwnd {short(entry.cwnd or 0)}B; sendmsg waits, or says EAGAIN",
        "raise SO_SNDBUF on this end (net.core.wmem_default)",
        since_s=span.since_s,
    )


def shutting_down(case: Case) -> Iterator[Finding]:
    """Closed, and the peer does not take what is still to be sent: it is neither up nor gone."""
    span, entry = case.watch.lasting.closing, case.row.association
    if (
        span is None
        or span.readings < CLOSING_READINGS
        or span.for_s(case.moment.now_s) < case.limits.shutdown_s
    ):
        return
    lasted = milliseconds(1000 * round(span.for_s(case.moment.now_s)))
    if entry.state == "SHUTDOWN_PENDING":
        left = counted(entry.out_queue_chunks, "chunk") if entry.out_queue_chunks is not None else "data"
        seen = f"{left} ({short(entry.send_queue or 0)}B) of this end that the peer does not take"
        window = f", peer rwnd {entry.peer_rwnd} B" if entry.peer_rwnd is not None else ""
        seen += window
        remedy = (
            "the peer's application does not read: end it there; SO_LINGER 0 or SCTP_ABORT gives the data up"
        )
    else:
        seen, remedy = (
            "no answer to SHUTDOWN",
            "the peer is gone, or its way: the kernel gives up after its retries",
        )
    yield Finding(
        "warning",
        f"{entry.state} for {lasted}: {seen}",
        remedy,
        since_s=span.since_s,
    )


def abandoned(case: Case) -> Iterator[Finding]:
    """Messages that were given up because their lifetime, or their number of retransmissions, was over (RFC 3758)."""
    unsent, sent = case.watch.sum("abandoned_unsent"), case.watch.sum("abandoned_sent")
    if unsent + sent < LEAST_STALLED:
        return
    out = max(case.watch.sum("out_data"), sent)
    yield Finding(
        "warning",
        f"{counted(unsent + sent, 'message')} abandoned by partial reliability: {unsent} before they were sent, "
        f"{sent} of {counted(out, 'DATA chunk')} after",
        "the lifetime that the application sets (sinfo_timetolive, SCTP_PR_*) is shorter than loss or a queue holds "
        "them: lengthen it, or mend the way",
        cost=unsent + sent,
    )
