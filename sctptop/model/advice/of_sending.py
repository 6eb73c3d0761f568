"""Advice on what keeps messages from being sent: Nagle, and a peer whose window is closed."""

from __future__ import annotations

from collections.abc import Iterator

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.signs import outstanding
from sctptop.quantity import counted, milliseconds, short

LEAST_STALLED, LEAST_STALLED_READINGS = 3, 2
LEAST_STALLED_SHARE = 0.01
CLOSED_S, CLOSED_READINGS = 3.0, 3
"""A window that closes for a moment is flow control at work."""


def nagle_stall(case: Case) -> Iterator[Finding]:
    """Messages held for half the peer's SACK delay or more, with NODELAY off.

    While cwnd or the peer's window held them too they are not counted (signs.window_bound).
    """
    held, stalled = case.watch.sum("held"), case.watch.sum("stalled")
    if case.row.association.nodelay is not False or stalled < LEAST_STALLED:
        return
    if case.watch.sum("stalled_readings") < LEAST_STALLED_READINGS or stalled < LEAST_STALLED_SHARE * held:
        return
    longest = milliseconds(case.watch.most("stalled_max_ms"))
    yield Finding(
        "problem",
        f"{stalled} of {counted(held, 'message')} held up to {longest} before the first transmission with NODELAY off, "
        f"as long as the peer delays a SACK ({case.peer_sack_delay_text}); cwnd and the peer's window had room",
        "set SCTP_NODELAY on this end",
    )


def closed_window(case: Case) -> Iterator[Finding]:
    """Data waits, and the peer takes none: its whole window, what is in flight included, is below two packets."""
    watch, entry = case.watch, case.row.association
    since = watch.closed_since_s
    if since is None or watch.closed_readings < CLOSED_READINGS or case.moment.now_s - since < CLOSED_S:
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
        since_s=since,
    )
