"""Compares summaries: the first is the baseline, each other one is compared with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from sctptop.comparison.breakdown import Piece, pieces
from sctptop.comparison.remarks import Setting, caveats_of, ends_of, settings_of
from sctptop.comparison.significance import (
    LEAST_N,
    Ratio,
    ratio_of_distributions,
    ratio_of_means,
    ratio_of_percentiles,
)
from sctptop.comparison.summary import Ended, Summary
from sctptop.model.registrations.words import COMPLETED

SURE = 2.58
"""Standard errors that two shares must lie apart: 99 %."""
MOST_STAGES = 6


@dataclass(frozen=True, slots=True)
class StageChange:
    """One stage of registrations: its mean time, spread over all that were completed, in ms."""

    whose: str
    name: str
    base_ms: float
    other_ms: float


@dataclass(frozen=True, slots=True)
class Pair:
    """One recording against the baseline; both are numbers of the list. ``ends``: where each was seen from.

    ``ratios``: of "p50", "p95" and "mean" of the total, of the means of "sctp", "core" and "ran", and of "heartbeat".
    ``pieces`` are empty where registrations cannot be compared. ``typical``: they are of the middle half alone, since
    a few slow registrations would turn the means round. ``procedures``: of the medians, by name and whether we asked.
    ``success_differs`` beyond chance.
    """

    base: int
    other: int
    ends: tuple[str, str]
    ratios: Mapping[str, Ratio]
    pieces: tuple[Piece, ...] = ()
    stages: tuple[StageChange, ...] = ()
    procedures: Mapping[tuple[str, bool], Ratio] = field(default_factory=dict)
    typical: bool = False
    success_differs: bool = False

    @property
    def comparable(self) -> bool:
        """Whether both hold registrations, seen from the same end."""
        return bool(self.ends[0]) and self.ends[0] == self.ends[1] and min(self.ratios["p50"].n) > 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it. ``ends`` by recording: the end its registrations are seen from, "" without any."""

    summaries: tuple[Summary, ...]
    ends: tuple[str, ...]
    settings: tuple[Setting, ...]
    caveats: tuple[str, ...]
    pairs: tuple[Pair, ...]

    def seen(self, place: int) -> Ended:
        """The registrations of a recording that are compared."""
        return self.summaries[place].of(self.ends[place])


def compare(summaries: Sequence[Summary]) -> Comparison:
    """Of two summaries or more."""
    ends = ends_of(summaries)
    return Comparison(
        summaries=tuple(summaries),
        ends=ends,
        settings=settings_of(summaries),
        caveats=caveats_of(summaries, ends),
        pairs=tuple(_pair(summaries, ends, other) for other in range(1, len(summaries))),
    )


def _pair(summaries: Sequence[Summary], ends: Sequence[str], other: int) -> Pair:
    before, after = summaries[0], summaries[other]
    seen = before.of(ends[0]), after.of(ends[other])
    totals = seen[0].times["total"], seen[1].times["total"]
    ratios = {
        "p50": ratio_of_percentiles(*totals, 0.5),
        "p95": ratio_of_percentiles(*totals, 0.95),
        "mean": ratio_of_means(*totals),
        "heartbeat": ratio_of_distributions(before.heartbeats, after.heartbeats, 0.5),
    }
    same_end = ends[0] if ends[0] == ends[other] else ""
    for part in ("sctp", "core", "ran"):
        ratios[part] = ratio_of_means(seen[0].times[part], seen[1].times[part])
    found: tuple[Piece, ...] = ()
    stages: tuple[StageChange, ...] = ()
    typical = False
    if same_end and totals[0] and totals[1]:
        middle, mean = ratios["p50"], ratios["mean"].value or 1.0
        typical = middle.differs and ((middle.value or 1.0) > 1) != (mean > 1)
        found = pieces(before, after, same_end, typical)
        stages = _stages(*seen)
    return Pair(
        base=0,
        other=other,
        ends=(ends[0], ends[other]),
        ratios=ratios,
        pieces=found,
        stages=stages,
        procedures={
            name: ratio_of_distributions(before.procedures[name][0], after.procedures[name][0], 0.5)
            for name in before.procedures.keys() & after.procedures.keys()
        },
        typical=typical,
        success_differs=_success_differs(*seen),
    )


def _stages(base: Ended, other: Ended) -> tuple[StageChange, ...]:
    """Those that differ most, in the order of that."""
    names = base.stages.keys() | other.stages.keys()
    changes = [
        StageChange(whose, name, *(_mean_stage(one, (whose, name)) for one in (base, other)))
        for whose, name in sorted(names)
    ]
    changes.sort(key=lambda one: -abs(one.other_ms - one.base_ms))
    return tuple(changes[:MOST_STAGES])


def _mean_stage(ended: Ended, name: tuple[str, str]) -> float:
    stalls = ended.stages.get(name)
    return stalls.sum_ms / ended.n if stalls and ended.n else 0.0


def _success_differs(base: Ended, other: Ended) -> bool:
    """Two shares against each other with their pooled standard error."""
    counts = [(one.ended[COMPLETED], sum(one.ended.values())) for one in (base, other)]
    if min(n for _, n in counts) < LEAST_N:
        return False
    pooled = sum(k for k, _ in counts) / sum(n for _, n in counts)
    error = sqrt(pooled * (1 - pooled) * sum(1 / n for _, n in counts))
    shares = [k / n for k, n in counts]
    return error > 0 and abs(shares[0] - shares[1]) > SURE * error
