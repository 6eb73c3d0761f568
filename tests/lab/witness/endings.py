"""ABORT and SHUTDOWN chunks on the wire, as tcpdump saw them. RFC 9260 sections 3.3.7 and 3.3.8."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.lab.witness.packets import ETHERNET, IPV4_SCTP, NANOSECONDS_MAGIC

ABORT, SHUTDOWN = 6, 7


@dataclass(frozen=True)
class Ending:
    """One chunk that ends an association; ``cause`` is the first of an ABORT that has one."""

    source: tuple[str, int]
    target: tuple[str, int]
    type: int
    t_bit: bool
    cause: int | None


def endings(file: Path) -> list[Ending]:
    """All of a capture, in the order in which they were seen."""
    data = file.read_bytes()
    assert struct.unpack_from("<I", data)[0] == NANOSECONDS_MAGIC
    found: list[Ending] = []
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from("<IIII", data, at)[2]
        packet = data[at + 16 : at + 16 + size]
        at += 16 + size
        if len(packet) == size and packet[ETHERNET] >> 4 == 4 and packet[ETHERNET + 9] == IPV4_SCTP:
            found += _of_packet(packet[ETHERNET:])
    return found


def _of_packet(ip: bytes) -> Iterator[Ending]:
    addresses = [".".join(map(str, ip[place : place + 4])) for place in (12, 16)]
    sctp = ip[(ip[0] & 15) * 4 : int.from_bytes(ip[2:4], "big")]
    ports = struct.unpack_from("!HH", sctp)
    at = 12
    while at + 4 <= len(sctp):
        kind, flags, length = struct.unpack_from("!BBH", sctp, at)
        if kind in (ABORT, SHUTDOWN):
            cause = int.from_bytes(sctp[at + 4 : at + 6], "big") if kind == ABORT and length >= 8 else None
            source, target = zip(addresses, ports, strict=True)
            yield Ending(source, target, type=kind, t_bit=bool(flags & 1), cause=cause)
        at += max(length + 3 & ~3, 4)
