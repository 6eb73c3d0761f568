"""Why a message was sent, what a RAN node calls itself, and lengths: value by value, and byte by byte."""

from __future__ import annotations

from typing import Any

import pytest

from sctptop.model.ngap import header
from sctptop.model.ngap.header import Header, decode
from sctptop.model.ngap.ppid import NGAP, S1AP
from tests.unit.model.ngap.ngap_pdus import encode, encoded, ie, kind, kinds
from tests.unit.model.ngap.ngap_values import GROUPS, Dice, failed_sessions

CAUSE_IE = {NGAP: 15, S1AP: 2}


def told(data: bytes, ppid: int) -> tuple[str | None, int | None]:
    message = decode(data, ppid, len(data))
    assert message.odd is None
    return message.cause_group, message.cause


@pytest.mark.parametrize("ppid", [NGAP, S1AP])
def test_every_cause_alone_and_behind_the_ids(ppid: int) -> None:
    setup = "NGSetupFailure" if ppid == NGAP else "S1SetupFailure"
    ids = [ie(10, "AMF-UE-NGAP-ID", 7), ie(85, "RAN-UE-NGAP-ID", 8)]
    if ppid == S1AP:
        ids = [ie(0, "MME-UE-S1AP-ID", 7), ie(8, "ENB-UE-S1AP-ID", 8)]
    for group, names in GROUPS[ppid].items():
        for number, name in enumerate(names):
            why = ie(CAUSE_IE[ppid], "Cause", (group, name))
            assert told(encode(kind(ppid, setup), [why]), ppid) == (group, number)
            data = encode(kind(ppid, "UEContextReleaseRequest"), [*ids, why])
            assert told(data, ppid) == (group, number)
            assert decode(data, ppid, len(data))[2:4] == (7, 8)


def test_every_cause_of_a_session_that_could_not_be_set_up() -> None:
    dice = Dice(41)
    response = kind(NGAP, "PDUSessionResourceSetupResponse")
    ids = [ie(10, "AMF-UE-NGAP-ID", (1 << 40) - 1), ie(85, "RAN-UE-NGAP-ID", (1 << 32) - 1)]
    for group, names in GROUPS[NGAP].items():
        for number, name in enumerate(names):
            failed = ie(58, "PDUSessionResourceFailedToSetupListSURes", failed_sessions(dice, (group, name)))
            data = encode(response, [*ids, failed])
            assert told(data, NGAP) == (group, number)
            # Its own IE is enough: 39 bytes behind the longest ids.
            assert decode(data[:39], NGAP, len(data))[-4:-2] == (group, number)
    lists = encode(response, ids)
    assert told(lists, NGAP) == (None, None)


@pytest.mark.parametrize("ppid", [NGAP, S1AP])
def test_every_message_with_a_cause_gives_it(ppid: int) -> None:
    """But one that has its NAS message before."""
    with_cause = [one for one in kinds(ppid) if any(ident == CAUSE_IE[ppid] for ident, _, _ in one.ies)]
    assert len(with_cause) > 15
    for one in with_cause:
        ies = [ie(CAUSE_IE[ppid], "Cause", ("misc", "hardware-failure"))]
        assert told(encode(one, ies), ppid) == (
            ("misc", 2) if one.name != "NASNonDeliveryIndication" else (None, None)
        )


def of_cause(octets: str, ppid: int = NGAP) -> Header:
    """Of a setup failure with these octets for a cause."""
    value = bytes.fromhex(octets)
    body = bytes([0, 0, 1, 0, CAUSE_IE[ppid], 0x40, len(value)]) + value
    data = bytes([0x40, 21 if ppid == NGAP else 17, 0, len(body)]) + body
    return decode(data, ppid, len(data))


@pytest.mark.parametrize(
    ("octets", "ppid", "group", "number"),
    [
        ("0540", NGAP, "radioNetwork", 21),  # 000 0 010101
        ("0b00", NGAP, "radioNetwork", 44),
        ("0b40", NGAP, None, None),  # 45, and the root has 45
        ("0fc0", NGAP, None, None),
        ("1000", NGAP, "radioNetwork", 45),  # 000 1 0 000000: the first of the extension
        ("17e0", NGAP, "radioNetwork", 45 + 63),
        ("1800", NGAP, None, None),  # 64 and more have another form
        ("20", NGAP, "transport", 0),
        ("28", NGAP, "transport", 1),
        ("3000", NGAP, "transport", 2),
        ("44", NGAP, "nas", 1),
        ("6e", NGAP, None, None),  # protocol 7
        ("6c", NGAP, "protocol", 6),
        ("8a", NGAP, "misc", 5),
        ("8c", NGAP, None, None),
        ("a0", NGAP, None, None),  # choice-Extensions
        ("c000", NGAP, None, None),
        ("e000", NGAP, None, None),
        ("0460", S1AP, "radioNetwork", 35),  # 0000 0 100011
        ("0480", S1AP, None, None),
        ("0800", S1AP, "radioNetwork", 36),
        ("0ff0", S1AP, None, None),
        ("1400", S1AP, "transport", 1),
        ("22", S1AP, "nas", 1),
        ("45", S1AP, "misc", 5),
        ("50", S1AP, None, None),  # no sixth alternative
        ("8000", S1AP, None, None),  # an alternative of a later release
    ],
)
def test_bits_of_a_cause(octets: str, ppid: int, group: str | None, number: int | None) -> None:
    message = of_cause(octets, ppid)
    assert (message.cause_group, message.cause, message.odd) == (group, number, None)


