"""Why SCTP cannot be watched on this host, and the command that helps."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from sctptop.kernel.host.distribution import Commands, commands
from sctptop.kernel.host.modules import Module, barred, locked, module, other_kernels
from sctptop.model.source_state import Trouble

ROOT = Path("/")
PROC_SCTP = Path("/proc/thread-self/net/sctp")
NO_PROC = Trouble("/proc is not mounted", "sudo mount -t proc proc /proc")
LOCKED = "sudo reboot  # and load the module before modules are locked"


def missing_sctp(folder: Path = PROC_SCTP) -> Trouble | None:
    """Why the kernel runs no SCTP; None when it does.

    A module that is not loaded is distinguished from a kernel that was built without it. We load nothing ourselves:
    an observer does not change the host.
    """
    if folder.is_dir():
        return None
    if not folder.parent.is_dir():
        return NO_PROC
    return absence(os.uname().release)


def absence(release: str, root: Path = ROOT, known: Commands | None = None) -> Trouble:
    """Why the kernel of that release runs no SCTP; ``root`` is where its files are."""
    known = known or commands(root, release)
    state = module("sctp", release, root)
    if state is Module.AVAILABLE:
        return _not_loaded(root)
    if state is Module.NOT_BUILT:
        return Trouble(f"kernel {release} was built without SCTP", known.kernel)
    if state is Module.NOT_INSTALLED:
        return Trouble(f"kernel {release} has no sctp module on disk", known.sctp)
    others = other_kernels(release, root)
    if others:
        return Trouble(
            f"the modules of the running kernel {release} are gone, those of {others[-1]} are there",
            "sudo reboot  # into the kernel that is installed",
        )
    return Trouble(
        f"kernel {release} shows no SCTP and its modules are not here", "modprobe sctp on the host"
    )


def _not_loaded(root: Path) -> Trouble:
    if locked(root):
        return Trouble("the sctp module is not loaded, and kernel.modules_disabled forbids it", LOCKED)
    files = barred("sctp", root)
    if not files:
        return Trouble("the sctp module is not loaded", "sudo modprobe sctp")
    remedy = unbar([*files, *barred("sctp_diag", root)], "sctp")
    return Trouble(f"the sctp module is not loaded, and {files[0]} bars it", remedy)


def absent_diag(release: str, root: Path = ROOT, known: Commands | None = None) -> Trouble | None:
    """Why sctp_diag neither is there nor comes by itself when asked; None when it does."""
    known = known or commands(root, release)
    state = module("sctp_diag", release, root)
    if state is Module.NOT_BUILT:
        return Trouble(f"kernel {release} was built without it", known.kernel)
    if state is Module.NOT_INSTALLED:
        return Trouble(f"kernel {release} has no such module on disk", known.sctp)
    if state is Module.AVAILABLE and locked(root):
        return Trouble("not loaded, and kernel.modules_disabled forbids it", LOCKED)
    if state is Module.AVAILABLE and (files := barred("sctp_diag", root)):
        return Trouble(f"not loaded, and {files[0]} bars it", unbar(files, "sctp_diag"))
    return None


def unbar(files: Iterable[Path], name: str) -> str:
    """The line that makes comments of the rules in those files of modprobe.d that bar SCTP, and loads the module."""
    places = " ".join(dict.fromkeys(shlex.quote(str(file)) for file in files))
    return rf"sudo sed -Ei 's/^\s*(blacklist|install)\s+sctp/#&/' {places} && sudo modprobe {name}"
