"""What the kernel refuses, as it loads or as it attaches it, has a kprobe in its place, and the program is whole."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from sctptop.kernel.program import program as program_module
from sctptop.kernel.program.bpf.bpf_calls import MapShape
from sctptop.kernel.program.bpf.btf import FunctionType
from sctptop.kernel.program.compiling import NoProbes
from sctptop.kernel.program.entry_points import Hook
from sctptop.kernel.program.kept.instructions import Instructions
from sctptop.kernel.program.kept.program import Kept, decoded, encoded
from sctptop.kernel.program.kept.restoring import Restored
from sctptop.kernel.program.kept.store import Keeper
from sctptop.kernel.program.points import ProbeChoice
from sctptop.kernel.program.program import Program
from sctptop.kernel.program.program_source import ProbeSource, from_btf
from sctptop.kernel.program.trampolines import Trampoline
from tests.unit.kernel.program.test_program_source import Types

NOT_SUPPORTED = OSError(524, "Unknown error 524")


@dataclass
class FakeKernel:
    """Refuses to load functions of ours, or to attach those to ``unattached`` of its own; None: any of them."""

    unloaded: frozenset[str] = frozenset()
    unattached: frozenset[str] | None = frozenset()
    by_type: bool = True
    unkept: frozenset[str] = frozenset()
    """Kept functions that it does not take."""
    made: list[ProbeSource] = field(default_factory=list)
    """Sources read from its types, or kept."""
    compiled: list[str] = field(default_factory=list)

    def source(self, choice: ProbeChoice, btf: object, **more: Any) -> tuple[ProbeSource, bool]:
        refused: Mapping[str, str] = dict(more["refused"])
        self.made.append(from_btf(Types(), choice, None, refused))
        return self.made[-1], False

    def load(self, name: str, code: bytes, at: str, function: FunctionType) -> Trampoline:
        if name in self.unloaded or (name == "at_read" and self.made[-1].typed and not self.by_type):
            raise OSError(errno.EACCES, "R1 pointer arithmetic prohibited")
        return Trampoline(-1)

    def load_plain(self, kind: int, name: str, code: bytes, version: int) -> int:
        if name in self.unkept:
            raise OSError(errno.EINVAL, "unknown opcode")
        return -1

    def restored(self, kept: Kept, bpf: Any) -> Restored:
        self.made.append(kept.source)
        bpf.funcs.clear()
        maps = dict.fromkeys(kept.tables, -1)
        return Restored(bpf, maps, {name: one.bound(maps) for name, one in kept.functions.items()})

    def compile(self, text: str, bpf: Any) -> Any:
        self.compiled.append(text)
        bpf.funcs.clear()
        return bpf

    def close(self) -> None:
        pass


def attached(monkeypatch: pytest.MonkeyPatch, kernel: FakeKernel, store: Keeper | None = None) -> Program:
    """A program on that kernel, attached, with a BCC that does all that it is asked."""
    lib = SimpleNamespace(bpf_function_start=lambda *_: 1, bpf_function_size=lambda *_: 8)
    lib.bpf_table_fd, lib.bpf_module_kern_version = lambda *_: 3, lambda _: 0
    bpf = SimpleNamespace(module=None, cleanup=lambda: None, funcs={})
    for name in ("load_func", "attach_kprobe", "attach_kretprobe", "attach_raw_tracepoint"):
        setattr(bpf, name, lambda *_, **__: None)
    function = lambda _bpf, _name, number: SimpleNamespace(fd=number)  # noqa: E731
    bcc: Any = SimpleNamespace(lib=lib, BPF=SimpleNamespace(RAW_TRACEPOINT=17, KPROBE=2, Function=function))
    monkeypatch.setattr(program_module, "source_here", kernel.source)
    monkeypatch.setattr(program_module, "compiled", lambda _bcc, text, _headers: kernel.compile(text, bpf))
    monkeypatch.setattr(program_module, "restored", lambda _bcc, kept: kernel.restored(kept, bpf))
    monkeypatch.setattr(program_module, "identity", lambda *_: "here")
    shape = MapShape(1, 8, 8, 16, 0)
    monkeypatch.setattr("sctptop.kernel.program.kept.tables.map_shape", lambda _: shape)
    monkeypatch.setattr("sctptop.kernel.program.kept.instructions.load_plain", kernel.load_plain)
    monkeypatch.setattr(program_module, "Kernel", lambda: kernel)
    monkeypatch.setattr("ctypes.string_at", lambda *_: b"\x95" + bytes(7))
    monkeypatch.setattr("atexit.unregister", lambda _: None)

    def attach(trampoline: Trampoline) -> None:
        hooks = {hook.point: hook for hook in kernel.made[-1].hooks}
        targets = {id(one): hooks[point].point.target for point, one in program._trampolines.items()}
        target = targets[id(trampoline)]
        if kernel.unattached is None or target in kernel.unattached:
            raise NOT_SUPPORTED

    monkeypatch.setattr(Trampoline, "attach", attach)
    program = Program(bcc, ProbeChoice(), store=store)
    program.attach()
    assert all(state.on for state in program.points)
    return program


def ways(program: Program) -> dict[str, str]:
    return {state.point.function: state.how for state in program.points}


def test_all_that_can_be_are_trampolines(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ways(attached(monkeypatch, kernel := FakeKernel()))
    assert len(kernel.made) == 1 and kernel.made[0].typed
    assert (found["at_read"], found["at_arrival"], found["backbeat"]) == ("fentry", "fexit", "kretprobe")


def test_a_verifier_that_does_not_read_by_type_keeps_its_trampolines(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ways(attached(monkeypatch, kernel := FakeKernel(by_type=False)))
    assert [source.typed for source in kernel.made] == [True, False]
    assert (found["at_read"], found["at_arrival"]) == ("fentry", "fexit")


def test_one_that_is_refused_is_a_kprobe(monkeypatch: pytest.MonkeyPatch) -> None:
    program = attached(monkeypatch, FakeKernel(unloaded=frozenset({"at_lower"})))
    (state,) = (state for state in program.points if state.point.function == "at_lower")
    assert (state.how, state.why) == ("kprobe", "R1 pointer arithmetic prohibited")
    assert ways(program)["at_read"] == "fentry"


def test_one_that_is_loaded_and_not_attached_is_a_kprobe(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = FakeKernel(unattached=frozenset({"sctp_retransmit"}))
    found = ways(attached(monkeypatch, kernel))
    assert (found["at_retransmit"], found["at_read"]) == ("kprobe", "fentry")


def test_a_kernel_that_attaches_none_has_kprobes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    program = attached(monkeypatch, kernel := FakeKernel(unattached=None))
    assert len(kernel.made) == 2
    assert set(ways(program).values()) == {"kprobe", "kretprobe", "tracepoint"}
    assert {state.why for state in program.points if state.point.function == "at_read"} == {
        "Unknown error 524"
    }


def test_a_kernel_that_refuses_again_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = FakeKernel(unattached=None)
    source = kernel.source
    monkeypatch.setattr(FakeKernel, "source", lambda self, *a, **k: source(*a, **{**k, "refused": {}}))
    with pytest.raises(NoProbes, match="the kernel refused a trampoline: Unknown error 524"):
        attached(monkeypatch, kernel)


class Memory(Keeper):
    """A store without a file."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def find(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def keep(self, key: str, content: bytes) -> None:
        self.kept[key] = content

    def forget(self, key: str) -> None:
        del self.kept[key]


