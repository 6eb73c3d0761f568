"""What is wanted of the IEs of a message of NGAP or S1AP, and where the two protocols differ in how they write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

from sctptop.model.ngap import nas
from sctptop.model.ngap.causes import CAUSE_GROUPS
from sctptop.model.ngap.ppid import NGAP, S1AP

CORE, RAN, NAS, BOTH, CAUSE, FAILED, NODE, NAME = range(8)
"""Parts of a header: id of the AMF (MME), id of the RAN, NAS message, both ids in one IE, cause, cause of the first
PDU session that failed, id of the RAN node, name that the sender gives itself."""

INITIATING, SUCCESSFUL, UNSUCCESSFUL = 0x0000, 0x2000, 0x4000
"""First two bytes of a message, but for the procedure code in the second."""


class CauseBits(NamedTuple):
    """A group of causes: how many values are in the root of its ENUMERATED, and how many bits tell which."""

    name: str
    root: int
    bits: int


@dataclass(frozen=True, slots=True)
class MessageLayout:
    """``core_shift`` and the like are bits before a whole number that give its bytes less one; ``most`` may be there.

    ``ids`` are the parts by the id of their IE in a message that is read no further than to both ids; ``wanted`` those
    in other messages, by their first two bytes. ``travelling``: by procedure the types of NAS messages that
    may be in its first message. ``causes`` by the first bits of a Cause.
    """

    ids: Mapping[int, int]
    wanted: Mapping[int, Mapping[int, int]]
    travelling: Mapping[int, Set[int]]
    read_nas: Callable[[bytes, int, int, Set[int]], nas.NasRead]
    causes: Mapping[int, CauseBits]
    choice_bits: int
    core_shift: int
    core_most: int
    ran_most: int
    pair_shift: int
    alone_shift: int
    alternatives: int
    private: int


def _causes(ppid: int) -> dict[int, CauseBits]:
    return {
        number: CauseBits(group.name, group.root, (group.root - 1).bit_length())
        for number, group in enumerate(CAUSE_GROUPS[ppid])
    }


def _wanted(
    ids: Mapping[int, int],
    cause_ie: int,
    with_cause: Iterable[int],
    nas_ie: int,
    with_nas: Iterable[int],
    others: Mapping[int, Mapping[int, int]],
) -> dict[int, Mapping[int, int]]:
    """By the first two bytes of a message. Every unsuccessfulOutcome has a cause, or none but could have one."""
    causes = {**ids, cause_ie: CAUSE}
    carriers = {**ids, nas_ie: NAS}
    return {
        **{UNSUCCESSFUL | procedure: causes for procedure in range(256)},
        **{INITIATING | procedure: causes for procedure in with_cause},
        **{INITIATING | procedure: carriers for procedure in with_nas},
        **others,
    }


_UP, _DOWN = nas.UPLINK_5GMM, nas.DOWNLINK_5GMM
_EMM_UP, _EMM_DOWN = nas.UPLINK_EMM, nas.DOWNLINK_EMM

# AMF-UE-NGAP-ID, 0 to 2^40 - 1; RAN-UE-NGAP-ID, 0 to 2^32 - 1; UE-NGAP-IDs.
_NGAP_IDS = {10: CORE, 85: RAN, 114: BOTH}
_NGAP_NAS: Mapping[int, Set[int]] = {4: _DOWN, 14: _DOWN, 15: _UP, 19: _DOWN, 28: _DOWN, 29: _DOWN, 46: _UP}
# MME-UE-S1AP-ID, 0 to 2^32 - 1; eNB-UE-S1AP-ID, 0 to 2^24 - 1; UE-S1AP-IDs.
_S1AP_IDS = {0: CORE, 8: RAN, 99: BOTH}
_S1AP_NAS: Mapping[int, Set[int]] = {
    7: _EMM_DOWN,
    11: _EMM_DOWN,
    12: _EMM_UP,
    13: _EMM_UP,
    16: _EMM_DOWN,
}

LAYOUTS: Mapping[int, MessageLayout] = {
    NGAP: MessageLayout(
        ids=_NGAP_IDS,
        wanted=_wanted(
            _NGAP_IDS,
            15,
            (9, 10, 12, 13, 17, 20, 38, 41, 42, 67, 70, 75),
            38,
            _NGAP_NAS,
            {
                SUCCESSFUL | 29: {**_NGAP_IDS, 58: FAILED},  # PDUSessionResourceFailedToSetupListSURes
                INITIATING | 21: {27: NODE, 82: NAME},  # GlobalRANNodeID, RANNodeName
                INITIATING | 35: {27: NODE, 82: NAME},
                SUCCESSFUL | 21: {1: NAME},  # AMFName
            },
        ),
        travelling=_NGAP_NAS,
        read_nas=nas.read_5gmm,
        causes=_causes(NGAP),
        choice_bits=3,
        core_shift=5,
        core_most=5,
        ran_most=4,
        # Of UE-NGAP-IDs two bits choose; a pair has an extension bit and one for iE-Extensions.
        pair_shift=1,
        alone_shift=3,
        alternatives=3,
        private=31,
    ),
    S1AP: MessageLayout(
        ids=_S1AP_IDS,
        wanted=_wanted(
            _S1AP_IDS,
            2,
            (0, 1, 4, 14, 15, 18, 23, 28, 32),
            26,
            _S1AP_NAS,
            {
                INITIATING | 17: {59: NODE, 60: NAME},  # Global-ENB-ID, eNBname
                SUCCESSFUL | 17: {61: NAME},  # MMEname
            },
        ),
        travelling=_S1AP_NAS,
        read_nas=nas.read_emm,
        causes=_causes(S1AP),
        # An extension bit, then three that choose.
        choice_bits=4,
        core_shift=6,
        core_most=4,
        ran_most=3,
        # Of UE-S1AP-IDs an extension bit and one that chooses.
        pair_shift=2,
        alone_shift=4,
        alternatives=4,
        private=39,
    ),
}
