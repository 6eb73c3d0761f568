"""The functions that the kernel calls, one for each of ours and way: they hand over arguments and result, so that the C
of bpf/ does not know how it is reached.

Ours are ``INLINE int NAME(void *ctx, ARGUMENTS)``, on return ``INLINE int NAME(void *ctx, u64 returned, u64 since,
ARGUMENTS)``: ``since`` is CLOCK_MONOTONIC on entry, or 0 where nothing was remembered from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sctptop.kernel.program.bpf.btf import FunctionType
from sctptop.kernel.program.points import Point

_BODY = re.compile(r"^INLINE int (\w+)\(([^()]*)\)$", re.MULTILINE)
_CONTEXTS = ("void *ctx", "struct bpf_raw_tracepoint_args *ctx")
_ON_RETURN = ("u64 returned", "u64 since")


@dataclass(frozen=True, slots=True)
class Hook:
    """How a point is reached, and why no better; the kernel's function, where a trampoline needs it."""

    point: Point
    how: str
    why: str = ""
    function: FunctionType | None = None

    @property
    def name(self) -> str:
        """Of the function that the kernel calls."""
        # What a function returns stands behind its arguments, whose number is part of the text.
        number = f"_{self.result}" if self.how == "fexit" else ""
        return f"{self.how}{number}_{self.point.function}"

    @property
    def remembering(self) -> str:
        """Of the function at the entry, where the return alone does not know the arguments."""
        return f"call_{self.point.function}"

    @property
    def result(self) -> int:
        """The place of what it returns, behind its arguments."""
        return self.function.parameters if self.function is not None else 0


def bodies(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Types of the arguments of each of our functions in those files."""
    found = {}
    for text in texts:
        for name, parameters in _BODY.findall(text):
            declared = tuple(part.strip() for part in parameters.split(","))
            if declared[0] not in _CONTEXTS:
                continue
            declared = declared[1:]
            if declared[:2] == _ON_RETURN:
                declared = declared[2:]
            found[name] = tuple(re.sub(r"\w+$", "", part).strip() for part in declared)
    return found


def entry_points(hooks: Iterable[Hook], known: Mapping[str, tuple[str, ...]]) -> str:
    """The C of all of them."""
    written: dict[str, str] = {}
    for number, hook in enumerate(hooks):
        for name, text in _functions(hook, known[hook.point.function], number):
            written.setdefault(name, text)
    return "\n".join(written.values())


def _functions(hook: Hook, types: tuple[str, ...], number: int) -> Iterator[tuple[str, str]]:
    ours = hook.point.function
    if hook.how == "tracepoint":
        yield hook.name, _function(hook.name, "struct bpf_raw_tracepoint_args *ctx", f"return {ours}(ctx);")
    elif hook.how == "fentry":
        call = ", ".join(["ctx", *(f"({kind})ctx[{index}]" for index, kind in enumerate(types))])
        yield hook.name, _function(hook.name, "u64 *ctx", f"return {ours}({call});")
    elif hook.how == "fexit":
        result = f"ctx[{hook.result}]"
        arguments = [f"({kind})ctx[{index}]" for index, kind in enumerate(types)]
        call = ", ".join(["ctx", result, "0", *arguments])
        yield hook.name, _function(hook.name, "u64 *ctx", f"return {ours}({call});")
    elif hook.how == "kprobe":
        arguments = [f"({kind})PT_REGS_PARM{index}(ctx)" for index, kind in enumerate(types, 1)]
        yield (
            hook.name,
            _function(hook.name, "struct pt_regs *ctx", f"return {ours}({', '.join(['ctx', *arguments])});"),
        )
    elif not types:
        yield (
            hook.name,
            _function(
                hook.name,
                "struct pt_regs *ctx",
                f"return {ours}(ctx, PT_REGS_RC(ctx), 0);",
            ),
        )
    else:
        remembered = [
            f"call.arguments[{index}] = PT_REGS_PARM{index + 1}(ctx);" for index in range(len(types))
        ]
        yield (
            hook.remembering,
            _function(
                hook.remembering,
                "struct pt_regs *ctx",
                "struct call call = {};",
                *remembered,
                f"return remember_call(ctx, {number}, &call);",
            ),
        )
        arguments = [f"({kind})call.arguments[{index}]" for index, kind in enumerate(types)]
        call = ", ".join(["ctx", "PT_REGS_RC(ctx)", "call.ns", *arguments])
        yield (
            hook.name,
            _function(
                hook.name,
                "struct pt_regs *ctx",
                "struct call call;",
                f"return call_returns(ctx, {number}, &call) ? {ours}({call}) : 0;",
            ),
        )


def _function(name: str, parameter: str, *lines: str) -> str:
    return "\n".join([f"int {name}({parameter})", "{", *(f"\t{line}" for line in lines), "}", ""])
