"""BTF made by the rules of Documentation/bpf/btf.rst, well-formed and not."""

from __future__ import annotations

import struct
from collections.abc import Sequence

INT, ARRAY, STRUCT, UNION, TYPEDEF, VOLATILE, CONST = 1, 3, 4, 5, 8, 9, 10


class Btf:
    """A BTF file in the making; types are numbered from ``first``."""

    def __init__(self, first: int = 1, strings: int = 0) -> None:
        self.types = b""
        self.strings = b"\0" if not strings else b""
        self.base = strings
        self.next = first

    def name(self, text: str) -> int:
        if not text:
            return 0
        place = self.base + len(self.strings)
        self.strings += text.encode() + b"\0"
        return place

    def add(
        self, name: str, kind: int, size_or_type: int, rest: bytes = b"", count: int = 0, flag: int = 0
    ) -> int:
        info = flag << 31 | kind << 24 | count
        self.types += struct.pack("<III", self.name(name), info, size_or_type) + rest
        self.next += 1
        return self.next - 1

    def number(self, name: str, size: int) -> int:
        return self.add(name, INT, size, struct.pack("<I", size * 8))

    def struct(
        self, name: str, size: int, *members: tuple[str, int, int], kind: int = STRUCT, flag: int = 0
    ) -> int:
        rest = b"".join(struct.pack("<III", self.name(text), of, bits) for text, of, bits in members)
        return self.add(name, kind, size, rest, len(members), flag)

    def bytes(self) -> bytes:
        header = struct.pack(
            "<HBBIIIII", 0xEB9F, 1, 0, 24, 0, len(self.types), len(self.types), len(self.strings)
        )
        return header + self.types + self.strings


def plain() -> tuple[bytes, bytes]:
    """A vmlinux with sk_buff, and an sctp module whose types build on it."""
    base = Btf()
    u32, u64 = base.number("u32", 4), base.number("u64", 8)
    base.struct("sk_buff", 16, ("len", u32, 0), ("data", u64, 64))
    module = Btf(first=base.next, strings=len(base.strings))
    hidden = module.struct("", 8, ("low", u32, 0), ("high", u32, 32))
    either = module.struct("", 8, ("", hidden, 0), ("whole", u64, 0), kind=UNION)
    inner = module.struct("inner", 24, ("pad", u64, 0), ("", either, 64), ("tail", u32, 128))
    named = module.add("inner_t", TYPEDEF, module.add("", CONST, module.add("", VOLATILE, inner)))
    module.struct("sctp_transport", 40, ("asoc", u64, 0), ("c", named, 64), ("cwnd", u32, 256))
    module.struct(
        "with_bits", 4, ("dead", u32, 1 << 24 | 3), ("rest", u32, 0), ("wide", u32, 3 << 24 | 30), flag=1
    )
    return base.bytes(), module.bytes()


def circles() -> Sequence[tuple[bytes, bytes]]:
    """Types that are themselves by another name, that hold themselves unnamed, and names that are not UTF-8."""
    typedefs = Btf()
    typedefs.struct("sctp_transport", 8, ("cwnd", 2, 0), ("c", 2, 0), ("asoc", 3, 0))
    typedefs.add("a", TYPEDEF, 3)
    typedefs.add("", CONST, 2)
    unnamed = Btf()
    unnamed.struct("sctp_transport", 8, ("", 1, 0), ("", 1, 0))
    names = Btf()
    u32 = names.number("u32", 4)
    names.struct("sctp_transport", 8, ("caf", u32, 0), ("cwnd", u32, 32))
    deep = Btf()
    deep.struct("sctp_transport", 8, ("", 2, 0))
    for place in range(3, 1200):
        deep.struct("", 8, ("", place, 0))
    found = [one.bytes() for one in (typedefs, unnamed, names, deep)]
    found[2] = found[2].replace(b"caf\0", b"c\xffz\0")
    return [(one, b"") for one in found]
