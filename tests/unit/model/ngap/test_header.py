"""The decoder of NGAP and S1AP headers against pycrate, on heads that are cut, and on noise."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.model.ngap import header
from sctptop.model.ngap.header import ODDITIES, Header, decode
from sctptop.model.ngap.nas import REGISTRATION_TYPES
from sctptop.model.ngap.ppid import NGAP, S1AP, ppid_of
from sctptop.model.ngap.procedure_names import PDUS
from tests.unit.model.ngap.ngap_pdus import PRIVATE, cases, damaged, descriptions, encode, ie, kind
from tests.unit.model.ngap.ngap_values import GROUPS

NOISE = 40_000
"""Messages of noise and damage here; ``python -m tests.bench.ngap --random 1000000`` takes more."""


@pytest.mark.parametrize(
    ("ppid", "many", "seed"),
    [(NGAP, 2500, 1), (NGAP, 2500, 2), (NGAP, 2500, 3), (NGAP, 2500, 4), (S1AP, 2000, 5)],
)
def test_agrees_with_pycrate(ppid: int, many: int, seed: int) -> None:
    """Whole, and cut: ids are within 32 bytes in every message that has them."""
    for one in cases(ppid, many, seed):
        length = len(one.data)
        assert decode(one.data, ppid, length) == one.expected, one
        assert decode(one.data[:64], ppid, length) == one.seen(64), one
        assert decode(one.data[:32], ppid, length) == one.seen(32), one


def test_a_cut_never_contradicts_and_never_invents() -> None:
    """At every length: what lies before the cut is told, and nothing else."""
    for one in [*cases(NGAP, 300, 6), *cases(S1AP, 200, 7)]:
        for size in range(min(len(one.data), 100)):
            expected = one.seen(size)
            assert all(told in (None, full) for told, full in zip(expected, one.expected, strict=True))
            for length in (len(one.data), None):
                assert decode(one.data[:size], one.kind.ppid, length) == expected, (one, size)


@pytest.mark.parametrize("ppid", [NGAP, S1AP])
def test_a_message_shorter_than_it_says_is_odd(ppid: int) -> None:
    for one in cases(ppid, 260, 8):
        length = random.Random(8).randrange(len(one.data))
        assert decode(one.data[:length], ppid, length).odd
        assert decode(one.data, ppid, length).odd


ids = st.one_of(st.sampled_from([0, 255, 256, 65535, 65536, (1 << 24) - 1]), st.integers(0, (1 << 24) - 1))


@given(st.one_of(ids, st.integers(0, (1 << 32) - 1)), ids)
def test_both_ids_in_one_ie(core: int, ran: int) -> None:
    """UE-NGAP-IDs and UE-S1AP-IDs: the pair, the core's id alone, and a pair that is extended."""
    extension = [{"id": 999, "criticality": "ignore", "extensionValue": ("_unk_004", b"\0")}]
    for ppid, far, near, pair, both in (
        (NGAP, "aMF-UE-NGAP-ID", "rAN-UE-NGAP-ID", "uE-NGAP-ID-pair", "UE-NGAP-IDs"),
        (S1AP, "mME-UE-S1AP-ID", "eNB-UE-S1AP-ID", "uE-S1AP-ID-pair", "UE-S1AP-IDs"),
    ):
        command = kind(ppid, "UEContextReleaseCommand")
        for value, expected in (
            ((pair, {far: core, near: ran}), (core, ran)),
            ((pair, {far: core, near: ran, "iE-Extensions": extension}), (core, ran)),
            ((far, core), (core, None)),
        ):
            data = encode(command, [ie(command.ies[0][0], both, value)])
            message = decode(data, ppid, len(data))
            assert (message.amf_ue_id, message.ran_ue_id, message.odd) == (*expected, None)


