"""Values of IEs at random, as pycrate takes them, by the type that the ASN.1 gives them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from pycrate_asn1dir import NGAP as NGAP_ASN1
from pycrate_asn1dir import S1AP as S1AP_ASN1

from sctptop.model.ngap.ppid import NGAP, S1AP

Dice = random.Random
TYPES: Mapping[int, Any] = {NGAP: NGAP_ASN1.NGAP_IEs, S1AP: S1AP_ASN1.S1AP_IEs}
"""pycrate's modules of what an IE may be."""


def causes(ppid: int) -> dict[str, list[str]]:
    """The values of Cause by group, those of an extension behind the others."""
    return {
        group: [*enumeration._root, *(enumeration._ext or ())]
        for group, enumeration in TYPES[ppid].Cause._cont.items()
        if group != "choice-Extensions"
    }


GROUPS = {ppid: causes(ppid) for ppid in (NGAP, S1AP)}


def cause(dice: Dice, ppid: int) -> tuple[str, str]:
    """Each group is as likely as any other, and so is each value in it."""
    group = dice.choice(list(GROUPS[ppid]))
    return group, dice.choice(GROUPS[ppid][group])


def whole_number(dice: Dice, bits: int) -> int:
    """Any size of encoding is as likely as any other, and so are the numbers at their borders."""
    edge = 1 << dice.choice([size for size in (0, 8, 16, 24, 32, 40) if size <= bits])
    return min(
        dice.choice((edge - 1, edge, dice.randrange(edge), dice.randrange(1 << bits))), (1 << bits) - 1
    )


def _plmn(dice: Dice) -> bytes:
    return dice.randbytes(3)


def _name(dice: Dice) -> str:
    return "".join(dice.choices("amf-Core.5g ", k=dice.choice((1, 7, 15, 30, 127, 150))))


def _bit_rate(dice: Dice) -> int:
    return dice.randrange(1 << dice.choice((8, 20, 31)))


def _nr_location(dice: Dice) -> Any:
    cell = {"pLMNIdentity": _plmn(dice), "nRCellIdentity": (dice.getrandbits(36), 36)}
    area = {"pLMNIdentity": _plmn(dice), "tAC": dice.randbytes(3)}
    return "userLocationInformationNR", {"nR-CGI": cell, "tAI": area}


def _guami(dice: Dice) -> Any:
    return {
        "pLMNIdentity": _plmn(dice),
        "aMFRegionID": (dice.getrandbits(8), 8),
        "aMFSetID": (dice.getrandbits(10), 10),
        "aMFPointer": (dice.getrandbits(6), 6),
    }


def _slices(dice: Dice) -> Any:
    return [
        {"s-NSSAI": {"sST": dice.randbytes(1), "sD": dice.randbytes(3)}} for _ in range(dice.randint(1, 8))
    ]


def _capability(dice: Dice) -> bytes:
    return dice.randbytes(dice.choice((1, 40, 127, 128, 400, 400, 400, 17000)))


def _sessions(dice: Dice) -> Any:
    return [{"pDUSessionID": dice.randrange(256)} for _ in range(dice.randint(1, 16))]


def _set_up(dice: Dice) -> Any:
    """PDU sessions with their tunnels, by IPv4 or IPv6."""
    sessions = []
    for _ in range(dice.choice((1, 1, 2, 8))):
        bits = dice.choice((32, 128))
        tunnel = {"transportLayerAddress": (dice.getrandbits(bits), bits), "gTP-TEID": dice.randbytes(4)}
        flows = [{"qosFlowIdentifier": dice.randrange(64)} for _ in range(dice.randint(1, 9))]
        way = {
            "uPTransportLayerInformation": ("gTPTunnel", tunnel),
            "associatedQosFlowList": flows,
        }
        inside = ("PDUSessionResourceSetupResponseTransfer", {"dLQosFlowPerTNLInformation": way})
        sessions.append(
            {"pDUSessionID": dice.randrange(256), "pDUSessionResourceSetupResponseTransfer": inside}
        )
    return sessions


