"""Why a part of the time differs: settings, advice, other programs, timers."""

from __future__ import annotations

from typing import Any

import pytest

from sctptop.comparison.remarks import Setting
from sctptop.comparison.roles import PEERS
from sctptop.comparison.statistics.ratio import FASTER, SLOWER
from sctptop.comparison.summaries.summary import Fired
from sctptop.comparison.wording.causes import setting_text, setting_title
from sctptop.model.passages.passage import NETWORK
from tests.unit.comparison.recorded import beats, end, ended, judged, summary

OFF = {"nodelay": (False,)}


@pytest.mark.parametrize(
    ("gnb", "amf", "settings"),
    [
        (OFF, {}, {"nodelay"}),
        ({}, {"sack_delay_ms": (500,)}, {"sack_delay_ms"}),
        ({}, {"sack_delay_ms": (100,)}, set()),
        ({}, {"sack_frequency": (4,)}, {"sack_frequency"}),
        ({}, OFF, set()),
        ({"sack_delay_ms": (500,)}, {}, set()),
        (OFF, {"sack_delay_ms": (500,)}, {"nodelay", "sack_delay_ms"}),
        ({"nodelay": ()}, {}, set()),
    ],
)
def test_a_setting_is_a_reason_where_it_costs_time(gnb: Any, amf: Any, settings: set[str]) -> None:
    slow = summary("b", ended(held=40.0), end("gNB", gnb), end("AMF", amf))
    for names, result in (((summary("a"), slow), SLOWER), ((slow, summary("a")), FASTER)):
        found = judged(*names)
        assert found.result == result and {one.setting for one in found.causes} == settings


def fired(rule: str, role: str, severity: str = "warning") -> Fired:
    return Fired(rule, f"Title of {rule}", severity, role, 1, 9.0, "seen", "remedy")


@pytest.mark.parametrize(
    ("parts", "rule", "role"),
    [
        ({"held": 40.0}, "nagle", "gNB"),
        ({"held": 40.0}, "delayed_sack", "AMF"),
        ({"held": 40.0}, "closed_window", "gNB"),
        ({"held": 40.0}, "saturated", "AMF"),
        ({"blocked": 40.0}, "closed_window", "gNB"),
        ({"blocked": 40.0}, "saturated", "AMF"),
        ({"blocked": 40.0}, "lossy_path", "gNB"),
        ({"blocked": 40.0}, "dead_path", "gNB"),
        ({"lost": 40.0}, "lossy_path", "gNB"),
        ({"lost": 40.0}, "lossy_path", "AMF"),
        ({"lost": 40.0}, "spurious_rtx", "gNB"),
        ({"lost": 40.0}, "spurious_rtx", "AMF"),
        ({"lost": 40.0}, "dead_path", "gNB"),
        ({"lost": 40.0}, "dead_path", "AMF"),
        ({"order": 40.0}, "lossy_path", "gNB"),
        ({"order": 40.0}, "lossy_path", "AMF"),
        ({"order": 40.0}, "one_stream", "gNB"),
        ({"order": 40.0}, "one_stream", "AMF"),
        ({"unread": 40.0}, "saturated", "gNB"),
        ({"ran": 50.0}, "saturated", "gNB"),
        ({"core": 50.0}, "saturated", "AMF"),
        ({"core": 50.0}, "nagle", "AMF"),
        ({"core": 50.0}, "lossy_path", "gNB"),
        ({"core": 50.0}, "spurious_rtx", "gNB"),
        ({"core": 50.0}, "dead_path", "gNB"),
        ({"core": 50.0}, "delayed_sack", "gNB"),
    ],
)
def test_advice_given_in_the_slow_one_alone_is_a_reason(parts: dict[str, Any], rule: str, role: str) -> None:
    def rules(base: tuple[Fired, ...], other: tuple[Fired, ...]) -> set[str]:
        found = judged(summary("a", advice=base), summary("b", ended(**parts), advice=other))
        return {one.rule for one in found.causes}

    assert rules((), (fired(rule, role),)) == {rule}
    assert rules((fired(rule, role),), (fired(rule, role),)) == set()
    assert rules((fired(rule, role, "note"),), (fired(rule, role),)) == {rule}
    assert rules((fired(rule, role),), ()) == set()
    # What is lost on the way or waits in order behind it may be either end's.
    between = parts.keys() & {"lost", "order"}
    assert rules((), (fired(rule, PEERS[role]),)) == ({rule} if between else set())


