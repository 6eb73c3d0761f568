"""Parts that differ for certain where the whole cannot be told apart: one slow run hides the sum, not what made it."""

from __future__ import annotations

from collections.abc import Iterable

from sctptop.comparison.breakdown import Piece
from sctptop.comparison.result import Comparison, Pair
from sctptop.comparison.roles import RADIO
from sctptop.comparison.statistics.ratio import SLOWER
from sctptop.comparison.wording.causes import Cause, causes
from sctptop.comparison.wording.ratio_text import factor_text
from sctptop.model.passages.passage import NETWORK, UNREAD
from sctptop.quantity import milliseconds

NAMES = ("sctp", "unread", "network", "core", "ran")


def part_of(piece: Piece) -> str:
    """Which of COMPARED_PARTS a piece belongs to."""
    if piece.sctp:
        return "sctp"
    plain = {UNREAD: "unread", NETWORK: "network"}.get(piece.kind)
    return plain or ("ran" if piece.role in RADIO else "core")


def of_parts(comparison: Comparison, pair: Pair) -> Iterable[tuple[str, tuple[Cause, ...]]]:
    """A sentence on each, and why; of set-ups, and of those alone that make a difference that matters of the whole."""
    if not pair.across:
        return
    whole_ms = min(one.mean("total") for one in pair.seen)
    for name in NAMES:
        ratio = pair.ratios[name]
        base_ms, other_ms = (one.mean(name) for one in pair.seen)
        if not ratio.differs or abs(other_ms - base_ms) < ratio.margin * whole_ms:
            continue
        slow, fast = (pair.other, pair.base) if ratio.word == SLOWER else (pair.base, pair.other)
        sign = 1 if ratio.word == SLOWER else -1
        piece = max((one for one in pair.pieces if part_of(one) == name), key=lambda one: sign * one.delta_ms)
        found = tuple(
            causes(piece, slow, fast, comparison.summaries, comparison.settings, pair.ends[0])
            if sign * piece.delta_ms > 0
            else ()
        )
        slow_ms, fast_ms = (other_ms, base_ms) if slow == pair.other else (base_ms, other_ms)
        names = comparison.summaries[slow].name, comparison.summaries[fast].name
        subject = "SCTP" if piece.sctp else piece.title
        text = (
            f"Yet {subject} takes longer for certain in {names[0]}, by {factor_text(ratio)}: "
            f"{milliseconds(slow_ms)} instead of {milliseconds(fast_ms)} in the mean"
        )
        above = f", above all {piece.title.removeprefix('SCTP: ')}" if piece.sctp else ""
        why = f" Why: {'; '.join(cause.text for cause in found)}." if found else ""
        yield f"{text}{above}.{why}", found
