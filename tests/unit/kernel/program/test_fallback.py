"""What the kernel refuses, as it loads or as it attaches it, has a kprobe in its place, and the program is whole."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from sctptop.kernel.program import program as program_module
from sctptop.kernel.program.btf import FunctionType
from sctptop.kernel.program.compiling import NoProbes
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
    made: list[ProbeSource] = field(default_factory=list)

    def source(self, choice: ProbeChoice, btf: object, **more: Any) -> tuple[ProbeSource, bool]:
        refused: Mapping[str, str] = more["refused"]
        self.made.append(from_btf(Types(), choice, None, refused))
        return self.made[-1], False

    def load(self, name: str, code: bytes, at: str, function: FunctionType) -> Trampoline:
        if name in self.unloaded or (name == "at_read" and self.made[-1].typed and not self.by_type):
            raise OSError(errno.EACCES, "R1 pointer arithmetic prohibited")
        return Trampoline(-1)

    def close(self) -> None:
        pass


def attached(monkeypatch: pytest.MonkeyPatch, kernel: FakeKernel) -> Program:
    """A program on that kernel, attached, with a BCC that does all that it is asked."""
    lib = SimpleNamespace(bpf_function_start=lambda *_: 1, bpf_function_size=lambda *_: 8)
    bpf = SimpleNamespace(module=None, cleanup=lambda: None, funcs={})
    for name in ("load_func", "attach_kprobe", "attach_kretprobe", "attach_raw_tracepoint"):
        setattr(bpf, name, lambda *_, **__: None)
    bcc: Any = SimpleNamespace(lib=lib, BPF=SimpleNamespace(RAW_TRACEPOINT=17, KPROBE=2))
    monkeypatch.setattr(program_module, "source_here", kernel.source)
    monkeypatch.setattr(program_module, "compiled", lambda *_: bpf)
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
    program = Program(bcc, ProbeChoice())
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
