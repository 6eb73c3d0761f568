"""EMM messages as bytes (TS 24.301, clause 8.2), with what ESM they hold: pycrate decodes them in the unit test."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from tests.lab.core.nas_messages import PLMN, msin, sized, sized2, tmsi
from tests.lab.core.nas_protection import EMM


class Emm(IntEnum):
    """Message types of EMM (TS 24.301, table 9.8.1) that the simulators send."""

    ATTACH_REQUEST = 0x41
    ATTACH_ACCEPT = 0x42
    ATTACH_COMPLETE = 0x43
    ATTACH_REJECT = 0x44
    DETACH_REQUEST = 0x45
    DETACH_ACCEPT = 0x46
    TAU_REQUEST = 0x48
    TAU_ACCEPT = 0x49
    EXTENDED_SERVICE_REQUEST = 0x4C
    AUTHENTICATION_REQUEST = 0x52
    AUTHENTICATION_RESPONSE = 0x53
    SECURITY_MODE_COMMAND = 0x5D
    SECURITY_MODE_COMPLETE = 0x5E


ATTACHES: Mapping[str, int] = {"attach": 0x71, "emergency attach": 0x76}
"""Key set identifier and EPS attach type (TS 24.301, 9.9.3.11) by kind; 7: the UE has no key."""
UPDATES: Mapping[str, int] = {"tracking area update": 0x00, "periodic tracking area update": 0x03}
"""Key set identifier and EPS update type (9.9.3.14) by kind."""
_TAI_LIST = b"\x00" + PLMN + b"\x00\x01"
_CAPABILITY = bytes.fromhex("f0f0")


def imsi(ue: int) -> bytes:
    """The IMSI as an EPS mobile identity."""
    digits = f"99970{msin(ue)}"
    pairs = (int(digits[at + 1] + digits[at], 16) for at in range(1, 15, 2))
    return bytes((int(digits[0]) << 4 | 0x9, *pairs))


def guti(ue: int) -> bytes:
    """A GUTI of MME group 2, code 1."""
    return b"\xf6" + PLMN + b"\x00\x02\x01" + tmsi(ue)


def attach_request(ue: int, kind: str = "attach") -> bytes:
    """With a PDN CONNECTIVITY REQUEST for IPv4; of an emergency attach for emergency bearers."""
    request = b"\x14" if kind == "emergency attach" else b"\x11"
    container = bytes.fromhex("0201d0") + request
    return plain(
        Emm.ATTACH_REQUEST, bytes((ATTACHES[kind],)), sized(imsi(ue)), sized(_CAPABILITY), sized2(container)
    )


def attach_accept(ue: int) -> bytes:
    """With a new GUTI and the default bearer of "internet"."""
    bearer = bytes.fromhex("5201c10109") + sized(b"\x08internet") + sized(bytes.fromhex("010a2d0002"))
    return plain(
        *(Emm.ATTACH_ACCEPT, b"\x01\x21", sized(_TAI_LIST), sized2(bearer), b"\x50" + sized(guti(ue)))
    )


def attach_complete() -> bytes:
    """The default bearer is accepted with it."""
    return plain(Emm.ATTACH_COMPLETE, sized2(bytes.fromhex("5200c2")))


def attach_reject(cause: int) -> bytes:
    """With an EMM cause."""
    return plain(Emm.ATTACH_REJECT, bytes((cause,)))


def update_request(ue: int, kind: str) -> bytes:
    """TRACKING AREA UPDATE REQUEST of a UE with a context."""
    return plain(Emm.TAU_REQUEST, bytes((UPDATES[kind],)), sized(guti(ue)))


def update_accept() -> bytes:
    """Without a new GUTI: T3412 and the status of the bearers."""
    return plain(Emm.TAU_ACCEPT, b"\x00", bytes.fromhex("5a4957022000"))


def service_request(count: int) -> bytes:
    """SERVICE REQUEST: four octets, of which none is a message type (TS 24.301, 8.2.25)."""
    return bytes((0xC0 | EMM, count & 0x1F, 0x12, 0x34))


def extended_service_request(ue: int) -> bytes:
    """For circuit-switched fallback."""
    return plain(Emm.EXTENDED_SERVICE_REQUEST, b"\x00", sized(b"\xf4" + tmsi(ue)))


def detach_request(ue: int) -> bytes:
    """Of the UE, without switch-off."""
    return plain(Emm.DETACH_REQUEST, b"\x01", sized(guti(ue)))


def detach_accept() -> bytes:
    """The answer to it."""
    return plain(Emm.DETACH_ACCEPT)


def authentication_request(ue: int) -> bytes:
    """A challenge: RAND and AUTN are noise."""
    noise = (ue * 0x9E3779B97F4A7C15F39CC0605CEDC835 + 1 & (1 << 128) - 1).to_bytes(16, "big")
    return plain(Emm.AUTHENTICATION_REQUEST, b"\x00" + noise, sized(noise))


def authentication_response(ue: int) -> bytes:
    """Its answer: RES is noise."""
    return plain(Emm.AUTHENTICATION_RESPONSE, sized(ue.to_bytes(8, "big")))


def security_mode_command() -> bytes:
    """Asks for the IMEISV."""
    return plain(Emm.SECURITY_MODE_COMMAND, b"\x22\x00", sized(_CAPABILITY), b"\xc1")


def security_mode_complete() -> bytes:
    """With the IMEISV."""
    return plain(Emm.SECURITY_MODE_COMPLETE, b"\x23" + sized(bytes.fromhex("4373806121856151f1")))


def plain(kind: Emm, *parts: bytes) -> bytes:
    """A message without protection."""
    return bytes((EMM, kind)) + b"".join(parts)
