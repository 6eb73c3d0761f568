"""NAS messages that belong to no registration: services, deregistrations, PDU sessions (TS 24.501, clause 8)."""

from __future__ import annotations

from tests.lab.core.nas_messages import S_NSSAI, Nas, guti, plain, sized, sized2, suci, tmsi


def service_request(ue: int) -> bytes:
    """For signalling, of a UE with a context: 5G-S-TMSI of set 1, pointer 0."""
    return plain(Nas.SERVICE_REQUEST, b"\x01", sized2(b"\xf4\x00\x40" + tmsi(ue)))


def service_accept() -> bytes:
    """The answer to it."""
    return plain(Nas.SERVICE_ACCEPT)


def deregistration_request(ue: int, *, with_guti: bool) -> bytes:
    """Of the UE, without switch-off: it wants an answer."""
    return plain(Nas.DEREGISTRATION_REQUEST, b"\x01", sized2(guti(ue) if with_guti else suci(ue)))


def deregistration_accept() -> bytes:
    """The answer to it."""
    return plain(Nas.DEREGISTRATION_ACCEPT)


def session_request() -> bytes:
    """UL NAS TRANSPORT of a PDU SESSION ESTABLISHMENT REQUEST: session 1, IPv4, "internet"."""
    return plain(
        Nas.UL_NAS_TRANSPORT,
        b"\x01" + sized2(bytes.fromhex("2e0101c1ffff91")),
        b"\x12\x01\x81\x22" + S_NSSAI,
        b"\x25" + sized(b"\x08internet"),
    )


def session_accept() -> bytes:
    """DL NAS TRANSPORT of a PDU SESSION ESTABLISHMENT ACCEPT: one QoS rule, the address 10.45.0.2."""
    rules = b"\x01\x00\x06\x31\x31\x01\x01\xff\x01"
    accept = b"".join(
        (
            bytes.fromhex("2e0101c211") + sized2(rules),
            sized(bytes.fromhex("0603e80603e8")),
            b"\x29" + sized(bytes.fromhex("010a2d0002")),
            b"\x22" + S_NSSAI + b"\x25" + sized(b"\x08internet"),
        )
    )
    return _session_downlink(accept)


def session_reject(cause: int) -> bytes:
    """DL NAS TRANSPORT of a PDU SESSION ESTABLISHMENT REJECT with a 5GSM cause."""
    return _session_downlink(bytes.fromhex("2e0101c3") + bytes((cause,)))


def is_session_reject(transport: bytes) -> bool:
    """Whether a plain DL NAS TRANSPORT holds one."""
    return transport[9:10] == b"\xc3"


def _session_downlink(message: bytes) -> bytes:
    return plain(Nas.DL_NAS_TRANSPORT, b"\x01" + sized2(message), b"\x12\x01")
