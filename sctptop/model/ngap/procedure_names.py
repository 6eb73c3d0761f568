"""The procedures and messages of NGAP and S1AP by name: 3GPP TS 38.413 9.4.7 and 36.413 9.3.6 (release 18)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sctptop.model.ngap.ppid import NGAP, S1AP

PDUS = ("initiatingMessage", "successfulOutcome", "unsuccessfulOutcome")
"""The alternatives of NGAP-PDU and S1AP-PDU, in their order."""

# A name that begins with + continues the procedure's; alone, a procedure names its only message.
_NGAP: Mapping[int, str] = {
    0: "AMFConfigurationUpdate + +Acknowledge +Failure",
    1: "AMFStatusIndication",
    2: "CellTrafficTrace",
    3: "DeactivateTrace",
    4: "DownlinkNASTransport",
    5: "DownlinkNonUEAssociatedNRPPaTransport",
    6: "DownlinkRANConfigurationTransfer",
    7: "DownlinkRANStatusTransfer",
    8: "DownlinkUEAssociatedNRPPaTransport",
    9: "ErrorIndication",
    10: "HandoverCancel + +Acknowledge",
    11: "HandoverNotification HandoverNotify",
    12: "HandoverPreparation HandoverRequired HandoverCommand +Failure",
    13: "HandoverResourceAllocation HandoverRequest HandoverRequestAcknowledge HandoverFailure",
    14: "InitialContextSetup +Request +Response +Failure",
    15: "InitialUEMessage",
    16: "LocationReportingControl",
    17: "LocationReportingFailureIndication",
    18: "LocationReport",
    19: "NASNonDeliveryIndication",
    20: "NGReset + +Acknowledge",
    21: "NGSetup +Request +Response +Failure",
    22: "OverloadStart",
    23: "OverloadStop",
    24: "Paging",
    25: "PathSwitchRequest + +Acknowledge +Failure",
    26: "PDUSessionResourceModify +Request +Response",
    27: "PDUSessionResourceModifyIndication + PDUSessionResourceModifyConfirm",
    28: "PDUSessionResourceRelease +Command +Response",
    29: "PDUSessionResourceSetup +Request +Response",
    30: "PDUSessionResourceNotify",
    31: "PrivateMessage",
    32: "PWSCancel +Request +Response",
    33: "PWSFailureIndication",
    34: "PWSRestartIndication",
    35: "RANConfigurationUpdate + +Acknowledge +Failure",
    36: "RerouteNASRequest",
    37: "RRCInactiveTransitionReport",
    38: "TraceFailureIndication",
    39: "TraceStart",
    40: "UEContextModification +Request +Response +Failure",
    41: "UEContextRelease +Command +Complete",
    42: "UEContextReleaseRequest",
    43: "UERadioCapabilityCheck +Request +Response",
    44: "UERadioCapabilityInfoIndication",
    45: "UETNLABindingRelease +Request",
    46: "UplinkNASTransport",
    47: "UplinkNonUEAssociatedNRPPaTransport",
    48: "UplinkRANConfigurationTransfer",
    49: "UplinkRANStatusTransfer",
    50: "UplinkUEAssociatedNRPPaTransport",
    51: "WriteReplaceWarning +Request +Response",
    52: "SecondaryRATDataUsageReport",
    53: "UplinkRIMInformationTransfer",
    54: "DownlinkRIMInformationTransfer",
    55: "RetrieveUEInformation",
    56: "UEInformationTransfer",
    57: "RANCPRelocationIndication",
    58: "UEContextResume +Request +Response +Failure",
    59: "UEContextSuspend +Request +Response +Failure",
    60: "UERadioCapabilityIDMapping +Request +Response",
    61: "HandoverSuccess",
    62: "UplinkRANEarlyStatusTransfer",
    63: "DownlinkRANEarlyStatusTransfer",
    64: "AMFCPRelocationIndication",
    65: "ConnectionEstablishmentIndication",
    66: "BroadcastSessionModification +Request +Response +Failure",
    67: "BroadcastSessionRelease +Request +Response",
    68: "BroadcastSessionSetup +Request +Response +Failure",
    69: "DistributionSetup +Request +Response +Failure",
    70: "DistributionRelease +Request +Response",
    71: "MulticastSessionActivation +Request +Response +Failure",
    72: "MulticastSessionDeactivation +Request +Response",
    73: "MulticastSessionUpdate +Request +Response +Failure",
    74: "MulticastGroupPaging",
    75: "BroadcastSessionReleaseRequired",
    76: "TimingSynchronisationStatus +Request +Response +Failure",
    77: "TimingSynchronisationStatusReport",
    78: "MTCommunicationHandling +Request +Response +Failure",
    79: "RANPagingRequest",
    80: "BroadcastSessionTransport +Request +Response +Failure",
}

_S1AP: Mapping[int, str] = {
    0: "HandoverPreparation HandoverRequired HandoverCommand +Failure",
    1: "HandoverResourceAllocation HandoverRequest HandoverRequestAcknowledge HandoverFailure",
    2: "HandoverNotification HandoverNotify",
    3: "PathSwitchRequest + +Acknowledge +Failure",
    4: "HandoverCancel + +Acknowledge",
    5: "E-RABSetup +Request +Response",
    6: "E-RABModify +Request +Response",
    7: "E-RABRelease +Command +Response",
    8: "E-RABReleaseIndication",
    9: "InitialContextSetup +Request +Response +Failure",
    10: "Paging",
    11: "DownlinkNASTransport",
    12: "InitialUEMessage",
    13: "UplinkNASTransport",
    14: "Reset + +Acknowledge",
    15: "ErrorIndication",
    16: "NASNonDeliveryIndication",
    17: "S1Setup +Request +Response +Failure",
    18: "UEContextReleaseRequest",
    19: "DownlinkS1cdma2000tunnelling",
    20: "UplinkS1cdma2000tunnelling",
    21: "UEContextModification +Request +Response +Failure",
    22: "UECapabilityInfoIndication",
    23: "UEContextRelease +Command +Complete",
    24: "ENBStatusTransfer",
    25: "MMEStatusTransfer",
    26: "DeactivateTrace",
    27: "TraceStart",
    28: "TraceFailureIndication",
    29: "ENBConfigurationUpdate + +Acknowledge +Failure",
    30: "MMEConfigurationUpdate + +Acknowledge +Failure",
    31: "LocationReportingControl",
    32: "LocationReportingFailureIndication",
    33: "LocationReport",
    34: "OverloadStart",
    35: "OverloadStop",
    36: "WriteReplaceWarning +Request +Response",
    37: "ENBDirectInformationTransfer",
    38: "MMEDirectInformationTransfer",
    39: "PrivateMessage",
    40: "ENBConfigurationTransfer",
    41: "MMEConfigurationTransfer",
    42: "CellTrafficTrace",
    43: "Kill +Request +Response",
    44: "DownlinkUEAssociatedLPPaTransport",
    45: "UplinkUEAssociatedLPPaTransport",
    46: "DownlinkNonUEAssociatedLPPaTransport",
    47: "UplinkNonUEAssociatedLPPaTransport",
    48: "UERadioCapabilityMatch +Request +Response",
    49: "PWSRestartIndication",
    50: "E-RABModificationIndication + E-RABModificationConfirm",
    51: "PWSFailureIndication",
    52: "RerouteNASRequest",
    53: "UEContextModificationIndication + UEContextModificationConfirm",
    54: "ConnectionEstablishmentIndication",
    55: "UEContextSuspend +Request +Response",
    56: "UEContextResume +Request +Response +Failure",
    57: "NASDeliveryIndication",
    58: "RetrieveUEInformation",
    59: "UEInformationTransfer",
    60: "ENBCPRelocationIndication",
    61: "MMECPRelocationIndication",
    62: "SecondaryRATDataUsageReport",
    63: "UERadioCapabilityIDMapping +Request +Response",
    64: "HandoverSuccess",
    65: "ENBEarlyStatusTransfer",
    66: "MMEEarlyStatusTransfer",
}


def _spelled_out(table: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """The procedure's name, then those of its messages."""
    names = {}
    for code, line in table.items():
        procedure, *messages = line.split()
        names[code] = (
            procedure,
            *(word.replace("+", procedure, 1) for word in messages or ("+",)),
        )
    return names


_NAMES: Mapping[int, Mapping[int, tuple[str, ...]]] = {
    NGAP: _spelled_out(_NGAP),
    S1AP: _spelled_out(_S1AP),
}


def procedure_name(ppid: int, code: int) -> str:
    """Such as "InitialContextSetup"; "procedure 99" for a code that a later release brought."""
    names = _NAMES.get(ppid, {}).get(code)
    return names[0] if names else f"procedure {code}"


@lru_cache(1 << 10)
def is_answered(ppid: int, code: int) -> bool:
    """Whether it is an elementary procedure of class 1: a request that has a response."""
    return len(_NAMES.get(ppid, {}).get(code, ())) > 2


def message_name(ppid: int, pdu: str, code: int) -> str:
    """Such as "InitialContextSetupResponse". ``pdu`` is one of PDUS; where the procedure has no such message, both."""
    names = _NAMES.get(ppid, {}).get(code, ())
    place = PDUS.index(pdu) + 1 if pdu in PDUS else 0
    if 0 < place < len(names):
        return names[place]
    return f"{procedure_name(ppid, code)} {pdu}"
