"""sctptop's own source with probes in a lab host, read at a steady pace, and what else counts the same things."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sctptop.kernel.live import LiveSource
from sctptop.kernel.probes import Probes
from sctptop.model.event import Event
from sctptop.model.sample import Sample
from tests.lab.hosts import Host, inside

LOAD_S = 180.0
"""For the compiler, which an emulated machine runs twenty times slower."""


@dataclass
class Watched:
    """A host with a source of its own; ``events`` are all that came, ``sample`` the newest reading."""

    host: Host
    every_change: bool = False
    events: list[Event] = field(default_factory=list)
    lost: int = 0
    sample: Sample | None = None

    def __post_init__(self) -> None:
        self.probes = Probes(self.every_change)
        self.source = LiveSource(self.probes)

    def read(self) -> Sample:
        """One reading, from inside the host."""
        with inside(self.host):
            self.sample = self.source.read()
        self.events += self.sample.events
        self.lost += self.sample.events_lost
        return self.sample

    def of(self, kind: str, **details: object) -> list[Event]:
        """The events of a kind with these details."""
        return [
            event
            for event in self.events
            if event.kind == kind and all(event.details.get(name) == value for name, value in details.items())
        ]


@contextmanager
def watching(*watched: Watched) -> Iterator[None]:
    """Waits until all probes are on; takes them away in the end."""
    try:
        deadline = time.monotonic() + LOAD_S
        for one in watched:
            one.probes.start()
        for one in watched:
            one.probes.settle(max(deadline - time.monotonic(), 1))
            assert one.probes.state == "ok", one.probes.state
            one.read()
            one.events.clear()
        yield
    finally:
        for one in watched:
            one.source.close()


def read_for(seconds: float, watched: Iterable[Watched], interval_s: float = 1.0) -> None:
    """Reads all of them again and again."""
    every = list(watched)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for one in every:
            one.read()
        time.sleep(interval_s)
    for one in every:
        one.read()


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

    def __enter__(self) -> Wire:
        command = ["tcpdump", "-i", "any", "-Q", "in", "-nn", "-tt", "-l", "sctp"]
        self._process = self._host.popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "listening on" in line:
                return self
        raise AssertionError("tcpdump did not start")

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def acks(self) -> list[Ack]:
        """All HEARTBEAT-ACKs that arrived since the start; ends the capture."""
        assert self._process is not None
        time.sleep(1)
        self._process.terminate()
        text = self._process.communicate(timeout=30)[0]
        found = re.finditer(r"^(\d+\.\d+) .*?IP6? (\S+)\.\d+ > .*\[HB ACK\]", text, re.MULTILINE)
        return [Ack(float(match[1]), match[2]) for match in found]
