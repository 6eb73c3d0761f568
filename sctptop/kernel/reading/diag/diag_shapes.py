"""Records of sock_diag read again: of an association whose addresses stayed, one unpacking finds every number.

A shape is what the attribute headers of a record say: which attributes there are, how long each is, and in which order.
Two records of one shape have the same number at the same place. Pure, no I/O, and safe on any input.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable

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
from sctptop.model.associations.numbers import numbers_of, places_of
from sctptop.model.attributes import making, names_of

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
_NAMES_OF_MESSAGE = (
    *("family", "state", "timer", "retransmits", "sport", "dport", "interface", "cookie_low", "cookie_high"),
    *("expires", "recv_queue", "send_queue", "uid", "inode"),
)
_MOVES = (*_NAMES_OF_MESSAGE, "info", "memory", "mark", "cgroup_id", "raw", "shape")
_again: Callable[..., DiagRecord] = making(
    DiagRecord,
    ["before", "message", "info", "memory", "mark", "cgroup_id", "raw", "shape"],
    # Of the message ports, interface and cookie are among what is the same.
    {name: name if name in _MOVES else f"before.{name}" for name in names_of(DiagRecord)}
    | {"interface": "before.interface"},
    {"message": _NAMES_OF_MESSAGE},
)
_PRIMARY = next(member for member in INFO.members if member.name == "p_address")


class Shape:
    """Reads the numbers of all records of one shape. ``size`` in bytes."""

    def __init__(self, payload: bytes) -> None:
        """That of a record which ``decode_record`` could read. Raises WireError otherwise."""
        self.size = len(payload)
        places = list(attribute_places(payload, MESSAGE.size))
        heads = [slice(start - ATTRIBUTE_HEADER, start) for _, start, _ in places]
        self._heads = _taking(heads)
        self._expected = self._heads(payload)
        # Of an attribute that is there twice the last one counts.
        found = {kind: (start, size) for kind, start, size in places}
        info, info_size = found.get(INET_DIAG_INFO, (0, 0))
        whole = [member for member in INFO.members if member.offset + member.size <= info_size]
        of_info = [member for member in whole if member.name in INFO_NAMES]
        memory, memory_size = found.get(INET_DIAG_SKMEMINFO, (0, 0))
        self._info = places_of(tuple(member.name for member in of_info))
        memory_names = SKMEMINFO_NAMES[: memory_size // 4]
        self._memory = places_of(memory_names)
        self._of_message = _picking(_OF_MESSAGE)
        self._of_info = _picking((info + member.offset, _code(member)) for member in of_info)
        self._of_memory = _picking(
            (memory + 4 * at, "i" if name == "fwd_alloc" else "I") for at, name in enumerate(memory_names)
        )
        self._mark, self._cgroup = (
            _picking([(start, code)] if size >= struct.calcsize(f"={code}") else [])
            for code, (start, size) in (
                ("I", found.get(INET_DIAG_MARK, (0, 0))),
                ("Q", found.get(INET_DIAG_CGROUP_ID, (0, 0))),
            )
        )
        addresses = (found.get(kind, (0, 0)) for kind in (INET_DIAG_LOCALS, INET_DIAG_PEERS))
        names = [member for member in whole if member.name in ("tag", "peer_tag", _PRIMARY.name)]
        self._same = _taking(
            [
                *heads,
                _ENDS,
                *(slice(start, start + size) for start, size in addresses),
                *(slice(info + one.offset, info + one.offset + one.size) for one in names),
            ]
        )

    def fits(self, payload: bytes) -> bool:
        """Whether a record is of this shape."""
        return len(payload) == self.size and self._heads(payload) == self._expected

    def again(self, payload: bytes, before: DiagRecord) -> DiagRecord | None:
        """A record of this shape that ``is_of`` what ``before``, of this shape, is of; None where it is not."""
        if len(payload) != self.size or self._same(payload) != self._same(before.raw):
            return None
        mark, cgroup = self._mark(payload), self._cgroup(payload)
        return _again(
            before,
            self._of_message(payload),
            numbers_of(self._info, self._of_info(payload)),
            numbers_of(self._memory, self._of_memory(payload)),
            mark[0] if mark else None,
            cgroup[0] if cgroup else None,
            payload,
            self,
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
        shape = before.shape or self._shape(before.raw)
        found = shape.again(payload, before) if shape is not None else None
        self.follows = found is not None
        return decode_record(payload) if found is None else found

    def _shape(self, raw: bytes) -> Shape | None:
        """That of a record which could be read; None where its bytes were not kept."""
        shape = self._by_size.get(len(raw))
        if raw and (shape is None or not shape.fits(raw)):
            shape = self._by_size[len(raw)] = Shape(raw)
        return shape


def _code(member: Member) -> str:
    assert isinstance(member.type, CType)
    return member.type.format


def _picking(numbers: Iterable[_Number]) -> Callable[[bytes], tuple[int, ...]]:
    """Takes all of them at once. They are in the order in which they lie."""
    text, end = "=", 0
    for at, code in numbers:
        text += f"{at - end}x{code}"
        end = at + struct.calcsize("=" + code)
    return struct.Struct(text).unpack_from


def _taking(parts: Iterable[slice]) -> Callable[[bytes], tuple[bytes, ...]]:
    """Takes the bytes of all of them at once; what lies side by side in one piece."""
    text, end = "=", 0
    for start, stop in _joined(parts):
        text += f"{start - end}x{stop - start}s"
        end = stop
    return struct.Struct(text).unpack_from


def _joined(parts: Iterable[slice]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, stop in sorted((part.start, part.stop) for part in parts):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(stop, found[-1][1])
        elif start < stop:
            found.append((start, stop))
    return found
