"""The header of a message of NGAP or S1AP: what it is, whose it is, and the type of the NAS message inside.

Aligned PER (ITU-T X.691) of NGAP-PDU (3GPP TS 38.413, section 9.4) and S1AP-PDU (TS 36.413, section 9.3). Only the
first bytes of a message are ever there, and nothing but numbers of its header is kept.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from sctptop.model.ngap import nas as nas_types
from sctptop.model.ngap.ppid import NGAP, S1AP
from sctptop.model.ngap.procedure_names import PDUS

NOT_NGAP = "neither NGAP nor S1AP"
BAD_START = "does not begin like NGAP or S1AP"
BAD_SIZE = "a part is longer than the whole"
BAD_FRAGMENT = "impossible length"
BAD_ID = "impossible UE id"
ENDS_EARLY = "ends inside its header"
ODDITIES = (NOT_NGAP, BAD_START, BAD_SIZE, BAD_FRAGMENT, BAD_ID, ENDS_EARLY)
"""Everything ``Header.odd`` may say. None of them quotes the message."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a header holds. None is what is not in it, or stands behind the bytes that were copied.

    ``pdu`` of PDUS; ``procedure`` its code; ``amf_ue_id`` and ``ran_ue_id`` the two ids of the UE (S1AP: of the
    MME and the eNB); ``nas`` the type of the 5GMM (EMM) message; ``odd`` of ODDITIES: why the bytes cannot be such
    a message. What was read before the contradiction stays.
    """

    pdu: str | None = None
    procedure: int | None = None
    amf_ue_id: int | None = None
    ran_ue_id: int | None = None
    nas: int | None = None
    odd: str | None = None


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the two protocols differ: ids of IEs, and the bits before a whole number that give its bytes less one."""

    core_ie: int
    ran_ie: int
    both_ie: int
    nas_ie: int
    core_shift: int
    core_most: int
    ran_most: int
    pair_shift: int
    alone_shift: int
    alternatives: int
    private: int
    carries: Mapping[int, Set[int]]
    read_nas: Callable[[bytes, int, int, Set[int]], int | None]


_UP, _DOWN = nas_types.UPLINK_5GMM, nas_types.DOWNLINK_5GMM
_EMM_UP, _EMM_DOWN = nas_types.UPLINK_EMM, nas_types.DOWNLINK_EMM

_LAYOUTS: Mapping[int, _Layout] = {
    NGAP: _Layout(
        core_ie=10,  # AMF-UE-NGAP-ID, 0 to 2^40 - 1
        ran_ie=85,  # RAN-UE-NGAP-ID, 0 to 2^32 - 1
        both_ie=114,  # UE-NGAP-IDs: two bits choose; a pair has an extension bit and one for iE-Extensions
        nas_ie=38,
        core_shift=5,
        core_most=5,
        ran_most=4,
        pair_shift=1,
        alone_shift=3,
        alternatives=3,
        private=31,
        # The procedures whose first message carries one of NAS among its IEs, and the types that may be in it.
        carries={4: _DOWN, 14: _DOWN, 15: _UP, 19: _DOWN, 28: _DOWN, 29: _DOWN, 46: _UP},
        read_nas=nas_types.read_5gmm,
    ),
    S1AP: _Layout(
        core_ie=0,  # MME-UE-S1AP-ID, 0 to 2^32 - 1
        ran_ie=8,  # eNB-UE-S1AP-ID, 0 to 2^24 - 1
        both_ie=99,  # UE-S1AP-IDs: an extension bit and one that chooses
        nas_ie=26,
        core_shift=6,
        core_most=4,
        ran_most=3,
        pair_shift=2,
        alone_shift=4,
        alternatives=4,
        private=39,
        carries={7: _EMM_DOWN, 11: _EMM_DOWN, 12: _EMM_UP, 13: _EMM_UP, 16: _EMM_DOWN},
        read_nas=nas_types.read_emm,
    ),
}

_PDUS = dict(zip((0x00, 0x20, 0x40), PDUS, strict=True))
_CRITICALITIES = (0x00, 0x40, 0x80)
_FRAGMENT = 16384
_UNKNOWN = 1 << 32
_ie_header = struct.Struct(">HxB").unpack_from
"""Of an IE: its id, and the first byte of its length; between them the criticality."""


class _ContradictionError(Exception):
    """The bytes cannot be a message; its argument is one of ODDITIES."""