def test_a_choice_of_a_later_release_leaves_the_ids_out() -> None:
    head = "0029001000000100720009"
    assert decode(bytes.fromhex(head + "80") + bytes(8), NGAP, 20) == Header("initiatingMessage", 41)
    assert decode(bytes.fromhex(head + "c0") + bytes(8), NGAP, 20).odd == header.BAD_ID
    head = "0017001000000100630009"
    assert decode(bytes.fromhex(head + "c0") + bytes(8), S1AP, 20) == Header("initiatingMessage", 23)


def test_longer_than_a_length_determinant_can_tell() -> None:
    """Above 16,383 bytes PER cuts into fragments; the ids stand in the first."""
    data = encode(
        kind(NGAP, "UERadioCapabilityInfoIndication"),
        [
            ie(10, "AMF-UE-NGAP-ID", 1 << 39),
            ie(85, "RAN-UE-NGAP-ID", 7),
            ie(117, "UERadioCapability", bytes(40_000)),
        ],
    )
    assert data[3] == 0xC2
    assert decode(data, NGAP, len(data)) == Header("initiatingMessage", 44, 1 << 39, 7)
    assert decode(data[:64], NGAP, len(data)) == Header("initiatingMessage", 44, 1 << 39, 7)
    assert decode(data[:3] + b"\xc5" + data[4:64], NGAP, len(data)).odd == header.BAD_FRAGMENT
    for fragments in (b"\xc1", b"\xc4"):
        assert decode(data[:3] + fragments + data[4:64], NGAP, None) == Header(
            "initiatingMessage", 44, 1 << 39, 7
        )
    # What follows the first fragment of an IE is none, whatever it looks like.
    data = encode(
        kind(NGAP, "UERadioCapabilityInfoIndication"),
        [
            ie(10, "AMF-UE-NGAP-ID", 9),
            ie(117, "UERadioCapability", b"\xff" * 20_000),
            ie(85, "RAN-UE-NGAP-ID", 7),
        ],
    )
    assert decode(data, NGAP, len(data)) == Header("initiatingMessage", 44, 9)
    many = [ie(117, "UERadioCapability", b"\xff" * 400)] * 50
    data = encode(kind(NGAP, "UERadioCapabilityInfoIndication"), [ie(10, "AMF-UE-NGAP-ID", 1), *many])
    assert decode(data, NGAP, len(data)) == Header("initiatingMessage", 44, 1)
    two = [ie(117, "UERadioCapability", b"\xff" * 20_000)] * 2
    data = encode(kind(NGAP, "UERadioCapabilityInfoIndication"), [ie(10, "AMF-UE-NGAP-ID", 1), *two])
    assert data[3] == 0xC2, "the first fragment is longer than that of the first IE in it"
    assert decode(data, NGAP, len(data)) == Header("initiatingMessage", 44, 1)


@pytest.mark.parametrize("ppid", [NGAP, S1AP])
def test_a_private_message_has_ies_of_another_form(ppid: int) -> None:
    pdus = descriptions(ppid)
    pdu = pdus.NGAP_PDU if ppid == NGAP else pdus.S1AP_PDU
    private = {"id": ("local", 10), "criticality": "ignore", "value": ("_unk_004", b"\0\xff")}
    body = {"criticality": "ignore", "value": ("PrivateMessage", {"privateIEs": [private, private]})}
    pdu.set_val(("initiatingMessage", {"procedureCode": PRIVATE[ppid], **body}))
    data = bytes(pdu.to_aper())
    assert decode(data, ppid, len(data)) == Header("initiatingMessage", PRIVATE[ppid])


