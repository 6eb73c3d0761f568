"""How surely a figure of one side is known."""

from __future__ import annotations

import random
from dataclasses import replace
from math import exp, log, sqrt
from statistics import NormalDist, fmean

import pytest

from sctptop.comparison.sides.intervals import interval_of
from sctptop.comparison.statistics.percentiles import FIGURES, figure
from sctptop.comparison.summaries.ended import Ended
from sctptop.model.registrations.tally import PARTS

TRIALS = 200


def side(*runs: list[float]) -> Ended:
    """Of runs whose registrations take these times in all."""

    def of(times: list[float]) -> Ended:
        return replace(Ended("gNB"), times={**dict.fromkeys(PARTS, ()), "total": tuple(times)})

    each = tuple(map(of, runs))
    whole = of([time for times in runs for time in times])
    return whole if len(each) == 1 else replace(whole, runs=each)


def times(dice: random.Random, n: int, middle: float = 20.0) -> list[float]:
    return [middle * dice.lognormvariate(0, 0.4) for _ in range(n)]


def test_across_runs_it_is_student_s_t_of_their_logarithms() -> None:
    stats = pytest.importorskip("scipy.stats")
    dice = random.Random(3)
    for runs in (3, 5, 9):
        found = side(*(times(dice, 60 + run, 20 + run) for run in range(runs)))
        for name in ("p50", "p95", "mean"):
            logs = [log(figure(run.times["total"], FIGURES[name]) or 0) for run in found.runs]
            low, high = stats.t.interval(0.95, runs - 1, fmean(logs), stats.sem(logs))
            assert interval_of(found, name) == pytest.approx((exp(low), exp(high)), rel=1e-6), name


@pytest.mark.parametrize("name", ["p50", "mean", "p95", "p99"])
def test_across_runs_it_holds_the_set_up_s_figure_in_95_of_100_cases(name: str) -> None:
    dice, hits = random.Random(11), 0
    share = FIGURES[name]
    place = 0.0 if share is None else NormalDist().inv_cdf(share)
    # Of a run that is neither slow nor fast, which runs scatter about.
    truth = 20 * exp(0.4 * place) if share is not None else 20 * exp(0.4**2 / 2)
    for _ in range(TRIALS):
        found = interval_of(
            side(*(times(dice, 400, 20 * dice.lognormvariate(0, 0.1)) for _ in range(5))), name
        )
        assert found is not None
        hits += found[0] <= truth <= found[1]
    assert hits / TRIALS >= 0.95 - 3 * sqrt(0.95 * 0.05 / TRIALS)


@pytest.mark.parametrize(("share", "name"), [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")])
def test_of_one_run_it_is_that_of_the_binomial_distribution(share: float, name: str) -> None:
    stats = pytest.importorskip("scipy.stats")
    n = 2000
    found = interval_of(side([float(place) for place in random.Random(5).sample(range(n), n)]), name)
    # The value at a place is its place here: between these lie 95 % (Conover 1999, 3.2).
    low, high = stats.binom.ppf([0.025, 0.975], n, share)
    assert found == pytest.approx((low, high), abs=0.12 * (high - low))


def test_runs_that_scatter_are_known_less_well_than_one_of_as_many() -> None:
    dice = random.Random(2)
    runs = [times(dice, 100, middle) for middle in (16, 20, 25)]
    across, within = (
        interval_of(side(*runs), "p50"),
        interval_of(side([one for run in runs for one in run]), "p50"),
    )
    assert across is not None and within is not None
    assert across[1] / across[0] > 2 * within[1] / within[0]


def test_too_few_show_nothing() -> None:
    dice = random.Random(1)
    few, some = side(times(dice, 9)), side(times(dice, 30))
    assert [interval_of(few, name) for name in FIGURES] == [None] * 4
    assert [interval_of(some, name) is None for name in FIGURES] == [False, False, True, True]
    # Nor do runs of which one is too short for that percentile.
    uneven = side(*(times(dice, n) for n in (300, 300, 300, 30)))
    assert [interval_of(uneven, name) is None for name in FIGURES] == [False, False, True, True]
    assert interval_of(some, "mean", "network") is None
