"""What is to be borne in mind before times are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from sctptop.comparison.compare import compare
from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.statistics.ratio import UNSURE
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summarizing import summarise
from sctptop.comparison.summaries.summary import Summary
from sctptop.comparison.wording.one_line import one_line
from sctptop.comparison.wording.verdict import verdict
from sctptop.model.source_state import OK, SourceState
from tests.unit.comparison.comparing import FAST
from tests.unit.comparison.recorded import ended, judged, summary


@pytest.fixture(scope="module")
def made() -> Mapping[str, Summary]:
    return {"fast": FAST.summary("fast"), "again": replace(FAST, seed=5).summary("again")}


def test_other_hosts_lost_events_and_damage_are_said(made: Mapping[str, Summary]) -> None:
    marred = replace(made["again"], host="b", kernel="6.12", lost=7, damaged=2, missed=1, probed=3, running=4)
    told = " ".join(compare([made["fast"], marred]).caveats)
    for words in (
        "Different hosts: fast amf-1, again b",
        "kernels",
        "7 events lost",
        "2 parts",
        "3 of",
        "4 registrations",
    ):
        assert words in told


def test_an_end_that_was_not_recorded_may_be_on_this_host(made: Mapping[str, Summary]) -> None:
    narrow = summarise(
        [
            replace(one, sources={**one.sources, "netns": SourceState.parse("off: --netns self")})
            for one in FAST.samples()
        ],
        "narrow",
    )
    (caveat,) = compare([made["fast"], made["again"]]).caveats
    assert caveat.startswith(
        "fast, again: the AMF was not recorded (on another host, or in a namespace that was not"
    )
    assert "--netns all" not in caveat
    caveats = compare([made["fast"], narrow]).caveats
    assert caveats[-1].startswith("fast, narrow: the AMF was not recorded")
    assert caveats[-1].endswith(
        " narrow read one network namespace only: on the same host, record with --netns all as root."
    )
    read = summarise([replace(one, sources={**one.sources, "netns": OK}) for one in FAST.samples()], "wide")
    assert "--netns all" not in compare([made["fast"], read]).caveats[-1]


def caveats(*recorded: Sequence[Ended]) -> tuple[str, ...]:
    """Of recordings of both ends with these registrations."""
    named = zip("abc", recorded, strict=False)
    return compare([summary(name, some[0], more=some[1:]) for name, some in named]).caveats


def test_other_shares_of_kinds_are_another_load() -> None:
    def kinds(**counts: int) -> list[Ended]:
        return [ended(n, kind=kind) for kind, n in counts.items()]

    assert caveats(kinds(initial=40, periodic=10), kinds(initial=20, periodic=20, mobility=2)) == (
        "Different kinds of registration: a 40 initial, 10 periodic; b 20 initial, 20 periodic, 2 mobility. Each kind "
        "is compared with its own; the load is another.",
    )
    # A tenth is not much, and a third recording may be the one that differs.
    assert caveats(kinds(initial=50, periodic=50), kinds(initial=60, periodic=40)) == ()
    assert len(caveats(kinds(initial=50, periodic=50), kinds(initial=39, periodic=61))) == 1
    assert len(caveats(kinds(initial=50), kinds(initial=50), kinds(initial=50, periodic=50))) == 1
    assert caveats(kinds(initial=50, periodic=50), [ended(0)]) == ()


def test_kinds_that_an_older_version_did_not_record() -> None:
    assert caveats([ended()], [ended(kind="initial")]) == (
        "a: an older version recorded it, and not which kinds of registration there were. They are compared with "
        "initial registrations.",
    )
    assert caveats([ended(kind="attach")], [ended()], [ended()])[0].startswith(
        "b, c: an older version recorded it, and"
    )
    assert caveats([ended()], [ended()]) == ()
    (told,) = caveats([ended()], [ended(kind="initial"), ended(30, kind="periodic")])
    assert told.startswith(
        "Different kinds of registration: a 100 of unknown kind; b 100 initial, 30 periodic."
    )


def test_what_failed_and_what_is_not_known() -> None:
    causes = {("rejected", "5GMM 22 Congestion"): 3}
    one = ended(20, kind="initial", failed=3, unknown=2, causes=causes)
    assert caveats([one], [ended(kind="initial")]) == (
        "a: 3 of 23 initial registrations failed (3 rejected: 5GMM 22 Congestion); times are of others.",
        "a: how 2 initial registrations ended is not known; they count neither as completed nor as failed.",
    )


def test_load_is_that_of_one_kind() -> None:
    def loaded(kind: str, at_once: int) -> Ended:
        return replace(ended(kind=kind), at_once=at_once)

    assert caveats([loaded("attach", 2)], [loaded("attach", 4)]) == (
        "Different load: attaches under way at once, at most: a 2, b 4.",
    )
    assert caveats([loaded("attach", 2)], [loaded("attach", 3)]) == ()
    # Where each takes thrice as long, thrice as many are under way.
    slow = replace(ended(kind="attach", core=50.0), at_once=6)
    assert caveats([loaded("attach", 2)], [slow]) == ()
    assert len(caveats([loaded("attach", 2)], [replace(slow, at_once=8)])) == 1
    assert len(caveats([loaded("attach", 6)], [replace(slow, at_once=2)])) == 1
    other = loaded("tracking area update", 9)
    assert caveats([loaded("attach", 2), other], [loaded("attach", 2), replace(other, at_once=1)]) == ()


def test_less_load_on_the_slower_side_is_no_reason() -> None:
    def told(base: float, other: float) -> str:
        sides = [
            summary(name, replace(ended(core=core), rate=rate))
            for name, core, rate in (("a", 10.0, base), ("b", 60.0, other))
        ]
        forth, back = (judged(*ordered).text for ordered in (sides, sides[::-1]))
        assert ("as well" in forth, "less of it" in forth) == ("as well" in back, "less of it" in back)
        return forth

    assert "This compares loads as well (registrations begun per second: a 10, b 15)." in told(10.0, 15.0)
    assert (
        "Load differs too, but the slower side has less of it (registrations begun per second: a 15, b 10)."
        in told(15.0, 10.0)
    )
    assert "oad" not in told(10.0, 11.0)


def test_loads_that_lie_a_fifth_apart_are_what_is_compared() -> None:
    def under(rate: float, failed: int = 0) -> Ended:
        return replace(ended(kind="initial", failed=failed), rate=rate)

    comparison = compare([summary("a", under(10.0)), summary("b", under(12.1))])
    assert comparison.caveats == ("Different load: registrations begun per second: a 10, b 12.1.",)
    told = verdict(comparison, comparison.pairs[0]).text
    assert told.startswith(
        "This compares loads as well (registrations begun per second: a 10, b 12.1). Within these"
    )
    assert caveats([under(10.0)], [under(12.0)]) == ()
    begun = [replace(under(rate), offered=10.0, peak=10) for rate in (10.0, 3.0)]
    assert caveats([begun[0]], [begun[1]]) == ()
    assert caveats([begun[0]], [replace(begun[0], peak=13)]) == (
        "Different load: registrations begun within a second, at most: a 10, b 13.",
    )
    # Of half as many that succeed, as many were tried.
    assert not any("load" in one for one in caveats([under(10.0)], [under(5.0, failed=100)]))


def test_runs_that_a_shell_made_sides_of_are_told_from_recordings_that_are_sides() -> None:
    def told(*names: str, runs: int = 0) -> list[str]:
        sides = [summary(name, runs=tuple(summary(f"{name}-{run}") for run in range(runs))) for name in names]
        return [text for text in compare(sides).caveats if "in quotes" in text]

    first, second = told("a-1", "a-2", "new-core-08", "new-core-09", "new-core-10", "new-7")
    assert first == (
        "a-1, a-2: each is a side of its own. If they are runs of one set-up, make them one side: 'a-*.sctp', in "
        "quotes."
    )
    assert second.startswith("new-core-08, new-core-09, new-core-10: each is a side of its own.")
    assert "'new-core-*.sctp'" in second
    # Two are compared with each other on purpose; versions are no numbers of runs; nor are sides of several runs.
    for names in (("a-1", "a-2"), ("v1", "v2", "v3"), ("a-1", "b-1", "c-1"), ("a-2023", "a-2025", "b")):
        assert told(*names) == []
    assert told("a-1", "a-2", "a-3", runs=3) == []


def test_runs_of_different_loads_are_no_chance() -> None:
    """As many more runs as one likes would not show anything."""

    def side(name: str, *loads: float) -> Summary:
        runs = [replace(ended(core=at * 20, kind="initial"), offered=at) for at in loads]
        return pooled(name, [summary(f"{name}{at}", one) for at, one in enumerate(runs)])

    found = judged(side("a", 10, 12, 14), side("b", 10, 12, 14))
    assert found.result == UNSURE and "different loads" not in found.text and "it takes about" in found.text
    comparison = compare([side("a", 10, 12, 14), side("b", 10, 30, 90)])
    (told,) = (text for text in comparison.caveats if text.startswith("The runs of b"))
    assert "different loads (10 to 90 registrations begun per second)" in told
    found = verdict(comparison, comparison.pairs[0])
    assert found.result == UNSURE and told in found.text and "it takes about" not in found.text
    assert "are of different loads" in one_line(comparison, found, 0.05)
