"""NGAP messages for the simulators: written into templates that pycrate encoded, and read by their headers.

Needs the standard library only: the processes that speak in the guest never import pycrate.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tests.lab.core import causes

INITIATING, SUCCESSFUL, UNSUCCESSFUL = 0x00, 0x20, 0x40
"""The first octet of a PDU."""


class Key(NamedTuple):
    """Which template: the name of the message, octets of its NAS message and of its ids (0: it has none), its cause."""

    name: str
    nas: int
    amf: int
    ran: int
    cause: str = ""


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
        Key(*line[:5]): Template(
            bytes.fromhex(line[5]), {name: Slot(*slot) for name, slot in line[6].items()}
        )
        for line in json.loads(path.read_text())
    }


class Writer:
    """Writes messages without an encoder: a few microseconds each."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def write(
        self,
        name: str,
        *,
        amf: int | None = None,
        ran: int | None = None,
        nas: bytes = b"",
        gnb: int = 1,
        cause: str = "",
    ) -> bytes:
        """The bytes of a message; KeyError if no template has that cause or that NAS message's size."""
        values = {"amf": _octets(amf), "ran": _octets(ran), "nas": nas, "gnb": gnb.to_bytes(4, "big")}
        key = Key(name, len(nas), len(values["amf"]), len(values["ran"]), cause)
        return self._templates[key].filled(values)


def _octets(number: int | None) -> bytes:
    return b"" if number is None else number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a simulator reads in a message; `name` is "" for a message it does not know.

    `cause` is a key of `causes.NGAP` (or S1AP), `node` the octets of the gNB's global id, `enclosed` a message
    that is re-routed.
    """

    name: str
    amf: int | None = None
    ran: int | None = None
    nas: bytes = b""
    cause: str = ""
    node: bytes = b""
    enclosed: bytes = b""


@dataclass(frozen=True)
class Dialect:
    """The numbers of NGAP or S1AP: of messages, of IEs, and how octets of the AMF's (MME's) id are counted."""

    names: Mapping[tuple[int, int], str]
    amf: int
    ran: int
    pair: int
    nas: int
    cause: int
    node: int
    enclosed: int
    amf_shift: int
    causes: Mapping[str, int]

    def read(self, data: bytes) -> Heard:
        """Reads the header of a PDU and those of its IEs; ValueError or IndexError on other bytes."""
        _, at = _length(data, 3)
        count = int.from_bytes(data[at + 1 : at + 3], "big")
        at += 3
        found: dict[str, Any] = {"name": self.names.get((data[0], data[1]), "")}
        for _ in range(count):
            number = int.from_bytes(data[at : at + 2], "big")
            size, begin = _length(data, at + 3)
            at = begin + size
            if number == self.amf:
                found["amf"] = _unsigned(data, begin + 1, (data[begin] >> self.amf_shift) + 1)
            elif number == self.ran:
                found["ran"] = _unsigned(data, begin + 1, (data[begin] >> 6) + 1)
            elif number == self.pair:
                # Behind the bits of the choice, of the extension and of the optional extensions.
                octets = (data[begin] >> self.amf_shift - 4 & (7 if self.amf_shift == 5 else 3)) + 1
                found["amf"] = _unsigned(data, begin + 1, octets)
                found["ran"] = _unsigned(data, begin + 2 + octets, (data[begin + 1 + octets] >> 6) + 1)
            elif number == self.nas:
                found["nas"] = _octet_string(data, begin)
            elif number == self.cause:
                found["cause"] = self._cause(data[begin:at])
            elif number == self.node:
                found["node"] = data[begin:at]
            elif number == self.enclosed:
                found["enclosed"] = _octet_string(data, begin)
        return Heard(**found)

    def _cause(self, value: bytes) -> str:
        """Only those that the simulators know."""
        # Bits of the choice: three of NGAP's six alternatives, one more for S1AP's extension.
        bits = int.from_bytes(value.ljust(2, b"\0"), "big")
        shift = 13 if self.amf_shift == 5 else 12
        group = ("radioNetwork", "transport", "nas", "protocol", "misc")[bits >> shift & 7]
        width = _widths(self)[group]
        # An extension bit stands before the value.
        number = bits >> shift - 1 - width & (1 << width) - 1
        return next(
            (name for name, one in self.causes.items() if one == number and name.split()[0] == group), ""
        )


def _widths(dialect: Dialect) -> Mapping[str, int]:
    return {"radioNetwork": 6, "transport": 1, "nas": 2, "protocol": 3, "misc": 3}


def _octet_string(data: bytes, at: int) -> bytes:
    length, begin = _length(data, at)
    return data[begin : begin + length]


def _unsigned(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


def _length(data: bytes, at: int) -> tuple[int, int]:
    """An APER length of less than 16,384, and where what it counts begins."""
    if data[at] < 0x80:
        return data[at], at + 1
    if data[at] >= 0xC0:
        raise ValueError("a fragmented open type")
    return (data[at] & 0x3F) << 8 | data[at + 1], at + 2


NGAP = Dialect(
    {
        (INITIATING, 21): "NGSetupRequest",
        (SUCCESSFUL, 21): "NGSetupResponse",
        (UNSUCCESSFUL, 21): "NGSetupFailure",
        (INITIATING, 35): "RANConfigurationUpdate",
        (SUCCESSFUL, 35): "RANConfigurationUpdateAcknowledge",
        (INITIATING, 15): "InitialUEMessage",
        (INITIATING, 4): "DownlinkNASTransport",
        (INITIATING, 46): "UplinkNASTransport",
        (INITIATING, 36): "RerouteNASRequest",
        (INITIATING, 14): "InitialContextSetupRequest",
        (SUCCESSFUL, 14): "InitialContextSetupResponse",
        (UNSUCCESSFUL, 14): "InitialContextSetupFailure",
        (INITIATING, 29): "PDUSessionResourceSetupRequest",
        (SUCCESSFUL, 29): "PDUSessionResourceSetupResponse",
        (INITIATING, 9): "ErrorIndication",
        (INITIATING, 42): "UEContextReleaseRequest",
        (INITIATING, 41): "UEContextReleaseCommand",
        (SUCCESSFUL, 41): "UEContextReleaseComplete",
    },
    *(10, 85, 114, 38, 15, 27, 42),
    amf_shift=5,
    causes=causes.NGAP,
)
S1AP = Dialect(
    {
        (INITIATING, 17): "S1SetupRequest",
        (SUCCESSFUL, 17): "S1SetupResponse",
        (INITIATING, 12): "InitialUEMessage",
        (INITIATING, 11): "DownlinkNASTransport",
        (INITIATING, 13): "UplinkNASTransport",
        (INITIATING, 9): "InitialContextSetupRequest",
        (SUCCESSFUL, 9): "InitialContextSetupResponse",
        (INITIATING, 18): "UEContextReleaseRequest",
        (INITIATING, 23): "UEContextReleaseCommand",
        (SUCCESSFUL, 23): "UEContextReleaseComplete",
    },
    *(0, 8, 99, 26, 2, 59, -1),
    amf_shift=6,
    causes=causes.S1AP,
)


def read(data: bytes) -> Heard:
    """Reads an NGAP-PDU."""
    return NGAP.read(data)
