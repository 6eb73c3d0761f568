"""A small receive buffer where its owner was not recorded: it shows in the window that the peer sees."""

from __future__ import annotations

from typing import Any

import pytest

from sctptop.comparison.statistics.ratio import FASTER, SLOWER
from tests.unit.comparison.recorded import end, ended, judged, summary

WIDE = end("gNB", peer_window=106_496, cwnd=6000)
HELD: Any = {"held": 40.0}


def named(slow: Any, fast: Any, parts: Any, *more: Any) -> list[str]:
    """What is said of receive buffers, whichever of the two comes first."""
    sides = summary("a", ended(), fast), summary("b", ended(**parts), slow, *more)
    found = [judged(*sides), judged(*reversed(sides))]
    assert [one.result for one in found] == [SLOWER, FASTER]
    texts = [[cause.text for cause in one.causes if cause.setting == "rcvbuf"] for one in found]
    assert texts[0] == texts[1]
    assert found[0].settings_explain is bool(texts[0])
    return texts[0]


@pytest.mark.parametrize("part", ["held", "blocked", "lost", "order"])
def test_a_window_narrower_than_congestion_control_allows_is_the_reason(part: str) -> None:
    assert named(end("gNB", peer_window=2304, cwnd=6000), WIDE, {part: 40.0}) == [
        "the window of the AMF, which its receive buffer makes, was 2.3kB at most in b and 106kB in a, and congestion "
        "control let 6.0kB go"
    ]


@pytest.mark.parametrize(
    ("slow", "parts"),
    [
        # Congestion control was the limit.
        (end("gNB", peer_window=32_768, cwnd=6000), HELD),
        # As narrow on either side, or wider.
        (end("gNB", peer_window=100_000, cwnd=200_000), HELD),
        (end("gNB", peer_window=200_000, cwnd=300_000), HELD),
        # Never seen.
        (end("gNB", cwnd=6000), HELD),
        (end("gNB", peer_window=2304), HELD),
        # What is slow waits for no window.
        (end("gNB", peer_window=2304, cwnd=6000), {"ran": 50.0}),
        (end("gNB", peer_window=2304, cwnd=6000), {"network": 44.0, "core": 50.0}),
        (end("gNB", peer_window=2304, cwnd=6000), {"unread": 40.0}),
    ],
)
def test_it_is_no_reason_otherwise(slow: Any, parts: dict[str, float]) -> None:
    assert named(slow, WIDE, parts) == []


def test_a_buffer_that_was_read_says_it_itself() -> None:
    slow = end("gNB", peer_window=2304, cwnd=6000)
    assert named(slow, WIDE, HELD, end("AMF", {"rcvbuf": (212_992,)})) == []
