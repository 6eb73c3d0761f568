from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.kernel.netlink import WireError, messages
from sctptop.kernel.reading.diag.diag_layouts import INFO_NAMES
from sctptop.kernel.reading.diag.diag_records import (
    LISTEN,
    SKMEMINFO_NAMES,
    T3_RTX_TIMER,
    decode_record,
    dump_request,
    lookup_request,
)


def attribute(kind: int, data: bytes) -> bytes:
    return struct.pack("=HH", len(data) + 4, kind) + data + bytes(-len(data) % 4)


def sockaddr(address: str) -> bytes:
    if ":" in address:
        raw = struct.pack("=HHI", socket.AF_INET6, socket.htons(38412), 0) + socket.inet_pton(
            socket.AF_INET6, address
        )
    else:
        raw = struct.pack("=HH", socket.AF_INET, socket.htons(38412)) + socket.inet_pton(
            socket.AF_INET, address
        )
    return raw.ljust(128, b"\0")


def info(size: int = 368) -> bytes:
    """A sctp_info whose 32-bit words are 1, 2, 3, ... with IPv4 as the primary address."""
    raw = bytearray(b"".join(struct.pack("=I", word) for word in range(1, 93)))
    raw[168:296] = sockaddr("10.9.0.2")
    return bytes(raw)[:size] if size <= 368 else bytes(raw) + bytes(size - 368)


def record(info_bytes: bytes, peers: bytes, locals_: bytes, family: int = socket.AF_INET) -> bytes:
    header = struct.pack(
        "=BBBBHH16s16sIIIIIIII",
        family,
        3,
        4,
        1,
        socket.htons(59058),
        socket.htons(38412),
        socket.inet_pton(socket.AF_INET, "10.9.0.1").ljust(16, b"\0"),
        bytes(16),
        0,
        0x11,
        0x22,
        850,
        100,
        2048,
        1000,
        12194,
    )
    attributes = attribute(2, info_bytes) + attribute(12, locals_) + attribute(13, peers)
    memory = struct.pack("=9I", *range(1, 10))
    return header + attributes + attribute(7, memory) + attribute(15, struct.pack("=I", 5))


def test_a_record_of_an_association() -> None:
    found = decode_record(record(info(), sockaddr("10.9.0.2") + sockaddr("fd00::2"), sockaddr("10.9.0.1")))
    assert found.is_association
    assert (found.local_port, found.remote_port, found.state) == (59058, 38412, 3)
    assert (found.recv_queue, found.send_queue, found.uid, found.inode) == (100, 2048, 1000, 12194)
    assert found.cookie == 0x22 << 32 | 0x11
    assert found.local_addresses == ("10.9.0.1",)
    assert found.remote_addresses == ("10.9.0.2", "fd00::2")
    assert (found.source, found.primary) == ("10.9.0.1", "10.9.0.2")
    assert set(found.info) == set(INFO_NAMES)
    assert found.info["tag"] == 1
    assert found.info["p_cwnd"] == 76
    assert tuple(found.memory) == SKMEMINFO_NAMES
    assert (found.memory["drops"], found.mark, found.cgroup_id) == (9, 5, None)


@pytest.mark.parametrize("size", [*range(0, 369, 4), 376, 400])
def test_a_shorter_or_longer_info_gives_just_the_members_it_holds(size: int) -> None:
    whole = decode_record(record(info(), b"", b"")).info
    part = decode_record(record(info(size), b"", b"")).info
    assert part.items() <= whole.items()
    assert len(part) == len(whole) or size < 368
    assert ("p_flight_size" in part) == (size >= 340)


