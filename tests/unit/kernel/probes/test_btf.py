"""Struct offsets from BTF made here by the rules of Documentation/bpf/btf.rst, read through the real libbpf."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from sctptop.kernel.probes.btf import BtfError, KernelTypes, MemberPlace, MissingMember
from sctptop.kernel.probes.libbpf import LibbpfError, library

try:
    library()
except LibbpfError as error:
    pytest.skip(str(error), allow_module_level=True)

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


@pytest.fixture
def btf(tmp_path: Path) -> Path:
    """A vmlinux with sk_buff, and an sctp module whose types build on it."""
    base = Btf()
    u32, u64 = base.number("u32", 4), base.number("u64", 8)
    base.struct("sk_buff", 16, ("len", u32, 0), ("data", u64, 64))
    (tmp_path / "vmlinux").write_bytes(base.bytes())
    module = Btf(first=base.next, strings=len(base.strings))
    hidden = module.struct("", 8, ("low", u32, 0), ("high", u32, 32))
    either = module.struct("", 8, ("", hidden, 0), ("whole", u64, 0), kind=UNION)
    inner = module.struct("inner", 24, ("pad", u64, 0), ("", either, 64), ("tail", u32, 128))
    named = module.add("inner_t", TYPEDEF, module.add("", CONST, module.add("", VOLATILE, inner)))
    module.struct("sctp_transport", 40, ("asoc", u64, 0), ("c", named, 64), ("cwnd", u32, 256))
    module.struct("with_bits", 4, ("dead", u32, 1 << 24 | 3), ("rest", u32, 0), flag=1)
    (tmp_path / "sctp").write_bytes(module.bytes())
    return tmp_path


def test_members_through_names_and_without(btf: Path) -> None:
    with KernelTypes(folder=btf) as types:
        assert types.member("sctp_transport", "cwnd") == MemberPlace(32, 4)
        assert types.member("sctp_transport", "c.tail") == MemberPlace(24, 4)
        assert types.member("sctp_transport", "c.high") == MemberPlace(20, 4)
        assert types.member("sctp_transport", "c.whole") == MemberPlace(16, 8)
        assert types.member("sctp_transport", "c") == MemberPlace(8, 24)
        assert types.member("sk_buff", "data") == MemberPlace(8, 8), "of the kernel itself"


def test_what_is_missing_is_named(btf: Path) -> None:
    with KernelTypes(folder=btf) as types:
        with pytest.raises(
            MissingMember, match=r"struct sctp_transport\.c has no member tale in this kernel"
        ):
            types.member("sctp_transport", "c.tale")
        with pytest.raises(MissingMember, match="struct sctp_nobody is not among the kernel's types"):
            types.member("sctp_nobody", "cwnd")
        with pytest.raises(MissingMember, match="no member below"):
            types.member("sctp_transport", "cwnd.below")


def test_bit_fields_are_refused(btf: Path) -> None:
    with KernelTypes(folder=btf) as types:
        assert types.member("with_bits", "rest").offset == 0
        with pytest.raises(BtfError, match=r"with_bits\.dead is a bit field"):
            types.member("with_bits", "dead")


def test_a_module_that_tells_nothing(btf: Path) -> None:
    (btf / "sctp").unlink()
    with KernelTypes(folder=btf) as types:
        assert not types.knows("sctp_transport")
        assert types.knows("sk_buff")


def test_files_that_are_no_btf(btf: Path, tmp_path: Path) -> None:
    with pytest.raises(BtfError, match=r"no .*vmlinux"):
        KernelTypes(folder=tmp_path / "nowhere")
    whole = (btf / "sctp").read_bytes()
    for broken in (b"", b"junk", whole[:30], whole[:-7], b"\xff" * len(whole)):
        (btf / "sctp").write_bytes(broken)
        with pytest.raises(BtfError, match="cannot be read as BTF"):
            KernelTypes(folder=btf)


def test_closing_twice_is_safe(btf: Path) -> None:
    types = KernelTypes(folder=btf)
    types.close()
    types.close()
