"""Which part of the time made a difference, and which settings are behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sctptop.comparison.breakdown import FAR, FAR_AND_NETWORK, HELD, NETWORK, OWN, READ_WAIT, Piece
from sctptop.comparison.causes import setting_text, setting_title
from sctptop.comparison.compare import compare
from sctptop.comparison.remarks import Setting
from sctptop.comparison.significance import FASTER, SAME, SLOWER
from sctptop.comparison.summary import Fired
from tests.unit.comparison.summaries import beats, end, ended, judged, summary

OFF = {"nodelay": (False,)}


def pieces(**parts: Any) -> list[tuple[str, str, float, float]]:
    comparison = compare([summary("a"), summary("b", ended(**parts))])
    return [(one.kind, one.role, one.base_ms, one.other_ms) for one in comparison.pairs[0].pieces]


def test_pieces_add_up_to_the_mean() -> None:
    # Four turns of a heartbeat RTT of 1 ms are the network's, the rest of the core's 10 ms the AMF's.
    found = pieces(held=3.0, read_wait=2.0, core=30.0, ran=5.0)
    assert [(kind, role) for kind, role, *_ in found] == [
        (HELD, "gNB"),
        (READ_WAIT, "gNB"),
        (OWN, "gNB"),
        (FAR, "AMF"),
        (NETWORK, ""),
    ]
    assert [base for *_, base, _ in found] == pytest.approx([0, 0, 10, 6, 4], rel=0.03)
    assert [other for *_, other in found] == pytest.approx([3, 2, 5, 26, 4], rel=0.03)


def test_the_network_takes_no_more_than_there_is_and_needs_three_heartbeats() -> None:
    far = compare([summary("a"), summary("b", heartbeats=beats(50.0))]).pairs[0].pieces
    assert far[-1].kind == NETWORK and [far[-1].other_ms, far[-2].other_ms] == pytest.approx([10, 0])
    for n, kind in ((3, NETWORK), (2, FAR_AND_NETWORK), (0, FAR_AND_NETWORK)):
        for pair in ((20, n), (n, 20)):
            some = [summary(name, heartbeats=beats(1.0, one)) for name, one in zip("ab", pair, strict=True)]
            assert compare(some).pairs[0].pieces[-1].kind == kind


@pytest.mark.parametrize(
    ("piece", "title"),
    [
        (Piece(HELD, "gNB", 0, 0), "SCTP on the gNB: messages held before they were sent"),
        (Piece(READ_WAIT, "AMF", 0, 0), "SCTP on the AMF: messages waiting to be read"),
        (Piece(NETWORK, "", 0, 0), "the network"),
        (Piece(OWN, "gNB", 0, 0), "the gNB with its UEs"),
        (Piece(OWN, "AMF", 0, 0), "the AMF"),
        (Piece(FAR, "AMF", 0, 0), "the AMF, its SCTP included"),
        (Piece(FAR, "eNB", 0, 0), "the eNB with its UEs, its SCTP included"),
        (Piece(FAR_AND_NETWORK, "AMF", 0, 0), "the AMF, its SCTP and the network"),
    ],
)
def test_a_piece_in_words(piece: Piece, title: str) -> None:
    assert piece.title == title


def test_two_pieces_at_most_and_none_below_a_fifth() -> None:
    found = judged(summary("a"), summary("b", ended(held=40.0, read_wait=30.0, core=36.0)))
    assert [(one.kind, round(share, 2)) for one, share in found.shares] == [(HELD, 0.42), (READ_WAIT, 0.31)]
    found = judged(summary("a"), summary("b", ended(held=40.0, core=19.0)))
    assert [(one.kind, round(share, 2)) for one, share in found.shares] == [(HELD, 0.82)]
    # One that goes the other way does not count among them.
    found = judged(summary("a"), summary("b", ended(held=40.0, ran=5.0)))
    assert [(one.kind, round(share, 2)) for one, share in found.shares] == [(HELD, 1.0)]
    back = judged(summary("a", ended(held=40.0, core=30.0)), summary("b"))
    assert back.result == FASTER and [(one.kind, round(share, 2)) for one, share in back.shares] == [
        (HELD, 0.67),
        (FAR, 0.33),
    ]


@pytest.mark.parametrize(
    ("held", "core", "explain", "told"),
    [
        (40.0, 20.0, True, "So this compares settings, not cores: make them the same and compare again."),
        (10.0, 50.0, False, "So 20% of it is settings, not cores: make them the same and compare again."),
        (0.0, 60.0, False, ""),
    ],
)
def test_settings_explain_what_their_pieces_are_of_the_whole(
    held: float, core: float, explain: bool, told: str
) -> None:
    slow = summary("b", ended(held=held, core=core), end("gNB", OFF), end("AMF"))
    found = judged(summary("a"), slow)
    assert found.result == SLOWER and found.settings_explain == explain
    assert told in found.text and ("So " in found.text) == bool(told)
    # All that differs and explains nothing is named, too.
    assert (
        "Yet settings differ, and part of it may be theirs: NODELAY of the gNB on in a and off in b."
        in found.text
    ) == (held == 0)


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
        ({"read_wait": 40.0}, "saturated", "gNB"),
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
    assert rules((), (fired(rule, {"gNB": "AMF", "AMF": "gNB"}[role]),)) == set()


@pytest.mark.parametrize(
    ("rule", "role"),
    [("lossy_path", "gNB"), ("spurious_rtx", "gNB"), ("dead_path", "gNB"), ("lossy_path", "AMF")],
)
def test_a_longer_network_is_told_from_heartbeats_and_by_advice_on_paths(rule: str, role: str) -> None:
    slow = summary("b", ended(core=30.0), heartbeats=beats(6.0), advice=(fired(rule, role),))
    found = judged(summary("a"), slow)
    assert [one.kind for one, _ in found.shares] == [NETWORK]
    assert [one.rule for one in found.causes] == [rule, ""]
    assert found.causes[1].text == "the heartbeat RTT is 6ms in b and 1ms in a (median)"


def test_kinds_of_pieces_are_those_of_json() -> None:
    kinds = (HELD, READ_WAIT, OWN, NETWORK, FAR, FAR_AND_NETWORK)
    assert kinds == ("held", "unread", "own", "network", "far", "far and network")


@pytest.mark.parametrize(
    ("held", "core", "told"),
    [(40.0, 12.0, "Nearly all of the"), (38.0, 12.0, "Nearly all"), (37.9, 12.0, "95%")],
)
def test_nearly_all_is_nineteen_of_twenty(held: float, core: float, told: str) -> None:
    assert f" {told}" in judged(summary("a"), summary("b", ended(held=held, core=core))).text


def test_another_program_is_a_reason_where_both_are_known() -> None:
    def causes(slow: tuple[str, ...], quick: tuple[str, ...]) -> list[str]:
        ends = [(end("gNB"), end("AMF", processes=names)) for names in (quick, slow)]
        found = judged(summary("a", None, *ends[0]), summary("b", ended(core=50.0), *ends[1]))
        return [one.text for one in found.causes]

    assert causes(("y", "x"), ("z",)) == ["the AMF is another program, x, y in b and z in a"]
    assert causes(("x",), ()) == causes((), ("x",)) == causes(("x", "y"), ("y", "x")) == []


@pytest.mark.parametrize(
    ("slow", "quick", "told"),
    [(8, 4, True), (7, 4, False), (4, 8, False), (None, 4, False), (8, None, False)],
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
    ("name", "value", "told"),
    [
        ("nodelay", (False,), "NODELAY of the AMF on in a and off in b"),
        ("sack_delay_ms", (50,), "SACK delay of the AMF 200ms in a and 50ms in b"),
        ("sack_frequency", (1,), "of the AMF 2 in a and 1 in b"),
        ("max_burst", (9,), ""),
    ],
)
def test_settings_that_cores_must_not_differ_in_are_named_though_times_do_not_differ(
    name: str, value: tuple[Any, ...], told: str
) -> None:
    ends = [(end("gNB"), end("AMF", {"max_burst": (4,), **more})) for more in ({}, {name: value})]
    found = judged(summary("a", None, *ends[0]), summary("b", None, *ends[1]))
    assert found.result == SAME and told in found.text
    assert ("Yet settings differ: " in found.text) == bool(told)


def test_no_difference_names_what_would_go_unseen() -> None:
    found = judged(summary("a", ended(12, core=10.0)), summary("b", ended(12, core=10.0)))
    assert found.result == SAME and "would go unseen" not in found.text and found.by == ""
    wide = [20.0 * 1.5 ** (place % 3 - 1) for place in range(12)]
    some = [replace(ended(12), times={**ended(12).times, "total": tuple(wide)}) for _ in range(2)]
    found = judged(summary("a", some[0]), summary("b", some[1]))
    assert found.result == SAME
    assert (
        "A difference of the median up to 50% would go unseen: more registrations narrow that" in found.text
    )
