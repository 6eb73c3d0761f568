"""Messages that carry every kind of subscriber identity, and keys: what no head of a message may hold as a whole.

NAS messages by hand (TS 24.501 section 8.2, TS 24.301 section 8.2), those of NGAP and S1AP around them by pycrate.
Each stands as near to the beginning of its message as the specifications let it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sctptop.model.ngap.ppid import NGAP, S1AP
from tests.unit.model.ngap.ngap_pdus import encode, ie, kind

DIGITS = "0123456789"
"""The MSIN: what the home network's numbers do not say of an IMSI."""
IMSI = "00101" + DIGITS
IMEI = "353490069873319"
IMEISV = "3534900698733190"
TMSI = bytes.fromhex("d1c2b3a4")
ADDRESS = bytes.fromhex("00005e0053af0badcafe")
KEY = bytes(range(0xA0, 0xC0))
PLMN = bytes.fromhex("00f110")


@dataclass(frozen=True)
class Carrying:
    """A message of NGAP or S1AP, and the octets in it of which a head must not hold all."""

    title: str
    ppid: int
    data: bytes
    secret: bytes


@dataclass(frozen=True)
class Identity:
    """A mobile identity as NAS writes it, and its own octets."""

    name: str
    octets: bytes
    secret: bytes


def _digits(digits: str, form: int) -> bytes:
    """Digits behind the type of identity, two an octet, the first one lower; 24.501 9.11.3.4, 24.008 10.5.1.4."""
    numbers = [int(digit) for digit in digits] + [0xF] * (1 - len(digits) % 2)
    first = numbers[0] << 4 | len(digits) % 2 << 3 | form
    return bytes([first, *(low | high << 4 for low, high in zip(numbers[1::2], numbers[2::2], strict=True))])


def _msin(digits: str) -> bytes:
    return bytes(int(digits[at]) | int(digits[at + 1]) << 4 for at in range(0, len(digits), 2))


def _equipment(name: str, octets: bytes) -> Identity:
    """Of an IMEI the serial number."""
    return Identity(name, octets, octets[-4:])


def _suci(scheme: int, output: bytes) -> bytes:
    return b"\x01" + PLMN + bytes.fromhex("f0ff") + bytes([scheme, scheme]) + output


NULL_SCHEME = Identity("SUCI with null scheme", _suci(0, _msin(DIGITS)), _msin(DIGITS))
NAI = b"type1.rid0.schid0.userid17@example.org"
GUTI_5G = Identity("5G-GUTI", b"\xf2" + PLMN + bytes.fromhex("020041") + TMSI, TMSI)
S_TMSI_5G = Identity("5G-S-TMSI", bytes.fromhex("f40041") + TMSI, TMSI)
EQUIPMENT = (
    _equipment("IMEI", _digits(IMEI, 3)),
    _equipment("IMEISV", _digits(IMEISV, 5)),
    Identity("MAC address", b"\x06" + ADDRESS[:6], ADDRESS[:6]),
    Identity("EUI-64", b"\x07" + ADDRESS[:8], ADDRESS[:8]),
)
SUBSCRIBERS = (
    NULL_SCHEME,
    *(
        Identity(f"SUCI with profile {'AB'[scheme - 1]}", _suci(scheme, output), output)
        for scheme, output in ((1, bytes(range(45))), (2, b"\x02" + bytes(range(45))))
    ),
    Identity("SUCI as NAI", b"\x11" + NAI, NAI[18:]),
    GUTI_5G,
)
GUTI_4G = Identity("GUTI", b"\xf6" + PLMN + bytes.fromhex("800101") + TMSI, TMSI)
OF_EPS = (
    GUTI_4G,
    Identity("IMSI", _digits(IMSI, 1), _digits(IMSI, 1)[3:]),
    _equipment("IMEI", _digits(IMEI, 3)),
)
OF_IDENTITY_RESPONSE = (
    OF_EPS[1],
    _equipment("IMEI", _digits(IMEI, 2)),
    _equipment("IMEISV", _digits(IMEISV, 3)),
    Identity("TMSI", b"\xf4" + TMSI, TMSI),
)


def _lv(octets: bytes) -> bytes:
    return bytes([len(octets)]) + octets


def _lve(octets: bytes) -> bytes:
    return len(octets).to_bytes(2, "big") + octets


def _of_5gmm(hexadecimal: str, *parts: bytes) -> bytes:
    return b"\x7e\0" + bytes.fromhex(hexadecimal) + b"".join(parts)