def test_memory_is_read_by_the_order_of_the_kernel_and_only_what_it_forwards_may_be_negative() -> None:
    words = (1, 2, 3, 4, -5, -1, 7, 8, 9)
    head = record(b"", b"", b"")[:72]
    assert decode_record(head + attribute(7, struct.pack("=9i", *words))).memory == {
        "rmem_alloc": 1,
        "rcvbuf": 2,
        "wmem_alloc": 3,
        "sndbuf": 4,
        "fwd_alloc": -5,
        "wmem_queued": 0xFFFFFFFF,
        "optmem": 7,
        "backlog": 8,
        "drops": 9,
    }
    # Older kernels end before drops; bytes after the last whole word are none.
    assert tuple(decode_record(head + attribute(7, bytes(34))).memory) == SKMEMINFO_NAMES[:8]


def test_a_record_is_read_from_its_last_byte_on_and_not_before() -> None:
    assert decode_record(WHOLE[:72]).remote_addresses == ()
    with pytest.raises(WireError, match="of 71 bytes, expected at least 72"):
        decode_record(WHOLE[:71])


def test_an_interface_is_told_by_its_index() -> None:
    bound = bytearray(WHOLE)
    bound[40:44] = struct.pack("=I", 7)
    assert (decode_record(bytes(bound)).interface, decode_record(WHOLE).interface) == (7, 0)


def test_an_endpoint_is_no_association() -> None:
    found = decode_record(record(b"", b"", sockaddr("10.9.0.1")))
    assert not found.is_association and (found.info, found.primary) == ({}, None)


def test_a_timer_is_told_with_what_is_left_of_it() -> None:
    found = decode_record(WHOLE)
    assert (found.family, found.timer, found.retransmits, found.expires) == (2, T3_RTX_TIMER, 1, 850)
    # enum sctp_event_timeout: NONE, T1_COOKIE, T1_INIT, T2_SHUTDOWN, T3_RTX.
    assert T3_RTX_TIMER == 4


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        (sockaddr("10.9.0.2")[:8], "10.9.0.2"),
        (sockaddr("10.9.0.2")[:7], None),
        (sockaddr("fd00::2")[:24], "fd00::2"),
        (sockaddr("fd00::2")[:23], None),
        (b"\x07\0" + bytes(126), None),
        (bytes(128), None),
    ],
)
def test_an_address_is_read_where_it_is_whole_and_of_a_known_family(raw: bytes, address: str | None) -> None:
    found = decode_record(record(b"", raw, b""))
    assert found.remote_addresses == ((address,) if address else ())


def test_an_address_behind_one_that_cannot_be_read_is_read() -> None:
    peers = bytes(128) + sockaddr("10.9.0.2") + sockaddr("::1")
    assert decode_record(record(b"", peers, b"")).remote_addresses == ("10.9.0.2", "::1")


def test_the_source_is_a_local_address_or_unknown() -> None:
    assert decode_record(record(b"", b"", sockaddr("10.9.0.9"))).source is None
    six = bytearray(record(b"", b"", sockaddr("10.9.0.9") + sockaddr("fd00::1"), socket.AF_INET6))
    six[8:24] = socket.inet_pton(socket.AF_INET6, "fd00::1")
    assert decode_record(bytes(six)).source == "fd00::1"


def test_mark_and_cgroup_are_read_where_they_are_whole() -> None:
    head = WHOLE[:72]
    both = attribute(15, struct.pack("=I", 7)) + attribute(21, struct.pack("=Q", 1 << 40 | 5))
    found = decode_record(head + both)
    assert (found.mark, found.cgroup_id) == (7, 1 << 40 | 5)
    torn = decode_record(head + attribute(15, bytes(3)) + attribute(21, bytes(7)))
    assert (torn.mark, torn.cgroup_id) == (None, None)
    # Marked as nested or of network order: bits that are not of the type.
    assert decode_record(head + attribute(15 | 0x8000, struct.pack("=I", 7))).mark == 7
    assert decode_record(head + attribute(15 | 0x4000, struct.pack("=I", 7))).mark == 7


def test_an_ipv4_address_on_an_ipv6_socket_is_an_ipv4_address() -> None:
    mapped = decode_record(record(info(), sockaddr("::ffff:10.9.0.2"), sockaddr("10.9.0.1"), socket.AF_INET6))
    assert mapped.remote_addresses == ("10.9.0.2",)
    assert mapped.source == "10.9.0.1"