@pytest.mark.parametrize(
    ("rule", "role"),
    [("lossy_path", "gNB"), ("spurious_rtx", "gNB"), ("dead_path", "gNB"), ("lossy_path", "AMF")],
)
def test_a_longer_network_is_told_from_heartbeats_and_by_advice_on_paths(rule: str, role: str) -> None:
    slow = summary("b", ended(core=30.0, network=24.0), heartbeats=beats(6.0), advice=(fired(rule, role),))
    found = judged(summary("a"), slow)
    assert [one.kind for one, _ in found.shares] == [NETWORK]
    assert [one.rule for one in found.causes] == [rule, ""]
    assert found.causes[1].text == "the heartbeat RTT is 6ms in b and 1ms in a (median)"


def test_another_program_is_a_reason_where_both_are_known() -> None:
    def causes(slow: tuple[str, ...], quick: tuple[str, ...]) -> list[str]:
        ends = [(end("gNB"), end("AMF", processes=names)) for names in (quick, slow)]
        found = judged(summary("a", None, *ends[0]), summary("b", ended(core=50.0), *ends[1]))
        return [one.text for one in found.causes]

    assert causes(("y", "x"), ("z",)) == ["the AMF is another program, x, y in b and z in a"]
    assert causes(("x",), ()) == causes((), ("x",)) == causes(("x", "y"), ("y", "x")) == []


@pytest.mark.parametrize(
    ("slow", "quick", "told"),
    [(20, 10, True), (19, 10, False), (10, 20, False), (None, 10, False), (20, None, False)],
)
def test_sack_timers_are_a_reason_from_a_tenth_of_the_registrations_on(
    slow: int | None, quick: int | None, told: bool
) -> None:
    counters = [{"SctpDelaySackExpireds": one} for one in (quick, slow)]
    found = judged(summary("a", counters=counters[0]), summary("b", ended(held=40.0), counters=counters[1]))
    assert any(one.counter == "SctpDelaySackExpireds" for one in found.causes) == told
    assert ("SctpDelaySackExpireds rose by 0.20 a registration in b and 0.10 in a" in found.text) == told


def test_settings_in_words() -> None:
    assert setting_text("sack_delay_ms", (200, 100, 50)) == "200ms, 100ms, 50ms"
    assert setting_text("sack_delay_ms", (200, 100, 50, 20, 10)) == "200ms, 100ms, 50ms +2"
    assert setting_text("nodelay", ()) == "–" and setting_text("net.sctp.rto_min", ("1000",)) == "1000"
    assert setting_title("", "net.sctp.rto_min") == "net.sctp.rto_min"
    assert setting_title("gNB", "nodelay") == "NODELAY of the gNB"


def test_a_setting_differs_where_it_is_known_in_both_and_what_is_measured_by_a_quarter() -> None:
    def differs(name: str, *values: tuple[Any, ...]) -> bool:
        return Setting("gNB", name, values).differs

    assert differs("nodelay", (True,), (False,)) and not differs("nodelay", (True,), (True,))
    assert not differs("nodelay", (), (False,)) and not differs("nodelay", (True,), ())
    assert not differs("max_burst", (4, 8), (8, 4)) and differs("max_burst", (4, 8), (4,))
    assert differs("nodelay", (True,), (True,), (False,))
    assert not differs("rto_ms", (1000,), (1250,)) and differs("rto_ms", (1000,), (1251,))
    assert not differs("rto_ms", (1250,), (1000,)) and differs("rto_ms", (1251,), (1000,))


