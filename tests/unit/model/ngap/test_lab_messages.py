"""The messages of the bench against pycrate: what the simulators write is NGAP and S1AP, with the ids they meant."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.lab.core import causes, nas_protection, ngap_templates
from tests.lab.core import nas_messages as nas
from tests.lab.core import ngap_messages as ngap
from tests.lab.core.ngap_kinds import AROUND_NAS, NGAP
from tests.lab.core.templates import Kind, Protocol

PROTOCOLS = ngap_templates.PROTOCOLS
AMF_IDS = {
    "NGAP": (1, 0x1234, 0xABCDEF, 0x1000000, (1 << 40) - 1),
    "S1AP": (1, 0x1234, 0xABCDEF, (1 << 32) - 1),
}
RAN_IDS = {"NGAP": (0, 0xFFFF, 0x10000, 0xFFFFFFFF), "S1AP": (0, 0xFFFF, 0xFFFFFF)}
"""One of each size that the encoding has."""
READ = {"NGAP": ngap.NGAP, "S1AP": ngap.S1AP}


@pytest.fixture(scope="module")
def templates() -> dict[str, ngap.Templates]:
    return {name: protocol.build() for name, protocol in PROTOCOLS.items()}


@pytest.fixture(scope="module")
def writer(templates: dict[str, ngap.Templates]) -> ngap.Writer:
    return ngap.Writer(templates["NGAP"])


def decoded(data: bytes, protocol: Protocol = NGAP) -> tuple[str, str, dict[str, Any]]:
    """Kind of PDU, name of the message, and its IEs by the names of their types; encodes to the same bytes again."""
    from pycrate_asn1dir import NGAP, S1AP

    pdu = NGAP.NGAP_PDU_Descriptions.NGAP_PDU
    if protocol.name == "S1AP":
        pdu = S1AP.S1AP_PDU_Descriptions.S1AP_PDU
    pdu.from_aper(data)
    kind, message = pdu.get_val()
    name, content = message["value"]
    assert pdu.to_aper() == data
    return kind, name, {ie["value"][0]: ie["value"][1] for ie in content["protocolIEs"]}


def decoded_nas(message: bytes) -> Any:
    from pycrate_mobile.NAS import parse_NAS5G

    found, error = parse_NAS5G(message)
    assert error == 0
    assert found.to_bytes() == message
    return found


PAIRS = (
    ("UE-NGAP-IDs", "aMF-UE-NGAP-ID", "rAN-UE-NGAP-ID"),
    ("UE-S1AP-IDs", "mME-UE-S1AP-ID", "eNB-UE-S1AP-ID"),
)


def ids(values: dict[str, Any]) -> tuple[int | None, int | None]:
    for name, amf, ran in PAIRS:
        if name in values:
            return values[name][1][amf], values[name][1][ran]
    return (
        values.get("AMF-UE-NGAP-ID", values.get("MME-UE-S1AP-ID")),
        values.get("RAN-UE-NGAP-ID", values.get("ENB-UE-S1AP-ID")),
    )


def nas_in(values: dict[str, Any]) -> bytes:
    if "PDUSessionResourceSetupListSUReq" in values:
        return bytes(values["PDUSessionResourceSetupListSUReq"][0]["pDUSessionNAS-PDU"])
    if "E-RABToBeSetupListCtxtSUReq" in values:
        return bytes(values["E-RABToBeSetupListCtxtSUReq"][0]["value"][1].get("nAS-PDU", b""))
    return bytes(values.get("NAS-PDU", values.get("OCTET STRING", b"")))


def variants() -> list[tuple[Protocol, str, Kind, int, str]]:
    return [
        (protocol, name, kind, size, cause)
        for protocol in PROTOCOLS.values()
        for name, kind in protocol.kinds.items()
        for size in kind.nas_sizes
        for cause in kind.causes
    ]


@pytest.mark.parametrize(("protocol", "name", "made", "nas_size", "cause"), variants())
def test_what_is_written_is_what_pycrate_reads(
    templates: dict[str, ngap.Templates], protocol: Protocol, name: str, made: Kind, nas_size: int, cause: str
) -> None:
    of_protocol = templates[protocol.name]
    slots = next(
        template.slots
        for key, template in of_protocol.items()
        if (key.name, key.nas, key.cause) == (name, nas_size, cause)
    )
    dice = random.Random(nas_size)
    for amf_id in AMF_IDS[protocol.name] if "amf" in slots else (None,):
        for ran_id in RAN_IDS[protocol.name] if "ran" in slots else (None,):
            message = dice.randbytes(nas_size)
            data = ngap.Writer(of_protocol).write(name, amf=amf_id, ran=ran_id, nas=message, cause=cause)
            kind, told, values = decoded(data, protocol)
            assert (kind, told) == (made.pdu, name.split()[0])
            assert ids(values) == (amf_id, ran_id)
            assert nas_in(values) == message
            # The simulators' own reader; a NAS message inside of a list is none of its business.
            heard = READ[protocol.name].read(data)
            assert (heard.name, heard.amf, heard.ran) == (told, amf_id, ran_id)
            assert heard.nas == bytes(values.get("NAS-PDU", b""))
            assert heard.enclosed == values.get("OCTET STRING", b"")
            assert heard.cause == " ".join(values.get("Cause", ())) == (cause if "Cause" in values else "")


@pytest.mark.parametrize("edge", [1 << 8, 1 << 16, 1 << 24])
def test_ids_at_the_edge_of_a_size(writer: ngap.Writer, edge: int) -> None:
    for number in (edge - 1, edge):
        data = writer.write("UEContextReleaseCommand", amf=number, ran=number, cause=causes.NORMAL)
        assert ids(decoded(data)[2]) == (number, number)


def test_a_gnb_has_a_number(writer: ngap.Writer) -> None:
    nodes = []
    for name in ("NGSetupRequest", "RANConfigurationUpdate"):
        data = writer.write(name, gnb=0xABCDEF)
        _, _, values = decoded(data)
        assert values["GlobalRANNodeID"][1]["gNB-ID"] == ("gNB-ID", (0xABCDEF, 32))
        nodes.append(ngap.read(data).node)
    assert nodes[0] == nodes[1] != ngap.read(writer.write("NGSetupRequest", gnb=1)).node
    nameless = writer.write("RANConfigurationUpdate of nobody")
    assert "GlobalRANNodeID" not in decoded(nameless)[2]
    assert not ngap.read(nameless).node


def test_a_reroute_carries_the_whole_message(writer: ngap.Writer) -> None:
    request = nas.registration_request(7)
    for ran in RAN_IDS["NGAP"]:
        first = writer.write("InitialUEMessage", ran=ran, nas=request)
        assert len(first) == AROUND_NAS + len(request) + max(1, (ran.bit_length() + 7) // 8)
        heard = ngap.read(writer.write("RerouteNASRequest", ran=ran, nas=first))
        assert (heard.enclosed, ngap.read(heard.enclosed).nas, heard.nas) == (first, request, b"")


def test_a_session_that_failed_tells_why(writer: ngap.Writer) -> None:
    data = writer.write("PDUSessionResourceSetupResponse", amf=1, ran=1, cause=causes.NO_RADIO)
    (item,) = decoded(data)[2]["PDUSessionResourceFailedToSetupListSURes"]
    assert item["pDUSessionResourceSetupUnsuccessfulTransfer"][1]["cause"] == tuple(causes.NO_RADIO.split())


def test_an_accept_comes_with_a_key(writer: ngap.Writer) -> None:
    accept = nas_protection.protect(nas.registration_accept(9, assign_guti=True), 1, nas_protection.CIPHERED)
    _, _, values = decoded(writer.write("InitialContextSetupRequest", amf=9, ran=4, nas=accept))
    assert values["SecurityKey"][1] == 256
    assert values["NAS-PDU"] == accept


def test_the_templates_outlive_a_file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCTPTOP_LAB_CACHE", str(tmp_path))
    few = {name: NGAP.kinds[name] for name in ("NGSetupFailure", "DownlinkNASTransport")}
    small = Protocol("NGAP", few, NGAP.amf_ies, NGAP.ran_ies, 5, 4)
    monkeypatch.setattr(ngap_templates, "PROTOCOLS", {"NGAP": small})
    file = ngap_templates.file()
    assert ngap.load(file) == small.build()
    assert ngap_templates.file() == file
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


def test_causes_are_called_as_pycrate_does() -> None:
    from pycrate_asn1dir import NGAP, S1AP
    from pycrate_mobile.TS24301_IE import _EMMCause_dict
    from pycrate_mobile.TS24501_IE import _FGMMCause_dict

    assert {number: _FGMMCause_dict[number] for number in causes.MM} == causes.MM
    assert {number: _EMMCause_dict[number] for number in causes.EMM} == causes.EMM
    for cause, known in ((NGAP.NGAP_IEs.Cause, causes.NGAP), (S1AP.S1AP_IEs.Cause, causes.S1AP)):
        for name, number in known.items():
            group, value = name.split()
            assert cause._cont[group]._root.index(value) == number
    assert causes.of_ngap(causes.RADIO_LOST) == "NGAP radioNetwork 21 radio-connection-with-ue-lost"
    assert causes.of_s1ap(causes.NORMAL) == "S1AP nas 0 normal-release"
    assert (causes.of_5gmm(20), causes.of_emm(7)) == ("5GMM 20 MAC failure", "EMM 7 EPS services not allowed")
