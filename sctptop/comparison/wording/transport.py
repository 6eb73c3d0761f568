"""What SCTP itself did, where it can be compared without any registration."""

from __future__ import annotations

from sctptop.comparison.result import Comparison, Pair
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER, TOO_FEW
from sctptop.comparison.summaries.summary import Summary
from sctptop.quantity import milliseconds

LEAST_CHUNKS = 100
LOSS_APART = 2.0
"""Shares of retransmitted chunks that differ by this factor and by LEAST_LOSS are worth a word."""
LEAST_LOSS = 0.001


def rtx_share(summary: Summary) -> float | None:
    """Chunks retransmitted for each that was sent, at all ends on that host; None where too few were."""
    known = [(end.rtx_chunks, end.out_data_chunks) for end in summary.ends.values()]
    again = sum(rtx for rtx, out in known if rtx is not None and out is not None)
    out = sum(out for rtx, out in known if rtx is not None and out is not None)
    return again / out if out >= LEAST_CHUNKS else None


def transport_words(comparison: Comparison, pair: Pair) -> str:
    """Heartbeats and retransmissions in two sentences."""
    base, other = (comparison.summaries[one] for one in (pair.base, pair.other))
    ratio = pair.ratios["heartbeat"]
    values = [one.heartbeats.percentile(0.5) for one in (base, other)]
    if None in values:
        lacking = " and ".join(
            one.name for one, value in zip((base, other), values, strict=True) if value is None
        )
        told = f"No heartbeat was timed in {lacking}."
    else:
        medians = " and ".join(milliseconds(value or 0.0) for value in values)
        result = {
            SLOWER: f"is longer in {other.name}",
            FASTER: f"is shorter in {other.name}",
            TOO_FEW: "was timed too rarely to compare",
            SAME: "shows no difference that matters",
        }.get(ratio.word, "cannot be told apart")
        told = f"The heartbeat RTT {result} (median {medians}, n = {ratio.n[0]} and {ratio.n[1]})."
    return f"{told} {_loss_words(base, other)}".strip()


def _loss_words(base: Summary, other: Summary) -> str:
    shares = rtx_share(base), rtx_share(other)
    if shares[0] is None or shares[1] is None:
        return "Too little data was sent to compare retransmissions."
    low, high = sorted((shares[0], shares[1]))
    told = f"{shares[0]:.2%} of the chunks in {base.name} and {shares[1]:.2%} in {other.name}"
    if high - low >= LEAST_LOSS and high >= LOSS_APART * low:
        expired = [one.counters.get("SctpT3RtxExpireds") for one in (base, other)]
        t3 = "" if None in expired else f"; T3 expired {expired[0]} and {expired[1]} times"
        return f"Retransmissions differ: {told}{t3}."
    return f"Retransmissions do not differ much: {told}."