@pytest.mark.parametrize(
    ("part", "end_of", "name", "quick", "slow"),
    [
        ("blocked", "gNB", "sndbuf", 200_000, 100_000),
        ("blocked", "AMF", "rcvbuf", 200_000, 100_000),
        ("lost", "gNB", "rto_ms", 1000, 3000),
        ("lost", "AMF", "rto_ms", 1000, 3000),
    ],
)
def test_buffers_and_the_rto_are_reasons_too(
    part: str, end_of: str, name: str, quick: int, slow: int
) -> None:
    def settings(mine: int, other: int, ms: float) -> set[str]:
        parts: dict[str, Any] = {part: ms}
        slower = ended(**parts)
        both = [
            summary(
                called,
                times,
                *(end(role, {name: (value,)} if role == end_of else {}) for role in ("gNB", "AMF")),
            )
            for called, times, value in (("a", ended(), mine), ("b", slower, other))
        ]
        return {one.setting for one in judged(*both).causes}

    assert settings(quick, slow, 40.0) == {name}
    assert settings(slow, quick, 40.0) == settings(quick, quick, 40.0) == set()


@pytest.mark.parametrize(("rule", "role"), [("closed_window", "gNB"), ("saturated", "AMF")])
@pytest.mark.parametrize("part", ["held", "blocked"])
def test_where_the_other_end_does_not_read_it_is_not_sctp(part: str, rule: str, role: str) -> None:
    told = "So it is the AMF that does not read in time, and not SCTP."
    parts: dict[str, Any] = {part: 40.0}
    found = judged(summary("a"), summary("b", ended(**parts), advice=(fired(rule, role),)))
    assert found.text.count(told) == 1 and [one.reader for one in found.causes] == ["AMF"]
    both = fired("closed_window", "gNB"), fired("saturated", "AMF"), fired("nagle", "gNB")
    found = judged(summary("a"), summary("b", ended(held=40.0), advice=both))
    assert found.text.count(told) == 1 and {one.rule: one.reader for one in found.causes} == {
        "closed_window": "AMF",
        "saturated": "AMF",
        "nagle": "",
    }


def test_a_reader_that_is_late_holds_back_nobody_else() -> None:
    for parts in ({"unread": 40.0}, {"core": 60.0}, {"lost": 40.0}):
        times: dict[str, Any] = parts
        advice = fired("saturated", "gNB"), fired("saturated", "AMF"), fired("lossy_path", "gNB")
        assert "does not read" not in judged(summary("a"), summary("b", ended(**times), advice=advice)).text


@pytest.mark.parametrize(
    ("part", "role", "rules"),
    [
        ("held", "AMF", {"small_rcvbuf", "closed_window"}),
        ("lost", "AMF", {"small_rcvbuf"}),
        ("lost", "gNB", {"small_rcvbuf"}),
        ("order", "AMF", {"small_rcvbuf"}),
        ("order", "gNB", {"small_rcvbuf"}),
        ("held", "gNB", set()),
        ("core", "AMF", set()),
        ("unread", "gNB", set()),
    ],
)
@pytest.mark.parametrize("rule", ["small_rcvbuf", "closed_window", "lossy_path", ""])
@pytest.mark.parametrize("of", ["gNB", "AMF"])
def test_a_smaller_receive_buffer_is_a_reason_where_advice_speaks_of_it(
    part: str, role: str, rules: set[str], rule: str, of: str
) -> None:
    parts: dict[str, Any] = {part: 60.0}
    ends = [end(one, {"rcvbuf": (4608,)} if one == role else {"rcvbuf": (212_992,)}) for one in PEERS]
    sides = [
        summary("a", None, *(end(one, {"rcvbuf": (212_992,)}) for one in ("gNB", "AMF"))),
        summary(
            "b",
            ended(**parts),
            *(one for one in ends if one.role in ("gNB", "AMF")),
            advice=(fired(rule, of),) if rule else (),
        ),
    ]
    assert {one.setting for one in judged(*sides).causes} - {""} == ({"rcvbuf"} if rule in rules else set())
    assert not {one.setting for one in judged(*sides[::-1]).causes} - {"", "rcvbuf"}


