"""The bench itself on real SCTP: registrations complete, are rejected, are lost, and stall, as they were told to."""

from __future__ import annotations

import statistics
from typing import Any

import pytest

from tests.lab.core_scene import CoreScene, core_scene
from tests.lab.hosts import Host, read_proc

Pair = tuple[Host, Host]


def delayed_sacks(host: Host) -> int:
    """How often the SACK timer had to send one."""
    rows = dict(line.split() for line in read_proc(host, "sctp/snmp").splitlines())
    return int(rows["SctpDelaySackExpireds"])


def agree(scene: CoreScene, ran: dict[str, Any], *names: str) -> None:
    core = scene.core_report()
    assert {name: ran[name] for name in names} == {name: core[name] for name in names}
    assert core["unknown"] == ran["stale"] == ran["stuck"] == 0


def median_ms(scene: CoreScene) -> float:
    return statistics.median(facts["heard_ms"] for facts in scene.registrations())


def test_fifty_at_once_all_complete(pair: Pair) -> None:
    with core_scene(ues=50, gnb_nodelay=True, amf_nodelay=True, hosts=pair) as scene:
        report = scene.finish()
        assert (report["started"], report["completed"], report["timed_out"]) == (50, 50, 0)
        agree(scene, report, "started", "completed")
        registrations = scene.registrations()
    assert sorted(facts["ue"] for facts in registrations) == list(range(50))
    assert len({facts["amf_ue_id"] for facts in registrations}) == 50
    assert {facts["stream"] for facts in registrations} == set(range(1, 10))
    for facts in registrations:
        assert 0 <= facts["ran_ms"] <= facts["total_ms"] <= facts["heard_ms"]
    print(f"50 at once: {report['rate_per_s']} registrations/s, {report['total_ms']}")


def test_the_highest_rate(pair: Pair) -> None:
    with core_scene(ues=300, gnb_nodelay=True, amf_nodelay=True, hosts=pair) as scene:
        report = scene.finish()
    assert report["completed"] == 300
    print(f"300 at once: {report['rate_per_s']} registrations/s")


def test_some_are_rejected_and_some_get_no_answer(pair: Pair) -> None:
    options = ("--timeout", "6")
    with core_scene(ues=12, rate=10, reject=3, lose=4, hosts=pair, gnb_options=options) as scene:
        report = scene.finish()
        agree(scene, report, "started", "completed", "rejected", "released")
        # The fourth, the eighth and the twelfth; the twelfth is lost, not rejected.
        assert scene.core_report()["lost"] == report["timed_out"] == 3
    assert (report["started"], report["rejected"], report["completed"]) == (12, 3, 6)
    assert report["released"] == 3


WAYS = {
    "no GUTI": {"guti": False},
    "accept in a DownlinkNASTransport": {"amf_options": ("--accept-in-downlink",)},
    "ciphered": {"ciphered": True},
    "one-to-many, ids of every size": {
        "amf_options": ("--one-to-many", "--first-amf-id", str((1 << 32) - 2)),
        "gnb_options": ("--first-ran-id", "65534"),
        "gnbs": 2,
    },
    "one stream, swapped PPID": {"gnb_options": ("--one-stream", "--swapped-ppid")},
}


@pytest.mark.parametrize("way", WAYS)
def test_other_ways_to_register(pair: Pair, way: str) -> None:
    knobs: dict[str, Any] = WAYS[way]
    with core_scene(ues=4, gnb_nodelay=True, ue_delay_ms=20, hosts=pair, **knobs) as scene:
        report = scene.finish()
        agree(scene, report, "started", "completed")
        streams = {facts["stream"] for facts in scene.registrations()}
    assert report["completed"] == 4
    # Three answers, each thought about for so long; without a GUTI the accept is the end.
    assert report["ran_ms"]["min"] >= (40 if way == "no GUTI" else 60)
    assert (streams == {1}) == ("one stream" in way)


def test_sessions_deregistration_and_ids_used_again(pair: Pair) -> None:
    options = ("--pdu-sessions", "--deregister", "--reuse-ids", "--period", "0")
    with core_scene(ues=5, rounds=3, gnb_nodelay=True, hosts=pair, gnb_options=options) as scene:
        report = scene.finish()
        agree(scene, report, "started", "completed", "sessions", "deregistered", "released")
        assert scene.core_report()["contexts"] == 0
        registrations = scene.registrations()
    assert report["completed"] == report["sessions"] == report["deregistered"] == report["released"] == 15
    assert {facts["ran_ue_id"] for facts in registrations} == {1, 2, 3, 4, 5}
    assert len({facts["amf_ue_id"] for facts in registrations}) == 15


def test_a_new_ue_replaces_one_of_the_same_id(pair: Pair) -> None:
    options = ("--reuse-ids", "--period", "0")
    with core_scene(ues=3, rounds=2, gnb_nodelay=True, hosts=pair, gnb_options=options) as scene:
        assert scene.finish()["completed"] == 6
        core = scene.core_report()
    assert (core["replaced"], core["contexts"]) == (3, 3)


def stalls(pair: Pair, *, nodelay: bool, sack_delay_ms: int | None = None, ues: int = 8) -> tuple[float, int]:
    """Median of `heard_ms`, and delayed SACKs of the AMF's host, of UEs that come one by one."""
    before = delayed_sacks(pair[1])
    with core_scene(
        ues=ues, rate=2, gnb_nodelay=nodelay, amf_sack_delay_ms=sack_delay_ms, hosts=pair
    ) as scene:
        assert scene.finish()["completed"] == ues
        return median_ms(scene), delayed_sacks(pair[1]) - before


def test_nagle_waits_for_the_delayed_sack(pair: Pair) -> None:
    stalled, expired = stalls(pair, nodelay=False)
    quick, few = stalls(pair, nodelay=True)
    at_once, none = stalls(pair, nodelay=False, sack_delay_ms=0)
    print(
        f"Nagle: {stalled:.0f} ms, {expired} delayed SACKs; NODELAY: {quick:.0f} ms, {few}; no delay: {at_once:.0f}"
    )
    # The kernel's default delay is 200 ms.
    assert stalled >= 200
    assert quick < stalled - 150
    assert at_once < stalled - 150
    assert expired >= 8 + few
    assert none == 0


def test_a_busy_amf_lets_them_wait(pair: Pair) -> None:
    with core_scene(ues=20, gnb_nodelay=True, amf_nodelay=True, amf_cpu_ms=10, hosts=pair) as scene:
        report = scene.finish()
    # Five messages each, 10 ms for each: the last one waits for all the others' first four at least.
    assert report["completed"] == 20
    assert report["total_ms"]["max"] >= 20 * 3 * 10
