"""What is read of a NAS message, byte by byte: plain, behind a security header, and cut anywhere."""

from __future__ import annotations

from typing import Any

import pytest
from pycrate_mobile.TS24301_IE import _EPSUpdType_dict
from pycrate_mobile.TS24501_IE import _FGSRegType_dict

from sctptop.model.ngap.nas import (
    DOWNLINK_5GMM,
    DOWNLINK_EMM,
    REGISTRATION_TYPES,
    UPLINK_5GMM,
    UPLINK_EMM,
    NasRead,
    nas_name,
    read_5gmm,
    read_emm,
)
from sctptop.model.ngap.ppid import NGAP, S1AP
from tests.unit.model.ngap.nas_pdus import TELLING, classes_of, nas_message, plain_messages, varied
from tests.unit.model.ngap.ngap_values import Dice

READERS = {
    (NGAP, True): (read_5gmm, UPLINK_5GMM),
    (NGAP, False): (read_5gmm, DOWNLINK_5GMM),
    (S1AP, True): (read_emm, UPLINK_EMM),
    (S1AP, False): (read_emm, DOWNLINK_EMM),
}


def of_5g(text: str, up: bool = True, beyond: str = "") -> int | None:
    """Of bytes between others; ``beyond`` are those right behind, no part of the message."""
    data = bytes.fromhex("7e00" + text + beyond + "7e0041")
    return read_5gmm(data, 2, 2 + len(bytes.fromhex(text)), UPLINK_5GMM if up else DOWNLINK_5GMM).nas


def of_4g(text: str, up: bool = True, beyond: str = "") -> int | None:
    data = bytes.fromhex("07" + text + beyond + "0741")
    return read_emm(data, 1, 1 + len(bytes.fromhex(text)), UPLINK_EMM if up else DOWNLINK_EMM).nas


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7e0041", 0x41),
        ("7e00ff", 0xFF),
        ("7e004100", 0x41),
        ("7e00", None),
        ("7e", None),
        ("", None),
        ("2e0041", None),
        ("7f0041", None),
        *((f"7e{security} aabbccdd 01 7e005e", 0x5E) for security in ("01", "02", "03", "04")),
        ("7e05 aabbccdd 01 7e005e", None),
        ("7eff aabbccdd 01 7e005e", None),
        ("7e02 aabbccdd 01 7e005e99", 0x5E),
        ("7e02 aabbccdd 01 7e00", None),
        ("7e02 aabbccdd 01", None),
        ("7e02 aabb", None),
        ("7e02 aabbccdd 01 7e015e", None),
        ("7e02 aabbccdd 01 2e005e", None),
        ("7e02 aabbccdd 01 7e005d", None),
        ("7e02 aabbccdd 01 7e00ff", None),
    ],
)
def test_types_of_5gmm(text: str, found: int | None) -> None:
    assert of_5g(text) == of_5g(text, beyond="5e5e5e") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0741", 0x41),
        ("07ff", 0xFF),
        ("074100", 0x41),
        ("07", None),
        ("", None),
        ("0641", None),
        ("0f41", None),
        *((f"{security}7 aabbccdd 01 0743", 0x43) for security in "1234"),
        ("57 aabbccdd 01 0743", None),
        ("c7 aabbccdd 01 0743", None),
        ("27 aabbccdd 01 074399", 0x43),
        ("27 aabbccdd 01 07", None),
        ("27 aabbccdd 01", None),
        ("27 aabb", None),
        ("27 aabbccdd 01 1743", None),
        ("27 aabbccdd 01 0642", None),
        ("27 aabbccdd 01 0742", None),
    ],
)
def test_types_of_emm(text: str, found: int | None) -> None:
    assert of_4g(text) == of_4g(text, beyond="434343") == found


def test_what_is_protected_must_travel_that_way() -> None:
    assert of_5g("7e02 aabbccdd 01 7e0042", up=False) == 0x42 and of_5g("7e02 aabbccdd 01 7e0042") is None
    assert of_4g("27 aabbccdd 01 0742", up=False) == 0x42 and of_4g("27 aabbccdd 01 0743", up=False) is None


DISASTER = ("disaster mobility", "disaster initial")
INITIAL, ATTACH, UPDATE = "initial", "attach", "tracking area update"


