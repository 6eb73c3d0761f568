"""How many registrations there were at a time, and a second: of when each began and ended, in ns, in any order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import repeat
from operator import sub

SECOND_NS = 1_000_000_000
STRAGGLERS = 10
"""One in so many, of the first to begin and of the last as many, is left out of their rate."""


def at_once(starts: Sequence[int], stops: Sequence[int]) -> int:
    """How many were under way at a time, at most; one that ends makes room for another at that instant."""
    ended = map(bisect_right, repeat(sorted(stops)), sorted(starts))
    return max(map(sub, range(1, len(starts) + 1), ended), default=0)


def offered(starts: Sequence[int]) -> float | None:
    """How many began per second, over a second at least; None of one."""
    ordered = sorted(starts)
    # One that comes late, or tries again, makes no rate.
    left_out = len(ordered) // STRAGGLERS
    counted = ordered[left_out : len(ordered) - left_out]
    if len(counted) < 2:
        return None
    return (len(counted) - 1) * 1e9 / max(counted[-1] - counted[0], SECOND_NS)


def peak(starts: Sequence[int]) -> int:
    """How many began within a second, at most."""
    ordered = sorted(starts)
    before = map(bisect_right, repeat(ordered), [start_ns - SECOND_NS for start_ns in ordered])
    return max(map(sub, range(1, len(ordered) + 1), before), default=0)


def rate(n: int, starts: Sequence[int], stops: Sequence[int]) -> float | None:
    """``n`` per second, from the first beginning to the last end; None of one."""
    took_ns = max(stops, default=0) - min(starts, default=0)
    return n * 1e9 / took_ns if n > 1 and took_ns > 0 else None