def test_requests_ask_for_all_of_a_family_or_for_one_by_its_ends() -> None:
    # NLM_F_REQUEST, NLM_F_ROOT and NLM_F_MATCH; SOCK_DIAG_BY_FAMILY; INET_DIAG_INFO and INET_DIAG_SKMEMINFO.
    (dump,) = messages(dump_request(socket.AF_INET6, 9))
    assert (dump.type, dump.sequence, dump.flags) == (20, 9, 0x1 | 0x100 | 0x200)
    assert dump.payload[:8] == bytes((socket.AF_INET6, 132, 1 << 1 | 1 << 6, 0)) + b"\xff" * 4
    # Any port and address, any interface, no cookie (INET_DIAG_NOCOOKIE).
    assert dump.payload[8:] == bytes(40) + b"\xff" * 8
    (some,) = messages(dump_request(socket.AF_INET6, 9, (38412, 59058), LISTEN))
    assert (
        some.payload[4:]
        == struct.pack("=I", 1 << 10) + struct.pack("!HH", 38412, 59058) + bytes(36) + b"\xff" * 8
    )
    (one,) = messages(lookup_request(("10.9.0.1", 59058), ("10.9.0.2", 38412), 3))
    assert (one.type, one.sequence, one.flags, one.payload[0]) == (20, 3, 0x1, socket.AF_INET)
    assert one.payload[8:12] == struct.pack("!HH", 59058, 38412)
    assert one.payload[12:16] + one.payload[28:32] == bytes((10, 9, 0, 1, 10, 9, 0, 2))
    assert one.payload[44:] == bytes(4) + b"\xff" * 8
    # idiag_if lies between the addresses and the cookie, in the order of the host.
    (bound,) = messages(lookup_request(("10.9.0.1", 59058), ("10.9.0.2", 38412), 3, interface=0x010203))
    assert bound.payload[44:] == struct.pack("=I", 0x010203) + b"\xff" * 8
    assert bound.payload[:44] == one.payload[:44]
    (six,) = messages(lookup_request(("fd00::1", 1), ("fd00::2", 2), 3))
    assert six.payload[0] == socket.AF_INET6
    assert six.payload[12:44] == b"".join(socket.inet_pton(socket.AF_INET6, f"fd00::{n}") for n in (1, 2))


@given(st.binary(max_size=600))
def test_any_bytes_are_messages_and_records_or_a_wire_error(data: bytes) -> None:
    for decode in (decode_record, lambda raw: list(messages(raw))):
        try:
            decode(data)
        except WireError as error:
            assert len(str(error).splitlines()) == 1


WHOLE = record(info(), sockaddr("10.9.0.2"), sockaddr("10.9.0.1"))


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(0, len(WHOLE)))
def test_a_flipped_or_cut_record_does_no_harm(at: int, value: int, length: int) -> None:
    torn = bytearray(WHOLE)
    torn[at] = value
    try:
        decode_record(bytes(torn)[:length])
    except WireError:
        pass


def test_an_address_that_means_nothing_without_its_interface_comes_with_it() -> None:
    scoped, other = bytearray(sockaddr("fe80::2")), bytearray(sockaddr("fd00::2"))
    struct.pack_into("=I", scoped, 24, 3)
    # As the kernel leaves it in any address that came in a packet.
    struct.pack_into("=I", other, 24, 2)
    peers = bytes(scoped) + bytes(other) + sockaddr("10.9.0.2")
    found = decode_record(record(info(), peers, sockaddr("fe80::1"), socket.AF_INET6))
    assert found.remote_addresses == ("fe80::2", "fd00::2", "10.9.0.2")
    assert found.scopes == {"fe80::2": 3}
    torn = (bytes(scoped[:size]) for size in range(128))
    assert all(
        decode_record(record(info(), one, sockaddr("fe80::1"))).scopes in ({}, {"fe80::2": 3}) for one in torn
    )
