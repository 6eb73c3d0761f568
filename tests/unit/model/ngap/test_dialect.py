"""The numbers of the two dialects by the names that the specifications give them, and which one a sender speaks."""

from __future__ import annotations

import pytest

from sctptop.model.ngap import ppid
from sctptop.model.ngap.dialect import CORE_PORTS, NGAP, RAN_ENDS, S1AP, Dialect, dialect_of
from sctptop.model.ngap.nas import nas_name
from sctptop.model.ngap.procedure_names import procedure_name

CODES = (
    "initial_ue", "downlink_nas", "uplink_nas", "context_setup", "context_release", "reroute",
    "setup", "reset", "release_request", "error", "session_setup",
)  # fmt: skip


def procedures(dialect: Dialect) -> dict[str, str]:
    return {code: procedure_name(dialect.ppid, getattr(dialect, code)) for code in CODES}


def types(dialect: Dialect, *numbers: int) -> set[str]:
    return {nas_name(dialect.ppid, number) for number in numbers}


def test_procedures_of_a_registration() -> None:
    common = {
        "initial_ue": "InitialUEMessage",
        "downlink_nas": "DownlinkNASTransport",
        "uplink_nas": "UplinkNASTransport",
        "context_setup": "InitialContextSetup",
        "context_release": "UEContextRelease",
        "reroute": "RerouteNASRequest",
        "release_request": "UEContextReleaseRequest",
        "error": "ErrorIndication",
    }
    ngap = {"setup": "NGSetup", "reset": "NGReset", "session_setup": "PDUSessionResourceSetup"}
    s1ap = {"setup": "S1Setup", "reset": "Reset", "session_setup": "E-RABSetup"}
    assert procedures(NGAP) == {**common, **ngap}
    assert procedures(S1AP) == {**common, **s1ap}


def test_nas_messages_of_a_registration() -> None:
    for dialect, names in ((NGAP, {"Registration"}), (S1AP, {"Attach", "TrackingAreaUpdate"})):
        found = {
            nas_name(dialect.ppid, request): (types(dialect, goal.accept), types(dialect, goal.complete))
            for request, goal in dialect.goals.items()
        }
        assert found == {f"{name}Request": ({f"{name}Accept"}, {f"{name}Complete"}) for name in names}
        assert types(dialect, *dialect.accepts) == {f"{name}Accept" for name in names}
        assert types(dialect, *dialect.completes) == {f"{name}Complete" for name in names}
        assert types(dialect, *dialect.rejects) == {f"{name}Reject" for name in names}
        assert types(dialect, dialect.authentication_reject) == {"AuthenticationReject"}
        assert types(dialect, dialect.authentication_failure) == {"AuthenticationFailure"}
        assert types(dialect, dialect.security_reject) == {"SecurityModeReject"}
    assert types(NGAP, NGAP.status) == {"5GMMStatus"} and types(S1AP, S1AP.status) == {"EMMStatus"}
    assert types(NGAP, *NGAP.later) == {
        "DeregistrationRequestUEOriginating",
        "ServiceRequest",
        "ULNASTransport",
    }
    assert types(S1AP, *S1AP.later) == {"DetachRequest", "ExtendedServiceRequest"}


@pytest.mark.parametrize("dialect", [NGAP, S1AP], ids=lambda dialect: dialect.name)
def test_requests_of_the_core_and_what_answers_them(dialect: Dialect) -> None:
    told = {
        nas_name(dialect.ppid, number): (
            pair.name,
            types(dialect, *pair.answers),
            types(dialect, *pair.failures),
            pair.in_turn,
            pair.secures,
        )
        for number, pair in dialect.nas_pairs.items()
    }
    assert told == {
        "AuthenticationRequest": (
            "Authentication",
            {"AuthenticationResponse"},
            {"AuthenticationFailure"},
            True,
            True,
        ),
        "IdentityRequest": ("Identification", {"IdentityResponse"}, set(), False, False),
        "SecurityModeCommand": (
            "SecurityModeControl",
            {"SecurityModeComplete"},
            {"SecurityModeReject"},
            True,
            False,
        ),
    }


def test_each_calls_its_ends_as_its_specification_does() -> None:
    assert (NGAP.name, NGAP.ran, NGAP.core, NGAP.ppid) == ("NGAP", "gNB", "AMF", ppid.NGAP)
    assert (S1AP.name, S1AP.ran, S1AP.core, S1AP.ppid) == ("S1AP", "eNB", "MME", ppid.S1AP)
    assert RAN_ENDS == ("gNB", "eNB")


@pytest.mark.parametrize(
    ("number", "ports", "spoken"),
    [
        (60, (), NGAP),
        (18, (), S1AP),
        (18, (59058, 38412), S1AP),
        (60, (36412, 59058), NGAP),
        (0, (59058, 36412), S1AP),
        (None, (36412, 59058), S1AP),
        (0, (59058, 38412), NGAP),
        (None, (), NGAP),
    ],
)
def test_the_ppid_says_which_it_is_and_without_one_the_port(
    number: int | None, ports: tuple[int, ...], spoken: Dialect
) -> None:
    assert dialect_of(number, *ports) is spoken


def test_ports_on_which_cores_listen_and_payload_protocols() -> None:
    """IANA: Service Name and Transport Protocol Port Number Registry, SCTP Payload Protocol Identifiers."""
    assert CORE_PORTS == (38412, 36412)
    names = {18: "S1AP", 27: "X2AP", 60: "NGAP", 61: "XnAP", 62: "F1AP", 64: "E1AP", 66: "NGAP over DTLS"}
    assert names == ppid.PPID_NAMES
