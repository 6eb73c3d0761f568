"""The program for this kernel: its source, and what BCC makes of it; its complaints stay off the terminal."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from sctptop.kernel.host.distribution import commands
from sctptop.kernel.host.memlock import UNLIMITED, limited_maps
from sctptop.kernel.program.bpf.btf import BTF_FOLDER, BtfError, KernelTypes, MissingMember
from sctptop.kernel.program.bpf.libbpf import LibbpfError
from sctptop.kernel.program.points import ProbeChoice
from sctptop.kernel.program.program_source import (
    ALL_PROBES,
    NO_REFUSAL,
    PATHS,
    ProbeSource,
    from_btf,
    from_headers,
)
from sctptop.kernel.program.records_check import mismatch
from sctptop.model.source_state import TroubleError
from sctptop.standard_streams import captured_stderr

MODULES = Path("/lib/modules")

AGAIN = "install sctptop again"

CFLAGS = ("-Xclang", "-disable-llvm-passes")
"""BCC optimises what clang hands it (BPFModule::run_pass_manager): once is enough, and saves a sixth of the time."""


class NoProbes(TroubleError):  # noqa: N818
    """No probe can run here."""


def source_here(
    choice: ProbeChoice = ALL_PROBES,
    btf: Path = BTF_FOLDER,
    modules: Path = MODULES,
    refused: Mapping[str, str] = NO_REFUSAL,
    room: int = PATHS,
) -> tuple[ProbeSource, bool]:
    """The program for this kernel, and whether it needs kernel headers; ``refused`` and ``room`` as from_btf has them.

    Raises NoProbes.
    """
    try:
        with KernelTypes(folder=btf) as types:
            if types.knows("sctp_transport"):
                return from_btf(types, choice, None, refused, room), False
        trouble = f"this kernel's BTF does not tell the types of its sctp module: no {btf / 'sctp'}"
    except MissingMember as error:
        raise NoProbes(f"{error}, so no probe can read it") from error
    except BtfError as error:
        trouble = str(error)
    except LibbpfError as error:
        trouble = error.trouble.reason
    if headers(modules) is not None:
        return from_headers(choice, None, room), True
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


def first_error(text: str) -> str:
    """The first line of a compiler's output that says error, without its place."""
    found = re.search(r"error: (.*)", text)
    return found.group(1).strip() if found else ""


def why_not_attached(error: str, said: str) -> str:
    """Why a function was not attached, in one line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if "Failed to load BPF program" in error:
        refused = next((line for line in lines if "permitted" in line or "denied" in line), "")
        verifier = lines[-2] if len(lines) > 1 else ""
        return refused or f"the kernel refused the program: {verifier or error}"
    if "No such file" in said or "Invalid argument" in said:
        return "this kernel has no such function to attach to"
    return lines[-1] if lines else " ".join(error.split())
