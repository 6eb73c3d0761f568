"""Looking at the sockets of others leaves no descriptor, takes hold of few, and delays no close."""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from sctptop.kernel.live import LiveSource
from sctptop.kernel.namespaces import foreign_sockets
from sctptop.kernel.namespaces.held_netns import HeldNamespaces
from sctptop.kernel.namespaces.netns import Namespaces
from sctptop.kernel.reading import all_namespaces
from sctptop.model.sample import Sample
from tests.lab.scenes.hosts import two_hosts
from tests.lab.scenes.keeper import keeper

PASSES = 20


@pytest.fixture(autouse=True)
def a_look_each_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_namespaces, "HELD_S", 0.0)
    monkeypatch.setattr(all_namespaces, "SHARE", 0.0)


@pytest.fixture
def duplicated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Each call of pidfd_getfd of this process: the descriptor that it duplicated."""
    seen: list[int] = []
    real = foreign_sockets._system_call

    def call(number: int, *arguments: int) -> int:
        if number == foreign_sockets._PIDFD_GETFD:
            seen.append(arguments[1])
        return real(number, *arguments)

    monkeypatch.setattr(foreign_sockets, "_system_call", call)
    return seen


@pytest.fixture
def source() -> Iterator[LiveSource]:
    made = LiveSource()
    yield made
    made.close()


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def settled() -> int:
    """Descriptors once they stay as many: probes of the tests before are detached behind their backs, one by one."""
    gc.collect()
    for _ in range(60):
        before = descriptors()
        time.sleep(1.0)
        if descriptors() == before:
            break
    return before


def ports(sample: Sample) -> list[int]:
    return sorted(entry.local_port for entry in sample.associations if entry.local_port in range(7000, 7010))


def test_descriptors_stay_as_many_whatever_sockets_there_are(source: LiveSource) -> None:
    with keeper("", 0, "xdp", "alg", "vsock", "key") as kept:
        assert {"xdp", "alg", "vsock"} <= set(kept.facts["families"]), kept.facts
        assert source.read().sources["netns"].ok
        before = settled()
        for _ in range(PASSES):
            assert source.read().sources["netns"].ok
        assert descriptors() == before


def test_a_namespace_that_only_sockets_keep_is_found_among_them_by_one_duplicate(
    source: LiveSource, duplicated: list[int]
) -> None:
    with two_hosts(("kept", "other"), prefix="held-", subnet=31) as (host, _):
        kept = keeper(host.namespace, 3, "xdp", "alg", "vsock")
        holder = kept.__enter__()
    try:
        sample = source.read()
        assert ports(sample) == [7000, 7001, 7002]
        assert {entry.process.pid for entry in sample.associations if entry.process} == {holder.facts["pid"]}
        # One to ask, one to enter; each further reading enters by one.
        assert len(duplicated) <= 4
        duplicated.clear()
        before = descriptors()
        for _ in range(PASSES):
            assert ports(source.read()) == [7000, 7001, 7002]
        assert descriptors() == before
        assert len(duplicated) <= PASSES + 1
    finally:
        kept.__exit__(None, None, None)
    assert ports(source.read()) == []


def test_what_is_kept_of_root_is_enough_to_find_it() -> None:
    with two_hosts(("kept", "other"), prefix="less-", subnet=34) as (host, _):
        kept = keeper(host.namespace, 2, "xdp")
        kept.__enter__()
    try:
        command = [sys.executable, "-m", "sctptop", "--json", "-n", "1", "--no-bpf"]
        called = {**os.environ, "SUDO_UID": "4711", "SUDO_GID": "4711", "SUDO_USER": "engineer"}
        done = subprocess.run(command, capture_output=True, text=True, env=called, timeout=100, check=True)
    finally:
        kept.__exit__(None, None, None)
    sample = json.loads(done.stdout)
    assert sample["sources"]["netns"] == "ok"
    assert {7000, 7001} <= {entry["local_port"] for entry in sample["associations"]}


def test_of_thousands_of_sockets_none_is_held_but_the_unlisted(
    source: LiveSource, duplicated: list[int]
) -> None:
    with two_hosts(("gnb", "amf"), prefix="many-", subnet=32) as (host, _), keeper(host.namespace, 100):
        source.read()
        # 300 SCTP sockets: those of associations and listeners are listed by their namespace.
        assert duplicated == []
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP):
            source.read()
        assert duplicated == [], "ours"


def test_a_socket_closed_while_we_look_is_closed_on_the_wire_at_once() -> None:
    stop = threading.Event()
    looks = 0

    def look_on_and_on() -> None:
        nonlocal looks
        known = Namespaces().look()
        while not stop.is_set():
            # One that remembers nothing, and to which no namespace lists anything, asks each socket.
            HeldNamespaces(lambda found: ()).look(known)
            looks += 1

    with (
        two_hosts(("kept", "other"), prefix="shut-", subnet=33) as (host, _),
        keeper(host.namespace, 60) as kept,
    ):
        looker = threading.Thread(target=look_on_and_on)
        looker.start()
        try:
            while not looks:
                time.sleep(0.01)
            late = kept.run("close")
        finally:
            stop.set()
            looker.join()
    print(
        f"{looks} looks; {len(late)} closes, ms: median {sorted(late)[30] / 1e6:.2f}, worst {max(late) / 1e6:.2f}"
    )
    assert max(late) < 200_000_000
    assert sorted(late)[30] < 20_000_000
