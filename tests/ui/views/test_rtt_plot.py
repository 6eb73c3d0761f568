"""The histogram of round trips: honest ends, exact bars, outliers seen, no room no plot."""

from __future__ import annotations

import re

import pytest

from sctptop.model.associations.distribution import Distribution
from sctptop.quantity import milliseconds
from sctptop.tui.views.parts.histogram_plot import AXIS, bars_of, histogram, histogram_line, scale
from sctptop.tui.words.line import plain

BARS = re.compile("[█▄▌▐▙▟▛▜]")


def distribution(*values_ms: float) -> Distribution:
    return Distribution().merged((round(value * 1e6), 1) for value in values_ms)


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [((0.05, 0.4, 180), "50µs", "200ms"), ((7.9, 7.91), "6.5ms", "9.5ms"), ((41, 118), "40ms", "120ms")],
)
def test_a_histogram_spans_what_was_seen(values: tuple[float, ...], first: str, last: str) -> None:
    low, high, ticks = scale(min(values), max(values))
    assert low <= min(values) and high >= max(values) and list(ticks) == sorted(set(ticks))
    assert (milliseconds(low), milliseconds(high)) == (first, last)
    drawn = [plain(text) for text in histogram(distribution(*values), 100, 8)]
    assert len(drawn) == 8 and max(map(len, drawn)) <= 100
    assert any(BARS.search(text) for text in drawn[:-AXIS])
    assert {milliseconds(tick) for tick in ticks} >= set(drawn[-1].split())


def test_a_round_trip_of_nothing_is_drawn_too() -> None:
    assert len(histogram(distribution(0.0), 80, 6)) == 6


def test_one_outlier_among_thousands_is_still_seen_at_its_place() -> None:
    values = Distribution().merged([(8_000_000, 5000), (190_000_000, 1)])
    foot = plain(histogram(values, 80, 6)[3])
    assert foot.rstrip()[-1] in "█▄▐▌" and len(foot.rstrip()) > 60


@pytest.mark.parametrize(("width", "height"), [(10, 6), (80, 2), (0, 0)])
def test_without_room_there_is_no_histogram(width: int, height: int) -> None:
    assert histogram(distribution(7.9, 8.1), width, height) == []


def test_without_values_there_is_no_histogram() -> None:
    assert histogram(Distribution(), 80, 8) == []


@pytest.mark.parametrize("least", [0.19, 0.45, 0.9, 1.9, 7.0, 123.0])
@pytest.mark.parametrize("ratio", [1.0, 1.3, 3.0, 5.5, 6.3, 7.8, 9.0, 40.0, 5000.0])
def test_a_scale_holds_its_values_and_never_begins_at_zero(least: float, ratio: float) -> None:
    low, high, ticks = scale(least, least * ratio)
    assert least / 3.5 < low <= least * (1 + 1e-9)
    assert least * ratio * (1 - 1e-9) <= high
    assert ticks[0] == low and ticks[-1] == high and list(ticks) == sorted(set(ticks))


def test_two_beside_each_other_have_the_same_bars_and_ticks() -> None:
    quick, slow = distribution(0.02, 0.03, 0.03), distribution(190, 200)
    one, other = bars_of(quick, 60, [slow]), bars_of(slow, 60, [quick])
    assert (one.ends, one.ticks, len(one.counts)) == (other.ends, other.ticks, len(other.counts))
    assert sum(one.counts) == 3 and not any(one.counts[len(one.counts) // 2 :])
    assert sum(other.counts) == 2 and not any(other.counts[: len(other.counts) // 2])


def test_a_histogram_of_one_line_tells_its_ends_and_keeps_to_its_room() -> None:
    values = distribution(0.02, 0.03, 0.03, 190)
    text = plain(histogram_line(values, 40))
    assert text.startswith("  20µs▕") and "▏200ms" in text and len(text) <= 40
    bars = text[text.index("▕") + 1 : text.index("▏")]
    assert bars.startswith("█") and bars[-1] in "▃▄" and not bars[8:-4].strip()
    assert histogram_line(values, 20) == () and histogram_line(Distribution(), 80) == ()
