"""Messages of NGAP and S1AP as pycrate encodes them, at random, with what a decoder must find in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pycrate_asn1dir import NGAP as NGAP_ASN1
from pycrate_asn1dir import S1AP as S1AP_ASN1

from sctptop.model.ngap.header import Header
from sctptop.model.ngap.ppid import NGAP, S1AP
from tests.unit.model.ngap.nas_pdus import NasMessage, nas_message
from tests.unit.model.ngap.ngap_values import (
    GROUPS,
    SAMPLES,
    TYPES,
    Dice,
    cause,
    failed_sessions,
    whole_number,
)

NAS_IE = {NGAP: 38, S1AP: 26}
PRIVATE = {NGAP: 31, S1AP: 39}
UPLINK = {NGAP: ("InitialUEMessage", "UplinkNASTransport"), S1AP: ("InitialUEMessage", "UplinkNASTransport")}
NAMES = {
    "RANNodeName": ("NGSetupRequest", "RANConfigurationUpdate"),
    "AMFName": ("NGSetupResponse",),
    "ENBname": ("S1SetupRequest",),
    "MMEname": ("S1SetupResponse",),
}
"""Names that a node gives itself, by type, and the messages that they are read in."""
SETUP = ("NGSetupRequest", "RANConfigurationUpdate", "S1SetupRequest")


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
    """An encoded message, what is in it, and by field of the header how many of its first bytes that takes."""

    kind: Kind
    data: bytes
    expected: Header
    reach: Mapping[str, int]

    def seen(self, size: int) -> Header:
        """What its first ``size`` bytes tell."""
        return self.expected._replace(**{name: None for name, reach in self.reach.items() if reach > size})


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


def case(dice: Dice, kind: Kind) -> Case:
    """A message of this kind, with random ids and neighbours."""
    ppid = kind.ppid
    found: dict[str, Any] = {}
    parts: dict[int, tuple[str, ...]] = {}
    nas: NasMessage | None = None
    failed = ""
    ies = []
    hidden = False  # no decoder of a head looks behind an IE of more than 16 KiB, or behind a NAS message
    core, ran = ("aMF-UE-NGAP-ID", "rAN-UE-NGAP-ID") if ppid == NGAP else ("mME-UE-S1AP-ID", "eNB-UE-S1AP-ID")
    ids = (whole_number(dice, 40), whole_number(dice, 32))
    if ppid == S1AP:
        ids = (whole_number(dice, 32), whole_number(dice, 24))
    for ident, criticality, kind_of_ie in kind.ies:
        value: Any
        here: dict[str, Any] = {}
        if kind_of_ie in ("AMF-UE-NGAP-ID", "MME-UE-S1AP-ID") and ident in (0, 10):
            here["amf_ue_id"] = value = ids[0]
        elif kind_of_ie in ("RAN-UE-NGAP-ID", "ENB-UE-S1AP-ID") and ident in (8, 85):
            here["ran_ue_id"] = value = ids[1]
        elif kind_of_ie in ("UE-NGAP-IDs", "UE-S1AP-IDs"):
            here["amf_ue_id"], value = ids[0], (core, ids[0])
            if dice.random() < 0.5:
                here["ran_ue_id"] = ids[1]
                pair = "uE-NGAP-ID-pair" if ppid == NGAP else "uE-S1AP-ID-pair"
                value = (pair, {core: ids[0], ran: ids[1]})
        elif ident == NAS_IE[ppid]:
            nas = nas_message(dice, ppid, kind.name in UPLINK[ppid])
            value, read = nas.data, nas.read
            here = {"nas_length": len(value), "nas": read.nas, "nas_cause": read.cause}
            here["registration_type"] = read.registration_type
        elif kind_of_ie == "Cause" and dice.random() < 0.9:
            value = cause(dice, ppid)
            here["cause_group"], here["cause"] = value[0], GROUPS[ppid][value[0]].index(value[1])
        elif kind_of_ie == "PDUSessionResourceFailedToSetupListSURes" and dice.random() < 0.7:
            failed, name = cause(dice, ppid)
            value = failed_sessions(dice, (failed, name))
            here["cause_group"], here["cause"] = failed, GROUPS[ppid][failed].index(name)
        elif kind_of_ie in SAMPLES[ppid] and dice.random() < 0.3:
            value = SAMPLES[ppid][kind_of_ie](dice)
            if kind_of_ie in ("GlobalRANNodeID", "Global-ENB-ID") and kind.name in SETUP:
                here["ran_node"] = encoded(ppid, kind_of_ie, value).hex()
            if kind.name in NAMES.get(kind_of_ie, ()):
                here["node_name"] = value
        else:
            continue
        if not hidden:
            found.update(here)
            parts[ident] = tuple(here)
        hidden = hidden or ident == NAS_IE[ppid] or (isinstance(value, bytes) and len(value) >= 16384)
        ies.append(ie(ident, kind_of_ie, value, criticality))
    data = encode(kind, ies)
    begin, places = walk(data)
    reach = {"pdu": begin, "procedure": begin}
    for ident, names in parts.items():
        reach.update(dict.fromkeys(names, places[ident].stop if names else 0))
        if nas and "nas_length" in names:
            start = places[ident].stop - len(nas.data)
            reach.update(nas_length=start, nas=start + nas.reach)
            reach.update(registration_type=start + nas.reach + 1, nas_cause=start + nas.reach + 1)
        elif failed and "cause" in names:
            # Count, bits, session, length, then three bits before the cause: with one of transport they fill a byte.
            end = places[ident].start + (5 if failed == "transport" else 6)
            reach.update(cause=end, cause_group=end)
    return Case(kind, data, Header(kind.pdu, kind.procedure, **found), reach)


def walk(data: bytes) -> tuple[int, dict[int, range]]:
    """Where the IEs of a message begin, and by id where the value of each lies; as far as none is cut in fragments."""

    def length(at: int) -> tuple[int, int]:
        if data[at] < 0x80:
            return at + 1, data[at]
        return (
            (at + 2, int.from_bytes(data[at : at + 2], "big") & 0x3FFF)
            if data[at] < 0xC0
            else (at + 1, 1 << 14)
        )

    at = length(3)[0] + 1
    count = int.from_bytes(data[at : at + 2], "big")
    begin = at = at + 2
    places: dict[int, range] = {}
    for _ in range(count):
        start, size = length(at + 3)
        places.setdefault(int.from_bytes(data[at : at + 2], "big"), range(start, start + size))
        at = start + size
        if size >= 16384:
            break
    return begin, places


def encoded(ppid: int, type_name: str, value: Any) -> bytes:
    """The value of an IE alone."""
    of_type = getattr(TYPES[ppid], type_name.replace("-", "_"))
    of_type.set_val(value)
    return bytes(of_type.to_aper())


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
