"""Associations of every network namespace from one place: named, of a process only, of a socket only, and new ones."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sctptop.kernel.live import LiveSource
from sctptop.model.association import Association
from sctptop.model.sample import Sample
from sctptop.model.selection import parse_netns
from tests.lab.scenes.hosts import Host, inside, two_hosts
from tests.lab.traffic.process import REPOSITORY, traffic

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


def _orphan(host: Host) -> list[socket.socket]:
    """Both ends of an association over loopback in that host's namespace, held by this process."""
    with inside(host):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
        listener.bind(("127.0.0.1", 7000))
        listener.listen()
        client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
        client.connect(("127.0.0.1", 7000))
        return [listener, client, listener.accept()[0]]


def test_a_namespace_that_only_a_socket_keeps() -> None:
    with two_hosts(("kept", "other"), subnet=12) as (kept, _):
        kept.run(["ip", "link", "set", "lo", "up"])
        sockets = _orphan(kept)
    try:
        source = LiveSource()
        found = [
            entry for entry in source.read().associations if 7000 in (entry.local_port, entry.remote_port)
        ]
        source.close()
        assert len(found) == 2
        assert all(entry.process and entry.process.pid == os.getpid() for entry in found)
    finally:
        for one in sockets:
            one.close()


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
