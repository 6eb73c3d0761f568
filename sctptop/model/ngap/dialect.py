"""The two protocols between a radio node and its core, NGAP and S1AP: the messages that a registration turns on.

Procedure codes: 3GPP TS 38.413 section 9.4.7 and TS 36.413 section 9.3.7; types of NAS messages: TS 24.501 section 9.7
and TS 24.301 section 9.8. An attach of 4G goes the way of a registration of 5G, under other numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sctptop.model.ngap import ppid
from sctptop.model.ngap.procedure_names import PDUS

INITIATING, SUCCESSFUL, UNSUCCESSFUL = PDUS
NGAP_PORT, S1AP_PORT = 38412, 36412
CORE_PORTS = (NGAP_PORT, S1AP_PORT)
"""On which AMFs and MMEs listen; TS 38.412 and TS 36.412, section 7."""


@dataclass(frozen=True, slots=True)
class NasPair:
    """A request of the core in a downlink NAS message and the types that answer it.

    ``in_turn``: the core goes on with the registration only once it has the answer, and the next in turn is no other.
    ``secures``: new keys follow from it, which a SecurityModeCommand activates.
    """

    name: str
    answers: frozenset[int]
    failures: frozenset[int] = frozenset()
    in_turn: bool = True
    secures: bool = False


@dataclass(frozen=True, slots=True)
class Dialect:
    """Numbers of one protocol. ``ran`` and ``core`` are what it calls its two ends.

    ``later`` are the types of NAS messages that a UE sends only after its registration.
    """

    name: str
    ppid: int
    ran: str
    core: str
    initial_ue: int
    downlink_nas: int
    uplink_nas: int
    context_setup: int
    context_release: int
    reroute: int
    request: int
    accept: int
    complete: int
    rejects: frozenset[int]
    later: frozenset[int]
    nas_pairs: Mapping[int, NasPair] = field(default_factory=dict)


NGAP = Dialect(
    name="NGAP",
    ppid=ppid.NGAP,
    ran="gNB",
    core="AMF",
    initial_ue=15,
    downlink_nas=4,
    uplink_nas=46,
    context_setup=14,
    context_release=41,
    reroute=36,
    request=0x41,
    accept=0x42,
    complete=0x43,
    rejects=frozenset((0x44, 0x58)),
    later=frozenset((0x45, 0x4C, 0x67)),
    nas_pairs={
        0x56: NasPair("Authentication", frozenset((0x57,)), frozenset((0x59,)), secures=True),
        0x5B: NasPair("Identification", frozenset((0x5C,)), in_turn=False),
        0x5D: NasPair("SecurityModeControl", frozenset((0x5E,)), frozenset((0x5F,))),
    },
)

S1AP = Dialect(
    name="S1AP",
    ppid=ppid.S1AP,
    ran="eNB",
    core="MME",
    initial_ue=12,
    downlink_nas=11,
    uplink_nas=13,
    context_setup=9,
    context_release=23,
    reroute=52,
    request=0x41,
    accept=0x42,
    complete=0x43,
    rejects=frozenset((0x44, 0x54)),
    later=frozenset((0x45, 0x4C)),
    nas_pairs={
        0x52: NasPair("Authentication", frozenset((0x53,)), frozenset((0x5C,)), secures=True),
        0x55: NasPair("Identification", frozenset((0x56,)), in_turn=False),
        0x5D: NasPair("SecurityModeControl", frozenset((0x5E,)), frozenset((0x5F,))),
    },
)

RAN_ENDS = (NGAP.ran, S1AP.ran)


def dialect_of(number: object, *ports: int) -> Dialect:
    """By the payload protocol identifier; where the sender gave none, by the port that MMEs listen on."""
    if number == ppid.S1AP or (not number and S1AP_PORT in ports):
        return S1AP
    return NGAP