def _of_emm(hexadecimal: str, *parts: bytes) -> bytes:
    return b"\x07" + bytes.fromhex(hexadecimal) + b"".join(parts)


def uplink_5gmm() -> Iterator[tuple[str, bytes, bytes]]:
    """Plain: title, the NAS message, and the secret in it."""
    for one in (*SUBSCRIBERS, *EQUIPMENT):
        yield f"RegistrationRequest, {one.name}", _of_5gmm("4179", _lve(one.octets)), one.secret
        yield f"DeregistrationRequest, {one.name}", _of_5gmm("4509", _lve(one.octets)), one.secret
    for one in (*SUBSCRIBERS, S_TMSI_5G, *EQUIPMENT):
        yield f"IdentityResponse, {one.name}", _of_5gmm("5c", _lve(one.octets)), one.secret
    service = _of_5gmm("4c10", _lve(S_TMSI_5G.octets))
    yield "ServiceRequest, 5G-S-TMSI", service, TMSI
    container = b"\x71" + _lve(_of_5gmm("4179", _lve(NULL_SCHEME.octets)))
    yield "SecurityModeComplete, NAS message container", _of_5gmm("5e", container), NULL_SCHEME.secret
    hidden = bytes(len(S_TMSI_5G.octets))
    container = b"\x71" + _lve(service)
    yield "ServiceRequest, NAS message container", _of_5gmm("4c10", _lve(hidden), container), TMSI
    for one, tag in ((EQUIPMENT[1], b"\x77"), (EQUIPMENT[2], b"\x78"), (EQUIPMENT[3], b"\x78")):
        yield f"SecurityModeComplete, {one.name}", _of_5gmm("5e", tag, _lve(one.octets)), one.secret


def downlink_5gmm() -> Iterator[tuple[str, bytes, bytes]]:
    """The same of those that the core sends."""
    guti = b"\x77" + _lve(GUTI_5G.octets)
    yield "RegistrationAccept, 5G-GUTI", _of_5gmm("420101", guti), TMSI
    yield "ConfigurationUpdateCommand, 5G-GUTI", _of_5gmm("54", guti), TMSI


def uplink_emm() -> Iterator[tuple[str, bytes, bytes]]:
    """The same of EPS."""
    for one in OF_EPS:
        rest = bytes.fromhex("02e0e0 0004 0201d011")
        yield f"AttachRequest, {one.name}", _of_emm("4171", _lv(one.octets), rest), one.secret
        yield f"DetachRequest, {one.name}", _of_emm("4579", _lv(one.octets)), one.secret
    yield "TrackingAreaUpdateRequest, GUTI", _of_emm("4870", _lv(GUTI_4G.octets)), TMSI
    for one in OF_IDENTITY_RESPONSE:
        yield f"IdentityResponse, {one.name}", _of_emm("56", _lv(one.octets)), one.secret
    tmsi = OF_IDENTITY_RESPONSE[3]
    yield "ExtendedServiceRequest, TMSI", _of_emm("4c01", _lv(tmsi.octets)), TMSI
    imeisv = OF_IDENTITY_RESPONSE[2]
    yield "SecurityModeComplete, IMEISV", _of_emm("5e23", _lv(imeisv.octets)), imeisv.secret


def downlink_emm() -> Iterator[tuple[str, bytes, bytes]]:
    """The same of those that the core sends."""
    guti = _lv(GUTI_4G.octets)
    yield "GUTIReallocationCommand, GUTI", _of_emm("50", guti), TMSI
    yield "TrackingAreaUpdateAccept, GUTI", _of_emm("49f0", b"\x50", guti), TMSI
    areas = _lv(bytes.fromhex("0000f1100001"))
    yield "AttachAccept, GUTI", _of_emm("42f121", areas, _lve(b"\x02\x01\xdc"), b"\x50", guti), TMSI


def _protected(ppid: int, plain: bytes, security: int) -> bytes:
    """Behind a header with a MAC and a sequence number; the cipher is the null one."""
    first = bytes((0x7E, security)) if ppid == NGAP else bytes((security << 4 | 7,))
    return first + bytes.fromhex("c0ffee0107") + plain


def message(ppid: int, name: str, **values: Any) -> bytes:
    """The message of that name with these IEs, by their types and in their order; an underscore is a hyphen."""
    wanted = {type_name.replace("_", "-"): value for type_name, value in values.items()}
    of_kind = kind(ppid, name)
    ies = []
    for ident, criticality, type_name in of_kind.ies:
        if type_name in wanted:
            ies.append(ie(ident, type_name, wanted.pop(type_name), criticality))
    assert not wanted, f"{name} has no {wanted.keys()}"
    return encode(of_kind, ies)


