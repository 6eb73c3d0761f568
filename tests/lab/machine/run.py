"""Runs a command as root on a kernel with SCTP: on this one when it can, else in a small virtual machine.

A guest sees this machine's files through a writable layer: nothing it writes stays, except its output.
As many guests run at a time as there are processors; others wait for one of them.
"""

from __future__ import annotations

import compileall
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.lab.core import ngap_templates
from tests.lab.machine import boot, daemons, kernel, terminal
from tests.lab.machine.boot import PREPARE, REPOSITORY, Processors
from tests.lab.machine.jobs import Job, Result, new_job
from tests.lab.machine.processes import Progress, watch
from tests.lab.machine.turns import exclusive
from tests.lab.problems import LabError, lab_error

__all__ = ["LabError", "Result", "has_sctp_here", "interactive", "run"]

IPPROTO_SCTP = 132
UNSHARED = [Path(name) for name in ("/", "/dev", "/proc", "/sys", "/run", "/tmp", "/var/tmp")]
"""Folders that a guest cannot have from here."""
NAMESPACES = ["unshare", "--net", "--mount", "--uts", "--fork", "--pid", "--mount-proc", "--kill-child"]


def has_sctp_here() -> bool:
    """Whether this very kernel can do SCTP and we may make namespaces on it: then no machine is needed."""
    if os.geteuid() != 0:
        return False
    modprobe = shutil.which("modprobe", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if modprobe is not None:
        command = [modprobe, "-a", "-q", "sctp", "sctp_diag", "veth", "sch_netem"]
        subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    return _speaks_sctp() and _can_unshare()


def lacks_sctp_here() -> bool:
    """Whether this kernel has no SCTP and we may make namespaces on it: then `sctp=False` needs no machine."""
    return os.geteuid() == 0 and not has_sctp_here() and not _speaks_sctp() and _can_unshare()


def _speaks_sctp() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_SCTP).close()
    except OSError:
        return False
    return True


def _can_unshare() -> bool:
    return subprocess.run([*NAMESPACES, "true"], check=False, capture_output=True).returncode == 0


def where() -> str:
    """In words, where `run` runs commands; fetches the kernel and tries KVM when that is not known yet."""
    if has_sctp_here():
        return f"here: Linux {os.uname().release}, in namespaces of its own"
    try:
        distribution = kernel.ensure()
        carrier = "KVM" if boot.kvm_works(distribution) else "emulated"
    except LabError as error:
        return f"nowhere: {error}"
    return f"virtual machine ({carrier}): Linux {distribution.release}"


def _guest() -> contextlib.AbstractContextManager[None]:
    """A turn to run a guest: one for each processor, as each is emulated by one thread."""
    return exclusive("vm", len(os.sched_getaffinity(0)))


def run(
    command: Sequence[str] | str,
    *,
    timeout: float,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    sctp: bool = True,
    show: bool = False,
    booted: kernel.Kernel | None = None,
    processors: Processors | None = None,
    shared: Path | None = None,
    silence: float | None = None,
) -> Result:
    """Runs a command (a list) or a bash script (a string) as root on an SCTP kernel and waits for it.

    `timeout`: seconds, boot included, waiting for another guest excluded. `cwd`: the repository by default.
    `sctp=False`: on a kernel where SCTP cannot be loaded. `show`: copy the output as it comes.
    `booted`: on this very kernel, `processors`: with these, and so always in a guest.
    `shared`: a folder to which a guest may write. `silence`: time-out also after so long without output.
    Raises LabError when there is no way to such a kernel; a failing command is a Result, see there.
    """
    folder = Path(cwd or REPOSITORY).resolve()
    if booted is None and processors is None and (has_sctp_here() if sctp else lacks_sctp_here()):
        with (
            exclusive("here"),
            new_job(command, where="here", cwd=folder, env=env or {}, sctp=sctp) as job,
        ):
            return _carried(_here(job), job, "here", timeout, silence, dict(os.environ), show)
    distribution = kernel.ensure()
    precompile()
    chosen = processors or boot.USUAL
    with _guest():
        kvm = boot.kvm_works(distribution) and not chosen.counted
        where = f"vm ({'kvm' if kvm else 'tcg'})"
        with new_job(command, where="vm", cwd=folder, env=env or {}, sctp=sctp, shared=shared) as job:
            carrier = boot.vng_command(booted or distribution, job, kvm=kvm, processors=chosen)
            return _carried(carrier, job, where, timeout, silence, boot.guest_environment(), show)