@pytest.mark.parametrize(
    ("text", "types"),
    [
        (
            "7e0041",
            (*[INITIAL] * 2, "mobility", "periodic", "emergency", "onboarding", *DISASTER),
        ),
        ("0741", (*[ATTACH] * 6, "emergency attach", ATTACH)),
        ("0748", (*[UPDATE] * 3, "periodic tracking area update", *[UPDATE] * 4)),
    ],
)
def test_types_of_registration_in_the_lower_three_bits(text: str, types: tuple[str, ...]) -> None:
    """TS 24.501 9.11.3.7, TS 24.301 9.9.3.11 and 9.9.3.14; above them a flag and the set of keys."""
    read, up = (read_5gmm, UPLINK_5GMM) if text[0] == "7" else (read_emm, UPLINK_EMM)
    for octet in range(256):
        data = bytes.fromhex(text) + bytes([octet])
        assert read(data, 0, len(data), up) == NasRead(data[-2], types[octet & 7])
        assert read(data, 0, len(data) - 1, up) == NasRead(data[-2])
    assert set(types) <= set(REGISTRATION_TYPES)


def test_types_of_registration_are_called_as_pycrate_calls_them() -> None:
    for number, name in _FGSRegType_dict.items():
        told = read_5gmm(bytes((0x7E, 0, 0x41, number)), 0, 4, UPLINK_5GMM).registration_type
        assert told == name.split()[0] or number == 7, "7 was reserved before release 17"
    for number, name in _EPSUpdType_dict.items():
        told = read_emm(bytes((7, 0x48, number)), 0, 3, UPLINK_EMM).registration_type
        assert told == ("periodic tracking area update" if name.startswith("periodic") else UPDATE)


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("ppid", [NGAP, S1AP])
def test_pycrate_finds_the_same_behind_every_type(ppid: int, up: bool) -> None:
    read, expected = READERS[ppid, up]
    dice = Dice(31)
    told_something = 0
    for one in plain_messages(ppid, up):
        data, told = varied(dice, one, ppid)
        assert read(data, 0, len(data), expected) == told
        message = classes_of(ppid, up)[one.number]()
        message.from_bytes(data)
        assert message.to_bytes() == data
        behind = [part.to_bytes() for part in message if part._name in TELLING]
        assert bool(behind) == (told != NasRead(one.number)), nas_name(ppid, one.number)
        told_something += len(behind)
        if told.cause is not None:
            assert behind == [bytes([told.cause])]
    assert told_something == {(NGAP, True): 4, (NGAP, False): 3, (S1AP, True): 5, (S1AP, False): 4}[ppid, up]


CAUSES = [
    ("44 4d 59 5f 64", "7e00", read_5gmm),
    ("44 4b 4e 5c 5f 60", "07", read_emm),
]


@pytest.mark.parametrize(("types", "begin", "read"), CAUSES)
def test_a_cause_is_the_octet_behind_the_type(types: str, begin: str, read: Any) -> None:
    everything = UPLINK_5GMM | DOWNLINK_5GMM | UPLINK_EMM | DOWNLINK_EMM
    protected = {"7e00": "7e04aabbccdd01", "07": "47aabbccdd01"}[begin]
    for number in range(256):
        known = number in bytes.fromhex(types)
        for before in (begin, protected + begin):
            data = bytes.fromhex(before) + bytes((number, 0xC8))
            told = read(data, 0, len(data), everything)
            if number in everything or before == begin:
                assert (told.nas, told.cause) == (number, 0xC8 if known else None)
            assert read(data, 0, len(data) - 1, everything).cause is None


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("ppid", [NGAP, S1AP])
def test_messages_at_random_in_every_form_and_cut(ppid: int, up: bool) -> None:
    read, expected = READERS[ppid, up]
    dice = Dice(32)
    causes, types = set(), set()
    for _ in range(1500):
        one = nas_message(dice, ppid, up)
        for size in range(min(len(one.data), 14) + 1):
            full = one.read if size > one.reach else NasRead(one.read.nas) if size == one.reach else NasRead()
            assert read(b"\x7e" + one.data[:size], 1, size + 1, expected) == full, one
        causes.add(one.read.cause)
        types.add(one.read.registration_type)
    assert len(causes) > 50
    both = [("attach" in name or "tracking" in name) == (ppid == S1AP) for name in types if name]
    assert all(both) and len(both) == (0 if not up else 7 if ppid == NGAP else 4)


def test_a_service_request_of_eps_has_no_type() -> None:
    """Security header types 12 to 15 begin a short header: key set and sequence number, and a short MAC."""
    for security in range(0xC, 0x10):
        for octet in range(256):
            data = bytes((security << 4 | 7, octet, 0x41, 0x41, 7, 0x41, 7, 0x41))
            assert read_emm(data, 0, 4, UPLINK_EMM) == read_emm(data, 0, 8, UPLINK_EMM) == NasRead()
