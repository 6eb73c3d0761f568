"""Bytes of NETLINK_SOCK_DIAG for SCTP: pure, no I/O, and safe on any input.

Layouts: include/uapi/linux/{netlink,inet_diag,sock_diag,sctp}.h. Records are as the kernel filled them
(net/sctp/diag.c): units are the kernel's, names are the kernel's without their prefix.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

NLMSG_ERROR: Final = 2
NLMSG_DONE: Final = 3
NLM_F_REQUEST: Final = 0x01
NLM_F_DUMP_INTR: Final = 0x10
NLM_F_DUMP: Final = 0x300
SOCK_DIAG_BY_FAMILY: Final = 20
IPPROTO_SCTP: Final = 132

INET_DIAG_INFO: Final = 2
INET_DIAG_SKMEMINFO: Final = 7
INET_DIAG_LOCALS: Final = 12
INET_DIAG_PEERS: Final = 13
INET_DIAG_MARK: Final = 15
INET_DIAG_CGROUP_ID: Final = 21

T3_RTX_TIMER: Final = 4
"""SCTP_EVENT_TIMEOUT_T3_RTX in enum sctp_event_timeout, the only idiag_timer that SCTP reports."""

_NLMSGHDR = struct.Struct("=IHHII")
_RTATTR = struct.Struct("=HH")
_REQUEST = struct.Struct("=BBBBI2s2s16s16sIII")
_MESSAGE = struct.Struct("=BBBBHH16s16sIIIIIIII")
_SOCKADDR_STORAGE: Final = 128

# struct sctp_info, 368 bytes on 6.1; every member in its order, by struct code.
_INFO_MEMBERS: Final[tuple[tuple[str, str], ...]] = (
    ("tag", "I"),
    ("state", "I"),
    ("rwnd", "I"),
    ("unackdata", "H"),
    ("penddata", "H"),
    ("instrms", "H"),
    ("outstrms", "H"),
    ("fragmentation_point", "I"),
    ("inqueue", "I"),
    ("outqueue", "I"),
    ("overall_error", "I"),
    ("max_burst", "I"),
    ("maxseg", "I"),
    ("peer_rwnd", "I"),
    ("peer_tag", "I"),
    ("peer_capable", "B"),
    ("peer_sack", "B"),
    ("", "H"),
    ("isacks", "Q"),
    ("osacks", "Q"),
    ("opackets", "Q"),
    ("ipackets", "Q"),
    ("rtxchunks", "Q"),
    ("outofseqtsns", "Q"),
    ("idupchunks", "Q"),
    ("gapcnt", "Q"),
    ("ouodchunks", "Q"),
    ("iuodchunks", "Q"),
    ("oodchunks", "Q"),
    ("iodchunks", "Q"),
    ("octrlchunks", "Q"),
    ("ictrlchunks", "Q"),
    ("p_address", "128s"),
    ("p_state", "i"),
    ("p_cwnd", "I"),
    ("p_srtt", "I"),
    ("p_rto", "I"),
    ("p_hbinterval", "I"),
    ("p_pathmaxrxt", "I"),
    ("p_sackdelay", "I"),
    ("p_sackfreq", "I"),
    ("p_ssthresh", "I"),
    ("p_partial_bytes_acked", "I"),
    ("p_flight_size", "I"),
    ("p_error", "H"),
    ("", "H"),
    ("s_autoclose", "I"),
    ("s_adaptation_ind", "I"),
    ("s_pd_point", "I"),
    ("s_nodelay", "B"),
    ("s_disable_fragments", "B"),
    ("s_v4mapped", "B"),
    ("s_frag_interleave", "B"),
    ("s_type", "I"),
    ("", "I"),
)
_INFO = struct.Struct("=" + "".join(code for _, code in _INFO_MEMBERS))
INFO_NAMES: Final = tuple(name for name, _ in _INFO_MEMBERS if name and name != "p_address")
"""The numbers of sctp_info, without the prefix ``sctpi_``."""

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


class WireError(ValueError):
    """Bytes that cannot be what the kernel's headers say."""


