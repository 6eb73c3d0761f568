"""Kinds of registration are never mixed: which one a comparison is about, and what stands beside it."""

from __future__ import annotations

import doctest
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from sctptop.comparison import kinds as module
from sctptop.comparison.compare import compare
from sctptop.comparison.kinds import UNTOLD, compared, known, shown, words
from sctptop.comparison.result import Comparison
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER, TOO_FEW
from sctptop.comparison.wording.verdict import NO_REGISTRATIONS, NOT_COMPARABLE, Verdict, ranking, verdict
from tests.unit.comparison.comparing import FAST, slower
from tests.unit.comparison.recorded import ended, judged, summary

OLD = {UNTOLD: 40}


def test_examples() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (UNTOLD, ("registrations", "registrations", "a registration")),
        ("initial", ("initial registrations", "registrations", "a registration")),
        ("disaster mobility", ("disaster mobility registrations", "registrations", "a registration")),
        ("attach", ("attaches", "attaches", "an attach")),
        ("emergency attach", ("emergency attaches", "attaches", "an attach")),
        ("periodic tracking area update", ("periodic tracking area updates", "updates", "an update")),
    ],
)
def test_what_a_kind_is_called(kind: str, told: tuple[str, str, str]) -> None:
    assert words(kind) == told


@pytest.mark.parametrize(
    ("base", "other", "kinds"),
    [
        ({"initial": 40}, {"initial": 30}, ("initial", "initial")),
        ({"initial": 40, "periodic": 60}, {"initial": 30, "periodic": 20}, ("initial", "initial")),
        ({"initial": 40, "periodic": 60}, {"initial": 20, "periodic": 20}, ("periodic", "periodic")),
        ({"initial": 40, "periodic": 20}, {"initial": 20, "periodic": 20}, ("initial", "initial")),
        # As frequent as the rarer side has it.
        ({"initial": 100, "periodic": 5}, {"initial": 1, "periodic": 50}, ("periodic", "periodic")),
        ({"initial": 5, "periodic": 5}, {"periodic": 5, "initial": 5}, ("initial", "initial")),
        ({"initial": 40, "periodic": 2}, {"periodic": 3}, ("periodic", "periodic")),
        # None was told: with one kind alone.
        (OLD, {"initial": 5}, (UNTOLD, "initial")),
        ({"initial": 5}, OLD, ("initial", UNTOLD)),
        (OLD, OLD, (UNTOLD, UNTOLD)),
        (OLD, {"initial": 40, "periodic": 1}, ("", "")),
        ({"initial": 40, "periodic": 1}, OLD, ("", "")),
        ({"initial": 40}, {"periodic": 40}, ("", "")),
        # Where one has none at all.
        ({}, {"initial": 1, "periodic": 2}, ("", "periodic")),
        ({"initial": 2, "periodic": 1}, {}, ("initial", "")),
        ({}, {}, ("", "")),
    ],
)
def test_the_most_frequent_kind_that_both_have(
    base: Mapping[str, int], other: Mapping[str, int], kinds: tuple[str, str]
) -> None:
    assert compared([base, other]) == [kinds]


@pytest.mark.parametrize(
    ("kinds", "name"),
    [
        (("initial", "initial"), "initial"),
        (("initial", UNTOLD), "initial"),
        ((UNTOLD, "initial"), "initial"),
        ((UNTOLD, UNTOLD), UNTOLD),
        (("", UNTOLD), UNTOLD),
        (("", "initial"), "initial"),
        (("", "", ""), ""),
        ((), ""),
    ],
)
def test_what_a_comparison_is_about(kinds: Sequence[str], name: str) -> None:
    assert known(kinds) == name


