"""Registrations that end in every way, each counted exactly, with its cause, from both ends and from each alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from typing import Any

import pytest

from tests.lab.core.scene import CoreScene, core_scene, lte_scene
from tests.lab.scenes.hosts import Host, two_hosts
from tests.lab.witness.registering import Bench, Seen

Pair = tuple[Host, Host]
Counts = dict[str, dict[str, Any]]
ENDS = ("gNB", "AMF")
GIVEN_UP_S = 18.0
"""T3510 and its margin: what nobody answers is timed out by then."""
KEPT_S = 9.0
"""T3550 and its margin: an accept that nobody answers, in a context that is kept, is known to need none by then."""
scene_of = partial(core_scene, gnb_nodelay=True, amf_nodelay=True, on_order=True)


@pytest.fixture(scope="module")
def hosts(bench: Bench) -> Iterator[Pair]:
    with two_hosts(links=2, prefix="out-") as pair:
        yield pair


def until(condition: Callable[[], Any], seconds: float = 30) -> None:
    """Waits for something that an emulated machine takes its time for."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)


def same_at_both_ends(seen: Seen, truth: Counts, ends: tuple[str, str] = ENDS, prefix: str = "out-") -> None:
    """Both ends, together and each alone, have counted just this."""
    assert seen.lost == 0
    for end, host in zip(ends, ("gnb", "amf"), strict=True):
        assert seen.counted(end) == truth, end
        assert seen.alone(f"{prefix}{host}").counted(end) == truth, f"{end} alone"


def unread(truth: Counts, *hidden: str) -> Counts:
    """The truth without causes that a cipher hides."""
    found = deepcopy(truth)
    for kind in found.values():
        kind["causes"] = {name: count for name, count in kind["causes"].items() if name not in hidden}
    return found


@pytest.mark.parametrize("ciphered", [False, True])
def test_all_kinds_and_nothing_that_is_none(bench: Bench, hosts: Pair, ciphered: bool) -> None:
    kinds = "initial,mobility,periodic,emergency,service,deregistration"
    with scene_of(
        ues=18, kinds=kinds, ciphered=ciphered, hosts=hosts, gnb_options=("--await-release",),
        amf_options=("--release-after", "0.02"),
    ) as scene:  # fmt: skip
        seen = bench.watch(scene, settle_s=KEPT_S)
    assert seen.truth["others"] == {"service": 3, "deregistration": 3}
    same_at_both_ends(seen, seen.truth["kinds"])
    for end in ENDS:
        assert {one.kind for one in seen.of(end) if one.inferred} == (
            {"mobility", "periodic"} if ciphered else set()
        )


@pytest.mark.parametrize("words", [(), ("--update-in-setup",)])
def test_ciphered_updates_whose_context_is_kept(bench: Bench, hosts: Pair, words: tuple[str, ...]) -> None:
    with scene_of(
        ues=6,
        kinds="mobility,periodic",
        fates="ok,ok,identity,ok",
        ciphered=True,
        hosts=hosts,
        amf_options=words,
    ) as scene:
        seen = bench.watch(scene, settle_s=KEPT_S)
    same_at_both_ends(seen, seen.truth["kinds"])
    for end in ENDS:
        # Each ends where its accept was through, not when that was known.
        assert all(one.total_ns is not None and one.total_ns < 5e9 for one in seen.of(end))


@pytest.mark.parametrize("ciphered", [False, True])
def test_every_way_to_fail(bench: Bench, hosts: Pair, ciphered: bool) -> None:
    ways = "ok,mac-failure,sync-failure,wrong-res,radio-lost,error,setup-failure,anew,reuse,silent"
    fates = ",".join(["ok"] * 10 + ["reject:11", "reject:22", "late-reject:27", "hold", "lose", "release"])
    with scene_of(ues=16, ways=ways_of(ways, 16), fates=fates, ciphered=ciphered, hosts=hosts) as scene:
        seen = bench.watch(scene, settle_s=GIVEN_UP_S)
    hidden = ("5GMM 27 N1 mode not allowed",) if ciphered else ()
    assert sum(seen.truth["kinds"]["initial"]["causes"].values()) == 9
    same_at_both_ends(seen, unread(seen.truth["kinds"], *hidden))


def ways_of(text: str, ues: int) -> str:
    """So many of the first UEs take these ways, the others the book's."""
    words = text.split(",")
    return ",".join(words + ["ok"] * (ues - len(words)))


@pytest.mark.parametrize("ciphered", [False, True])
def test_status_then_anew_in_an_uplink(bench: Bench, hosts: Pair, ciphered: bool) -> None:
    with scene_of(
        ues=4, ways="status:96", ciphered=ciphered, hosts=hosts, amf_options=("--t3550", "6"),
        gnb_options=("--again", "3.7"), timeout=20,
    ) as scene:  # fmt: skip
        seen = bench.watch(scene, settle_s=KEPT_S)
    hidden = ("5GMM 96 Invalid mandatory information",) if ciphered else ()
    assert seen.truth["kinds"]["initial"]["not accepted by the UE"] == 4
    same_at_both_ends(seen, unread(seen.truth["kinds"], *hidden))
    for end in ENDS:
        again = [one for one in seen.of(end) if one.attempt == 2]
        assert len(again) == 4
        for one in again:
            # The whole time of the UE stands beside that of its second try.
            assert one.since_first_ns is not None and one.total_ns is not None
            assert one.since_first_ns > 9.7e9 > 5e9 > one.total_ns


