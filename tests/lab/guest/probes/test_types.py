"""What the kernel says of its types, without headers: our layouts lie where it has them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from sctptop.kernel.layout import Layout
from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.bpf.btf import KernelTypes
from sctptop.kernel.program.points import ProbeChoice
from sctptop.kernel.program.program import Program
from sctptop.kernel.reading.diag.diag_layouts import INFO, MESSAGE, SocketId


def test_no_kernel_headers_are_here() -> None:
    assert not Path("/lib/modules", os.uname().release, "build").exists()
    assert not list(Path("/usr/src").glob("linux-headers-*"))


@pytest.mark.parametrize(
    ("struct", "layout", "prefix"),
    [
        ("sctp_info", INFO, "sctpi_"),
        ("inet_diag_msg", MESSAGE, "idiag_"),
        ("inet_diag_sockid", Layout(SocketId), "idiag_"),
    ],
)
def test_what_sock_diag_tells_lies_where_the_kernel_s_own_types_say(
    struct: str, layout: Layout[Any], prefix: str
) -> None:
    other_names = {"interface": "if", "cookie_low": "cookie"}
    wanted = [member for member in layout.members if not member.name.startswith(("reserved", "cookie_high"))]
    with KernelTypes("sctp_diag") as types:
        if not types.knows(struct):
            pytest.skip("this kernel has no BTF of its modules (before Linux 5.11)")
        for member in wanted:
            name = prefix + other_names.get(member.name, member.name)
            found = types.member(struct, "id" if member.name == "id" else name)
            size = 8 if member.name == "cookie_low" else member.size
            assert (found.offset, found.size) == (member.offset, size), name


def test_a_kernel_that_has_trampolines_lets_members_be_read_by_type() -> None:
    program = Program(find_bcc.load(), ProbeChoice())
    try:
        ways = {hook.how for hook in program.source.hooks if hook.point.concern == "waits.c"}
        if ways != {"fentry", "fexit"}:
            pytest.skip(f"this kernel has {', '.join(sorted(ways))} there")
        assert program.source.typed, "reading through calls costs a chunk three times as much"
    finally:
        program.close()
