"""DATA and I-DATA chunks on the wire of one host, as tcpdump captured them, on the clock of the probes."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.scenes.hosts import Host
from tests.lab.witness import packets

BEGIN, END, UNORDERED = 2, 1, 4


@dataclass(frozen=True)
class Chunk:
    """``at_ns`` on CLOCK_MONOTONIC; ``ours`` if the host that captured it sent it; ``length`` of its user data.

    ``ppid`` is another number in I-DATA that is not the first of its message.
    """

    at_ns: int
    ours: bool
    type: int
    flags: int
    tsn: int
    stream: int
    ppid: int
    length: int


@dataclass
class Capture:
    """``chunks`` are filled in as the block ends; those of one port, if there is one."""

    host: Host
    port: int
    chunks: list[Chunk] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None
    _folder: tempfile.TemporaryDirectory[str] | None = None
    _file: Path = Path()

    def __enter__(self) -> Capture:
        self._folder = tempfile.TemporaryDirectory()
        self._file = Path(self._folder.name, "pcap")
        self._process = packets.tcpdump(self.host, self._file, f"sctp port {self.port}")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        assert self._process is not None and self._folder is not None
        if kind is None:
            # What was captured has to be written.
            packets.wait_for_the_last()
        self._process.terminate()
        self._process.communicate(timeout=30)
        if kind is None:
            self.chunks += _chunks(self._file, self.host.ipv4[0], _since_boot())
        self._folder.cleanup()

    def sent(self) -> dict[int, list[Chunk]]:
        """Ours by TSN, each time that they were sent."""
        return self._by_tsn(ours=True)

    def arrived(self) -> dict[int, list[Chunk]]:
        """The peer's by TSN, each time that they came."""
        return self._by_tsn(ours=False)

    def _by_tsn(self, ours: bool) -> dict[int, list[Chunk]]:
        found: dict[int, list[Chunk]] = {}
        for chunk in self.chunks:
            if chunk.ours == ours:
                found.setdefault(chunk.tsn, []).append(chunk)
        return found


def _since_boot() -> int:
    """What to take off the wall clock, as of which tcpdump tells, to have CLOCK_MONOTONIC."""
    differences = []
    for _ in range(9):
        before = time.monotonic_ns()
        wall = time.time_ns()
        after = time.monotonic_ns()
        differences.append((after - before, wall - (before + after) // 2))
    return min(differences)[1]


def _chunks(file: Path, own: str, since_boot: int) -> Iterator[Chunk]:
    for one in packets.chunks(file):
        ours, at_ns = one.source[0] == own, one.at_ns - since_boot
        yield Chunk(at_ns, ours, one.type, one.flags, one.tsn, one.stream, one.ppid, len(one.payload))
