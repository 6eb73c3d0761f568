"""The two ends in words: a link-local address with its interface, where that is known."""

from __future__ import annotations

from typing import Any

from sctptop.fields.ends import local_end, remote_end
from sctptop.model.association import Path
from tests.unit.associations import row

LINK_LOCAL: dict[str, Any] = {
    "local_addresses": ("fe80::2", "fd00::2"),
    "remote_addresses": ("fe80::1", "fd00::1"),
    "primary": "fe80::1",
}


def test_a_link_local_address_has_the_interface_of_its_path() -> None:
    paths = (Path("fe80::1", primary=True, scope="e0"), Path("fd00::1"))
    found = row(paths=paths, **LINK_LOCAL)
    assert (local_end(found), remote_end(found)) == ("[fe80::2%e0]:38412+1", "[fe80::1%e0]:50001+1")
    assert [path.scoped for path in paths] == ["fe80::1%e0", "fd00::1"]


def test_without_a_scope_and_with_two_it_is_left_bare() -> None:
    bare = row(paths=(Path("fe80::1"), Path("fd00::1")), **LINK_LOCAL)
    assert (local_end(bare), remote_end(bare)) == ("[fe80::2]:38412+1", "[fe80::1]:50001+1")
    two = row(paths=(Path("fe80::1", scope="e0"), Path("fe80::3", scope="e1")), **LINK_LOCAL)
    assert (local_end(two), remote_end(two)) == ("[fe80::2]:38412+1", "[fe80::1%e0]:50001+1")
