"""The payload protocol identifier of a DATA chunk (RFC 9260, section 3.3.1): numbers assigned by IANA."""

from __future__ import annotations

from collections.abc import Mapping

S1AP = 18
NGAP = 60

PPID_NAMES: Mapping[int, str] = {
    S1AP: "S1AP",
    27: "X2AP",
    NGAP: "NGAP",
    61: "XnAP",
    62: "F1AP",
    64: "E1AP",
    66: "NGAP over DTLS",
}
"""Those that the nodes of a radio network use."""


def ppid_of(raw: int) -> tuple[int, bool]:
    """The identifier meant, and whether its sender swapped its bytes.

    ``raw`` is the field read as big-endian. SCTP hands it on untouched, so a sender that forgets htonl on a
    little-endian machine puts 0x3c000000 on the wire for NGAP.
    """
    swapped = int.from_bytes((raw & 0xFFFFFFFF).to_bytes(4, "little"), "big")
    return (swapped, True) if swapped in PPID_NAMES else (raw, False)
