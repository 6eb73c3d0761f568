"""The NAS messages of the bench against pycrate: of 5GMM and EMM, plain, protected and ciphered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.lab.core import nas_messages as nas
from tests.lab.core import nas_services as services
from tests.lab.core.lte import eps_messages as eps
from tests.lab.core.lte.eps_messages import Emm
from tests.lab.core.nas_messages import Nas
from tests.lab.core.nas_protection import (
    CIPHERED,
    EMM,
    EPD,
    EPS_PROTECTED,
    INTEGRITY,
    NEW_CONTEXT,
    NEW_CONTEXT_CIPHERED,
    PROTECTED,
    ciphered,
    protect,
    protect_eps,
    unprotect,
)


def decoded(message: bytes) -> Any:
    from pycrate_mobile.NAS import parse_NAS5G

    found, error = parse_NAS5G(message)
    assert error == 0
    assert found.to_bytes() == message
    return found


MESSAGES: list[tuple[Nas, str, Callable[[], bytes]]] = [
    *(
        (
            Nas.REGISTRATION_REQUEST,
            "5GMMRegistrationRequest",
            lambda kind=kind: nas.registration_request(4711, kind),
        )
        for kind in nas.TYPES
    ),
    (Nas.AUTHENTICATION_REQUEST, "5GMMAuthenticationRequest", lambda: nas.authentication_request(4711)),
    (Nas.AUTHENTICATION_RESPONSE, "5GMMAuthenticationResponse", lambda: nas.authentication_response(4711)),
    (Nas.AUTHENTICATION_REJECT, "5GMMAuthenticationReject", nas.authentication_reject),
    (Nas.AUTHENTICATION_FAILURE, "5GMMAuthenticationFailure", lambda: nas.authentication_failure(20)),
    (Nas.AUTHENTICATION_FAILURE, "5GMMAuthenticationFailure", lambda: nas.authentication_failure(21)),
    (Nas.IDENTITY_REQUEST, "5GMMIdentityRequest", nas.identity_request),
    (Nas.IDENTITY_RESPONSE, "5GMMIdentityResponse", lambda: nas.identity_response(4711)),
    (Nas.SECURITY_MODE_COMMAND, "5GMMSecurityModeCommand", nas.security_mode_command),
    *(
        (
            Nas.SECURITY_MODE_COMPLETE,
            "5GMMSecurityModeComplete",
            lambda kind=kind: nas.security_mode_complete(4711, kind),
        )
        for kind in nas.TYPES
    ),
    *(
        (
            Nas.REGISTRATION_ACCEPT,
            "5GMMRegistrationAccept",
            lambda guti=guti: nas.registration_accept(4711, assign_guti=guti),
        )
        for guti in (True, False)
    ),
    (Nas.REGISTRATION_COMPLETE, "5GMMRegistrationComplete", nas.registration_complete),
    (Nas.REGISTRATION_REJECT, "5GMMRegistrationReject", nas.registration_reject),
    (Nas.STATUS, "5GMMStatus", lambda: nas.status(96)),
    *(
        (
            Nas.DEREGISTRATION_REQUEST,
            "5GMMMODeregistrationRequest",
            lambda guti=guti: services.deregistration_request(4711, with_guti=guti),
        )
        for guti in (True, False)
    ),
    (Nas.DEREGISTRATION_ACCEPT, "5GMMMODeregistrationAccept", services.deregistration_accept),
    (Nas.SERVICE_REQUEST, "5GMMServiceRequest", lambda: services.service_request(4711)),
    (Nas.SERVICE_ACCEPT, "5GMMServiceAccept", services.service_accept),
    (Nas.UL_NAS_TRANSPORT, "5GMMULNASTransport", services.session_request),
    (Nas.DL_NAS_TRANSPORT, "5GMMDLNASTransport", services.session_accept),
    (Nas.DL_NAS_TRANSPORT, "5GMMDLNASTransport", lambda: services.session_reject(26)),
]


@pytest.mark.parametrize(("kind", "name", "made"), MESSAGES)
def test_nas_is_what_pycrate_reads(kind: Nas, name: str, made: Callable[[], bytes]) -> None:
    message = made()
    assert message[2] == kind
    assert decoded(message)._name == name


EMM_MESSAGES: list[tuple[Emm, str, Callable[[], bytes]]] = [
    *(
        (Emm.ATTACH_REQUEST, "EMMAttachRequest", lambda kind=kind: eps.attach_request(4711, kind))
        for kind in eps.ATTACHES
    ),
    (Emm.ATTACH_ACCEPT, "EMMAttachAccept", lambda: eps.attach_accept(4711)),
    (Emm.ATTACH_COMPLETE, "EMMAttachComplete", eps.attach_complete),
    (Emm.ATTACH_REJECT, "EMMAttachReject", lambda: eps.attach_reject(7)),
    *(
        (Emm.TAU_REQUEST, "EMMTrackingAreaUpdateRequest", lambda kind=kind: eps.update_request(4711, kind))
        for kind in eps.UPDATES
    ),
    (Emm.TAU_ACCEPT, "EMMTrackingAreaUpdateAccept", eps.update_accept),
    (Emm.EXTENDED_SERVICE_REQUEST, "EMMExtServiceRequest", lambda: eps.extended_service_request(4711)),
    (Emm.DETACH_REQUEST, "EMMDetachRequestMO", lambda: eps.detach_request(4711)),
    (Emm.DETACH_ACCEPT, "EMMDetachAccept", eps.detach_accept),
    (Emm.AUTHENTICATION_REQUEST, "EMMAuthenticationRequest", lambda: eps.authentication_request(4711)),
    (Emm.AUTHENTICATION_RESPONSE, "EMMAuthenticationResponse", lambda: eps.authentication_response(4711)),
    (Emm.SECURITY_MODE_COMMAND, "EMMSecurityModeCommand", eps.security_mode_command),
    (Emm.SECURITY_MODE_COMPLETE, "EMMSecurityModeComplete", eps.security_mode_complete),
]
DOWNLINK = ("Accept", "Reject", "Command", "AuthenticationRequest")


@pytest.mark.parametrize(("kind", "name", "made"), EMM_MESSAGES)
def test_nas_of_lte_is_what_pycrate_reads(kind: Emm, name: str, made: Callable[[], bytes]) -> None:
    from pycrate_mobile.NAS import parse_NASLTE_MO, parse_NASLTE_MT

    message = made()
    parse = parse_NASLTE_MT if name.endswith(DOWNLINK) else parse_NASLTE_MO
    found, error = parse(message)
    assert error == 0
    assert found.to_bytes() == message
    assert (message[1], found._name) == (kind, name)


def test_a_service_request_of_lte_has_a_short_header() -> None:
    from pycrate_mobile.NAS import parse_NASLTE_MO

    message = eps.service_request(3)
    found, error = parse_NASLTE_MO(message)
    assert (error, found._name, len(message), message[0]) == (0, "EMMServiceRequest", 4, 0xC7)


def test_the_kind_stands_in_the_request() -> None:
    kinds = [
        decoded(nas.registration_request(1, kind))["5GSRegType"]["5GSRegType"]["Value"].get_val()
        for kind in nas.TYPES
    ]
    assert kinds == [1, 2, 3, 4]
    assert [nas.kind_of(nas.registration_request(1, kind)) for kind in nas.TYPES] == list(nas.TYPES)


def test_the_identity_names_the_ue() -> None:
    message = nas.registration_request(4711)
    suci = decoded(message)["5GSID"]["5GSID"]["Value"].get_alt()
    assert suci["Output"].get_alt().decode() == nas.msin(4711)
    assert nas.msin_bytes(4711) in message
    assert len({nas.msin(ue) for ue in range(1000)}) == 1000
    identity = decoded(nas.registration_request(4711, "periodic"))["5GSID"]["5GSID"]
    assert identity["5GTMSI"].get_val() == int.from_bytes(nas.tmsi(4711), "big")
    for made in (
        *(nas.registration_request(4711, kind) for kind in nas.TYPES),
        services.service_request(4711),
        *(services.deregistration_request(4711, with_guti=guti) for guti in (True, False)),
    ):
        assert nas.subscriber(made) == 4711
    digits = "".join(f"{octet & 0xF}{octet >> 4}" for octet in eps.imsi(4711))
    assert digits[1:] == f"99970{nas.msin(4711)}"


def test_the_suci_crosses_twice() -> None:
    inner = decoded(nas.security_mode_complete(4711))["NASContainer"]
    assert nas.msin_bytes(4711) in inner.to_bytes()


def test_the_accept_assigns_a_guti_or_not() -> None:
    with_guti = nas.registration_accept(4711, assign_guti=True)
    assert nas.assigns_guti(with_guti)
    assert not nas.assigns_guti(nas.registration_accept(4711, assign_guti=False))
    identity = decoded(with_guti)["GUTI"]["5GSID"]
    assert identity["5GTMSI"].get_val() == int.from_bytes(nas.tmsi(4711), "big")


def test_an_update_hides_the_whole_request_in_its_clear_part() -> None:
    whole = nas.registration_request(7, "mobility", complete=True)
    message = protect(nas.registration_request(7, "mobility", container=ciphered(whole, 4)), 4, INTEGRITY)
    found = decoded(message)
    assert found["5GMMHeaderSec"]["SecHdr"].get_val() == INTEGRITY
    plain = unprotect(message, cipher=True)
    assert nas.kind_of(plain) == "mobility"
    assert decoded(plain)["NASContainer"].to_bytes()[-len(whole) :] == ciphered(whole, 4) != whole


@pytest.mark.parametrize("header", [CIPHERED, NEW_CONTEXT, NEW_CONTEXT_CIPHERED])
def test_the_null_cipher_leaves_it_readable(header: int) -> None:
    plain = nas.security_mode_complete(7)
    message = protect(plain, 0x105, header)
    found = decoded(message)
    assert found["5GMMHeaderSec"]["SecHdr"].get_val() == header
    assert found["Seqn"].get_val() == 5
    assert message[7:] == plain == unprotect(message)
    assert unprotect(plain) == plain


def test_a_cipher_hides_everything_but_the_length() -> None:
    for plain, seal, begins, bits, octets in (
        (nas.security_mode_complete(7), protect, EPD, 0xFF, PROTECTED),
        (nas.registration_complete(), protect, EPD, 0xFF, PROTECTED),
        (eps.attach_accept(7), protect_eps, EMM, 0x0F, EPS_PROTECTED),
    ):
        for count in range(256):
            for header in (CIPHERED, NEW_CONTEXT_CIPHERED):
                message = seal(plain, count, header, cipher=True)
                assert len(message) == octets + len(plain)
                assert message[octets] & bits != begins
                assert nas.msin_bytes(7) not in message
                assert unprotect(message, cipher=True) == plain
    command = protect(nas.security_mode_command(), 0, NEW_CONTEXT, cipher=True)
    assert unprotect(command, cipher=True) == nas.security_mode_command() == command[7:]


def test_a_session_is_refused_or_not() -> None:
    assert services.is_session_reject(services.session_reject(26))
    assert not services.is_session_reject(services.session_accept())
