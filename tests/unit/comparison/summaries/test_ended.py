"""Registrations of one kind: how they failed in words, and their split with less told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from sctptop.comparison.summaries.ended import Ended, Stalls
from sctptop.model.registrations.words import COMPLETED, OUTCOMES, REJECTED, RELEASED, TIMED_OUT, UNKNOWN
from tests.unit.comparison.recorded import ended

CONGESTION, ILLEGAL, ROAMING = "5GMM 22 Congestion", "5GMM 3 Illegal UE", "5GMM 11 PLMN not allowed"


def with_outcomes(counts: Mapping[str, int], causes: Mapping[tuple[str, str], int]) -> Ended:
    none = Ended("gNB")
    return replace(none, ended={**none.ended, **counts}, causes=causes)


@pytest.mark.parametrize(
    ("counts", "causes", "told"),
    [
        ({}, {}, ""),
        ({COMPLETED: 3, UNKNOWN: 2}, {(COMPLETED, CONGESTION): 1, (UNKNOWN, CONGESTION): 1}, ""),
        ({RELEASED: 1, REJECTED: 8}, {}, "8 rejected, 1 released"),
        ({REJECTED: 8}, {(REJECTED, CONGESTION): 8}, "8 rejected: 5GMM 22 Congestion"),
        ({REJECTED: 8}, {(REJECTED, CONGESTION): 7}, "8 rejected: 7 × 5GMM 22 Congestion"),
        (
            {REJECTED: 8, TIMED_OUT: 1},
            {(REJECTED, ILLEGAL): 2, (REJECTED, CONGESTION): 6},
            "8 rejected: 6 × 5GMM 22 Congestion, 2 × 5GMM 3 Illegal UE; 1 timed out",
        ),
        (
            {REJECTED: 8},
            {(REJECTED, ROAMING): 1, (REJECTED, ILLEGAL): 1, (REJECTED, CONGESTION): 6},
            "8 rejected: 6 × 5GMM 22 Congestion, 1 × 5GMM 11 PLMN not allowed, …",
        ),
        (
            {REJECTED: 1, RELEASED: 1},
            {(RELEASED, "NGAP nas 0 normal-release"): 1},
            "1 rejected; 1 released: NGAP nas 0 normal-release",
        ),
    ],
)
def test_failures_in_words(
    counts: Mapping[str, int], causes: Mapping[tuple[str, str], int], told: str
) -> None:
    assert with_outcomes(counts, causes).failures == told


def test_all_but_completed_and_unknown_have_failed() -> None:
    one = with_outcomes(dict.fromkeys(OUTCOMES, 1), {(name, CONGESTION): 1 for name in OUTCOMES})
    assert (one.decided, one.failed, one.unknown, one.success) == (8, 7, 1, 1 / 8)
    assert set(one.reasons) == {(name, CONGESTION) for name in OUTCOMES if name not in (COMPLETED, UNKNOWN)}
    assert with_outcomes({UNKNOWN: 3}, {}).success is None
    some = with_outcomes({REJECTED: 5}, {(REJECTED, CONGESTION): 2, (REJECTED, ILLEGAL): 2})
    assert some.reasons == {(REJECTED, CONGESTION): 2, (REJECTED, ILLEGAL): 2, (REJECTED, ""): 1}


def means(one: Ended) -> dict[str, float]:
    return {name: round(one.mean(name), 9) for name in one.times if one.mean(name)}


def pieces(one: Ended) -> dict[tuple[str, str], float]:
    return {name: round(one.mean_piece(*name), 9) for name in one.pieces if one.mean_piece(*name)}


@pytest.mark.parametrize(("end", "peer", "far"), [("gNB", "AMF", "core"), ("MME", "eNB", "ran")])
def test_the_network_goes_to_the_far_end(end: str, peer: str, far: str) -> None:
    near = {"core": "ran", "ran": "core"}[far]
    one = ended(end=end, held=1.0)
    assert one.apart and means(one)["network"] == 4 and means(one)[far] == 6
    told = one.together()
    assert means(told) == {"total": 21, "sctp": 1, "held": 1, far: 10, near: 10}
    assert not told.apart and told.times["network"] == () and told.together() is told
    whose = {"core": "core", "ran": "RAN"}
    assert pieces(told) == {("held", end): 1, (whose[near], end): 10, (whose[far], peer): 10}
    # Also where the far end itself took no time at all.
    (gone,) = [name for name in one.pieces if name[1] == peer]
    bare = replace(one, pieces={name: values for name, values in one.pieces.items() if name != gone})
    assert pieces(bare.together())[gone] == 4


def test_what_one_end_does_not_see_goes_to_the_far_end() -> None:
    there = {"held": 2.0, "blocked": 3.0, "unread": 4.0}
    one = replace(ended(held=1.0, lost=5.0, unread=1.0, there=there), stages={("held", "A"): Stalls(1, 1.0)})
    assert means(one) == {
        "total": 36,
        "sctp": 11,
        "held": 3,
        "blocked": 3,
        "lost": 5,
        "unread": 5,
        "network": 4,
        "core": 6,
        "ran": 10,
    }
    told = one.one_sided()
    assert means(told) == {
        "total": 36,
        "sctp": 6,
        "held": 1,
        "lost": 5,
        "unread": 1,
        "network": 4,
        "core": 15,
        "ran": 10,
    }
    assert pieces(told) == {
        ("held", "gNB"): 1,
        ("lost", ""): 5,
        ("unread", "gNB"): 1,
        ("network", ""): 4,
        ("core", "AMF"): 15,
        ("RAN", "gNB"): 10,
    }
    assert not told.whole and told.stages == {} and told.one_sided() is told
    assert ended().one_sided().n == 100 and ended(0).mean("total") == ended(0).mean_piece("held", "gNB") == 0


def test_a_percentile_of_runs_is_their_geometric_mean() -> None:
    runs = [ended(10, held=ms) for ms in (2.0, 8.0)]
    both = replace(runs[0], runs=tuple(runs))
    assert both.percentile("held", 0.5) == pytest.approx(4.0)
    # And nothing where one is nothing.
    assert replace(both, runs=(*runs, ended(10))).percentile("held", 0.5) == 0.0
    assert replace(both, runs=(ended(0),)).percentile("held", 0.5) is None
