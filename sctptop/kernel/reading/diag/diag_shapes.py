"""Records of sock_diag read again: of an association whose addresses stayed, one unpacking finds every number.

A shape is what the attribute headers of a record say: which attributes there are, how long each is, and in which order.
Two records of one shape have the same number at the same place. Pure, no I/O, and safe on any input.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sctptop.kernel.layout import CType, Member
from sctptop.kernel.netlink import ATTRIBUTE_HEADER, attribute_places
from sctptop.kernel.reading.diag.diag_layouts import INFO, INFO_NAMES, MESSAGE
from sctptop.kernel.reading.diag.diag_records import (
    INET_DIAG_CGROUP_ID,
    INET_DIAG_INFO,
    INET_DIAG_LOCALS,
    INET_DIAG_MARK,
    INET_DIAG_PEERS,
    INET_DIAG_SKMEMINFO,
    SKMEMINFO_NAMES,
    DiagRecord,
    decode_record,
)
from sctptop.model.associations.numbers import Numbers, places_of
from sctptop.model.attributes import maker

_made = maker(DiagRecord)
_Number = tuple[int, str]
"""Where it lies, and its letter in ``struct``."""
_OF_MESSAGE: tuple[_Number, ...] = (
    *((at, "B") for at in range(4)),
    *((at, "H") for at in (4, 6)),
    *((at, "I") for at in range(40, MESSAGE.size, 4)),
)
"""The numbers of struct inet_diag_msg, whose addresses lie from the 8th byte to the 40th; a test compares."""
_ENDS = slice(4, 52)
"""Ports, addresses, the interface and the cookie."""
_PRIMARY = next(member for member in INFO.members if member.name == "p_address")


class Shape:
    """Reads the numbers of all records of one shape. ``size`` in bytes."""

    def __init__(self, payload: bytes) -> None:
        """That of a record which ``decode_record`` could read. Raises WireError otherwise."""
        self.size = len(payload)
        places = list(attribute_places(payload, MESSAGE.size))
        self._heads = _picking(
            (start - ATTRIBUTE_HEADER + at, "H") for _, start, _ in places for at in (0, 2)
        )
        self._expected = self._heads.unpack_from(payload)
        # Of an attribute that is there twice the last one counts.
        found = {kind: (start, size) for kind, start, size in places}
        info, info_size = found.get(INET_DIAG_INFO, (0, 0))
        whole = [member for member in INFO.members if member.offset + member.size <= info_size]
        of_info = [member for member in whole if member.name in INFO_NAMES]
        memory, memory_size = found.get(INET_DIAG_SKMEMINFO, (0, 0))
        self._info = places_of(tuple(member.name for member in of_info))
        memory_names = SKMEMINFO_NAMES[: memory_size // 4]
        self._memory = places_of(memory_names)
        self._unpack, self._parts = _in_parts(
            [
                list(_OF_MESSAGE),
                [(info + member.offset, _code(member)) for member in of_info],
                [
                    (memory + 4 * at, "i" if name == "fwd_alloc" else "I")
                    for at, name in enumerate(memory_names)
                ],
                *(
                    [(start, code)] if (size >= least) else []
                    for code, least, (start, size) in (
                        ("I", 4, found.get(INET_DIAG_MARK, (0, 0))),
                        ("Q", 8, found.get(INET_DIAG_CGROUP_ID, (0, 0))),
                    )
                ),
            ]
        )
        addresses = (found.get(kind, (0, 0)) for kind in (INET_DIAG_LOCALS, INET_DIAG_PEERS))
        names = [member for member in whole if member.name in ("tag", "peer_tag", _PRIMARY.name)]
        self._same = [_ENDS, *(slice(start, start + size) for start, size in addresses)]
        self._same += [slice(info + one.offset, info + one.offset + one.size) for one in names]

    def fits(self, payload: bytes) -> bool:
        """Whether a record is of this shape."""
        return len(payload) == self.size and self._heads.unpack_from(payload) == self._expected

    def again(self, payload: bytes, before: DiagRecord) -> DiagRecord | None:
        """A record of this shape that ``is_of`` what ``before`` is of, of this shape too; None where it is not."""
        raw = before.raw
        for part in self._same:
            if payload[part] != raw[part]:
                return None
        values = self._unpack(payload)
        head, info, memory, mark, cgroup = [values[part] for part in self._parts]
        # Ports, interface and cookie are among what is the same.
        family, state, timer, retransmits, _, _, _, _, _, expires, recv_queue, send_queue, uid, inode = head
        return _made(
            family,
            state,
            timer,
            retransmits,
            before.local_port,
            before.remote_port,
            before.source,
            before.cookie,
            expires,
            recv_queue,
            send_queue,
            uid,
            inode,
            before.local_addresses,
            before.remote_addresses,
            Numbers(self._info, info),
            before.primary,
            Numbers(self._memory, memory),
            mark[0] if mark else None,
            cgroup[0] if cgroup else None,
            before.interface,
            before.scopes,
            payload,
        )


class Shapes:
    """Decodes records, quickly what is like the record before it of the same association."""

    def __init__(self) -> None:
        self._by_size: dict[int, Shape] = {}
        self.follows = False
        """Whether the record decoded last is new, and known to be of what the one before it is of."""

    def decode(self, payload: bytes, before: DiagRecord | None = None) -> DiagRecord:
        """What ``decode_record`` says of it; ``before`` itself where it is the same bytes. Raises WireError."""
        self.follows = False
        if before is None:
            return decode_record(payload)
        if payload == before.raw:
            return before
        shape = self._by_size.get(len(payload))
        if shape is None or not shape.fits(payload):
            record = decode_record(payload)
            self._by_size[len(payload)] = Shape(payload)
            return record
        found = shape.again(payload, before) if shape.fits(before.raw) else None
        self.follows = found is not None
        return decode_record(payload) if found is None else found


def _code(member: Member) -> str:
    assert isinstance(member.type, CType)
    return member.type.format


def _picking(numbers: Iterable[_Number]) -> struct.Struct:
    text, end = "=", 0
    for at, code in numbers:
        text += f"{at - end}x{code}"
        end = at + struct.calcsize("=" + code)
    return struct.Struct(text)


def _in_parts(parts: Sequence[list[_Number]]) -> tuple[Callable[[bytes], tuple[Any, ...]], list[slice]]:
    """What unpacks all of them at once, and the place of each part in that; in the record they come in any order."""
    slices = [slice(0)] * len(parts)
    numbers: list[_Number] = []
    for at in sorted(range(len(parts)), key=lambda at: parts[at][:1]):
        slices[at] = slice(len(numbers), len(numbers) + len(parts[at]))
        numbers += parts[at]
    return _picking(numbers).unpack_from, slices
