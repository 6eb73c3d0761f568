"""The names of procedures, messages and NAS types against those that pycrate has from the specifications."""

from __future__ import annotations

import re

import pytest
from pycrate_asn1dir import NGAP as NGAP_ASN1
from pycrate_asn1dir import S1AP as S1AP_ASN1
from pycrate_mobile.TS24301_EMM import _EMM_dict
from pycrate_mobile.TS24501_FGMM import FGMMTypeClasses, _FGMM_dict

from sctptop.model.ngap import nas
from sctptop.model.ngap.ppid import NGAP, S1AP
from sctptop.model.ngap.procedure_names import PDUS, message_name, procedure_name
from tests.unit.model.ngap.ngap_pdus import PRIVATE, kinds

CONSTANTS = {NGAP: NGAP_ASN1.NGAP_Constants, S1AP: S1AP_ASN1.S1AP_Constants}


@pytest.mark.parametrize("ppid", [NGAP, S1AP])
def test_every_procedure(ppid: int) -> None:
    """Capital letters first, as NGAP writes them: S1AP's ASN.1 has a few like downlinkNASTransport."""
    codes = {}
    for name in CONSTANTS[ppid]._val_:
        constant = getattr(CONSTANTS[ppid], name.replace("-", "_"))
        if constant._typeref and constant._typeref.called[1] == "ProcedureCode":
            codes[constant._val] = name.removeprefix("id-")
    assert len(codes) == {NGAP: 81, S1AP: 67}[ppid]
    for code in range(256):
        name = codes.get(code, f"procedure {code}")
        assert procedure_name(ppid, code) == (name[0].upper() + name[1:] if code in codes else name)


@pytest.mark.parametrize("ppid", [NGAP, S1AP])
def test_every_message(ppid: int) -> None:
    known = {(kind.pdu, kind.procedure): kind.name for kind in kinds(ppid)}
    known["initiatingMessage", PRIVATE[ppid]] = "PrivateMessage"
    for pdu in PDUS:
        for code in range(256):
            name = message_name(ppid, pdu, code)
            assert name == known.get((pdu, code), f"{procedure_name(ppid, code)} {pdu}")


def test_what_has_no_name() -> None:
    assert message_name(0, "initiatingMessage", 15) == "procedure 15 initiatingMessage"
    assert nas.nas_name(NGAP, 0x7B) == "NAS 0x7b"
    assert nas.nas_name(0, 5) == "NAS 0x05"


def letters(name: str) -> str:
    """Without spaces, hyphens and case; MO and MT are UE originating and UE terminated."""
    name = re.sub(
        r"^(MO|MT) (.*)$", lambda m: m[2] + {"MO": "UEOriginating", "MT": "UETerminated"}[m[1]], name
    )
    return re.sub(r"[^a-z0-9]", "", name.lower())


def test_every_nas_type() -> None:
    for ppid, theirs in ((NGAP, _FGMM_dict), (S1AP, _EMM_dict)):
        for number, name in theirs.items():
            assert letters(nas.nas_name(ppid, number)) == letters(name)
            assert nas.nas_name(ppid, number).isalnum(), "only spaces and hyphens are left out"
    for number in FGMMTypeClasses.keys() - _FGMM_dict.keys():
        name = nas.nas_name(NGAP, number).replace("Authentication", "Authent")
        assert f"FGMM{name}" == FGMMTypeClasses[number].__name__
    assert FGMMTypeClasses.keys() == nas.UPLINK_5GMM | nas.DOWNLINK_5GMM
    assert _EMM_dict.keys() == nas.UPLINK_EMM | nas.DOWNLINK_EMM


def test_directions_are_what_the_names_say() -> None:
    """Who commands is the network, who completes or responds the UE; a status, and detaching, goes both ways."""
    for ppid, up, down in (
        (NGAP, nas.UPLINK_5GMM, nas.DOWNLINK_5GMM),
        (S1AP, nas.UPLINK_EMM, nas.DOWNLINK_EMM),
    ):
        for number in up | down:
            name = nas.nas_name(ppid, number)
            if re.search("Complete$|Response$|^UL|^Uplink|Failure$|UpdateRequest$|ServiceRequest$", name):
                assert number in up - down, name
            if re.search("Command$|Result$|^DL|^Downlink|(Authentication|Identity)Request$", name):
                assert number in down - up, name
        assert {nas.nas_name(ppid, number) for number in up & down} == (
            {"5GMMStatus"} if ppid == NGAP else {"EMMStatus", "DetachRequest", "DetachAccept"}
        )
