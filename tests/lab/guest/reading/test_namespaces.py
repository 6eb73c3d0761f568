"""Associations of every network namespace from one place: named, of a process only, of a socket only, and new ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from sctptop.kernel.live import LiveSource
from sctptop.kernel.ways import ways
from sctptop.kernel.ways.route_lookup import RouteLookup
from sctptop.model.association import Association
from sctptop.model.association import Path as PeerPath
from sctptop.model.sample import Sample
from sctptop.model.selection import parse_netns
from tests.lab.machine.boot import REPOSITORY
from tests.lab.scenes.hosts import Host, two_hosts
from tests.lab.scenes.keeper import keeper
from tests.lab.traffic.process import traffic

HOLD = "import ctypes, time; assert ctypes.CDLL(None).unshare(1 << 30) == 0; print('here', flush=True); time.sleep(600)"


@pytest.fixture(scope="module")
def source() -> Iterator[LiveSource]:
    made = LiveSource()
    yield made
    made.close()


def by_name(sample: Sample) -> dict[str | None, list[Association]]:
    found: dict[str | None, list[Association]] = {}
    for entry in sample.associations:
        found.setdefault(entry.netns_name, []).append(entry)
    return found


@contextmanager
def process_only() -> Iterator[int]:
    """A namespace that no mount names: that of one process; its pid."""
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        subprocess.run(["nsenter", "-t", str(process.pid), "-n", "ip", "link", "set", "lo", "up"], check=True)
        try:
            yield process.pid
        finally:
            process.kill()


def threads_outside() -> set[str]:
    """Namespaces of all threads of this process."""
    found = set()
    for task in os.listdir("/proc/self/task"):  # noqa: PTH208
        with suppress(FileNotFoundError):  # It has ended meanwhile.
            found.add(os.readlink(f"/proc/self/task/{task}/ns/net"))  # noqa: PTH115
    return found


def test_each_association_is_listed_once_with_its_owner(source: LiveSource) -> None:
    own = os.readlink("/proc/self/ns/net")  # noqa: PTH115
    with two_hosts() as (gnb, amf), process_only() as pid:
        loopback = ["nsenter", "-t", str(pid), "-n"]
        with (
            traffic(amf, "echo", "--local", amf.ipv4[0]) as server,
            traffic(gnb, "request", "--to", amf.ipv4[0], "--period", "0.2") as client,
            _running(loopback, ["echo", "--local", "127.0.0.1", "--port", "5000"]) as one,
            _running(loopback, ["request", "--to", "127.0.0.1", "--port", "5000"]) as other,
        ):
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                sample = source.read()
                if len(sample.associations) == 4 and all(entry.process for entry in sample.associations):
                    break
                time.sleep(0.5)
            found = by_name(sample)
            owners = {
                name: sorted(entry.process.pid for entry in entries if entry.process)
                for name, entries in found.items()
            }
            unnamed = next(name for name in found if name not in ("gnb", "amf"))
            assert owners == {
                "gnb": [client.process.pid],
                "amf": [server.process.pid],
                unnamed: sorted((one, other)),
            }
            assert unnamed is not None and unnamed.endswith(f"/{pid}")
            assert len({entry.netns for entry in sample.associations}) == 3
            assert {entry.netns for entry in sample.associations} < sample.counters.keys()
            assert sample.sources["netns"].ok
            assert threads_outside() == {own}
            for text, many in (("gnb", 1), (str(pid), 2), ("self", 0), (str(found["amf"][0].netns), 1)):
                chosen = LiveSource(netns=parse_netns(text))
                assert len(chosen.read().associations) == many, text
                chosen.close()


@contextmanager
def _running(prefix: list[str], words: list[str]) -> Iterator[int]:
    command = [*prefix, sys.executable, "-m", "tests.lab.traffic", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stdin=pipe, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready")
        try:
            yield process.pid
        finally:
            process.kill()


def shown(host: Host, *words: str) -> dict[str, Any]:
    """The one object that an ``ip -json`` command of the host prints."""
    (found,) = json.loads(host.run(["ip", "-json", *words]).stdout)
    return dict(found)


def agrees(host: Host, path: PeerPath) -> None:
    """The way of a path is what ``ip route get`` and ``ip -s link`` say in that host at this moment."""
    way = path.way
    assert way is not None and way.source is not None and way.interface is not None
    route = shown(host, "route", "get", path.address, "from", way.source)
    link = shown(host, "-stats", "link", "show", "dev", way.interface)
    (metrics,) = route.get("metrics") or [{}]
    assert (way.route, way.interface, way.gateway) == ("unicast", route["dev"], route.get("gateway"))
    assert (way.mtu, way.link_up) == (metrics.get("mtu", link["mtu"]), "LOWER_UP" in link["flags"])
    received, sent = link["stats64"]["rx"], link["stats64"]["tx"]
    assert (way.rx_dropped, way.rx_errors) == (received["dropped"], received["errors"])
    assert (way.tx_dropped, way.tx_errors) == (sent["dropped"], sent["errors"])


def until(source: LiveSource, wanted: Callable[[list[PeerPath]], bool]) -> list[PeerPath]:
    """The paths of the client's associations, IPv4 first, as soon as they are as wanted."""
    deadline = time.monotonic() + 60
    paths: list[PeerPath] = []
    while time.monotonic() < deadline:
        found = source.read().associations
        paths = [path for entry in found if entry.netns_name == "way-gnb" for path in entry.paths]
        paths.sort(key=lambda path: ":" in path.address)
        if len(paths) == 2 and all(path.way for path in paths) and wanted(paths):
            break
        time.sleep(0.5)
    assert wanted(paths), paths
    return paths


