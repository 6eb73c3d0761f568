"""Worse, no worse or not to be told: what scripts get."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.comparison.compare import compare
from sctptop.comparison.gate import NO_WORSE, UNSURE, WORSE, gate, worst
from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.summaries.summary import Summary
from sctptop.comparison.wording.one_line import one_line
from sctptop.comparison.wording.verdict import verdict
from tests.unit.comparison.recorded import end, ended, summary

NEAR, WIDE = (0.99, 1.0, 1.01), (0.8, 1.0, 1.25)


def side(
    name: str, core: float = 10.0, spread: tuple[float, ...] = NEAR, failed: int = 0, held: float = 0.0
) -> Summary:
    ends = (end("gNB", {"nodelay": (not held,)}), end("AMF"))
    return pooled(
        name,
        [
            summary(f"{name}{at}", ended(100 - failed, failed=failed, core=core * at, held=held), *ends)
            for at in spread
        ],
    )


def judged(base: Summary, other: Summary, limit: float) -> tuple[str, str]:
    comparison = compare([base, other])
    (pair,) = comparison.pairs
    return gate(pair, limit), one_line(comparison, verdict(comparison, pair), limit)


@pytest.mark.parametrize(
    ("other", "limit", "said"),
    [
        (side("b"), 0.05, NO_WORSE),
        (side("b", 5.0), 0.05, NO_WORSE),
        # 11.6 of 10 ms of the core make 8 % of the whole.
        (side("b", 11.6), 0.05, WORSE),
        (side("b", 11.6), 0.10, NO_WORSE),
        (side("b", 11.6), 0.08, UNSURE),
        (side("b", 30.0), 0.5, WORSE),
        (side("b", 11.6, WIDE), 0.05, UNSURE),
        (side("b", failed=30), 0.05, WORSE),
        (side("b", 5.0, failed=30), 0.5, WORSE),
        (side("b", failed=1), 0.05, NO_WORSE),
        # One or two runs say nothing of set-ups.
        (side("b", 90.0, (1.0, 1.0)), 0.05, UNSURE),
        (side("b", 90.0, (1.0,)), 0.05, UNSURE),
    ],
)
def test_the_gate(other: Summary, limit: float, said: str) -> None:
    found, line = judged(side("a"), other, limit)
    assert found == said and line.startswith(f"{said}: b against a") and "\n" not in line


def test_a_line_shows_the_figure_that_is_worse() -> None:
    """A median that hardly moves hides what half of them wait for."""
    base = side("a")
    slow = [
        replace(one, times={**one.times, "total": tuple(20.6 if at % 2 else 90.0 for at in range(99))})
        for one in (ended(99, core=10.0 * at) for at in NEAR)
    ]
    # 50 of 99 are quick, so the median is.
    slow = [replace(one, times={**one.times, "total": (*one.times["total"], 20.6, 20.6)}) for one in slow]
    found, line = judged(base, pooled("b", [summary(f"b{at}", one) for at, one in enumerate(slow)]), 0.10)
    assert found == WORSE and line.startswith("worse: b against a, mean of registrations 2.7×")
    assert "20.0ms → 55.0ms" in line


def test_a_core_that_rejects_everybody_is_worse() -> None:
    strict = pooled("b", [summary(f"b{at}", ended(0, failed=50)) for at in range(3)])
    found, line = judged(side("a"), strict, 0.05)
    assert found == WORSE and line.startswith("worse: b against a: In b all 150 registrations failed")


def test_a_line_names_the_part_and_the_setting() -> None:
    _, line = judged(side("a"), side("b", held=40.0), 0.05)
    assert line == (
        "worse: b against a, median of registrations 3.0× (3.0–3.0), 20.0ms → 60.0ms (3 and 3 runs, n = 300 and 300); "
        "100% of it is SCTP on the gNB: messages held before they were sent (nodelay)"
    )
    _, line = judged(side("a"), side("b", failed=30), 0.05)
    assert line.endswith("; fewer succeed, 70.0% instead of 100.0%")
    _, line = judged(side("a"), side("b", 11.6, WIDE), 0.05)
    assert "runs to show that none beyond 5% is there (runs a side)" in line
    _, line = judged(side("a"), side("b", 11.6, (1.0,)), 0.05)
    assert line.endswith("of set-ups nothing is claimed below 3 runs a side")


def test_the_worst_of_several() -> None:
    assert worst([NO_WORSE, UNSURE, WORSE]) == WORSE
    assert worst([NO_WORSE, UNSURE]) == UNSURE and worst([NO_WORSE]) == NO_WORSE
