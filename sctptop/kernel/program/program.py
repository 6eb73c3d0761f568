"""One loaded probe program: compiled by BCC, attached where this kernel has what it needs."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from sctptop.kernel.host.distribution import commands
from sctptop.kernel.host.memlock import UNLIMITED, limited_maps
from sctptop.kernel.program import maps
from sctptop.kernel.program.btf import BTF_FOLDER, BtfError, KernelTypes, MissingMember
from sctptop.kernel.program.event_buffers import Buffers, NoBuffers, open_buffers
from sctptop.kernel.program.libbpf import LibbpfError
from sctptop.kernel.program.points import Point, ProbeChoice, points
from sctptop.kernel.program.program_source import ALL_PROBES, ProbeSource, folder, from_btf, from_headers
from sctptop.kernel.program.records_check import mismatch
from sctptop.model.source_state import TroubleError

MODULES = Path("/lib/modules")

AGAIN = "install sctptop again"

CFLAGS = ("-Xclang", "-disable-llvm-passes")
"""BCC optimises what clang hands it (BPFModule::run_pass_manager): once is enough, and saves a sixth of the time."""


class NoProbes(TroubleError):  # noqa: N818
    """No probe can run here."""


@dataclass(frozen=True, slots=True)
class PointState:
    """An attach point; ``refused`` is why our function is not there, None where it is."""

    point: Point
    refused: str | None = None
    cost: maps.Cost | None = None

    @property
    def on(self) -> bool:
        """Whether our function is there."""
        return self.refused is None


def source_here(
    choice: ProbeChoice = ALL_PROBES, btf: Path = BTF_FOLDER, modules: Path = MODULES
) -> tuple[ProbeSource, bool]:
    """The program for this kernel, and whether it needs kernel headers. Raises NoProbes."""
    try:
        with KernelTypes(folder=btf) as types:
            if types.knows("sctp_transport"):
                return from_btf(types, choice), False
        trouble = f"this kernel's BTF does not tell the types of its sctp module: no {btf / 'sctp'}"
    except MissingMember as error:
        raise NoProbes(f"{error}, so no probe can read it") from error
    except BtfError as error:
        trouble = str(error)
    except LibbpfError as error:
        trouble = error.trouble.reason
    if headers(modules) is not None:
        return from_headers(choice), True
    raise NoProbes(f"{trouble}, and its headers are not installed either", commands().headers)


def headers(modules: Path = MODULES) -> Path | None:
    """Where the headers of the running kernel are, None when they are not installed."""
    place = modules / _release() / "build"
    return place if (place / "include").is_dir() else None


def _release() -> str:
    return os.uname().release


def compiled(bcc: ModuleType, text: str, headers: Path | None) -> Any:
    """BCC's object for a C text, with ``headers`` instead of the kernel's. Raises NoProbes when it does not compile."""
    with _kernel_source(headers), captured_stderr() as said:
        try:
            return bcc.BPF(text=text.encode(), cflags=list(CFLAGS))
        except Exception as error:
            if differs := mismatch(said()):
                why = f"the C of the probes is not what sctptop reads: {differs}"
                raise NoProbes(why, AGAIN) from error
            limit = limited_maps(_release())
            if limit is not None and "could not open bpf map" in said():
                raise NoProbes(
                    f"this kernel lets us lock {limit} KiB, too little for the maps", UNLIMITED
                ) from error
            why = first_error(said()) or str(error)
            raise NoProbes(f"BCC could not compile the probes: {why}") from error


class Program:
    """Compiled at once; ``attach`` puts it in place. Used by one thread."""

    def __init__(self, bcc: ModuleType, choice: ProbeChoice, btf: Path = BTF_FOLDER) -> None:
        """Raises NoProbes when there is no source for this kernel or BCC does not compile it."""
        started = time.monotonic()
        self.source, self.needs_headers = source_here(choice, btf)
        self._bcc = bcc
        self._choice = choice
        self._bpf: Any = None
        self._descriptors: dict[str, int] = {}
        self._bpf = compiled(bcc, self.source.text, None if self.needs_headers else folder())
        self.compile_s = time.monotonic() - started
        self.points: tuple[PointState, ...] = ()
        self.buffers: Buffers | None = None

    def attach(self) -> tuple[PointState, ...]:
        """Attach all that this kernel has. Says of each point whether it is on."""
        states = []
        for point in points(self._choice):
            left_out = self.source.left_out.get(point.concern)
            states.append(PointState(point, left_out or self._attach(point)))
        self.points = tuple(states)
        return self.points

    def _attach(self, point: Point) -> str | None:
        """Why this one could not be; None when it is."""
        raw = point.how == "raw_tracepoint"
        kind = self._bcc.BPF.RAW_TRACEPOINT if raw else self._bcc.BPF.KPROBE
        name, target = point.function.encode(), point.target.encode()
        with captured_stderr() as said:
            try:
                # BCC remembers a function that it loaded for another point.
                self._bpf.load_func(name, kind)
                if raw:
                    self._bpf.attach_raw_tracepoint(tp=target, fn_name=name)
                elif point.how == "kprobe":
                    self._bpf.attach_kprobe(event=target, fn_name=name)
                else:
                    self._bpf.attach_kretprobe(event=target, fn_name=name)
            except Exception as error:
                return _reason(str(error), said())
        return None

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
        self._bpf.perf_buffer_poll(timeout=milliseconds)
        # Those too few to wake us.
        self._bpf.perf_buffer_consume()

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
        function = self._bpf.funcs.get(state.point.function.encode())
        return maps.cost(function.fd) if function is not None and state.on else None

    def close(self) -> None:
        """Detach everything. Safe to call twice."""
        bpf, self._bpf = self._bpf, None
        if bpf is None:
            return
        # BCC stops at each probe that it does not find in tracefs, which `ip netns exec` hides (bpf_detach_kprobe);
        # by then it has closed and forgotten that one, so asking again goes on with the next.
        atexit.unregister(bpf.cleanup)
        with captured_stderr():
            for _ in range(len(self.points) + 1):
                with contextlib.suppress(Exception):
                    bpf.cleanup()
                    break


@contextlib.contextmanager
def _kernel_source(place: Path | None) -> Iterator[None]:
    """BCC reads headers from ``place`` instead of the kernel's (bcc's frontends/clang/kbuild_helper.cc)."""
    before = os.environ.get("BCC_KERNEL_SOURCE")
    if place is not None:
        os.environ["BCC_KERNEL_SOURCE"] = str(place)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("BCC_KERNEL_SOURCE", None)
        else:
            os.environ["BCC_KERNEL_SOURCE"] = before


@contextlib.contextmanager
def captured_stderr() -> Iterator[Callable[[], str]]:
    """Keeps what clang and libbcc print on descriptor 2 off the terminal; the function yielded returns it."""
    with tempfile.TemporaryFile() as file:
        before = os.dup(2)
        os.dup2(file.fileno(), 2)

        def said() -> str:
            file.seek(0)
            return file.read(1 << 20).decode(errors="replace")

        try:
            yield said
        finally:
            # Somebody may have given descriptor 2 back to the terminal while we were in the compiler.
            if os.path.sameopenfile(2, file.fileno()):
                os.dup2(before, 2)
            os.close(before)


def first_error(text: str) -> str:
    """The first line of a compiler's output that says error, without its place."""
    found = re.search(r"error: (.*)", text)
    return found.group(1).strip() if found else ""


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
