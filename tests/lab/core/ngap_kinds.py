"""The messages of NGAP (TS 38.413, clause 9.2) that the simulators write: their IEs as pycrate takes them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from tests.lab.core import causes
from tests.lab.core import nas_messages as nas
from tests.lab.core import nas_services as services
from tests.lab.core.nas_messages import PLMN
from tests.lab.core.nas_protection import PROTECTED
from tests.lab.core.templates import Ie, Kind, Protocol, Values, enclosed

GUAMI = {"pLMNIdentity": PLMN, "aMFRegionID": (2, 8), "aMFSetID": (1, 10), "aMFPointer": (0, 6)}
SLICE = {"s-NSSAI": {"sST": b"\x01", "sD": b"\x00\x00\x01"}}
TUNNEL = ("gTPTunnel", {"transportLayerAddress": (0x0A090001, 32), "gTP-TEID": b"\x00\x00\x00\x01"})
LOCATION = {
    "nR-CGI": {"pLMNIdentity": PLMN, "nRCellIdentity": (0x10, 36)},
    "tAI": {"pLMNIdentity": PLMN, "tAC": b"\x00\x00\x01"},
}
NAME = "gnb-7"
BIT_RATES = {"uEAggregateMaximumBitRateDL": 10**9, "uEAggregateMaximumBitRateUL": 10**9}
SESSION_CAUSE = ("radioNetwork", "radio-resources-not-available")


def _amf(values: Values, criticality: str = "reject") -> Ie:
    return (10, criticality, "AMF-UE-NGAP-ID", values.amf)


def _ran(values: Values, criticality: str = "reject") -> Ie:
    return (85, criticality, "RAN-UE-NGAP-ID", values.ran)


def _nas(values: Values, criticality: str = "reject") -> Ie:
    return (38, criticality, "NAS-PDU", values.nas)


def _cause(values: Values) -> Ie:
    return (15, "ignore", "Cause", tuple(values.cause.split()))


def _both(values: Values, criticality: str = "reject") -> list[Ie]:
    return [_amf(values, criticality), _ran(values, criticality)]


def _with_cause(values: Values) -> list[Ie]:
    return [*_both(values, "ignore"), _cause(values)]


def _location(criticality: str = "ignore") -> Ie:
    return (121, criticality, "UserLocationInformation", ("userLocationInformationNR", LOCATION))


def _node(values: Values, criticality: str) -> Ie:
    gnb = {"pLMNIdentity": PLMN, "gNB-ID": ("gNB-ID", (values.gnb, 32))}
    return (27, criticality, "GlobalRANNodeID", ("globalGNB-ID", gnb))


def _ng_setup_request(values: Values) -> list[Ie]:
    plmn = {"pLMNIdentity": PLMN, "tAISliceSupportList": [SLICE]}
    return [
        _node(values, "reject"),
        (82, "ignore", "RANNodeName", NAME),
        (102, "reject", "SupportedTAList", [{"tAC": b"\x00\x00\x01", "broadcastPLMNList": [plmn]}]),
        (21, "ignore", "PagingDRX", "v128"),
    ]


def _ng_setup_response(values: Values) -> list[Ie]:
    return [
        (1, "reject", "AMFName", "amf-1"),
        (96, "reject", "ServedGUAMIList", [{"gUAMI": GUAMI}]),
        (86, "ignore", "RelativeAMFCapacity", 255),
        (80, "reject", "PLMNSupportList", [{"pLMNIdentity": PLMN, "sliceSupportList": [SLICE]}]),
    ]


def _initial_ue_message(values: Values) -> list[Ie]:
    return [
        _ran(values),
        _nas(values),
        _location("reject"),
        (90, "ignore", "RRCEstablishmentCause", "mo-Signalling"),
        (112, "ignore", "UEContextRequest", "requested"),
    ]


def _reroute(values: Values) -> list[Ie]:
    return [_ran(values), (42, "reject", "OCTET STRING", values.nas), (3, "reject", "AMFSetID", (2, 10))]


def _initial_context_setup_request(values: Values) -> list[Ie]:
    security = {
        "nRencryptionAlgorithms": (0xE000, 16),
        "nRintegrityProtectionAlgorithms": (0xE000, 16),
        "eUTRAencryptionAlgorithms": (0xE000, 16),
        "eUTRAintegrityProtectionAlgorithms": (0xE000, 16),
    }
    return [
        *_both(values),
        (110, "reject", "UEAggregateMaximumBitRate", BIT_RATES),
        (28, "reject", "GUAMI", GUAMI),
        (0, "reject", "AllowedNSSAI", [SLICE]),
        (119, "reject", "UESecurityCapabilities", security),
        (94, "reject", "SecurityKey", (int.from_bytes(hashlib.sha256(b"lab").digest(), "big"), 256)),
        _nas(values, "ignore"),
    ]


def _session_setup_request(values: Values) -> list[Ie]:
    qos = {
        "qosCharacteristics": ("nonDynamic5QI", {"fiveQI": 9}),
        "allocationAndRetentionPriority": {
            "priorityLevelARP": 8,
            "pre-emptionCapability": "shall-not-trigger-pre-emption",
            "pre-emptionVulnerability": "not-pre-emptable",
        },
    }
    flow = {"qosFlowIdentifier": 1, "qosFlowLevelQosParameters": qos}
    transfer = [
        enclosed((139, "reject", "UPTransportLayerInformation", TUNNEL)),
        enclosed((134, "reject", "PDUSessionType", "ipv4")),
        enclosed((136, "reject", "QosFlowSetupRequestList", [flow])),
    ]
    item = {
        "pDUSessionID": 1,
        "pDUSessionNAS-PDU": values.nas,
        **SLICE,
        "pDUSessionResourceSetupRequestTransfer": (
            "PDUSessionResourceSetupRequestTransfer",
            {"protocolIEs": transfer},
        ),
    }
    return [
        *_both(values),
        (74, "reject", "PDUSessionResourceSetupListSUReq", [item]),
        (110, "ignore", "UEAggregateMaximumBitRate", BIT_RATES),
    ]


def _session_setup_response(values: Values) -> list[Ie]:
    if values.cause:
        failure = ("PDUSessionResourceSetupUnsuccessfulTransfer", {"cause": tuple(values.cause.split())})
        refused = {"pDUSessionID": 1, "pDUSessionResourceSetupUnsuccessfulTransfer": failure}
        return [
            *_both(values, "ignore"),
            (58, "ignore", "PDUSessionResourceFailedToSetupListSURes", [refused]),
        ]
    flows = {"uPTransportLayerInformation": TUNNEL, "associatedQosFlowList": [{"qosFlowIdentifier": 1}]}
    transfer = ("PDUSessionResourceSetupResponseTransfer", {"dLQosFlowPerTNLInformation": flows})
    item = {"pDUSessionID": 1, "pDUSessionResourceSetupResponseTransfer": transfer}
    return [*_both(values, "ignore"), (75, "ignore", "PDUSessionResourceSetupListSURes", [item])]


def _release_command(values: Values) -> list[Ie]:
    pair = {"aMF-UE-NGAP-ID": values.amf, "rAN-UE-NGAP-ID": values.ran}
    return [(114, "reject", "UE-NGAP-IDs", ("uE-NGAP-ID-pair", pair)), _cause(values)]


def _sizes(*messages: bytes) -> tuple[int, ...]:
    return tuple(sorted({len(message) for message in messages}))


def _protected(*messages: bytes) -> list[bytes]:
    return [bytes(PROTECTED) + message for message in messages]


def _update(kind: str) -> bytes:
    whole = nas.registration_request(0, kind, complete=True)
    return nas.registration_request(0, kind, container=whole)


_ACCEPTS = _protected(*(nas.registration_accept(0, assign_guti=guti) for guti in (True, False)))
_REQUESTS = [nas.registration_request(0), *_protected(nas.registration_request(0))]
_GOODBYES = _protected(*(services.deregistration_request(0, with_guti=guti) for guti in (True, False)))
_INITIAL = _sizes(
    *_REQUESTS,
    *_protected(*map(_update, nas.UPDATES)),
    *_protected(services.service_request(0)),
    *_GOODBYES,
)
_DOWNLINK = _sizes(
    nas.authentication_request(0),
    nas.authentication_reject(),
    nas.registration_reject(),
    *_ACCEPTS,
    *_protected(
        nas.security_mode_command(),
        nas.registration_reject(),
        nas.identity_request(),
        services.deregistration_accept(),
        services.service_accept(),
        services.session_reject(0),
    ),
)
_UPLINK = _sizes(
    nas.authentication_response(0),
    nas.authentication_failure(nas.MAC_FAILURE),
    nas.authentication_failure(nas.SYNCH_FAILURE),
    *_REQUESTS,
    *_GOODBYES,
    *_protected(
        *(nas.security_mode_complete(0, kind) for kind in nas.TYPES),
        nas.identity_response(0),
        nas.registration_complete(),
        nas.status(0),
        services.session_request(),
    ),
)
_SETUP = _sizes(*_ACCEPTS, *_protected(services.service_accept()))
AROUND_NAS = 46
"""Octets of a short InitialUEMessage beside its NAS message and RAN-UE-NGAP-ID, as a re-route carries it."""
_REROUTED = tuple(AROUND_NAS + len(_REQUESTS[0]) + size for size in range(1, 5))

INITIATING, SUCCESSFUL, UNSUCCESSFUL = "initiatingMessage", "successfulOutcome", "unsuccessfulOutcome"
KINDS: Mapping[str, Kind] = {
    "NGSetupRequest": Kind(INITIATING, 21, "reject", _ng_setup_request),
    "NGSetupResponse": Kind(SUCCESSFUL, 21, "reject", _ng_setup_response),
    "NGSetupFailure": Kind(
        *(UNSUCCESSFUL, 21, "reject"),
        lambda values: [_cause(values), (107, "ignore", "TimeToWait", "v1s")],
        causes=("misc unknown-PLMN-or-SNPN", "radioNetwork slice-not-supported"),
    ),
    "RANConfigurationUpdate": Kind(
        *(INITIATING, 35, "reject"),
        lambda values: [(82, "ignore", "RANNodeName", NAME), _node(values, "ignore")],
    ),
    "RANConfigurationUpdate of nobody": Kind(
        *(INITIATING, 35, "reject"), lambda values: [(82, "ignore", "RANNodeName", NAME)]
    ),
    "RANConfigurationUpdateAcknowledge": Kind(SUCCESSFUL, 35, "reject", lambda values: []),
    "InitialUEMessage": Kind(INITIATING, 15, "ignore", _initial_ue_message, _INITIAL),
    "DownlinkNASTransport": Kind(
        INITIATING, 4, "ignore", lambda values: [*_both(values), _nas(values)], _DOWNLINK
    ),
    "UplinkNASTransport": Kind(
        *(INITIATING, 46, "ignore"), lambda values: [*_both(values), _nas(values), _location()], _UPLINK
    ),
    "RerouteNASRequest": Kind(INITIATING, 36, "reject", _reroute, _REROUTED),
    "InitialContextSetupRequest": Kind(INITIATING, 14, "reject", _initial_context_setup_request, _SETUP),
    "InitialContextSetupResponse": Kind(SUCCESSFUL, 14, "reject", lambda values: _both(values, "ignore")),
    "InitialContextSetupFailure": Kind(UNSUCCESSFUL, 14, "reject", _with_cause, causes=(causes.NO_RADIO,)),
    "PDUSessionResourceSetupRequest": Kind(
        *(INITIATING, 29, "reject"), _session_setup_request, _sizes(*_protected(services.session_accept()))
    ),
    "PDUSessionResourceSetupResponse": Kind(
        SUCCESSFUL, 29, "reject", _session_setup_response, causes=("", causes.NO_RADIO)
    ),
    "ErrorIndication": Kind(INITIATING, 9, "ignore", _with_cause, causes=(causes.SEMANTIC,)),
    "UEContextReleaseRequest": Kind(
        INITIATING, 42, "ignore", _with_cause, causes=(causes.USER_INACTIVITY, causes.RADIO_LOST)
    ),
    "UEContextReleaseCommand": Kind(INITIATING, 41, "reject", _release_command, causes=tuple(causes.NGAP)),
    "UEContextReleaseComplete": Kind(
        SUCCESSFUL, 41, "reject", lambda values: [*_both(values, "ignore"), _location()]
    ),
}
NGAP = Protocol("NGAP", KINDS, frozenset((10, 114)), frozenset((85, 114)), amf_octets=5, ran_octets=4)
