"""The SCTP socket API at the level of bytes: options, addresses, stream and PPID, getsockopt results.

Python's socket module knows only the protocol number. Layouts are those of the kernel's <linux/sctp.h>.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass

IPPROTO_SCTP = 132
NGAP_PPID = 60

RTOINFO, ASSOCINFO, INITMSG, NODELAY = 0, 1, 2, 3
PEER_ADDR_PARAMS, EVENTS, STATUS, PEER_ADDR_INFO, DELAYED_SACK = 9, 11, 14, 15, 16
ASSOC_ID_LIST, BINDX_ADD, PEELOFF, PEER_ADDRS, LOCAL_ADDRS, CONNECTX = 29, 100, 102, 108, 109, 110
SNDRCV = 1  # the type of the ancillary data
HEARTBEAT_ENABLE, HEARTBEAT_DISABLE, HEARTBEAT_DEMAND = 1, 2, 4
MSG_NOTIFICATION = 0x8000
SINFO_EOF, SINFO_ABORT = 0x200, 0x4

STATES = (
    *("EMPTY", "CLOSED", "COOKIE_WAIT", "COOKIE_ECHOED", "ESTABLISHED"),
    *("SHUTDOWN_PENDING", "SHUTDOWN_SENT", "SHUTDOWN_RECEIVED", "SHUTDOWN_ACK_SENT"),
)

_SNDRCVINFO = struct.Struct("=HHH2xIIIIIi")
_PADDRINFO = struct.Struct("=i128siIIII")
_STATUS = struct.Struct(f"=iiIHHHHI{_PADDRINFO.size}s")
_PADDRPARAMS = struct.Struct("=i128sIHIIIIBx")


@dataclass(frozen=True)
class PeerAddress:
    """SCTP_GET_PEER_ADDR_INFO of one address. `srtt` is in jiffies as the kernel leaves it, `rto` in ms."""

    address: str
    state: int
    cwnd: int
    srtt: int
    rto: int
    mtu: int


@dataclass(frozen=True)
class Status:
    """SCTP_STATUS: `rwnd` is the peer's window in bytes, `unacked` and `pending` count chunks."""

    assoc_id: int
    state: str
    rwnd: int
    unacked: int
    pending: int
    in_streams: int
    out_streams: int
    fragmentation_point: int
    primary: PeerAddress


@dataclass(frozen=True)
class Message:
    """One received message, or a notification of the kernel's (`notification`), whose data is its struct."""

    data: bytes
    stream: int
    ppid: int
    assoc_id: int
    notification: bool
    peer: tuple[str, int] | None


def family_of(address: str) -> socket.AddressFamily:
    """AF_INET6 for an address with a colon, else AF_INET."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def new_socket(address: str, *, one_to_many: bool = False) -> socket.socket:
    """An unbound SCTP socket of the family of `address`."""
    kind = socket.SOCK_SEQPACKET if one_to_many else socket.SOCK_STREAM
    return socket.socket(family_of(address), kind, IPPROTO_SCTP)


def pack_address(address: str, port: int) -> bytes:
    """A sockaddr_in or sockaddr_in6 (16 or 28 bytes)."""
    packed = socket.inet_pton(family_of(address), address)
    if len(packed) == 4:
        return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + packed + bytes(8)
    return struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 0) + packed + bytes(4)


def unpack_address(data: bytes) -> tuple[str, int, int]:
    """Address, port, and the bytes the sockaddr takes."""
    family = int.from_bytes(data[:2], sys.byteorder)
    port = int.from_bytes(data[2:4], "big")
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, data[4:8]), port, 16
    if family == socket.AF_INET6:
        return socket.inet_ntop(socket.AF_INET6, data[8:24]), port, 28
    return "", 0, 16


def bind_all(sock: socket.socket, addresses: Sequence[str], port: int) -> None:
    """Binds to one or several addresses (bindx); port 0 lets the kernel choose one."""
    sock.bind((addresses[0], port))
    if len(addresses) > 1:
        chosen = sock.getsockname()[1]
        rest = b"".join(pack_address(address, chosen) for address in addresses[1:])
        sock.setsockopt(IPPROTO_SCTP, BINDX_ADD, rest)


def connect_all(sock: socket.socket, addresses: Sequence[str], port: int) -> None:
    """Associates with a peer of one or several addresses (connectx); waits if the socket blocks."""
    packed = b"".join(pack_address(address, port) for address in addresses)
    try:
        sock.setsockopt(IPPROTO_SCTP, CONNECTX, packed)
    except BlockingIOError:
        if sock.gettimeout() != 0:
            raise


def set_nodelay(sock: socket.socket, on: bool = True) -> None:
    """Switches Nagle's algorithm off (or on)."""
    sock.setsockopt(IPPROTO_SCTP, NODELAY, int(on))