def _here(job: Job) -> list[str]:
    return [*NAMESPACES, "bash", str(PREPARE), str(job.folder)]


def _carried(
    carrier: list[str],
    job: Job,
    where: str,
    timeout: float,
    silence: float | None,
    env: Mapping[str, str],
    show: bool,
) -> Result:
    start = time.monotonic()
    progress = Progress(show)
    late = False
    try:
        watch(carrier, job, timeout=timeout, env=env, progress=progress, silence=silence)
    except subprocess.TimeoutExpired:
        late = True
    # A command that is told to end by the time-out may still leave an exit code: that is not its own.
    finished = job.returncode()
    code = 124 if late else 125 if finished is None else finished
    stderr = job.read("stderr")
    if late:
        seconds = time.monotonic() - start
        stderr += f"lab: time-out after {seconds:.0f} s; the console ended with:\n{progress.last_lines()}\n"
    elif finished is None:
        stderr += f"lab: the machine ended before the command did:\n{progress.last_lines()}\n"
    return Result(code, job.read("stdout"), stderr, where, time.monotonic() - start)


def carry_module(
    module: str, arguments: Sequence[str], *, timeout: float, processors: Processors | None = None
) -> int:
    """Runs a module with `--in-the-lab` and those arguments, as `run`, and shows it. Returns its exit code."""
    command = [sys.executable, "-m", module, "--in-the-lab", *arguments]
    result = run(command, timeout=timeout, show=True, processors=processors)
    if result.returncode:
        print(result.stderr[-2000:], file=sys.stderr)
    print(f"[{result.where}, {result.seconds:.0f} s]", file=sys.stderr)
    return result.returncode


_PREPARING = threading.Lock()
"""pycrate keeps what it encodes in its modules, and guests are started side by side."""


def precompile() -> None:
    """Compiles Python and encodes NGAP here, because the guest would do it twenty times slower and forget it.

    It has no network either: daemons are fetched here.
    """
    for folder in ("sctptop", "tests"):
        compileall.compile_dir(REPOSITORY / folder, quiet=2, workers=1)
    # Without pycrate here there is none in the guest either: the tests that need it will say so.
    with _PREPARING, contextlib.suppress(ImportError):
        ngap_templates.file()
    with contextlib.suppress(LabError):
        daemons.ensure()


def interactive(command: Sequence[str] | str, *, folder: Path, env: Mapping[str, str] | None = None) -> int:
    """Runs a command in the lab with this terminal as its own, size included; returns its exit code.

    It runs in `folder`, and what it writes there is there at once, and stays. Raises LabError where that cannot be.
    """
    folder = folder.resolve()
    if folder in UNSHARED:
        raise lab_error(str(folder), "a guest has its own", "call it from another folder")
    owner = folder.stat()
    known = {"PYTHONPATH": str(REPOSITORY), **(env or {})}
    if owner.st_uid:
        # As after sudo: sctptop writes as its user, whose the file then is.
        known |= {"SUDO_UID": str(owner.st_uid), "SUDO_GID": str(owner.st_gid)}
        if os.geteuid() == 0:
            print(f"lab: {folder} is not root's: it may not be written (try: without sudo)", file=sys.stderr)
    if has_sctp_here():
        with new_job(command, where="here", cwd=folder, env=known, tty=True) as job:
            done = subprocess.run(_here(job), check=False)
            code = job.returncode()
            return done.returncode if code is None else code
    distribution = kernel.ensure()
    precompile()
    with _guest():
        kvm = boot.kvm_works(distribution)
        with new_job(command, where="vm", cwd=folder, env=known, tty=True, shared=folder) as job:
            return terminal.attach(distribution, job, kvm=kvm)
