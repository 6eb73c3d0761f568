"""A comparison as tidy CSV: a row a side or run, kind of registration, part and figure; for pandas and R."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from sctptop.comparison.load_curves.curves import SHARES, load_curves
from sctptop.comparison.result import Comparison
from sctptop.comparison.sides.intervals import interval_of
from sctptop.comparison.statistics.percentiles import FIGURES, figure
from sctptop.comparison.statistics.ratio import Ratio
from sctptop.comparison.summaries.ended import Ended
from sctptop.model.registrations.tally import PARTS

COLUMNS = (
    *("side", "run", "seen_from", "kind", "part", "figure", "runs", "n", "ms", "ms_low", "ms_high"),
    *("ratio", "low", "high", "p", "p_adjusted", "unit", "answer", "load"),
)
"""``run`` is empty for a side of several, whose figures are those of the typical run; ``ratio`` is to the baseline;
``low`` and ``high`` end 95 % intervals, of ms for the total alone.
``load``: of the parts "total by load per second" and "total by load in flight", a row a level of load."""
Cell = str | int | float | None


def comparison_to_csv(comparison: Comparison) -> str:
    """All rows below one line of headings; what is not known is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in (*_rows(comparison), *_by_load(comparison)):
        writer.writerow(["" if cell is None else cell for cell in row])
    return text.getvalue()


def _rows(comparison: Comparison) -> Iterable[tuple[Cell, ...]]:
    for place, side in enumerate(comparison.summaries):
        for (end, kind), one in side.registrations.items():
            for part in PARTS:
                for name in FIGURES:
                    if not one.times[part]:
                        continue
                    ratio = _ratio(comparison, place, end, kind, part, name)
                    runs = sum(bool(run.n) for run in one.each)
                    yield (
                        side.name,
                        "",
                        end,
                        kind,
                        part,
                        name,
                        runs,
                        one.n,
                        _value(one, part, name),
                        *_interval(one, part, name),
                        *_told(ratio),
                    )
                    for run, found in zip(side.runs, one.runs, strict=True):
                        if found.times[part]:
                            value = _value(found, part, name)
                            yield (
                                side.name,
                                run.name,
                                end,
                                kind,
                                part,
                                name,
                                1,
                                found.n,
                                value,
                                *_interval(found, part, name),
                                *_told(None),
                            )


def _by_load(comparison: Comparison) -> Iterable[tuple[Cell, ...]]:
    sides = list(zip(comparison.summaries, comparison.ends, comparison.seen, strict=True))
    for curve in load_curves(comparison):
        for (side, end, seen), found in zip(sides, curve.sides, strict=True):
            for level in found.levels:
                if level is None:
                    continue
                for name in SHARES:
                    yield (
                        *(side.name, "", end, seen.kind, f"total by load {curve.axis}", name),
                        *(len(seen.each), level.n, level.ms[name], None, None, *_told(None)[:-1], level.load),
                    )


def _value(one: Ended, part: str, name: str) -> float | None:
    share = FIGURES[name]
    found = figure(one.times[part], None) if share is None else one.percentile(part, share)
    return None if found is None else round(found, 6)


def _interval(one: Ended, part: str, name: str) -> tuple[Cell, Cell]:
    found = interval_of(one, name) if part == "total" else None
    return (None, None) if found is None else (round(found[0], 6), round(found[1], 6))


def _told(ratio: Ratio | None) -> tuple[Cell, ...]:
    if ratio is None:
        return (None,) * 8
    unit = "run" if ratio.across else "registration"
    return (ratio.value, ratio.low, ratio.high, ratio.p, ratio.adjusted, unit, ratio.word, None)


def _ratio(comparison: Comparison, place: int, end: str, kind: str, part: str, name: str) -> Ratio | None:
    """To the baseline, where that was tested."""
    if place == 0:
        return None
    pair = comparison.pairs[place - 1]
    if not pair.comparable or pair.ends[1] != end:
        return None
    if kind == pair.kinds[1]:
        if part == "total":
            return pair.ratios.get(name)
        return pair.ratios.get(part) if name == "mean" else None
    return pair.others.get(kind, {}).get(name) if part == "total" else None
