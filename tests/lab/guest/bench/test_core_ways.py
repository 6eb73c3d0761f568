"""The bench's registrations of all kinds that go wrong in every way: gNB and AMF report the same of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.lab.core.scene import CoreScene, core_scene, lte_scene
from tests.lab.scenes.hosts import Host, two_hosts

Pair = tuple[Host, Host]
quick_scene = partial(core_scene, gnb_nodelay=True, amf_nodelay=True)
UPDATES = ("--release-after", "0.02")


@pytest.fixture(scope="module")
def hosts() -> Iterator[Pair]:
    with two_hosts(links=2, prefix="ways-") as pair:
        yield pair


def until(condition: Callable[[], Any], seconds: float = 20) -> None:
    """Waits for something that an emulated machine takes its time for."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)


def of_both(scene: CoreScene) -> dict[str, Any]:
    """What both ends report alike by kind, once all is over."""
    ran = scene.finish()
    core = scene.core_report()
    assert core["unknown"] == ran["stale"] == ran["stuck"] == 0, (ran, core)
    assert ran["kinds"] == core["kinds"]
    assert ran["others"] == core["others"]
    found: dict[str, Any] = ran["kinds"]
    return found


@pytest.mark.parametrize("ciphered", [False, True])
def test_all_kinds_and_what_is_none(hosts: Pair, ciphered: bool) -> None:
    kinds = "initial,mobility,periodic,emergency,service,deregistration"
    with quick_scene(
        ues=12, kinds=kinds, ciphered=ciphered, hosts=hosts, amf_options=UPDATES,
        gnb_options=("--await-release",),
    ) as scene:  # fmt: skip
        found = scene.finish()
        core = scene.core_report()
    both = {"started": 2, "completed": 2, "causes": {}}
    assert (
        found["kinds"]
        == core["kinds"]
        == dict.fromkeys(("initial", "mobility", "periodic", "emergency"), both)
    )
    assert found["others"] == core["others"] == {"service": 2, "deregistration": 2}
    assert found["released"] == core["released"] == 8
    assert found["stale"] == core["unknown"] == 0


def test_updates_in_a_context_setup(hosts: Pair) -> None:
    with quick_scene(
        ues=4, kinds="mobility", hosts=hosts, fates="ok,identity", ciphered=True, amf_options=("--update-in-setup",),
    ) as scene:  # fmt: skip
        assert of_both(scene) == {"mobility": {"started": 4, "completed": 4, "causes": {}}}


def test_every_way_to_fail(hosts: Pair) -> None:
    ways = "ok,mac-failure,sync-failure,wrong-res,radio-lost,error,setup-failure,anew,reuse,silent"
    with quick_scene(
        ues=20,
        ways=ways,
        ciphered=True,
        timeout=6,
        hosts=hosts,
    ) as scene:
        found = of_both(scene)
        attempts = [facts["attempt"] for facts in scene.registrations()]
    assert found == {
        "initial": {
            "started": 24,
            "completed": 8,
            "refused by authentication": 4,
            "released": 6,
            "rejected": 2,
            "superseded": 2,
            "timed out": 2,
            "causes": {
                "5GMM 20 MAC failure": 2,
                "NGAP radioNetwork 21 radio-connection-with-ue-lost": 2,
                "NGAP radioNetwork 22 radio-resources-not-available": 2,
                "NGAP protocol 4 semantic-error": 2,
                "NGAP nas 0 normal-release": 2,
            },
        }
    }
    assert sorted(attempts) == [1] * 20 + [2] * 4


def test_every_fate(hosts: Pair) -> None:
    fates = "ok,reject:11,late-reject:27,lose,hold,release,reject:22"
    with quick_scene(
        ues=14,
        fates=fates,
        ciphered=True,
        timeout=4,
        hosts=hosts,
    ) as scene:
        assert of_both(scene) == {
            "initial": {
                "started": 14,
                "completed": 2,
                "rejected": 6,
                "timed out": 4,
                "released": 2,
                "causes": {
                    "5GMM 11 PLMN not allowed": 2,
                    "5GMM 27 N1 mode not allowed": 2,
                    "5GMM 22 Congestion": 2,
                    "NGAP radioNetwork 4 release-due-to-5gc-generated-reason": 2,
                },
            }
        }


def test_status_then_anew_in_the_same_context(hosts: Pair) -> None:
    with quick_scene(
        ues=4,
        ways="status:96,hidden-status:111",
        ciphered=True,
        hosts=hosts,
        amf_options=("--t3550", "2"),
        gnb_options=("--again", "0.3"),
    ) as scene:
        found = of_both(scene)
        assert scene.core_report()["accepts_repeated"] == 4
    causes = {"5GMM 96 Invalid mandatory information": 2, "5GMM 111 Protocol error, unspecified": 2}
    assert found == {"initial": {"started": 8, "completed": 4, "not accepted by the UE": 4, "causes": causes}}


def test_sessions_that_are_refused(hosts: Pair) -> None:
    with quick_scene(
        ues=6, ways="ok,session-failure,ok", fates="ok,ok,session-reject:26", hosts=hosts,
        gnb_options=("--pdu-sessions",),
    ) as scene:  # fmt: skip
        report = scene.finish()
    assert (report["completed"], report["sessions"], report["sessions_refused"]) == (6, 2, 4)