@pytest.mark.parametrize(
    ("octets", "ppid"), [("05", NGAP), ("", NGAP), ("30", NGAP), ("04", S1AP), ("", S1AP)]
)
def test_a_cause_that_does_not_fit_its_ie(octets: str, ppid: int) -> None:
    assert of_cause(octets, ppid).odd == header.BAD_SIZE


def test_a_cause_before_the_ids() -> None:
    """No specification writes them so, and none of the three is missed."""
    ies = [ie(15, "Cause", ("nas", "deregister")), ie(85, "RAN-UE-NGAP-ID", 8), ie(10, "AMF-UE-NGAP-ID", 7)]
    data = encode(kind(NGAP, "UEContextReleaseRequest"), ies)
    assert decode(data, NGAP, len(data)) == Header("initiatingMessage", 42, 7, 8, cause_group="nas", cause=2)


def test_nothing_is_read_behind_both_ids_and_the_cause() -> None:
    data = bytes.fromhex("002a4018 000004 000a0002 0007 00550002 0008 000f4002 0540 0013407f 00")
    data = data[:3] + bytes([len(data) - 4]) + data[4:]
    told = Header("initiatingMessage", 42, 7, 8, cause_group="radioNetwork", cause=21)
    assert decode(data, NGAP, len(data)) == told


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        ("00 00 05 02 00a0", ("radioNetwork", 20)),  # 000 000 0 010100
        ("00 00 05 01 05", ("transport", 1)),  # 000 001 0 1
        ("00 00 05 01 14", (None, None)),  # 000 101: choice-Extensions
        ("00 00 05 01 00", header.BAD_SIZE),
        ("00 00 05 03 0500", header.BAD_SIZE),
        ("00 00 05 00", header.BAD_SIZE),
        ("00 00 05", header.BAD_SIZE),
        ("00 00", header.BAD_SIZE),
        ("", header.BAD_SIZE),
    ],
)
def test_bits_of_a_list_of_failed_sessions(octets: str, expected: Any) -> None:
    """How many, bits of the first, its number, and an OCTET STRING that begins with three bits and the cause."""
    value = bytes.fromhex(octets)
    body = bytes([0, 0, 2, 0, 58, 0x40, len(value)]) + value + bytes.fromhex("0055 00 02 0008")
    data = bytes([0x20, 29, 0, len(body)]) + body
    message = decode(data, NGAP, len(data))
    if expected == header.BAD_SIZE:
        assert message.odd == expected
    else:
        assert (message.cause_group, message.cause) == expected and message.odd is None


def test_the_same_ie_in_another_message_is_another() -> None:
    """Of NGAP 58 and 27, of S1AP 59 tell something in a few messages only; 15 is no cause of S1AP."""
    value = bytes.fromhex("00000502 0a88")
    for first, procedure, ppid, ident in (
        (0x00, 29, NGAP, 58),
        (0x20, 26, NGAP, 58),
        (0x20, 21, NGAP, 27),
        (0x00, 33, NGAP, 27),
        (0x00, 49, S1AP, 59),
        (0x40, 17, S1AP, 15),
        (0x00, 46, NGAP, 15),
    ):
        body = bytes([0, 0, 1, 0, ident, 0x40, len(value)]) + value
        data = bytes([first, procedure, 0, len(body)]) + body
        message = decode(data, ppid, len(data))
        assert message == Header(message.pdu, procedure)


