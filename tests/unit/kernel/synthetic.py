"""A host of as many associations as wanted, made of bytes that a kernel sent: a netlink socket and files of /proc."""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address
from pathlib import Path

from sctptop.kernel.netlink import (
    NLM_F_DUMP,
    NLMSG_DONE,
    NLMSG_ERROR,
    NetlinkMessage,
    attribute_places,
    messages,
)
from sctptop.kernel.reading.diag.diag_layouts import INFO, MESSAGE, REQUEST, SctpInfo
from sctptop.kernel.reading.diag.diag_records import INET_DIAG_INFO, INET_DIAG_LOCALS, INET_DIAG_PEERS, LISTEN
from tests.unit.kernel.reading.answers import captured, message

OFFSETS = {member.name: (member.offset, member.size) for member in INFO.members}
ASSOCS = (
    " ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT LADDRS <-> RADDRS "
    "HBINT INS OUTS MAXRT T1X T2X RTXC wmema wmemq sndbuf rcvbuf\n"
)
REMADDR = "ADDR ASSOC_ID HB_ACT RTO MAX_PATH_RTX REM_ADDR_RTX START STATE\n"
EPS = " ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n"
_NUMBERS = {1: "=B", 2: "=H", 4: "=I", 8: "=Q"}


class Entry:
    """One association: two paths, and the bytes of its record. ``bound``: the interface that its socket is bound to.

    ``like``: another that has the same ends.
    """

    def __init__(self, ident: int, payload: bytes, bound: int = 0, like: int | None = None) -> None:
        self.ident = ident
        self.port = 38412
        self.bound = bound
        ends = ident if like is None else like
        self.remote_port = 50_000 + ends % 15_000
        self.rtx_marked = 0
        self.rto = [250, 250]
        self.state = [2, 2]
        self.places = {kind: start for kind, start, _ in attribute_places(payload, MESSAGE.size)}
        self.bytes = bytearray(payload)
        high, low = divmod(ends, 250)
        self.local = "10.9.0.2"
        self.remote = [f"10.{100 + path}.{high}.{low + 1}" for path in (0, 1)]
        self.put("p_rto", 1000)
        self._name()

    @property
    def key(self) -> bytes:
        """Ports, addresses and the interface as a request has them."""
        return bytes(self.bytes[4:40]) + struct.pack("=I", self.bound)

    @property
    def inode(self) -> int:
        return 10_000 + self.ident

    def _name(self) -> None:
        ours, *theirs = (IPv4Address(one).packed for one in (self.local, *self.remote))
        struct.pack_into(">HH", self.bytes, 4, self.port, self.remote_port)
        self.bytes[8:40] = ours + bytes(12) + theirs[0] + bytes(12)
        struct.pack_into("=II", self.bytes, 44, self.ident, 1)
        # Nothing waits to be read: data that lies there would be a sign of trouble.
        struct.pack_into("=I", self.bytes, 56, 0)
        struct.pack_into("=I", self.bytes, 68, self.inode)
        self.put("tag", 0x1000_0000 + self.ident)
        self.put("peer_tag", 0x2000_0000 + self.ident)
        family = struct.pack("=H", socket.AF_INET)
        at = self.places[INET_DIAG_LOCALS]
        self.bytes[at : at + 8] = family + struct.pack(">H", self.port) + ours
        for place, address in enumerate(theirs):
            at = self.places[INET_DIAG_PEERS] + 128 * place
            self.bytes[at : at + 8] = family + struct.pack(">H", self.remote_port) + address
        at = self.places[INET_DIAG_INFO] + OFFSETS["p_address"][0]
        self.bytes[at : at + 8] = family + struct.pack(">H", self.remote_port) + theirs[0]

    def number(self, name: str) -> int:
        offset, size = OFFSETS[name]
        value: int = struct.unpack_from(_NUMBERS[size], self.bytes, self.places[INET_DIAG_INFO] + offset)[0]
        return value

    def put(self, name: str, value: int) -> None:
        """A number of sctp_info."""
        assert name in SctpInfo._fields
        offset, size = OFFSETS[name]
        struct.pack_into(_NUMBERS[size], self.bytes, self.places[INET_DIAG_INFO] + offset, value)

    def grow(self) -> None:
        """What a second of traffic moves."""
        for name, more in (
            ("ipackets", 3),
            ("opackets", 4),
            ("iodchunks", 2),
            ("oodchunks", 2),
            ("isacks", 1),
        ):
            self.put(name, self.number(name) + more)
        self.put("p_cwnd", 4380 + 1500 * (self.number("ipackets") % 7))
        self.put("p_flight_size", 100 * (self.number("ipackets") % 5))
        self.put("peer_rwnd", 106_496 - 100 * (self.number("ipackets") % 5))

    def line(self) -> str:
        """Its line in assocs."""
        peers = " ".join(self.remote)
        ports = f"{self.port} {self.remote_port}"
        return (
            f"32a256e3 f2209462 2   1   3  0   {self.ident}  0  0  0 {self.inode} {ports}  {self.local} <-> "
            f"*{peers} \t    7500    10    10   10    0    0  {self.rtx_marked}        1        0   212992   212992\n"
        )

    def paths(self) -> str:
        """Its lines in remaddr."""
        return "".join(
            f"{address}  {self.ident} 1 {rto} 5 0 0 {state}\n"
            for address, rto, state in zip(self.remote, self.rto, self.state, strict=True)
        )


class SyntheticHost:
    """``folder`` is its /proc/net/sctp; ``disturb`` changes the answers to the look-ups of one send."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.entries: dict[int, Entry] = {}
        self._by_key: dict[bytes, Entry] = {}
        self.counters = {
            "SctpCurrEstab": 0,
            "SctpActiveEstabs": 0,
            "SctpPassiveEstabs": 0,
            "SctpT3Retransmits": 0,
        }
        self.disturb: Callable[[list[bytes]], list[bytes]] = list
        self.lookups = self.dumps = self.listened = self.asked_by_ports = self.opened = self.walks = 0
        self.own_cpu_s = 0.0
        records = [*captured("2")]
        self._endpoint = min(records, key=len)
        self._association = next(payload for payload in records if len(payload) == 912)
        for ident in range(1, count + 1):
            self.begin(ident)
        self.write()

    def begin(self, ident: int, bound: int = 0, like: int | None = None) -> Entry:
        entry = self.entries[ident] = Entry(ident, self._association, bound, like)
        self._by_key[entry.key] = entry
        self.counters["SctpPassiveEstabs"] += 1
        self.counters["SctpCurrEstab"] += 1
        return entry

    def end(self, ident: int) -> None:
        del self._by_key[self.entries.pop(ident).key]
        self.counters["SctpCurrEstab"] -= 1

    def write(self) -> None:
        """Bring the files of /proc up to date."""
        entries = self.entries.values()
        (self.folder / "assocs").write_text(ASSOCS + "".join(entry.line() for entry in entries))
        (self.folder / "remaddr").write_text(REMADDR + "".join(entry.paths() for entry in entries))
        inode = MESSAGE.decode(self._endpoint).inode
        (self.folder / "eps").write_text(f"{EPS}32a256e3 f2209462 2   10  37   38412    0 {inode} 10.9.0.2\n")
        (self.folder / "snmp").write_text(
            "".join(f"{name}\t{value}\n" for name, value in self.counters.items())
        )

    def records(self) -> list[bytes]:
        """What a dump tells: sockets, and associations."""
        entries = self.entries.values()
        return [
            self._endpoint,
            *(self._of_socket(entry) for entry in entries),
            *(bytes(entry.bytes) for entry in entries),
        ]

    def socket(self) -> SyntheticSocket:
        self.opened += 1
        return SyntheticSocket(self)

    def answers(self, data: bytes) -> Iterable[bytes]:
        requests = list(messages(data))
        found = [answer for request in requests for answer in self._answers(request)]
        return found if requests[0].flags & NLM_F_DUMP else self.disturb(found)

    def _answers(self, request: NetlinkMessage) -> list[bytes]:
        flags, sequence, payload = request.flags, request.sequence, request.payload
        if flags & NLM_F_DUMP:
            asked = REQUEST.decode(payload)
            records = []
            if asked.family == socket.AF_INET:
                records = self.records() if asked.states != LISTEN else [self._endpoint]
            ports = payload[8:12]
            if any(ports):
                records = [record for record in records if record[4:8] == ports]
            self.dumps += asked.states != LISTEN and not any(ports)
            self.listened += asked.states == LISTEN
            self.asked_by_ports += any(ports)
            return [
                *(message(20, sequence, record) for record in records),
                message(NLMSG_DONE, sequence, bytes(4)),
            ]
        self.lookups += 1
        entry = self._by_key.get(payload[8:48])
        if entry is None:
            return [message(NLMSG_ERROR, sequence, struct.pack("=i", -errno.ENOENT) + bytes(16))]
        return [message(20, sequence, bytes(entry.bytes))]

    def _of_socket(self, entry: Entry) -> bytes:
        data = bytearray(self._endpoint)
        data[1] = 3
        data[4:8] = entry.bytes[4:8]
        struct.pack_into("=I", data, 40, entry.bound)
        data[44:52] = entry.bytes[44:52]
        struct.pack_into("=I", data, 68, entry.inode)
        return bytes(data)


class SyntheticSocket:
    """What SockDiag needs of a socket."""

    def __init__(self, host: SyntheticHost) -> None:
        self._host = host
        self._waiting: deque[bytes] = deque()
        self.fileno = lambda: 3

    def send(self, data: bytes) -> int:
        begun = time.process_time()
        self._waiting.extend(self._host.answers(data))
        self._host.own_cpu_s += time.process_time() - begun
        return len(data)

    def recv(self, _size: int, _flags: int = 0) -> bytes:
        if not self._waiting:
            raise BlockingIOError(errno.EAGAIN, "nothing waits")
        return self._waiting.popleft()

    def recvmsg(self, size: int) -> tuple[bytes, list[object], int, None]:
        return self.recv(size), [], 0, None

    def close(self) -> None:
        self._waiting.clear()
