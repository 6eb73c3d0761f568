"""Associations on all processors of a machine with many, and what sctptop, tcpdump and the kernel's counters told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import pytest

from tests.lab.guest.probes.talk import uplink
from tests.lab.many.workers import Worker
from tests.lab.scenes.hosts import Host, read_proc, sysctl, two_hosts
from tests.lab.witness.running import Running

BEATS_S = 5.0
LINKS = 2
HEARTBEAT_ACK = 5

Ends = tuple[int, int]
"""Local and remote port: both ends of an association are on this machine."""


@dataclass(frozen=True)
class Told:
    """``acks``: HEARTBEAT-ACKs that arrived, by ends and source; ``gained``: the
    kernel's counters, by host."""

    workers: tuple[Worker, ...]
    sctptop: Running
    acks: Counter[tuple[Ends, str]]
    gained: dict[str, Counter[str]]

    def last(self) -> dict[Ends, dict[str, Any]]:
        """What was told last of each association."""
        found = [entry for sample in self.sctptop.samples for entry in sample["associations"]]
        return {(entry["local_port"], entry["remote_port"]): entry for entry in found}


@contextmanager
def heartbeat_acks(hosts: tuple[Host, Host]) -> Iterator[Counter[tuple[Ends, str]]]:
    """Counted by tcpdump as they arrive; the counter is filled as the block ends."""
    found: Counter[tuple[Ends, str]] = Counter()
    running = []
    for host in hosts:
        what = f"sctp and ip[20 + 12] == {HEARTBEAT_ACK}"
        words = ["tcpdump", "-i", "any", "-Q", "in", "-nn", "-l", what]
        process = host.popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stderr is not None
        assert any("listening on" in line for line in process.stderr)
        lines: list[str] = []
        reader = threading.Thread(target=_lines, args=(process.stdout, lines), daemon=True)
        reader.start()
        running.append((process, reader, lines))
    try:
        yield found
    finally:
        time.sleep(1)
        for process, reader, lines in running:
            process.terminate()
            process.wait(30)
            reader.join(30)
            process.communicate()
            for match in re.finditer(r"IP (\S+)\.(\d+) > \S+\.(\d+): .*\[HB ACK\]", "".join(lines)):
                found[(int(match[3]), int(match[2])), match[1]] += 1


def _lines(stream: IO[str], lines: list[str]) -> None:
    lines.extend(stream)


def counters(host: Host) -> Counter[str]:
    """Of /proc/net/sctp/snmp."""
    lines = (line.split() for line in read_proc(host, "sctp/snmp").splitlines())
    return Counter({words[0]: int(words[1]) for words in lines})


@pytest.fixture(scope="session")
def told() -> Told:
    """Everybody talks, then is silent until heartbeats went over both paths, and is shut down."""
    workers = tuple(Worker(place) for place in range(len(os.sched_getaffinity(0))))
    with two_hosts(links=LINKS, prefix="many-") as hosts, Running() as sctptop:
        for host in hosts:
            sysctl(host, "net.sctp.hb_interval", 1000)
        with heartbeat_acks(hosts) as acks:
            gained = _talk(hosts, workers, sctptop)
        sctptop.wait_for(2)
    return Told(workers, sctptop, acks, gained)


def _talk(hosts: tuple[Host, Host], workers: tuple[Worker, ...], sctptop: Running) -> dict[str, Counter[str]]:
    """Of the talking alone: what counters gained."""
    messages = [uplink(worker.ue, worker.octets).hex() for worker in workers]
    before = {host.name: counters(host) for host in hosts}
    command = [sys.executable, "-S", "-m", "tests.lab.many.workers", *(host.namespace for host in hosts)]
    command += [str(LINKS), *messages]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as leader:
        assert leader.stdin is not None and leader.stdout is not None
        assert leader.stdout.readline() == "ready\n"
        # Named by then.
        sctptop.wait_for(2)
        print("go", file=leader.stdin, flush=True)
        assert leader.stdout.readline() == "done\n"
        time.sleep(BEATS_S)
        sctptop.wait_for(2)
        gained = {host.name: counters(host) - before[host.name] for host in hosts}
        print("end", file=leader.stdin, flush=True)
        assert leader.wait(60) == 0
    return gained
