"""Netlink messages as bytes: include/uapi/linux/netlink.h."""

from __future__ import annotations

import struct

import pytest

from sctptop.kernel.netlink import (
    NLM_F_DUMP,
    NLM_F_DUMP_INTR,
    NLM_F_REQUEST,
    NLMSG_DONE,
    NLMSG_ERROR,
    NetlinkMessage,
    WireError,
    attributes,
    errno_of,
    message,
    messages,
)


def raw(length: int, payload: bytes = b"", kind: int = 20) -> bytes:
    return struct.pack("=IHHII", length, kind, 0x5, 7, 4711) + payload


def error(code: int) -> NetlinkMessage:
    return NetlinkMessage(NLMSG_ERROR, 0, 1, struct.pack("=i", code))


def test_numbers_are_those_of_the_kernel() -> None:
    assert (NLMSG_ERROR, NLMSG_DONE) == (2, 3)
    assert (NLM_F_REQUEST, NLM_F_DUMP_INTR, NLM_F_DUMP) == (0x1, 0x10, 0x100 | 0x200)


def test_a_message_is_sent_with_its_length_and_no_port_of_ours() -> None:
    assert message(20, 0x301, 9, b"abcde") == struct.pack("=IHHII", 21, 20, 0x301, 9, 0) + b"abcde"


def test_messages_follow_each_other_at_multiples_of_four() -> None:
    buffer = raw(17, b"a" + bytes(3)) + raw(16) + raw(20, b"abcd", 3)
    assert list(messages(buffer)) == [
        NetlinkMessage(20, 0x5, 7, b"a"),
        NetlinkMessage(20, 0x5, 7, b""),
        NetlinkMessage(3, 0x5, 7, b"abcd"),
    ]
    # The last one need not be filled up.
    assert [one.payload for one in messages(raw(17, b"a"))] == [b"a"]


@pytest.mark.parametrize(
    ("buffer", "says"),
    [
        (raw(16) + bytes(15), "15 bytes are too few for a netlink header"),
        (raw(16) + raw(15), "message of 15 bytes in a buffer with 16 left"),
        (raw(16) + raw(17), "message of 17 bytes in a buffer with 16 left"),
        (raw(0), "message of 0 bytes"),
    ],
)
def test_a_length_that_cannot_be_is_an_error(buffer: bytes, says: str) -> None:
    with pytest.raises(WireError, match=says):
        list(messages(buffer))


@pytest.mark.parametrize(("code", "found"), [(-2, 2), (-1, 1), (0, 0), (5, 0)])
def test_an_errno_is_the_negative_number_at_the_head(code: int, found: int) -> None:
    assert errno_of(error(code)) == found


def test_an_answer_too_short_for_an_errno_has_none() -> None:
    assert errno_of(NetlinkMessage(NLMSG_DONE, 0, 1, bytes.fromhex("fffeff"))) == 0


def test_attributes_start_where_it_is_said_and_are_as_long_as_they_say() -> None:
    body = (
        struct.pack("=HH", 5, 1)
        + b"a"
        + bytes(3)
        + struct.pack("=HH", 4, 2)
        + struct.pack("=HH", 8, 3)
        + b"abcd"
    )
    assert attributes(b"head" + body, 4) == {1: b"a", 2: b"", 3: b"abcd"}
    # An empty one at the very end; fewer bytes than a header hold none.
    assert attributes(struct.pack("=HH", 4, 2), 0) == {2: b""}
    assert attributes(struct.pack("=HH", 4, 2) + bytes(3), 0) == {2: b""}


@pytest.mark.parametrize("length", [0, 3, 9])
def test_an_attribute_shorter_than_its_header_or_longer_than_the_record_is_an_error(length: int) -> None:
    with pytest.raises(WireError, match=f"attribute 1 of {length} bytes in a record with 8 left"):
        attributes(b"head" + struct.pack("=HH", length, 1) + b"abcd", 4)
