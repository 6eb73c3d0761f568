"""Where the members of the running kernel's structs are, read from its BTF (Documentation/bpf/btf.rst)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sctptop.kernel.program.bpf.libbpf import TypeHeader, library

BTF_FOLDER = Path("/sys/kernel/btf")

_STRUCT, _UNION, _FUNCTION = 4, 5, 12
_WRAPPERS = (8, 9, 10, 11, 18)
"""typedef, volatile, const, restrict, type_tag: a type by another name."""
_HEADER = ctypes.sizeof(TypeHeader)
_MOST_PARAMETERS = 12
"""Of a function that a trampoline can be made for (MAX_BPF_FUNC_ARGS, include/linux/bpf.h)."""
_DEEPEST = 32
"""Types within types, as libbpf and the kernel follow them (MAX_RESOLVE_DEPTH); beyond, they run in a circle."""


class BtfError(Exception):
    """The kernel's type information cannot be had, or does not hold what was asked for; the text says what."""


class MissingMember(BtfError):  # noqa: N818
    """A struct of this kernel has no such member."""


@dataclass(frozen=True, slots=True)
class MemberPlace:
    """Offset from the start of the outermost struct and size, in bytes.

    A bit field has ``bits``, that many from bit ``shift`` of its byte on, the lowest being 0.
    """

    offset: int
    size: int
    shift: int = 0
    bits: int = 0


@dataclass(frozen=True, slots=True)
class FunctionType:
    """A function: its number, how many parameters, whether one is a struct or union ``by_value``, whose BTF has it."""

    id: int
    parameters: int
    by_value: bool
    in_module: bool


class _Parameter(ctypes.Structure):
    """struct btf_param, include/uapi/linux/btf.h."""

    _fields_ = (("name", ctypes.c_uint32), ("type", ctypes.c_uint32))


class _Raw(ctypes.Structure):
    """struct btf_member, include/uapi/linux/btf.h."""

    _fields_ = (("name", ctypes.c_uint32), ("type", ctypes.c_uint32), ("offset", ctypes.c_uint32))


