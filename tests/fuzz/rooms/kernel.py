"""What the kernel answers: netlink, /proc/net/sctp, records of probes, and its types."""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.netlink import WireError, errno_of, messages
from sctptop.kernel.probes.events import Clocks, event
from sctptop.kernel.probes.ngap_records import ngap_events, ngap_record
from sctptop.kernel.program.bpf.btf import BtfError, KernelTypes
from sctptop.kernel.program.bpf.libbpf import LibbpfError
from sctptop.kernel.reading.associations import merge_associations
from sctptop.kernel.reading.diag.diag_records import DiagRecord, decode_record
from sctptop.kernel.reading.endpoints import endpoints
from sctptop.kernel.reading.procfs import parse_assocs, parse_eps, parse_remaddr, parse_snmp
from sctptop.kernel.reading.sockdiag import SockDiag, SockDiagError
from sctptop.kernel.ways.route_lookup import RouteError, RouteLookup, load
from sctptop.schema import event_to_json
from tests.fuzz import seeds
from tests.fuzz.target import Choices, Target

NETNS = 4026531840
CLOCKS = Clocks(datetime(2026, 11, 23, tzinfo=timezone.utc), 5_000_000_000, JiffyClock(250))
MEMBERS = ("cwnd", "c.tail", "c.high", "c.whole", "asoc", "peer.transport", "ipaddr.v4.sin_addr")


class Answering:
    """A netlink socket whose kernel says the same bytes to every question, under the number of the question."""

    def __init__(self, data: bytes, numbered: bool) -> None:
        self._data, self._numbered = data, numbered
        self._sequence = b""
        self._answers = 0

    def send(self, request: bytes) -> None:
        self._sequence = request[8:12]
        self._answers = 1

    def recvmsg(self, size: int) -> tuple[bytes, list[Any], int, None]:
        if not self._answers:
            raise OSError(errno.EAGAIN, "no more")
        self._answers -= 1
        data = self._data
        if self._numbered:
            data = data[:8] + self._sequence + data[12:]
        return data[:size], [], socket.MSG_TRUNC if len(data) > size else 0, None

    def close(self) -> None:
        pass


def netlink(data: bytes) -> None:
    """A buffer of sock_diag as records, and those as associations."""
    records: list[DiagRecord] = []
    with suppress(WireError):
        for message in messages(data):
            errno_of(message)
            with suppress(WireError):
                records.append(decode_record(message.payload))
    merge_associations(NETNS, records, [], [], JiffyClock(250))


def record(data: bytes) -> None:
    """One record, without the header that a coverage-guided fuzzer keeps breaking."""
    with suppress(WireError):
        merge_associations(NETNS, [decode_record(data)], [], [], JiffyClock(250))


def dump(data: bytes) -> None:
    """A whole dump, and lookups, through the reader of the socket."""
    answering: Any = Answering(data[1:], bool(data[:1] < b"\xf0"))
    diag = SockDiag(lambda: answering)
    with suppress(SockDiagError):
        diag.dump()
    with suppress(SockDiagError):
        list(diag.look_up([(("10.9.0.1", 1), ("10.9.0.2", 2)), (("fd00::1", 1), ("fd00::2", 2))]))


def route(data: bytes) -> None:
    """The answer to a question for a route or an interface."""
    load()
    choices = Choices(data[:1])
    kind = choices.byte()
    answering: Any = Answering(data[1:], kind < 0xF0)
    lookup = RouteLookup(lambda: answering)
    with suppress(RouteError):
        if kind & 1:
            lookup.link(2)
        elif kind & 2:
            lookup.route("fd00::2", "fd00::1", 2)
        else:
            lookup.route("10.9.0.2", "10.9.0.1")


def proc(data: bytes) -> None:
    """assocs, remaddr and eps, each behind a NUL, and what is made of them together."""
    parts = [part.decode("ascii", "replace") for part in (data + b"\0\0\0").split(b"\0")[:3]]
    assocs, remaddr, eps = parse_assocs(parts[0]), parse_remaddr(parts[1]), parse_eps(parts[2])
    merge_associations(NETNS, [], assocs, remaddr, JiffyClock(250))
    endpoints(NETNS, eps)


def snmp(data: bytes) -> None:
    """The counters."""
    parse_snmp(data.decode("ascii", "replace"))


def probe_event(data: bytes) -> None:
    """A record of the events' buffer."""
    found = event(data, CLOCKS)
    if found is not None:
        event_to_json(found)


def ngap_event(data: bytes) -> None:
    """Records of the messages' buffer, of equal length."""
    size = max(len(data) // 3, 1)
    records = (ngap_record(data[at : at + size]) for at in range(0, len(data), size))
    for found in ngap_events([one for one in records if one is not None], CLOCKS):
        event_to_json(found)


class _Folder:
    """A folder of BTF whose files are in memory; one that would be empty is not there."""

    def __init__(self) -> None:
        self._here: set[str] = set()
        self.files = {name: os.memfd_create(name) for name in ("vmlinux", "sctp")}

    def __truediv__(self, name: str) -> Path:
        return Path(f"/proc/self/fd/{self.files[name] if name in self._here else -1}")

    def hold(self, contents: Mapping[str, bytes]) -> None:
        self._here = {name for name, data in contents.items() if data}
        for name, data in contents.items():
            os.ftruncate(self.files[name], 0)
            os.pwrite(self.files[name], data, 0)


_FOLDER: list[_Folder] = []


def btf(data: bytes) -> None:
    """The kernel's types, the base and the module's in one: how long the base is, then both."""
    if not _FOLDER:
        _FOLDER.append(_Folder())
    folder: Any = _FOLDER[0]
    (size,) = struct.unpack("<H", data[:2].ljust(2, b"\0"))
    folder.hold({"vmlinux": data[2 : 2 + size], "sctp": data[2 + size :]})
    with suppress(BtfError, LibbpfError), KernelTypes(folder=folder) as types:
        for struct_name in ("sctp_transport", "sk_buff", "with_bits", "inner"):
            types.knows(struct_name)
            for member in MEMBERS:
                with suppress(BtfError):
                    types.member(struct_name, member)


TARGETS = {
    "netlink": Target(netlink, seeds.netlink_buffers, 8192),
    "diag-record": Target(record, seeds.diag_records),
    "dump": Target(dump, lambda: [b"\0" + buffer for buffer in seeds.netlink_buffers()], 8192),
    "route": Target(route, seeds.route_answers),
    "proc": Target(proc, seeds.proc_files),
    "snmp": Target(snmp, lambda: [seeds.proc_file("snmp")]),
    "probe-event": Target(probe_event, seeds.probe_events, 256),
    "ngap-event": Target(ngap_event, seeds.ngap_events, 768),
    "btf": Target(btf, seeds.btf_files, 32768),
}
