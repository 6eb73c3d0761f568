"""What a recording is summarised to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from sctptop.comparison.summaries.summarizing import summarise
from sctptop.model.sample import Sample
from tests.unit.comparison.comparing import FAST, Run


def test_ngap_on_another_port_is_told_by_who_registers() -> None:
    moved = {"local_port": 4000, "remote_port": 5000}
    samples = [_moved(one, moved) for one in FAST.samples()]
    summary = summarise(samples, "moved")
    assert set(summary.ends) == {"gNB"} and summary.of("gNB", "initial").n == 100


def _moved(one: Sample, ports: Mapping[str, int]) -> Sample:
    events = tuple(replace(event, **ports) for event in one.events)  # type: ignore[arg-type]
    entries = tuple(replace(entry, **ports) for entry in one.associations)  # type: ignore[arg-type]
    return replace(one, events=events, associations=entries)


def test_an_absurd_time_is_left_out() -> None:
    samples = []
    for one in replace(FAST, ues=20).samples():
        events = [
            replace(event, details={**event.details, "wait_ns": 10**400})
            if event.details.get("nas") == 0x43 and event.details.get("ran_ue_id") == 7
            else event
            for event in one.events
        ]
        samples.append(replace(one, events=tuple(events)))
    summary = summarise(samples, "absurd")
    assert summary.of("gNB", "initial").n == 19 and max(summary.of("gNB", "initial").times["total"]) < 100


def test_stages_with_a_message_unseen_are_not_compared() -> None:
    samples = list(replace(FAST, ues=2).samples())
    holes = [
        replace(one, events=tuple(event for event in one.events if event.details.get("nas") != 0x56))
        for one in samples
    ]
    whole, marred = (summarise(some).of("gNB", "initial") for some in (samples, holes))
    assert (whole.n, marred.n) == (2, 2)
    assert ("RAN", "AuthenticationResponse") in whole.stages
    assert {name for _, name in marred.stages} == {name for _, name in whole.stages} - {
        "AuthenticationRequest",
        "AuthenticationResponse",
    }


def test_all_registrations_count_and_not_the_last_thousand() -> None:
    summary = Run(ues=1010, every_ms=5).summary("many")
    seen = summary.of("gNB", "initial")
    assert seen.n == 1010 and seen.rate == pytest.approx(200, rel=0.05) and 2 <= seen.at_once <= 10
    assert len({len(times) for times in seen.times.values()}) == 1
    names = ("total", "sctp", "unread", "network", "core", "ran")
    parts = zip(*(seen.times[part] for part in names), strict=True)
    assert all(total == pytest.approx(sum(rest)) for total, *rest in parts)
