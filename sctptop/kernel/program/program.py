"""One loaded probe program: compiled by BCC, attached where this kernel has what it needs."""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from sctptop.kernel.program.bpf import maps
from sctptop.kernel.program.bpf.btf import BTF_FOLDER, FunctionType
from sctptop.kernel.program.compiling import NoProbes, compiled, source_here, why_not_attached
from sctptop.kernel.program.entry_points import Hook
from sctptop.kernel.program.event_buffers import Buffers, NoBuffers, hand_over, open_buffers
from sctptop.kernel.program.kept.identity import identity
from sctptop.kernel.program.kept.instructions import Unknown, compiled_function, load_functions
from sctptop.kernel.program.kept.program import decoded, encoded
from sctptop.kernel.program.kept.restoring import Restored, restored, to_keep
from sctptop.kernel.program.kept.store import Keeper
from sctptop.kernel.program.leaving import Leaver, clean_up, leave
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
        self._restored: Restored | None = None
        self._key = identity(self._version, choice, room, btf) if store is not None else None
        try:
            if not self._take_kept():
                self._compile()
        except BaseException:
            self.close()
            raise
        self.compile_s = time.monotonic() - started

    def _source(self) -> tuple[ProbeSource, bool]:
        return source_here(self._choice, self._btf, refused=self._refused, room=self._room)

    def _compile(self) -> None:
        """Where the kernel refuses a trampoline the program is made again: with members read another way, then with
        a kprobe in its place."""
        while True:
            self.source, self.needs_headers = self._source()
            self._bpf = compiled(self._bcc, self.source.text, None if self.needs_headers else folder())
            refused = self._load_trampolines(lambda name: compiled_function(self._bcc, self._bpf, name))
            if not refused:
                return
            if self.source.typed:
                refused = {BY_TYPE: next(iter(refused.values()))}
            self._without(refused)

    def _take_kept(self) -> bool:
        """Go on with what an earlier start compiled, where it is kept and the kernel takes it."""
        content = self._store.find(self._key) if self._store is not None and self._key else None
        kept = decoded(content, self._choice) if content is not None else None
        if self._store is None or self._key is None or kept is None:
            return False
        self.source, self.needs_headers = kept.source, False
        try:
            self._restored = restored(self._bcc, kept)
            self._bpf, code = self._restored.bpf, self._restored.code
            refused = self._load_trampolines(code.__getitem__)
            plain = [hook for hook in self.source.hooks if hook.point not in self._trampolines]
            kinds = {name: hook.how == "tracepoint" for hook in plain for name in self.source.functions(hook)}
            load_functions(self._bcc, self._bpf, kinds, code, kept.version)
        except (OSError, LookupError, Unknown, AttributeError, TypeError):
            refused = {ALL: "what is kept does not fit"}
        self.from_kept = not refused
        if refused:
            self._forget()
        return self.from_kept

    def _forget(self) -> None:
        """The kernel does not take what is kept, or not all of it."""
        if self._store is not None and self._key is not None:
            self._store.forget(self._key)
        self.close()
        self.from_kept = False

    def _keep(self) -> None:
        """Keep it for the next start. A program that cannot be kept runs all the same."""
        if self._store is not None and self._key is not None:
            with contextlib.suppress(OSError, Unknown):
                self._store.keep(self._key, encoded(to_keep(self._bcc, self._bpf, self.source), self._choice))

    def _without(self, refused: Mapping[str, str]) -> None:
        """Go on without what the kernel refused. Raises NoProbes where it did so before."""
        self.close()
        if not refused.keys() - self._refused.keys():
            raise NoProbes(f"the kernel refused a trampoline: {next(iter(refused.values()))}")
        self._refused |= refused

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
            if self.from_kept:
                self._forget()
            else:
                self._without(refused)
            self._compile()
        self.points = self._attached()
        if self.from_kept and not all(state.on for state in self.points):
            self._forget()
            self._compile()
            return self.attach()
        if not self.from_kept and all(state.on for state in self.points):
            self._keep()
        return self.points

    def _attached(self) -> tuple[PointState, ...]:
        hooks = {hook.point: hook for hook in self.source.hooks}
        states = []
        for point in points(self._choice):
            hook = hooks.get(point)
            if hook is None:
                states.append(PointState(point, self.source.left_out.get(point.concern)))
            else:
                states.append(PointState(point, self._attach(hook), hook.how, hook.why))
        return tuple(states)

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
        hit = [point for point in self._trampolines if point.each_packet]
        # Each takes tenths of a second: those that each chunk hits go first.
        hit.sort(key=lambda point: point.concern != "waits.c")
        links = [self._trampolines[point].detached() for point in hit]
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
                return why_not_attached(str(error), said())
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
        if self._restored is not None:
            return self._restored.maps[name]
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
        made, self._restored = self._restored, None
        if bpf is not None:
            clean_up(bpf, len(self.points))
        if made is not None:
            made.close()
