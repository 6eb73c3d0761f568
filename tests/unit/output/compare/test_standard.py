"""Registrations under the names of 3GPP, where an AMF's host was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sctptop.comparison.compare import compare
from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.summaries.summary import Summary
from sctptop.model.registrations.standard import counters_of
from sctptop.model.registrations.words import COMPLETED, OUTCOMES, REJECTED, TIMED_OUT
from sctptop.output.compare.summing import from_messages, from_results
from sctptop.output.compare.tables import tables
from sctptop.recording.reader import Recording
from tests.ui.many_kinds import with_kinds
from tests.unit.comparison.comparing import Run
from tests.unit.recording.results.concluding import concluded

RUN = Run(ues=15, rejected=3, cause=22, ends=("AMF",), kinds=("initial", "periodic"))
TITLE = "As an AMF counts them, TS 28.552 5.2.2"


def rows(*summaries: Summary) -> Mapping[str, tuple[str, ...]]:
    table = next(one for one in tables(compare(summaries), ()) if one.title == TITLE)
    return {line.label: line.cells for line in table.lines}


def test_an_amf_s_counters_and_the_rate_of_success() -> None:
    once, again = (replace(RUN, seed=seed).summary(f"r{seed}") for seed in (1, 2))
    found = dict(rows(once, pooled("both", [once, again])))
    times = [found.pop(f"RM.RegTime mean, {kind}") for kind in ("initial", "periodic")]
    assert found == {
        "RM.RegInitReq": ("8", "16"),
        "RM.RegInitSucc": ("6", "12"),
        "RM.RegInitFail": ("2", "4"),
        "RM.RegInitFail.22": ("2", "4"),
        "RM.RegPeriodReq": ("7", "14"),
        "RM.RegPeriodSucc": ("6", "12"),
        "RM.RegPeriodFail": ("1", "2"),
        "RM.RegPeriodFail.22": ("1", "2"),
        "RSR (TS 28.554 6.2.3)": ("80.0%", "80.0%"),
    }
    # The UE completes behind the accept.
    initial = once.of("AMF", "initial")
    assert 0 < initial.accepted.sum_ms / initial.accepted.n < initial.mean("total")
    assert all(cell.endswith("ms") for cells in times for cell in cells)


def test_a_cause_that_one_side_alone_gave_counts_0_at_the_other_and_nothing_at_a_gnb() -> None:
    none, some = replace(RUN, rejected=0, cause=None).summary("a"), RUN.summary("b")
    gnb = replace(RUN, ends=("gNB",)).summary("c")
    assert rows(none, some, gnb)["RM.RegInitFail.22"] == ("0", "2", "–")


def test_a_gnb_is_no_amf() -> None:
    one = replace(RUN, ends=("gNB",)).summary("a")
    assert TITLE not in {table.title for table in tables(compare([one, one]), ())}


def test_what_counts_as_a_failure() -> None:
    ended = {**dict.fromkeys(OUTCOMES, 0), COMPLETED: 5, REJECTED: 9, TIMED_OUT: 3}
    causes = {(REJECTED, "5GMM 22 Congestion"): 4, (REJECTED, "NGAP misc 4"): 2, (TIMED_OUT, "5GMM 111"): 1}
    # Of three rejects the cause was not read; a setup of the context that failed is no reject.
    assert counters_of("AMF", "mobility", 20, 6, ended, causes) == {
        "RM.RegMobReq": 20,
        "RM.RegMobSucc": 6,
        "RM.RegMobFail": 7,
        "RM.RegMobFail.22": 4,
    }
    for end, kind in (("gNB", "mobility"), ("MME", "attach"), ("AMF", "onboarding"), ("AMF", None)):
        assert counters_of(end, kind, 20, 6, ended, causes) == {}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(missing=st.integers(2, 60), ticks=st.integers(6, 16), from_ran=st.booleans())
def test_results_in_a_recording_and_its_messages_count_alike(
    tmp_path: Path, missing: int, ticks: int, from_ran: bool
) -> None:
    # Some messages were not seen: rejects without a cause, accepts without a completion, requests without either.
    samples = [
        replace(one, events=tuple(event for place, event in enumerate(one.events) if place % missing))
        for one in with_kinds(ticks, from_ran)
    ]
    (path := tmp_path / "a.sctp").unlink(missing_ok=True)
    concluded(path, samples)
    found = []
    for way in (from_results, from_messages):
        recording = Recording(path)
        assert recording.has_results
        summary = way(recording, "a", "a.sctp", lambda _: None)
        found.append((summary.standard, {name: one.accepted for name, one in summary.registrations.items()}))
        recording.close()
    assert found[0] == found[1]
    assert bool(found[0][0]) is not from_ran and any(one.n for one in found[0][1].values())
