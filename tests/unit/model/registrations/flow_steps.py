"""The messages that flows are made of, as octets: procedures of NGAP and S1AP, types of 5GMM and EMM."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.unit.model.registrations.flows import S1AP, Said
from tests.unit.registering import SUCCESSFUL

INITIAL_UE, DOWN, UP, CONTEXT, RELEASE, RELEASE_REQUEST, REROUTE, SESSION = 15, 4, 46, 14, 41, 42, 36, 29
REQUEST, ACCEPT, COMPLETE, REJECT = 0x41, 0x42, 0x43, 0x44
AUTH, AUTH_R, AUTH_REJECT, AUTH_FAIL = 0x56, 0x57, 0x58, 0x59
SMC, SMC_R, SMC_REJECT, STATUS = 0x5D, 0x5E, 0x5F, 0x64
INITIAL, MOBILITY, PERIODIC, EMERGENCY = 1, 2, 3, 4
LTE_INITIAL_UE, LTE_DOWN, LTE_UP, LTE_CONTEXT, LTE_RELEASE = 12, 11, 13, 9, 23
ATTACH, ATTACH_ACCEPT, TAU, TAU_ACCEPT, TAU_COMPLETE, TAU_REJECT = 0x41, 0x42, 0x48, 0x49, 0x4A, 0x4B


def request(ms: float = 0, size: int = 30, kind: int = INITIAL, **more: Any) -> Said:
    """A RegistrationRequest in an InitialUEMessage."""
    return replace(Said(ms, True, INITIAL_UE, REQUEST, size, octet=kind, amf=None), **more)


def down(ms: float, size: int, nas: int | None = None, **more: Any) -> Said:
    """A DownlinkNASTransport."""
    return replace(Said(ms, False, DOWN, nas, size), **more)


def up(ms: float, size: int, nas: int | None = None, **more: Any) -> Said:
    """An UplinkNASTransport."""
    return replace(Said(ms, True, UP, nas, size), **more)


def context(ms: float, answered_ms: float, **more: Any) -> tuple[Said, Said]:
    """An InitialContextSetup: request and response."""
    asked, told = Said(ms, False, CONTEXT), Said(answered_ms, True, CONTEXT, pdu=SUCCESSFUL)
    return replace(asked, **more), replace(told, **more)


def release(ms: float, **more: Any) -> Said:
    """A UEContextReleaseCommand, cause nas normal-release."""
    return replace(Said(ms, False, RELEASE, cause=("nas", 0)), **more)


def release_request(ms: float, value: int, **more: Any) -> Said:
    """A UEContextReleaseRequest with a cause of the radio network."""
    return replace(Said(ms, True, RELEASE_REQUEST, cause=("radioNetwork", value)), **more)


def security(start: float, **more: Any) -> tuple[Said, ...]:
    """Authentication and security mode, its end under the cipher: ends 19 ms after `start`."""
    return (
        down(start + 5, 42, AUTH, **more),
        up(start + 9, 21, AUTH_R, **more),
        down(start + 14, 17, SMC, secured=True, **more),
        up(start + 19, 60, **more),
    )


def open_security(start: float, **more: Any) -> tuple[Said, ...]:
    """The same under the null cipher."""
    return (*security(start, **more)[:3], up(start + 19, 60, SMC_R, secured=True, **more))


def lte(said: Said) -> Said:
    """The same message in S1AP."""
    codes = {
        INITIAL_UE: LTE_INITIAL_UE,
        DOWN: LTE_DOWN,
        UP: LTE_UP,
        CONTEXT: LTE_CONTEXT,
        RELEASE: LTE_RELEASE,
    }
    return replace(said, ppid=S1AP, procedure=codes[said.procedure])
