"""Which part of the time made a difference, and which settings are behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sctptop.comparison.breakdown import FAR, FAR_AND_NETWORK, OWN, Piece
from sctptop.comparison.breakdown import pieces as broken_down
from sctptop.comparison.compare import compare
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER, UNSURE
from sctptop.model.passages.passage import BLOCKED, HELD, LOST, NETWORK, ORDER, UNREAD
from tests.unit.comparison.recorded import end, ended, judged, summary

OFF = {"nodelay": (False,)}


def pieces(**parts: Any) -> list[tuple[str, str, float, float]]:
    comparison = compare([summary("a"), summary("b", ended(**parts))])
    return [(one.kind, one.role, one.base_ms, one.other_ms) for one in comparison.pairs[0].pieces]


def test_pieces_add_up_to_the_mean() -> None:
    found = pieces(held=3.0, blocked=1.0, lost=7.0, order=6.0, unread=2.0, core=30.0, ran=5.0)
    assert [(kind, role) for kind, role, *_ in found] == [
        (HELD, "gNB"),
        (BLOCKED, "gNB"),
        (LOST, ""),
        (ORDER, ""),
        (UNREAD, "gNB"),
        (OWN, "gNB"),
        (FAR, "AMF"),
        (NETWORK, ""),
    ]
    assert [base for *_, base, _ in found] == pytest.approx([0, 0, 0, 0, 0, 10, 6, 4])
    assert [other for *_, other in found] == pytest.approx([3, 1, 7, 6, 2, 5, 26, 4])


def test_typical_pieces_are_those_of_the_middle_half() -> None:
    held = (90.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.5)
    one = ended(8, network=None, core=0.0, ran=0.0)
    times = {**one.times, "total": held, "held": held}
    one = replace(one, times=times, pieces={("held", "gNB"): held})
    both = broken_down(one, one, typical=True)
    assert {piece.kind: piece.base_ms for piece in both if piece.base_ms} == {HELD: 3.0}
    # What is at one end alone is not left out there.
    assert [(piece.kind, piece.role) for piece in both][-1] == (FAR_AND_NETWORK, "AMF")
    assert {piece.kind: piece.other_ms for piece in broken_down(one, one, False) if piece.other_ms} == {
        HELD: 13.9375
    }
    assert all(piece.delta_ms == 0 for piece in both)


def test_where_both_ends_are_seen_each_has_its_pieces() -> None:
    there = {"held": 2.0, "blocked": 1.0, "unread": 9.0}
    slow = ended(held=3.0, there=there)
    comparison = compare([summary("a", ended(there={})), summary("b", slow)])
    found = [(one.kind, one.role, one.other_ms) for one in comparison.pairs[0].pieces]
    assert [(kind, role) for kind, role, _ in found] == [
        (HELD, "gNB"),
        (BLOCKED, "gNB"),
        (HELD, "AMF"),
        (BLOCKED, "AMF"),
        (LOST, ""),
        (ORDER, ""),
        (UNREAD, "gNB"),
        (OWN, "gNB"),
        (UNREAD, "AMF"),
        (OWN, "AMF"),
        (NETWORK, ""),
    ]
    assert [ms for *_, ms in found] == pytest.approx([3, 0, 2, 1, 0, 0, 0, 10, 9, 6, 4])
    # Beside a recording of one end all of that is the far end's, on whichever side it is.
    for pair, place in (((slow, ended()), 0), ((ended(), slow), 1)):
        (one,) = compare([summary("a", pair[0]), summary("b", pair[1])]).pairs
        assert not one.seen[place].whole and not one.stages
        names = {(piece.kind, piece.role): (piece.base_ms, piece.other_ms) for piece in one.pieces}
        assert (HELD, "AMF") not in names
        assert names[FAR, "AMF"][place] == pytest.approx(18) and names[FAR, "AMF"][
            1 - place
        ] == pytest.approx(6)
        assert {
            part: round(one.seen[place].mean(part), 6) for part in ("total", "sctp", "held", "unread", "core")
        } == {
            "total": 35,
            "sctp": 3,
            "held": 3,
            "unread": 0,
            "core": 18,
        }


def test_a_network_that_one_does_not_tell_is_the_far_end_s_in_both() -> None:
    known, untold = summary("a"), summary("b", ended(core=12.0, network=None))
    for pair, ratio in (((known, untold), 1.2), ((untold, known), 1 / 1.2)):
        (one,) = compare(pair).pairs
        *_, far = one.pieces
        assert (far.kind, far.role) == (FAR_AND_NETWORK, "AMF")
        assert sorted((far.base_ms, far.other_ms)) == pytest.approx([10, 12])
        assert one.ratios["network"].value is None
        assert one.ratios["core"].value == pytest.approx(ratio)
    # At the core's end it is the radio side's.
    amf = [summary("a", ended(end="AMF", network=network)) for network in (4.0, None)]
    *_, far = compare(amf).pairs[0].pieces
    assert (far.kind, far.role) == (FAR_AND_NETWORK, "gNB")
    assert [far.base_ms, far.other_ms] == pytest.approx([10, 10])


@pytest.mark.parametrize(
    ("piece", "title"),
    [
        (Piece(HELD, "gNB", 0, 0), "SCTP on the gNB: messages held before they were sent"),
        (Piece(BLOCKED, "AMF", 0, 0), "SCTP on the AMF: messages that had no room in the send buffer"),
        (Piece(LOST, "", 0, 0), "SCTP: messages that were lost, until they were sent again"),
        (Piece(ORDER, "", 0, 0), "SCTP: messages that waited in order behind another one"),
        (Piece(UNREAD, "AMF", 0, 0), "the AMF, which was late to read its messages"),
        (Piece(UNREAD, "gNB", 0, 0), "the gNB, which was late to read its messages"),
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
    assert ("SCTP" in title) == (piece.sctp or piece.kind in (FAR, FAR_AND_NETWORK))


@pytest.mark.parametrize(("end", "whole"), [("AMF", False), ("gNB", False), ("gNB", True)])
def test_a_reader_that_is_late_is_never_called_sctp(end: str, whole: bool) -> None:
    late = ended(end=end, there={"unread": 60.0}) if whole else ended(end=end, unread=60.0)
    found = judged(summary("a", ended(end=end, there={} if whole else None)), summary("b", late))
    ((piece, share),) = found.shares
    assert (piece.kind, piece.role) == (UNREAD, "AMF" if whole else end) and share > 0.95
    assert (
        f"is the {piece.role}, which was late to read its messages" in found.text and "SCTP" not in found.text
    )
    assert "it is that program's own time" in found.text


def test_two_pieces_at_most_and_none_below_a_fifth() -> None:
    found = judged(summary("a"), summary("b", ended(held=40.0, unread=30.0, core=36.0)))
    assert [(one.kind, round(share, 2)) for one, share in found.shares] == [(HELD, 0.42), (UNREAD, 0.31)]
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
        "Settings differ too, and cost nothing here, for messages were held alike: NODELAY of the gNB on in a and off "
        "in b." in found.text
    ) == (held == 0)


def test_kinds_of_pieces_are_those_of_json() -> None:
    kinds = (HELD, BLOCKED, LOST, ORDER, UNREAD, OWN, NETWORK, FAR, FAR_AND_NETWORK)
    assert kinds == (
        "held",
        "blocked",
        "lost",
        "order",
        "unread",
        "own",
        "network",
        "far",
        "far and network",
    )


@pytest.mark.parametrize(
    ("held", "core", "told"),
    [(40.0, 12.0, "Nearly all of the"), (38.0, 12.0, "Nearly all"), (37.9, 12.0, "95%")],
)
def test_nearly_all_is_nineteen_of_twenty(held: float, core: float, told: str) -> None:
    assert f" {told}" in judged(summary("a"), summary("b", ended(held=held, core=core))).text


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


def test_what_cannot_be_told_says_what_it_would_take() -> None:
    found = judged(summary("a", ended(12, core=10.0)), summary("b", ended(12, core=10.0)))
    assert found.result == SAME and "narrow that down" not in found.text and found.by == ""
    wide = [20.0 * 1.5 ** (place % 3 - 1) for place in range(12)]
    some = [replace(ended(12), times={**ended(12).times, "total": tuple(wide)}) for _ in range(2)]
    found = judged(summary("a", some[0]), summary("b", some[1]))
    assert found.result == UNSURE and found.text.startswith(
        "Cannot tell, even within these runs, whether b differs"
    )
    assert "registrations a side would narrow that down, in these runs." in found.text
