"""A verdict in one line, for logs of tests."""

from __future__ import annotations

from sctptop.comparison.gate import UNSURE, WORSE, gate, worse_by
from sctptop.comparison.kinds import words
from sctptop.comparison.result import Comparison
from sctptop.comparison.statistics.ratio import LEAST_RUNS
from sctptop.comparison.wording.headline import STATISTICS, advised, names, value
from sctptop.comparison.wording.ratio_text import times_text
from sctptop.comparison.wording.verdict import Verdict
from sctptop.quantity import milliseconds


def one_line(comparison: Comparison, verdict: Verdict, limit: float) -> str:
    """What is said, of which side, the figures, and the part that made a difference with its setting."""
    pair = verdict.pair
    base, other = names(comparison, pair)
    said = gate(pair, limit)
    start = f"{said}: {other} against {base}"
    if not pair.comparable:
        return f"{start}: {verdict.text}"
    # What made it worse may be another figure than that which is the clearest.
    by = worse_by(pair, limit) or verdict.by or "p50"
    ratio = pair.ratios[by]
    before, after = (milliseconds(value(one, by)) for one in pair.seen)
    runs = f"{ratio.runs[0]} and {ratio.runs[1]} runs, " if ratio.across else ""
    told = [
        f"{start}, {STATISTICS[by]} of {words(pair.kind).full} {times_text(ratio)}, {before} → {after} "
        f"({runs}n = {ratio.n[0]} and {ratio.n[1]})"
    ]
    if verdict.by and verdict.shares:
        piece, share = verdict.shares[0]
        settings = ", ".join(dict.fromkeys(cause.setting for cause in verdict.causes if cause.setting))
        told.append(f"{share:.0%} of it is {piece.title}" + (f" ({settings})" if settings else ""))
    if said == WORSE and pair.success.differs and pair.success.worse:
        shares = [f"{one.success:.1%}" if one.success is not None else "none" for one in pair.seen]
        told.append(f"fewer succeed, {shares[1]} instead of {shares[0]}")
    if said == UNSURE:
        told += (
            [text.rstrip(".") for text in advised(comparison, pair)]
            if pair.across
            else [f"of set-ups nothing is claimed below {LEAST_RUNS} runs a side"]
        )
    return "; ".join(told)
