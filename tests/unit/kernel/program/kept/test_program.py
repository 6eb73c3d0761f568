"""A whole program comes back as it was kept, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sctptop.kernel.program.bpf.bpf_calls import MapShape
from sctptop.kernel.program.kept.instructions import Instructions
from sctptop.kernel.program.kept.program import Kept, decoded, encoded
from sctptop.kernel.program.points import ProbeChoice
from sctptop.kernel.program.program_source import from_btf, from_headers
from tests.unit.kernel.program.test_program_source import Types

CHOICE = ProbeChoice(every_message=True)
FUNCTIONS = {
    "fentry_at_read": Instructions(bytes(range(16)), ((0, "paths"),)),
    "kprobe_at_up": Instructions(b"\x95" + bytes(7)),
}
TABLES = {"paths": MapShape(1, 8, 240, 16384, 0), "events": MapShape(4, 4, 4, 2, 0)}
KEPT = Kept(from_btf(Types(), CHOICE), TABLES, FUNCTIONS, 0x60100)


@pytest.mark.parametrize(
    "kept",
    [
        KEPT,
        Kept(from_btf(Types("sctp_transport.rto_pending"), CHOICE), TABLES, FUNCTIONS),
        Kept(from_btf(Types("sk_buff.len"), CHOICE, None, {"sctp_retransmit": "too large"}), {}, {}),
        Kept(from_headers(CHOICE), TABLES, {}),
    ],
)
def test_it_comes_back_as_it_was(kept: Kept) -> None:
    line = encoded(kept, CHOICE)
    assert b"\n" not in line
    assert decoded(line, CHOICE) == kept


def test_all_that_a_start_asks_of_its_source_comes_back() -> None:
    found = decoded(encoded(KEPT, CHOICE), CHOICE)
    assert found is not None
    hooks = found.source.hooks
    assert {name for hook in hooks for name in found.source.functions(hook)} == {
        name for hook in KEPT.source.hooks for name in KEPT.source.functions(hook)
    }


@pytest.mark.parametrize(
    ("member", "told"),
    [
        ("text", "?"),
        ("text", "AAAA"),
        ("text", 3),
        ("parts", None),
        ("left_out", []),
        ("hooks", [[0, "fentry"]]),
        ("hooks", [[-1, "fentry", "", None]]),
        ("hooks", [[9999, "fentry", "", None]]),
        ("hooks", [[0, "fentry", "", [1, 2]]]),
        ("tables", {"paths": [1, 8]}),
        ("tables", {"paths": [1, 8, 240, 16384, "x"]}),
        ("functions", {"f": None}),
        ("functions", {"f": {"code": "AAAA", "maps": []}}),
        ("functions", {"f": {"code": "", "maps": [[1]]}}),
        ("functions", {"f": {"code": "", "maps": 3}}),
        ("version", "six"),
    ],
)
def test_what_has_another_shape_is_none(member: str, told: object) -> None:
    whole: dict[str, Any] = json.loads(encoded(KEPT, CHOICE))
    assert decoded(json.dumps(whole).encode(), CHOICE) == KEPT
    assert decoded(json.dumps(whole | {member: told}).encode(), CHOICE) is None
    del whole[member]
    assert decoded(json.dumps(whole).encode(), CHOICE) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100000, b"\xff"])
def test_what_is_no_program_is_none(content: bytes) -> None:
    assert decoded(content, CHOICE) is None
