"""Compares summaries: the first is the baseline, each other one is compared with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from sctptop.comparison.breakdown import Piece, pieces
from sctptop.comparison.kinds import compared, known, shown
from sctptop.comparison.remarks import Setting, caveats_of, ends_of, settings_of
from sctptop.comparison.significance import (
    LEAST_N,
    Ratio,
    ratio_of_distributions,
    ratio_of_means,
    ratio_of_percentiles,
)
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import Summary
from sctptop.model.registrations.words import COMPLETED

SURE = 2.58
"""Standard errors that two shares must lie apart: 99 %."""
MOST_STAGES = 6
COMPARED_PARTS = ("sctp", "unread", "network", "core", "ran")


@dataclass(frozen=True, slots=True)
class StageChange:
    """One stage of registrations: its mean time, spread over all that were completed, in ms."""

    whose: str
    name: str
    base_ms: float
    other_ms: float


@dataclass(frozen=True, slots=True)
class Pair:
    """One recording against the baseline; both are numbers of the list. ``ends``: where each was seen from, ``kinds``
    of registration that are compared, "" without any, ``seen`` these registrations.

    ``ratios``: of "p50", "p95" and "mean" of the total, of the means of COMPARED_PARTS, and of "heartbeat". The core's
    (the RAN's) contains the network where either recording does not tell that; ``others``: "p50" and "p95" of further
    kinds of registration that both have. ``pieces`` are empty where registrations cannot be compared. ``typical``: they
    are of the middle half alone, since a few slow registrations would turn the means round. ``procedures``: of the
    medians, by name and whether we asked. ``success_differs`` beyond chance.
    """

    base: int
    other: int
    ends: tuple[str, str]
    kinds: tuple[str, str]
    seen: tuple[Ended, Ended]
    ratios: Mapping[str, Ratio]
    others: Mapping[str, Mapping[str, Ratio]] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()
    stages: tuple[StageChange, ...] = ()
    procedures: Mapping[tuple[str, bool], Ratio] = field(default_factory=dict)
    typical: bool = False
    success_differs: bool = False

    @property
    def kind(self) -> str:
        """What is compared, as the side calls it that tells kinds; "" where nothing is."""
        return known(self.kinds)

    @property
    def comparable(self) -> bool:
        """Whether both hold registrations of the kind, seen from the same end."""
        return bool(self.ends[0]) and self.ends[0] == self.ends[1] and min(one.n for one in self.seen) > 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it. By recording: ``ends``, the end its registrations are seen from, "" without any, and ``seen``, those
    of the ``kind`` that most have. ``further`` are the other kinds in any of them, the most frequent first."""

    summaries: tuple[Summary, ...]
    ends: tuple[str, ...]
    kind: str
    seen: tuple[Ended, ...]
    further: tuple[str, ...]
    settings: tuple[Setting, ...]
    caveats: tuple[str, ...]
    pairs: tuple[Pair, ...]

    def comparable(self, pair: Pair) -> bool:
        """Whether the ratios of a pair are of what is seen here."""
        return pair.comparable and all(
            (one.kind, one.apart, one.whole) == (there.kind, there.apart, there.whole)
            for one, there in zip(pair.seen, (self.seen[pair.base], self.seen[pair.other]), strict=True)
        )


def compare(summaries: Sequence[Summary]) -> Comparison:
    """Of two summaries or more."""
    ends = ends_of(summaries)
    counts = [one.kinds(end) for one, end in zip(summaries, ends, strict=True)]
    chosen = compared(counts)
    columns = shown(counts, chosen)
    seen = _alike([_of(*one) for one in zip(summaries, ends, columns, strict=True)])
    further: Counter[str] = Counter()
    for kinds, column in zip(counts, columns, strict=True):
        further.update({kind: count for kind, count in kinds.items() if kind != column})
    return Comparison(
        summaries=tuple(summaries),
        ends=ends,
        kind=known(columns),
        seen=seen,
        further=tuple(kind for kind, _ in further.most_common()),
        settings=settings_of(summaries),
        caveats=caveats_of(summaries, ends, seen),
        pairs=tuple(_pair(summaries, ends, other, kinds) for other, kinds in enumerate(chosen, 1)),
    )


def _of(summary: Summary, end: str, kind: str) -> Ended:
    return summary.of(end, kind) if kind else Ended(end)


def _alike(seen: Sequence[Ended]) -> tuple[Ended, ...]:
    """Both ends are told apart in all of them, or in none; the network's time from the far end's likewise."""
    whole, apart = (all(getattr(one, name) for one in seen if one.n) for name in ("whole", "apart"))
    alike = (one if whole else one.one_sided() for one in seen)
    return tuple(one if apart else one.together() for one in alike)


def _pair(summaries: Sequence[Summary], ends: Sequence[str], other: int, kinds: tuple[str, str]) -> Pair:
    before, after = summaries[0], summaries[other]
    base, late = _alike([_of(before, ends[0], kinds[0]), _of(after, ends[other], kinds[1])])
    same_end = bool(ends[0]) and ends[0] == ends[other]
    ratios = {
        **_of_percentiles(base, late),
        "mean": ratio_of_means(base.times["total"], late.times["total"]),
        "heartbeat": ratio_of_distributions(before.heartbeats, after.heartbeats, 0.5),
    }
    for part in COMPARED_PARTS:
        ratios[part] = ratio_of_means(base.times[part], late.times[part])
    found: tuple[Piece, ...] = ()
    stages: tuple[StageChange, ...] = ()
    typical = False
    if same_end and base.n and late.n:
        middle, mean = ratios["p50"], ratios["mean"].value or 1.0
        typical = middle.differs and ((middle.value or 1.0) > 1) != (mean > 1)
        found = pieces(base, late, typical)
        stages = _stages(base, late) if base.stages and late.stages else ()
    both = before.kinds(ends[0]).keys() & after.kinds(ends[other]).keys() if same_end else frozenset()
    return Pair(
        base=0,
        other=other,
        ends=(ends[0], ends[other]),
        kinds=kinds,
        seen=(base, late),
        ratios=ratios,
        others={
            kind: _of_percentiles(before.of(ends[0], kind), after.of(ends[other], kind))
            for kind in sorted(both - {*kinds})
        },
        pieces=found,
        stages=stages,
        procedures={
            name: ratio_of_distributions(before.procedures[name][0], after.procedures[name][0], 0.5)
            for name in before.procedures.keys() & after.procedures.keys()
        },
        typical=typical,
        success_differs=_success_differs(base, late),
    )


def _of_percentiles(base: Ended, other: Ended) -> dict[str, Ratio]:
    totals = base.times["total"], other.times["total"]
    return {"p50": ratio_of_percentiles(*totals, 0.5), "p95": ratio_of_percentiles(*totals, 0.95)}


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
    counts = [(one.ended[COMPLETED], one.decided) for one in (base, other)]
    if min(n for _, n in counts) < LEAST_N:
        return False
    pooled = sum(k for k, _ in counts) / sum(n for _, n in counts)
    error = sqrt(pooled * (1 - pooled) * sum(1 / n for _, n in counts))
    shares = [k / n for k, n in counts]
    return error > 0 and abs(shares[0] - shares[1]) > SURE * error
