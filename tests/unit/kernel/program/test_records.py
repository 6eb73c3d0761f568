"""What we describe of the C is what its text says, and what of it the compiler is asked when the probes are loaded."""

from __future__ import annotations

import pytest

from sctptop.kernel.program.declarations import ENUMS, STRUCTS, TABLES, CEnum, CStruct, CTable
from sctptop.kernel.program.program_source import CONCERNS, HEADERS, folder, from_btf
from sctptop.kernel.program.records_check import c_type, mismatch, statements
from tests.unit.kernel.program.c_text import CText
from tests.unit.kernel.program.test_program_source import Types

READ_SINGLY = {"events": "probe_event", "ngap_events": "ngap_event"}
"""Structs that go through perf buffers."""
IN_THE_KERNEL = {
    "congestion",
    "rwnd_seen",
    *(
        "beat",
        "beats",
        "call",
        "slot",
        "followed",
        "congestion",
        "rwnd_seen",
        "message",
        "sack_numbers",
    ),
    *("blocked", "fragments", "ngap_ids", "ngap_walk", "ngap_rate", "ngap_stream"),
    *("end_memory", "cause_header"),
}
"""Structs of tables, and on stacks, that only the C reads."""


@pytest.mark.parametrize("described", STRUCTS, ids=lambda described: described.name)
def test_a_struct_has_the_members_of_the_c_in_their_order(described: CStruct) -> None:
    declared = CText(folder() / described.file).structs[described.name]
    assert [(c_type(member), member.name) for member in described.layout.members] == declared


@pytest.mark.parametrize("described", STRUCTS, ids=lambda described: described.name)
def test_no_padding_could_hide_a_member_from_the_compiler(described: CStruct) -> None:
    assert sum(member.size for member in described.layout.members) == described.layout.size


def test_every_struct_of_the_c_is_described_or_known_to_stay_in_the_kernel() -> None:
    declared = {name for file in (*HEADERS, *CONCERNS) for name in CText(folder() / file).structs}
    bytes_alone = {"path_bytes", "assoc_bytes", "ngap_bytes", "end_bytes", "data_header"}
    assert declared == {described.name for described in STRUCTS} | IN_THE_KERNEL | bytes_alone


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_keys_and_values_of_that_size(table: CTable) -> None:
    sizes = {f"struct {described.name}": described.layout.size for described in STRUCTS}
    sizes |= {"u64": 8, "u32": 4, "int": 4}
    sizes |= {
        "struct path_bytes": sizes["struct path_windows"],
        "struct assoc_bytes": sizes["struct assoc_windows"],
    }
    key, value = CText(folder() / table.file).tables[table.name]
    assert (table.key_size, table.value_size) == (sizes[key], sizes[value])


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.prefix)
def test_an_enum_has_those_numbers(enum: CEnum) -> None:
    numbers = CText(folder() / enum.file).numbers
    for number, word in enumerate(enum.words, enum.first):
        assert numbers[f"{enum.prefix}_{word.upper()}"] == number


def test_the_program_ends_with_what_is_read_of_it() -> None:
    text = from_btf(Types()).text
    assert text.endswith(statements({*HEADERS, *CONCERNS}))
    assert "\nREADS_MEMBER(struct path_windows, struct window_change[3], changes, 152);\n" in text
    assert "\nREADS_SIZE(struct probe_event, 96, rtt_ns);\n" in text
    assert "\nREADS_TABLE(data_rtts, 16, 8);\n" in text
    assert "\nREADS_NUMBER(CAUSE_RESET, 7);\n" in text


def test_nothing_is_said_of_a_file_that_is_left_out() -> None:
    text = from_btf(Types("sctp_sender_hb_info.hb_nonce")).text
    assert "rtt_bin" not in text and "READS_TABLE(data_rtts" not in text


@pytest.mark.parametrize(
    ("printed", "differs"),
    [
        (  # clang 14
            "/virtual/main.c:9:1: error: static_assert failed due to requirement '__builtin_offsetof(struct who, "
            'netns) == 0\' "sctptop reads: no u32 netns at byte 0 of struct who"\nREADS_MEMBER(…',
            "no u32 netns at byte 0 of struct who",
        ),
        (  # clang 19
            "/virtual/main.c:9:1: error: static assertion failed due to requirement 'sizeof(struct who) == 40': "
            "sctptop reads: struct who goes on after address\n  9 | READS_SIZE(…",
            "struct who goes on after address",
        ),
        (
            "/virtual/main.c:9:1: error: no member named 'netns' in 'struct who'\n",
            "no netns in struct who",
        ),
        ("/virtual/main.c:9:1: error: no member named 'perf_submit' in 'struct probe_event'\n", None),
        ("/virtual/main.c:9:1: error: no member named 'netns' in 'struct sk_buff'\n", None),
        ("/virtual/main.c:9:1: error: use of undeclared identifier 'cwdn'\n", None),
    ],
)
def test_the_compiler_names_what_differs(printed: str, differs: str | None) -> None:
    assert mismatch(f"warning: something else\n{printed}") == differs