@pytest.mark.parametrize(
    ("counts", "columns"),
    [
        ([{"initial": 40}, {"initial": 30}], ("initial", "initial")),
        ([OLD, {"initial": 30}], (UNTOLD, "initial")),
        ([{"initial": 30}, OLD], ("initial", UNTOLD)),
        ([OLD, OLD], (UNTOLD, UNTOLD)),
        ([{"initial": 30}, {"periodic": 40}], ("", "periodic")),
        ([{"initial": 30, "mobility": 1}, OLD], ("", UNTOLD)),
        ([{}, {"initial": 30}], ("", "initial")),
        ([{}, {}], ("", "")),
        # Three: what most pairs compare, and no two kinds in one table.
        ([{"initial": 40, "periodic": 9}, {"initial": 1}, {"periodic": 50}], ("periodic", "", "periodic")),
        ([{"initial": 40, "periodic": 9}, {}, {"initial": 3, "periodic": 50}], ("periodic", "", "periodic")),
        (
            [{"initial": 9, "periodic": 9}, {"initial": 9}, {"initial": 1, "periodic": 50}],
            ("initial", "initial", "initial"),
        ),
        ([OLD, {"initial": 9}, {"initial": 2}], (UNTOLD, "initial", "initial")),
        ([OLD, {"initial": 9}, {"periodic": 99}], (UNTOLD, "", "periodic")),
        ([{"initial": 9}, OLD, {"initial": 9, "periodic": 90}], ("initial", UNTOLD, "initial")),
        ([{"initial": 9}, OLD, {"periodic": 90}], ("initial", UNTOLD, "")),
        ([{"initial": 9, "periodic": 1}, OLD, {"initial": 9}], ("initial", "", "initial")),
    ],
)
def test_one_kind_stands_beside_itself(counts: Sequence[Mapping[str, int]], columns: tuple[str, ...]) -> None:
    assert shown(counts, compared(counts)) == columns


def test_a_verdict_is_about_one_kind() -> None:
    quick = [ended(kind="initial", core=10.0), ended(30, kind="periodic", core=5.0)]
    late = [ended(kind="initial", core=10.0), ended(50, kind="periodic", core=60.0)]
    slow = [ended(kind="initial", core=40.0), ended(20, kind="periodic", core=5.0)]
    (a, b, c) = (
        summary(name, one[0], more=one[1:]) for name, one in zip("abc", (quick, late, slow), strict=True)
    )
    same = judged(a, b)
    assert (same.result, same.about) == (SAME, "initial registrations")
    assert same.pair.others["periodic"]["p50"].word == SLOWER and set(same.pair.others) == {"periodic"}
    other = judged(a, c)
    assert (other.result, other.pair.others["periodic"]["p50"].word) == (SLOWER, SAME)
    assert other.text.startswith("Within these runs: c is slower than a by 2.5× (")
    assert "a registration takes 50ms" in other.text
    (turned,) = compare([c, a]).pairs
    assert turned.kinds == ("initial", "initial") and turned.seen == (
        c.of("gNB", "initial"),
        a.of("gNB", "initial"),
    )


def test_success_is_that_of_one_kind() -> None:
    strict = ended(0, kind="periodic", failed=40)
    both = [
        summary("a", ended(60, kind="initial"), more=[ended(kind="periodic")]),
        summary("b", ended(60, kind="initial"), more=[strict]),
    ]
    assert "succeed" not in judged(*both).text
    found = judged(*(summary(one.name, one.of("gNB", "periodic")) for one in both))
    assert (found.result, found.about) == (NO_REGISTRATIONS, "periodic registrations")
    assert found.text.startswith(
        "In b all 40 registrations failed (40 rejected), in a none of 100. b holds no completed"
    )


def test_attaches_are_called_so() -> None:
    def attaches(n: int = 100, core: float = 10.0) -> Verdict:
        base, other = (
            ended(count, kind="attach", end="eNB", core=ms) for count, ms in ((100, 10.0), (n, core))
        )
        return judged(summary("a", base), summary("b", other))

    assert "an attach takes 50ms instead of 20ms" in attaches(core=40.0).text
    assert attaches().text.startswith("Within these runs no difference that matters between a and b")
    assert attaches(8).text.startswith("Too few attaches to tell b from a: n = 100 and 8")
    assert attaches(0).text.startswith("b holds no completed attach: only")
    assert attaches(8).result == TOO_FEW and attaches(8).about == "attaches"


