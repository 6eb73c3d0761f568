"""DATA and I-DATA chunks on the wire, as tcpdump captured them; RFC 9260 section 3.3.1, RFC 8260 section 2.1."""

from __future__ import annotations

import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.scenes.hosts import Host

BEGIN, END, UNORDERED = 2, 1, 4
_HEADERS = {0: 16, 64: 20}
"""Of the two types of chunk, in bytes."""
NANOSECOND_PCAP = 0xA1B23C4D


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

    def __enter__(self) -> Capture:
        self._folder = tempfile.TemporaryDirectory()
        file = str(Path(self._folder.name, "pcap"))
        device = self.host.interfaces[0]
        command = ["tcpdump", "-i", device, "-w", file, "-U", "--time-stamp-precision=nano", "-B", "8192"]
        # As root tcpdump would become another user, who may not write there.
        command += ["-Z", "root", "--immediate-mode", f"sctp port {self.port}"]
        self._process = self.host.popen(command, stderr=subprocess.PIPE)
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "listening on" in line:
                return self
        raise AssertionError("tcpdump did not start")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        assert self._process is not None and self._folder is not None
        if kind is None:
            # What was captured has to be written.
            time.sleep(1)
        self._process.terminate()
        self._process.communicate(timeout=30)
        data = Path(self._folder.name, "pcap").read_bytes()
        self._folder.cleanup()
        if kind is None:
            self.chunks += _chunks(data, self.host.ipv4[0], _since_boot())

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


def _chunks(data: bytes, own: str, since_boot: int) -> Iterator[Chunk]:
    (magic,) = struct.unpack_from("<I", data)
    assert magic == NANOSECOND_PCAP
    at = 24
    while at + 16 <= len(data):
        seconds, nanoseconds, captured, _ = struct.unpack_from("<IIII", data, at)
        packet = data[at + 16 : at + 16 + captured]
        at += 16 + captured
        assert packet[12:14] == b"\x08\x00", "not IPv4 over Ethernet"
        ours = ".".join(map(str, packet[26:30])) == own
        at_ns = seconds * 1_000_000_000 + nanoseconds - since_boot
        # Behind Ethernet, IPv4 and the common header of SCTP.
        place, end = 14 + (packet[14] & 15) * 4 + 12, 14 + int.from_bytes(packet[16:18], "big")
        while place + 4 <= end:
            kind, flags, length = struct.unpack_from("!BBH", packet, place)
            if kind in _HEADERS:
                tsn, stream = struct.unpack_from("!IH", packet, place + 4)
                (ppid,) = struct.unpack_from("!I", packet, place + _HEADERS[kind] - 4)
                yield Chunk(at_ns, ours, kind, flags, tsn, stream, ppid, length - _HEADERS[kind])
            place += max(4, length + -length % 4)
