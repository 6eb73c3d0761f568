"""Protection of NAS messages (TS 24.501, 9.1.1 and TS 24.301, 9.1): seven octets before the message, or six.

The key of the cipher is the sequence number itself, so that both simulators can read what nobody else can.
"""

from __future__ import annotations

import random
import zlib
from functools import cache

EPD = 0x7E
"""Of 5GMM: the first octet of every message."""
EMM = 0x07
"""The same of EMM, where the security header type is its upper half."""
INTEGRITY, CIPHERED, NEW_CONTEXT, NEW_CONTEXT_CIPHERED = 1, 2, 3, 4
"""Security header types. Without a cipher (5G-EA0) even the messages of type 2 and 4 can be read."""
PROTECTED, EPS_PROTECTED = 7, 6
"""Octets that `protect` and `protect_eps` add."""


def protect(plain: bytes, count: int, header: int, *, cipher: bool = False) -> bytes:
    """Header type, MAC and sequence number before the message. `cipher`: the message is noise to others.

    Integrity protection alone (types 1 and 3) leaves it as it is.
    """
    return bytes((EPD, header)) + _sealed(plain, count, header, cipher)


def protect_eps(plain: bytes, count: int, header: int, *, cipher: bool = False) -> bytes:
    """The same for EMM."""
    return bytes((header << 4 | EMM,)) + _sealed(plain, count, header, cipher)


def unprotect(nas: bytes, *, cipher: bool = False) -> bytes:
    """The plain message of what `protect` or `protect_eps` made; a plain message as it is."""
    eps = bool(nas) and nas[0] & 0xF == EMM
    size, header = (EPS_PROTECTED, nas[0] >> 4) if eps else (PROTECTED, nas[1] if len(nas) > 1 else 0)
    if len(nas) < size or header == 0:
        return nas
    return ciphered(nas[size:], nas[size - 1]) if cipher and _hides(header) else nas[size:]


def ciphered(data: bytes, key: int) -> bytes:
    """Hides octets, and shows them again."""
    size = len(data)
    return (int.from_bytes(data, "big") ^ int.from_bytes(_pad(key & 0xFF)[:size], "big")).to_bytes(
        size, "big"
    )


def _sealed(plain: bytes, count: int, header: int, cipher: bool) -> bytes:
    inner = ciphered(plain, count) if cipher and _hides(header) else plain
    return zlib.crc32(inner).to_bytes(4, "big") + bytes((count & 0xFF,)) + inner


def _hides(header: int) -> bool:
    # A SECURITY MODE COMMAND is never ciphered: its receiver has no context yet (TS 24.501, 4.4.4.2).
    return header in (CIPHERED, NEW_CONTEXT_CIPHERED)


@cache
def _pad(key: int) -> bytes:
    # Odd in its first octet: what is ciphered with it never begins like a message of 5GMM or EMM.
    pad = random.Random(key).randbytes(512)
    return bytes((pad[0] | 1,)) + pad[1:]