def reroute(ppid: int, inside: bytes) -> bytes:
    """A RerouteNASRequest around an InitialUEMessage, which stands in an OCTET STRING without a type of its own."""
    own, number = (ie(85, "RAN-UE-NGAP-ID", 2), 42) if ppid == NGAP else (ie(8, "ENB-UE-S1AP-ID", 2), 225)
    return encode(kind(ppid, "RerouteNASRequest"), [own, ie(number, "OCTET STRING", inside)])


IDS: Mapping[int, Mapping[str, int]] = {
    NGAP: {"AMF_UE_NGAP_ID": 1, "RAN_UE_NGAP_ID": 2},
    S1AP: {"MME_UE_S1AP_ID": 1, "ENB_UE_S1AP_ID": 2},
}
OWN_ID = {NGAP: {"RAN_UE_NGAP_ID": 2}, S1AP: {"ENB_UE_S1AP_ID": 2}}
S_TMSI_NGAP = {"aMFSetID": (1, 10), "aMFPointer": (1, 6), "fiveG-TMSI": TMSI}
S_TMSI_S1AP = {"mMEC": b"\1", "m-TMSI": TMSI}
BIT_KEY = (int.from_bytes(KEY, "big"), 256)
MASKED = bytes.fromhex("3534900698ffff19")
BIT_MASKED = (int.from_bytes(MASKED, "big"), 64)


def in_nas() -> Iterator[Carrying]:
    """Every NAS message, plain and behind each security header, in each message that may carry it."""
    for ppid, uplink, downlink in (
        (NGAP, uplink_5gmm(), downlink_5gmm()),
        (S1AP, uplink_emm(), downlink_emm()),
    ):
        for found, carriers in (
            (uplink, (("InitialUEMessage", OWN_ID), ("UplinkNASTransport", IDS))),
            (downlink, (("DownlinkNASTransport", IDS), ("NASNonDeliveryIndication", IDS))),
        ):
            for title, plain, secret in found:
                for security in (0, 1, 2, 3, 4):
                    nas = _protected(ppid, plain, security) if security else plain
                    how = f"security header {security}" if security else "plain"
                    for name, ids in carriers:
                        data = message(ppid, name, **ids[ppid], NAS_PDU=nas)
                        yield Carrying(f"{name}: {title}, {how}", ppid, data, secret)


