"""What a NAS message is, where it can be read: 5GMM of 3GPP TS 24.501, EMM of TS 24.301 (release 18).

Of a message no more is read than its type and the octet behind it, a type of registration or a cause.

A message is plain, or protected: then a header with a MAC and a sequence number stands before it, and it can
be read only with the null cipher. No header names the cipher. What stands there counts as a message if it begins
like a plain one whose type may travel in that direction: ciphertext looks so by chance once in a million messages
of 5GMM, but once in 4,000 of EMM, whose plain header is one byte shorter.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import NamedTuple

from sctptop.model.ngap.ppid import NGAP, S1AP

_UP, _DOWN, _BOTH = "up", "down", "up down"

_5GMM: Mapping[int, tuple[str, str]] = {
    0x41: ("RegistrationRequest", _UP),
    0x42: ("RegistrationAccept", _DOWN),
    0x43: ("RegistrationComplete", _UP),
    0x44: ("RegistrationReject", _DOWN),
    0x45: ("DeregistrationRequestUEOriginating", _UP),
    0x46: ("DeregistrationAcceptUEOriginating", _DOWN),
    0x47: ("DeregistrationRequestUETerminated", _DOWN),
    0x48: ("DeregistrationAcceptUETerminated", _UP),
    0x4C: ("ServiceRequest", _UP),
    0x4D: ("ServiceReject", _DOWN),
    0x4E: ("ServiceAccept", _DOWN),
    0x4F: ("ControlPlaneServiceRequest", _UP),
    0x50: ("NetworkSliceSpecificAuthenticationCommand", _DOWN),
    0x51: ("NetworkSliceSpecificAuthenticationComplete", _UP),
    0x52: ("NetworkSliceSpecificAuthenticationResult", _DOWN),
    0x54: ("ConfigurationUpdateCommand", _DOWN),
    0x55: ("ConfigurationUpdateComplete", _UP),
    0x56: ("AuthenticationRequest", _DOWN),
    0x57: ("AuthenticationResponse", _UP),
    0x58: ("AuthenticationReject", _DOWN),
    0x59: ("AuthenticationFailure", _UP),
    0x5A: ("AuthenticationResult", _DOWN),
    0x5B: ("IdentityRequest", _DOWN),
    0x5C: ("IdentityResponse", _UP),
    0x5D: ("SecurityModeCommand", _DOWN),
    0x5E: ("SecurityModeComplete", _UP),
    0x5F: ("SecurityModeReject", _UP),
    0x64: ("5GMMStatus", _BOTH),
    0x65: ("Notification", _DOWN),
    0x66: ("NotificationResponse", _UP),
    0x67: ("ULNASTransport", _UP),
    0x68: ("DLNASTransport", _DOWN),
    0x69: ("RelayKeyRequest", _UP),
    0x6A: ("RelayKeyAccept", _DOWN),
    0x6B: ("RelayKeyReject", _DOWN),
    0x6C: ("RelayAuthenticationRequest", _DOWN),
    0x6D: ("RelayAuthenticationResponse", _UP),
}
"""TS 24.501, table 9.7.1; directions from section 8.2."""

_EMM: Mapping[int, tuple[str, str]] = {
    0x41: ("AttachRequest", _UP),
    0x42: ("AttachAccept", _DOWN),
    0x43: ("AttachComplete", _UP),
    0x44: ("AttachReject", _DOWN),
    0x45: ("DetachRequest", _BOTH),
    0x46: ("DetachAccept", _BOTH),
    0x48: ("TrackingAreaUpdateRequest", _UP),
    0x49: ("TrackingAreaUpdateAccept", _DOWN),
    0x4A: ("TrackingAreaUpdateComplete", _UP),
    0x4B: ("TrackingAreaUpdateReject", _DOWN),
    0x4C: ("ExtendedServiceRequest", _UP),
    0x4D: ("ControlPlaneServiceRequest", _UP),
    0x4E: ("ServiceReject", _DOWN),
    0x4F: ("ServiceAccept", _DOWN),
    0x50: ("GUTIReallocationCommand", _DOWN),
    0x51: ("GUTIReallocationComplete", _UP),
    0x52: ("AuthenticationRequest", _DOWN),
    0x53: ("AuthenticationResponse", _UP),
    0x54: ("AuthenticationReject", _DOWN),
    0x55: ("IdentityRequest", _DOWN),
    0x56: ("IdentityResponse", _UP),
    0x5C: ("AuthenticationFailure", _UP),
    0x5D: ("SecurityModeCommand", _DOWN),
    0x5E: ("SecurityModeComplete", _UP),
    0x5F: ("SecurityModeReject", _UP),
    0x60: ("EMMStatus", _BOTH),
    0x61: ("EMMInformation", _DOWN),
    0x62: ("DownlinkNASTransport", _DOWN),
    0x63: ("UplinkNASTransport", _UP),
    0x64: ("CSServiceNotification", _DOWN),
    0x68: ("DownlinkGenericNASTransport", _DOWN),
    0x69: ("UplinkGenericNASTransport", _UP),
}
"""TS 24.301, table 9.8.1; directions from section 8.2. A ServiceRequest has a short header and no type."""

_TYPES = {NGAP: _5GMM, S1AP: _EMM}


def nas_name(ppid: int, nas: int) -> str:
    """Such as "RegistrationRequest"; "NAS 0x7b" for a type that a later release brought. ``ppid`` NGAP or S1AP."""
    known = _TYPES.get(ppid, {}).get(nas)
    return known[0] if known else f"NAS {nas:#04x}"


def _travelling(types: Mapping[int, tuple[str, str]], direction: str) -> frozenset[int]:
    return frozenset(number for number, (_, directions) in types.items() if direction in directions.split())


UPLINK_5GMM, DOWNLINK_5GMM = _travelling(_5GMM, _UP), _travelling(_5GMM, _DOWN)
UPLINK_EMM, DOWNLINK_EMM = _travelling(_EMM, _UP), _travelling(_EMM, _DOWN)


_REGISTRATIONS = (
    "initial",  # unused, and to be taken for this one
    "initial",
    "mobility",
    "periodic",
    "emergency",
    "onboarding",
    "disaster mobility",
    "disaster initial",
)
"""5GS registration type, the lower three bits; TS 24.501, section 9.11.3.7."""
_ATTACHES = (*["attach"] * 6, "emergency attach", "attach")
"""EPS attach type; TS 24.301, section 9.9.3.11."""
_UPDATES = (*["tracking area update"] * 3, "periodic tracking area update", *["tracking area update"] * 4)
"""EPS update type; section 9.9.3.14."""
REGISTRATION_TYPES = tuple(dict.fromkeys((*_REGISTRATIONS, *_ATTACHES, *_UPDATES)))
"""Everything that ``NasRead.registration_type`` may be."""

_NO_KIND: tuple[str, ...] = ()
# By the type of the message what stands behind it: a type of registration, or a cause.
_BEHIND_5GMM = {0x41: _REGISTRATIONS, **dict.fromkeys((0x44, 0x4D, 0x59, 0x5F, 0x64), _NO_KIND)}
_BEHIND_EMM = {
    0x41: _ATTACHES,
    0x48: _UPDATES,
    **dict.fromkeys((0x44, 0x4B, 0x4E, 0x5C, 0x5F, 0x60), _NO_KIND),
}


class NasRead(NamedTuple):
    """What can be read of a NAS message: its type, one of REGISTRATION_TYPES, and its cause."""

    nas: int | None = None
    registration_type: str | None = None
    cause: int | None = None


_NOTHING = NasRead()


def read_5gmm(data: bytes, at: int, end: int, expected: Set[int]) -> NasRead:
    """Of the message in ``data[at:end]``; its type is one of ``expected`` if it is protected; section 9.1.1."""
    if end - at < 3 or data[at] != 0x7E:
        return _NOTHING
    at += 1
    security = data[at]
    if security:
        at += 7  # behind security header type, MAC of four bytes, sequence number, and discriminator
        if security > 4 or end - at < 2 or data[at - 1] != 0x7E or data[at] or data[at + 1] not in expected:
            return _NOTHING
    return _behind(data, at + 1, end, _BEHIND_5GMM)


def read_emm(data: bytes, at: int, end: int, expected: Set[int]) -> NasRead:
    """The same for EMM, whose security header type is the upper half of the first byte; TS 24.301, section 9.1."""
    if end - at < 2 or data[at] & 0x0F != 7:
        return _NOTHING
    security = data[at] >> 4
    if security:
        at += 6  # behind the first byte, MAC of four bytes and sequence number
        if security > 4 or end - at < 2 or data[at] != 7 or data[at + 1] not in expected:
            return _NOTHING
    return _behind(data, at + 1, end, _BEHIND_EMM)


def _behind(data: bytes, at: int, end: int, meanings: Mapping[int, tuple[str, ...]]) -> NasRead:
    """The type that stands there, and what the octet behind it means to it."""
    number = data[at]
    at += 1
    if at >= end or number not in meanings:
        return NasRead(number)
    kinds = meanings[number]
    return NasRead(number, kinds[data[at] & 7]) if kinds else NasRead(number, None, data[at])