def test_what_one_start_compiled_the_next_one_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Memory()
    first = attached(monkeypatch, kernel := FakeKernel(), store)
    assert kernel.compiled == [kernel.made[0].text] and not first.from_kept
    second = attached(monkeypatch, again := FakeKernel(), store)
    assert not again.compiled and second.from_kept
    assert again.made == kernel.made
    assert ways(second) == ways(first)


def test_what_the_kernel_does_not_take_is_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Memory()
    attached(monkeypatch, FakeKernel(), store)
    program = attached(monkeypatch, kernel := FakeKernel(unkept=frozenset({"kprobe_at_t3_expiry"})), store)
    assert kernel.compiled == [kernel.made[1].text] and not program.from_kept
    assert len(store.kept) == 1


def test_a_trampoline_that_is_not_taken_any_more_is_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Memory()
    attached(monkeypatch, FakeKernel(), store)
    program = attached(monkeypatch, FakeKernel(unloaded=frozenset({"at_lower"})), store)
    assert not program.from_kept and ways(program)["at_lower"] == "kprobe"


def test_one_that_is_loaded_and_not_attached_any_more_is_compiled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Memory()
    attached(monkeypatch, FakeKernel(), store)
    program = attached(monkeypatch, FakeKernel(unattached=frozenset({"sctp_retransmit"})), store)
    assert not program.from_kept and ways(program)["at_retransmit"] == "kprobe"
    assert attached(monkeypatch, FakeKernel(), store).from_kept


def test_a_bcc_that_attaches_nothing_without_its_module_compiles_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Memory()
    attached(monkeypatch, FakeKernel(), store)
    attach = Program._attach

    def refusing(program: Program, hook: Hook) -> str | None:
        return "no attribute" if program.from_kept else attach(program, hook)

    monkeypatch.setattr(Program, "_attach", refusing)
    program = attached(monkeypatch, kernel := FakeKernel(), store)
    assert not program.from_kept and len(kernel.compiled) == 1


def test_what_lacks_a_function_or_names_another_map_is_compiled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Memory()
    attached(monkeypatch, FakeKernel(), store)
    whole = store.kept["here"]
    kept = decoded(whole, ProbeChoice())
    assert kept is not None
    for spoilt in (
        dict(list(kept.functions.items())[1:]),
        {**kept.functions, "fentry_at_read": Instructions(bytes(8), ((0, "gone"),))},
    ):
        store.kept["here"] = encoded(replace(kept, functions=spoilt), ProbeChoice())
        assert not attached(monkeypatch, FakeKernel(), store).from_kept
        assert store.kept["here"] == whole


def test_a_program_that_lacks_a_point_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Memory()
    monkeypatch.setattr(Program, "_attach", lambda *_: "this kernel has no such function to attach to")
    with pytest.raises(AssertionError):
        attached(monkeypatch, FakeKernel(), store)
    assert not store.kept
