"""Reading a record again says what reading it the first time says, whatever changed in it."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sctptop.kernel.layout import CType
from sctptop.kernel.netlink import WireError, attribute, attribute_places
from sctptop.kernel.reading.diag.diag_layouts import INFO, MESSAGE
from sctptop.kernel.reading.diag.diag_records import DiagRecord, decode_record
from sctptop.kernel.reading.diag.diag_shapes import Shape, Shapes
from tests.unit.kernel.reading.answers import captured

RECORDS = [*captured("2"), *captured("10")]
ASSOCIATIONS = [payload for payload in RECORDS if decode_record(payload).is_association]


def parts_of(payload: bytes) -> list[tuple[int, bytes]]:
    return [
        (kind, payload[start : start + size]) for kind, start, size in attribute_places(payload, MESSAGE.size)
    ]


def put_together(head: bytes, parts: list[tuple[int, bytes]]) -> bytes:
    return head + b"".join(attribute(kind, value) for kind, value in parts)


def decoded(shapes: Shapes, payload: bytes, before: DiagRecord) -> DiagRecord | str:
    try:
        return shapes.decode(payload, before)
    except WireError as error:
        return str(error)


def expected(payload: bytes) -> DiagRecord | str:
    try:
        return decode_record(payload)
    except WireError as error:
        return str(error)


def mutated(payload: bytes, kind: int, seed: int) -> bytes:
    """What a kernel, an older or a newer one, or none at all may say next."""
    chance = random.Random(seed)
    parts = parts_of(payload)
    head = payload[: MESSAGE.size]
    match kind:
        case 0:  # Numbers anywhere.
            data = bytearray(payload)
            for _ in range(chance.randint(1, 40)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            return bytes(data)
        case 1:  # Numbers within the values only.
            return put_together(
                bytes(chance.randrange(256) for _ in head),
                [(one, bytes(chance.randrange(256) for _ in value)) for one, value in parts],
            )
        case 2:  # Another order.
            chance.shuffle(parts)
            return put_together(head, parts)
        case 3:  # One is shorter or longer, gone, or there twice.
            at = chance.randrange(len(parts))
            one, value = parts[at]
            size = chance.randint(0, len(value) + 140)
            parts[at : at + 1] = chance.choice(
                [[(one, value[:size].ljust(size, b"\7"))], [], [(one, value), (one, value[::-1])]]
            )
            return put_together(head, parts)
        case 4:  # One more that nobody knows.
            parts.insert(
                chance.randrange(len(parts) + 1), (chance.randint(23, 90), b"x" * chance.randint(0, 9))
            )
            return put_together(head, parts)
        case _:  # Cut anywhere.
            return payload[: chance.randrange(len(payload))]


@settings(max_examples=400, deadline=None)
@given(
    st.integers(0, len(RECORDS) - 1),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1 << 32)), min_size=1, max_size=5),
)
def test_whatever_comes_next_is_read_as_it_would_be_alone(which: int, steps: list[tuple[int, int]]) -> None:
    shapes = Shapes()
    before = decode_record(RECORDS[which])
    for step in steps:
        payload = mutated(before.raw, *step) if before.raw else RECORDS[which]
        # Twice, as the first sight of a shape is never quick.
        for one in (payload, payload[:-1] + bytes([payload[-1] ^ 1]) if payload else payload):
            found = decoded(shapes, one, before)
            assert found == expected(one)
            if isinstance(found, DiagRecord):
                assert found.raw == one
                if len(parts_of(one)):
                    before = found


@pytest.mark.parametrize("payload", ASSOCIATIONS)
def test_numbers_that_move_are_read_by_the_shape(payload: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes, before = Shapes(), decode_record(payload)
    places = {kind: start for kind, start, _ in attribute_places(payload, MESSAGE.size)}
    moved = bytearray(payload)
    cwnd = next(member for member in INFO.members if member.name == "p_cwnd")
    struct.pack_into("=I", moved, places[2] + cwnd.offset, 77_000)
    struct.pack_into("=i", moved, places[7] + 16, -4096)
    shapes.decode(bytes(moved), before)
    monkeypatch.setattr("sctptop.kernel.reading.diag.diag_shapes.decode_record", None)
    found = shapes.decode(bytes(moved), before)
    assert found == decode_record(bytes(moved)) != before
    assert (found.info["p_cwnd"], found.memory["fwd_alloc"]) == (77_000, -4096)
    assert found.local_addresses is before.local_addresses
    assert shapes.decode(bytes(moved), found) is found


@pytest.mark.parametrize("payload", ASSOCIATIONS)
def test_another_address_is_read_anew(payload: bytes) -> None:
    shapes, before = Shapes(), decode_record(payload)
    shapes.decode(payload[:-1] + b"\1", before)
    places = {kind: start for kind, start, _ in attribute_places(payload, MESSAGE.size)}
    primary = next(member for member in INFO.members if member.name == "p_address")
    for at in (9, places[12] + 6, places[13] + 6, places[2] + primary.offset + 6):
        other = payload[:at] + bytes([payload[at] ^ 8]) + payload[at + 1 :]
        assert shapes.decode(other, before) == decode_record(other)


def test_the_numbers_of_a_message_lie_where_its_layout_says() -> None:
    data = bytes(range(MESSAGE.size))
    record, found = MESSAGE.decode(data), Shape(data)
    assert all(isinstance(member.type, CType) or member.name == "id" for member in MESSAGE.members)
    before = decode_record(data)
    assert found.again(data, before) == before
    assert (before.inode, before.uid) == (record.inode, record.uid)
