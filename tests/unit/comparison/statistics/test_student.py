"""Student's t beside what scipy computes, and Welch's test, Fisher's and Holm's correction beside theirs."""

from __future__ import annotations

import random
from math import exp, log

import pytest
from scipy import stats

from sctptop.comparison.statistics.across_runs import ratio_across
from sctptop.comparison.statistics.correction import holm
from sctptop.comparison.statistics.exact import fisher, shares_across
from sctptop.comparison.statistics.student import probability, quantile, two_sided

DEGREES = (0.5, 1, 2, 2.7, 4, 8, 17.3, 198, 1e4, 1e7)


@pytest.mark.parametrize("degrees", DEGREES)
def test_student_s_t_is_scipy_s(degrees: float) -> None:
    for t in (-40.0, -3.2, -1.0, -0.01, 0.0, 0.4, 2.78, 12.0):
        assert probability(t, degrees) == pytest.approx(stats.t.cdf(t, degrees), rel=1e-5, abs=1e-14)
        assert two_sided(t, degrees) == pytest.approx(2 * stats.t.sf(abs(t), degrees), rel=1e-5, abs=1e-14)
    for share in (0.001, 0.05, 0.5, 0.8, 0.95, 0.975, 1 - 0.05 / 6, 0.9999):
        assert quantile(share, degrees) == pytest.approx(stats.t.ppf(share, degrees), rel=1e-5, abs=1e-9)


def test_the_ends_of_student_s_t() -> None:
    assert probability(float("inf"), 3) == 1 and probability(float("-inf"), 3) == 0


@pytest.mark.parametrize("runs", [(3, 3), (5, 5), (3, 10), (12, 4)])
def test_a_ratio_across_runs_is_welch_s_of_scipy(runs: tuple[int, int]) -> None:
    dice = random.Random(sum(runs))
    for spread in (0.01, 0.07, 0.4):
        base = [40 * dice.lognormvariate(0, spread) for _ in range(runs[0])]
        other = [38 * dice.lognormvariate(0, 2 * spread) for _ in range(runs[1])]
        found = ratio_across(base, other, (100, 100))
        theirs = stats.ttest_ind([*map(log, other)], [*map(log, base)], equal_var=False)
        assert found.p == pytest.approx(theirs.pvalue, rel=1e-6)
        for share, interval in ((0.95, (found.low, found.high)), (0.9, found.inner)):
            bounds = theirs.confidence_interval(share)
            assert interval == pytest.approx((exp(bounds.low), exp(bounds.high)), rel=1e-6)


@pytest.mark.parametrize("margin", [0.02, 0.05, 0.2])
def test_no_difference_that_matters_is_what_two_one_sided_tests_say(margin: float) -> None:
    dice, said = random.Random(3), set()
    for _ in range(60):
        spread, shift = margin * dice.choice((0.1, 0.6)), margin * dice.choice((0.0, 0.4, 1.2))
        base = [dice.gauss(0, spread) for _ in range(5)]
        other = [shift + dice.gauss(0, spread) for _ in range(4)]
        found = ratio_across([*map(exp, base)], [*map(exp, other)], (99, 99), margin)
        apart = log(1 + margin)
        above = stats.ttest_ind([one + apart for one in other], base, equal_var=False, alternative="greater")
        below = stats.ttest_ind([one - apart for one in other], base, equal_var=False, alternative="less")
        said.add(found.equivalent)
        assert found.equivalent == (max(above.pvalue, below.pvalue) < 0.05)
    assert said == {True, False}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((8, 10), (1, 6)),
        ((0, 5), (5, 5)),
        ((40, 40), (8, 10)),
        ((3, 700), (90, 1000)),
        ((7, 9), (0, 0)),
        ((5, 5), (9, 9)),
    ],
)
def test_fisher_s_is_scipy_s(first: tuple[int, int], second: tuple[int, int]) -> None:
    table = [[hits, n - hits] for hits, n in (first, second)]
    assert fisher(first, second) == pytest.approx(stats.fisher_exact(table)[1], rel=1e-6)
    assert fisher(second, first) == pytest.approx(fisher(first, second))


def test_shares_are_compared_run_by_run() -> None:
    assert shares_across([(9, 10)], [(1, 10), (2, 10)]) is None
    assert (
        shares_across([(9, 10)] * 3, [(9, 10)] * 4) == 1 and shares_across([(10, 10)] * 3, [(5, 10)] * 3) == 0
    )
    first, second = [(95, 100), (99, 100), (90, 100)], [(70, 100), (99, 100), (20, 100)]
    # One bad run is one event: registrations alone would be sure.
    found = shares_across(first, second)
    assert found is not None and found > 0.2 and fisher((284, 300), (189, 300)) < 1e-9


def test_holm_s_correction() -> None:
    assert holm([]) == [] and holm([0.03]) == [0.03]
    assert holm([0.01, 0.9, 0.04, 0.005]) == pytest.approx([0.03, 0.9, 0.08, 0.02])
    # No smaller than those of smaller ones, and never above 1.
    assert holm([0.02, 0.021, 0.6]) == pytest.approx([0.06, 0.06, 0.6]) and holm([0.7, 0.8]) == [1, 1]