@pytest.mark.parametrize(
    ("ppid", "ident", "most"), [(NGAP, 10, 5), (NGAP, 85, 4), (S1AP, 0, 4), (S1AP, 8, 3)]
)
def test_an_id_has_no_more_bytes_than_its_range(ppid: int, ident: int, most: int) -> None:
    for many in range(1, most + 2):
        first = (many - 1) << (5 if ident == 10 else 6) & 0xFF
        body = bytes([0, 0, 1, 0, ident, 0, many + 1, first]) + b"\1" * many
        message = decode(bytes([0, 18, 64, len(body)]) + body, ppid, len(body) + 4)
        known = {message.amf_ue_id, message.ran_ue_id} - {None}
        if first >> (5 if ident == 10 else 6) == many - 1:
            assert (message.odd, known) == (
                (None, {int("01" * many, 16)}) if many <= most else (header.BAD_ID, set())
            )


@pytest.mark.parametrize(
    ("change", "odd"),
    [
        ((0, 0x60), header.BAD_START),
        ((0, 0x80), header.BAD_START),
        ((2, 0xC0), header.BAD_START),
        ((4, 0x01), header.BAD_START),
        ((3, 0x7F), header.BAD_SIZE),
        ((3, 0xC0), header.BAD_FRAGMENT),
        ((10, 0x70), header.BAD_SIZE),
        ((10, 0xC0), header.BAD_FRAGMENT),
        ((11, 0xA0), header.BAD_ID),
        ((11, 0x20), header.BAD_ID),
        ((17, 0x40), header.BAD_ID),
        ((23, 0x04), header.BAD_SIZE),
        ((6, 0x04), None),
    ],
)
def test_a_byte_that_contradicts_is_named(change: tuple[int, int], odd: str | None) -> None:
    data = bytearray.fromhex(
        "0004401a 00 0003 000a0002 0001 00550002 0002 00260004 03 7e0056".replace(" ", "")
    )
    data[3] = len(data) - 4
    assert decode(bytes(data), NGAP, len(data)) == Header("initiatingMessage", 4, 1, 2, 0x56, nas_length=3)
    data[change[0]] = change[1]
    assert decode(bytes(data), NGAP, len(data)).odd == odd


def test_fewer_ies_than_counted() -> None:
    data = bytes.fromhex("200e000f 000003 000a40020001 005540020002")
    assert decode(data, NGAP, len(data)) == Header("successfulOutcome", 14, 1, 2)
    data = bytes.fromhex("000f4009 000002 005500020002")
    assert decode(data, NGAP, len(data)).odd == header.ENDS_EARLY
    assert decode(data, NGAP, 100).odd is None
    assert decode(data, NGAP, None).odd is None
    assert decode(data, NGAP, 3).odd == header.ENDS_EARLY, "what is there beyond is none of it"


def test_a_first_fragment_may_be_shorter_than_the_message_says() -> None:
    data = bytes.fromhex("000f40 83e8 000004 005500020002")
    assert decode(data, NGAP, None) == Header("initiatingMessage", 15, None, 2)
    assert decode(data, NGAP, len(data)).odd == header.BAD_SIZE


def test_ciphertext_is_not_taken_for_a_message() -> None:
    """Only what begins like a plain message whose type travels that way is believed behind a security header."""

    def nas_of(nas: str, procedure: str = "2e", ppid: int = NGAP) -> int | None:
        inner = bytes.fromhex(nas)
        number = 38 if ppid == NGAP else 26
        body = bytes([0, 0, 1, 0, number, 0, len(inner) + 1, len(inner)]) + inner
        data = bytes.fromhex(f"00{procedure}40") + bytes([len(body)]) + body
        return decode(data, ppid, len(data)).nas

    assert nas_of("7e02 aabbccdd 01 7e005e") == 0x5E
    assert nas_of("7e02 aabbccdd 01 7e0042") is None  # an accept, uplink
    assert nas_of("7e02 aabbccdd 01 7e0042", "04") == 0x42
    assert nas_of("7e02 aabbccdd 01 7e00ff") is None
    assert nas_of("7e02 aabbccdd 01 7e015e") is None
    assert nas_of("7e02 aabbccdd 01 7e00") is None
    assert nas_of("7e05 aabbccdd 01 7e005e") is None
    assert nas_of("7e00") is None
    assert nas_of("2e0101c1") is None  # session management stands in a transport message only
    assert nas_of("27 aabbccdd 01 0743", "0d", S1AP) == 0x43
    assert nas_of("27 aabbccdd 01 0742", "0d", S1AP) is None
    assert nas_of("0741", "0c", S1AP) == 0x41
    assert nas_of("c7 05 aabb", "0c", S1AP) is None  # ServiceRequest: a short header and no type


