"""Distributions over one another."""

from __future__ import annotations

from sctptop.output.compare.plot import overlaid


def test_distributions_share_one_scale() -> None:
    rows = overlaid({"total": [("a", [1.0] * 50 + [100.0]), ("b", [10.0] * 9), ("c", [])]}, 60)
    bars = [line.partition("▕")[2] for line in rows[:3]]
    # The one slow value of the first is seen, and lies at the end of the scale.
    assert bars[0][0] == "█" and bars[0][-1] == "▁" and len(bars[0]) == max(map(len, bars))
    assert bars[1].strip() == "█" and abs(len(bars[1]) - len(bars[0]) / 2) <= 1.5
    assert bars[2] == "" and rows[-1].split() == ["1ms", "2ms", "5ms", "10ms", "20ms", "50ms", "100ms"]
    assert overlaid({"total": [("a", [])]}, 60) == []
    assert all(len(line) <= 60 for line in rows)
    assert len(overlaid({"total": [("a", [7.0] * 5)]}, 60)) == 3