def test_untold_kinds_are_compared_with_one_kind_alone() -> None:
    old, new = summary("a", ended()), summary("b", ended(kind="initial", core=30.0))
    assert (judged(old, new).result, judged(old, new).about) == (SLOWER, "initial registrations")
    assert judged(new, old).result == FASTER
    assert (judged(old, old).result, judged(old, old).about) == (SAME, "")
    mixed = summary("b", ended(kind="initial"), more=[ended(30, kind="periodic")])
    for pair, has in (
        ((old, mixed), "(a 100 of unknown kind; b 100 initial, 30 periodic)"),
        ((mixed, old), "(b 100 initial, 30 periodic; a 100 of unknown kind)"),
    ):
        found = judged(*pair)
        assert (found.result, found.about, found.pair.comparable) == (NOT_COMPARABLE, "", False)
        assert (
            f"have no kind of registration in common {has}, and kinds are never mixed: only transport"
            in found.text
        )
        assert found.text.endswith("Too little data was sent to compare retransmissions.")
        assert not found.pair.pieces and not found.pair.seen[0].n and not found.pair.seen[1].n


def test_one_without_any_is_told_so_whatever_the_other_has() -> None:
    many = summary("a", ended(kind="initial"), more=[ended(kind="periodic")])
    for pair in ((many, summary("b", ended(0))), (summary("b", ended(0)), many)):
        assert judged(*pair).result == NO_REGISTRATIONS
        assert judged(*pair).text.startswith("b holds no completed registration")


def test_three_are_ranked_by_one_kind() -> None:
    def three(*kinds: str) -> Comparison:
        return compare(
            [
                summary(name, ended(kind=kind, core=core), more=[ended(12, kind="mobility", core=99.0)])
                for name, kind, core in zip("abc", kinds, (30.0, 10.0, 20.0), strict=True)
            ]
        )

    assert ranking(three("initial", "initial", "initial")) == (
        "Fastest first, by the median of initial registrations: b 20ms, c 30ms, a 40ms."
    )
    # The third has no initial one: all are compared by the kind that all have.
    mixed = three("initial", "initial", "periodic")
    assert (
        ranking(mixed) == "Fastest first, by the median of mobility registrations: a 109ms, b 109ms, c 109ms."
    )
    assert mixed.further == ("initial", "periodic") and mixed.kind == "mobility"


def test_three_that_have_no_kind_in_common_are_compared_each_by_its_own() -> None:
    kinds = [("initial", "mobility"), ("initial", "attach"), ("attach", "mobility")]
    three = compare(
        [
            summary(name, ended(kind=first), more=[ended(20, kind=second)])
            for name, (first, second) in zip("abc", kinds, strict=True)
        ]
    )
    assert ranking(three) == "" and three.further == ("attach", "mobility") and three.kind == "initial"
    assert [three.comparable(pair) for pair in three.pairs] == [True, False]
    about = [verdict(three, pair).about for pair in three.pairs]
    assert about == ["initial registrations", "mobility registrations"]
    assert [(one.kind, one.n) for one in three.seen] == [("initial", 100), ("initial", 100), (UNTOLD, 0)]


def test_recordings_tell_kinds() -> None:
    kinds = ("initial", "periodic", "initial", None)
    mixed = replace(FAST, kinds=kinds).summary("mixed")
    assert mixed.kinds("gNB") == {"initial": 50, "periodic": 25, UNTOLD: 25}
    assert mixed.completed("gNB") == 100 and mixed.kinds("AMF") == {} and mixed.completed("AMF") == 0
    assert {kind: mixed.of("gNB", kind).started for kind in mixed.kinds("gNB")} == mixed.kinds("gNB")
    assert mixed.of("gNB", "mobility").n == 0 and mixed.of("gNB", "mobility").kind == "mobility"
    late = replace(FAST, kinds=kinds, change=slower(False, 3.0), seed=2).summary("late")
    (pair,) = compare([mixed, late]).pairs
    assert pair.kind == "initial" and set(pair.others) == {"periodic", UNTOLD}
    assert pair.ratios["p50"].n == (50, 50) and pair.others["periodic"]["p95"].n == (25, 25)
