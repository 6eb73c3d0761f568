"""Different, no difference that matters, cannot tell: how often each is said wrongly, and never two mixed."""

from __future__ import annotations

import random
from math import exp, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sctptop.comparison.compare import compare
from sctptop.comparison.gate import NO_WORSE, gate
from sctptop.comparison.statistics.across_runs import ratio_across
from sctptop.comparison.statistics.needed import registrations_to_tell, runs_to_find, runs_to_rule_out
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER, TOO_FEW, UNSURE, Ratio, corrected
from sctptop.comparison.wording.verdict import Verdict, verdict
from tests.unit.comparison.processes import PROCESSES, Process, from_run_to_run, sides

TRIALS = 40


def judged(
    process: Process, seed: int, runs: int, n: int, factor: float = 1.0, margin: float = 0.05
) -> Verdict:
    comparison = compare(sides(process, random.Random(seed), runs, n, factor), margin)
    return verdict(comparison, comparison.pairs[0])


@pytest.mark.parametrize("name", PROCESSES)
def test_the_same_set_up_is_hardly_ever_told_from_itself(name: str) -> None:
    """tests.bench.comparison.significance has 1,000 trials of each; by chance more than 6 of 40 come once in 500."""
    found = [judged(PROCESSES[name], seed, 3, 50).result for seed in range(TRIALS)]
    assert sum(one in (FASTER, SLOWER) for one in found) <= 6
    assert set(found) <= {FASTER, SLOWER, SAME, UNSURE}


def test_a_fifth_less_is_found_in_five_runs() -> None:
    found = [judged(from_run_to_run(0.07), seed, 5, 100, 0.8).result for seed in range(TRIALS)]
    assert found.count(FASTER) >= 0.8 * TRIALS and SLOWER not in found and SAME not in found


@pytest.mark.parametrize("runs", [1, 2])
def test_one_or_two_runs_a_side_say_nothing_of_set_ups(runs: int) -> None:
    for factor in (0.5, 1.0):
        found = judged(PROCESSES["bursts of ten"], 4, runs, 200, factor)
        assert not found.pair.across
        assert "within these runs" in found.text.lower()
        assert "Of the set-ups nothing is claimed" in found.text
    assert "Of the set-ups" not in judged(PROCESSES["bursts of ten"], 4, 3, 40, 0.5).text


@pytest.mark.parametrize(("n", "result"), [(9, TOO_FEW), (60, TOO_FEW), (99, TOO_FEW), (100, FASTER)])
def test_one_run_of_few_has_no_headline(n: int, result: str) -> None:
    found = judged(PROCESSES["independent"], 1, 1, n, 0.4)
    assert found.result == result
    assert found.text.startswith("Within these runs: b is faster" if n >= 100 else "Too few registrations")
    # Where to look is said, and that nothing is claimed.
    assert ("a hint where to look and no verdict" in found.text) == (9 < n < 100)
    assert ("b is faster than a" in found.text) == (n >= 100)


times = st.floats(0.5, 2000)


@settings(max_examples=150, deadline=None)
@given(st.lists(times, min_size=3, max_size=8), st.lists(times, min_size=3, max_size=8), st.floats(0.01, 0.9))
def test_none_is_said_only_where_the_equivalence_test_says_so(
    base: list[float], other: list[float], margin: float
) -> None:
    found = ratio_across(base, other, (99, 99), margin)
    first, second = [*map(log, base)], [*map(log, other)]
    # scipy warns of values that hardly differ.
    if min(max(side) - min(side) for side in (first, second)) > 1e-6:
        apart = log(1 + margin)
        p = max(
            stats.ttest_ind(
                [one + apart for one in second], first, equal_var=False, alternative="greater"
            ).pvalue,
            stats.ttest_ind(
                [one - apart for one in second], first, equal_var=False, alternative="less"
            ).pvalue,
        )
        if abs(p - 0.05) > 1e-6:
            assert (found.word == SAME) == (p < 0.05)
    assert not (found.differs and found.equivalent)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from(sorted(PROCESSES)),
    st.integers(1, 6),
    st.sampled_from((0.9, 1.0, 1.1)),
)
def test_a_verdict_of_none_rests_on_the_median_and_the_mean(
    seed: int, name: str, runs: int, factor: float
) -> None:
    found = judged(PROCESSES[name], seed, runs, 20, factor, 0.2)
    words = [found.pair.ratios[figure].word for figure in ("p50", "mean")]
    assert (found.result == SAME) == (words == [SAME, SAME] and not found.by)
    assert ("o difference that matters between" in found.text) == (found.result == SAME)
    assert ("Cannot tell" in found.text) == (found.result == UNSURE)
    for figure in ("p50", "mean"):
        ratio = found.pair.ratios[figure]
        inner = ratio.inner or (0.0, 9.0)
        assert (ratio.word == SAME) == (inner[0] > 1 / 1.2 and inner[1] < 1.2)
    # Scripts are told so of set-ups alone.
    ends = [(found.pair.ratios[figure].inner or (0.0, 9.0))[1] for figure in ("p50", "mean")]
    if gate(found.pair, 0.2) == NO_WORSE:
        assert found.pair.across and max(ends) < 1.2 and found.result != SLOWER
    elif found.result == SAME:
        assert not found.pair.across


