"""The type of a NAS message, byte by byte: plain, behind a security header, and cut anywhere."""

from __future__ import annotations

import pytest

from sctptop.model.ngap.nas import DOWNLINK_5GMM, DOWNLINK_EMM, UPLINK_5GMM, UPLINK_EMM, read_5gmm, read_emm


def of_5g(text: str, up: bool = True, beyond: str = "") -> int | None:
    """Of bytes between others; ``beyond`` are those right behind, no part of the message."""
    data = bytes.fromhex("7e00" + text + beyond + "7e0041")
    return read_5gmm(data, 2, 2 + len(bytes.fromhex(text)), UPLINK_5GMM if up else DOWNLINK_5GMM)


def of_4g(text: str, up: bool = True, beyond: str = "") -> int | None:
    data = bytes.fromhex("07" + text + beyond + "0741")
    return read_emm(data, 1, 1 + len(bytes.fromhex(text)), UPLINK_EMM if up else DOWNLINK_EMM)


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