class KernelTypes:
    """The types of the kernel and of one of its modules. Close it: it holds some megabytes."""

    def __init__(self, module: str = "sctp", folder: Path = BTF_FOLDER) -> None:
        """Reads ``folder``/vmlinux, and the split BTF of the module when it is not built in. Raises BtfError."""
        self._lib = library()
        self._base: int | None = None
        self._types: int | None = None
        base = folder / "vmlinux"
        if not base.exists():
            raise BtfError(f"this kernel does not tell its types: no {base}")
        self._base = self._parsed(base, self._lib.btf__parse(bytes(base), None))
        self._types = self._base
        split = folder / module
        if split.exists():
            try:
                self._types = self._parsed(split, self._lib.btf__parse_split(bytes(split), self._base))
            except BtfError:
                self.close()
                raise

    def _parsed(self, file: Path, pointer: int | None) -> int:
        # libbpf 0.x encodes errors in the pointer, 1.x returns NULL.
        if not pointer or self._lib.libbpf_get_error(pointer):
            raise BtfError(f"{file} cannot be read as BTF")
        return pointer

    def close(self) -> None:
        """Free the memory. Safe to call twice."""
        if self._types and self._types != self._base:
            self._lib.btf__free(self._types)
        if self._base:
            self._lib.btf__free(self._base)
        self._types = self._base = None

    def __enter__(self) -> KernelTypes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def knows(self, struct: str) -> bool:
        """Whether there is a struct of that name."""
        return self._struct(struct) is not None

    def function(self, name: str) -> FunctionType | None:
        """The function of that name, None where the types do not tell it."""
        number = int(self._lib.btf__find_by_name_kind(self._types, name.encode(), _FUNCTION))
        if number <= 0:
            return None
        prototype = self._header(self._header(number).size_or_type)
        count = prototype.info & 0xFFFF
        if count > _MOST_PARAMETERS:
            return None
        each = (_Parameter * count).from_address(ctypes.addressof(prototype) + _HEADER)
        kinds = [self._header(self._bare(entry.type)).info >> 24 & 0x1F for entry in each]
        by_value = _STRUCT in kinds or _UNION in kinds
        # The numbers of a split BTF go on where its base ends; looking for the name there again costs milliseconds.
        in_module = not self._lib.btf__type_by_id(self._base, number)
        return FunctionType(number, count, by_value, in_module)

    def member(self, struct: str, path: str) -> MemberPlace:
        """Where ``path`` (names with dots between) is in ``struct``.

        Raises MissingMember, which names what is missing, and BtfError for a bit field of several bytes.
        """
        type_id = self._struct(struct)
        if type_id is None:
            raise MissingMember(f"struct {struct} is not among the kernel's types")
        bits, width, done = 0, 0, struct
        for name in path.split("."):
            found = self._find(self._bare(type_id), name)
            if found is None:
                raise MissingMember(f"struct {done} has no member {name} in this kernel")
            type_id, offset, width = found
            bits += offset
            done += f".{name}"
        if width:
            if bits % 8 + width > 8:
                raise BtfError(f"{done} is a bit field of several bytes")
            return MemberPlace(bits // 8, 1, bits % 8, width)
        size = self._lib.btf__resolve_size(self._types, type_id)
        return MemberPlace(bits // 8, max(int(size), 0))

    def _struct(self, name: str) -> int | None:
        type_id = self._lib.btf__find_by_name_kind(self._types, name.encode(), _STRUCT)
        return type_id if type_id > 0 else None

    def _find(
        self, type_id: int, name: str, around: tuple[int, ...] = (), without: set[int] | None = None
    ) -> tuple[int, int, int] | None:
        """Type, offset in bits and, of a bit field, width of a member, looked for in unnamed structs and unions too.

        ``around`` are those that hold this one, ``without`` those that were seen not to have it.
        """
        without = set() if without is None else without
        if type_id in without:
            return None
        if type_id in around or len(around) >= _DEEPEST:
            raise BtfError(f"the kernel's BTF has types that hold themselves: {type_id}")
        for member, member_type, offset, width in self._members(type_id):
            if member == name:
                return member_type, offset, width
            if not member and (
                found := self._find(self._bare(member_type), name, (*around, type_id), without)
            ):
                return found[0], found[1] + offset, found[2]
        without.add(type_id)
        return None

    def _members(self, type_id: int) -> Iterator[tuple[str, int, int, int]]:
        header = self._header(type_id)
        kind, count, bit_fields = (header.info >> 24) & 0x1F, header.info & 0xFFFF, header.info >> 31
        if kind not in (_STRUCT, _UNION):
            return
        start = ctypes.addressof(header) + _HEADER
        for index in range(count):
            raw = _Raw.from_address(start + index * ctypes.sizeof(_Raw))
            name = self._lib.btf__name_by_offset(self._types, raw.name) or b""
            yield (
                name.decode("utf-8", "replace"),
                raw.type,
                raw.offset & 0xFFFFFF if bit_fields else raw.offset,
                raw.offset >> 24 if bit_fields else 0,
            )

    def _bare(self, type_id: int) -> int:
        """The type without typedefs and qualifiers."""
        bare = type_id
        for _ in range(_DEEPEST):
            header = self._header(bare)
            if (header.info >> 24) & 0x1F not in _WRAPPERS:
                return bare
            bare = header.size_or_type
        raise BtfError(f"the kernel's BTF has a type that names itself: {type_id}")

    def _header(self, type_id: int) -> TypeHeader:
        pointer = self._lib.btf__type_by_id(self._types, type_id)
        if not pointer:
            raise BtfError(f"the kernel's BTF refers to a type {type_id} that it does not hold")
        header: TypeHeader = pointer.contents
        return header
