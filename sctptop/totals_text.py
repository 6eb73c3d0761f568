"""The whole host in one line, in words: for the dashboard and for plain text."""

from __future__ import annotations

from collections.abc import Iterator

from sctptop.model.snapshot import Totals
from sctptop.quantity import show

COUNT, WORDS, LABEL, VALUE, ALARM = "count", "words", "label", "value", "alarm"
"""Kinds of pieces. ALARM is a rate that should be zero and is not."""


def totals_pieces(
    totals: Totals, both_ends: bool, *, established: bool = True, sack_timeouts: str = "SACK timeouts"
) -> Iterator[tuple[str, str]]:
    """Kind and text of each piece; joined they are the line. A rate not known yet is a dash.

    ``both_ends``: associations are counted, and beside them their ends here. A narrow line does without
    ``established``, or has another word for ``sack_timeouts``.
    """
    yield COUNT, f"{totals.distinct if both_ends else totals.associations} assoc"
    if both_ends:
        yield WORDS, f", {totals.associations} ends"
    if established:
        yield WORDS, f" ({totals.established} est)"
    for lead, value in (("  in ", totals.in_packets), (" out ", totals.out_packets)):
        yield LABEL, lead
        yield VALUE, show(value, "/s")
    yield LABEL, " pkt/s"
    troubles = (
        ("rtx", totals.retransmissions),
        ("T3", totals.t3_expiries),
        (sack_timeouts, totals.sack_timeouts),
    )
    for label, value in troubles:
        yield LABEL, f"  {label} "
        yield ALARM if value else VALUE, f"{show(value, '/s')}/s"
