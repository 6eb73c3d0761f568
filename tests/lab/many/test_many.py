"""On a machine with many processors, with traffic on each: nothing is lost, and nothing is another association's."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from typing import Any

from tests.lab.many.conftest import LINKS, Ends, Told
from tests.lab.many.workers import Worker

LEAST_BEATS = 2


def times(distribution: dict[str, Any] | None) -> int:
    return distribution["n"] if distribution else 0


def client(worker: Worker) -> Ends:
    return worker.ports


def server(worker: Worker) -> Ends:
    return worker.ports[1], worker.ports[0]


def ends(event: dict[str, Any]) -> Ends:
    return event["local_port"], event["remote_port"]


def test_this_machine_has_many_processors() -> None:
    assert len(os.sched_getaffinity(0)) >= 16


def test_the_kernel_counts_what_was_to_be_sent(told: Told) -> None:
    asked = sum(worker.messages for worker in told.workers)
    answered = sum(worker.messages * worker.answers_each for worker in told.workers)
    sent = {name: gained["SctpOutOrderChunks"] for name, gained in told.gained.items()}
    assert sent == {"gnb": asked, "amf": answered}
    again = ("SctpT3RtxExpireds", "SctpT3Retransmits", "SctpFastRetransmits")
    assert not any(gained[name] for gained in told.gained.values() for name in again), told.gained


def test_no_buffer_overflows(told: Told) -> None:
    assert [sample["events_lost"] for sample in told.sctptop.samples] == [0] * len(told.sctptop.samples)
    assert all(
        sample["registrations"]["unseen"] == 0 for sample in told.sctptop.samples if "registrations" in sample
    )


def test_every_message_is_timed_as_it_is_sent_and_as_it_is_read(told: Told) -> None:
    last = told.last()
    expected = {client(one): (one.messages, one.messages * one.answers_each) for one in told.workers}
    expected |= {ends[::-1]: numbers[::-1] for ends, numbers in expected.items()}
    found = {ends: (times(entry["held_ms"]), times(entry["read_wait_ms"])) for ends, entry in last.items()}
    assert found == expected


def test_every_message_of_ngap_is_one_of_its_own_association_s_ue(told: Told) -> None:
    found: dict[tuple[Ends, str], Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for event in told.sctptop.events("ngap"):
        message = event["amf_ue_id"], event["ran_ue_id"], event["nas_length"]
        found[ends(event), event["direction"]][message] += 1
    expected = {}
    for worker in told.workers:
        all_of_it = Counter({(worker.ue, worker.ue, worker.octets): worker.messages})
        expected[client(worker), "out"] = expected[server(worker), "in"] = all_of_it
    assert dict(found) == expected


def test_every_heartbeat_is_told_of_its_own_path(told: Told) -> None:
    beats = Counter((ends(event), event["address"]) for event in told.sctptop.events("hb_rtt"))
    print(f"{beats.total()} heartbeats told, {told.acks.total()} seen by tcpdump")
    assert (told.acks - beats, beats - told.acks) == (Counter(), Counter())
    assert len(beats) == 2 * LINKS * len(told.workers) and min(beats.values()) >= LEAST_BEATS


def test_windows_of_all_paths_are_known_from_the_second_reading_on(told: Told) -> None:
    unknown = [
        (place, ends(entry), path["address"])
        for place, sample in enumerate(told.sctptop.samples)
        for entry in sample["associations"]
        if entry["state"] == "ESTABLISHED"
        for path in entry["paths"]
        if path["cwnd"] is None
    ]
    assert unknown == []
    assert all(len(entry["paths"]) == LINKS for entry in told.last().values())


def test_the_life_of_every_association_is_told_once(told: Told) -> None:
    lives: dict[Ends, list[str]] = defaultdict(list)
    for event in told.sctptop.events("association"):
        lives[ends(event)].append(event["change"])
    # COOKIE ACK comes to the client alone.
    expected = {client(worker): ["NEW", "UP", "FREED"] for worker in told.workers}
    assert lives == expected | {server(worker): ["NEW", "FREED"] for worker in told.workers}