@dataclass(frozen=True, slots=True)
class NetlinkMessage:
    """One netlink message: header fields and payload."""

    type: int
    flags: int
    sequence: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class DiagRecord:
    """One record of sctp_diag: an endpoint (no peers), or an association.

    ``info`` holds INFO_NAMES, without those that a shorter, older struct ends before.
    ``expires`` is in ms and meaningful when ``timer`` is T3_RTX_TIMER.
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
    info: dict[str, int] = field(default_factory=dict)
    primary: str | None = None
    memory: dict[str, int] = field(default_factory=dict)
    mark: int | None = None
    cgroup_id: int | None = None

    @property
    def is_association(self) -> bool:
        """Endpoint records carry no INET_DIAG_PEERS (inet_sctp_diag_fill)."""
        return bool(self.remote_addresses)


def dump_request(family: int, sequence: int) -> bytes:
    """A request for every SCTP endpoint and association of one address family."""
    return _request(family, sequence, NLM_F_REQUEST | NLM_F_DUMP, 0, 0, bytes(16), bytes(16))


def lookup_request(local: tuple[str, int], remote: tuple[str, int], sequence: int) -> bytes:
    """A request for the one association between two (address, port) ends.

    The kernel finds it by hash (sctp_diag_dump_one). Raises OSError on an address that is none.
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
    )


def _request(
    family: int, sequence: int, flags: int, local_port: int, remote_port: int, local: bytes, remote: bytes
) -> bytes:
    extensions = 1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_SKMEMINFO - 1)
    any_state, any_cookie = 0xFFFFFFFF, 0xFFFFFFFF
    body = _REQUEST.pack(
        family,
        IPPROTO_SCTP,
        extensions,
        0,
        any_state,
        local_port.to_bytes(2, "big"),
        remote_port.to_bytes(2, "big"),
        local,
        remote,
        0,
        any_cookie,
        any_cookie,
    )
    return _NLMSGHDR.pack(_NLMSGHDR.size + len(body), SOCK_DIAG_BY_FAMILY, flags, sequence, 0) + body


def messages(buffer: bytes) -> Iterator[NetlinkMessage]:
    """The netlink messages of one received buffer. Raises WireError where a length cannot be."""
    offset = 0
    while offset < len(buffer):
        if len(buffer) - offset < _NLMSGHDR.size:
            raise WireError(f"{len(buffer) - offset} bytes are too few for a netlink header")
        length, kind, flags, sequence, _pid = _NLMSGHDR.unpack_from(buffer, offset)
        if length < _NLMSGHDR.size or offset + length > len(buffer):
            raise WireError(f"netlink message of {length} bytes in a buffer with {len(buffer) - offset} left")
        yield NetlinkMessage(kind, flags, sequence, buffer[offset + _NLMSGHDR.size : offset + length])
        offset += _aligned(length)


def errno_of(message: NetlinkMessage) -> int:
    """The errno in an NLMSG_ERROR, or in the payload of an NLMSG_DONE; 0 if there is none."""
    if len(message.payload) < 4:
        return 0
    code: int = struct.unpack_from("=i", message.payload)[0]
    return -code if code < 0 else 0


def decode_record(payload: bytes) -> DiagRecord:
    """One inet_diag_msg with its attributes. Raises WireError when it is too short or torn."""
    if len(payload) < _MESSAGE.size:
        raise WireError(f"sock_diag record of {len(payload)} bytes, expected at least {_MESSAGE.size}")
    (family, state, timer, retransmits, sport, dport, source, _destination, _interface, *rest) = (
        _MESSAGE.unpack_from(payload)
    )
    cookie_low, cookie_high, expires, recv_queue, send_queue, uid, inode = rest
    attributes = _attributes(payload, _MESSAGE.size)
    local_addresses = _decode_addresses(attributes.get(INET_DIAG_LOCALS, b""))
    info, primary = _decode_info(attributes.get(INET_DIAG_INFO, b""))
    return DiagRecord(
        family=family,
        state=state,
        timer=timer,
        retransmits=retransmits,
        local_port=socket.ntohs(sport),
        remote_port=socket.ntohs(dport),
        source=_source(source, local_addresses),
        cookie=cookie_high << 32 | cookie_low,
        expires=expires,
        recv_queue=recv_queue,
        send_queue=send_queue,
        uid=uid,
        inode=inode,
        local_addresses=local_addresses,
        remote_addresses=_decode_addresses(attributes.get(INET_DIAG_PEERS, b"")),
        info=info,
        primary=primary,
        memory=_decode_memory(attributes.get(INET_DIAG_SKMEMINFO, b"")),
        mark=_number(attributes.get(INET_DIAG_MARK), 4),
        cgroup_id=_number(attributes.get(INET_DIAG_CGROUP_ID), 8),
    )