def set_rto(sock: socket.socket, *, initial: int = 0, maximum: int = 0, minimum: int = 0) -> None:
    """Retransmission time-outs in ms; 0 leaves one as it is."""
    sock.setsockopt(IPPROTO_SCTP, RTOINFO, struct.pack("=iIII", 0, initial, maximum, minimum))


def set_init(sock: socket.socket, *, streams: int = 0, attempts: int = 0, max_timeout: int = 0) -> None:
    """Streams to ask for, tries of INIT, and the longest wait between them in ms; 0 = default."""
    sock.setsockopt(IPPROTO_SCTP, INITMSG, struct.pack("=HHHH", streams, streams, attempts, max_timeout))


def set_association_retries(sock: socket.socket, retries: int) -> None:
    """How many retransmissions in a row an association survives (asocmaxrxt)."""
    sock.setsockopt(IPPROTO_SCTP, ASSOCINFO, struct.pack("=iHHIII", 0, retries, 0, 0, 0, 0))


def set_sack_delay(sock: socket.socket, delay: int) -> None:
    """SACK delay in ms; 0: a SACK for each packet (RFC 6458, 8.1.19: that is what a frequency of 1 means)."""
    sock.setsockopt(IPPROTO_SCTP, DELAYED_SACK, struct.pack("=iII", 0, delay, 0 if delay else 1))


def set_heartbeat(sock: socket.socket, interval: int) -> None:
    """The heartbeat interval of the socket's paths in ms (RTO and jitter come on top); below 0 none are sent."""
    switch = HEARTBEAT_ENABLE if interval >= 0 else HEARTBEAT_DISABLE
    parameters = _PADDRPARAMS.pack(0, bytes(128), max(interval, 0), 0, 0, 0, switch, 0, 0)
    sock.setsockopt(IPPROTO_SCTP, PEER_ADDR_PARAMS, parameters)


def demand_heartbeat(sock: socket.socket, address: str, port: int) -> None:
    """Sends one now to an address of the peer; its answer confirms the path."""
    where = pack_address(address, port).ljust(128, b"\0")
    parameters = _PADDRPARAMS.pack(0, where, 0, 0, 0, 0, HEARTBEAT_DEMAND, 0, 0)
    sock.setsockopt(IPPROTO_SCTP, PEER_ADDR_PARAMS, parameters)


def want_message_info(sock: socket.socket, *, associations: bool = False) -> None:
    """Lets `receive` see stream, PPID and association id; `associations`: also news of births and deaths."""
    sock.setsockopt(IPPROTO_SCTP, EVENTS, bytes([1, int(associations)]))


def send(
    sock: socket.socket,
    data: bytes,
    *,
    stream: int = 0,
    ppid: int = NGAP_PPID,
    to: tuple[str, int] | None = None,
    assoc_id: int = 0,
    flags: int = 0,
    more: bool = False,
) -> int:
    """Sends one message. One-to-many sockets name the receiver by address or by association id."""
    info = _SNDRCVINFO.pack(stream, 0, flags, socket.htonl(ppid), 0, 0, 0, 0, assoc_id)
    ancillary = [(IPPROTO_SCTP, SNDRCV, info)]
    how = socket.MSG_MORE if more else 0
    return sock.sendmsg([data] if data else [], ancillary, how, *([] if to is None else [to]))