def test_another_amf_takes_over(bench: Bench, hosts: Pair) -> None:
    with scene_of(ues=6, fates="ok,reroute", reroute=True, ciphered=True, hosts=hosts) as scene:
        seen = bench.watch(scene)
    assert seen.truth["kinds"]["initial"]["completed"] == 6
    same_at_both_ends(seen, seen.truth["kinds"])


@pytest.mark.parametrize("twin", ["named", "nameless"])
def test_two_associations(bench: Bench, hosts: Pair, twin: str) -> None:
    with scene_of(
        ues=6, ciphered=True, hosts=hosts, gnb_options=("--twin", twin), amf_options=("--answer-on-other",)
    ) as scene:
        seen = bench.watch(scene)
        assert scene.core_report()["twins"] == 1
    assert seen.truth["kinds"]["initial"]["completed"] == 6
    same_at_both_ends(seen, seen.truth["kinds"])


def test_an_amf_killed_in_the_middle(bench: Bench, hosts: Pair) -> None:
    def play(scene: CoreScene) -> dict[str, Any]:
        scene.go()
        until(lambda: scene.core_report()["answers"] == 7)
        time.sleep(1)
        scene.kill_amf()
        found: dict[str, Any] = scene.ran.ask("finish 20")
        return found

    with scene_of(ues=7, fates="hold", ciphered=True, hosts=hosts) as scene:
        seen = bench.watch(scene, play=lambda: play(scene))
    assert seen.truth["kinds"] == {"initial": {"started": 7, "association lost": 7, "causes": {}}}
    same_at_both_ends(seen, seen.truth["kinds"])
    for end in ENDS:
        assert all(one.total_ns is not None and one.total_ns < 10e9 for one in seen.of(end))


def test_a_gnb_restarted(bench: Bench, hosts: Pair) -> None:
    def play(scene: CoreScene) -> dict[str, Any]:
        scene.go()
        until(lambda: scene.core_report()["answers"] == 3)
        time.sleep(1)
        scene.lose_gnb()
        scene.start_gnb("--ues", "2", "--first-ran-id", "1")
        scene.go()
        scene.finish(40)
        return scene.core_report()

    words = ("--local-port", "50001")
    with scene_of(ues=3, fates="hold,hold,hold", ciphered=True, hosts=hosts, gnb_options=words) as scene:
        seen = bench.watch(scene, play=lambda: play(scene), settle_s=GIVEN_UP_S)
    truth = {"initial": {"started": 5, "association lost": 3, "timed out": 2, "causes": {}}}
    assert seen.truth["kinds"] == truth
    same_at_both_ends(seen, truth)


def test_setups_refused(bench: Bench, hosts: Pair) -> None:
    def play(scene: CoreScene) -> dict[str, Any]:
        until(lambda: scene.ran_report()["setup"].get("setups"))
        scene.go()
        return scene.finish()

    with scene_of(
        ues=2, hosts=hosts, gnb_options=("--setup-period", "2"), amf_options=("--refuse-setups", "4")
    ) as scene:
        seen = bench.watch(scene, play=lambda: play(scene))
    same_at_both_ends(seen, seen.truth["kinds"])
    for one in (seen, seen.alone("out-gnb"), seen.alone("out-amf")):
        for entry in one.snapshot.registrations.procedures_of(None):
            if entry.kind.name == "NGSetup":
                # The first was refused before anybody looked.
                assert (entry.failures, entry.latency.n) in ((3, 1), (3, 4), (4, 5)), entry
                assert set(entry.causes) == {"NGAP misc 4 unknown-PLMN-or-SNPN"}
                break
        else:
            pytest.fail("no NGSetup")


LTE = "attach,tau,periodic-tau,service,extended-service,detach,emergency-attach"


@pytest.mark.parametrize("ciphered", [False, True])
def test_lte(bench: Bench, hosts: Pair, ciphered: bool) -> None:
    with lte_scene(
        kinds=LTE, ues=21, ciphered=ciphered, release_after_s=0.05, on_order=True, hosts=hosts
    ) as scene:
        seen = bench.watch(scene, settle_s=KEPT_S)
    assert seen.truth["others"] == {"service": 3, "extended service": 3, "detach": 3}
    same_at_both_ends(seen, seen.truth["kinds"], ("eNB", "MME"))


def test_fifty_service_requests_of_lte_are_none(bench: Bench, hosts: Pair) -> None:
    with lte_scene(
        kinds="service,extended-service", ues=50, release_after_s=0.05, on_order=True, hosts=hosts
    ) as scene:
        seen = bench.watch(scene, settle_s=KEPT_S)
    assert seen.truth["others"] == {"service": 25, "extended service": 25}
    same_at_both_ends(seen, {}, ("eNB", "MME"))


def test_lte_fails_too(bench: Bench, hosts: Pair) -> None:
    with lte_scene(
        kinds="attach",
        ues=4,
        ways="ok,radio-lost,ok,ok",
        fates="ok,ok,reject:7,lose",
        on_order=True,
        hosts=hosts,
    ) as scene:
        seen = bench.watch(scene, settle_s=GIVEN_UP_S)
    assert seen.truth["kinds"]["attach"]["started"] == 4
    same_at_both_ends(seen, seen.truth["kinds"], ("eNB", "MME"))
