"""The load curves of a comparison: p50 and p95 of each side by registrations per second, and by those under way.

All registrations of an end are its load, failed ones and other kinds too. Levels of load are the same for all sides,
cut so that each holds about as many registrations; those of all runs of a side stand together. How many are under way
also follows from how long they take (Little 1961): a core that stalls has more. So a knee of those in flight must show
by those of the second before as well, and one of the p95 in the median: a few stalls make no knee.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from sctptop.comparison.load_curves.knee import Knee, knee
from sctptop.comparison.load_curves.loads import in_flight, in_flight_before, per_second, span_for, varied
from sctptop.comparison.result import Comparison
from sctptop.comparison.statistics.percentiles import enough_for, percentile
from sctptop.comparison.statistics.ratio import LEAST_N
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import Summary

PER_SECOND, IN_FLIGHT = "per second", "in flight"
_BEFORE = "in flight before"
SHARES = {"p50": 0.5, "p95": 0.95}
MOST_LEVELS, LEAST_LEVELS = 12, 3
A_LEVEL = 60
"""Registrations that a level should have, of each side."""


@dataclass(frozen=True, slots=True)
class Level:
    """Registrations of a side that began under about the same load, its mean ``load``; their times in ms by SHARES,
    None where they are too few."""

    load: float
    n: int
    ms: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class SideCurve:
    """``levels``: as many as the curve has, None where the side was hardly under that load. ``knees`` by SHARES, None
    where none is seen. ``varied``: its load per second differs beyond chance; no knee is looked for where not."""

    levels: tuple[Level | None, ...]
    knees: Mapping[str, Knee | None]
    varied: bool

    def points(self, figure: str) -> list[tuple[float, float]]:
        """(load, ms) of one of SHARES, by rising load."""
        return [
            (level.load, ms)
            for level in self.levels
            if level is not None and (ms := level.ms[figure]) is not None
        ]


@dataclass(frozen=True, slots=True)
class LoadCurve:
    """``axis``: PER_SECOND, counted in spans of ``span_s`` seconds, or IN_FLIGHT. ``edges``: where each level begins;
    the last ends with ``most``. ``sides`` in the order of the comparison."""

    axis: str
    span_s: int
    edges: tuple[float, ...]
    most: float
    sides: tuple[SideCurve, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A side: the total times of its registrations, and the load of each by axis."""

    times: tuple[float, ...]
    loads: Mapping[str, Sequence[float]]
    varied: bool


def load_curves(comparison: Comparison) -> tuple[LoadCurve, ...]:
    """Those axes along which the load varied: PER_SECOND beyond chance, either over LEAST_LEVELS levels."""
    runs = [
        [
            (summary, one)
            for summary, one in zip(side.each, seen.each, strict=True)
            if one.n and one.when.began
        ]
        for side, seen in zip(comparison.summaries, comparison.seen, strict=True)
    ]
    starts = [[_starts(*run) for run in side] for side in runs]
    span_s = max((span_for(side) for side in starts if side), default=1)
    sides = [_seen(side, begun, span_s) for side, begun in zip(runs, starts, strict=True)]
    found = []
    for axis in (PER_SECOND, IN_FLIGHT):
        if axis == PER_SECOND and not any(one.varied for one in sides):
            continue
        curve = _curve(axis, span_s, sides)
        if any(len(one.points("p50")) >= LEAST_LEVELS for one in curve.sides):
            found.append(curve)
    return tuple(found)


def _starts(summary: Summary, one: Ended) -> Sequence[int]:
    """When all registrations began that this end saw, of any kind."""
    return [
        start for (end, _), of in summary.registrations.items() if end == one.end for start in of.when.starts
    ]


def _seen(runs: Sequence[tuple[Summary, Ended]], starts: Sequence[Sequence[int]], span_s: int) -> _Seen:
    loads: dict[str, list[float]] = {PER_SECOND: [], IN_FLIGHT: [], _BEFORE: []}
    for (summary, one), begun in zip(runs, starts, strict=True):
        stops = [
            stop for (end, _), of in summary.registrations.items() if end == one.end for stop in of.when.stops
        ]
        loads[PER_SECOND] += per_second(begun, one.when.began, span_s)
        loads[IN_FLIGHT] += in_flight(begun, stops, one.when.began)
        loads[_BEFORE] += in_flight_before(begun, stops, one.when.began)
    times = tuple(time for _, one in runs for time in one.times["total"])
    return _Seen(times, loads, varied(starts, span_s))


def _curve(axis: str, span_s: int, sides: Sequence[_Seen]) -> LoadCurve:
    edges = _edges([one.loads[axis] for one in sides])
    most = max((load for one in sides for load in one.loads[axis]), default=0.0)
    return LoadCurve(axis, span_s, edges, most, tuple(_side(one, axis, edges) for one in sides))


def _edges(loads: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Where levels begin that hold about as many registrations each."""
    every = sorted(load for one in loads for load in one)
    many = min((len(one) for one in loads if one), default=0) // A_LEVEL
    count = min(max(many, 1), MOST_LEVELS)
    return tuple(sorted({every[place * len(every) // count] for place in range(count)})) if every else ()


def _side(side: _Seen, axis: str, edges: Sequence[float]) -> SideCurve:
    found = SideCurve(_levels(side, axis, edges), dict.fromkeys(SHARES), side.varied)
    middle = knee(found.points("p50")) if side.varied else None
    if middle is not None and axis == IN_FLIGHT:
        before = SideCurve(_levels(side, _BEFORE, _edges([side.loads[_BEFORE]])), {}, True)
        middle = middle if knee(before.points("p50")) else None
    if middle is None:
        return found
    return replace(found, knees={"p50": middle, "p95": knee(found.points("p95"))})


def _levels(side: _Seen, axis: str, edges: Sequence[float]) -> tuple[Level | None, ...]:
    held: list[list[tuple[float, float]]] = [[] for _ in edges]
    for load, ms in zip(side.loads[axis], side.times, strict=True):
        held[bisect_right(edges, load) - 1].append((load, ms))
    return tuple(map(_level, held))


def _level(held: Sequence[tuple[float, float]]) -> Level | None:
    if len(held) < LEAST_N:
        return None
    ordered = sorted(ms for _, ms in held)
    return Level(
        fmean(load for load, _ in held),
        len(held),
        {
            name: percentile(ordered, share) if enough_for(len(held), share) else None
            for name, share in SHARES.items()
        },
    )
