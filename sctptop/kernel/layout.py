"""How a struct of C lies in memory, from a NamedTuple that describes it: name, type and shape of each member in order.

    class Extent(NamedTuple):
        now: U32
        reserved: Annotated[bytes, CType("u8", "s", 16)]

    class Path(NamedTuple):
        extents: Annotated[tuple[Extent, ...], Times(3)]

``Layout`` derives offsets, sizes and the format for ``struct`` by the rule that a number is aligned to its own size.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

Record = TypeVar("Record", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True)
class CType:
    """A number of C by its name and its letter in ``struct``, or so many bytes that are kept together (letter s)."""

    name: str
    code: str
    count: int | None = None

    @property
    def format(self) -> str:
        """As ``struct`` writes it."""
        return f"{self.count or ''}{self.code}"


@dataclass(frozen=True, slots=True)
class Times:
    """An array of so many structs."""

    count: int


U8 = Annotated[int, CType("u8", "B")]
U16 = Annotated[int, CType("u16", "H")]
U32 = Annotated[int, CType("u32", "I")]
S32 = Annotated[int, CType("s32", "i")]
U64 = Annotated[int, CType("u64", "Q")]

Struct = type[tuple[Any, ...]]
"""A NamedTuple that describes a struct."""


@dataclass(frozen=True, slots=True)
class Member:
    """``count`` is None for one that is no array; offset and size are in bytes."""

    name: str
    type: CType | Struct
    count: int | None
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class _Number:
    """A number, or bytes, wherever in the struct; ``path`` names the structs around it, with dots between."""

    path: str
    offset: int
    code: str

    def is_of(self, path: str) -> bool:
        return self.path == path or self.path.startswith(f"{path}.")


class Layout(Generic[Record]):
    """The layout of one struct. ``order`` is that of its bytes, as the first letter of a format of ``struct``.

    ``kept``: members that seldom change, for ``again``.
    """

    def __init__(self, record: type[Record], order: str = "<", kept: Collection[str] = ()) -> None:
        self.record = record
        self.members, self.size, _ = _members(record)
        self._order = order
        self._numbers = tuple(_numbers(self.members))
        self._whole = self._format(self._numbers, self.size)
        self._grouped = _grouping(record)
        self._kept = [slice(one.offset, one.offset + one.size) for one in self.members if one.name in kept]
        if kept:
            self._moving = self._format(_numbers(one for one in self.members if one.name not in kept))
            self._beside = _grouping(record, kept)

    def decode(self, data: bytes) -> Record:
        """The record at the head of ``data``. Raises struct.error when it is too short."""
        return self._grouped(self._whole.unpack_from(data))

    def again(self, data: bytes, before: Record, old: bytes) -> Record:
        """The same, after ``before``, the record of ``old``: what is kept is its own, where the bytes are.

        Only of a layout with ``kept``.
        """
        for part in self._kept:
            if data[part] != old[part]:
                return self.decode(data)
        return self._beside(self._moving.unpack_from(data), before)

    def encode(self, record: Record) -> bytes:
        """The bytes of a record."""
        return self._whole.pack(*_flat(record))

    def picker(self, *paths: str) -> Callable[[bytes], tuple[Any, ...]]:
        """What reads only the members named, in the order of the struct: the numbers of a struct or array one by one.

        ``who.netns`` is netns within who; ``changes.times`` is times within each struct of an array. It raises
        struct.error where the data end before the last of them.
        """
        for path in paths:
            if not any(number.is_of(path) for number in self._numbers):
                raise ValueError(f"{self.record.__name__} has no member {path}")
        chosen = [number for number in self._numbers if any(number.is_of(path) for path in paths)]
        return self._format(chosen).unpack_from

    def _format(self, numbers: Iterable[_Number], size: int = 0) -> struct.Struct:
        """Those numbers, and what is left of ``size``."""
        text, end = self._order, 0
        for number in numbers:
            text += f"{number.offset - end}x{number.code}"
            end = number.offset + struct.calcsize("=" + number.code)
        return struct.Struct(f"{text}{max(size - end, 0)}x")


@cache
def _members(record: Struct) -> tuple[tuple[Member, ...], int, int]:
    """The members, the size and the alignment of a struct."""
    members, end, widest = [], 0, 1
    for name, hint in get_type_hints(record, include_extras=True).items():
        kind, count, size, alignment = _shape(hint)
        offset = _aligned(end, alignment)
        end, widest = offset + size, max(widest, alignment)
        members.append(Member(name, kind, count, offset, size))
    return tuple(members), _aligned(end, widest), widest


def _shape(hint: Any) -> tuple[CType | Struct, int | None, int, int]:
    """Type, count, size and alignment of what an annotation says."""
    if get_origin(hint) is not Annotated:
        _, size, alignment = _members(hint)
        return hint, None, size, alignment
    base, shape = get_args(hint)
    if isinstance(shape, Times):
        of = get_args(base)[0]
        _, size, alignment = _members(of)
        return of, shape.count, shape.count * size, alignment
    return shape, shape.count, struct.calcsize("=" + shape.format), struct.calcsize("=" + shape.code)


def _numbers(members: Iterable[Member], prefix: str = "", start: int = 0) -> Iterator[_Number]:
    for member in members:
        path, at = prefix + member.name, start + member.offset
        if isinstance(member.type, CType):
            yield _Number(path, at, member.type.format)
            continue
        within, size, _ = _members(member.type)
        for place in range(member.count or 1):
            yield from _numbers(within, f"{path}.", at + place * size)


def _grouping(record: type[Record], kept: Collection[str] = ()) -> Callable[..., Record]:
    """What makes the record of its numbers, unpacked: those of a struct within become a record of their own. Then it
    takes a record too, of which the members are that are ``kept``.

    Written out as Python: of thousands of records, steps for each member would be most of the work.
    """
    scope: dict[str, Any] = {"_new": tuple.__new__}
    moving = [member for member in _members(record)[0] if member.name not in kept]
    names = [f"_{place}" for place, _ in enumerate(_numbers(moving))]
    made = _made(record, iter(names), scope, kept)
    exec(f"def grouped(values, before=None):\n {', '.join(names)}, = values\n return {made}", scope)
    grouped: Callable[..., Record] = scope["grouped"]
    return grouped


def _made(record: Struct, names: Iterator[str], scope: dict[str, Any], kept: Collection[str] = ()) -> str:
    """The expression that makes a struct of the next of its ``names``; its class goes to ``scope``."""
    scope[record.__name__] = record
    parts = []
    for member in _members(record)[0]:
        kind = member.type
        if member.name in kept:
            parts.append(f"before.{member.name}")
        elif isinstance(kind, CType):
            parts.append(next(names))
        elif member.count is None:
            parts.append(_made(kind, names, scope))
        else:
            parts.append(f"({''.join(_made(kind, names, scope) + ', ' for _ in range(member.count))})")
    return f"_new({record.__name__}, ({', '.join(parts)},))"


def _flat(values: tuple[Any, ...]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        else:
            yield value


def _aligned(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment
