"""5GMM messages of a registration as bytes (TS 24.501, clause 8.2), by hand: pycrate decodes them in the unit test.

Building one takes a microsecond, so that the simulators of gNB and AMF are never what is slow.
Nobody's identity: the network 999 70 is a test network, and every UE's MSIN is told by `msin`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from tests.lab.core.nas_protection import EPD


class Nas(IntEnum):
    """Message types of 5GMM (TS 24.501, table 9.7.1) that the simulators send."""

    REGISTRATION_REQUEST = 0x41
    REGISTRATION_ACCEPT = 0x42
    REGISTRATION_COMPLETE = 0x43
    REGISTRATION_REJECT = 0x44
    DEREGISTRATION_REQUEST = 0x45
    DEREGISTRATION_ACCEPT = 0x46
    SERVICE_REQUEST = 0x4C
    SERVICE_ACCEPT = 0x4E
    AUTHENTICATION_REQUEST = 0x56
    AUTHENTICATION_RESPONSE = 0x57
    AUTHENTICATION_REJECT = 0x58
    AUTHENTICATION_FAILURE = 0x59
    IDENTITY_REQUEST = 0x5B
    IDENTITY_RESPONSE = 0x5C
    SECURITY_MODE_COMMAND = 0x5D
    SECURITY_MODE_COMPLETE = 0x5E
    STATUS = 0x64
    UL_NAS_TRANSPORT = 0x67
    DL_NAS_TRANSPORT = 0x68


PLMN = bytes.fromhex("99f907")
S_NSSAI = bytes.fromhex("0401000001")
"""Of one slice, with its length before it: SST 1, SD 000001."""
UE_SECURITY = bytes.fromhex("04f0f0f0f0")
IMEISV = bytes.fromhex("4573806121856151f1")
MAC_FAILURE, SYNCH_FAILURE = 20, 21
"""5GMM causes of an AuthenticationFailure."""
ACCEPTED_GUTI = 0x77
TYPES: Mapping[str, int] = {"initial": 0x79, "mobility": 0x12, "periodic": 0x13, "emergency": 0x7C}
"""ngKSI and 5GS registration type (TS 24.501, 9.11.3.7) by kind; 7: the UE has no key."""
UPDATES = ("mobility", "periodic")
"""Kinds that a UE with a context sends: with its GUTI, under integrity protection."""
_FIRST_TMSI = 0xC0000000


def msin(ue: int) -> str:
    """The ten digits that name UE number `ue` (from 0 on) in its SUCI."""
    return f"826{ue % 10_000_000:07d}"


def msin_bytes(ue: int) -> bytes:
    """The MSIN as it stands in the SUCI: five octets, the digits of each swapped."""
    digits = msin(ue)
    return bytes(int(digits[at + 1] + digits[at], 16) for at in range(0, 10, 2))


def tmsi(ue: int) -> bytes:
    """The 5G-TMSI of this UE: four octets."""
    return (_FIRST_TMSI + ue & 0xFFFFFFFF).to_bytes(4, "big")


def suci(ue: int) -> bytes:
    """A SUCI of the null scheme: it carries the MSIN for everybody to read."""
    return b"\x01" + PLMN + bytes.fromhex("f0ff0000") + msin_bytes(ue)


def guti(ue: int) -> bytes:
    """A 5G-GUTI of AMF region 2, set 1, pointer 0."""
    return b"\xf2" + PLMN + bytes.fromhex("020040") + tmsi(ue)


def subscriber(message: bytes) -> int:
    """The number of the UE whose identity a plain initial NAS message holds: the inverse of `suci` and `guti`."""
    identity = message[6 : 6 + int.from_bytes(message[4:6], "big")]
    if identity[0] & 7 == 1:
        digits = "".join(f"{octet & 0xF}{octet >> 4}" for octet in identity[-5:])
        return int(digits[3:])
    return int.from_bytes(identity[-4:], "big") - _FIRST_TMSI


def kind_of(request: bytes) -> str:
    """The kind of a plain RegistrationRequest: a key of TYPES."""
    return next(kind for kind, octet in TYPES.items() if octet & 7 == request[3] & 7)


def registration_request(
    ue: int, kind: str = "initial", *, complete: bool = False, container: bytes = b""
) -> bytes:
    """A registration of any kind; `complete`: with the IEs that a UE may send under protection only.

    `container`: the complete request, ciphered if it can be, which a UE with a context sends inside of the other.
    """
    identity = guti(ue) if kind in UPDATES else suci(ue)
    return b"".join(
        (
            plain(Nas.REGISTRATION_REQUEST, bytes((TYPES[kind],)), sized2(identity)),
            bytes.fromhex("100107") if complete else b"",
            b"\x2e" + UE_SECURITY,
            b"\x2f" + sized(S_NSSAI) + bytes.fromhex("530100") if complete else b"",
            b"\x71" + sized2(container) if container else b"",
        )
    )


def authentication_request(ue: int) -> bytes:
    """A challenge of 5G AKA: RAND and AUTN are noise."""
    noise = _noise(ue)
    return plain(Nas.AUTHENTICATION_REQUEST, b"\x00\x02\x00\x00", b"\x21" + noise, b"\x20" + sized(noise))


def authentication_response(ue: int, *, right: bool = True) -> bytes:
    """Its answer: RES* is noise, and other noise where it is not `right`."""
    return plain(Nas.AUTHENTICATION_RESPONSE, b"\x2d" + sized(_noise(ue + 1 if right else ~ue)))


def authentication_reject() -> bytes:
    """Of a UE whose answer was wrong."""
    return plain(Nas.AUTHENTICATION_REJECT)


def authentication_failure(cause: int) -> bytes:
    """With AUTS, which is noise, where the cause is a synch failure."""
    auts = b"\x30" + sized(_noise(cause)[:14]) if cause == SYNCH_FAILURE else b""
    return plain(Nas.AUTHENTICATION_FAILURE, bytes((cause,)), auts)


def security_mode_command() -> bytes:
    """Asks for the IMEISV and for the whole initial message."""
    return plain(Nas.SECURITY_MODE_COMMAND, b"\x02\x00", UE_SECURITY, bytes.fromhex("e1360102"))


def security_mode_complete(ue: int, kind: str = "initial") -> bytes:
    """Holds the whole RegistrationRequest: the SUCI crosses the wire a second time."""
    whole = registration_request(ue, kind, complete=True)
    return plain(Nas.SECURITY_MODE_COMPLETE, b"\x77" + sized2(IMEISV), b"\x71" + sized2(whole))


def identity_request() -> bytes:
    """For the SUCI."""
    return plain(Nas.IDENTITY_REQUEST, b"\x01")


def identity_response(ue: int) -> bytes:
    """With it."""
    return plain(Nas.IDENTITY_RESPONSE, sized2(suci(ue)))


def registration_accept(ue: int, *, assign_guti: bool) -> bytes:
    """With a GUTI the UE must answer with RegistrationComplete, without one it must not (TS 24.501, 5.5.1.2.4)."""
    return plain(
        Nas.REGISTRATION_ACCEPT,
        b"\x01\x01",
        bytes([ACCEPTED_GUTI]) + sized2(guti(ue)) if assign_guti else b"",
        b"\x54" + sized(b"\x00" + PLMN + b"\x00\x00\x01"),
        b"\x15" + sized(S_NSSAI),
        bytes.fromhex("210200005e0106"),
    )


def assigns_guti(accept: bytes) -> bool:
    """Whether this RegistrationAccept, deciphered, assigns a GUTI: its first optional IE."""
    return accept[5:6] == bytes([ACCEPTED_GUTI])


def registration_complete() -> bytes:
    """The last message of a registration."""
    return plain(Nas.REGISTRATION_COMPLETE)


def registration_reject(cause: int = 11) -> bytes:
    """5GMM cause 11: PLMN not allowed."""
    return plain(Nas.REGISTRATION_REJECT, bytes((cause,)))


def status(cause: int) -> bytes:
    """5GMM STATUS: what came was no good."""
    return plain(Nas.STATUS, bytes((cause,)))


def plain(kind: Nas, *parts: bytes) -> bytes:
    """A message without protection."""
    return bytes((EPD, 0, kind)) + b"".join(parts)


def sized(value: bytes) -> bytes:
    """A value behind its length in one octet."""
    return bytes((len(value),)) + value


def sized2(value: bytes) -> bytes:
    """The same in two octets."""
    return len(value).to_bytes(2, "big") + value


def _noise(seed: int) -> bytes:
    return (seed * 0x9E3779B97F4A7C15F39CC0605CEDC835 + 1 & (1 << 128) - 1).to_bytes(16, "big")
