"""tcpdump in one host or both, the DATA and I-DATA chunks that it saw, and the way of each read off two files.

RFC 9260 section 3.3.1, RFC 8260 section 2.1.
"""

from __future__ import annotations

import struct
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.scenes.hosts import Host

NANOSECONDS_MAGIC = 0xA1B23C4D
ETHERNET, IPV4_SCTP, DATA = 14, 132, 0
HEADERS = {DATA: 16, 64: 20}
"""Of the two types of chunk, in bytes."""


@dataclass(frozen=True)
class Chunk:
    """A chunk of one packet, CLOCK_REALTIME. ``source`` and ``target``: address, port.

    ``ppid`` is another number in I-DATA that is not the first of its message.
    """

    at_ns: int
    source: tuple[str, int]
    target: tuple[str, int]
    tag: int
    type: int
    flags: int
    tsn: int
    stream: int
    ppid: int
    payload: bytes


@dataclass(frozen=True)
class Way:
    """A message (of one chunk) from its first transmission until it could be read; CLOCK_REALTIME, ns.

    ``sent_ns``: when the transmission that arrived first was made; ``noticed_ns``: when a later one arrived before it,
    else None; ``order_ns``: when the last one before it in its stream had arrived, or it did.
    """

    out_of: tuple[str, int]
    payload: bytes
    first_ns: int
    sent_ns: int
    all_sent_ns: tuple[int, ...]
    arrived_ns: int
    order_ns: int
    noticed_ns: int | None


@contextmanager
def captured(*hosts: Host) -> Iterator[list[Path]]:
    """A file for each host; they are whole once the block has ended."""
    with tempfile.TemporaryDirectory(prefix="wire-") as folder:
        files = [Path(folder, f"{host.name}.pcap") for host in hosts]
        running = [tcpdump(host, file, "sctp") for host, file in zip(hosts, files, strict=True)]
        try:
            yield files
        finally:
            for process in running:
                process.kill()
                process.communicate()


def tcpdump(host: Host, file: Path, what: str) -> subprocess.Popen[str]:
    """At work on the first link of the host."""
    words = ["-i", host.interfaces[0], "-U", "-n", "-w", str(file), "--time-stamp-precision=nano"]
    # As root tcpdump would become another user, who may not write there.
    words += ["-Z", "root", "--immediate-mode", what]
    process = host.popen(["tcpdump", "-B", "16384", *words], stderr=subprocess.PIPE)
    assert process.stderr is not None
    for line in process.stderr:
        if "listening on" in line:
            return process
    raise AssertionError("tcpdump did not start")


def chunks(file: Path) -> Iterator[Chunk]:
    """All of them, in the order in which they were seen."""
    data = file.read_bytes()
    (magic,) = struct.unpack_from("<I", data)
    assert magic == NANOSECONDS_MAGIC
    at = 24
    while at + 16 <= len(data):
        seconds, nanoseconds, size, _ = struct.unpack_from("<IIII", data, at)
        packet = data[at + 16 : at + 16 + size]
        if len(packet) < size:
            return
        at += 16 + size
        yield from _data(packet, seconds * 10**9 + nanoseconds)


def _data(packet: bytes, at_ns: int) -> Iterator[Chunk]:
    ip = packet[ETHERNET:]
    assert ip[0] >> 4 == 4 and ip[9] == IPV4_SCTP
    addresses = [".".join(map(str, ip[place : place + 4])) for place in (12, 16)]
    sctp = ip[(ip[0] & 15) * 4 : int.from_bytes(ip[2:4], "big")]
    from_port, to_port, tag = struct.unpack_from("!HHI", sctp)
    at = 12
    while at + 4 <= len(sctp):
        kind, flags, length = struct.unpack_from("!BBH", sctp, at)
        if kind in HEADERS:
            tsn, stream = struct.unpack_from("!IH", sctp, at + 4)
            begin = at + HEADERS[kind]
            (ppid,) = struct.unpack_from("!I", sctp, begin - 4)
            ends = (addresses[0], from_port), (addresses[1], to_port)
            yield Chunk(at_ns, *ends, tag, kind, flags, tsn, stream, ppid, sctp[begin : at + length])
        at += max(length + 3 & ~3, 4)


@dataclass
class _Seen:
    sent: list[int] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    chunk: Chunk | None = None


def ways(files: list[Path], hosts: tuple[Host, Host]) -> list[Way]:
    """Of all messages that arrived, from the captures of both ends; each is one chunk, and TSNs do not begin anew."""
    seen: dict[tuple[int, int], _Seen] = defaultdict(_Seen)
    for file, host in zip(files, hosts, strict=True):
        for chunk in chunks(file):
            found = seen[chunk.tag, chunk.tsn]
            found.chunk = chunk
            (found.sent if chunk.source[0] in host.ipv4 else found.arrived).append(chunk.at_ns)
    whole = [one for one in seen.values() if one.sent and one.arrived and one.chunk is not None]
    return sorted(_ways(whole), key=lambda way: way.first_ns)


def _ways(whole: list[_Seen]) -> Iterator[Way]:
    by_tag: dict[int, list[tuple[Chunk, int, list[int]]]] = defaultdict(list)
    for one in whole:
        assert one.chunk is not None
        by_tag[one.chunk.tag].append((one.chunk, min(one.arrived), one.sent))
    for of_tag in by_tag.values():
        of_tag.sort(key=lambda entry: entry[0].tsn)
        in_order: dict[int, int] = {}
        for place, (chunk, arrived_ns, sent) in enumerate(of_tag):
            order_ns = max(in_order.get(chunk.stream, 0), arrived_ns)
            in_order[chunk.stream] = order_ns
            later = [other for _, other, _ in of_tag[place + 1 :] if other < arrived_ns]
            yield Way(
                out_of=chunk.source,
                payload=chunk.payload,
                first_ns=min(sent),
                sent_ns=max(at_ns for at_ns in sent if at_ns <= arrived_ns),
                all_sent_ns=tuple(sent),
                arrived_ns=arrived_ns,
                order_ns=order_ns,
                noticed_ns=min(later, default=None),
            )


def wait_for_the_last() -> None:
    """tcpdump writes a packet a moment after it was seen."""
    time.sleep(1)
