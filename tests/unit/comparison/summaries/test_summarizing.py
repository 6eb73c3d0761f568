"""What a recording is summarised to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from sctptop.comparison.sides.pooling import pooled
from sctptop.comparison.summaries.summarizing import summarise
from sctptop.comparison.summaries.summary import End
from sctptop.model.sample import Sample
from tests.unit.associations import association, sample
from tests.unit.comparison.comparing import FAST, GNB, Run

GNB_PORTS = {name: GNB[name] for name in ("local_port", "remote_port", "own_tag", "peer_tag")}


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


def test_the_widest_window_of_a_peer_is_told_of_the_peer_with_least() -> None:
    def read(*windows: tuple[str, int | None, int | None, int | None]) -> End:
        """Of these states, peer_rwnd, flight and cwnd in turn, beside an association that has plenty."""
        samples = [
            sample(
                association(
                    1,
                    **GNB_PORTS,
                    state=state,
                    peer_rwnd=window,
                    flight=flight,
                    cwnd=cwnd,
                    primary="10.9.0.1",
                ),
                association(2, **{**GNB_PORTS, "own_tag": 9}, peer_rwnd=100_000, flight=0, cwnd=4380),
                at_s=second,
            )
            for second, (state, window, flight, cwnd) in enumerate(windows)
        ]
        return summarise(samples, "a").end("gNB")

    # Before it is established a window is that of no peer; what is in flight has its room there.
    found = read(
        ("COOKIE_WAIT", 32_768, 0, 4380), ("ESTABLISHED", 1, 1512, 6000), ("ESTABLISHED", 1800, 504, 1500)
    )
    assert (found.peer_window, found.cwnd) == (2304, 6000)
    assert (
        pooled_end := pooled("p", [FAST.summary("x"), FAST.summary("y")]).end("gNB")
    ).peer_window == 100_100
    assert pooled_end.cwnd == 100_000
    unknown = read(("ESTABLISHED", None, None, None))
    assert (unknown.peer_window, unknown.cwnd) == (100_000, 4380)
