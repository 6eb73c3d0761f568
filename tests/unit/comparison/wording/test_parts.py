"""Parts that differ for certain where the whole cannot be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER, UNSURE
from sctptop.comparison.summaries.summary import Summary
from sctptop.comparison.wording.verdict import Verdict
from tests.unit.comparison.recorded import end, ended, judged, summary

SMALL = {"rcvbuf": (4608,)}
LARGE = {"rcvbuf": (212_992,)}
SCATTERED = (4.0, 30.0, 400.0, 3000.0)
"""Of the RAN, ms: what hides all else from run to run."""


def side(name: str, rans: Sequence[float], amf: dict[str, Any], **parts: Any) -> Summary:
    ends = end("gNB"), end("AMF", amf)
    return pooled(name, [summary(f"{name}-{ran}", ended(ran=ran, **parts), *ends) for ran in rans])


def both_ways(first: Summary, second: Summary) -> Verdict:
    """The same is said of the slower one, whichever comes first."""
    there, back = judged(first, second), judged(second, first)
    assert there.result == back.result and there.causes == back.causes
    return there


def test_a_part_that_differs_is_named_with_its_setting() -> None:
    found = both_ways(
        side("a", SCATTERED, LARGE, core=50.0), side("b", SCATTERED, LARGE, core=50.0, held=600.0, lost=90.0)
    )
    assert found.result == UNSURE and not found.causes
    assert "Yet SCTP takes longer for certain in b, by " in found.text
    assert "above all SCTP on the gNB: messages held before they were sent." in found.text
    found = both_ways(
        side("a", SCATTERED, {**LARGE, "sack_delay_ms": (20,)}, core=50.0),
        side("b", SCATTERED, {**LARGE, "sack_delay_ms": (200,)}, core=50.0, held=600.0),
    )
    assert found.result == UNSURE and [cause.setting for cause in found.causes] == ["sack_delay_ms"]
    assert "Why: SACK delay of the AMF is 200ms in b and 20ms in a" in found.text
    # Said once.
    assert "Yet settings differ" not in found.text


def test_no_part_is_named_that_scatters_is_small_or_of_two_runs() -> None:
    parts: Any
    for parts in ({}, {"held": 20.0}):
        found = both_ways(side("a", SCATTERED, LARGE), side("b", SCATTERED, LARGE, **parts))
        assert found.result == UNSURE and "takes longer" not in found.text
    few = SCATTERED[::3]
    found = both_ways(side("a", few, LARGE), side("b", few, LARGE, held=100.0))
    assert found.result == UNSURE and found.pair.ratios["sctp"].differs and "Yet SCTP" not in found.text


def test_where_the_whole_is_told_its_parts_are_its_shares() -> None:
    same = [30.0, 30.1, 30.2]
    found = both_ways(side("a", same, LARGE), side("b", same, LARGE))
    assert found.result == SAME and "takes longer" not in found.text
    found = judged(side("a", same, LARGE), side("b", same, LARGE, held=60.0))
    assert found.result == SLOWER and "Yet SCTP" not in found.text


def test_a_mean_that_says_much_more_than_the_median_is_told() -> None:
    """Half of them wait: the median hardly sees it."""

    def half(name: str, held: float) -> Summary:
        runs = []
        for ran in (39.0, 39.1, 39.2):
            one = ended(ran=ran)
            waits = tuple(held * (place % 2) for place in range(100))
            total = tuple(sum(both) for both in zip(one.times["total"], waits, strict=True))
            times = {**one.times, "total": total, "held": waits, "sctp": waits}
            pieces = {**one.pieces, ("held", "gNB"): waits}
            runs.append(summary(f"{name}{ran}", replace(one, times=times, pieces=pieces)))
        return pooled(name, runs)

    found = judged(side("a", [30.0, 30.1, 30.2], LARGE), half("b", 400.0))
    assert found.result == SLOWER and found.by == "p50"
    assert "(median, 3 and 3 runs" in found.text and " In the mean it is 6.2×" in found.text
    found = judged(half("b", 400.0), side("a", [30.0, 30.1, 30.2], LARGE))
    assert found.result == FASTER and " In the mean it is 6.2×" in found.text
    # Where both say the same, one is enough.
    found = judged(side("a", [30.0, 30.1, 30.2], LARGE), side("b", [90.0, 90.1, 90.2], LARGE))
    assert found.result == SLOWER and "In the mean it is" not in found.text