def decode(head: bytes, ppid: int, length: int | None) -> Header:
    """The header of a message that begins with ``head``; never raises, whatever the bytes are.

    ``ppid`` as ``ppid_of`` gives it; ``length`` of the whole message in bytes, None if unknown: more chunks follow.
    """
    layout = _LAYOUTS.get(ppid)
    if layout is None:
        return Header(odd=NOT_NGAP)
    if length is None:
        length = _UNKNOWN
    elif len(head) > length:
        head = head[: max(length, 0)]
    whole = len(head) >= length
    pdu = procedure = core = ran = nas = odd = None
    try:
        if head[0] not in _PDUS or head[2] not in _CRITICALITIES:
            raise _ContradictionError(BAD_START)
        size, at = head[3], 4
        if size > 127:
            size, at = _long_size(head, 3)
        end = at + size
        if end > length:
            raise _ContradictionError(BAD_SIZE)
        if size >= _FRAGMENT:
            # Only the first fragment can be followed; no head reaches its end.
            head, end, whole = head[:end], length, False
        # The message is a SEQUENCE: an extension bit, padding, and the number of its IEs.
        if head[at] & 0x7F:
            raise _ContradictionError(BAD_START)
        count = head[at + 1] << 8 | head[at + 2]
        at += 3
        pdu, procedure = _PDUS[head[0]], head[1]
        if procedure == layout.private:
            # Its IEs may be named by object identifiers and have another form.
            return Header(pdu, procedure)
        expected = None if head[0] else layout.carries.get(procedure)
        for _ in range(count):
            kind, size = _ie_header(head, at)
            value = at + 4
            if size > 127:
                size, value = _long_size(head, at + 3)
            at = value + size
            if at > end:
                raise _ContradictionError(BAD_SIZE)
            if kind == layout.core_ie:
                core = _number(head, value, at, layout.core_shift, layout.core_most)
            elif kind == layout.ran_ie:
                ran = _number(head, value, at, 6, layout.ran_most)
            elif kind == layout.nas_ie and expected:
                nas = _nas(head, value, at, layout, expected)
                break  # the ids stand before it
            elif kind == layout.both_ie:
                core, ran = _both(head, value, at, layout)
                break
            elif size >= _FRAGMENT:
                break
            else:
                continue
            if expected is None and core is not None and ran is not None:
                break
    except (IndexError, struct.error):
        odd = ENDS_EARLY if whole else None
    except _ContradictionError as contradiction:
        odd = str(contradiction)
    return Header(pdu, procedure, core, ran, nas, odd)


def _long_size(head: bytes, at: int) -> tuple[int, int]:
    """A length determinant of two bytes, or of the first fragment, and where the contents begin; X.691, 11.9."""
    first = head[at]
    if first < 0xC0:
        return (first & 0x3F) << 8 | head[at + 1], at + 2
    if not 0xC1 <= first <= 0xC4:
        raise _ContradictionError(BAD_FRAGMENT)
    return (first & 0x3F) * _FRAGMENT, at + 1


def _number(head: bytes, at: int, end: int, shift: int, most: int) -> int:
    """A constrained whole number in an IE that ends at ``end``: how many bytes, then they; X.691, 13.2.6."""
    many = (head[at] >> shift) + 1
    stop = at + 1 + many
    if stop > end or many > most:
        raise _ContradictionError(BAD_ID)
    if stop > len(head):
        raise IndexError
    return int.from_bytes(head[at + 1 : stop], "big")


def _both(head: bytes, at: int, end: int, layout: _Layout) -> tuple[int | None, int | None]:
    """UE-NGAP-IDs or UE-S1AP-IDs: the pair, or the core's id alone; neither in a form of a later release."""
    first = head[at]
    choice = first >> 6
    if choice >= layout.alternatives:
        raise _ContradictionError(BAD_ID)
    if choice > 1:
        return None, None
    many = (first >> (layout.alone_shift if choice else layout.pair_shift) & 0xFF >> layout.core_shift) + 1
    stop = at + 1 + many
    if stop > end or many > layout.core_most:
        raise _ContradictionError(BAD_ID)
    if stop > len(head):
        raise IndexError
    core = int.from_bytes(head[at + 1 : stop], "big")
    return core, None if choice else _number(head, stop, end, 6, layout.ran_most)


def _nas(head: bytes, at: int, end: int, layout: _Layout, expected: Set[int]) -> int | None:
    """An OCTET STRING: its length, then the NAS message."""
    size, start = head[at], at + 1
    if size > 127:
        size, start = _long_size(head, at)
    if start + size > end:
        raise _ContradictionError(BAD_SIZE)
    return layout.read_nas(head, start, min(start + size, len(head)), expected)
