"""Why two recordings cannot be compared, or not for certain, in sentences."""

from __future__ import annotations

from sctptop.comparison.kinds import Counts, listed, words
from sctptop.comparison.result import Comparison, Pair
from sctptop.comparison.statistics.ratio import LEAST_N
from sctptop.comparison.wording.success import failed_words, success_words, unsure_words
from sctptop.comparison.wording.transport import transport_words

NOTHING = ("", "")
"""The kinds of registration that a pair compares which has none in common."""


def without_common_kind(comparison: Comparison, pair: Pair) -> str:
    """Neither has what the other has, or of one kinds are not told; "" where that is not so."""
    counts = _counts(comparison, pair)
    if pair.kinds != NOTHING or not all(counts):
        return ""
    names = _names(comparison, pair)
    has = "; ".join(f"{name} {listed(kinds)}" for name, kinds in zip(names, counts, strict=True))
    text = (
        f"{names[0]} and {names[1]} have no kind of registration in common ({has}), and kinds are never mixed: only "
        "transport is compared."
    )
    return f"{text} {transport_words(comparison, pair)}"


def without_registrations(comparison: Comparison, pair: Pair) -> str:
    """One of them holds none that was completed."""
    names = _names(comparison, pair)
    lacking = [name for name, seen in zip(names, pair.seen, strict=True) if not seen.n]
    _, one = words(pair.kind).one.split()
    text = (
        f"{' and '.join(lacking)} {'holds' if len(lacking) == 1 else 'hold'} no completed {one}: only transport is "
        "compared."
    )
    return " ".join([*failed_words(comparison, pair), text, transport_words(comparison, pair)])


def other_ends(comparison: Comparison, pair: Pair) -> str:
    """They were recorded at different ends."""
    base, other = _names(comparison, pair)
    text = (
        f"{base} and {other} cannot be compared: their {words(pair.kind).many} were recorded at different ends "
        f"({pair.ends[0]} and {pair.ends[1]}). Record both at the same end."
    )
    return " ".join([text, *success_words(comparison, pair), transport_words(comparison, pair)])


def too_few(comparison: Comparison, pair: Pair, medians: str) -> str:
    """Times may differ by chance."""
    base, other = _names(comparison, pair)
    n = [seen.n for seen in pair.seen]
    text = (
        f"Too few {words(pair.kind).many} to tell {other} from {base}: n = {n[0]} and {n[1]}, and below {LEAST_N} "
        f"nothing is certain{medians}. Register UEs until {LEAST_N - min(n)} more succeed or, better, a hundred."
    )
    return " ".join([text, *(success_words(comparison, pair) or unsure_words(comparison, pair))])


def _names(comparison: Comparison, pair: Pair) -> tuple[str, str]:
    return comparison.summaries[pair.base].name, comparison.summaries[pair.other].name


def _counts(comparison: Comparison, pair: Pair) -> tuple[Counts, Counts]:
    base, other = (comparison.summaries[one] for one in (pair.base, pair.other))
    return base.kinds(pair.ends[0]), other.kinds(pair.ends[1])
