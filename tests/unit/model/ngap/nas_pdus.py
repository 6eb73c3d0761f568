"""NAS messages at random, plain and protected, from the empty ones that pycrate makes; and what can be read of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from pycrate_mobile.TS24301_EMM import EMMTypeMOClasses, EMMTypeMTClasses
from pycrate_mobile.TS24501_FGMM import FGMMTypeClasses

from sctptop.model.ngap.nas import DOWNLINK_5GMM, DOWNLINK_EMM, UPLINK_5GMM, UPLINK_EMM, NasRead
from sctptop.model.ngap.ppid import NGAP, S1AP
from tests.unit.model.ngap.ngap_values import Dice

REGISTRATION_TYPES = {
    "5GSRegType": {
        2: "mobility",
        3: "periodic",
        4: "emergency",
        5: "onboarding",
        6: "disaster mobility",
        7: "disaster initial",
    },
    "EPSAttachType": {6: "emergency attach"},
    "EPSUpdateType": {3: "periodic tracking area update"},
}
USUAL = {"5GSRegType": "initial", "EPSAttachType": "attach", "EPSUpdateType": "tracking area update"}
"""What every other value of the three bits stands for."""

TELLING = ("5GMMCause", "EMMCause", *USUAL)
"""What pycrate calls the IEs of which our decoder reads one behind the type."""


@dataclass(frozen=True)
class NasMessage:
    """The bytes, what can be read of them, and how many of them tell the type: 0 of what is ciphered."""

    data: bytes
    read: NasRead
    reach: int


@dataclass(frozen=True)
class Plain:
    """A type and the message of it that pycrate makes; ``behind`` is what it calls that which follows the type."""

    number: int
    data: bytes
    behind: str


def _of(number: int, made: Any) -> Plain:
    names = [part._name for part in made if part._name != "NAS_KSI"]
    return Plain(number, made.to_bytes(), names[1] if len(names) > 1 else "")


def classes_of(ppid: int, up: bool) -> Any:
    """pycrate's classes by type."""
    return {NGAP: FGMMTypeClasses, S1AP: EMMTypeMOClasses if up else EMMTypeMTClasses}[ppid]


@cache
def plain_messages(ppid: int, up: bool) -> tuple[Plain, ...]:
    """Every NAS message that pycrate can make for a direction."""
    types = {
        NGAP: UPLINK_5GMM if up else DOWNLINK_5GMM,
        S1AP: UPLINK_EMM if up else DOWNLINK_EMM,
    }[ppid]
    classes = classes_of(ppid, up)
    return tuple(_of(number, classes[number]()) for number in sorted(types))


def varied(dice: Dice, one: Plain, ppid: int) -> tuple[bytes, NasRead]:
    """The message with another cause or type of registration, where it has one."""
    at = 3 if ppid == NGAP else 2
    octet = dice.randrange(256)
    changed = one.data[:at] + bytes([octet]) + one.data[at + 1 :]
    if one.behind in ("5GMMCause", "EMMCause"):
        return changed, NasRead(one.number, None, octet)
    if one.behind in USUAL:
        meanings = REGISTRATION_TYPES[one.behind]
        return changed, NasRead(one.number, meanings.get(octet & 7, USUAL[one.behind]))
    return one.data, NasRead(one.number)


def nas_message(dice: Dice, ppid: int, up: bool) -> NasMessage:
    """Any of them, in any form."""
    if ppid == S1AP and up and dice.random() < 0.05:
        # A ServiceRequest: a short header, and no type.
        return NasMessage(bytes([dice.randrange(0xC, 0x10) << 4 | 7]) + dice.randbytes(3), NasRead(), 0)
    messages = plain_messages(ppid, up)
    if dice.random() < 0.5:
        messages = tuple(one for one in messages if one.behind in TELLING)
    plain, read = varied(dice, dice.choice(messages), ppid)
    tail = dice.randbytes(dice.choice((0, 5, 30, 60, 150)))
    size = 3 if ppid == NGAP else 2
    form = dice.choice(("plain", "null cipher", "ciphered"))
    if form == "plain":
        return NasMessage(plain + tail, read, size)
    security = dice.choice((2, 4) if form == "ciphered" else (1, 2, 3, 4))
    header = bytes((0x7E, security)) if ppid == NGAP else bytes((security << 4 | 7,))
    header += dice.randbytes(5)
    if form == "ciphered":
        return NasMessage(header + dice.randbytes(dice.randrange(200)), NasRead(), 0)
    return NasMessage(header + plain + tail, read, len(header) + size)
