"""Requests and records of NETLINK_SOCK_DIAG for SCTP: pure, no I/O, and safe on any input.

Records are as the kernel filled them (net/sctp/diag.c), in its units.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final

from sctptop.kernel.netlink import NLM_F_DUMP, NLM_F_REQUEST, WireError, attributes, message
from sctptop.kernel.reading.diag.diag_layouts import (
    INFO,
    INFO_NAMES,
    MESSAGE,
    REQUEST,
    SOCKADDR_STORAGE,
    DiagRequest,
    SocketId,
)
from sctptop.model.associations.numbers import Numbers, places_of

SOCK_DIAG_BY_FAMILY: Final = 20
IPPROTO_SCTP: Final = 132

INET_DIAG_INFO: Final = 2
INET_DIAG_SKMEMINFO: Final = 7
INET_DIAG_LOCALS: Final = 12
INET_DIAG_PEERS: Final = 13
INET_DIAG_MARK: Final = 15
INET_DIAG_CGROUP_ID: Final = 21

ANY_STATE: Final = 0xFFFFFFFF
LISTEN: Final = 1 << 10
"""Of idiag_states: TCPF_LISTEN, the bit of SCTP_SS_LISTENING."""

T3_RTX_TIMER: Final = 4
"""SCTP_EVENT_TIMEOUT_T3_RTX in enum sctp_event_timeout, the only idiag_timer that SCTP reports."""

SCTP_SS_LISTENING: Final = 10
"""include/net/sctp/constants.h."""

SKMEMINFO_NAMES: Final = (
    "rmem_alloc",
    "rcvbuf",
    "wmem_alloc",
    "sndbuf",
    "fwd_alloc",
    "wmem_queued",
    "optmem",
    "backlog",
    "drops",
)
"""The words of INET_DIAG_SKMEMINFO in their order: enum in include/uapi/linux/sock_diag.h."""


@dataclass(frozen=True, slots=True)
class DiagRecord:
    """One record of sctp_diag: an endpoint (no peers), or an association.

    ``info`` holds INFO_NAMES, without those that a shorter, older struct ends before.
    ``expires`` is in ms and meaningful when ``timer`` is T3_RTX_TIMER. ``interface`` is an index or 0: the one that
    an endpoint is bound to, and the one that the primary path of an association leaves by. ``scopes`` holds those
    of remote addresses that mean nothing without (sin6_scope_id). ``raw``: the bytes that all of it was read from.
    ``shape``: what it was read by, where that was quick (diag_shapes.py).
    """

    family: int
    state: int
    timer: int
    retransmits: int
    local_port: int
    remote_port: int
    source: str | None
    cookie: int
    expires: int
    recv_queue: int
    send_queue: int
    uid: int
    inode: int
    local_addresses: tuple[str, ...] = ()
    remote_addresses: tuple[str, ...] = ()
    info: Mapping[str, int] = field(default_factory=dict)
    primary: str | None = None
    memory: Mapping[str, int] = field(default_factory=dict)
    mark: int | None = None
    cgroup_id: int | None = None
    interface: int = 0
    scopes: Mapping[str, int] = field(default_factory=dict)
    raw: bytes = field(default=b"", repr=False, compare=False)
    shape: Any = field(default=None, repr=False, compare=False)

    @property
    def is_association(self) -> bool:
        """Endpoint records carry no INET_DIAG_PEERS (inet_sctp_diag_fill)."""
        return bool(self.remote_addresses)

    def is_of(self, other: DiagRecord) -> bool:
        """Whether both are of one association with the same addresses: all is equal that is no number that moves."""
        info, others = self.info, other.info
        return (
            _names(self) == _names(other)
            and info.get("tag", 0) == others.get("tag", 0)
            and info.get("peer_tag", 0) == others.get("peer_tag", 0)
        )


_names = attrgetter(
    *("cookie", "local_port", "remote_port", "primary", "interface", "source"),
    *("local_addresses", "remote_addresses", "scopes"),
)


def dump_request(
    family: int, sequence: int, ports: tuple[int, int] = (0, 0), states: int = ANY_STATE
) -> bytes:
    """A request for the SCTP endpoints and associations of one address family.

    ``ports``: only those between a local and a remote port, 0 is any. ``states``: with LISTEN alone, endpoints that
    listen and nothing else.
    """
    return _request(family, sequence, NLM_F_REQUEST | NLM_F_DUMP, *ports, bytes(16), bytes(16), states=states)


def lookup_request(
    local: tuple[str, int], remote: tuple[str, int], sequence: int, interface: int = 0
) -> bytes:
    """A request for the one association between two (address, port) ends.

    The kernel finds it by hash (sctp_diag_dump_one), since Linux 6.2 only with the index of the interface that its
    socket is bound to, 0 for none. Raises OSError on an address that is none.
    """
    family = socket.AF_INET6 if ":" in remote[0] else socket.AF_INET
    return _request(
        family,
        sequence,
        NLM_F_REQUEST,
        local[1],
        remote[1],
        socket.inet_pton(family, local[0]).ljust(16, b"\0"),
        socket.inet_pton(family, remote[0]).ljust(16, b"\0"),
        interface,
    )


def _request(
    family: int,
    sequence: int,
    flags: int,
    local_port: int,
    remote_port: int,
    local: bytes,
    remote: bytes,
    interface: int = 0,
    states: int = ANY_STATE,
) -> bytes:
    extensions = 1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_SKMEMINFO - 1)
    any_cookie = 0xFFFFFFFF
    ports = socket.htons(local_port), socket.htons(remote_port)
    ends = SocketId(*ports, local, remote, interface, any_cookie, any_cookie)
    body = REQUEST.encode(DiagRequest(family, IPPROTO_SCTP, extensions, 0, states, ends))
    return message(SOCK_DIAG_BY_FAMILY, flags, sequence, body)


def decode_record(payload: bytes) -> DiagRecord:
    """One inet_diag_msg with its attributes. Raises WireError when it is too short or torn."""
    if len(payload) < MESSAGE.size:
        raise WireError(f"sock_diag record of {len(payload)} bytes, expected at least {MESSAGE.size}")
    head = MESSAGE.decode(payload)
    found = attributes(payload, MESSAGE.size)
    local_addresses = _decode_addresses(found.get(INET_DIAG_LOCALS, b""))
    remote_addresses = _decode_addresses(found.get(INET_DIAG_PEERS, b""))
    info, primary = _decode_info(found.get(INET_DIAG_INFO, b""))
    memory = _decode_memory(found.get(INET_DIAG_SKMEMINFO, b""))
    if not remote_addresses:
        info, memory = alike(info), alike(memory)
    return DiagRecord(
        family=head.family,
        state=head.state,
        timer=head.timer,
        retransmits=head.retrans,
        local_port=socket.ntohs(head.id.sport),
        remote_port=socket.ntohs(head.id.dport),
        source=_source(head.id.src, local_addresses),
        cookie=head.id.cookie_high << 32 | head.id.cookie_low,
        expires=head.expires,
        recv_queue=head.rqueue,
        send_queue=head.wqueue,
        uid=head.uid,
        inode=head.inode,
        local_addresses=local_addresses,
        remote_addresses=remote_addresses,
        info=info,
        primary=primary,
        memory=memory,
        mark=_number(found.get(INET_DIAG_MARK), 4),
        cgroup_id=_number(found.get(INET_DIAG_CGROUP_ID), 8),
        interface=head.id.interface,
        scopes=_decode_scopes(found.get(INET_DIAG_PEERS, b"")),
        raw=payload,
    )


@lru_cache(256)
def alike(values: Any) -> Any:
    """The same object for equal ones: sockets of one program are set alike, and have their addresses in common."""
    return values


def _decode_info(data: bytes) -> tuple[Numbers, str | None]:
    """The numbers of a struct sctp_info of any length, and the primary address."""
    places, pick, primary = _whole_members(min(len(data), INFO.size))
    held = data[primary : primary + SOCKADDR_STORAGE] if primary else b""
    return Numbers(places, pick(data)), _decode_sockaddr(held)


@cache
def _whole_members(size: int) -> tuple[Mapping[str, int], Callable[[bytes], tuple[Any, ...]], int]:
    """The numbers that so many bytes of a struct sctp_info hold whole, what reads them, and where the primary is."""
    whole = [member for member in INFO.members if member.offset + member.size <= size]
    names = tuple(member.name for member in whole if member.name in INFO_NAMES)
    primary = next((member.offset for member in whole if member.name == _PRIMARY), 0)
    return places_of(names), INFO.picker(*names), primary


def _decode_memory(data: bytes) -> Numbers:
    # sk_forward_alloc is a signed int that goes below zero; ss prints it as 4294966272.
    words = struct.unpack_from(f"={len(data) // 4}i", data)
    numbers = tuple(
        word if name == "fwd_alloc" else word & 0xFFFFFFFF
        for name, word in zip(SKMEMINFO_NAMES, words, strict=False)
    )
    return Numbers(places_of(SKMEMINFO_NAMES[: len(numbers)]), numbers)


def _decode_addresses(data: bytes) -> tuple[str, ...]:
    chunks = (data[at : at + SOCKADDR_STORAGE] for at in range(0, len(data), SOCKADDR_STORAGE))
    found: tuple[str, ...] = alike(tuple(one for one in map(_decode_sockaddr, chunks) if one is not None))
    return found


def _decode_scopes(data: bytes) -> Mapping[str, int]:
    """Those of link-local addresses. Of others it is where a packet once came from, and SCTP does not route by it."""
    chunks = (data[at : at + SOCKADDR_STORAGE] for at in range(0, len(data), SOCKADDR_STORAGE))
    found = {
        text_of_ipv6(chunk[8:24]): scope
        for chunk in chunks
        if int.from_bytes(chunk[:2], _NATIVE) == socket.AF_INET6
        and (scope := _number(chunk[24:28], 4))
        and int.from_bytes(chunk[8:10], "big") & 0xFFC0 == 0xFE80
    }
    return found or _NO_SCOPES


def _decode_sockaddr(storage: bytes) -> str | None:
    """The address of a sockaddr; an IPv4 address mapped into IPv6 is the IPv4 address."""
    if len(storage) < 8:
        return None
    family = int.from_bytes(storage[:2], _NATIVE)
    if family == socket.AF_INET:
        return text_of_ipv4(storage[4:8])
    if family == socket.AF_INET6 and len(storage) >= 24:
        return text_of_ipv6(storage[8:24])
    return None


def text_of_ipv6(raw: bytes) -> str:
    """Sixteen bytes as text, an IPv4 address mapped into them as IPv4."""
    if raw[:12] == _V4_MAPPED:
        return text_of_ipv4(raw[12:])
    return sys.intern(socket.inet_ntop(socket.AF_INET6, raw))


def text_of_ipv4(raw: bytes) -> str:
    """Four bytes as text: the same object for the same address, of which each source has thousands."""
    return sys.intern(socket.inet_ntop(socket.AF_INET, raw))


def _source(raw: bytes, local_addresses: tuple[str, ...]) -> str | None:
    """Which local address idiag_src means; an AF_INET6 socket keeps an IPv4 one in the first word."""
    readings = (text_of_ipv6(raw), text_of_ipv4(raw[:4]))
    return next((reading for reading in readings if reading in local_addresses), None)


def _number(data: bytes | None, size: int) -> int | None:
    return int.from_bytes(data[:size], _NATIVE) if data is not None and len(data) >= size else None


_NATIVE: Final = "little" if struct.pack("=H", 1) == b"\1\0" else "big"
_PRIMARY: Final = "p_address"
_NO_SCOPES: Final[Mapping[str, int]] = {}
_V4_MAPPED: Final = bytes(10) + b"\xff\xff"
