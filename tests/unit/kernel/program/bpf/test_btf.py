"""Struct offsets from BTF made here by the rules of Documentation/bpf/btf.rst, read through the real libbpf."""

from __future__ import annotations

from pathlib import Path

import pytest

from sctptop.kernel.program.bpf.btf import BtfError, KernelTypes, MemberPlace, MissingMember
from sctptop.kernel.program.bpf.libbpf import LibbpfError, library
from tests.unit.kernel.program.btf_files import circles, plain

try:
    library()
except LibbpfError as error:
    pytest.skip(str(error), allow_module_level=True)


@pytest.fixture
def btf(tmp_path: Path) -> Path:
    """A vmlinux with sk_buff, and an sctp module whose types build on it."""
    for name, data in zip(("vmlinux", "sctp"), plain(), strict=True):
        (tmp_path / name).write_bytes(data)
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


def test_bit_fields_are_within_a_byte_or_refused(btf: Path) -> None:
    with KernelTypes(folder=btf) as types:
        assert types.member("with_bits", "rest") == MemberPlace(0, 4)
        assert types.member("with_bits", "dead") == MemberPlace(0, 1, shift=3, bits=1)
        with pytest.raises(BtfError, match=r"with_bits\.wide is a bit field of several bytes"):
            types.member("with_bits", "wide")


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


SELF = ("names itself", "hold themselves", None, "hold themselves")


@pytest.mark.parametrize(
    ("base", "words"), [(base, words) for (base, _), words in zip(circles(), SELF, strict=True)]
)
def test_types_that_run_in_a_circle_are_refused(tmp_path: Path, base: bytes, words: str | None) -> None:
    (tmp_path / "vmlinux").write_bytes(base)
    with KernelTypes(folder=tmp_path) as types:
        if words is None:
            assert types.member("sctp_transport", "cwnd") == MemberPlace(4, 4), (
                "beside a name that is not UTF-8"
            )
            return
        with pytest.raises(BtfError, match=words):
            types.member("sctp_transport", "c.tail")
