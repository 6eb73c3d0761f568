"""Charts in plain characters: what lies where, and whose it is, without a colour."""

from __future__ import annotations

import random

import pytest

from sctptop.output.compare.pictures.charts import Chart, Curve, distribution
from sctptop.output.compare.pictures.terminal import drawn

DICE = random.Random(1)
TIMES = [DICE.lognormvariate(3, 0.5) for _ in range(900)]


def cdf(*sides: list[float]) -> Chart:
    curves = tuple(Curve(place, "", distribution(times)) for place, times in enumerate(sides))
    return Chart("Distribution", "time", "share", True, curves)


def test_a_distribution_ends_with_the_greatest() -> None:
    points = distribution(TIMES)
    assert len(points) == 400 and points[-1] == (max(TIMES), 1.0) and points[0] == (min(TIMES), 1 / 900)
    assert list(points) == sorted(points)
    below = [sum(time <= ms for time in TIMES) / 900 for ms, _ in points]
    assert below == [share for _, share in points]
    assert distribution([3.0]) == ((3.0, 1.0),) and distribution([]) == ()
    assert distribution([0.0, 5.0])[0][0] > 0


@pytest.mark.parametrize("width", [60, 100])
def test_the_slower_side_lies_to_the_right(width: int) -> None:
    lines = drawn(cdf(TIMES, [4 * one for one in TIMES]), ["quick", "slow"], width)
    assert lines[1] == "  a quick,  b slow" and all(len(line) <= width for line in lines)
    plot = [line.partition("┤")[2] or line.partition("│")[2] for line in lines[2:]]
    middle = next(line for line in lines if line.startswith("50%"))
    assert 0 < middle.index("a") < middle.index("b")
    assert sum("a" in line for line in plot) >= 12 and sum("b" in line for line in plot) >= 12
    assert "ms" in lines[-1]


def test_p95_is_a_capital_above() -> None:
    def points(ms: float) -> tuple[tuple[float, float], ...]:
        return tuple((load, ms + load) for load in (1.0, 5.0, 20.0))

    chart = Chart("t", "load", "time", False, (Curve(1, "p50", points(50)), Curve(1, "p95", points(400))))
    lines = drawn(chart, ["none", "mine"], 80)
    assert lines[1] == "  b mine p50,  B mine p95"
    rows = {letter: [place for place, line in enumerate(lines[2:]) if letter in line] for letter in "bB"}
    assert max(rows["B"]) < min(rows["b"])


@pytest.mark.parametrize("times", [[7.0] * 5, [7.0, 7.0001], [0.0, 100000.0]])
def test_hardly_any_width_is_drawn_too(times: list[float]) -> None:
    lines = drawn(cdf(times, times), ["x", "y"], 70)
    assert len(lines) > 15 and any("b" in line for line in lines[2:])


def test_without_plotext_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "plotext", None)
    lines = drawn(cdf(TIMES), ["x"], 70)
    assert len(lines) == 3 and "plotext cannot draw here" in lines[-1]