def failed_sessions(dice: Dice, first: tuple[str, str]) -> Any:
    """A list of PDU sessions that could not be set up, the first of them for this cause."""
    failed = []
    for number in range(dice.choice((1, 1, 2, 16))):
        transfer: dict[str, Any] = {"cause": cause(dice, NGAP) if number else first}
        if dice.random() < 0.3:
            transfer["criticalityDiagnostics"] = {"procedureCode": dice.randrange(256)}
        inside = ("PDUSessionResourceSetupUnsuccessfulTransfer", transfer)
        failed.append(
            {
                "pDUSessionID": dice.randrange(256),
                "pDUSessionResourceSetupUnsuccessfulTransfer": inside,
            }
        )
    return failed


def _gnb(dice: Dice) -> Any:
    size = dice.randint(22, 32)
    return "globalGNB-ID", {"pLMNIdentity": _plmn(dice), "gNB-ID": ("gNB-ID", (dice.getrandbits(size), size))}


def _ng_enb(dice: Dice) -> Any:
    name, size = dice.choice((("macroNgENB-ID", 20), ("shortMacroNgENB-ID", 18), ("longMacroNgENB-ID", 21)))
    return (
        "globalNgENB-ID",
        {"pLMNIdentity": _plmn(dice), "ngENB-ID": (name, (dice.getrandbits(size), size))},
    )


def _n3iwf(dice: Dice) -> Any:
    return (
        "globalN3IWF-ID",
        {"pLMNIdentity": _plmn(dice), "n3IWF-ID": ("n3IWF-ID", (dice.getrandbits(16), 16))},
    )


def _ran_node(dice: Dice) -> Any:
    return dice.choice((_gnb, _ng_enb, _n3iwf))(dice)


def _enb(dice: Dice) -> Any:
    name, size = dice.choice(
        (("macroENB-ID", 20), ("homeENB-ID", 28), ("short-macroENB-ID", 18), ("long-macroENB-ID", 21))
    )
    return {"pLMNidentity": _plmn(dice), "eNB-ID": (name, (dice.getrandbits(size), size))}


_COMMON: Mapping[str, Callable[[Dice], Any]] = {
    "UERadioCapability": _capability,
    "SecurityKey": lambda dice: (dice.getrandbits(256), 256),
    "TimeToWait": lambda dice: dice.choice(("v1s", "v60s")),
}
SAMPLES: Mapping[int, Mapping[str, Callable[[Dice], Any]]] = {
    NGAP: {
        **_COMMON,
        "AMFName": _name,
        "GlobalRANNodeID": _ran_node,
        "PDUSessionResourceListCxtRelReq": _sessions,
        "PDUSessionResourceSetupListSURes": _set_up,
        "PDUSessionResourceFailedToSetupListCxtFail": lambda dice: failed_sessions(dice, cause(dice, NGAP)),
        "RANNodeName": _name,
        "RANPagingPriority": lambda dice: dice.randint(1, 256),
        "UEAggregateMaximumBitRate": lambda dice: {
            "uEAggregateMaximumBitRateDL": _bit_rate(dice),
            "uEAggregateMaximumBitRateUL": _bit_rate(dice),
        },
        "GUAMI": _guami,
        "AllowedNSSAI": _slices,
        "UserLocationInformation": _nr_location,
        "RRCEstablishmentCause": lambda dice: dice.choice(("mo-Signalling", "mt-Access")),
        "MaskedIMEISV": lambda dice: (dice.getrandbits(64), 64),
        "PagingDRX": lambda dice: dice.choice(("v32", "v256")),
        "RelativeAMFCapacity": lambda dice: dice.randrange(256),
    },
    S1AP: {
        **_COMMON,
        "Global-ENB-ID": _enb,
        "TAI": lambda dice: {"pLMNidentity": _plmn(dice), "tAC": dice.randbytes(2)},
        "EUTRAN-CGI": lambda dice: {"pLMNidentity": _plmn(dice), "cell-ID": (dice.getrandbits(28), 28)},
        "RRC-Establishment-Cause": lambda dice: dice.choice(("mo-Signalling", "mt-Access")),
        "SubscriberProfileIDforRFP": lambda dice: dice.randint(1, 256),
        "UEAggregateMaximumBitrate": lambda dice: {
            "uEaggregateMaximumBitRateDL": _bit_rate(dice),
            "uEaggregateMaximumBitRateUL": _bit_rate(dice),
        },
        "ENBname": _name,
        "MMEname": _name,
        "RelativeMMECapacity": lambda dice: dice.randrange(256),
    },
}
"""IEs by type that stand beside the ids, some of them before the NAS message; about a third is in each message."""
