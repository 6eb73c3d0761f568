"""NGAP messages as pycrate encodes them, once, and where in their bytes the ids and the NAS message stand.

    python -m tests.lab.core.ngap_templates      makes the file and says where it is

In an emulated guest pycrate takes half a minute to import: the file is made before the guest starts.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.core import nas_messages as nas
from tests.lab.core.nas_messages import PLMN
from tests.lab.core.ngap_messages import Key, Slot, Template, Templates
from tests.lab.machine.cache import cache_folder

GUAMI = {"pLMNIdentity": PLMN, "aMFRegionID": (2, 8), "aMFSetID": (1, 10), "aMFPointer": (0, 6)}
SLICE = {"s-NSSAI": {"sST": b"\x01", "sD": b"\x00\x00\x01"}}
TUNNEL = ("gTPTunnel", {"transportLayerAddress": (0x0A090001, 32), "gTP-TEID": b"\x00\x00\x00\x01"})
LOCATION = {
    "nR-CGI": {"pLMNIdentity": PLMN, "nRCellIdentity": (0x10, 36)},
    "tAI": {"pLMNIdentity": PLMN, "tAC": b"\x00\x00\x01"},
}
BIT_RATES = {"uEAggregateMaximumBitRateDL": 10**9, "uEAggregateMaximumBitRateUL": 10**9}

Ie = tuple[int, str, str, Any]
"""Of NGAP: its id, criticality, type, and the value as pycrate takes it."""


@dataclass(frozen=True)
class Values:
    """What differs from one message to the next of its kind."""

    amf: int = 0
    ran: int = 0
    nas: bytes = b""
    gnb: int = 0


@dataclass(frozen=True)
class Kind:
    """A message of NGAP (TS 38.413, clause 9.2): which, its IEs, and the NAS messages it carries."""

    pdu: str
    procedure: int
    criticality: str
    ies: Callable[[Values], list[Ie]]
    nas_sizes: tuple[int, ...] = (0,)


def _amf(values: Values, criticality: str = "reject") -> Ie:
    return (10, criticality, "AMF-UE-NGAP-ID", values.amf)


def _ran(values: Values, criticality: str = "reject") -> Ie:
    return (85, criticality, "RAN-UE-NGAP-ID", values.ran)


def _nas(values: Values, criticality: str = "reject") -> Ie:
    return (38, criticality, "NAS-PDU", values.nas)


def _both(values: Values, criticality: str = "reject") -> list[Ie]:
    return [_amf(values, criticality), _ran(values, criticality)]


def _location(criticality: str = "ignore") -> Ie:
    return (121, criticality, "UserLocationInformation", ("userLocationInformationNR", LOCATION))


def _ng_setup_request(values: Values) -> list[Ie]:
    gnb = {"pLMNIdentity": PLMN, "gNB-ID": ("gNB-ID", (values.gnb, 32))}
    plmn = {"pLMNIdentity": PLMN, "tAISliceSupportList": [SLICE]}
    return [
        (27, "reject", "GlobalRANNodeID", ("globalGNB-ID", gnb)),
        (82, "ignore", "RANNodeName", "gnb of the lab"),
        (102, "reject", "SupportedTAList", [{"tAC": b"\x00\x00\x01", "broadcastPLMNList": [plmn]}]),
        (21, "ignore", "PagingDRX", "v128"),
    ]


def _ng_setup_response(values: Values) -> list[Ie]:
    return [
        (1, "reject", "AMFName", "amf of the lab"),
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
        _ie((139, "reject", "UPTransportLayerInformation", TUNNEL)),
        _ie((134, "reject", "PDUSessionType", "ipv4")),
        _ie((136, "reject", "QosFlowSetupRequestList", [flow])),
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
    flows = {"uPTransportLayerInformation": TUNNEL, "associatedQosFlowList": [{"qosFlowIdentifier": 1}]}
    transfer = ("PDUSessionResourceSetupResponseTransfer", {"dLQosFlowPerTNLInformation": flows})
    item = {"pDUSessionID": 1, "pDUSessionResourceSetupResponseTransfer": transfer}
    return [*_both(values, "ignore"), (75, "ignore", "PDUSessionResourceSetupListSURes", [item])]


def _release_request(values: Values) -> list[Ie]:
    return [*_both(values), (15, "ignore", "Cause", ("radioNetwork", "user-inactivity"))]


def _release_command(values: Values) -> list[Ie]:
    pair = {"aMF-UE-NGAP-ID": values.amf, "rAN-UE-NGAP-ID": values.ran}
    return [
        (114, "reject", "UE-NGAP-IDs", ("uE-NGAP-ID-pair", pair)),
        (15, "ignore", "Cause", ("nas", "normal-release")),
    ]


PROTECTED = 7
"""Octets that `nas.protect` adds."""
_ACCEPTS = tuple(PROTECTED + len(nas.registration_accept(0, assign_guti=guti)) for guti in (True, False))
_DOWNLINK = (
    len(nas.authentication_request(0)),
    PROTECTED + len(nas.security_mode_command()),
    *_ACCEPTS,
    len(nas.registration_reject()),
    PROTECTED + len(nas.deregistration_accept()),
)
_UPLINK = (
    len(nas.authentication_response(0)),
    PROTECTED + len(nas.security_mode_complete(0)),
    PROTECTED + len(nas.registration_complete()),
    PROTECTED + len(nas.session_request()),
    *(PROTECTED + len(nas.deregistration_request(0, 0, with_guti=guti)) for guti in (True, False)),
)
_SESSION = (PROTECTED + len(nas.session_accept()),)

KINDS: Mapping[str, Kind] = {
    "NGSetupRequest": Kind("initiatingMessage", 21, "reject", _ng_setup_request),
    "NGSetupResponse": Kind("successfulOutcome", 21, "reject", _ng_setup_response),
    "InitialUEMessage": Kind(
        "initiatingMessage", 15, "ignore", _initial_ue_message, (len(nas.registration_request(0)),)
    ),
    "DownlinkNASTransport": Kind(
        "initiatingMessage", 4, "ignore", lambda values: [*_both(values), _nas(values)], _DOWNLINK
    ),
    "UplinkNASTransport": Kind(
        "initiatingMessage", 46, "ignore", lambda values: [*_both(values), _nas(values), _location()], _UPLINK
    ),
    "InitialContextSetupRequest": Kind(
        "initiatingMessage", 14, "reject", _initial_context_setup_request, _ACCEPTS
    ),
    "InitialContextSetupResponse": Kind(
        "successfulOutcome", 14, "reject", lambda values: _both(values, "ignore")
    ),
    "PDUSessionResourceSetupRequest": Kind(
        "initiatingMessage", 29, "reject", _session_setup_request, _SESSION
    ),
    "PDUSessionResourceSetupResponse": Kind("successfulOutcome", 29, "reject", _session_setup_response),
    "UEContextReleaseRequest": Kind("initiatingMessage", 42, "ignore", _release_request),
    "UEContextReleaseCommand": Kind("initiatingMessage", 41, "reject", _release_command),
    "UEContextReleaseComplete": Kind(
        "successfulOutcome", 41, "reject", lambda values: [*_both(values, "ignore"), _location()]
    ),
}


def build() -> Templates:
    """Every message in every size its ids and its NAS message can have; needs pycrate, takes a second or two."""
    return {key: _template(key) for key in _keys()}


def _keys() -> Iterator[Key]:
    for name, kind in KINDS.items():
        ids = {line[0] for line in kind.ies(Values())} & {10, 85, 114}
        for nas_size in kind.nas_sizes:
            # An INTEGER of 0..2^40-1 or 0..2^32-1 takes as many octets as its value needs.
            for amf in range(1, 6) if ids & {10, 114} else (0,):
                for ran in range(1, 5) if ids & {85, 114} else (0,):
                    yield Key(name, nas_size, amf, ran)


def _template(key: Key) -> Template:
    kind = KINDS[key.name]
    # Two values of the same size that differ in every octet: where the encodings differ, there they stand.
    ones, twos = (
        Values(_repeated(octet, key.amf), _repeated(octet, key.ran), octet * key.nas, _repeated(octet, 4))
        for octet in (b"\x11", b"\x22")
    )
    data = encoded(kind, ones)
    slots = {}
    for name, size in (("amf", key.amf), ("ran", key.ran), ("nas", key.nas), ("gnb", 4)):
        other = encoded(kind, Values(**{**vars(ones), name: getattr(twos, name)}))
        places = [at for at, (one, two) in enumerate(zip(data, other, strict=True)) if one != two]
        if places:
            assert places == list(range(places[0], places[0] + size)), (key, name, places)
            slots[name] = Slot(places[0], size)
    return Template(data, slots)


def _repeated(octet: bytes, size: int) -> int:
    return int.from_bytes(octet * size, "big")


def encoded(kind: Kind, values: Values) -> bytes:
    """What pycrate makes of the message: an NGAP-PDU in aligned PER."""
    from pycrate_asn1dir import NGAP

    pdu = NGAP.NGAP_PDU_Descriptions.NGAP_PDU
    name = next(name for name, other in KINDS.items() if other is kind)
    content = (name, {"protocolIEs": [_ie(line) for line in kind.ies(values)]})
    message = {"procedureCode": kind.procedure, "criticality": kind.criticality, "value": content}
    pdu.set_val((kind.pdu, message))
    data: bytes = pdu.to_aper()
    return data


def _ie(line: Ie) -> dict[str, Any]:
    number, criticality, name, value = line
    return {"id": number, "criticality": criticality, "value": (name, value)}


def file() -> Path:
    """The file of the templates in the lab's cache, made when missing; ImportError if it is and pycrate too."""
    from tests.lab.core import ngap_messages, ngap_templates

    modules = (ngap_templates, ngap_messages, nas)
    recipe = hashlib.sha256(b"".join(inspect.getsource(module).encode() for module in modules))
    path = cache_folder() / f"ngap-{recipe.hexdigest()[:12]}.json"
    if not path.exists():
        text = json.dumps([[*key, *template.as_json()] for key, template in build().items()])
        half = path.with_suffix(".half")
        half.write_text(text)
        half.rename(path)
    return path


if __name__ == "__main__":
    print(file())
