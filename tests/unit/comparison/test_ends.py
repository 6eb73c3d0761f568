"""What a recording is summarised to at each end: settings, queues, counters and who is who."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sctptop.comparison.summaries.summarizing import summarise
from sctptop.comparison.summaries.summary import Summary
from sctptop.model.association import Association, Process
from sctptop.model.sample import Endpoint
from tests.unit.associations import NETNS, association, sample
from tests.unit.comparison.comparing import FAST


def summed(*seconds: list[Association], counters: tuple[Any, ...] = (), **facts: Any) -> Summary:
    """One list of associations a second."""
    told = [*counters, *[None] * (len(seconds) - len(counters))]
    return summarise(
        [
            sample(*entries, at_s=place, counters=told[place], **facts)
            for place, entries in enumerate(seconds)
        ],
        "a",
    )


@pytest.mark.parametrize(
    ("local", "remote", "role"),
    [
        (38412, 50000, "AMF"),
        (50000, 38412, "gNB"),
        (36412, 50000, "MME"),
        (50000, 36412, "eNB"),
        (5000, 6000, "client"),
    ],
)
def test_an_end_is_known_by_its_port(local: int, remote: int, role: str) -> None:
    assert set(summed([association(local_port=local, remote_port=remote)]).ends) == {role}


@pytest.mark.parametrize(
    ("local", "remote", "role"),
    [(4000, 5000, "AMF"), (5000, 4000, "gNB"), (38412, 5000, "AMF"), (5, 38412, "gNB")],
)
def test_one_message_of_ngap_makes_the_lower_port_the_core_s(local: int, remote: int, role: str) -> None:
    ports: dict[str, Any] = {"local_port": local, "remote_port": remote}
    samples = [
        replace(
            one,
            associations=tuple(replace(entry, **ports) for entry in one.associations),
            events=tuple(
                replace(event, **ports)
                for event in one.events
                if event.kind == "ngap" and event.details["nas"] == 0x41
            ),
        )
        for one in replace(FAST, ues=1).samples()
    ]
    assert samples and set(summarise(samples).ends) == {role}


def test_who_listens_is_the_server() -> None:
    def listening(**facts: Any) -> Endpoint:
        return Endpoint(**{"netns": NETNS, "state": "LISTENING", "local_port": 5000, **facts})

    entry = association(local_port=5000, remote_port=6000)
    for endpoint, role in (
        (listening(), "server"),
        (listening(local_port=6000), "client"),
        (listening(netns=7), "client"),
        (listening(state="CLOSED"), "client"),
    ):
        assert set(summed([entry], endpoints=(endpoint,)).ends) == {role}


def test_the_setting_that_was_there_most_of_the_time_counts_for_each_association() -> None:
    first = [association(1, rto_ms=one) for one in (1000, 3000, 3000)]
    second = [association(2, rto_ms=one, nodelay=True) for one in (1000, 1000, None)]
    third = [association(3, rto_ms=3000) for _ in range(3)]
    found = summed(*[list(entries) for entries in zip(first, second, third, strict=True)]).end("AMF")
    assert found.settings["rto_ms"] == (3000, 1000) and found.settings["nodelay"] == (True,)
    assert "max_burst" not in found.settings and found.associations == 3


def test_queues_are_counted_once_a_sample_and_processes_by_association() -> None:
    amf, smf = Process(1, "amf"), Process(2, "smf")
    entries = [
        association(1, send_queue=100, process=smf),
        association(2, recv_queue=7, process=amf),
        association(3, process=amf),
    ]
    found = summed(entries, entries).end("AMF")
    assert (found.send_queue.n, found.recv_queue.n) == (2, 2)
    assert found.processes == ("amf", "smf")
    assert found.send_queue.percentile(0.5) == pytest.approx(100 / 1e6, rel=0.02)


def test_chunks_and_counters_are_what_was_gained() -> None:
    entries = [
        [association(1, rtx_chunks=one, out_data_chunks=10 * one), association(2, out_data_chunks=5)]
        for one in (3, 4, 9)
    ]
    told = tuple({"SctpT3RtxExpireds": one, "SctpOther": 7} for one in (50, 51, 53))
    found = summed(*entries, counters=told)
    assert (found.end("AMF").rtx_chunks, found.end("AMF").out_data_chunks) == (6, 60)
    assert found.counters["SctpT3RtxExpireds"] == 3 and found.counters["SctpOutOfBlues"] is None
    assert "SctpOther" not in found.counters


def test_time_and_samples_are_told() -> None:
    found = summed([association()], [association()], [])
    assert (found.samples, found.span_s, found.probed, found.ngap) == (3, 2.0, 0, False)
    assert (found.host, found.kernel, found.damaged, found.lost, found.missed) == ("amf-1", "6.1.0", 0, 0, 0)
    assert found.registrations == {} and found.advice == ()
    with pytest.raises(ValueError, match="no sample"):
        summarise([])
