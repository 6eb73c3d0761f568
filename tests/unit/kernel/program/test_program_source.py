"""The C that is made for a kernel: offsets where members are, and concerns left out where they are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sctptop.kernel.program.bpf.btf import FunctionType, MemberPlace, MissingMember
from sctptop.kernel.program.points import ProbeChoice, points
from sctptop.kernel.program.program_source import BY_TYPE, CONCERNS, HEADERS, folder, from_btf, from_headers


class Types:
    """A kernel whose members all are at byte 24, but for those it lacks."""

    def __init__(self, *missing: str, sizes: dict[str, int] | None = None) -> None:
        self.missing = missing
        self.sizes = sizes or {}
        self.asked: set[str] = set()

    def member(self, struct: str, path: str) -> MemberPlace:
        name = f"{struct}.{path}"
        self.asked.add(name)
        if name in self.missing:
            raise MissingMember(f"struct {struct} has no member {path} in this kernel")
        return MemberPlace(24, self.sizes.get(name, 4))

    def function(self, name: str) -> FunctionType | None:
        return FunctionType(7, 3, by_value=name.startswith("sctp_sf_"), in_module=True)


def test_members_are_named_by_the_c_alone() -> None:
    types = Types()
    source = from_btf(types)
    assert {
        "sctp_transport.cwnd",
        "sctp_association.c.my_vtag",
        "sctp_transport.hb_timer.expires",
    } <= types.asked
    assert not any("__" in name for name in types.asked)
    assert "u64 sctp_transport__cwnd(const void *p)" in source.text
    assert "#define OFFSET_sctp_transport__transports 24" in source.text
    assert source.left_out == {}


def test_a_bit_field_is_shifted_out_of_its_byte() -> None:
    class Bits(Types):
        def member(self, struct: str, path: str) -> MemberPlace:
            place = super().member(struct, path)
            return MemberPlace(24, 1, shift=4, bits=1) if path == "force_delay" else place

    assert (
        "u8 v = 0; bpf_probe_read_kernel(&v, sizeof(v), p + 24); return (u64)(v >> 4 & 1); }"
        in from_btf(Bits()).text
    )


def test_a_concern_without_its_member_is_left_out() -> None:
    source = from_btf(Types("sctp_sender_hb_info.hb_nonce"))
    assert source.left_out == {"rtt.c": "struct sctp_sender_hb_info has no member hb_nonce in this kernel"}
    assert "at_update_rto" not in source.text and "lower_enter" in source.text


def test_a_member_of_all_is_missed_by_its_name() -> None:
    with pytest.raises(MissingMember, match="sctp_association has no member assoc_id"):
        from_btf(Types("sctp_association.assoc_id"))


def test_a_member_that_the_c_can_do_without() -> None:
    name = "sctp_sender_hb_info.probe_size"
    assert "HAVE_sctp_sender_hb_info__probe_size 1" in from_btf(Types()).text
    source = from_btf(Types(name))
    assert source.left_out == {} and "define HAVE_sctp_sender_hb_info__probe_size" not in source.text


def test_members_are_read_by_type_where_all_that_share_them_are_trampolines() -> None:
    typed = from_btf(Types())
    assert typed.typed and "#define TYPED 1" in typed.text
    assert 'asm volatile("%0 = *(u32 *)(%1 + 24)" : "=r"(v) : "r"(p))' in typed.text
    by_pointer = from_btf(Types(), refused={BY_TYPE: "Permission denied"})
    by_kprobe = from_btf(Types(), refused={"sctp_outq_tail": "Permission denied"})
    for source in (by_pointer, by_kprobe):
        assert not source.typed and "#define TYPED 1" not in source.text
    # Refused for its pointers alone, it stays a trampoline.
    assert by_pointer.hooks == typed.hooks != by_kprobe.hooks
    assert "#define TYPED_sctp_chunk__asoc sctp_chunk__asoc" in from_headers().text


def test_a_member_that_is_no_number_cannot_be_read() -> None:
    source = from_btf(Types(sizes={"sctp_sender_hb_info.hb_nonce": 40}))
    assert "40 bytes" in source.left_out["rtt.c"]


def test_headers_let_the_compiler_find_the_offsets() -> None:
    text = from_headers().text
    assert "#include <net/sctp/structs.h>" in text
    assert "offsetof(struct sctp_association, c.my_vtag)" in text
    assert "define HAVE_sctp_sender_hb_info__probe_size" not in text


@pytest.mark.parametrize("every_change", [False, True])
def test_every_point_names_a_function_of_its_concern(every_change: bool) -> None:
    for point in points(ProbeChoice(every_change)):
        text = (folder() / point.concern).read_text()
        found = re.search(rf"^INLINE int {point.function}\((.*)\)$", text, re.MULTILINE)
        assert found, point
        assert ("bpf_raw_tracepoint_args" in found[1]) == (point.at == "tracepoint")
        assert ("u64 returned, u64 since" in found[1]) == (point.at == "return"), point
        guarded = "".join(re.findall(r"#(?:ifdef EVERY_CHANGE|else)\n(.*?)#endif", text, re.DOTALL))
        assert every_change or f"int {point.function}(" not in guarded, point


def test_every_file_is_part_of_the_program() -> None:
    present = {path.name for path in folder().glob("*.[ch]")}
    assert present == {*HEADERS, *CONCERNS}


def test_the_stand_in_headers_are_few() -> None:
    lines = sum(len(path.read_text().splitlines()) for path in Path(folder(), "include").rglob("*.h"))
    assert lines < 150


def test_every_file_is_named_in_the_readme() -> None:
    text = (folder() / "README.md").read_text()
    files = {path for path in folder().rglob("*") if path.is_file() and path.name != "README.md"}
    assert len(files) > 20
    for path in files:
        name = path.relative_to(folder()).as_posix().removeprefix("include/")
        assert f"`{name}`" in text, name


def test_the_readme_names_no_file_that_there_is_not() -> None:
    text = (folder() / "README.md").read_text()
    names = set(re.findall(r"`([\w/.]+\.(?:[ch]|py))`", text))
    repository = folder().parent
    rooms = [repository / "sctptop/kernel" / room for room in ("probes", "program")]
    places = (folder(), folder() / "include", repository, *rooms)
    assert len(names) > 25
    for name in names:
        assert any((place / name).exists() for place in places), name
