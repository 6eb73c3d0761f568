"""Layouts derived from descriptions, against what a C compiler's rules make of the same struct, and bytes."""

from __future__ import annotations

import ctypes
import struct
from typing import Annotated, NamedTuple

import pytest

from sctptop.kernel.layout import S32, U8, U16, U32, U64, CType, Layout, Times


class Pair(NamedTuple):
    small: U8
    wide: U32


class Inner(NamedTuple):
    pair: Pair
    long: U64


class Outer(NamedTuple):
    """Padding before members, within structs, in an array of them, and at the end."""

    first: U16
    inner: Inner
    signed: S32
    pairs: Annotated[tuple[Pair, ...], Times(2)]
    address: Annotated[bytes, CType("u8", "s", 5)]
    last: U16
    tail: U8


class CPair(ctypes.LittleEndianStructure):
    _fields_ = (("small", ctypes.c_uint8), ("wide", ctypes.c_uint32))


class CInner(ctypes.LittleEndianStructure):
    _fields_ = (("pair", CPair), ("long", ctypes.c_uint64))


class COuter(ctypes.LittleEndianStructure):
    _fields_ = (
        ("first", ctypes.c_uint16),
        ("inner", CInner),
        ("signed", ctypes.c_int32),
        ("pairs", CPair * 2),
        ("address", ctypes.c_uint8 * 5),
        ("last", ctypes.c_uint16),
        ("tail", ctypes.c_uint8),
    )


OUTER = Layout(Outer)
RECORD = Outer(
    1, Inner(Pair(2, 3), 1 << 40), -5, (Pair(6, 7), Pair(8, 9)), bytes((10, 11, 12, 13, 14)), 15, 16
)


def in_c() -> COuter:
    pairs = (CPair * 2)(CPair(6, 7), CPair(8, 9))
    return COuter(1, CInner(CPair(2, 3), 1 << 40), -5, pairs, (ctypes.c_uint8 * 5)(*range(10, 15)), 15, 16)


def test_members_lie_where_c_puts_them() -> None:
    assert OUTER.size == ctypes.sizeof(COuter)
    for member in OUTER.members:
        field = getattr(COuter, member.name)
        assert (member.offset, member.size) == (field.offset, field.size), member.name


def test_bytes_of_c_are_read_by_name() -> None:
    found = OUTER.decode(bytes(in_c()))
    assert found == RECORD
    assert (found.inner.pair.wide, found.pairs[1].small, found.signed) == (3, 8, -5)
    assert type(found.inner.pair) is Pair and type(found.pairs[0]) is Pair
    assert OUTER.decode(bytes(in_c()) + b"more") == RECORD
    with pytest.raises(struct.error):
        OUTER.decode(bytes(in_c())[:-1])


def test_a_record_is_written_as_it_is_read() -> None:
    assert OUTER.encode(RECORD) == bytes(in_c())


def test_what_is_kept_is_read_anew_only_where_its_bytes_are_others() -> None:
    layout, old = Layout(Outer, kept=("inner", "pairs")), bytes(in_c())
    before = layout.decode(old)
    moved = before._replace(first=before.first ^ 1, signed=7)
    found = layout.again(layout.encode(moved), before, old)
    assert found == moved
    assert found.inner is before.inner and found.pairs is before.pairs
    other = moved._replace(pairs=tuple(reversed(before.pairs)))
    assert layout.again(layout.encode(other), before, old) == other != moved


@pytest.mark.parametrize(
    ("paths", "values"),
    [
        (("first",), (1,)),
        (("inner.pair.wide", "tail"), (3, 16)),
        (("pairs.wide",), (7, 9)),
        (("inner", "address"), (2, 3, 1 << 40, bytes(range(10, 15)))),
        ((), ()),
    ],
)
def test_some_members_are_read_alone(paths: tuple[str, ...], values: tuple[object, ...]) -> None:
    assert OUTER.picker(*paths)(bytes(in_c())) == values


def test_a_picker_needs_no_more_than_it_reads() -> None:
    assert OUTER.picker("first")(bytes(in_c())[:2]) == (1,)
    with pytest.raises(struct.error):
        OUTER.picker("first")(b"\1")


def test_a_member_that_there_is_not_is_named() -> None:
    with pytest.raises(ValueError, match="Outer has no member pair"):
        OUTER.picker("first", "pair")


def test_the_other_order_of_bytes() -> None:
    assert Layout(Pair, ">").encode(Pair(1, 2)) == bytes((1, 0, 0, 0, 0, 0, 0, 2))