@pytest.mark.parametrize(
    ("ratio", "word"),
    [
        (Ratio((10, 10)), UNSURE),
        (Ratio((9, 99), 2.0, 1.5, 2.5, (1.6, 2.4), 0.001), TOO_FEW),
        (Ratio((10, 10), 2.0, 1.5, 2.5, (1.6, 2.4), 0.001), SLOWER),
        (Ratio((10, 10), 0.5, 0.4, 0.6, (0.42, 0.58), 0.001), FASTER),
        (Ratio((10, 10), 2.0, 1.5, 2.5, (1.6, 2.4), 0.001, 0.06), UNSURE),
        (Ratio((10, 10), 1.1, 0.9, 1.4, (0.95, 1.3), 0.2), UNSURE),
        # Certain, and too small to matter.
        (Ratio((10, 10), 1.02, 1.01, 1.03, (1.012, 1.028), 0.001), SAME),
        (Ratio((10, 10), 1.02, 1.01, 1.03, (1.012, 1.028), 0.001, margin=0.02), SLOWER),
        (Ratio((10, 10), 1.0, 0.96, 1.04, (0.953, 1.049), 0.9), SAME),
        (Ratio((10, 10), 1.0, 0.96, 1.04, (0.951, 1.049), 0.9), UNSURE),
        (Ratio((10, 10), 1.0, 0.96, 1.04, (0.97, 1.051), 0.9), UNSURE),
    ],
)
def test_the_answer_of_a_ratio(ratio: Ratio, word: str) -> None:
    assert ratio.word == word and ratio.differs == (word in (SLOWER, FASTER))


def test_rows_are_corrected_for_how_many_are_tested() -> None:
    rows = {
        name: Ratio((99, 99), 2.0, 1.5, 2.5, (1.6, 2.4), p)
        for name, p in (("a", 0.02), ("b", 0.02), ("c", None))
    }
    assert [one.word for one in corrected(rows).values()] == [SLOWER, SLOWER, UNSURE]
    assert [one.adjusted for one in corrected(rows).values()] == [0.04, 0.04, None]
    rows["c"] = rows["a"]
    assert [one.word for one in corrected(rows).values()] == [UNSURE] * 3


def test_what_is_below_the_floor_counts_as_that() -> None:
    """A part that takes nothing on either side is the same, and not a ratio of nothing to nothing."""
    found = ratio_across([0.0, 0.001, 0.0], [0.002, 0.0, 0.001], (30, 30), floor=0.04)
    assert (found.value, found.p, found.word) == (1.0, 1.0, SAME)
    found = ratio_across([0.0, 0.0, 0.0], [200.0, 210.0, 190.0], (30, 30), floor=0.04)
    assert found.word == SLOWER and found.value == pytest.approx(5000, rel=0.01)
    # How little the one has of it is not known, so neither is how many times as much the other.
    assert found.high is None and (found.low or 0) > 4000
    found = ratio_across([200.0, 210.0, 190.0], [0.0, 0.0, 0.0], (30, 30), floor=0.04)
    assert found.word == FASTER and found.low is None and (found.high or 1) < 1 / 4000
    found = ratio_across([0.0, 0.0, 9.0], [200.0, 210.0, 190.0], (30, 30), floor=0.04)
    assert None not in (found.low, found.high)
    with pytest.raises(ValueError, match="2 runs"):
        ratio_across([1.0, 2.0], [1.0, 2.0, 3.0], (30, 30))


@pytest.mark.parametrize(("spread", "apart"), [(0.07, 0.1), (0.2, 0.25), (0.05, 0.05)])
def test_the_runs_needed_give_the_power_that_is_promised(spread: float, apart: float) -> None:
    ratio = Ratio((99, 99), exp(apart), spread=(spread, spread))
    runs = runs_to_find(ratio)
    assert runs is not None
    dice, found = random.Random(5), 0
    for _ in range(300):
        base = [exp(dice.gauss(0, spread)) for _ in range(runs)]
        other = [exp(dice.gauss(apart, spread)) for _ in range(runs)]
        found += (ratio_across(base, other, (99, 99)).p or 1) < 0.05 / 3
    assert 0.72 <= found / 300 <= 0.93
    enough = runs_to_rule_out(ratio)
    assert enough is not None
    same = 0
    for _ in range(300):
        base, other = ([exp(dice.gauss(0, spread)) for _ in range(min(enough, 400))] for _ in range(2))
        same += ratio_across(base, other, (99, 99)).equivalent
    assert 0.72 <= same / 300 <= 0.93


def test_what_no_number_of_runs_would_show() -> None:
    assert runs_to_find(Ratio((99, 99), 1.0001, spread=(0.5, 0.5))) is None
    assert runs_to_find(Ratio((99, 99), 1.1)) is None and runs_to_rule_out(Ratio((99, 99), 1.1)) is None
    assert runs_to_rule_out(Ratio((99, 99), 1.0, spread=(0.0, 0.0))) == 3


def test_four_times_the_registrations_halve_an_interval() -> None:
    wide = Ratio((100, 80), 1.0, 1 / 1.05**2, 1.05**2)
    assert registrations_to_tell(wide) in (400, 401)
    assert registrations_to_tell(Ratio((10, 10))) is None
