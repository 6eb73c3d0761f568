"""One loaded probe program: compiled by BCC, attached where this kernel has what it needs."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from sctptop.kernel.program import maps
from sctptop.kernel.program.btf import BTF_FOLDER, FunctionType
from sctptop.kernel.program.compiling import NoProbes, compiled, source_here
from sctptop.kernel.program.entry_points import Hook
from sctptop.kernel.program.event_buffers import Buffers, NoBuffers, hand_over, open_buffers
from sctptop.kernel.program.kept.instructions import (
    Unknown,
    bound_here,
    compiled_function,
    load_functions,
    unbound_here,
)
from sctptop.kernel.program.kept.store import Keeper
from sctptop.kernel.program.leaving import Leaver, leave
from sctptop.kernel.program.points import Point, ProbeChoice, points
from sctptop.kernel.program.program_source import BY_TYPE, PATHS, ProbeSource, folder
from sctptop.kernel.program.trampolines import ALL, Kernel, Trampoline
from sctptop.standard_streams import captured_stderr


@dataclass(frozen=True, slots=True)
class PointState:
    """An attach point, how it is reached, and ``why`` no better; ``refused`` is why our function is not there."""

    point: Point
    refused: str | None = None
    how: str = ""
    why: str = ""
    cost: maps.Cost | None = None

    @property
    def on(self) -> bool:
        """Whether our function is there."""
        return self.refused is None


class Program:
    """Compiled at once; ``attach`` puts it in place. Used by one thread."""

    def __init__(
        self,
        bcc: ModuleType,
        choice: ProbeChoice,
        btf: Path = BTF_FOLDER,
        room: int = PATHS,
        store: Keeper | None = None,
    ) -> None:
        """``room`` for so many paths; ``store`` keeps what is compiled. Raises NoProbes where none can be."""
        started = time.monotonic()
        self._bcc, self._choice, self._btf, self._room = bcc, choice, btf, room
        self._store, self.from_kept = store, False
        self._version = str(getattr(bcc, "__version__", ""))
        self._bpf: Any = None
        self._descriptors: dict[str, int] = {}
        self._kernel = Kernel()
        self._trampolines: dict[Point, Trampoline] = {}
        self.points: tuple[PointState, ...] = ()
        self.buffers: Buffers | None = None
        self._refused: dict[str, str] = {}
        self._leaver = Leaver()
        self.source, self.needs_headers = self._source({})
        try:
            self._compile()
        except BaseException:
            self.close()
            raise
        self.compile_s = time.monotonic() - started

    def _source(self, refused: Mapping[str, str]) -> tuple[ProbeSource, bool]:
        return source_here(self._choice, self._btf, refused=refused, room=self._room)

    def _compile(self) -> None:
        """Where the kernel refuses a trampoline the program is made again: with members read another way, then with
        a kprobe in its place."""
        while not self._take_kept():
            self._bpf = self._compiled(self.source.text)
            refused = self._load_trampolines(lambda name: compiled_function(self._bcc, self._bpf, name))
            if not refused:
                return
            if self.source.typed:
                refused = {BY_TYPE: next(iter(refused.values()))}
            self._without(refused)

    def _compiled(self, text: str) -> Any:
        return compiled(self._bcc, text, None if self.needs_headers else folder())

    def _take_kept(self) -> bool:
        """Go on with what an earlier start compiled from this text, where it is kept and the kernel takes it."""
        text = self.source.text
        kept = self._store.find(self._version, text) if self._store is not None else None
        if self._store is None or kept is None:
            return False
        self._bpf = self._compiled(self.source.tables)
        try:
            code = bound_here(self._bcc, self._bpf, text, kept)
            refused = self._load_trampolines(code.__getitem__)
            plain = [hook for hook in self.source.hooks if hook.point not in self._trampolines]
            kinds = {name: hook.how == "tracepoint" for hook in plain for name in self.source.functions(hook)}
            load_functions(self._bcc, self._bpf, kinds, code)
        except (OSError, KeyError, Unknown):
            refused = {ALL: "what is kept does not fit"}
        self.from_kept = not refused
        if refused:
            self._store.forget(self._version, text)
            self.close()
        return self.from_kept

    def _keep(self) -> None:
        """Keep the instructions for the next start. A program that cannot be kept runs all the same."""
        if self._store is not None:
            names = {name for hook in self.source.hooks for name in self.source.functions(hook)}
            with contextlib.suppress(OSError, Unknown):
                functions = unbound_here(self._bcc, self._bpf, self.source.text, names)
                self._store.keep(self._version, self.source.text, functions)

    def _without(self, refused: Mapping[str, str]) -> None:
        """Go on with the source that does without what the kernel refused."""
        self.close()
        if not refused.keys() - self._refused.keys():
            raise NoProbes(f"the kernel refused a trampoline: {next(iter(refused.values()))}")
        self._refused |= refused
        self.source, self.needs_headers = self._source(self._refused)

    def _direct(self) -> Iterator[tuple[Hook, FunctionType]]:
        return (
            (hook, hook.function)
            for hook in self.source.hooks
            if hook.how in ("fentry", "fexit") and hook.function is not None
        )

    def _load_trampolines(self, code: Callable[[str], bytes]) -> dict[str, str]:
        """Load all of them, with the instructions that ``code`` has by name; what the kernel refuses, by target."""
        refused = {}
        for hook, function in self._direct():
            try:
                self._trampolines[hook.point] = self._kernel.load(
                    hook.point.function, code(hook.name), hook.point.at, function
                )
            except OSError as error:
                refused[hook.point.target] = error.strerror or str(error)
        return refused

    def attach(self) -> tuple[PointState, ...]:
        """Attach all that this kernel has. Says of each point whether it is on. Raises NoProbes."""
        while refused := self._attach_trampolines():
            self._without(refused)
            self._compile()
        hooks = {hook.point: hook for hook in self.source.hooks}
        states = []
        for point in points(self._choice):
            hook = hooks.get(point)
            if hook is None:
                states.append(PointState(point, self.source.left_out.get(point.concern)))
            else:
                states.append(PointState(point, self._attach(hook), hook.how, hook.why))
        self.points = tuple(states)
        if not self.from_kept and all(state.on for state in states):
            self._keep()
        return self.points

    def _attach_trampolines(self) -> dict[str, str]:
        """Those that the kernel loads and then does not attach, as arm64 before 6.4, or one booted with ftrace off."""
        refused = {}
        for point, trampoline in self._trampolines.items():
            try:
                trampoline.attach()
            except OSError as error:
                refused[point.target] = error.strerror or str(error)
        return refused

    def take_away(self) -> None:
        """Trampolines that each packet hits, in the background: until ``put_back``. Kprobes stay."""
        links = [one.detached() for point, one in self._trampolines.items() if point.each_packet]
        self._leaver.begin(link for link in links if link is not None)

    def put_back(self) -> bool:
        """Attach them again. False while they are still being taken away, or where the kernel refuses one now."""
        return not self._leaver.busy and not self._attach_trampolines()

    def _attach(self, hook: Hook) -> str | None:
        """Why this one could not be; None when it is."""
        if hook.point in self._trampolines:
            return None
        with captured_stderr() as said:
            try:
                self._attach_by_bcc(hook)
            except Exception as error:
                return _reason(str(error), said())
        return None

    def _attach_by_bcc(self, hook: Hook) -> None:
        name, target = hook.name.encode(), hook.point.target.encode()
        if hook.how == "tracepoint":
            self._bpf.load_func(name, self._bcc.BPF.RAW_TRACEPOINT)
            self._bpf.attach_raw_tracepoint(tp=target, fn_name=name)
            return
        # BCC remembers a function that it loaded for another point.
        self._bpf.load_func(name, self._bcc.BPF.KPROBE)
        if hook.how == "kprobe":
            self._bpf.attach_kprobe(event=target, fn_name=name)
            return
        for remembering in self.source.functions(hook)[:-1]:
            self._bpf.load_func(remembering.encode(), self._bcc.BPF.KPROBE)
            self._bpf.attach_kprobe(event=target, fn_name=remembering.encode())
        self._bpf.attach_kretprobe(event=target, fn_name=name)

    def listen(self, takers: Mapping[str, Callable[[bytes], None]]) -> None:
        """Open the perf buffers of those names that the program has; each taker gets the bytes of each event of its
        buffer. Raises NoProbes."""
        told = {name: take for name, take in takers.items() if f"BPF_PERF_OUTPUT({name})" in self.source.text}
        with captured_stderr() as said:
            try:
                self.buffers = open_buffers(self._bpf, told, said)
            except NoBuffers as error:
                raise NoProbes(*error.trouble) from error

    def has(self, concern: str) -> bool:
        """Whether this C file is part of the program."""
        return concern in self.source.parts

    def poll(self, milliseconds: int) -> None:
        """Wait for events, and hand over those there are."""
        hand_over(self._bpf, milliseconds)

    def map_fd(self, name: str) -> int:
        """The descriptor of a map."""
        if name not in self._descriptors:
            # With types named BCC does not read its own description of ours, which its 0.31 gets wrong.
            table = self._bpf.get_table(name.encode(), ctypes.c_uint64, ctypes.c_uint64)
            self._descriptors[name] = table.map_fd
        return self._descriptors[name]

    def costs(self) -> tuple[PointState, ...]:
        """The points with what their functions cost so far; a function at two points counts for both together."""
        return tuple(replace(state, cost=self._cost(state)) for state in self.points)

    def _cost(self, state: PointState) -> maps.Cost | None:
        if not state.on:
            return None
        trampoline = self._trampolines.get(state.point)
        if trampoline is not None:
            return maps.cost(trampoline.program)
        hook = Hook(state.point, state.how)
        function = self._bpf.funcs.get(hook.name.encode())
        return maps.cost(function.fd) if function is not None else None

    def _close_trampolines(self, links: Iterable[int]) -> None:
        for link in links:
            os.close(link)
        for trampoline in self._trampolines.values():
            trampoline.close()
        self._trampolines.clear()

    def close(self) -> None:
        """Detach everything. Safe to call twice."""
        self._kernel.close()
        self._descriptors.clear()
        left = self._leaver.stop()
        held = [entry.link for entry in self._trampolines.values() if entry.link is not None]
        leave([*held, *left], lambda: self._close_trampolines(left))
        bpf, self._bpf = self._bpf, None
        if bpf is None:
            return
        # BCC stops at each probe that it does not find in tracefs, which `ip netns exec` hides (bpf_detach_kprobe);
        # by then it has closed and forgotten that one, so asking again goes on with the next.
        atexit.unregister(bpf.cleanup)
        with captured_stderr():
            for _ in range(2 * len(self.points) + 1):
                with contextlib.suppress(Exception):
                    bpf.cleanup()
                    break


def _reason(error: str, said: str) -> str:
    """Why a function was not attached, in one line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if "Failed to load BPF program" in error:
        refused = next((line for line in lines if "permitted" in line or "denied" in line), "")
        verifier = lines[-2] if len(lines) > 1 else ""
        return refused or f"the kernel refused the program: {verifier or error}"
    if "No such file" in said or "Invalid argument" in said:
        return "this kernel has no such function to attach to"
    return lines[-1] if lines else " ".join(error.split())
