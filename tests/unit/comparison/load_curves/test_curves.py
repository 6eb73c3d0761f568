"""Load curves of sides: levels of load that are the same for all, and knees where there are any."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from sctptop.comparison.compare import compare
from sctptop.comparison.load_curves.curves import IN_FLIGHT, PER_SECOND, LoadCurve, load_curves
from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summarizing import summarise
from tests.unit.comparison.comparing import Run
from tests.unit.comparison.loading import CORES, KNEES, loaded, queueing, rising, sides, stepped, unmoved
from tests.unit.comparison.recorded import summary


def curves_of(*seen: Ended) -> dict[str, LoadCurve]:
    return {one.axis: one for one in load_curves(compare([*sides(*seen)]))}


def of(name: str, seed: int = 1, last: float = 95) -> Ended:
    return rising(CORES[name], random.Random(f"{name} {seed}"), 100, last)


@pytest.mark.parametrize("name", [one for one in CORES if one not in KNEES])
def test_no_knee_is_invented(name: str) -> None:
    found = curves_of(of(name, 1), of(name, 2))
    assert found.keys() == {PER_SECOND, IN_FLIGHT}
    for curve in found.values():
        for side in curve.sides:
            assert side.varied and set(side.knees.values()) == {None}


def test_a_core_that_is_full_has_a_knee_where_it_fills() -> None:
    found = curves_of(of("four workers, 80 a second"), of("no load makes it longer"))
    full, free = found[PER_SECOND].sides
    knee = full.knees["p50"]
    assert knee is not None and 45 <= knee.load <= 90 and knee.climb > 5
    assert free.knees == {"p50": None, "p95": None}


def test_ues_that_take_turns_wait_from_the_number_of_workers_on() -> None:
    seen = stepped(4, 80.0, random.Random(5))
    for figure in ("p50", "p95"):
        knee = curves_of(seen, seen)[IN_FLIGHT].sides[0].knees[figure]
        assert knee is not None and knee.load == pytest.approx(4, abs=1) and knee.climb > 4


def test_levels_hold_all_registrations_of_each_side_by_rising_load() -> None:
    first, second = of("no load makes it longer"), of("one worker, 80 a second")
    for curve in curves_of(first, second).values():
        assert list(curve.edges) == sorted(set(curve.edges)) and len(curve.edges) <= 12
        for side, one in zip(curve.sides, (first, second), strict=True):
            levels = [level for level in side.levels if level is not None]
            assert sum(level.n for level in levels) >= one.n - 9 * (12 - len(levels))
            assert [level.load for level in levels] == sorted(level.load for level in levels)
            for edge, level in zip(curve.edges, side.levels, strict=True):
                assert level is None or edge <= level.load <= curve.most


def test_a_steady_load_has_no_curve_by_it_and_no_knee() -> None:
    steady = rising(queueing(4, 80.0), random.Random(6), 100, 30, 29.9)
    found = curves_of(steady, steady)
    assert PER_SECOND not in found
    assert all(side.knees == {"p50": None, "p95": None} for one in found.values() for side in one.sides)
    assert curves_of(replace(steady, when=type(steady.when)()), steady).keys() <= {IN_FLIGHT}


def test_many_recordings_at_a_load_each_make_one_curve() -> None:
    core = queueing(4, 80.0)

    def side(name: str) -> Sequence[Ended]:
        return [
            rising(core, random.Random(f"{name} {rate}"), 20, rate, rate - 0.1) for rate in (10, 30, 50, 70)
        ]

    both = [
        pooled(name, [summary(f"{name}{place}", one) for place, one in enumerate(side(name))])
        for name in ("a", "b")
    ]
    curve, *_ = load_curves(compare(both))
    assert curve.axis == PER_SECOND and all(one.varied for one in curve.sides)
    points = curve.sides[0].points("p50")
    assert points[0][0] < 15 and points[-1][0] > 65 and points[-1][1] > 1.2 * points[0][1]


def test_few_registrations_have_no_curve() -> None:
    few = loaded([place / 10 for place in range(100)], unmoved(random.Random(1), [0.0] * 100))
    assert load_curves(compare([*sides(few, few)])) == ()


def test_all_kinds_and_those_that_fail_are_load() -> None:
    """Twelve at once of three kinds, two of which fail; as a recording tells it."""
    run = Run(ues=12, every_ms=0.001, kinds=("initial", "mobility", "periodic"), rejected=2, cause=22)
    summed = summarise(run.samples(), "a")
    whole = [one.when for one in summed.registrations.values()]
    assert sum(len(when.starts) for when in whole) == sum(len(when.stops) for when in whole) == 12
    assert sum(len(when.began) for when in whole) == 10
    for one in summed.registrations.values():
        assert len(one.when.began) == one.n and [*one.when.began] == sorted(one.when.began)
        begun = {*one.when.starts}
        assert begun.issuperset(one.when.began)
        ends = {*one.when.stops}
        took = zip(one.when.began, one.times["total"], strict=True)
        assert {start + round(ms * 1e6) for start, ms in took} <= ends
