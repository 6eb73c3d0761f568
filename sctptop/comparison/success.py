"""How many registrations succeeded, in words: timings hide rejections."""

from __future__ import annotations

from sctptop.comparison.compare import Comparison, Pair
from sctptop.model.registrations.words import COMPLETED

SHARES_APART = 0.2
"""A larger difference in success is reported even where too few registrations leave nothing certain."""


def success_words(comparison: Comparison, pair: Pair) -> list[str]:
    """A sentence where success differs beyond chance, else none."""
    if not pair.success_differs:
        return []
    told = []
    for place in (pair.base, pair.other):
        seen = comparison.seen(place)
        how = f" ({seen.failures})" if seen.failed else ""
        told.append(
            f"{seen.ended[COMPLETED]} of {sum(seen.ended.values())} in {comparison.summaries[place].name}{how}"
        )
    return [f"Mind that not as many succeed: {told[0]}, {told[1]}; times are of those alone."]


def unsure_words(comparison: Comparison, pair: Pair) -> list[str]:
    """A sentence where both have some that succeeded, and the shares lie far apart, but maybe by chance."""
    shares = [
        ended[COMPLETED] / sum(ended.values())
        for ended in (comparison.seen(place).ended for place in (pair.base, pair.other))
    ]
    if abs(shares[0] - shares[1]) < SHARES_APART:
        return []
    return [*failed_words(comparison, pair), "That may be chance."]


def failed_words(comparison: Comparison, pair: Pair) -> list[str]:
    """A sentence on how many failed in each and how, the worse first; none where all succeeded, or none was tried."""
    told = []
    for place in (pair.base, pair.other):
        seen = comparison.seen(place)
        if total := sum(seen.ended.values()):
            told.append((seen.failed / total, total, seen, comparison.summaries[place].name))
    told.sort(key=lambda one: -one[0])
    if not told or not told[0][0]:
        return []
    clauses: list[str] = []
    for share, total, seen, name in told:
        count = f"all {total}" if share == 1 and total > 1 else f"{seen.failed or 'none'} of {total}"
        verb = "" if clauses else " registrations failed"
        clauses.append(f"in {name} {count}{verb}" + (f" ({seen.failures})" if share else ""))
    return [f"I{', '.join(clauses)[1:]}."]
