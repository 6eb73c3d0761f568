"""NGAP messages for the simulators: written into templates that pycrate encoded, and read by their headers.

Needs the standard library only: the processes that speak in the guest never import pycrate.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

INITIATING, SUCCESSFUL, UNSUCCESSFUL = 0x00, 0x20, 0x40
"""The first octet of an NGAP-PDU."""
NAMES: Mapping[tuple[int, int], str] = {
    (INITIATING, 21): "NGSetupRequest",
    (SUCCESSFUL, 21): "NGSetupResponse",
    (INITIATING, 15): "InitialUEMessage",
    (INITIATING, 4): "DownlinkNASTransport",
    (INITIATING, 46): "UplinkNASTransport",
    (INITIATING, 14): "InitialContextSetupRequest",
    (SUCCESSFUL, 14): "InitialContextSetupResponse",
    (INITIATING, 29): "PDUSessionResourceSetupRequest",
    (SUCCESSFUL, 29): "PDUSessionResourceSetupResponse",
    (INITIATING, 42): "UEContextReleaseRequest",
    (INITIATING, 41): "UEContextReleaseCommand",
    (SUCCESSFUL, 41): "UEContextReleaseComplete",
}
AMF_UE_ID, NAS_PDU, RAN_UE_ID, UE_IDS = 10, 38, 85, 114
"""Ids of the IEs that a simulator reads."""


class Key(NamedTuple):
    """Which template: the name of the message, octets of its NAS message and of its ids; 0 where it has none."""

    name: str
    nas: int
    amf: int
    ran: int


class Slot(NamedTuple):
    """Octets of a template that differ from message to message."""

    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Template:
    """An encoded message and its slots by name: amf, ran, nas, gnb."""

    data: bytes
    slots: Mapping[str, Slot]

    def as_json(self) -> list[Any]:
        """What JSON can hold."""
        return [self.data.hex(), self.slots]

    def filled(self, values: Mapping[str, bytes]) -> bytes:
        """The message with these values in its slots."""
        data = bytearray(self.data)
        for name, (at, size) in self.slots.items():
            data[at : at + size] = values[name]
        return bytes(data)


Templates = Mapping[Key, Template]


def load(path: Path) -> Templates:
    """What `ngap_templates.file` left there."""
    return {
        Key(*line[:4]): Template(
            bytes.fromhex(line[4]), {name: Slot(*slot) for name, slot in line[5].items()}
        )
        for line in json.loads(path.read_text())
    }


class Writer:
    """Writes messages without an encoder: a few microseconds each."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def write(
        self, name: str, *, amf: int | None = None, ran: int | None = None, nas: bytes = b"", gnb: int = 1
    ) -> bytes:
        """The bytes of a message; KeyError if no template has that NAS message's size."""
        values = {"amf": _octets(amf), "ran": _octets(ran), "nas": nas, "gnb": gnb.to_bytes(4, "big")}
        key = Key(name, len(nas), len(values["amf"]), len(values["ran"]))
        return self._templates[key].filled(values)


def _octets(number: int | None) -> bytes:
    return b"" if number is None else number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a simulator reads in a message; `name` is "" for a message it does not know."""

    name: str
    amf: int | None
    ran: int | None
    nas: bytes


def read(data: bytes) -> Heard:
    """Reads the header of an NGAP-PDU and those of its IEs; ValueError or IndexError on other bytes."""
    name = NAMES.get((data[0], data[1]), "")
    _, at = _length(data, 3)
    count = int.from_bytes(data[at + 1 : at + 3], "big")
    at += 3
    amf = ran = None
    nas = b""
    for _ in range(count):
        number = int.from_bytes(data[at : at + 2], "big")
        size, begin = _length(data, at + 3)
        at = begin + size
        if number == AMF_UE_ID:
            amf = _unsigned(data, begin + 1, (data[begin] >> 5) + 1)
        elif number == RAN_UE_ID:
            ran = _unsigned(data, begin + 1, (data[begin] >> 6) + 1)
        elif number == UE_IDS:
            octets = (data[begin] >> 1 & 7) + 1
            amf = _unsigned(data, begin + 1, octets)
            ran = _unsigned(data, begin + 2 + octets, (data[begin + 1 + octets] >> 6) + 1)
        elif number == NAS_PDU:
            length, begin = _length(data, begin)
            nas = data[begin : begin + length]
    return Heard(name, amf, ran, nas)


def _unsigned(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


def _length(data: bytes, at: int) -> tuple[int, int]:
    """An APER length of less than 16,384, and where what it counts begins."""
    if data[at] < 0x80:
        return data[at], at + 1
    if data[at] >= 0xC0:
        raise ValueError("a fragmented open type")
    return (data[at] & 0x3F) << 8 | data[at + 1], at + 2
