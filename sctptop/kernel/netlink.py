"""Netlink messages in a buffer: include/uapi/linux/netlink.h. Pure, no I/O, and safe on any input."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

NLMSG_ERROR: Final = 2
NLMSG_DONE: Final = 3
NLM_F_REQUEST: Final = 0x01
NLM_F_DUMP_INTR: Final = 0x10
NLM_F_DUMP: Final = 0x300

_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
HEADER: Final = _HEADER.size
ATTRIBUTE_HEADER: Final = _ATTRIBUTE.size
_MOST_ERRNO = 4095
"""MAX_ERRNO, include/linux/err.h."""
_TYPE_MASK = 0x3FFF
"""Without NLA_F_NESTED and NLA_F_NET_BYTEORDER."""


class WireError(ValueError):
    """Bytes that cannot be what the kernel's headers say."""


@dataclass(frozen=True, slots=True)
class NetlinkMessage:
    """One netlink message: header fields and payload."""

    type: int
    flags: int
    sequence: int
    payload: bytes


def message(kind: int, flags: int, sequence: int, payload: bytes) -> bytes:
    """One message as it is sent."""
    return _HEADER.pack(_HEADER.size + len(payload), kind, flags, sequence, 0) + payload


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute as it is sent."""
    return (_ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value).ljust(
        _aligned(_ATTRIBUTE.size + len(value)), b"\0"
    )


def messages(buffer: bytes) -> Iterator[NetlinkMessage]:
    """The netlink messages of one received buffer. Raises WireError where a length cannot be."""
    offset = 0
    while offset < len(buffer):
        if len(buffer) - offset < _HEADER.size:
            raise WireError(f"{len(buffer) - offset} bytes are too few for a netlink header")
        length, kind, flags, sequence, _pid = _HEADER.unpack_from(buffer, offset)
        if length < _HEADER.size or offset + length > len(buffer):
            raise WireError(f"netlink message of {length} bytes in a buffer with {len(buffer) - offset} left")
        yield NetlinkMessage(kind, flags, sequence, buffer[offset + _HEADER.size : offset + length])
        offset += _aligned(length)


def errno_of(message: NetlinkMessage) -> int:
    """The errno in an NLMSG_ERROR, or in the payload of an NLMSG_DONE; 0 if there is none."""
    if len(message.payload) < 4:
        return 0
    code: int = struct.unpack_from("=i", message.payload)[0]
    return -code if -_MOST_ERRNO <= code < 0 else 0


def attributes(payload: bytes, offset: int) -> dict[int, bytes]:
    """The attributes from ``offset`` on, by type. Raises WireError where a length cannot be."""
    return {kind: payload[start : start + size] for kind, start, size in attribute_places(payload, offset)}


def attribute_places(payload: bytes, offset: int) -> Iterator[tuple[int, int, int]]:
    """Type, start and size of each attribute from ``offset`` on. Raises WireError where a length cannot be."""
    while len(payload) - offset >= ATTRIBUTE_HEADER:
        length, kind = _ATTRIBUTE.unpack_from(payload, offset)
        if length < ATTRIBUTE_HEADER or offset + length > len(payload):
            raise WireError(
                f"attribute {kind} of {length} bytes in a record with {len(payload) - offset} left"
            )
        yield kind & _TYPE_MASK, offset + ATTRIBUTE_HEADER, length - ATTRIBUTE_HEADER
        offset += _aligned(length)


def _aligned(length: int) -> int:
    return (length + 3) & ~3
