"""The bench itself on real SCTP: registrations complete, are rejected, are lost, and stall, as they were told to."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.core.scene import CoreScene, core_scene
from tests.lab.scenes.hosts import Host, read_proc, two_hosts

Pair = tuple[Host, Host]
SACK_DELAY_MS = 200
"""The kernel's default (SCTP_DEFAULT_TIMEOUT_SACK)."""


@pytest.fixture(scope="module")
def hosts() -> Iterator[Pair]:
    with two_hosts(prefix="bench-") as pair:
        yield pair


def delayed_sacks(host: Host) -> int:
    """How often the timer had to send a SACK."""
    rows = dict(line.split() for line in read_proc(host, "sctp/snmp").splitlines())
    return int(rows["SctpDelaySackExpireds"])


def agree(scene: CoreScene, ran: dict[str, Any], *names: str) -> None:
    """Both ends have counted the same, and neither saw what it did not expect."""
    core = scene.core_report()
    assert {name: core[name] for name in names} == {name: ran[name] for name in names}
    assert core["unknown"] == ran["stale"] == ran["stuck"] == 0


def test_fifty_at_once_all_complete(hosts: Pair) -> None:
    with core_scene(ues=50, gnb_nodelay=True, amf_nodelay=True, hosts=hosts) as scene:
        report = scene.finish()
        agree(scene, report, "started", "completed")
        registrations = scene.registrations()
    assert (report["started"], report["completed"], report["timed_out"]) == (50, 50, 0)
    assert sorted(facts["ue"] for facts in registrations) == list(range(50))
    assert len({facts["amf_ue_id"] for facts in registrations}) == 50
    assert {facts["stream"] for facts in registrations} == set(range(1, 10))
    for facts in registrations:
        assert 0 <= facts["ran_ms"] <= facts["total_ms"] <= facts["heard_ms"]
    print(f"50 at once: {report['rate_per_s']} registrations/s, {report['total_ms']}")


def test_some_are_rejected_and_some_get_no_answer(hosts: Pair) -> None:
    patience = ("--timeout", "5")
    with core_scene(ues=12, reject=3, lose=4, hosts=hosts, gnb_options=patience) as scene:
        report = scene.finish()
        agree(scene, report, "started", "completed", "rejected", "released")
        # The fourth, the eighth and the twelfth, which would have been rejected otherwise.
        assert scene.core_report()["lost"] == report["timed_out"] == 3
    assert (report["started"], report["completed"], report["rejected"], report["released"]) == (12, 6, 3, 3)


def test_downlink_accepts_without_a_guti_and_ids_used_again(hosts: Pair) -> None:
    core = ("--accept-in-downlink", "--swapped-ppid")
    ran = ("--one-stream", "--swapped-ppid", "--reuse-ids", "--period", "0")
    scene_of = core_scene(
        ues=4, rounds=2, ue_delay_ms=20, guti=False, hosts=hosts, gnb_options=ran, amf_options=core
    )
    with scene_of as scene:
        report = scene.finish()
        agree(scene, report, "started", "completed")
        known = scene.core_report()
        registrations = scene.registrations()
    assert report["completed"] == 8
    # The second time the AMF finds each id taken.
    assert (known["replaced"], known["contexts"]) == (4, 4)
    assert {facts["ran_ue_id"] for facts in registrations} == {1, 2, 3, 4}
    assert {facts["stream"] for facts in registrations} == {1}
    # Two answers, each thought about for so long; the accept is the end.
    assert report["ran_ms"]["min"] >= 2 * 20


def test_ciphered_on_two_gnbs_with_ids_of_every_size(hosts: Pair) -> None:
    core = ("--one-to-many", "--first-amf-id", str((1 << 32) - 2))
    scene_of = core_scene(
        ues=6,
        gnbs=2,
        ue_delay_ms=20,
        ciphered=True,
        hosts=hosts,
        gnb_options=("--first-ran-id", "65534"),
        amf_options=core,
    )
    with scene_of as scene:
        report = scene.finish()
        agree(scene, report, "started", "completed")
        registrations = scene.registrations()
    assert report["completed"] == 6
    # The same ids on both associations are six UEs all the same.
    assert sorted(facts["ran_ue_id"] for facts in registrations) == [65534, 65534, 65535, 65535, 65536, 65536]
    assert report["ran_ms"]["min"] >= 3 * 20


def test_sessions_and_deregistration(hosts: Pair) -> None:
    options = ("--pdu-sessions", "--deregister", "--reuse-ids", "--period", "0")
    with core_scene(ues=5, rounds=2, gnb_nodelay=True, hosts=hosts, gnb_options=options) as scene:
        report = scene.finish()
        agree(scene, report, "started", "completed", "sessions", "deregistered", "released")
        assert scene.core_report()["contexts"] == 0
        registrations = scene.registrations()
    assert report["completed"] == report["sessions"] == report["deregistered"] == report["released"] == 10
    assert {facts["ran_ue_id"] for facts in registrations} == {1, 2, 3, 4, 5}
    assert len({facts["amf_ue_id"] for facts in registrations}) == 10


def stalls(hosts: Pair, ues: int, *, nodelay: bool, sack_delay_ms: int | None = None) -> tuple[float, int]:
    """Median of `heard_ms`, and SACKs that the AMF's timer sent, of UEs that come one by one."""
    before = delayed_sacks(hosts[1])
    with core_scene(
        ues=ues, rate=2, gnb_nodelay=nodelay, amf_sack_delay_ms=sack_delay_ms, hosts=hosts
    ) as scene:
        assert scene.finish()["completed"] == ues
        heard_ms = [facts["heard_ms"] for facts in scene.registrations()]
        return statistics.median(heard_ms), delayed_sacks(hosts[1]) - before


def test_nagle_waits_for_the_delayed_sack(hosts: Pair) -> None:
    stalled_ms, expired = stalls(hosts, 8, nodelay=False)
    quick_ms, few = stalls(hosts, 8, nodelay=True)
    at_once_ms, none = stalls(hosts, 4, nodelay=False, sack_delay_ms=0)
    print(f"Nagle: {stalled_ms:.0f} ms, {expired} delayed SACKs; NODELAY: {quick_ms:.0f} ms, {few}")
    print(f"Nagle, SACKs at once: {at_once_ms:.0f} ms, {none}")
    assert stalled_ms >= SACK_DELAY_MS
    assert max(quick_ms, at_once_ms) <= stalled_ms - 0.5 * SACK_DELAY_MS
    assert expired >= 8
    assert few <= expired - 6
    assert none == 0


def test_a_busy_amf_lets_them_wait(hosts: Pair) -> None:
    with core_scene(ues=20, gnb_nodelay=True, amf_nodelay=True, amf_cpu_ms=10, hosts=hosts) as scene:
        report = scene.finish()
    assert report["completed"] == 20
    # One thread reads four messages of each UE before it can accept the last one, and spends so long on each.
    assert report["total_ms"]["max"] >= 20 * 3 * 10