def test_the_way_of_each_path_is_the_one_that_routing_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    source = LiveSource(netns=parse_netns("way-gnb"))
    with two_hosts(("way-gnb", "way-amf"), links=2, subnet=14) as (gnb, amf):
        with (
            traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "5000"),
            traffic(amf, "echo", "--local", amf.ipv6[0], "--port", "5001"),
            traffic(gnb, "request", "--to", amf.ipv4[0], "--port", "5000", "--period", "0.2"),
            traffic(gnb, "request", "--to", amf.ipv6[0], "--port", "5001", "--period", "0.2"),
        ):
            for path in until(source, lambda paths: True):
                agrees(gnb, path)
            # A reading in which nothing changes asks nothing.
            with monkeypatch.context() as patched:
                patched.setattr(RouteLookup, "__init__", lambda *_: pytest.fail("a route was asked for"))
                source.read()
            for host, other in ((gnb, amf), (amf, gnb)):
                host.run(["ip", "route", "replace", other.ipv4[0], "via", other.ipv4[1], "mtu", "1400"])
                host.run(["ip", "route", "replace", other.ipv6[0], "via", other.ipv6[1], "mtu", "1380"])
            # SCTP goes the new way with its next packet, and sock_diag tells by which interface: no need to wait.
            started = time.monotonic()
            moved = until(
                source, lambda paths: all(path.way and path.way.interface == "eth1" for path in paths)
            )
            assert time.monotonic() - started < ways.REFRESH_S
            assert [path.way and path.way.mtu for path in moved] == [1400, 1380]
            assert [path.way and path.way.gateway for path in moved] == [amf.ipv4[1], amf.ipv6[1]]
            for path in moved:
                agrees(gnb, path)
            monkeypatch.setattr(ways, "REFRESH_S", 1.0)
            amf.run(["ip", "link", "set", "eth1", "down"])
            (four, _) = until(source, lambda paths: bool(paths[0].way and paths[0].way.link_up is False))
            agrees(gnb, four)

            def found_another(paths: list[PeerPath]) -> bool:
                # IPv6 does not go by an interface without carrier where another leads there too.
                told = shown(gnb, "route", "get", paths[1].address, "from", gnb.ipv6[1])
                return bool(paths[1].way and paths[1].way.interface == told["dev"])

            agrees(gnb, until(source, found_another)[1])
        source.close()


def test_new_and_vanished_ones_are_noticed_within_two_intervals(source: LiveSource) -> None:
    before = {entry.netns for entry in source.read().associations}
    with two_hosts(("late-gnb", "late-amf"), subnet=11) as hosts:
        gnb, amf = hosts
        with traffic(amf, "echo", "--local", amf.ipv4[0]), traffic(gnb, "request", "--to", amf.ipv4[0]):
            samples = [source.read(), _after_a_second(source)]
            assert {"late-gnb", "late-amf"} <= by_name(samples[-1]).keys()
            inodes = {entry.netns for entry in samples[-1].associations}
    time.sleep(1)
    samples = [source.read(), _after_a_second(source)]
    assert {entry.netns for entry in samples[-1].associations} == before
    # Nothing of ours keeps them: the kernel took their interfaces away.
    assert inodes and not _interfaces("10.11.0.")


def _after_a_second(source: LiveSource) -> Sample:
    time.sleep(1)
    return source.read()


def _interfaces(prefix: str) -> str:
    shown = subprocess.run(["ip", "-4", "-o", "addr"], capture_output=True, text=True, check=True).stdout
    return "".join(line for line in shown.splitlines() if prefix in line)


def test_a_namespace_that_only_a_socket_keeps() -> None:
    with two_hosts(("kept", "other"), subnet=12) as (kept, _):
        kept.run(["ip", "link", "set", "lo", "up"])
        process = keeper(kept.namespace, 1)
        holder = process.__enter__()
    try:
        source = LiveSource()
        found = [
            entry for entry in source.read().associations if 7000 in (entry.local_port, entry.remote_port)
        ]
        source.close()
        assert len(found) == 2
        assert all(entry.process and entry.process.pid == holder.facts["pid"] for entry in found)
    finally:
        process.__exit__(None, None, None)


def test_reading_leaves_no_thread_elsewhere_and_no_descriptor_open(source: LiveSource) -> None:
    own = os.readlink("/proc/self/ns/net")  # noqa: PTH115
    with two_hosts(("x", "y"), subnet=13):
        source.read()
        source.read()
        before = len(list(Path("/proc/self/fd").iterdir()))
        seen: set[str] = set()
        stop = threading.Event()

        def watch() -> None:
            while not stop.is_set():
                seen.add(os.readlink(f"/proc/self/task/{os.getpid()}/ns/net"))  # noqa: PTH115

        watcher = threading.Thread(target=watch)
        watcher.start()
        for _ in range(20):
            source.read()
        stop.set()
        watcher.join()
        # It was seen inside of others while it read, so that the look is worth something; and is back now.
        assert len(seen) > 1
        assert threads_outside() == {own}
        assert len(list(Path("/proc/self/fd").iterdir())) == before
