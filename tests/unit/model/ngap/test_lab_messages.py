"""The messages of the bench against pycrate: what the simulators write is NGAP and 5GMM, with the ids they meant."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.lab.core import nas_messages as nas
from tests.lab.core import ngap_messages as ngap
from tests.lab.core import ngap_templates
from tests.lab.core.nas_messages import Nas

AMF_IDS = (1, 0x1234, 0xABCDEF, 0x1000000, (1 << 40) - 1)
RAN_IDS = (0, 0xFFFF, 0x10000, 0xFFFFFFFF)
"""One of each size that the encoding has."""


@pytest.fixture(scope="module")
def templates() -> ngap.Templates:
    return ngap_templates.build()


@pytest.fixture(scope="module")
def writer(templates: ngap.Templates) -> ngap.Writer:
    return ngap.Writer(templates)


def decoded(data: bytes) -> tuple[str, str, dict[str, Any]]:
    """Kind of PDU, name of the message, and its IEs by the names of their types; encodes to the same bytes again."""
    from pycrate_asn1dir import NGAP

    pdu = NGAP.NGAP_PDU_Descriptions.NGAP_PDU
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


def ids(values: dict[str, Any]) -> tuple[int | None, int | None]:
    if "UE-NGAP-IDs" in values:
        pair = values["UE-NGAP-IDs"][1]
        return pair["aMF-UE-NGAP-ID"], pair["rAN-UE-NGAP-ID"]
    return values.get("AMF-UE-NGAP-ID"), values.get("RAN-UE-NGAP-ID")


def nas_in(values: dict[str, Any]) -> bytes:
    if "PDUSessionResourceSetupListSUReq" in values:
        return bytes(values["PDUSessionResourceSetupListSUReq"][0]["pDUSessionNAS-PDU"])
    return bytes(values.get("NAS-PDU", b""))


def variants() -> list[tuple[str, int]]:
    return [(name, size) for name, kind in ngap_templates.KINDS.items() for size in kind.nas_sizes]


@pytest.mark.parametrize(("name", "nas_size"), variants())
def test_what_is_written_is_what_pycrate_reads(
    writer: ngap.Writer, templates: ngap.Templates, name: str, nas_size: int
) -> None:
    slots = next(template.slots for key, template in templates.items() if key[:2] == (name, nas_size))
    dice = random.Random(nas_size)
    for amf_id in AMF_IDS if "amf" in slots else (None,):
        for ran_id in RAN_IDS if "ran" in slots else (None,):
            message = dice.randbytes(nas_size)
            data = writer.write(name, amf=amf_id, ran=ran_id, nas=message)
            kind, told, values = decoded(data)
            assert (kind, told) == (ngap_templates.KINDS[name].pdu, name)
            assert ids(values) == (amf_id, ran_id)
            assert nas_in(values) == message
            # The simulators' own reader; a NAS message inside of a list is none of its business.
            heard = ngap.read(data)
            assert (heard.name, heard.amf, heard.ran) == (name, amf_id, ran_id)
            assert heard.nas == bytes(values.get("NAS-PDU", b""))


@pytest.mark.parametrize("edge", [1 << 8, 1 << 16, 1 << 24])
def test_ids_at_the_edge_of_a_size(writer: ngap.Writer, edge: int) -> None:
    for number in (edge - 1, edge):
        data = writer.write("UEContextReleaseCommand", amf=number, ran=number)
        assert ids(decoded(data)[2]) == (number, number)


def test_a_gnb_has_a_number(writer: ngap.Writer) -> None:
    _, _, values = decoded(writer.write("NGSetupRequest", gnb=0xABCDEF))
    assert values["GlobalRANNodeID"][1]["gNB-ID"] == ("gNB-ID", (0xABCDEF, 32))


def test_an_accept_comes_with_a_key(writer: ngap.Writer) -> None:
    accept = nas.protect(nas.registration_accept(9, assign_guti=True), 1, nas.CIPHERED)
    _, _, values = decoded(writer.write("InitialContextSetupRequest", amf=9, ran=4, nas=accept))
    assert values["SecurityKey"][1] == 256
    assert values["NAS-PDU"] == accept


def test_the_templates_outlive_a_file(
    templates: ngap.Templates, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCTPTOP_LAB_CACHE", str(tmp_path))
    monkeypatch.setattr(ngap_templates, "build", lambda: templates)
    file = ngap_templates.file()
    assert ngap.load(file) == templates
    assert ngap_templates.file() == file
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


MESSAGES: list[tuple[Nas, str, Callable[[], bytes]]] = [
    (Nas.REGISTRATION_REQUEST, "5GMMRegistrationRequest", lambda: nas.registration_request(4711)),
    (Nas.AUTHENTICATION_REQUEST, "5GMMAuthenticationRequest", lambda: nas.authentication_request(4711)),
    (Nas.AUTHENTICATION_RESPONSE, "5GMMAuthenticationResponse", lambda: nas.authentication_response(4711)),
    (Nas.SECURITY_MODE_COMMAND, "5GMMSecurityModeCommand", nas.security_mode_command),
    (Nas.SECURITY_MODE_COMPLETE, "5GMMSecurityModeComplete", lambda: nas.security_mode_complete(4711)),
    (
        Nas.REGISTRATION_ACCEPT,
        "5GMMRegistrationAccept",
        lambda: nas.registration_accept(4711, assign_guti=True),
    ),
    (
        Nas.REGISTRATION_ACCEPT,
        "5GMMRegistrationAccept",
        lambda: nas.registration_accept(4711, assign_guti=False),
    ),
    (Nas.REGISTRATION_COMPLETE, "5GMMRegistrationComplete", nas.registration_complete),
    (Nas.REGISTRATION_REJECT, "5GMMRegistrationReject", nas.registration_reject),
    (
        Nas.DEREGISTRATION_REQUEST,
        "5GMMMODeregistrationRequest",
        lambda: nas.deregistration_request(4711, 8, with_guti=True),
    ),
    (
        Nas.DEREGISTRATION_REQUEST,
        "5GMMMODeregistrationRequest",
        lambda: nas.deregistration_request(4711, 8, with_guti=False),
    ),
    (Nas.DEREGISTRATION_ACCEPT, "5GMMMODeregistrationAccept", nas.deregistration_accept),
    (Nas.UL_NAS_TRANSPORT, "5GMMULNASTransport", nas.session_request),
    (Nas.DL_NAS_TRANSPORT, "5GMMDLNASTransport", nas.session_accept),
]


@pytest.mark.parametrize(("kind", "name", "made"), MESSAGES)
def test_nas_is_what_pycrate_reads(kind: Nas, name: str, made: Callable[[], bytes]) -> None:
    message = made()
    assert message[2] == kind
    assert decoded_nas(message)._name == name


def test_the_suci_names_the_ue() -> None:
    message = nas.registration_request(4711)
    suci = decoded_nas(message)["5GSID"]["5GSID"]["Value"].get_alt()
    assert suci["Output"].get_alt().decode() == nas.msin(4711)
    assert nas.msin_bytes(4711) in message
    assert len({nas.msin(ue) for ue in range(1000)}) == 1000


def test_the_suci_crosses_twice() -> None:
    inner = decoded_nas(nas.security_mode_complete(4711))["NASContainer"]
    assert nas.msin_bytes(4711) in inner.to_bytes()


def test_the_accept_assigns_a_guti_or_not() -> None:
    with_guti = nas.registration_accept(4711, assign_guti=True)
    assert nas.assigns_guti(with_guti)
    assert not nas.assigns_guti(nas.registration_accept(4711, assign_guti=False))
    identity = decoded_nas(with_guti)["GUTI"]["5GSID"]
    assert identity["5GTMSI"].get_val() == int.from_bytes(nas.tmsi(4711), "big")


@pytest.mark.parametrize("header", [nas.CIPHERED, nas.NEW_CONTEXT, nas.NEW_CONTEXT_CIPHERED])
def test_the_null_cipher_leaves_it_readable(header: int) -> None:
    plain = nas.security_mode_complete(7)
    message = nas.protect(plain, 0x105, header)
    found = decoded_nas(message)
    assert found["5GMMHeaderSec"]["SecHdr"].get_val() == header
    assert found["Seqn"].get_val() == 5
    assert message[7:] == plain == nas.unprotect(message)
    assert nas.unprotect(plain) == plain


def test_a_cipher_hides_everything() -> None:
    plain = nas.security_mode_complete(7)
    for count in range(256):
        message = nas.protect(plain, count, nas.NEW_CONTEXT_CIPHERED, cipher=True)
        assert message[7] != nas.EPD
        assert nas.msin_bytes(7) not in message
        assert nas.unprotect(message, cipher=True) == plain
    command = nas.protect(nas.security_mode_command(), 0, nas.NEW_CONTEXT)
    assert nas.unprotect(command, cipher=True) == nas.security_mode_command()
