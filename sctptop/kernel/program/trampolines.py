"""Trampolines: direct calls from a function of the kernel, on its entry and return (fentry, fexit).

They cost half of what a kprobe does, and miss nothing while another probe runs or a map is read. The kernel refuses
them for some functions and on some machines: what it refuses stays a kprobe, and says why.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from sctptop.kernel.program.bpf.bpf_calls import FENTRY, FEXIT, attach_tracing, load_tracing, module_btf
from sctptop.kernel.program.bpf.btf import FunctionType
from sctptop.kernel.program.points import Point

NO_BTF = "no BTF of the kernel's functions"
ALL = ""
"""In place of a target: every one."""


def how(point: Point, function: FunctionType | None, refused: Mapping[str, str]) -> tuple[str, str]:
    """How a point is reached: fentry, fexit, kprobe, kretprobe or tracepoint; and why no better, empty if it is best.

    ``refused``: targets that the kernel did not take, with its reason; under ALL what holds for every one.
    """
    if point.at == "tracepoint":
        return "tracepoint", ""
    on_entry = point.at == "entry"
    why = refused.get(ALL) or refused.get(point.target)
    if why is None and function is None:
        why = "not among the functions of the kernel's BTF"
    if why is None and function is not None and function.by_value:
        why = "has a union or struct among its arguments"
    if why is not None:
        return ("kprobe" if on_entry else "kretprobe"), why
    return ("fentry" if on_entry else "fexit"), ""


@dataclass(slots=True)
class Trampoline:
    """A loaded program, and its link while it is attached."""

    program: int
    link: int | None = None

    def attach(self) -> None:
        """Put it in place; again is nothing. Raises OSError."""
        if self.link is None:
            self.link = attach_tracing(self.program)

    def detached(self) -> int | None:
        """Its link, which whoever closes it takes it away with; it can be attached again."""
        link, self.link = self.link, None
        return link

    def close(self) -> None:
        """Take it away for good."""
        for descriptor in (self.link, self.program):
            if descriptor is not None:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
        self.link = None


@dataclass(slots=True)
class Kernel:
    """Loads trampolines for functions of one module, or of the kernel where it is built in."""

    module: str = "sctp"
    _fd: int | None = field(default=None, init=False)

    def load(self, name: str, instructions: bytes, at: str, function: FunctionType) -> Trampoline:
        """A program for the entry or the return of a function. Raises OSError."""
        kind = FENTRY if at == "entry" else FEXIT
        return Trampoline(load_tracing(name, instructions, kind, function.id, self._btf(function)))

    def _btf(self, found: FunctionType) -> int:
        if not found.in_module:
            return 0
        if self._fd is None:
            self._fd = module_btf(self.module)
        if self._fd is None:
            raise OSError(2, NO_BTF)
        return self._fd

    def close(self) -> None:
        """Give the descriptor back. Safe to call twice."""
        descriptor, self._fd = self._fd, None
        if descriptor is not None:
            os.close(descriptor)
