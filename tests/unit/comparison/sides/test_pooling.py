"""Runs of one set-up as one side: what is added up, what is listed, and each run beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.comparison.compare import compare
from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.sides.ratios import ratio_of, usable
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER
from sctptop.comparison.summaries.ended import Stalls
from sctptop.comparison.summaries.summary import Fired
from sctptop.comparison.wording.verdict import verdict
from sctptop.model.passages.passage import HELD
from tests.unit.comparison.recorded import beats, end, ended, summary

OFF = {"nodelay": (False,)}


def test_one_run_is_itself_under_the_name_of_its_side() -> None:
    one = summary("a1")
    assert pooled("a", [one]) == replace(one, name="a") and pooled("a", [one]).each == (pooled("a", [one]),)
    with pytest.raises(ValueError, match="no run"):
        pooled("a", [])


def test_counts_are_added_up_and_what_differs_is_listed() -> None:
    runs = [
        summary("a1", ended(20, failed=2), end("gNB", rtx_chunks=1, out_data_chunks=100), running=1, lost=2),
        summary(
            "a2", ended(30, unknown=1), end("gNB", OFF, rtx_chunks=3), host="amf-2", heartbeats=beats(3.0)
        ),
        summary("a3", ended(10), end("gNB", OFF), counters={"SctpT3RtxExpireds": 4}),
    ]
    side = pooled("a", runs)
    assert side.runs == tuple(runs) and side.name == "a" and side.path == "a1.sctp, a2.sctp, a3.sctp"
    registered = side.of("gNB", "registration")
    assert (registered.n, registered.failed, registered.unknown) == (60, 2, 1)
    assert [one.n for one in registered.runs] == [20, 30, 10]
    assert (side.running, side.lost, side.samples, side.span_s) == (1, 2, 180, 180.0)
    assert side.host == "amf-1, amf-2" and side.kernel == "6.1" and side.hz == 250
    assert side.end("gNB").settings["nodelay"] == (False, True)
    assert (side.end("gNB").rtx_chunks, side.end("gNB").out_data_chunks) == (4, 100)
    assert side.counters == {"SctpT3RtxExpireds": 4} and side.heartbeats.n == 60


def test_parts_are_cut_as_finely_as_all_runs_allow() -> None:
    fine, coarse = ended(there={"held": 5.0}), ended(network=None)
    registered = pooled("a", [summary("a1", fine), summary("a2", coarse)]).of("gNB", "registration")
    assert not registered.whole and not registered.apart
    assert all(not one.whole and not one.apart for one in registered.runs)
    assert sum(map(sum, registered.pieces.values())) == pytest.approx(sum(registered.times["total"]))
    assert all(len(values) == registered.n for values in registered.pieces.values())


def test_a_percentile_is_that_of_the_typical_run_and_the_mean_that_of_all() -> None:
    side = pooled("a", [summary("a1", ended(40, core=10.0)), summary("a2", ended(40, core=70.0))])
    registered = side.of("gNB", "registration")
    assert registered.percentile("total", 0.5) == pytest.approx((20 * 80) ** 0.5)
    assert registered.percentile("total", 1.0) == pytest.approx(80 * 1.02)
    assert registered.mean("total") == pytest.approx(50)
    assert registered.together().runs[0].times["network"] == ()


def test_advice_counts_in_how_many_runs_it_was_given() -> None:
    def fired(seconds: float) -> Fired:
        return Fired("nagle", "Nagle stall", "problem", "gNB", 1, seconds, "seen", "remedy")

    runs = [summary("a1", advice=(fired(5),)), summary("a2", advice=(fired(9),)), summary("a3")]
    (one,) = pooled("a", runs).advice
    assert (one.runs, one.of_runs, one.lasted_s, one.usual) == (2, 3, 14.0, True)
    (rare,) = pooled("a", [*runs[1:], summary("a4")]).advice
    assert not rare.usual


def test_stages_and_causes_are_added_up() -> None:
    stage = {("core", "D"): Stalls(40, 40.0)}
    why = {("rejected", "5GMM 22 Congestion"): 2}
    runs = [replace(ended(40, failed=2, causes=why), stages=stage) for _ in range(3)]
    registered = pooled("a", [summary(f"a{place}", one) for place, one in enumerate(runs)]).of(
        "gNB", "registration"
    )
    assert registered.stages == {("core", "D"): Stalls(120, 120.0)}
    assert registered.causes == {("rejected", "5GMM 22 Congestion"): 6}


def test_runs_of_too_few_do_not_stand_for_their_set_up() -> None:
    side = pooled("a", [summary(f"a{n}", ended(n)) for n in (40, 9, 30, 50)])
    assert [one.n for one in usable(side.of("gNB", "registration"))] == [40, 30, 50]
    other = pooled("b", [summary(f"b{n}", ended(n, core=30.0)) for n in (40, 9, 5)])
    assert not ratio_of(
        side.of("gNB", "registration"), other.of("gNB", "registration"), "total", "p50"
    ).across


@pytest.mark.parametrize("held", [0.0, 40.0])
def test_three_runs_a_side_speak_of_set_ups_and_name_the_part(held: float) -> None:
    near = (0.99, 1.0, 1.01)
    base = pooled("plain", [summary(f"a{times}", ended(core=10.0 * times)) for times in near])
    late = pooled(
        "nagle",
        [
            summary(
                f"b{times}", ended(core=10.0 * times, held=held), end("gNB", OFF if held else {}), end("AMF")
            )
            for times in near
        ],
    )
    comparison = compare([base, late])
    found = verdict(comparison, comparison.pairs[0])
    assert found.pair.across and "3 and 3 runs, n = 300 and 300" in found.text
    if held:
        assert found.result == SLOWER and [piece.kind for piece, _ in found.shares] == [HELD]
        assert {cause.setting for cause in found.causes} == {"nodelay"}
        assert found.text.startswith("nagle is slower than plain by 3.0× (")
        back = compare([late, base])
        assert verdict(back, back.pairs[0]).result == FASTER
    else:
        assert found.result == SAME and found.text.startswith(
            "No difference that matters between plain and nagle"
        )
    assert "Of the set-ups" not in found.text


def test_a_bad_run_is_one_event() -> None:
    """All that failed in one of four runs tells nothing of the set-up; as many in each of them do."""
    good = [summary(f"a{place}", ended(100)) for place in range(4)]
    one_bad = [summary("b0", ended(20, failed=80)), *(summary(f"b{place}", ended(100)) for place in range(3))]
    each = [summary(f"c{place}", ended(80 + place, failed=20 - place)) for place in range(4)]
    sides = [pooled(name, runs) for name, runs in (("a", good), ("b", one_bad), ("c", each))]
    first, second = compare(sides).pairs
    assert not first.success.differs and first.success.p > 0.1
    assert (
        second.success.differs
        and second.success.worse
        and second.success.reasons.keys() == {("rejected", "")}
    )
