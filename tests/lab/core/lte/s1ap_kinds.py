"""The messages of S1AP (TS 36.413, clause 9.1) that the simulators write: their IEs as pycrate takes them.

`amf` and `ran` of the values are MME-UE-S1AP-ID and eNB-UE-S1AP-ID.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.lab.core import causes
from tests.lab.core.lte import eps_messages as eps
from tests.lab.core.nas_messages import PLMN
from tests.lab.core.nas_protection import EPS_PROTECTED
from tests.lab.core.templates import Ie, Kind, Protocol, Values, enclosed

TAI = (67, "reject", "TAI", {"pLMNidentity": PLMN, "tAC": b"\x00\x01"})
CELL = (100, "ignore", "EUTRAN-CGI", {"pLMNidentity": PLMN, "cell-ID": (0x10, 28)})
BEARER = {
    "e-RAB-ID": 5,
    "transportLayerAddress": (0x0A090001, 32),
    "gTP-TEID": b"\x00\x00\x00\x01",
}
QOS = {
    "qCI": 9,
    "allocationRetentionPriority": {
        "priorityLevel": 8,
        "pre-emptionCapability": "shall-not-trigger-pre-emption",
        "pre-emptionVulnerability": "not-pre-emptable",
    },
}


def _both(values: Values) -> list[Ie]:
    return [
        (0, "reject", "MME-UE-S1AP-ID", values.amf),
        (8, "reject", "ENB-UE-S1AP-ID", values.ran),
    ]


def _nas(values: Values) -> Ie:
    return (26, "reject", "NAS-PDU", values.nas)


def _cause(values: Values) -> Ie:
    return (2, "ignore", "Cause", tuple(values.cause.split()))


def _setup_request(values: Values) -> list[Ie]:
    tracking = {"tAC": b"\x00\x01", "broadcastPLMNs": [PLMN]}
    enb = {"pLMNidentity": PLMN, "eNB-ID": ("macroENB-ID", (1, 20))}
    return [
        (59, "reject", "Global-ENB-ID", enb),
        (60, "ignore", "ENBname", "enb of the lab"),
        (64, "reject", "SupportedTAs", [tracking]),
        (137, "ignore", "PagingDRX", "v128"),
    ]


def _setup_response(values: Values) -> list[Ie]:
    gummei = {"servedPLMNs": [PLMN], "servedGroupIDs": [b"\x00\x02"], "servedMMECs": [b"\x01"]}
    return [(105, "reject", "ServedGUMMEIs", [gummei]), (87, "ignore", "RelativeMMECapacity", 255)]


def _initial_ue_message(values: Values) -> list[Ie]:
    return [
        (8, "reject", "ENB-UE-S1AP-ID", values.ran),
        _nas(values),
        TAI,
        CELL,
        (134, "ignore", "RRC-Establishment-Cause", "mo-Signalling"),
    ]


def _initial_context_setup_request(values: Values) -> list[Ie]:
    """The NAS message, where there is one, stands in the list of bearers."""
    bearer: dict[str, Any] = {**BEARER, "e-RABlevelQoSParameters": QOS}
    if values.nas:
        bearer["nAS-PDU"] = values.nas
    security = {"encryptionAlgorithms": (0xE000, 16), "integrityProtectionAlgorithms": (0xE000, 16)}
    rates = {"uEaggregateMaximumBitRateDL": 10**9, "uEaggregateMaximumBitRateUL": 10**9}
    return [
        *_both(values),
        (66, "reject", "UEAggregateMaximumBitrate", rates),
        (
            *(24, "reject", "E-RABToBeSetupListCtxtSUReq"),
            [enclosed((52, "reject", "E-RABToBeSetupItemCtxtSUReq", bearer))],
        ),
        (107, "reject", "UESecurityCapabilities", security),
        (73, "reject", "SecurityKey", (0x1AB, 256)),
    ]


def _initial_context_setup_response(values: Values) -> list[Ie]:
    bearer = enclosed((50, "ignore", "E-RABSetupItemCtxtSURes", BEARER))
    return [*_both(values), (51, "ignore", "E-RABSetupListCtxtSURes", [bearer])]


def _release_command(values: Values) -> list[Ie]:
    pair = {"mME-UE-S1AP-ID": values.amf, "eNB-UE-S1AP-ID": values.ran}
    return [(99, "reject", "UE-S1AP-IDs", ("uE-S1AP-ID-pair", pair)), _cause(values)]


def _sizes(*messages: bytes, protected: tuple[bytes, ...] = ()) -> tuple[int, ...]:
    return tuple(sorted({*map(len, messages), *(EPS_PROTECTED + len(message) for message in protected)}))


_INITIAL = _sizes(
    *(eps.attach_request(0, kind) for kind in eps.ATTACHES),
    eps.service_request(0),
    protected=(
        *(eps.update_request(0, kind) for kind in eps.UPDATES),
        eps.extended_service_request(0),
        eps.detach_request(0),
    ),
)
_DOWNLINK = _sizes(
    *(eps.authentication_request(0), eps.attach_reject(0)),
    protected=(eps.security_mode_command(), eps.update_accept(), eps.detach_accept()),
)
_UPLINK = _sizes(
    eps.authentication_response(0), protected=(eps.security_mode_complete(), eps.attach_complete())
)
_SETUP = (0, *_sizes(protected=(eps.attach_accept(0),)))

INITIATING, SUCCESSFUL = "initiatingMessage", "successfulOutcome"
KINDS: Mapping[str, Kind] = {
    "S1SetupRequest": Kind(INITIATING, 17, "reject", _setup_request),
    "S1SetupResponse": Kind(SUCCESSFUL, 17, "reject", _setup_response),
    "InitialUEMessage": Kind(INITIATING, 12, "ignore", _initial_ue_message, _INITIAL),
    "DownlinkNASTransport": Kind(
        INITIATING, 11, "ignore", lambda values: [*_both(values), _nas(values)], _DOWNLINK
    ),
    "UplinkNASTransport": Kind(
        *(INITIATING, 13, "ignore"), lambda values: [*_both(values), _nas(values), CELL, TAI], _UPLINK
    ),
    "InitialContextSetupRequest": Kind(INITIATING, 9, "reject", _initial_context_setup_request, _SETUP),
    "InitialContextSetupResponse": Kind(SUCCESSFUL, 9, "reject", _initial_context_setup_response),
    "UEContextReleaseRequest": Kind(
        *(INITIATING, 18, "ignore"),
        lambda values: [*_both(values), _cause(values)],
        causes=(causes.USER_INACTIVITY, causes.RADIO_LOST),
    ),
    "UEContextReleaseCommand": Kind(INITIATING, 23, "reject", _release_command, causes=tuple(causes.S1AP)),
    "UEContextReleaseComplete": Kind(SUCCESSFUL, 23, "reject", _both),
}
S1AP = Protocol("S1AP", KINDS, frozenset((0, 99)), frozenset((8, 99)), amf_octets=4, ran_octets=3)
