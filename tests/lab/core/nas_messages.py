"""5GMM messages as bytes (TS 24.501, clause 8.2), by hand: pycrate decodes them in the unit test.

Building one takes a microsecond, so that the simulators of gNB and AMF are never what is slow.
Nobody's identity: the network 999 70 is a test network, and every UE's MSIN is told by `msin`.
"""

from __future__ import annotations

import random
import zlib
from enum import IntEnum
from functools import cache


class Nas(IntEnum):
    """Message types of 5GMM (TS 24.501, table 9.7.1) that a registration and its end consist of."""

    REGISTRATION_REQUEST = 0x41
    REGISTRATION_ACCEPT = 0x42
    REGISTRATION_COMPLETE = 0x43
    REGISTRATION_REJECT = 0x44
    DEREGISTRATION_REQUEST = 0x45
    DEREGISTRATION_ACCEPT = 0x46
    AUTHENTICATION_REQUEST = 0x56
    AUTHENTICATION_RESPONSE = 0x57
    SECURITY_MODE_COMMAND = 0x5D
    SECURITY_MODE_COMPLETE = 0x5E
    UL_NAS_TRANSPORT = 0x67
    DL_NAS_TRANSPORT = 0x68


EPD = 0x7E
"""Of 5GMM: the first octet of every message."""
PLMN = bytes.fromhex("99f907")
S_NSSAI = bytes.fromhex("0401000001")
"""Of one slice, with its length before it: SST 1, SD 000001."""
UE_SECURITY = bytes.fromhex("04f0f0f0f0")
IMEISV = bytes.fromhex("4573806121856151f1")

INTEGRITY, CIPHERED, NEW_CONTEXT, NEW_CONTEXT_CIPHERED = 1, 2, 3, 4
"""Security header types. Without a cipher (5G-EA0) even the messages of type 2 and 4 can be read."""
ACCEPTED_GUTI = 0x77


def msin(ue: int) -> str:
    """The ten digits that name UE number `ue` (from 0 on) in its SUCI."""
    return f"826{ue % 10_000_000:07d}"


def msin_bytes(ue: int) -> bytes:
    """The MSIN as it stands in the SUCI: five octets, the digits of each swapped."""
    digits = msin(ue)
    return bytes(int(digits[at + 1] + digits[at], 16) for at in range(0, 10, 2))


def tmsi(amf_ue_id: int) -> bytes:
    """The 5G-TMSI that the AMF assigns to this UE: four octets."""
    return (0xC0000000 + amf_ue_id & 0xFFFFFFFF).to_bytes(4, "big")


def suci(ue: int) -> bytes:
    """A SUCI of the null scheme: it carries the MSIN for everybody to read."""
    return b"\x01" + PLMN + bytes.fromhex("f0ff0000") + msin_bytes(ue)


def guti(amf_ue_id: int) -> bytes:
    """A 5G-GUTI of AMF region 2, set 1, pointer 0."""
    return b"\xf2" + PLMN + bytes.fromhex("020040") + tmsi(amf_ue_id)


def registration_request(ue: int, *, complete: bool = False) -> bytes:
    """An initial registration; `complete`: with the IEs that a UE may send under protection only."""
    return b"".join(
        (
            _plain(Nas.REGISTRATION_REQUEST, b"\x79", _sized2(suci(ue))),
            bytes.fromhex("100107") if complete else b"",
            b"\x2e" + UE_SECURITY,
            b"\x2f" + _sized(S_NSSAI) + bytes.fromhex("530100") if complete else b"",
        )
    )


def authentication_request(ue: int) -> bytes:
    """A challenge of 5G AKA: RAND and AUTN are noise."""
    noise = _noise(ue)
    return _plain(Nas.AUTHENTICATION_REQUEST, b"\x00\x02\x00\x00", b"\x21" + noise, b"\x20" + _sized(noise))


def authentication_response(ue: int) -> bytes:
    """Its answer: RES* is noise."""
    return _plain(Nas.AUTHENTICATION_RESPONSE, b"\x2d" + _sized(_noise(ue + 1)))


def security_mode_command() -> bytes:
    """Asks for the IMEISV and for the whole initial message."""
    return _plain(Nas.SECURITY_MODE_COMMAND, b"\x02\x00", UE_SECURITY, bytes.fromhex("e1360102"))


def security_mode_complete(ue: int) -> bytes:
    """Holds the whole RegistrationRequest: the SUCI crosses the wire a second time."""
    whole = registration_request(ue, complete=True)
    return _plain(Nas.SECURITY_MODE_COMPLETE, b"\x77" + _sized2(IMEISV), b"\x71" + _sized2(whole))


def registration_accept(amf_ue_id: int, *, assign_guti: bool) -> bytes:
    """With a GUTI the UE must answer with RegistrationComplete, without one it must not (TS 24.501, 5.5.1.2.4)."""
    return _plain(
        Nas.REGISTRATION_ACCEPT,
        b"\x01\x01",
        bytes([ACCEPTED_GUTI]) + _sized2(guti(amf_ue_id)) if assign_guti else b"",
        b"\x54" + _sized(b"\x00" + PLMN + b"\x00\x00\x01"),
        b"\x15" + _sized(S_NSSAI),
        bytes.fromhex("210200005e0106"),
    )


def assigns_guti(accept: bytes) -> bool:
    """Whether this RegistrationAccept, deciphered, assigns a GUTI: its first optional IE."""
    return accept[5:6] == bytes([ACCEPTED_GUTI])


def registration_complete() -> bytes:
    """The last message of a registration."""
    return _plain(Nas.REGISTRATION_COMPLETE)


def registration_reject() -> bytes:
    """5GMM cause 11: PLMN not allowed."""
    return _plain(Nas.REGISTRATION_REJECT, b"\x0b")


def deregistration_request(ue: int, amf_ue_id: int, *, with_guti: bool) -> bytes:
    """Of the UE, without switch-off: it wants an answer."""
    return _plain(Nas.DEREGISTRATION_REQUEST, b"\x01", _sized2(guti(amf_ue_id) if with_guti else suci(ue)))


def deregistration_accept() -> bytes:
    """The answer to it."""
    return _plain(Nas.DEREGISTRATION_ACCEPT)


def session_request() -> bytes:
    """UL NAS TRANSPORT of a PDU SESSION ESTABLISHMENT REQUEST: session 1, IPv4, "internet"."""
    return _plain(
        Nas.UL_NAS_TRANSPORT,
        b"\x01" + _sized2(bytes.fromhex("2e0101c1ffff91")),
        b"\x12\x01\x81\x22" + S_NSSAI,
        b"\x25" + _sized(b"\x08internet"),
    )


def session_accept() -> bytes:
    """DL NAS TRANSPORT of a PDU SESSION ESTABLISHMENT ACCEPT: one QoS rule, the address 10.45.0.2."""
    rules = b"\x01\x00\x06\x31\x31\x01\x01\xff\x01"
    accept = b"".join(
        (
            bytes.fromhex("2e0101c211") + _sized2(rules),
            _sized(bytes.fromhex("0603e80603e8")),
            b"\x29" + _sized(bytes.fromhex("010a2d0002")),
            b"\x22" + S_NSSAI + b"\x25" + _sized(b"\x08internet"),
        )
    )
    return _plain(Nas.DL_NAS_TRANSPORT, b"\x01" + _sized2(accept), b"\x12\x01")


def protect(plain: bytes, count: int, header: int, *, cipher: bool = False) -> bytes:
    """Seven octets before the message: header type, MAC, sequence number. `cipher`: the message is noise to others.

    The key of that cipher is the sequence number itself, so that both simulators can read it.
    """
    inner = _ciphered(plain, count & 0xFF) if cipher else plain
    return bytes((EPD, header)) + zlib.crc32(inner).to_bytes(4, "big") + bytes((count & 0xFF,)) + inner


def unprotect(nas: bytes, *, cipher: bool = False) -> bytes:
    """The plain message of what `protect` made; a plain message as it is."""
    if len(nas) < 7 or nas[1] == 0:
        return nas
    # A SECURITY MODE COMMAND is never ciphered: its receiver has no context yet (TS 24.501, 4.4.4.2).
    return _ciphered(nas[7:], nas[6]) if cipher and nas[1] in (CIPHERED, NEW_CONTEXT_CIPHERED) else nas[7:]


def _ciphered(data: bytes, key: int) -> bytes:
    size = len(data)
    return (int.from_bytes(data, "big") ^ int.from_bytes(_pad(key)[:size], "big")).to_bytes(size, "big")


@cache
def _pad(key: int) -> bytes:
    # Odd in its first octet: what is ciphered with it never begins like a message of 5GMM.
    pad = random.Random(key).randbytes(512)
    return bytes((pad[0] | 1,)) + pad[1:]


def _noise(seed: int) -> bytes:
    return (seed * 0x9E3779B97F4A7C15F39CC0605CEDC835 + 1 & (1 << 128) - 1).to_bytes(16, "big")


def _plain(kind: Nas, *parts: bytes) -> bytes:
    return bytes((EPD, 0, kind)) + b"".join(parts)


def _sized(value: bytes) -> bytes:
    return bytes((len(value),)) + value


def _sized2(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value
