"""Messages of NGAP and S1AP as pycrate encodes them, at random, with what a decoder must find in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pycrate_asn1dir import NGAP as NGAP_ASN1
from pycrate_asn1dir import S1AP as S1AP_ASN1
from pycrate_mobile.TS24301_EMM import EMMTypeMOClasses, EMMTypeMTClasses
from pycrate_mobile.TS24501_FGMM import FGMMTypeClasses

from sctptop.model.ngap.header import Header
from sctptop.model.ngap.nas import DOWNLINK_5GMM, DOWNLINK_EMM, UPLINK_5GMM, UPLINK_EMM
from sctptop.model.ngap.ppid import NGAP, S1AP

Dice = random.Random
NAS_IE = {NGAP: 38, S1AP: 26}
PRIVATE = {NGAP: 31, S1AP: 39}
UPLINK = {NGAP: ("InitialUEMessage", "UplinkNASTransport"), S1AP: ("InitialUEMessage", "UplinkNASTransport")}


@dataclass(frozen=True)
class Kind:
    """A message as the ASN.1 defines it; ``ies`` are id, criticality and type, in order."""

    ppid: int
    pdu: str
    procedure: int
    criticality: str
    name: str
    ies: tuple[tuple[int, str, str], ...]

    @property
    def carries_nas(self) -> bool:
        """Whether a NAS message is among its IEs."""
        return any(ident == NAS_IE[self.ppid] for ident, _, _ in self.ies)


@dataclass(frozen=True)
class Case:
    """An encoded message and what is in it; ``nas`` are the bytes inside, ``reach`` how many of them tell its type."""

    kind: Kind
    data: bytes
    expected: Header
    nas: bytes = b""
    reach: int = 0


def members(objects: Any) -> list[Any]:
    """Of an ASN.1 object set: those of its root and those behind the extension marker."""
    return [*objects.root, *(objects.ext or ())]


def descriptions(ppid: int) -> Any:
    """pycrate's module of PDUs."""
    if ppid == NGAP:
        return NGAP_ASN1.NGAP_PDU_Descriptions
    return S1AP_ASN1.S1AP_PDU_Descriptions


@cache
def kinds(ppid: int) -> tuple[Kind, ...]:
    """Every message of the protocol, but PrivateMessage, whose IEs have another form."""
    sets = descriptions(ppid)
    found = []
    for row in members(
        (sets.NGAP_ELEMENTARY_PROCEDURES if ppid == NGAP else sets.S1AP_ELEMENTARY_PROCEDURES).get_val()
    ):
        for outcome in ("InitiatingMessage", "SuccessfulOutcome", "UnsuccessfulOutcome"):
            if outcome not in row or row["procedureCode"] == PRIVATE[ppid]:
                continue
            ies = row[outcome]._cont["protocolIEs"]._cont._cont["value"]._const_tab.get_val()
            found.append(
                Kind(
                    ppid,
                    outcome[0].lower() + outcome[1:],
                    row["procedureCode"],
                    row["criticality"],
                    row[outcome]._typeref.called[1],
                    tuple(
                        (ie["id"], ie["criticality"], ie["Value"]._typeref.called[1])
                        for ie in members(ies)
                        if ie["Value"]._typeref
                    ),
                )
            )
    return tuple(found)


def kind(ppid: int, name: str) -> Kind:
    """The kind of message of that name."""
    return next(one for one in kinds(ppid) if one.name == name)


def ie(ident: int, type_name: str, value: object, criticality: str = "reject") -> dict[str, Any]:
    """An IE as pycrate takes it."""
    return {"id": ident, "criticality": criticality, "value": (type_name, value)}


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


def _cause(dice: Dice) -> Any:
    return dice.choice((("radioNetwork", "unspecified"), ("nas", "normal-release"), ("misc", "unspecified")))