def in_ies() -> Iterator[Carrying]:
    """Identities and keys in messages of NGAP and S1AP themselves, and a message inside another."""
    request = _of_5gmm("4179", _lve(NULL_SCHEME.octets))
    attach = _of_emm("4171", _lv(OF_EPS[1].octets), bytes.fromhex("02e0e0 0004 0201d011"))
    initial = message(NGAP, "InitialUEMessage", RAN_UE_NGAP_ID=2, NAS_PDU=request)
    first = message(S1AP, "InitialUEMessage", ENB_UE_S1AP_ID=2, NAS_PDU=attach)
    yield Carrying("RerouteNASRequest: InitialUEMessage", NGAP, reroute(NGAP, initial), NULL_SCHEME.secret)
    yield Carrying("RerouteNASRequest: InitialUEMessage", S1AP, reroute(S1AP, first), OF_EPS[1].secret)
    paged = ("fiveG-S-TMSI", S_TMSI_NGAP)
    slices = [{"s-NSSAI": {"sST": b"\1"}}]
    amf = {
        "pLMNIdentity": PLMN,
        "aMFRegionID": (2, 8),
        "aMFSetID": (1, 10),
        "aMFPointer": (1, 6),
    }
    able = {
        "nRencryptionAlgorithms": (0, 16),
        "nRintegrityProtectionAlgorithms": (0, 16),
        "eUTRAencryptionAlgorithms": (0, 16),
        "eUTRAintegrityProtectionAlgorithms": (0, 16),
    }
    context = {"GUAMI": amf, "AllowedNSSAI": slices, "UESecurityCapabilities": able}
    hop = {"nextHopChainingCount": 1, "nextHopNH": BIT_KEY}
    hop_4g = {"nextHopChainingCount": 1, "nextHopParameter": BIT_KEY}
    moved = {"HandoverType": "intra5gs", "Cause": ("radioNetwork", "unspecified"), "AMF_UE_NGAP_ID": 1}
    moved_4g = {"HandoverType": "intralte", "Cause": ("radioNetwork", "unspecified"), "MME_UE_S1AP_ID": 1}
    named = {TMSI: "S-TMSI", MASKED: "masked IMEISV", KEY: "key", OF_EPS[1].secret: "IMSI"}
    ngap, s1ap = IDS[NGAP], IDS[S1AP]
    told = {"NAS_PDU": b"\x7e\2" + bytes(40)}
    for ppid, name, values, secret in (
        (NGAP, "Paging", {"UEPagingIdentity": paged}, TMSI),
        (NGAP, "InitialUEMessage", {"RAN_UE_NGAP_ID": 2, "FiveG_S_TMSI": S_TMSI_NGAP}, TMSI),
        (NGAP, "ErrorIndication", {"FiveG_S_TMSI": S_TMSI_NGAP}, TMSI),
        (NGAP, "RANCPRelocationIndication", {"RAN_UE_NGAP_ID": 2, "FiveG_S_TMSI": S_TMSI_NGAP}, TMSI),
        (NGAP, "RetrieveUEInformation", {"FiveG_S_TMSI": S_TMSI_NGAP}, TMSI),
        (NGAP, "UEInformationTransfer", {"FiveG_S_TMSI": S_TMSI_NGAP}, TMSI),
        (NGAP, "UEInformationTransfer", {"MaskedIMEISV": BIT_MASKED}, MASKED),
        (NGAP, "ConnectionEstablishmentIndication", {**ngap, "MaskedIMEISV": BIT_MASKED}, MASKED),
        (NGAP, "InitialContextSetupRequest", {**ngap, **context, "SecurityKey": BIT_KEY}, KEY),
        (NGAP, "InitialContextSetupRequest", {**ngap, **context, "SecurityKey": BIT_KEY, **told}, KEY),
        (NGAP, "InitialContextSetupRequest", {**ngap, "SecurityKey": BIT_KEY}, KEY),
        (NGAP, "InitialContextSetupRequest", {**ngap, "MaskedIMEISV": BIT_MASKED}, MASKED),
        (NGAP, "UEContextModificationRequest", {**ngap, "SecurityKey": BIT_KEY}, KEY),
        (NGAP, "HandoverRequest", {**moved, "SecurityContext": hop}, KEY),
        (NGAP, "HandoverRequest", {**moved, "MaskedIMEISV": BIT_MASKED}, MASKED),
        (NGAP, "PathSwitchRequestAcknowledge", {**ngap, "SecurityContext": hop}, KEY),
        (NGAP, "UEContextResumeResponse", {**ngap, "SecurityContext": hop}, KEY),
        (S1AP, "Paging", {"UEPagingID": ("s-TMSI", S_TMSI_S1AP)}, TMSI),
        (S1AP, "Paging", {"UEPagingID": ("iMSI", OF_EPS[1].octets)}, OF_EPS[1].secret),
        (S1AP, "InitialUEMessage", {"ENB_UE_S1AP_ID": 2, "S_TMSI": S_TMSI_S1AP}, TMSI),
        (S1AP, "ErrorIndication", {"S_TMSI": S_TMSI_S1AP}, TMSI),
        (S1AP, "ENBCPRelocationIndication", {"ENB_UE_S1AP_ID": 2, "S_TMSI": S_TMSI_S1AP}, TMSI),
        (S1AP, "RetrieveUEInformation", {"S_TMSI": S_TMSI_S1AP}, TMSI),
        (S1AP, "UEInformationTransfer", {"S_TMSI": S_TMSI_S1AP}, TMSI),
        (S1AP, "ConnectionEstablishmentIndication", {**s1ap, "Masked_IMEISV": BIT_MASKED}, MASKED),
        (S1AP, "InitialContextSetupRequest", {**s1ap, "SecurityKey": BIT_KEY}, KEY),
        (S1AP, "InitialContextSetupRequest", {**s1ap, "Masked_IMEISV": BIT_MASKED}, MASKED),
        (S1AP, "UEContextModificationRequest", {**s1ap, "SecurityKey": BIT_KEY}, KEY),
        (S1AP, "HandoverRequest", {**moved_4g, "SecurityContext": hop_4g}, KEY),
        (S1AP, "PathSwitchRequestAcknowledge", {**s1ap, "SecurityContext": hop_4g}, KEY),
    ):
        beside = ", ".join(value.replace("_", "-") for value in values)
        yield Carrying(f"{name}: {beside}, {named[secret]}", ppid, message(ppid, name, **values), secret)


def messages() -> list[Carrying]:
    """All of them."""
    return [*in_nas(), *in_ies()]
