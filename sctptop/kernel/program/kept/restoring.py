"""A program as an earlier start kept it: its maps made, its functions bound to them; and what is kept of a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sctptop.kernel.program.kept.instructions import compiled_function, table_descriptors, unbound
from sctptop.kernel.program.kept.program import Kept
from sctptop.kernel.program.kept.tables import close_all, made, shapes, without_module
from sctptop.kernel.program.program_source import ProbeSource


@dataclass(slots=True)
class Restored:
    """``bpf``: BCC's object. ``maps``: descriptors, ours to close. ``code``: each function, bound to them."""

    bpf: Any
    maps: Mapping[str, int]
    code: Mapping[str, bytes]

    def close(self) -> None:
        """Give the maps back, which programs that use them hold. Safe to call twice."""
        close_all(self.maps.values())
        self.maps = {}


def restored(bcc: Any, kept: Kept) -> Restored:
    """Raises OSError, and Unknown where instructions name no such map."""
    maps = made(kept.tables)
    try:
        code = {name: function.bound(maps) for name, function in kept.functions.items()}
        return Restored(without_module(bcc, kept.tables, maps), maps, code)
    except BaseException:
        close_all(maps.values())
        raise


def to_keep(bcc: Any, bpf: Any, source: ProbeSource) -> Kept:
    """Of a program that BCC compiled and holds. Raises OSError, Unknown."""
    maps = table_descriptors(bcc, bpf, source.text)
    names = {number: name for name, number in maps.items()}
    wanted = {name for hook in source.hooks for name in source.functions(hook)}
    functions = {name: unbound(compiled_function(bcc, bpf, name), names) for name in sorted(wanted)}
    return Kept(source, shapes(maps), functions, int(bcc.lib.bpf_module_kern_version(bpf.module)))