_COMMON: Mapping[str, Callable[[Dice], Any]] = {
    "Cause": _cause,
    "UERadioCapability": _capability,
    "SecurityKey": lambda dice: (dice.getrandbits(256), 256),
    "TimeToWait": lambda dice: dice.choice(("v1s", "v60s")),
}
SAMPLES: Mapping[int, Mapping[str, Callable[[Dice], Any]]] = {
    NGAP: {
        **_COMMON,
        "AMFName": _name,
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


@cache
def plain_messages(ppid: int, up: bool) -> tuple[tuple[int, bytes], ...]:
    """Type and bytes of every NAS message that pycrate can make for a direction."""
    types = {
        NGAP: UPLINK_5GMM if up else DOWNLINK_5GMM,
        S1AP: UPLINK_EMM if up else DOWNLINK_EMM,
    }[ppid]
    classes = {NGAP: FGMMTypeClasses, S1AP: EMMTypeMOClasses if up else EMMTypeMTClasses}[ppid]
    return tuple((number, classes[number]().to_bytes()) for number in sorted(types))


def nas_message(dice: Dice, ppid: int, up: bool) -> tuple[bytes, int | None, int]:
    """The message, its type if it can be read, and how many bytes that takes."""
    number, plain = dice.choice(plain_messages(ppid, up))
    tail = dice.randbytes(dice.choice((0, 5, 30, 60, 150)))
    form = dice.choice(("plain", "null cipher", "ciphered"))
    if form == "plain":
        return plain + tail, number, 3 if ppid == NGAP else 2
    security = dice.choice((2, 4) if form == "ciphered" else (1, 2, 3, 4))
    header = bytes((0x7E, security)) if ppid == NGAP else bytes((security << 4 | 7,))
    header += dice.randbytes(5)
    if form == "ciphered":
        return header + dice.randbytes(len(plain)) + tail, None, 0
    return header + plain + tail, number, len(header) + (3 if ppid == NGAP else 2)


def case(dice: Dice, kind: Kind) -> Case:
    """A message of this kind, with random ids and neighbours."""
    found: dict[str, Any] = {}
    nas, reach, ies = b"", 0, []
    fragmented = False  # no decoder of a head looks behind an IE of more than 16 KiB
    core, ran = (
        ("aMF-UE-NGAP-ID", "rAN-UE-NGAP-ID") if kind.ppid == NGAP else ("mME-UE-S1AP-ID", "eNB-UE-S1AP-ID")
    )
    ids = (whole_number(dice, 40), whole_number(dice, 32))
    if kind.ppid == S1AP:
        ids = (whole_number(dice, 32), whole_number(dice, 24))
    for ident, criticality, kind_of_ie in kind.ies:
        value: Any
        if kind_of_ie in ("AMF-UE-NGAP-ID", "MME-UE-S1AP-ID") and ident in (0, 10):
            found["amf_ue_id"] = value = ids[0]
        elif kind_of_ie in ("RAN-UE-NGAP-ID", "ENB-UE-S1AP-ID") and ident in (8, 85):
            found["ran_ue_id"] = value = ids[1]
        elif kind_of_ie in ("UE-NGAP-IDs", "UE-S1AP-IDs"):
            found["amf_ue_id"], value = ids[0], (core, ids[0])
            if dice.random() < 0.5:
                found["ran_ue_id"] = ids[1]
                pair = "uE-NGAP-ID-pair" if kind.ppid == NGAP else "uE-S1AP-ID-pair"
                value = (pair, {core: ids[0], ran: ids[1]})
        elif ident == NAS_IE[kind.ppid]:
            value, found["nas"], reach = nas_message(dice, kind.ppid, kind.name in UPLINK[kind.ppid])
            nas = value
            if fragmented:
                found["nas"] = None
        elif kind_of_ie in SAMPLES[kind.ppid] and dice.random() < 0.3:
            value = SAMPLES[kind.ppid][kind_of_ie](dice)
            fragmented = fragmented or (isinstance(value, bytes) and len(value) >= 16384)
        else:
            continue
        ies.append(ie(ident, kind_of_ie, value, criticality))
    return Case(kind, encode(kind, ies), Header(kind.pdu, kind.procedure, **found), nas, reach)


def encode(kind: Kind, ies: list[dict[str, Any]]) -> bytes:
    """In aligned PER, by pycrate."""
    pdus = descriptions(kind.ppid)
    pdu = pdus.NGAP_PDU if kind.ppid == NGAP else pdus.S1AP_PDU
    body = {
        "procedureCode": kind.procedure,
        "criticality": kind.criticality,
        "value": (kind.name, {"protocolIEs": ies}),
    }
    pdu.set_val((kind.pdu, body))
    return bytes(pdu.to_aper())


def cases(ppid: int, many: int, seed: int) -> Iterator[Case]:
    """So many messages; every kind in turn, those with a NAS message as often as all others together."""
    dice = Dice(seed)
    with_nas = [kind for kind in kinds(ppid) if kind.carries_nas]
    for number in range(many):
        kind = dice.choice(with_nas) if number % 2 else kinds(ppid)[number // 2 % len(kinds(ppid))]
        yield case(dice, kind)


def damaged(dice: Dice, originals: list[bytes]) -> bytes:
    """Noise, or a real message with some bytes changed; cut anywhere."""
    if dice.random() < 0.25:
        return dice.randbytes(dice.randrange(70))
    data = bytearray(dice.choice(originals)[:80])
    for _ in range(dice.randrange(1, 5)):
        data[dice.randrange(len(data))] = dice.choice((0, 1, 127, 128, 192, 255, dice.randrange(256)))
    return bytes(data[: dice.randrange(len(data) + 1)])
