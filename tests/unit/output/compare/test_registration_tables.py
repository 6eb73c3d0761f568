"""The tables of registrations: whose time, why some failed, other kinds; from summaries made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sctptop.comparison.compare import compare
from sctptop.comparison.summaries.ended import Ended, Stalls
from sctptop.comparison.summaries.summary import Summary
from sctptop.model.registrations.words import COMPLETED, NOT_ACCEPTED, REJECTED, RELEASED, TIMED_OUT
from sctptop.output.compare.cells import Table
from sctptop.output.compare.columns import table_lines
from sctptop.output.compare.registrations import MOST_FAILURES, registration_tables
from tests.unit.comparison.recorded import ended, summary

CONGESTION = (REJECTED, "5GMM 22 Congestion")


def tables(*summaries: Summary) -> dict[str, Table]:
    return {table.title: table for table in registration_tables(compare(summaries)) if table.lines}


def of(first: Ended, *others: Ended, more: Sequence[Sequence[Ended]] = ((), ())) -> dict[str, Table]:
    """Tables of these registrations at a gNB, each in a recording of its own."""
    every = [
        summary(name, one, more=extra)
        for name, one, extra in zip("abcd", (first, *others), more, strict=False)
    ]
    return tables(*every)


def rows(table: Table) -> dict[str, tuple[str, ...]]:
    return {line.label: line.cells for line in table.lines}


def split(table: Table) -> dict[str, tuple[str, ...]]:
    """The rows behind the mean."""
    names = list(rows(table))
    return {name: rows(table)[name] for name in names[names.index("time, mean") + 1 :]}


def test_parts_of_one_end() -> None:
    (table,) = of(ended(kind="initial"), ended(kind="initial", held=10.0, unread=2.5)).values()
    assert table.title == "Initial registrations, at the gNB"
    assert split(table) == {
        "  SCTP": ("0ms 0%", "10ms 31%"),
        "    held before sent": ("0ms 0%", "10ms 31%"),
        "  unread by the gNB": ("0ms 0%", "2.5ms 8%"),
        "  network": ("4ms 20%", "4ms 12%"),
        "  core": ("6ms 30%", "6ms 18%"),
        "  RAN": ("10ms 50%", "10ms 31%"),
    }
    ratios = {line.label.strip(): line.remarks[0] for line in table.lines if any(line.remarks)}
    assert list(ratios) == [
        "time, p50",
        "time, p95",
        "time, p99",
        "time, mean",
        "SCTP",
        "unread by the gNB",
        "network",
        "core",
        "RAN",
    ]
    assert ratios["time, p50"].startswith("1.62× (") and ratios["time, mean"].startswith("1.62× (")
    assert ratios["core"].startswith("1.00× (") and ratios["SCTP"] == ">1000× *"
    assert table.note == (
        "SCTP + unread + network + core + RAN = mean. Unread is the time of who reads, not of SCTP. Network: round "
        "trips × heartbeat RTT. Times and ratios with their 95 % interval, where there are "
        "registrations enough for one."
    )


def test_all_that_sctp_did() -> None:
    (table,) = of(ended(), ended(held=4.0, blocked=3.0, lost=2.0, order=1.0)).values()
    assert table.title == "Registrations, at the gNB"
    assert list(split(table)) == [
        "  SCTP",
        "    held before sent",
        "    blocked for buffer",
        "    lost and sent again",
        "    waiting in order",
        "  unread by the gNB",
        "  network",
        "  core",
        "  RAN",
    ]
    assert [cells[1] for cells in split(table).values()][:5] == [
        "10ms 33%",
        "4ms 13%",
        "3ms 10%",
        "2ms 7%",
        "1ms 3%",
    ]


def test_parts_of_both_ends() -> None:
    there = {"held": 1.0, "unread": 9.0}
    (table,) = of(ended(there={}), ended(held=2.0, unread=3.0, there=there)).values()
    assert list(split(table)) == [
        "  SCTP",
        "    held before sent, gNB",
        "    held before sent, AMF",
        "  unread",
        "    by the gNB",
        "    by the AMF",
        "  network",
        "  core",
        "  RAN",
    ]
    assert split(table)["    by the AMF"] == ("0ms 0%", "9ms 26%")
    assert "Network: seen from both ends." in table.note
    # Beside a recording of one end there is no more than that.
    (table,) = of(ended(), ended(held=2.0, unread=3.0, there=there)).values()
    assert split(table)["    held before sent"] == ("0ms 0%", "2ms 6%")
    assert split(table)["  core"] == ("6ms 30%", "16ms 46%")
    assert "Network: round trips × heartbeat RTT or seen from both ends." in table.note


@pytest.mark.parametrize(("end", "label", "far"), [("gNB", "  core", "core"), ("AMF", "  RAN", "RAN")])
def test_a_network_that_is_not_told_has_no_row(end: str, label: str, far: str) -> None:
    for times in ((4.0, None), (None, 4.0)):
        (table,) = of(*(ended(end=end, network=one) for one in times)).values()
        assert "  network" not in rows(table) and rows(table)[label] == ("10ms 50%", "10ms 50%")
        assert table.note.startswith("SCTP + unread + core + RAN = mean. ")
        assert f" Time of the {far} contains the network. " in table.note
        assert f"  unread by the {end}" in rows(table)


def test_each_as_recorded() -> None:
    (table,) = of(ended(), ended(end="AMF", network=None)).values()
    assert table.title == "Registrations, each as recorded"
    assert "  unread" in rows(
        table
    ) and "Time of the RAN and core contains the network." in table.note.replace(
        "core and RAN", "RAN and core"
    )
    assert not any(any(line.remarks) for line in table.lines)


def test_outcomes_are_counted_by_cause() -> None:
    causes = {CONGESTION: 3, (REJECTED, "5GMM 3 Illegal UE"): 1, (RELEASED, "NGAP nas 3 unspecified"): 5}
    one = ended(kind="initial", causes=causes, unknown=2)
    one = replace(one, ended={**one.ended, REJECTED: 6, RELEASED: 5, TIMED_OUT: 1}, inferred=7)
    found = of(ended(kind="initial"), one)
    counts = rows(found["Initial registrations, at the gNB"])
    assert list(counts)[:5] == [
        "completed",
        "failed",
        "outcome unknown",
        "outcome inferred",
        "success",
    ]
    assert [cells[1] for cells in counts.values()][:5] == ["100", "12", "2", "7", "89.3%"]
    assert rows(found["Initial registrations that failed"]) == {
        "released: NGAP nas 3 unspecified": ("0", "5"),
        "rejected: 5GMM 22 Congestion": ("0", "3"),
        "rejected": ("0", "2"),
        "rejected: 5GMM 3 Illegal UE": ("0", "1"),
        "timed out": ("0", "1"),
    }
    # What completed has no reason, whatever is told with it.
    odd = ended(causes={(COMPLETED, "5GMM 9 whatever"): 4})
    assert list(of(odd, ended())) == ["Registrations, at the gNB"]


def test_of_many_causes_the_rarest_are_others() -> None:
    causes = {(REJECTED, f"5GMM {number}"): 40 - number for number in range(MOST_FAILURES + 2)}
    counts = rows(of(ended(failed=sum(causes.values()), causes=causes), ended())["Registrations that failed"])
    assert len(counts) == MOST_FAILURES + 1 and list(counts)[-1] == "others"
    assert counts["others"] == (str(40 - MOST_FAILURES + 40 - MOST_FAILURES - 1), "0")


def test_a_long_cause_is_not_cut_at_80_columns() -> None:
    why = ("refused by authentication", "NGAP nas 1 authentication-failure")
    one = ended(failed=0, causes={why: 3, (NOT_ACCEPTED, "5GMM 111 Protocol error, unspecified"): 2})
    one = replace(one, ended={**one.ended, why[0]: 3, NOT_ACCEPTED: 2})
    table = of(one, ended())["Registrations that failed"]
    lines = list(table_lines(table, ["a", "b"], 80, str))
    assert lines[1] == f"  {': '.join(why)}  3  0" and max(map(len, lines)) <= 80


def test_kinds_are_never_in_one_table() -> None:
    more = [
        [ended(12, kind="periodic", core=4.0)],
        [ended(10, kind="periodic", core=8.0, failed=2, causes={CONGESTION: 2})],
    ]
    found = of(ended(kind="initial"), ended(kind="initial"), more=more)
    assert list(found) == [
        "Initial registrations, at the gNB",
        "Periodic registrations",
        "Periodic registrations that failed",
    ]
    assert rows(found["Initial registrations, at the gNB"])["completed"] == ("100", "100")
    periodic = found["Periodic registrations"]
    assert rows(periodic) == {
        "ended": ("12", "12"),
        "completed": ("12", "10"),
        "time, p50": ("14ms (13.7–14ms)", "18ms (17.6–18ms)"),
        "time, p95": ("14.3ms", "18.4ms"),
    }
    (median,) = (line for line in periodic.lines if line.label == "time, p50")
    assert median.remarks[0].startswith("1.29× (") and median.remarks[0].endswith(" *")
    assert rows(found["Periodic registrations that failed"]) == {"rejected: 5GMM 22 Congestion": ("0", "2")}


def test_a_kind_that_one_alone_has() -> None:
    found = of(ended(kind="attach"), ended(kind="attach"), more=[[], [ended(3, kind="tracking area update")]])
    assert list(found) == ["Attaches, at the gNB", "Tracking area updates"]
    assert rows(found["Tracking area updates"])["completed"] == ("0", "3")
    assert rows(found["Tracking area updates"])["time, p50"] == ("–", "20ms")
    # Those of which no kind was recorded are not the others'.
    found = of(ended(kind="initial"), ended(12), more=[[ended(9, kind="mobility")], []])
    assert list(found) == [
        "Initial registrations, at the gNB",
        "Registrations of unknown kind",
        "Mobility registrations",
    ]
    assert rows(found["Initial registrations, at the gNB"])["completed"] == ("100", "0")


def test_stages_of_sctp_and_of_the_sides() -> None:
    names = [("held", "A"), ("unread", "B"), ("network", "C"), ("core", "D"), ("RAN", "E"), ("order", "F")]
    slow = {name: Stalls(40 - place, 40.0 * (9 - place)) for place, name in enumerate(names)}
    one = replace(ended(40), stages={("core", "D"): Stalls(40, 40.0)})
    table = of(one, replace(ended(40), stages=slow))["Stages that differ most"]
    assert rows(table) == {
        "held A": ("–", "9ms, in 40"),
        "unread B": ("–", "8ms, in 39"),
        "network C": ("–", "7ms, in 38"),
        "core until D": ("1ms, in 40", "6ms, in 37"),
        "RAN until E": ("–", "5ms, in 36"),
        "order F": ("–", "4ms, in 35"),
    }
    assert table.note.endswith(" Stages of the far end contain the network.")
    both = [replace(ended(there={}), stages=one.stages) for _ in range(2)]
    assert of(*both)["Stages that differ most"].note == "Mean over all registrations, and in how many."
    assert "Stages that differ most" not in of(one, both[0])


def test_nothing_is_said_of_none() -> None:
    assert of(ended(0), ended(0)) == {}
    assert list(of(ended(0, failed=1), ended(0))) == [
        "Registrations, at the gNB",
        "Registrations that failed",
    ]


def test_success_and_causes_have_their_exact_tests() -> None:
    """Fisher's exact test of 100 of 100 and 85 of 115; of what is the same on both sides nothing is marked."""
    few = ended(100, failed=2, causes={CONGESTION: 2})
    many = ended(85, failed=30, causes={CONGESTION: 2})
    found = of(few, many)
    (counts, failures) = list(found.values())[:2]
    success = next(line for line in counts.lines if line.label == "success")
    assert success.remarks == ("p < 0.0001 *",)
    remarks = {line.label: line.remarks for line in failures.lines}
    assert remarks["rejected: 5GMM 22 Congestion"] == ("",) and remarks["rejected"] == ("p < 0.0001 *",)
    alike = next(line for line in next(iter(of(few, few).values())).lines if line.label == "success")
    assert alike.remarks == ("p = 1",)
    none = next(line for line in next(iter(of(ended(), ended()).values())).lines if line.label == "success")
    assert none.remarks == ("",)
