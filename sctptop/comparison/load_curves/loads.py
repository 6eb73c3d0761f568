"""Under which load each registration began: how many began per second around it, and how many were under way."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from statistics import fmean, pvariance

SECOND = 1_000_000_000
SPANS_S = (1, 2, 5, 10, 20, 60)
"""Over which registrations are counted, in seconds."""
LEAST_A_SPAN = 10
"""On average of those spans that have any: fewer would show chance, and not load."""
BY_CHANCE = 2.0
"""Counts of what comes independently vary as much as their mean; from here on the load itself varies."""


def span_for(starts: Iterable[Sequence[int]]) -> int:
    """The shortest of SPANS_S, in seconds, with LEAST_A_SPAN; ``starts``: ns, of each run."""
    runs = [one for one in starts if one]
    for span_s in SPANS_S[:-1]:
        spans = sum(len(_counts(one, span_s)) for one in runs)
        if sum(map(len, runs)) >= LEAST_A_SPAN * spans:
            return span_s
    return SPANS_S[-1]


def per_second(starts: Sequence[int], began: Iterable[int], span_s: int) -> list[float]:
    """How many began per second in the span of each; ``starts``: all that began, among them these, ns."""
    counts, first = _counts(starts, span_s), min(starts, default=0)
    return [counts[(one - first) // (span_s * SECOND)] / span_s for one in began]


def in_flight(starts: Sequence[int], stops: Sequence[int], began: Iterable[int]) -> list[float]:
    """How many were under way as each began, itself included; one that ends makes room at that instant."""
    begun, ended = sorted(starts), sorted(stops)
    return [float(bisect_right(begun, one) - bisect_right(ended, one)) for one in began]


def in_flight_before(starts: Sequence[int], stops: Sequence[int], began: Iterable[int]) -> list[float]:
    """How many were under way on average over the second before each began: a short stall is not in it yet."""
    begun, ended = sorted(starts), sorted(stops)
    begun_sum, ended_sum = [0, *accumulate(begun)], [0, *accumulate(ended)]

    def spent(until: int) -> int:
        """What all together had taken by then, ns."""
        first, second = bisect_right(begun, until), bisect_right(ended, until)
        return (first - second) * until - begun_sum[first] + ended_sum[second]

    return [(spent(one) - spent(one - SECOND)) / SECOND for one in began]


def varied(starts: Iterable[Sequence[int]], span_s: int) -> bool:
    """Whether registrations per second differ by more than chance, within runs or from one to another."""
    counts: list[int] = []
    for one in starts:
        if one:
            found = _counts(one, span_s)
            counts += [found[span] for span in range(max(found) + 1)]
    return len(counts) > 1 and pvariance(counts) > BY_CHANCE * fmean(counts)


def _counts(starts: Sequence[int], span_s: int) -> Counter[int]:
    """By the number of the span since the first."""
    first = min(starts, default=0)
    return Counter((one - first) // (span_s * SECOND) for one in starts)