def test_another_amf_takes_over(hosts: Pair) -> None:
    with quick_scene(
        ues=6,
        fates="ok,reroute",
        reroute=True,
        hosts=hosts,
    ) as scene:
        report = scene.finish()
        core, other = scene.core_report(), scene.other.ask("report") if scene.other else {}
    assert report["kinds"] == {"initial": {"started": 6, "completed": 6, "causes": {}}}
    assert core["kinds"] == {"initial": {"started": 6, "completed": 3, "re-routed": 3, "causes": {}}}
    assert other["kinds"] == {"initial": {"started": 3, "completed": 3, "causes": {}}}


@pytest.mark.parametrize("twin", ["named", "nameless"])
def test_answers_on_the_other_association(hosts: Pair, twin: str) -> None:
    with quick_scene(
        ues=5,
        hosts=hosts,
        gnb_options=("--twin", twin),
        amf_options=("--answer-on-other",),
    ) as scene:
        assert of_both(scene) == {"initial": {"started": 5, "completed": 5, "causes": {}}}
        sent = [one["out_streams"] for one in scene.ran.associations()]
        assert (len(sent), scene.core_report()["twins"]) == (2, 1)


def test_an_amf_killed_ends_them_all(hosts: Pair) -> None:
    with quick_scene(
        ues=7,
        fates="hold",
        hosts=hosts,
    ) as scene:
        until(lambda: scene.core_report()["answers"] == 7)
        scene.kill_amf()
        report = scene.ran.ask("finish 10")
        assert report["kinds"] == {"initial": {"started": 7, "association lost": 7, "causes": {}}}
        assert report["setup"]["lost_associations"] == 1


def test_a_gnb_without_power_that_comes_back(hosts: Pair) -> None:
    port = ("--local-port", "50001")
    with quick_scene(
        ues=3,
        fates="hold,hold,hold,ok",
        hosts=hosts,
        gnb_options=port,
    ) as scene:
        until(lambda: scene.core_report()["answers"] == 3)
        scene.lose_gnb()
        scene.start_gnb("--ues", "4")
        until(lambda: scene.ran_report()["completed"] == 1)
        again = scene.ran_report()
        scene.lose_gnb()
        scene.start_gnb("--ues", "0", "--on-order")
        core = scene.core_report()
        associations = scene.core.associations()
    assert again["kinds"] == {"initial": {"started": 4, "completed": 1, "causes": {}}}
    assert core["kinds"] == {"initial": {"started": 7, "completed": 1, "association lost": 6, "causes": {}}}
    assert (core["gnbs"], len(associations)) == (3, 1)


def test_setups_are_refused_three_times(hosts: Pair) -> None:
    with quick_scene(
        ues=2, hosts=hosts, gnb_options=("--setup-period", "0.3", "--on-order"),
        amf_options=("--refuse-setups", "3"),
    ) as scene:  # fmt: skip
        until(lambda: scene.ran_report()["setup"].get("setups"))
        scene.go()
        report = scene.finish()
    assert report["setup"] == {"refused_setups": 3, "NGAP misc 4 unknown-PLMN-or-SNPN": 3, "setups": 1}
    assert report["completed"] == 2


def test_a_sender_waits_for_room_in_its_buffer(hosts: Pair) -> None:
    with quick_scene(
        ues=40, hosts=hosts, gnb_options=("--blocking", "--send-buffer", "4608", "--on-order"),
        amf_options=("--receive-buffer", "4096"),
    ) as scene:  # fmt: skip
        scene.core.ask("pause 3")
        scene.go()
        report = scene.finish()
        blocked = [facts["blocked_ms"] for facts in scene.registrations()]
    assert report["completed"] == 40
    print(sorted(blocked))
    assert max(blocked) > 1000


@pytest.mark.parametrize("ciphered", [False, True])
def test_lte(hosts: Pair, ciphered: bool) -> None:
    kinds = "attach,tau,periodic-tau,service,extended-service,detach,emergency-attach"
    with lte_scene(kinds=kinds, ues=14, ciphered=ciphered, release_after_s=0.05, hosts=hosts) as scene:
        report = scene.finish()
        core = scene.core_report()
    both = {"started": 2, "completed": 2, "causes": {}}
    names = ("attach", "tracking area update", "periodic tracking area update", "emergency attach")
    assert report["kinds"] == core["kinds"] == dict.fromkeys(names, both)
    assert report["others"] == core["others"] == {"service": 2, "extended service": 2, "detach": 2}
    assert report["released"] == core["released"] == 14


def test_lte_fails_too(hosts: Pair) -> None:
    with lte_scene(
        kinds="attach", ues=4, ways="ok,radio-lost,ok,ok", fates="ok,ok,reject:7,lose", timeout=4, hosts=hosts
    ) as scene:
        report = scene.finish()
        core = scene.core_report()
    causes = {"S1AP radioNetwork 21 radio-connection-with-ue-lost": 1, "EMM 7 EPS services not allowed": 1}
    ended = dict.fromkeys(("completed", "released", "rejected", "timed out"), 1)
    assert report["kinds"] == core["kinds"] == {"attach": {"started": 4, **ended, "causes": causes}}
