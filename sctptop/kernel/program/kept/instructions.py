"""Functions as the kernel takes them: what BCC compiled, apart from the maps of the process that compiled it."""

from __future__ import annotations

import ctypes
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sctptop.kernel.program.bpf.bpf_calls import KPROBE, RAW_TRACEPOINT, load_plain

SIZE = 8
"""Bytes of an instruction, struct bpf_insn of include/uapi/linux/bpf.h."""
_LOAD_64, _TWO = 0x18, 2
"""BPF_LD | BPF_IMM | BPF_DW, which takes the room of two."""
_MAP = 1
"""BPF_PSEUDO_MAP_FD, its source register where it loads a map: the number is its descriptor."""
_NUMBER, _AHEAD = struct.Struct("=i"), 4
"""The number that an instruction has in it, behind code, registers and offset."""

_TABLE = re.compile(r"^BPF_(?:TABLE\((?:[^,]+,){3}|[A-Z_]+\()\s*(\w+)", re.MULTILINE)


class Unknown(ValueError):  # noqa: N818
    """Instructions that are none, or that name what there is not."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """The instructions of a function, without descriptors; ``maps``: the names of maps by the place that loads one."""

    instructions: bytes
    maps: tuple[tuple[int, str], ...] = ()

    def bound(self, descriptors: Mapping[str, int]) -> bytes:
        """With the descriptors of this process. Raises Unknown."""
        found = bytearray(self.instructions)
        for place, name in self.maps:
            if name not in descriptors or not 0 <= place < len(found) // SIZE:
                raise Unknown(f"no map {name}")
            _NUMBER.pack_into(found, place * SIZE + _AHEAD, descriptors[name])
        return bytes(found)


def unbound(instructions: bytes, names: Mapping[int, str]) -> Instructions:
    """Instructions out of instructions whose maps are those descriptors. Raises Unknown."""
    found, maps, place = bytearray(instructions), [], 0
    if len(found) % SIZE:
        raise Unknown("part of an instruction")
    while place < len(found) // SIZE:
        start = place * SIZE
        step = _TWO if found[start] == _LOAD_64 else 1
        if step == _TWO and found[start + 1] >> 4 == _MAP:
            (descriptor,) = _NUMBER.unpack_from(found, start + _AHEAD)
            if descriptor not in names:
                raise Unknown(f"no map has the descriptor {descriptor}")
            maps.append((place, names[descriptor]))
            _NUMBER.pack_into(found, start + _AHEAD, 0)
        place += step
    return Instructions(bytes(found), tuple(maps))


def load_functions(
    bcc: Any, bpf: Any, kinds: Mapping[str, bool], code: Mapping[str, bytes], version: int
) -> None:
    """Load what BCC is to attach: it compiles nothing that it has. ``kinds``: whether each is for a tracepoint.

    Raises OSError, KeyError.
    """
    for name, tracepoint in kinds.items():
        program = load_plain(RAW_TRACEPOINT if tracepoint else KPROBE, name, code[name], version)
        bpf.funcs[name.encode()] = bcc.BPF.Function(bpf, name.encode(), program)


def compiled_function(bcc: Any, bpf: Any, name: str) -> bytes:
    """What BCC has of a function. Raises OSError where it has nothing."""
    start = bcc.lib.bpf_function_start(bpf.module, name.encode())
    size = bcc.lib.bpf_function_size(bpf.module, name.encode())
    # BCC 0.18 gives the address as a pointer to bytes.
    address = start if isinstance(start, int) else ctypes.cast(start, ctypes.c_void_p).value
    if not address:
        raise OSError(2, "BCC has no instructions of it")
    return ctypes.string_at(address, size)


def table_descriptors(bcc: Any, bpf: Any, text: str) -> dict[str, int]:
    """The maps of a program that BCC compiled from a text, by name. Raises Unknown."""
    names = _TABLE.findall(text)
    found = {name: int(bcc.lib.bpf_table_fd(bpf.module, name.encode())) for name in names}
    if missing := [name for name, descriptor in found.items() if descriptor < 0]:
        raise Unknown(f"BCC has no map {missing[0]}")
    return found
