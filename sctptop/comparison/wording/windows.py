"""The window that a peer offers, as seen from the end that sends: how a small receive buffer shows there."""

from __future__ import annotations

from sctptop.comparison.remarks import MEASURED_APART
from sctptop.comparison.roles import PEERS
from sctptop.comparison.summaries.summary import Summary
from sctptop.quantity import short


def narrow_window(role: str, slow: Summary, fast: Summary) -> str | None:
    """That the peer of ``role`` offered less in ``slow``, and that this, not congestion, was the limit there.

    The widest window seen is the buffer's; what waits unread, or is in flight, makes any other one narrower.
    """
    ends = slow.end(role), fast.end(role)
    ours, theirs = (one.peer_window for one in ends)
    if ours is None or theirs is None or ours * MEASURED_APART >= theirs:
        return None
    # cwnd grows only while it is the limit: a window below what it has reached is the narrower of the two.
    if ours >= (ends[0].cwnd or 0):
        return None
    told = [f"{short(one or 0)}B" for one in (ours, theirs, ends[0].cwnd)]
    return (
        f"the window of the {PEERS[role]}, which its receive buffer makes, was {told[0]} at most in {slow.name} and "
        f"{told[1]} in {fast.name}, and congestion control let {told[2]} go"
    )
