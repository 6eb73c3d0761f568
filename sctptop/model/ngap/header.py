"""The header of a message of NGAP or S1AP: what it is, whose it is, what NAS message is inside, and why it was sent.

Aligned PER (ITU-T X.691) of NGAP-PDU (3GPP TS 38.413, section 9.4) and S1AP-PDU (TS 36.413, section 9.3). Only the
first bytes of a message are ever there, and nothing but numbers of its header and names of nodes is kept.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from sctptop.model.ngap.header_layout import BOTH, CAUSE, CORE, FAILED, LAYOUTS, NAME, NAS, RAN, MessageLayout
from sctptop.model.ngap.procedure_names import PDUS

NOT_NGAP = "neither NGAP nor S1AP"
BAD_START = "does not begin like NGAP or S1AP"
BAD_SIZE = "a part is longer than the whole"
BAD_FRAGMENT = "impossible length"
BAD_ID = "impossible UE id"
ENDS_EARLY = "ends inside its header"
ODDITIES = (NOT_NGAP, BAD_START, BAD_SIZE, BAD_FRAGMENT, BAD_ID, ENDS_EARLY)
"""Everything ``Header.odd`` may say. None of them quotes the message."""


class Header(NamedTuple):
    """What a header holds. None is what is not in it, or stands behind the bytes that were copied.

    ``pdu`` of PDUS; ``procedure`` its code; ``amf_ue_id`` and ``ran_ue_id`` the two ids of the UE (S1AP: of the
    MME and the eNB); ``nas`` the type of the 5GMM (EMM) message; ``odd`` of ODDITIES: why the bytes cannot be such
    a message. What was read before the contradiction stays.

    ``nas_length`` of the NAS message in octets; ``registration_type`` of REGISTRATION_TYPES and ``nas_cause`` where it
    can be read; ``cause_group`` and ``cause`` as ``cause_text`` takes them; ``ran_node`` the id that a gNB or eNB
    gives in its setup, in hexadecimal, ``node_name`` the name that either node gives itself there. A tuple: it is made
    in a third of the time of a frozen dataclass.
    """

    pdu: str | None = None
    procedure: int | None = None
    amf_ue_id: int | None = None
    ran_ue_id: int | None = None
    nas: int | None = None
    odd: str | None = None
    nas_length: int | None = None
    registration_type: str | None = None
    nas_cause: int | None = None
    cause_group: str | None = None
    cause: int | None = None
    ran_node: str | None = None
    node_name: str | None = None


_PDUS = dict(zip((0x00, 0x20, 0x40), PDUS, strict=True))
_PRINTABLE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?")
"""The characters of a PrintableString: X.680, 41.4."""
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
    layout = LAYOUTS.get(ppid)
    if layout is None:
        return Header(odd=NOT_NGAP)
    if length is None:
        length = _UNKNOWN
    elif len(head) > length:
        head = head[: max(length, 0)]
    whole = len(head) >= length
    pdu = procedure = core = ran = nas = odd = None
    nas_length = registration_type = nas_cause = cause_group = cause = ran_node = node_name = None
    try:
        first = head[0]
        if first not in _PDUS or head[2] not in _CRITICALITIES:
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
        pdu, procedure = _PDUS[first], head[1]
        if procedure == layout.private:
            # Its IEs may be named by object identifiers and have another form.
            return Header(pdu, procedure)
        wanted = layout.wanted.get(first << 8 | procedure)
        only_ids = wanted is None
        if wanted is None:
            wanted = layout.ids
        for _ in range(count):
            kind, size = _ie_header(head, at)
            value = at + 4
            if size > 127:
                size, value = _long_size(head, at + 3)
            at = value + size
            if at > end:
                raise _ContradictionError(BAD_SIZE)
            part = wanted.get(kind)
            if part is None:
                if size >= _FRAGMENT:
                    break
                continue
            if part == CORE:
                core = _number(head, value, at, layout.core_shift, layout.core_most)
            elif part == RAN:
                ran = _number(head, value, at, 6, layout.ran_most)
            elif part == NAS:
                nas_length, start, stop = _octets(head, value, at)
                nas, registration_type, nas_cause = layout.read_nas(
                    head, start, min(stop, len(head)), layout.travelling[procedure]
                )
                break  # the ids stand before it
            elif part == BOTH:
                core, ran = _both(head, value, at, layout)
                if only_ids:
                    break
            elif part == CAUSE:
                cause_group, cause = _cause(head, value, at, layout)
                only_ids = True
            elif part == FAILED:
                cause_group, cause = _cause_of_first(head, value, at, layout)
                break
            elif part == NAME:
                node_name = _name(head, value, at)
            else:
                ran_node = _all_of(head, value, at)
            if only_ids and core is not None and ran is not None:
                break
    except (IndexError, struct.error):
        odd = ENDS_EARLY if whole else None
    except _ContradictionError as contradiction:
        odd = str(contradiction)
    return Header(
        pdu,
        procedure,
        core,
        ran,
        nas,
        odd,
        nas_length,
        registration_type,
        nas_cause,
        cause_group,
        cause,
        ran_node,
        node_name,
    )


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


def _both(head: bytes, at: int, end: int, layout: MessageLayout) -> tuple[int | None, int | None]:
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


def _octets(head: bytes, at: int, end: int) -> tuple[int | None, int, int]:
    """Of an OCTET STRING in an IE that ends at ``end``: its length, None if it is cut into fragments, and its place."""
    size, start = head[at], at + 1
    if size > 127:
        size, start = _long_size(head, at)
    if start + size > end and (size < _FRAGMENT or end - at < _FRAGMENT):
        # What is longer than a fragment is in an IE that is, too.
        raise _ContradictionError(BAD_SIZE)
    return (size if size < _FRAGMENT else None), start, start + size


def _cause(
    head: bytes, at: int, end: int, layout: MessageLayout, skip: int = 0
) -> tuple[str | None, int | None]:
    """A Cause behind so many bits of its first byte: the group, an extension bit, and the place in an ENUMERATED.

    A place behind the extension has seven bits, X.691, 11.6; none has more than 63 of them.
    """
    if at >= end:
        raise _ContradictionError(BAD_SIZE)
    bits = head[at] << 8
    start = skip + layout.choice_bits
    group = layout.causes.get(bits >> 16 - start & (1 << layout.choice_bits) - 1)
    if group is None:
        return None, None
    extended = bits >> 15 - start & 1
    many = 7 if extended else group.bits
    stop = start + 1 + many
    if stop > 8:
        if at + 1 >= end:
            raise _ContradictionError(BAD_SIZE)
        bits |= head[at + 1]
    number = bits >> 16 - stop & (1 << many) - 1
    if extended:
        return (group.name, group.root + number) if number < 64 else (None, None)
    return (group.name, number) if number < group.root else (None, None)


def _cause_of_first(head: bytes, at: int, end: int, layout: MessageLayout) -> tuple[str | None, int | None]:
    """The Cause in PDUSessionResourceSetupUnsuccessfulTransfer of the first in a list: count, bits, session, string."""
    _, start, stop = _octets(head, at + 3, end)
    # Before it an extension bit and two for what is optional.
    return _cause(head, start, stop, layout, 3)


def _name(head: bytes, at: int, end: int) -> str | None:
    """A PrintableString of 1 to 150 characters: an extension bit, eight of its size less one, then octets; X.691, 30.5.

    None of one in a form of a later release, or with a character that no such string has.
    """
    first = head[at]
    if first & 0x80:
        return None
    size = (first << 1 | head[at + 1] >> 7) + 1
    stop = at + 2 + size
    if stop > end:
        raise _ContradictionError(BAD_SIZE)
    if stop > len(head):
        raise IndexError
    octets = head[at + 2 : stop]
    return octets.decode("ascii") if _PRINTABLE.issuperset(octets) else None


def _all_of(head: bytes, at: int, end: int) -> str | None:
    """The bytes of an IE in hexadecimal, None of an empty one."""
    if end > len(head):
        raise IndexError
    return head[at:end].hex() or None
