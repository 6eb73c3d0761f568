"""What this host has of what sctptop needs. Reads and asks only: loads no module and no program, changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sctptop.kernel.doctor import probe_checks, sysctls
from sctptop.kernel.doctor.isolation import ON_HOST, isolation, told_of_host
from sctptop.kernel.host import perf_event
from sctptop.kernel.host.distribution import Commands, commands
from sctptop.kernel.host.modules import Module, module
from sctptop.kernel.host.preflight import NO_PROC, absence, absent_diag
from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.bpf.libbpf import library
from sctptop.kernel.program.compiling import source_here
from sctptop.kernel.program.program_source import ProbeSource
from sctptop.kernel.reading.sockdiag import SockDiag, SockDiagError
from sctptop.model.check import BROKEN, HINT, MISSING, OK, Check
from sctptop.model.source_state import Trouble

NOBODY = (("127.0.0.1", 1), ("127.0.0.1", 1))
"""The ends of a nonexistent association: the question is only whether the kernel answers."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where to look, and whom to ask; the defaults are this host. A test brings a folder and answers of its own."""

    root: Path = Path("/")
    release: str = field(default_factory=lambda: os.uname().release)
    machine: str = field(default_factory=lambda: os.uname().machine)
    ask: Callable[[], None] = lambda: _ask()
    """Ask sctp_diag something; it is there. Raises SockDiagError."""
    bcc: Callable[[], object] = find_bcc.load
    """The module bcc. Raises NoBcc."""
    libbpf: Callable[[], object] = library
    """Raises LibbpfError."""
    source: Callable[[], tuple[ProbeSource, bool]] = lambda: source_here()
    """The program, and whether it needs headers. Raises NoProbes."""
    refused: Callable[[], Trouble | None] = perf_event.refusal
    """Why no probe may be hung on a perf event; None when it may."""

    @property
    def commands(self) -> Commands:
        """The commands of its distribution."""
        return commands(self.root, self.release, self.machine)

    @property
    def sctp(self) -> bool:
        """Whether the kernel runs SCTP in our network namespace."""
        return (self.root / "proc/thread-self/net/sctp").is_dir()


def examine(host: Host | None = None) -> list[Check]:
    """Every check of the host, in the order in which one would fix it. Raises nothing."""
    host = host or Host()
    checks = [_safely(name, check, host) for name, check in _CHECKS.items()]
    around = isolation(host.root)
    if around:
        checks = [*around, *told_of_host(checks)]
    return checks + sysctls.sysctls(host.root / "proc/sys/net/sctp")


def sctp(host: Host) -> Check:
    """Whether there is anything to watch."""
    if host.sctp:
        loaded = module("sctp", host.release, host.root) is Module.LOADED
        return Check("SCTP", OK, "module loaded" if loaded else "built into the kernel")
    if not (host.root / "proc/thread-self/net").is_dir():
        return Check("SCTP", BROKEN, *NO_PROC)
    return Check("SCTP", BROKEN, *absence(host.release, host.root, host.commands))


def _needs_modules(host: Host) -> bool:
    # A kernel that was built without SCTP has no module to load.
    return not host.sctp and module("sctp", host.release, host.root) is not Module.NOT_BUILT


def sctp_diag(host: Host) -> Check:
    """Whether sock_diag lists associations; without it there is only /proc/net/sctp."""
    trouble = absent_diag(host.release, host.root, host.commands)
    if trouble is not None:
        return Check("sctp_diag", MISSING, *trouble)
    state = module("sctp_diag", host.release, host.root)
    if state is Module.AVAILABLE:
        when = "the kernel loads it at the first reading" if host.sctp else "it comes when SCTP is there"
        return Check("sctp_diag", OK, f"not loaded yet: {when}")
    if state is Module.UNKNOWN:
        # To ask for it could load it.
        return Check(
            "sctp_diag", HINT, "not loaded; whether the kernel can load it is not seen here", _ON_HOST
        )
    if host.sctp:
        try:
            host.ask()
        except SockDiagError as error:
            return Check("sctp_diag", MISSING, *error.trouble)
    return Check("sctp_diag", OK, "module loaded" if state is Module.LOADED else "built into the kernel")


def _ask() -> None:
    diag = SockDiag()
    try:
        list(diag.look_up([NOBODY]))
    finally:
        diag.close()


def _safely(name: str, check: Callable[[Host], Check], host: Host) -> Check:
    try:
        return check(host)
    except Exception as error:
        # One check that fails must not hide the others.
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return Check(name, MISSING, f"could not be checked: {text}")


_ON_HOST = f"sudo modprobe sctp_diag  {ON_HOST}"

_CHECKS: dict[str, Callable[[Host], Check]] = {
    "SCTP": sctp,
    "sctp_diag": sctp_diag,
    "rights": lambda host: probe_checks.rights(host.root, needs_modules=_needs_modules(host)),
    "lockdown": lambda host: probe_checks.lockdown(host.root),
    "kprobes": lambda host: probe_checks.kprobes(host.root, host.release, host.commands, host.refused),
    "buffers": lambda host: probe_checks.buffers(host.root, host.release),
    "BCC": lambda host: probe_checks.bcc(host.bcc),
    "libbpf": lambda host: probe_checks.libbpf(host.libbpf),
    "BTF": lambda host: probe_checks.types(host.root, host.libbpf, host.source, host.sctp),
    "ways": lambda host: probe_checks.ways(host.libbpf, host.source),
}