def test_only_numbers_of_the_header_are_kept() -> None:
    """A RegistrationRequest with an identity inside leaves its type and nothing else."""
    assert Header._fields == (
        "pdu", "procedure", "amf_ue_id", "ran_ue_id", "nas", "odd",
        "nas_length", "registration_type", "nas_cause", "cause_group", "cause", "ran_node", "node_name",
    )  # fmt: skip
    identity = bytes.fromhex("0001001300f11000001032547698")
    nas = bytes.fromhex("7e0041790000") + identity
    data = encode(kind(NGAP, "InitialUEMessage"), [ie(85, "RAN-UE-NGAP-ID", 3), ie(38, "NAS-PDU", nas)])
    assert decode(data, NGAP, len(data)) == Header(
        "initiatingMessage", 15, None, 3, 0x41, nas_length=len(nas), registration_type="initial"
    )


def check(message: Header) -> None:
    """What holds of every message, whatever its bytes."""
    assert message.odd in (None, *ODDITIES)
    assert message.pdu in (None, *PDUS)
    assert (message.pdu is None) == (message.procedure is None)
    for value, bits in (
        (message.amf_ue_id, 40),
        (message.ran_ue_id, 32),
        (message.nas, 8),
        (message.nas_length, 14),
        (message.nas_cause, 8),
        (message.cause, 7),
    ):
        assert value is None or 0 <= value < 1 << bits
    assert message.registration_type in (None, *REGISTRATION_TYPES)
    assert message.cause_group in (None, *GROUPS[NGAP])
    assert (message.cause_group is None) == (message.cause is None)
    assert message.nas is not None or (message.registration_type is None and message.nas_cause is None)


@given(st.binary(max_size=80), st.sampled_from([NGAP, S1AP, 0, 61]), st.none() | st.integers(-1, 70_000))
def test_noise_never_raises(head: bytes, ppid: int, length: int | None) -> None:
    check(decode(head, ppid, length))


def test_damage_never_raises() -> None:
    dice = random.Random(9)
    originals = {ppid: [one.data for one in cases(ppid, 200, 10)] for ppid in (NGAP, S1AP)}
    odd = 0
    for number in range(NOISE):
        ppid = (NGAP, S1AP)[number % 2]
        head = damaged(dice, originals[ppid])
        message = decode(head, ppid, (len(head), None, number % 300)[number % 3])
        check(message)
        odd += message.odd is not None
    assert NOISE / 4 < odd < NOISE


def test_what_is_odd_is_said_without_the_message() -> None:
    assert ODDITIES == (
        "neither NGAP nor S1AP",
        "does not begin like NGAP or S1AP",
        "a part is longer than the whole",
        "impossible length",
        "impossible UE id",
        "ends inside its header",
    )


def test_other_protocols() -> None:
    assert decode(bytes.fromhex("00044003000000"), 61, 7) == Header(odd=header.NOT_NGAP)
    assert decode(b"", NGAP, 0) == Header(odd=header.ENDS_EARLY)
    assert decode(b"", NGAP, 50) == Header()


def test_ppid_of_a_sender_that_forgot_htonl() -> None:
    assert ppid_of(60) == (NGAP, False)
    assert ppid_of(0x3C000000) == (NGAP, True)
    assert ppid_of(0x12000000) == (S1AP, True)
    assert ppid_of(0) == (0, False)
    assert ppid_of(0xFFFFFFFF) == (0xFFFFFFFF, False)
    assert ppid_of(0x01000000) == (0x01000000, False)
