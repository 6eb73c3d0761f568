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
SECURITY_MODE_COMMAND, SECURITY_MODE_COMPLETE = 0x5D, 0x5E
"""Types of NAS messages; the same in both."""
CORE_PORTS = (NGAP_PORT, S1AP_PORT)
"""On which AMFs and MMEs listen; TS 38.412 and TS 36.412, section 7."""


@dataclass(frozen=True, slots=True)
class NasPair:
    """A request of the core in a downlink NAS message and the types that answer it.

    ``in_turn``: the core goes on with the registration only once it has the answer, and the next in turn is no other.
    ``secures``: new keys follow from it, which a SecurityModeCommand activates. ``asks``, ``answered_by`` and
    ``failed_by``: the octets of the request, of its answers and of its failures under ciphering, where these alone tell
    them; else none.
    """

    name: str
    answers: frozenset[int]
    failures: frozenset[int] = frozenset()
    in_turn: bool = True
    secures: bool = False
    asks: frozenset[int] = frozenset()
    answered_by: frozenset[int] = frozenset()
    failed_by: frozenset[int] = frozenset()

    def answer(self, size: int) -> int | None:
        """The type of the answer of so many octets under ciphering; None where it answers nothing."""
        if size in self.failed_by:
            return min(self.failures)
        return min(self.answers) if size in self.answered_by else None


@dataclass(frozen=True, slots=True)
class Goal:
    """What a request of the UE may come to: types of NAS messages, and octets of them under ciphering.

    ``accept_least``: of the shortest accept. ``complete_sizes``: of the message that answers it.
    """

    accept: int
    complete: int
    accept_least: int
    complete_sizes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Numbers of one protocol. ``ran`` and ``core`` are what it calls its two ends.

    ``goals`` by the types of NAS messages that begin a registration, an attach or an update. ``later`` are the types
    that a UE sends only after it. ``accepts``, ``completes``: types of all goals; ``secures``: types that answer a pair
    which secures. ``status_size``: octets of the status message under ciphering, ``refusal_sizes``: of
    a reject.
    """

    name: str
    ppid: int
    ran: str
    core: str
    setup: int
    reset: int
    initial_ue: int
    downlink_nas: int
    uplink_nas: int
    context_setup: int
    context_release: int
    release_request: int
    error: int
    session_setup: int
    reroute: int
    goals: Mapping[int, Goal]
    rejects: frozenset[int]
    authentication_reject: int
    authentication_failure: int
    security_reject: int
    status: int
    status_size: int
    refusal_sizes: frozenset[int]
    later: frozenset[int]
    nas_pairs: Mapping[int, NasPair] = field(default_factory=dict)
    accepts: frozenset[int] = field(init=False)
    completes: frozenset[int] = field(init=False)
    secures: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        goals, pairs = self.goals.values(), self.nas_pairs.values()
        for name, types in (
            ("accepts", (goal.accept for goal in goals)),
            ("completes", (goal.complete for goal in goals)),
            ("secures", (answer for pair in pairs if pair.secures for answer in pair.answers)),
        ):
            object.__setattr__(self, name, frozenset(types))


# Octets: a protected message of 5GMM has 7 before the plain one, of EMM 6 (TS 24.501 and TS 24.301, section 9.1).
# Plain, an accept of 5G has 5 at least, its answer 3, or 23 with a transparent container for the steering of roaming
# (section 8.2); AttachAccept 16 at least, AttachComplete 7 at least, and those of a tracking area update 4 and 2.
NGAP = Dialect(
    name="NGAP",
    ppid=ppid.NGAP,
    ran="gNB",
    core="AMF",
    setup=21,
    reset=20,
    initial_ue=15,
    downlink_nas=4,
    uplink_nas=46,
    context_setup=14,
    context_release=41,
    release_request=42,
    error=9,
    session_setup=29,
    reroute=36,
    goals={0x41: Goal(0x42, 0x43, 12, frozenset((10, 30)))},
    rejects=frozenset((0x44,)),
    authentication_reject=0x58,
    authentication_failure=0x59,
    security_reject=0x5F,
    status=0x64,
    status_size=11,
    refusal_sizes=frozenset((11, 14, 17)),
    later=frozenset((0x45, 0x4C, 0x67)),
    nas_pairs={
        0x56: NasPair(
            "Authentication",
            frozenset((0x57,)),
            frozenset((0x59,)),
            secures=True,
            asks=frozenset((49,)),
            answered_by=frozenset((28,)),
            failed_by=frozenset((11, 27)),
        ),
        0x5B: NasPair(
            "Identification",
            frozenset((0x5C,)),
            in_turn=False,
            asks=frozenset((11,)),
            answered_by=frozenset(range(13, 200)),
        ),
        SECURITY_MODE_COMMAND: NasPair(
            "SecurityModeControl", frozenset((SECURITY_MODE_COMPLETE,)), frozenset((0x5F,))
        ),
    },
)

S1AP = Dialect(
    name="S1AP",
    ppid=ppid.S1AP,
    ran="eNB",
    core="MME",
    setup=17,
    reset=14,
    initial_ue=12,
    downlink_nas=11,
    uplink_nas=13,
    context_setup=9,
    context_release=23,
    release_request=18,
    error=15,
    session_setup=5,
    reroute=52,
    goals={
        0x41: Goal(0x42, 0x43, 22, frozenset(range(13, 300))),
        0x48: Goal(0x49, 0x4A, 10, frozenset((8,))),
    },
    rejects=frozenset((0x44, 0x4B)),
    authentication_reject=0x54,
    authentication_failure=0x5C,
    security_reject=0x5F,
    status=0x60,
    status_size=9,
    refusal_sizes=frozenset((9, 12)),
    later=frozenset((0x45, 0x4C)),
    nas_pairs={
        0x52: NasPair(
            "Authentication",
            frozenset((0x53,)),
            frozenset((0x5C,)),
            secures=True,
            asks=frozenset((42,)),
            answered_by=frozenset(range(13, 25)),
            failed_by=frozenset((9, 25)),
        ),
        0x55: NasPair("Identification", frozenset((0x56,)), in_turn=False),
        SECURITY_MODE_COMMAND: NasPair(
            "SecurityModeControl", frozenset((SECURITY_MODE_COMPLETE,)), frozenset((0x5F,))
        ),
    },
)

RAN_ENDS = (NGAP.ran, S1AP.ran)


def dialect_of(number: object, *ports: int) -> Dialect:
    """By the payload protocol identifier; where the sender gave none, by the port that MMEs listen on."""
    if number == ppid.S1AP or (not number and S1AP_PORT in ports):
        return S1AP
    return NGAP