@pytest.mark.parametrize(("expired", "blamed"), [(9, False), (10, True), (None, True)])
@pytest.mark.parametrize(("seen_from", "part"), [("gNB", "held"), ("AMF", "ran")])
def test_a_longer_sack_delay_is_a_reason_where_it_was_waited_for(
    seen_from: str, part: str, expired: int | None, blamed: bool
) -> None:
    """40 ms more of each of 100: 20 timers of 200 ms are all of it, 10 the half."""
    parts: dict[str, Any] = {"held": 40.0} if part == "held" else {"ran": 50.0}
    counters = {} if expired is None else {"SctpDelaySackExpireds": expired}
    sides = [
        summary(
            name,
            ended(end=seen_from, **more),
            end("gNB"),
            end("AMF", {"sack_delay_ms": (delay_ms,)}),
            counters=counters,
        )
        for name, delay_ms, more in (("a", 20, {}), ("b", 200, parts))
    ]
    found = judged(*sides)
    assert found.result == SLOWER and len(found.shares) == 1
    assert {one.setting for one in found.causes} - {""} == ({"sack_delay_ms"} if blamed else set())
    # The other way round the same: of which side it is said makes no difference.
    assert {one.setting for one in judged(*sides[::-1]).causes} == {one.setting for one in found.causes}


TOLD_HARMLESS = "Settings differ too, and cost nothing here, for messages were held alike: "
TOLD_DOUBTFUL = "settings differ, and part of it may be theirs: "


@pytest.mark.parametrize(
    ("seen_from", "part", "whole", "expired", "setting", "told"),
    [
        # Both ends are seen, and so is what either held back.
        ("gNB", "core", True, None, ("AMF", "sack_delay_ms"), TOLD_HARMLESS),
        ("gNB", "core", True, None, ("gNB", "sack_delay_ms"), TOLD_HARMLESS),
        ("gNB", "core", True, None, ("AMF", "nodelay"), TOLD_HARMLESS),
        # One end is seen: what it holds back, and how long its own SACKs were waited for.
        ("gNB", "core", False, None, ("gNB", "nodelay"), TOLD_HARMLESS),
        ("gNB", "core", False, None, ("AMF", "sack_delay_ms"), TOLD_HARMLESS),
        ("AMF", "ran", False, 1, ("AMF", "sack_delay_ms"), TOLD_HARMLESS),
        ("AMF", "ran", False, 2, ("AMF", "sack_delay_ms"), TOLD_DOUBTFUL),
        ("AMF", "ran", False, 2, ("AMF", "sack_frequency"), TOLD_DOUBTFUL),
    ],
)
def test_settings_that_are_seen_to_cost_nothing_are_not_suspected(
    seen_from: str, part: str, whole: bool, expired: int | None, setting: tuple[str, str], told: str
) -> None:
    """60 ms more of each of 100, of which a SACK timer in each hundredth costs 2 ms at most."""
    role, name = setting
    values: dict[str, tuple[Any, Any]] = {
        "nodelay": (True, False),
        "sack_delay_ms": (20, 200),
        "sack_frequency": (2, 4),
    }
    cost: dict[str, dict[str, Any]] = {"a": {}, "b": {part: 70.0}}
    sides = [
        summary(
            called,
            ended(end=seen_from, there={"held": 1.0} if whole else None, **cost[called]),
            *(end(one, {name: (values[name][place],)} if one == role else {}) for one in ("gNB", "AMF")),
            counters={} if expired is None else {"SctpDelaySackExpireds": expired},
        )
        for place, called in enumerate(cost)
    ]
    for text in (judged(*sides).text, judged(*sides[::-1]).text):
        assert told in text and ({TOLD_HARMLESS, TOLD_DOUBTFUL} - {told}).pop() not in text
    if name == "nodelay":
        assert "NODELAY of the" in judged(*sides).text