def receive(sock: socket.socket, size: int = 65536) -> Message:
    """Receives one message (at most `size` bytes); empty and no notification: the peer closed."""
    data, ancillary, flags, peer = sock.recvmsg(size, socket.CMSG_SPACE(_SNDRCVINFO.size))
    stream = ppid = assoc_id = 0
    for level, kind, content in ancillary:
        if (level, kind) == (IPPROTO_SCTP, SNDRCV) and len(content) >= _SNDRCVINFO.size:
            fields = _SNDRCVINFO.unpack_from(content)
            stream, ppid, assoc_id = fields[0], socket.ntohl(fields[3]), fields[8]
    return Message(data, stream, ppid, assoc_id, bool(flags & MSG_NOTIFICATION), peer[:2] if peer else None)


def status(sock: socket.socket, assoc_id: int = 0) -> Status:
    """SCTP_STATUS of an association; `assoc_id` is needed on one-to-many sockets only.

    A one-to-one socket that is not yet established gets EINVAL from the kernel.
    """
    raw = _getsockopt(sock, STATUS, struct.pack("=i", assoc_id).ljust(_STATUS.size, b"\0"))
    ident, state, rwnd, unacked, pending, ins, outs, fragment, primary = _STATUS.unpack(raw)
    return Status(ident, STATES[state], rwnd, unacked, pending, ins, outs, fragment, _peer(primary))


def peers(sock: socket.socket, assoc_id: int = 0) -> list[PeerAddress]:
    """SCTP_GET_PEER_ADDR_INFO of every address of the peer."""
    ident = status(sock, assoc_id).assoc_id
    found = []
    for address, port in _addresses(sock, PEER_ADDRS, assoc_id):
        storage = pack_address(address, port).ljust(128, b"\0")
        request = _PADDRINFO.pack(ident, storage, 0, 0, 0, 0, 0)
        found.append(_peer(_getsockopt(sock, PEER_ADDR_INFO, request)))
    return found


def local_addresses(sock: socket.socket, assoc_id: int = 0) -> list[str]:
    """The addresses of our end of the association."""
    return [address for address, _ in _addresses(sock, LOCAL_ADDRS, assoc_id)]


def association_ids(sock: socket.socket) -> list[int]:
    """The ids of a one-to-many socket's associations; [0] for a one-to-one socket, which needs none."""
    if sock.type != socket.SOCK_SEQPACKET:
        return [0]
    raw = _getsockopt(sock, ASSOC_ID_LIST, bytes(65536))
    (count,) = struct.unpack_from("=I", raw)
    return list(struct.unpack_from(f"={count}i", raw, 4))


def peel_off(sock: socket.socket, assoc_id: int) -> socket.socket:
    """Takes one association out of a one-to-many socket into a socket of its own.

    The calling thread must be in the socket's network namespace, else the kernel says EINVAL.
    """
    raw = _getsockopt(sock, PEELOFF, struct.pack("=ii", assoc_id, 0))
    return socket.socket(fileno=struct.unpack("=ii", raw)[1])


def _peer(raw: bytes) -> PeerAddress:
    _, storage, state, cwnd, srtt, rto, mtu = _PADDRINFO.unpack(raw)
    return PeerAddress(unpack_address(storage)[0], state, cwnd, srtt, rto, mtu)


def _addresses(sock: socket.socket, option: int, assoc_id: int) -> list[tuple[str, int]]:
    raw = _getsockopt(sock, option, struct.pack("=iI", assoc_id, 0).ljust(4096, b"\0"))
    (count,) = struct.unpack_from("=I", raw, 4)
    found, offset = [], 8
    for _ in range(count):
        address, port, size = unpack_address(raw[offset : offset + 28])
        found.append((address, port))
        offset += size
    return found


def _getsockopt(sock: socket.socket, option: int, request: bytes) -> bytes:
    # Python's own getsockopt cannot hand the kernel an association id or an address to answer for.
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(request, len(request))
    length = ctypes.c_uint32(len(request))
    if libc.getsockopt(sock.fileno(), IPPROTO_SCTP, option, buffer, ctypes.byref(length)) < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return buffer.raw
