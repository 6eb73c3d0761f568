"""How many registrations succeeded, in words: timings hide rejections."""

from __future__ import annotations

from sctptop.comparison.kinds import words
from sctptop.comparison.result import Comparison, Pair
from sctptop.comparison.summaries.ended import Ended
from sctptop.model.registrations.words import COMPLETED

SHARES_APART = 0.2
"""A larger difference in success is reported even where too few registrations leave nothing certain."""


def success_words(comparison: Comparison, pair: Pair) -> list[str]:
    """A sentence where success differs beyond chance, else none."""
    if not pair.success.differs:
        return []
    told = [
        f"{seen.ended[COMPLETED]} of {seen.decided} in {comparison.summaries[place].name}{_how(seen)}"
        for place, seen in zip((pair.base, pair.other), pair.seen, strict=True)
    ]
    return [f"Mind that not as many succeed: {told[0]}, {told[1]}; times are of those alone."]


def unsure_words(comparison: Comparison, pair: Pair) -> list[str]:
    """A sentence where both have some that succeeded, and the shares lie far apart, but maybe by chance."""
    first, second = (seen.success for seen in pair.seen)
    if first is None or second is None or abs(first - second) < SHARES_APART:
        return []
    return [*failed_words(comparison, pair), "That may be chance."]


def failed_words(comparison: Comparison, pair: Pair) -> list[str]:
    """A sentence on how many failed in each and how, the worse first; none where all succeeded, or none was tried."""
    told = [
        (seen.failed / seen.decided, seen, comparison.summaries[place].name)
        for place, seen in zip((pair.base, pair.other), pair.seen, strict=True)
        if seen.decided
    ]
    told.sort(key=lambda one: -one[0])
    if not told or not told[0][0]:
        return []
    clauses: list[str] = []
    for share, seen, name in told:
        total = seen.decided
        count = f"all {total}" if share == 1 and total > 1 else f"{seen.failed or 'none'} of {total}"
        verb = "" if clauses else f" {words(seen.kind).many} failed"
        clauses.append(f"in {name} {count}{verb}{_how(seen)}")
    return [f"I{', '.join(clauses)[1:]}."]


def _how(seen: Ended) -> str:
    """How they failed, in brackets, and of how many more nothing is known."""
    told = [seen.failures] if seen.failed else []
    told += [f"of {seen.unknown} more it is not known"] if seen.unknown else []
    return f" ({'; '.join(told)})" if told else ""
