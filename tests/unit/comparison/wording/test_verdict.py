"""What two recordings come to: which is faster, what made the difference, and when nothing can be said."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from sctptop.comparison.breakdown import FAR, FAR_AND_NETWORK, OWN
from sctptop.comparison.compare import compare
from sctptop.comparison.result import Comparison
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER, TOO_FEW
from sctptop.comparison.summaries.summary import Summary
from sctptop.comparison.wording.verdict import NO_REGISTRATIONS, NOT_COMPARABLE, Verdict, ranking, verdict
from sctptop.model.passages.passage import HELD, NETWORK, UNREAD
from tests.unit.comparison.comparing import FAST, SLOW, distant, read_late, slower, stalled
from tests.unit.registering import Step

BOTH = ("gNB", "AMF")
FAR_AWAY = replace(FAST, seed=2, change=distant(10), rtt_ms=20)
CORE = replace(FAST, seed=2, change=slower(False, 3.0), comm="another")


@pytest.fixture(scope="module")
def made() -> Mapping[str, Summary]:
    runs = {
        "slow": SLOW,
        "fast": FAST,
        "again": replace(FAST, seed=5),
        "core": CORE,
        "far": FAR_AWAY,
        "few": replace(FAST, ues=8),
        "silent": replace(FAST, probes=False),
        "slow at the AMF": replace(SLOW, ends=("AMF",)),
        "fast at the AMF": replace(FAST, ends=("AMF",)),
        "both": replace(FAST, ends=BOTH),
        "slow, both": replace(SLOW, ends=BOTH),
        "saturated": replace(FAST, ends=BOTH, change=read_late(True, 60)),
        "core, both": replace(CORE, ends=BOTH),
        "some stalled": replace(SLOW, change=stalled(7)),
        "rejecting": replace(FAST, rejected=20),
        "burst": replace(FAST, every_ms=1),
    }
    return {name: run.summary(name) for name, run in runs.items()}


def judged(made: Mapping[str, Summary], *names: str) -> tuple[Comparison, Verdict]:
    found = compare([made[name] for name in names])
    return found, verdict(found, found.pairs[0])


def pieces_of(found: Verdict) -> list[tuple[str, str]]:
    return [(piece.kind, piece.role) for piece, _ in found.shares]


def test_nagle_is_named_as_settings_and_not_as_a_core(made: Mapping[str, Summary]) -> None:
    comparison, found = judged(made, "slow", "fast")
    assert (found.result, found.by) == (FASTER, "p50")
    assert pieces_of(found) == [(HELD, "gNB")] and found.shares[0][1] > 0.95
    assert {cause.setting or cause.rule or cause.counter for cause in found.causes} == {
        "nodelay",
        "nagle",
        "SctpDelaySackExpireds",
    }
    assert found.settings_explain
    for words in (
        "fast is faster than slow by 10.",
        "224ms",
        "RegistrationComplete",
        "NODELAY of the gNB is off in slow and on in fast",
        "compares settings, not cores",
        "The core alone: no difference",
    ):
        assert words in found.text
    assert comparison.summaries[0].of("gNB", "initial").n == 100


def test_turned_round_it_says_the_same(made: Mapping[str, Summary]) -> None:
    _, found = judged(made, "fast", "slow")
    assert found.result == SLOWER and found.settings_explain
    assert "slow is slower than fast by 10." in found.text
    assert "NODELAY of the gNB is off in slow and on in fast" in found.text


def test_the_same_set_up_shows_no_difference(made: Mapping[str, Summary]) -> None:
    for names in (("fast", "again"), ("again", "fast")):
        _, found = judged(made, *names)
        assert found.result == SAME and not found.causes
        assert found.text.startswith(
            f"Within these runs no difference that matters between {names[0]} and {names[1]}: "
        )
        assert "n = 100 and 100" in found.text and "settings" not in found.text


def test_no_difference_in_time_hides_none_in_settings(made: Mapping[str, Summary]) -> None:
    tuned = replace(FAST, seed=5, gnb={"sack_delay_ms": 50}).summary("tuned")
    comparison = compare([made["fast"], tuned])
    found = verdict(comparison, comparison.pairs[0])
    assert found.result == SAME
    assert "Yet settings differ: SACK delay of the gNB 200ms in fast and 50ms in tuned" in found.text


def test_a_slower_core_is_the_core_s(made: Mapping[str, Summary]) -> None:
    _, found = judged(made, "fast", "core")
    assert found.result == SLOWER and pieces_of(found) == [(FAR, "AMF")] and not found.settings_explain
    assert "the AMF, its SCTP included" in found.text.replace("The AMF", "the AMF")
    # Where its end was recorded too, it is known to be the program itself, and which.
    _, there = judged(made, "both", "core, both")
    assert pieces_of(there) == [(OWN, "AMF")]
    assert "the AMF is another program, another in core, both and amf in both" in there.text


def test_the_network_is_told_from_the_core_by_heartbeats(made: Mapping[str, Summary]) -> None:
    _, found = judged(made, "fast", "far")
    assert found.result == SLOWER and pieces_of(found) == [(NETWORK, "")]
    assert "heartbeat RTT is 20ms in far and 1ms in fast" in found.text
    blind = [replace(run, heartbeats=False).summary("blind") for run in (FAST, FAR_AWAY)]
    comparison = compare(blind)
    assert pieces_of(verdict(comparison, comparison.pairs[0])) == [(FAR_AND_NETWORK, "AMF")]
    _, slow = judged(
        {"slow": replace(SLOW, heartbeats=False).summary("slow"), "fast": blind[0]}, "slow", "fast"
    )
    assert "The core alone, network included: no difference" in slow.text


def test_a_saturated_core_is_one_that_does_not_read(made: Mapping[str, Summary]) -> None:
    _, found = judged(made, "both", "saturated")
    assert found.result == SLOWER and pieces_of(found) == [(UNREAD, "AMF")]
    assert "Saturated application at the AMF" in found.text
    assert all(share <= 1 for _, share in found.shares)


def test_the_amf_alone_sees_the_wait_for_its_sack(made: Mapping[str, Summary]) -> None:
    _, found = judged(made, "slow at the AMF", "fast at the AMF")
    assert found.result == FASTER and pieces_of(found) == [(FAR, "gNB")]
    assert {cause.rule for cause in found.causes} >= {"delayed_sack"}
    assert "SctpDelaySackExpireds rose by 1.00 a registration in slow" in found.text


def test_both_ends_blame_each_other(made: Mapping[str, Summary]) -> None:
    comparison, found = judged(made, "slow, both", "both")
    assert comparison.ends == ("gNB", "gNB") and pieces_of(found) == [(HELD, "gNB")]
    assert {cause.rule for cause in found.causes} >= {"nagle", "delayed_sack"}
    assert not any("was not recorded" in caveat for caveat in comparison.caveats)


def test_a_sack_delay_that_differs_is_a_setting(made: Mapping[str, Summary]) -> None:
    off = {"nodelay": False}
    slow = replace(SLOW, ends=BOTH, gnb=off).summary("slow")
    quick = replace(FAST, ends=BOTH, gnb=off, amf={"sack_delay_ms": 0}).summary("quick")
    comparison = compare([slow, quick])
    found = verdict(comparison, comparison.pairs[0])
    assert found.settings_explain
    assert "SACK delay of the AMF is 200ms in slow and 0ms in quick" in found.text


def test_some_stalls_differ_in_the_mean_alone(made: Mapping[str, Summary]) -> None:
    _, found = judged(made, "some stalled", "fast")
    assert (found.result, found.by) == (FASTER, "mean") and pieces_of(found) == [(HELD, "gNB")]
    assert found.text.startswith("Within these runs: in the median there is no difference that matters")


def test_a_few_very_slow_ones_do_not_turn_the_verdict(made: Mapping[str, Summary]) -> None:
    def change(step: Step, dice: random.Random, ue: int) -> Step:
        late = ue in (20, 40) and not step.up
        return replace(step, think=2000.0 if late else step.think / 4 if step.up else step.think)

    quick = replace(FAST, change=change).summary("quick")
    comparison = compare([made["fast"], quick])
    found = verdict(comparison, comparison.pairs[0])
    assert (found.result, found.by) == (FASTER, "p50") and comparison.pairs[0].typical
    assert pieces_of(found) == [(OWN, "gNB")]
    assert "But the mean goes the other way" in found.text


def test_stalls_without_a_setting_that_differs_leave_the_peer_s(made: Mapping[str, Summary]) -> None:
    off = replace(FAST, gnb={"nodelay": False}).summary("off")
    comparison = compare([made["slow"], off])
    found = verdict(comparison, comparison.pairs[0])
    assert found.result == FASTER and not found.settings_explain
    assert "The SACK delay of the AMF is not known in slow and off: it may be the reason." in found.text


def test_an_rto_that_was_measured_differs_only_by_much(made: Mapping[str, Summary]) -> None:
    def differs(rto_ms: int) -> bool:
        other = replace(
            made["fast"], ends={"gNB": replace(made["fast"].end("gNB"), settings={"rto_ms": (rto_ms,)})}
        )
        return any(one.differs for one in compare([made["fast"], other]).settings if one.name == "rto_ms")

    assert not differs(1040) and differs(500)


def test_too_few_and_none_say_so(made: Mapping[str, Summary]) -> None:
    _, few = judged(made, "fast", "few")
    assert few.result == TOO_FEW and "n = 100 and 8" in few.text and "until 2 more succeed" in few.text
    assert "fail" not in few.text and "succeed:" not in few.text
    comparison, none = judged(made, "fast", "silent")
    assert none.result == NO_REGISTRATIONS
    assert none.text.startswith("silent holds no completed registration: only transport is compared.")
    assert any(caveat.startswith("silent: recorded without probes") for caveat in comparison.caveats)


def test_different_ends_are_not_compared(made: Mapping[str, Summary]) -> None:
    comparison, found = judged(made, "fast", "slow at the AMF")
    assert found.result == NOT_COMPARABLE and not found.shares
    assert comparison.caveats[0].startswith(
        "Recorded at different ends (fast at the gNB, slow at the AMF at the AMF)"
    )


def test_a_recording_of_both_ends_is_compared_where_the_other_was_made(made: Mapping[str, Summary]) -> None:
    comparison, found = judged(made, "both", "slow at the AMF")
    assert comparison.ends == ("AMF", "AMF") and found.result == SLOWER


def test_failures_and_other_loads_are_said_first(made: Mapping[str, Summary]) -> None:
    comparison, found = judged(made, "fast", "rejecting")
    assert "not as many succeed: 100 of 100 in fast, 80 of 100 in rejecting" in found.text
    assert any("rejecting: 20 of 100 initial registrations failed" in caveat for caveat in comparison.caveats)
    assert "80 of 100 in rejecting (20 rejected)" in found.text
    loaded, _ = judged(made, "fast", "burst")
    assert any(caveat.startswith("Different load") for caveat in loaded.caveats)


def test_a_core_that_rejects_everybody_is_said_to(made: Mapping[str, Summary]) -> None:
    strict = replace(FAST, ues=12, rejected=12).summary("strict")
    for names in (("fast", "strict"), ("strict", "fast")):
        comparison, found = judged({**made, "strict": strict}, *names)
        assert found.result == NO_REGISTRATIONS
        assert found.text.startswith(
            "In strict all 12 registrations failed (12 rejected), in fast none of 100. strict holds no completed"
        )
        assert any(
            caveat
            == "strict: 12 of 12 initial registrations failed (12 rejected); there is no time to compare."
            for caveat in comparison.caveats
        )
    # Nobody came to a quiet one: that is no failure.
    quiet = replace(FAST, ues=0).summary("quiet")
    _, found = judged({"quiet": quiet, "strict": strict}, "quiet", "strict")
    assert found.text.startswith("In strict all 12 registrations failed (12 rejected). quiet and strict hold")


@pytest.mark.parametrize(
    ("ues", "rejected", "told"),
    [
        (
            12,
            6,
            " Mind that not as many succeed: 100 of 100 in fast, 6 of 12 in other (6 rejected); times are",
        ),
        (
            4,
            1,
            " In other 1 of 4 registrations failed (1 rejected), in fast none of 100. That may be chance.",
        ),
        (8, 1, ""),
    ],
)
def test_too_few_for_times_may_do_for_success(
    made: Mapping[str, Summary], ues: int, rejected: int, told: str
) -> None:
    other = replace(FAST, ues=ues, rejected=rejected).summary("other")
    _, found = judged({**made, "other": other}, "fast", "other")
    assert found.result == TOO_FEW
    words = found.text.partition("a hundred.")[2]
    assert words.startswith(told) and bool(words) == bool(told)


def test_three_are_ranked(made: Mapping[str, Summary]) -> None:
    comparison = compare([made[name] for name in ("slow", "core", "fast")])
    results = [verdict(comparison, pair).result for pair in comparison.pairs]
    assert results == [FASTER, FASTER]
    assert ranking(comparison).startswith("Fastest first, by the median of initial registrations: fast ")
    assert ranking(comparison).index("core") < ranking(comparison).index("slow")
