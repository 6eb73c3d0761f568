"""Probes over the hosts of the lab, read at a steady pace, and tcpdump that counts the same things."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.live import LiveSource
from sctptop.kernel.probes.events import Clocks
from sctptop.kernel.probes.observed import Observed
from sctptop.kernel.probes.session import Probes
from sctptop.kernel.program.points import ProbeChoice
from sctptop.model.event import Event
from sctptop.model.sample import Sample
from sctptop.model.selection import OWN_NAMESPACE
from tests.lab.scenes.hosts import Host, inside
from tests.lab.witness.patience import load_s


class Watch:
    """One set of probes for several hosts of one kernel; ``events`` are all that came, by host."""

    def __init__(self, *hosts: Host, every_change: bool = False, every_message: bool = False) -> None:
        self.hosts = hosts
        self.probes = Probes(ProbeChoice(every_change, every_message=every_message))
        self.events: dict[str, list[Event]] = {host.name: [] for host in hosts}
        self.lost = 0
        self.left_out: Counter[str] = Counter()
        self._sources = {host.name: LiveSource(netns=OWN_NAMESPACE) for host in hosts}

    def __enter__(self) -> Watch:
        self.probes.start()
        self.probes.settle(load_s())
        assert self.probes.state.ok, self.probes.state
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.probes.close()
        for source in self._sources.values():
            source.close()

    def begin(self) -> None:
        """Name what there is, and forget what happened so far."""
        self.read()
        for events in self.events.values():
            events.clear()
        self.lost = 0
        self.left_out.clear()

    def read(self) -> tuple[dict[str, Sample], Observed]:
        """What sock_diag tells in each host, and what the probes saw as it was asked."""
        samples, netns = {}, {}
        for host in self.hosts:
            with inside(host):
                samples[host.name] = self._sources[host.name].read()
                netns[Path("/proc/thread-self/ns/net").stat().st_ino] = host.name
        hz = next((sample.hz for sample in samples.values() if sample.hz), None)
        observed = self.probes.read(Clocks(datetime.now(timezone.utc), time.monotonic_ns(), JiffyClock(hz)))
        for event in observed.events:
            if event.netns in netns:
                self.events[netns[event.netns]].append(event)
        self.lost += observed.lost
        self.left_out.update(observed.left_out)
        return samples, observed

    def read_for(self, seconds: float, interval_s: float = 1.0) -> None:
        """Reads again and again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read()
            time.sleep(interval_s)
        self.read()

    def read_until(self, holds: Callable[[], object], seconds: float = 90.0) -> None:
        """Reads again and again until something holds; at most so long."""
        end = time.monotonic() + seconds
        while not holds() and time.monotonic() < end:
            self.read()
            time.sleep(1)
        self.read()

    def of(self, host: Host, kind: str, **details: object) -> list[Event]:
        """The events of a kind with these details."""
        return [
            event
            for event in self.events[host.name]
            if event.kind == kind and all(event.details.get(name) == value for name, value in details.items())
        ]


@dataclass(frozen=True)
class Ack:
    """A HEARTBEAT-ACK on the wire, as tcpdump saw it arrive."""

    at_s: float
    source: str


class Wire:
    """tcpdump on every interface of a host."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._process: subprocess.Popen[str] | None = None
        # Not a pipe: one that nobody empties would hold tcpdump up.
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115

    def __enter__(self) -> Wire:
        command = ["tcpdump", "-i", "any", "-Q", "in", "-nn", "-tt", "-l", "sctp"]
        self._process = self._host.popen(command, stdout=self._said, stderr=subprocess.PIPE)
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "listening on" in line:
                return self
        raise AssertionError("tcpdump did not start")

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def acks(self) -> list[Ack]:
        """All HEARTBEAT-ACKs that arrived since the start; ends the capture."""
        assert self._process is not None
        time.sleep(1)
        self._process.terminate()
        self._process.wait(timeout=30)
        self._said.seek(0)
        text = self._said.read()
        found = re.finditer(r"^(\d+\.\d+) .*?IP6? (\S+)\.\d+ > .*\[HB ACK\]", text, re.MULTILINE)
        return [Ack(float(match[1]), match[2]) for match in found]
