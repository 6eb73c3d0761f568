"""Instructions apart from the descriptors of the process that compiled them."""

from __future__ import annotations

import struct

import pytest

from sctptop.kernel.program.kept.instructions import Instructions, Unknown, unbound

EXIT = struct.pack("<BBhi", 0x95, 0, 0, 0)
NUMBER = struct.pack("<BBhi", 0xB7, 1, 0, 7)
"""r1 = 7: no descriptor, though 7 is one here."""
WIDE = struct.pack("<BBhiBBhi", 0x18, 0x02, 0, 7, 0, 0, 0, 0)
"""r2 = 7 in 64 bits, the same."""
NAMES = {7: "paths", 9: "events"}


def load(register: int, descriptor: int) -> bytes:
    """Takes a map's address, as clang and libbpf write it: two slots, the second empty."""
    return struct.pack("<BBhiBBhi", 0x18, 0x10 | register, 0, descriptor, 0, 0, 0, 0)


def test_maps_are_found_and_bound_to_others() -> None:
    code = unbound(NUMBER + load(1, 7) + WIDE + load(2, 9) + EXIT, NAMES)
    assert code.maps == ((1, "paths"), (5, "events"))
    assert code.bound({"paths": 30, "events": 31}) == NUMBER + load(1, 30) + WIDE + load(2, 31) + EXIT


def test_the_second_half_of_a_wide_number_is_no_instruction() -> None:
    looks_like_one = struct.pack("<BBhi", 0x18, 0x11, 0, 7)
    wide = struct.pack("<BBhi", 0x18, 0, 0, 1) + looks_like_one
    assert unbound(wide + EXIT, NAMES).maps == ()


@pytest.mark.parametrize(
    "instructions", [EXIT[:5], load(1, 8)], ids=["half an instruction", "no map of ours"]
)
def test_what_cannot_be_told_apart_is_not_kept(instructions: bytes) -> None:
    with pytest.raises(Unknown):
        unbound(instructions, NAMES)


@pytest.mark.parametrize("maps", [((0, "gone"),), ((5, "paths"),), ((-1, "paths"),)])
def test_a_place_or_name_that_is_not_here_is_refused(maps: tuple[tuple[int, str], ...]) -> None:
    with pytest.raises(Unknown):
        Instructions(EXIT, maps).bound({"paths": 3})