@pytest.mark.parametrize(
    ("ppid", "name", "ident", "type_name", "value"),
    [
        (
            NGAP,
            name,
            27,
            "GlobalRANNodeID",
            ("globalGNB-ID", {"pLMNIdentity": b"\0\xf1\x10", "gNB-ID": ("gNB-ID", (0xABCDEF, 32))}),
        )
        for name in ("NGSetupRequest", "RANConfigurationUpdate")
    ]
    + [
        (
            S1AP,
            "S1SetupRequest",
            59,
            "Global-ENB-ID",
            {"pLMNidentity": b"\0\xf1\x10", "eNB-ID": ("macroENB-ID", (0xABCDE, 20))},
        )
    ],
)
def test_the_name_of_a_node_is_all_of_its_id(
    ppid: int, name: str, ident: int, type_name: str, value: Any
) -> None:
    octets = encoded(ppid, type_name, value)
    assert octets.hex() == {NGAP: "0000f1105000abcdef", S1AP: "0000f11000abcde0"}[ppid]
    data = encode(kind(ppid, name), [ie(ident, type_name, value)])
    assert decode(data, ppid, len(data)).ran_node == octets.hex()
    assert decode(data[:-1], ppid, len(data)) == Header("initiatingMessage", data[1])
    empty = data[: -len(octets) - 1] + b"\0"
    empty = empty[:3] + bytes([len(empty) - 4]) + empty[4:]
    assert decode(empty, ppid, len(empty)) == Header("initiatingMessage", data[1])


@pytest.mark.parametrize("size", [1, 113, 114, 115, 126, 127, 128, 129, 16000])
def test_lengths_of_one_byte_and_of_two(size: int) -> None:
    """Up to 127 in one byte: of an IE, or with an id behind it of the message, which is 13 longer."""

    def sized(body: bytes) -> bytes:
        return (bytes([len(body)]) if len(body) < 128 else (0x8000 | len(body)).to_bytes(2, "big")) + body

    ran_id = bytes.fromhex("00550002 0007")
    other = b"\0\x09\0" + sized(b"\xff" * size)
    data = b"\0\x0f\x40" + sized(b"\0\0\2" + other + ran_id)
    assert decode(data, NGAP, len(data)) == Header("initiatingMessage", 15, None, 7)


def test_a_nas_message_longer_than_one_length_can_tell() -> None:
    """In fragments: its type stands in the first, its length is not known."""
    nas = b"\x7e\0\x67" + bytes(20_000)
    ies = [ie(10, "AMF-UE-NGAP-ID", 7), ie(85, "RAN-UE-NGAP-ID", 8), ie(38, "NAS-PDU", nas)]
    data = encode(kind(NGAP, "UplinkNASTransport"), ies)
    message = decode(data, NGAP, len(data))
    assert (message.nas, message.nas_length, message.odd) == (0x67, None, None)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 126, 127, 128, 129, 8000, 16000])
def test_the_length_of_nas_is_told_before_any_of_it_is_there(size: int) -> None:
    nas = (b"\x7e\2" * 8000)[:size]
    ies = [ie(10, "AMF-UE-NGAP-ID", 7), ie(85, "RAN-UE-NGAP-ID", 8), ie(38, "NAS-PDU", nas)]
    data = encode(kind(NGAP, "UplinkNASTransport"), ies)
    told = Header("initiatingMessage", 46, 7, 8, nas_length=size)
    begin = len(data) - size
    assert decode(data, NGAP, len(data)) == decode(data[:begin], NGAP, len(data)) == told
    assert decode(data[: begin - 1], NGAP, len(data)).nas_length is None


@pytest.mark.parametrize(
    ("ppid", "name", "ident", "type_name"),
    [
        (NGAP, "NGSetupRequest", 82, "RANNodeName"),
        (NGAP, "NGSetupResponse", 1, "AMFName"),
        (S1AP, "S1SetupRequest", 60, "ENBname"),
        (S1AP, "S1SetupResponse", 61, "MMEname"),
    ],
)
def test_a_node_is_named_as_it_names_itself(ppid: int, name: str, ident: int, type_name: str) -> None:
    for told in ("a", "srs-gnb 01", "x" * 150):
        data = encode(kind(ppid, name), [ie(ident, type_name, told)])
        assert decode(data, ppid, len(data)).node_name == told
        assert decode(data[:-1], ppid, len(data)).node_name is None, "half a name is none"
    data = encode(kind(ppid, name), [ie(ident, type_name, "abc")])
    later, escape = bytearray(data), bytearray(data)
    later[-5] |= 0x80
    escape[-1] = 0x1B
    for odd in (later, escape):
        assert decode(bytes(odd), ppid, len(data)).node_name is None


def test_the_same_ie_elsewhere_is_no_name() -> None:
    """AMF-UE-NGAP-ID and the like have small numbers too: 1 is a name in NGSetupResponse alone."""
    data = encode(kind(NGAP, "NGSetupResponse"), [ie(1, "AMFName", "amf")])
    assert decode(data[:1] + bytes([20]) + data[2:], NGAP, len(data)).node_name is None