def _attributes(payload: bytes, offset: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(payload) - offset >= _RTATTR.size:
        length, kind = _RTATTR.unpack_from(payload, offset)
        if length < _RTATTR.size or offset + length > len(payload):
            raise WireError(
                f"attribute {kind} of {length} bytes in a record with {len(payload) - offset} left"
            )
        found[kind & 0x3FFF] = payload[offset + _RTATTR.size : offset + length]
        offset += _aligned(length)
    return found


def _decode_info(data: bytes) -> tuple[dict[str, int], str | None]:
    """The numbers of a struct sctp_info of any length, and the primary address."""
    values = _INFO.unpack_from(data) if len(data) >= _INFO.size else tuple(_prefix(data))
    named = {name: value for (name, _), value in zip(_INFO_MEMBERS, values, strict=False) if name}
    storage: bytes = named.pop("p_address", b"")
    return named, _decode_sockaddr(storage)


def _prefix(data: bytes) -> Iterator[Any]:
    """The members that a shorter struct holds whole."""
    offset = 0
    for _, code in _INFO_MEMBERS:
        size = struct.calcsize("=" + code)
        if offset + size > len(data):
            return
        yield struct.unpack_from("=" + code, data, offset)[0]
        offset += size


def _decode_memory(data: bytes) -> dict[str, int]:
    # sk_forward_alloc is a signed int that goes below zero; ss prints it as 4294966272.
    words = struct.unpack_from(f"={len(data) // 4}i", data)
    return {
        name: word if name == "fwd_alloc" else word & 0xFFFFFFFF
        for name, word in zip(SKMEMINFO_NAMES, words, strict=False)
    }


def _decode_addresses(data: bytes) -> tuple[str, ...]:
    chunks = (data[at : at + _SOCKADDR_STORAGE] for at in range(0, len(data), _SOCKADDR_STORAGE))
    return tuple(address for chunk in chunks if (address := _decode_sockaddr(chunk)) is not None)


def _decode_sockaddr(storage: bytes) -> str | None:
    """The address of a sockaddr; an IPv4 address mapped into IPv6 is the IPv4 address."""
    if len(storage) < 8:
        return None
    family = int.from_bytes(storage[:2], _NATIVE)
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, storage[4:8])
    if family == socket.AF_INET6 and len(storage) >= 24:
        return text_of_ipv6(storage[8:24])
    return None


def text_of_ipv6(raw: bytes) -> str:
    """Sixteen bytes as text, an IPv4 address mapped into them as IPv4."""
    if raw[:12] == _V4_MAPPED:
        return socket.inet_ntop(socket.AF_INET, raw[12:])
    return socket.inet_ntop(socket.AF_INET6, raw)


def _source(raw: bytes, local_addresses: tuple[str, ...]) -> str | None:
    """Which local address idiag_src means; an AF_INET6 socket keeps an IPv4 one in the first word."""
    readings = (text_of_ipv6(raw), socket.inet_ntop(socket.AF_INET, raw[:4]))
    return next((reading for reading in readings if reading in local_addresses), None)


def _number(data: bytes | None, size: int) -> int | None:
    return int.from_bytes(data[:size], _NATIVE) if data is not None and len(data) >= size else None


def _aligned(length: int) -> int:
    return (length + 3) & ~3


_NATIVE: Final = "little" if struct.pack("=H", 1) == b"\1\0" else "big"
_V4_MAPPED: Final = bytes(10) + b"\xff\xff"
