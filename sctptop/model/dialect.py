"""The two protocols between a radio node and its core, NGAP and S1AP: the messages that a registration turns on.

Procedure codes: 3GPP TS 38.413 section 9.4.7 and TS 36.413 section 9.3.7; types of NAS messages: TS 24.501 section 9.7
and TS 24.301 section 9.8. An attach of 4G goes the way of a registration of 5G, under other numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

INITIATING, SUCCESSFUL, UNSUCCESSFUL = "initiatingMessage", "successfulOutcome", "unsuccessfulOutcome"
S1AP_PPID = 18
S1AP_PORT = 36412


@dataclass(frozen=True, slots=True)
class NasPair:
    """A request of the core in a downlink NAS message and the types that answer it."""

    name: str
    answers: frozenset[int]
    failures: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Dialect:
    """Numbers of one protocol. ``ran`` and ``core`` are what it calls its two ends.

    ``answered`` are the procedures of class 1, those whose request has a response; ``later`` the types of NAS messages
    that a UE sends only after its registration.
    """

    name: str
    ran: str
    core: str
    initial_ue: int
    downlink_nas: int
    uplink_nas: int
    context_setup: int
    context_release: int
    reroute: int
    request: int
    accept: int
    complete: int
    rejects: frozenset[int]
    later: frozenset[int]
    answered: Mapping[int, str]
    names: Mapping[int, str] = field(default_factory=dict)
    nas_names: Mapping[int, str] = field(default_factory=dict)
    nas_pairs: Mapping[int, NasPair] = field(default_factory=dict)


NGAP = Dialect(
    name="NGAP",
    ran="gNB",
    core="AMF",
    initial_ue=15,
    downlink_nas=4,
    uplink_nas=46,
    context_setup=14,
    context_release=41,
    reroute=36,
    request=0x41,
    accept=0x42,
    complete=0x43,
    rejects=frozenset((0x44, 0x58)),
    later=frozenset((0x45, 0x4C, 0x67)),
    answered={
        0: "AMFConfigurationUpdate",
        10: "HandoverCancel",
        12: "HandoverPreparation",
        13: "HandoverResourceAllocation",
        14: "InitialContextSetup",
        20: "NGReset",
        21: "NGSetup",
        25: "PathSwitchRequest",
        26: "PDUSessionResourceModify",
        27: "PDUSessionResourceModifyIndication",
        28: "PDUSessionResourceRelease",
        29: "PDUSessionResourceSetup",
        32: "PWSCancel",
        35: "RANConfigurationUpdate",
        40: "UEContextModification",
        41: "UEContextRelease",
        43: "UERadioCapabilityCheck",
        51: "WriteReplaceWarning",
        58: "UEContextResume",
        59: "UEContextSuspend",
        60: "UERadioCapabilityIDMapping",
    },
    names={
        4: "DownlinkNASTransport",
        9: "ErrorIndication",
        15: "InitialUEMessage",
        19: "NASNonDeliveryIndication",
        24: "Paging",
        36: "RerouteNASRequest",
        42: "UEContextReleaseRequest",
        44: "UERadioCapabilityInfoIndication",
        46: "UplinkNASTransport",
    },
    nas_names={
        0x41: "RegistrationRequest",
        0x42: "RegistrationAccept",
        0x43: "RegistrationComplete",
        0x44: "RegistrationReject",
        0x45: "DeregistrationRequest",
        0x46: "DeregistrationAccept",
        0x4C: "ServiceRequest",
        0x4D: "ServiceReject",
        0x4E: "ServiceAccept",
        0x54: "ConfigurationUpdateCommand",
        0x56: "AuthenticationRequest",
        0x57: "AuthenticationResponse",
        0x58: "AuthenticationReject",
        0x59: "AuthenticationFailure",
        0x5A: "AuthenticationResult",
        0x5B: "IdentityRequest",
        0x5C: "IdentityResponse",
        0x5D: "SecurityModeCommand",
        0x5E: "SecurityModeComplete",
        0x5F: "SecurityModeReject",
        0x67: "ULNASTransport",
        0x68: "DLNASTransport",
    },
    nas_pairs={
        0x56: NasPair("Authentication", frozenset((0x57,)), frozenset((0x59,))),
        0x5B: NasPair("Identification", frozenset((0x5C,))),
        0x5D: NasPair("SecurityModeControl", frozenset((0x5E,)), frozenset((0x5F,))),
    },
)

S1AP = Dialect(
    name="S1AP",
    ran="eNB",
    core="MME",
    initial_ue=12,
    downlink_nas=11,
    uplink_nas=13,
    context_setup=9,
    context_release=23,
    reroute=52,
    request=0x41,
    accept=0x42,
    complete=0x43,
    rejects=frozenset((0x44, 0x54)),
    later=frozenset((0x45, 0x4C)),
    answered={
        0: "HandoverPreparation",
        1: "HandoverResourceAllocation",
        3: "PathSwitchRequest",
        4: "HandoverCancel",
        5: "E-RABSetup",
        6: "E-RABModify",
        7: "E-RABRelease",
        9: "InitialContextSetup",
        14: "Reset",
        17: "S1Setup",
        21: "UEContextModification",
        23: "UEContextRelease",
        29: "ENBConfigurationUpdate",
        30: "MMEConfigurationUpdate",
        36: "WriteReplaceWarning",
        48: "UERadioCapabilityMatch",
        50: "E-RABModificationIndication",
    },
    names={
        10: "Paging",
        11: "DownlinkNASTransport",
        12: "InitialUEMessage",
        13: "UplinkNASTransport",
        15: "ErrorIndication",
        16: "NASNonDeliveryIndication",
        18: "UEContextReleaseRequest",
        22: "UECapabilityInfoIndication",
        52: "RerouteNASRequest",
    },
    nas_names={
        0x41: "AttachRequest",
        0x42: "AttachAccept",
        0x43: "AttachComplete",
        0x44: "AttachReject",
        0x45: "DetachRequest",
        0x46: "DetachAccept",
        0x48: "TrackingAreaUpdateRequest",
        0x49: "TrackingAreaUpdateAccept",
        0x4A: "TrackingAreaUpdateComplete",
        0x4C: "ExtendedServiceRequest",
        0x52: "AuthenticationRequest",
        0x53: "AuthenticationResponse",
        0x54: "AuthenticationReject",
        0x55: "IdentityRequest",
        0x56: "IdentityResponse",
        0x5C: "AuthenticationFailure",
        0x5D: "SecurityModeCommand",
        0x5E: "SecurityModeComplete",
        0x5F: "SecurityModeReject",
        0x61: "EMMInformation",
    },
    nas_pairs={
        0x52: NasPair("Authentication", frozenset((0x53,)), frozenset((0x5C,))),
        0x55: NasPair("Identification", frozenset((0x56,))),
        0x5D: NasPair("SecurityModeControl", frozenset((0x5E,)), frozenset((0x5F,))),
    },
)

_OWN_NAMES = {
    ("HandoverPreparation", INITIATING): "HandoverRequired",
    ("HandoverPreparation", SUCCESSFUL): "HandoverCommand",
    ("HandoverPreparation", UNSUCCESSFUL): "HandoverPreparationFailure",
    ("HandoverResourceAllocation", INITIATING): "HandoverRequest",
    ("HandoverResourceAllocation", SUCCESSFUL): "HandoverRequestAcknowledge",
    ("HandoverResourceAllocation", UNSUCCESSFUL): "HandoverFailure",
    ("PathSwitchRequest", INITIATING): "PathSwitchRequest",
    ("PathSwitchRequest", SUCCESSFUL): "PathSwitchRequestAcknowledge",
    ("UEContextRelease", INITIATING): "UEContextReleaseCommand",
    ("UEContextRelease", SUCCESSFUL): "UEContextReleaseComplete",
}
"""Messages that are not called by their procedure with Request, Response or Failure behind it."""

_ENDINGS = {INITIATING: "Request", SUCCESSFUL: "Response", UNSUCCESSFUL: "Failure"}


def dialect_of(ppid: object, *ports: int) -> Dialect:
    """By the payload protocol identifier; where the sender gave none, by the port that MMEs listen on."""
    if ppid == S1AP_PPID or (not ppid and S1AP_PORT in ports):
        return S1AP
    return NGAP


def procedure_name(dialect: Dialect, code: int) -> str:
    """The procedure as the specification calls it, "procedure 99" where it is not known here."""
    return dialect.answered.get(code) or dialect.names.get(code) or f"procedure {code}"


def message_name(dialect: Dialect, code: int, pdu: str) -> str:
    """The message of a procedure: ``InitialContextSetupResponse``, ``UplinkNASTransport``."""
    procedure = procedure_name(dialect, code)
    if code not in dialect.answered:
        return procedure
    updated = procedure.endswith("ConfigurationUpdate")
    ending = {INITIATING: "", SUCCESSFUL: "Acknowledge"}.get(pdu) if updated else None
    return _OWN_NAMES.get((procedure, pdu)) or procedure + (
        _ENDINGS.get(pdu, "") if ending is None else ending
    )
