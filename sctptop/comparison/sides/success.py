"""Whether as many registrations succeed on either side, and fail for the same reasons: exact tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sctptop.comparison.statistics.correction import holm
from sctptop.comparison.statistics.exact import fisher, shares_across
from sctptop.comparison.statistics.ratio import LEAST_N, LEAST_RUNS, LEVEL
from sctptop.comparison.summaries.ended import Ended
from sctptop.model.registrations.words import COMPLETED

WITHIN = 0.01
"""The level within these runs, where what differs from run to run is not seen."""
Reason = tuple[str, str]
"""An outcome, and its cause, "" for none."""


@dataclass(frozen=True, slots=True)
class Success:
    """``p`` that as many succeed, ``worse``: on the other side fewer do; ``reasons``: of failing, which differ, with p.

    ``p`` is the greater of Fisher's exact test over all registrations and, across runs, of Welch's on one share a run:
    both must see it. Reasons are corrected after Holm. ``differs`` beyond chance, of the set-ups where ``across``.
    """

    p: float = 1.0
    differs: bool = False
    worse: bool = False
    across: bool = False
    reasons: dict[Reason, float] = field(default_factory=dict)


def success_of(base: Ended, other: Ended) -> Success:
    """Of two sides; nothing differs where either has fewer than ten that ended."""
    sides = base, other
    if min(one.decided for one in sides) < LEAST_N:
        return Success()
    p = _p(*sides, lambda one: one.ended[COMPLETED])
    across = min(len(_runs(one)) for one in sides) >= LEAST_RUNS
    level = LEVEL if across else WITHIN
    names = sorted(base.reasons.keys() | other.reasons.keys())
    tested = [_p(*sides, lambda one, name=name: one.reasons.get(name, 0)) for name in names]  # type: ignore[misc]
    adjusted = dict(zip(names, holm(tested), strict=True))
    return Success(
        p,
        p < level,
        (other.success or 0) < (base.success or 0),
        across,
        {name: value for name, value in adjusted.items() if value < level},
    )


def _p(base: Ended, other: Ended, hits: Callable[[Ended], int]) -> float:
    found = fisher((hits(base), base.decided), (hits(other), other.decided))
    first, second = ([(hits(one), one.decided) for one in _runs(side)] for side in (base, other))
    by_run = shares_across(first, second) if min(len(first), len(second)) >= LEAST_RUNS else None
    return found if by_run is None else max(found, by_run)


def _runs(side: Ended) -> list[Ended]:
    return [one for one in side.each if one.decided >= LEAST_N]
