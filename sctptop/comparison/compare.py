"""Compares sides, of one run or several: the first is the baseline, each other one is compared with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from sctptop.comparison.breakdown import Piece, pieces
from sctptop.comparison.kinds import compared, known, shown
from sctptop.comparison.load import loads_of
from sctptop.comparison.remarks import caveats_of, ends_of, settings_of
from sctptop.comparison.result import Comparison, Pair, StageChange
from sctptop.comparison.sides.alike import alike
from sctptop.comparison.sides.ratios import ratio_of, ratio_of_counted
from sctptop.comparison.sides.success import success_of
from sctptop.comparison.statistics.percentiles import FIGURES
from sctptop.comparison.statistics.ratio import MARGIN, Ratio, corrected
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import Summary
from sctptop.model.associations.distribution import Distribution

MOST_STAGES = 6
COMPARED_PARTS = ("sctp", "unread", "network", "core", "ran")
FURTHER_FIGURES = ("p50", "p95")
"""Of kinds of registration beside the one that is compared."""


def compare(summaries: Sequence[Summary], margin: float = MARGIN) -> Comparison:
    """Of two sides or more."""
    ends = ends_of(summaries)
    counts = [one.kinds(end) for one, end in zip(summaries, ends, strict=True)]
    chosen = compared(counts)
    columns = shown(counts, chosen)
    seen = alike([_of(*one) for one in zip(summaries, ends, columns, strict=True)])
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
        pairs=_corrected(
            [_pair(summaries, ends, other, kinds, margin) for other, kinds in enumerate(chosen, 1)]
        ),
        margin=margin,
        loads=loads_of(summaries, seen),
    )


def _of(summary: Summary, end: str, kind: str) -> Ended:
    return summary.of(end, kind) if kind else Ended(end)


def _pair(
    summaries: Sequence[Summary], ends: Sequence[str], other: int, kinds: tuple[str, str], margin: float
) -> Pair:
    before, after = summaries[0], summaries[other]
    base, late = alike([_of(before, ends[0], kinds[0]), _of(after, ends[other], kinds[1])])
    same_end = bool(ends[0]) and ends[0] == ends[other]
    ratios = {name: ratio_of(base, late, "total", name, margin) for name in FIGURES}
    ratios |= {part: ratio_of(base, late, part, "mean", margin) for part in COMPARED_PARTS}

    def counted(of: Callable[[Summary], Distribution]) -> Ratio:
        first, second = ([of(run) for run in one.each] for one in (before, after))
        return ratio_of_counted(first, second, 0.5, margin)

    ratios["heartbeat"] = counted(lambda run: run.heartbeats)
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
            kind: {
                name: ratio_of(before.of(ends[0], kind), after.of(ends[other], kind), "total", name, margin)
                for name in FURTHER_FIGURES
            }
            for kind in sorted(both - {*kinds})
        },
        pieces=found,
        stages=stages,
        procedures={
            name: counted(
                lambda run, name=name: run.procedures[name][0] if name in run.procedures else Distribution()  # type: ignore[misc]
            )
            for name in before.procedures.keys() & after.procedures.keys()
        },
        typical=typical,
        success=success_of(base, late),
    )


def _corrected(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Each table's rows, of all pairs, for their number: times, parts, procedures, and each further kind."""
    places = range(len(pairs))

    def family(names: Sequence[str]) -> dict[tuple[int, str], Ratio]:
        return corrected({(place, name): pairs[place].ratios[name] for place in places for name in names})

    ratios = {**family([*FIGURES]), **family(COMPARED_PARTS), **family(["heartbeat"])}
    procedures = corrected(
        {(place, name): ratio for place in places for name, ratio in pairs[place].procedures.items()}
    )
    others: dict[tuple[int, str, str], Ratio] = {}
    for kind in dict.fromkeys(kind for one in pairs for kind in one.others):
        others |= corrected(
            {
                (place, kind, name): ratio
                for place in places
                for name, ratio in pairs[place].others.get(kind, {}).items()
            }
        )
    return tuple(
        replace(
            one,
            ratios={name: ratios[place, name] for name in one.ratios},
            procedures={name: procedures[place, name] for name in one.procedures},
            others={
                kind: {name: others[place, kind, name] for name in found}
                for kind, found in one.others.items()
            },
        )
        for place, one in enumerate(pairs)
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
