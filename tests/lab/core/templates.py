"""Messages of NGAP and S1AP as pycrate encodes them, once, and where in their bytes ids and the NAS message stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.lab.core.ngap_messages import Key, Slot, Template, Templates

Ie = tuple[int, str, str, Any]
"""Its id, criticality, type, and the value as pycrate takes it."""


@dataclass(frozen=True)
class Values:
    """What differs from one message to the next of its kind; of LTE the ids are the MME's and the eNB's."""

    amf: int = 0
    ran: int = 0
    nas: bytes = b""
    gnb: int = 0
    cause: str = ""


@dataclass(frozen=True)
class Kind:
    """A message: which, its IEs, and the NAS messages and causes it carries."""

    pdu: str
    procedure: int
    criticality: str
    ies: Callable[[Values], list[Ie]]
    nas_sizes: tuple[int, ...] = (0,)
    causes: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Protocol:
    """Its messages by name, the IEs that hold ids, and how many octets those have at most."""

    name: str
    kinds: Mapping[str, Kind]
    amf_ies: frozenset[int]
    ran_ies: frozenset[int]
    amf_octets: int
    ran_octets: int

    def build(self) -> Templates:
        """Every message in every size its ids and its NAS message can have; needs pycrate, takes a second or two."""
        return {key: self._template(key) for key in self._keys()}

    def encoded(self, name: str, values: Values) -> bytes:
        """What pycrate makes of the message: a PDU in aligned PER."""
        kind, pdu = self.kinds[name], self._pdu()
        # Behind a space: what tells it from another message of this name.
        content = (name.split()[0], {"protocolIEs": [enclosed(line) for line in kind.ies(values)]})
        pdu.set_val(
            (kind.pdu, {"procedureCode": kind.procedure, "criticality": kind.criticality, "value": content})
        )
        data: bytes = pdu.to_aper()
        return data

    def _pdu(self) -> Any:
        if self.name == "S1AP":
            from pycrate_asn1dir import S1AP

            return S1AP.S1AP_PDU_Descriptions.S1AP_PDU
        from pycrate_asn1dir import NGAP

        return NGAP.NGAP_PDU_Descriptions.NGAP_PDU

    def _keys(self) -> Iterator[Key]:
        for name, kind in self.kinds.items():
            ids = {line[0] for line in kind.ies(Values(cause=kind.causes[0]))}
            for nas_size in kind.nas_sizes:
                # An INTEGER takes as many octets as its value needs.
                for amf in range(1, self.amf_octets + 1) if ids & self.amf_ies else (0,):
                    for ran in range(1, self.ran_octets + 1) if ids & self.ran_ies else (0,):
                        for cause in kind.causes:
                            yield Key(name, nas_size, amf, ran, cause)

    def _template(self, key: Key) -> Template:
        # Two values of the same size that differ in every octet: where the encodings differ, there they stand.
        ones, twos = (
            Values(
                *(_repeated(octet, key.amf), _repeated(octet, key.ran), octet * key.nas),
                *(_repeated(octet, 4), key.cause),
            )
            for octet in (b"\x11", b"\x22")
        )
        data = self.encoded(key.name, ones)
        slots = {}
        for name, size in (("amf", key.amf), ("ran", key.ran), ("nas", key.nas), ("gnb", 4)):
            other = self.encoded(key.name, replace(ones, **{name: getattr(twos, name)}))
            places = [at for at, (one, two) in enumerate(zip(data, other, strict=True)) if one != two]
            if places:
                assert places == list(range(places[0], places[0] + size)), (key, name, places)
                slots[name] = Slot(places[0], size)
        return Template(data, slots)


def _repeated(octet: bytes, size: int) -> int:
    return int.from_bytes(octet * size, "big")


def enclosed(line: Ie) -> dict[str, Any]:
    """An IE as pycrate takes it."""
    number, criticality, name, value = line
    return {"id": number, "criticality": criticality, "value": (name, value)}
