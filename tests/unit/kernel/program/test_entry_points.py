"""How each point is reached, and the C that hands over what the kernel calls it with."""

from __future__ import annotations

import pytest

from sctptop.kernel.program.bpf.btf import FunctionType
from sctptop.kernel.program.entry_points import Hook, bodies, entry_points
from sctptop.kernel.program.points import Point
from sctptop.kernel.program.program_source import from_btf, from_headers
from sctptop.kernel.program.trampolines import ALL, how
from tests.unit.kernel.program.test_program_source import Types

ENTRY = Point("sctp_outq_tail", "entry", "handed", "waits.c", "")
RETURN = Point("sctp_ulpevent_make_rcvmsg", "return", "came", "waits.c", "")
PLAIN, UNION = FunctionType(9, 3, False, True), FunctionType(9, 6, True, True)


@pytest.mark.parametrize(
    ("point", "function", "refused", "way", "why"),
    [
        (ENTRY, PLAIN, {}, "fentry", ""),
        (RETURN, PLAIN, {}, "fexit", ""),
        (ENTRY, UNION, {}, "kprobe", "has a union or struct among its arguments"),
        (RETURN, UNION, {}, "kretprobe", "has a union or struct among its arguments"),
        (ENTRY, None, {}, "kprobe", "not among the functions of the kernel's BTF"),
        (ENTRY, PLAIN, {"sctp_outq_tail": "too complex"}, "kprobe", "too complex"),
        (RETURN, PLAIN, {"sctp_outq_tail": "too complex"}, "fexit", ""),
        (RETURN, PLAIN, {ALL: "not supported here"}, "kretprobe", "not supported here"),
        (Point("sctp_probe", "tracepoint", "seen", "", ""), None, {ALL: "x"}, "tracepoint", ""),
    ],
)
def test_a_trampoline_wherever_the_kernel_has_one(
    point: Point, function: FunctionType | None, refused: dict[str, str], way: str, why: str
) -> None:
    assert how(point, function, refused) == (way, why)


def test_arguments_come_from_an_array_or_from_registers() -> None:
    known = bodies(["INLINE int handed(void *ctx, void *queue, u32 size)\n{\n"])
    assert known == {"handed": ("void *", "u32")}
    direct = entry_points([Hook(ENTRY, "fentry", function=PLAIN)], known)
    assert "int fentry_handed(u64 *ctx)" in direct
    assert "handed(ctx, (void *)ctx[0], (u32)ctx[1])" in direct
    trapped = entry_points([Hook(ENTRY, "kprobe")], known)
    assert "handed(ctx, (void *)PT_REGS_PARM1(ctx), (u32)PT_REGS_PARM2(ctx))" in trapped


def test_what_a_function_returns_stands_behind_all_its_arguments() -> None:
    known = bodies(["INLINE int came(void *ctx, u64 returned, u64 since, void *asoc)\n{\n"])
    text = entry_points([Hook(RETURN, "fexit", function=PLAIN)], known)
    assert "came(ctx, ctx[3], 0, (void *)ctx[0])" in text


def test_a_return_by_kprobe_remembers_its_entry() -> None:
    known = bodies(["INLINE int came(void *ctx, u64 returned, u64 since, void *asoc)\n{\n"])
    text = entry_points([Hook(RETURN, "kretprobe")], known)
    assert "int call_came(struct pt_regs *ctx)" in text and "int kretprobe_came(struct pt_regs *ctx)" in text
    without = bodies(["INLINE int came(void *ctx, u64 returned, u64 since)\n{\n"])
    assert "call_came" not in entry_points([Hook(RETURN, "kretprobe")], without)


def test_one_function_serves_all_its_points() -> None:
    hooks = from_btf(Types()).hooks
    text = from_btf(Types()).text
    assert sum(hook.point.function == "end_abort_received" for hook in hooks) == 6
    assert text.count("int kprobe_end_abort_received(") == 1


def test_every_function_that_the_kernel_calls_is_written_once() -> None:
    for source in (from_btf(Types()), from_headers()):
        for name in {hook.name for hook in source.hooks}:
            assert source.text.count(f"int {name}(") == 1, name


def test_without_types_all_are_kprobes_and_say_so() -> None:
    ways = {hook.how for hook in from_headers().hooks}
    assert ways == {"kprobe", "kretprobe", "tracepoint"}
    assert all(hook.why for hook in from_headers().hooks if hook.how != "tracepoint")
