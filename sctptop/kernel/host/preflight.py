"""Why SCTP cannot be watched on this host, and the command that helps."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from sctptop.kernel.host.distribution import Commands, commands
from sctptop.kernel.host.modules import Module, barred, locked, module, other_kernels

ROOT = Path("/")
PROC_SCTP = Path("/proc/thread-self/net/sctp")
LOCKED = "sudo reboot  # and load the module before modules are locked"


def missing_sctp(folder: Path = PROC_SCTP) -> str | None:
    """None when the kernel runs SCTP; else one line with the remedy: ``off: WHY (try: FIX)``.

    A module that is not loaded is told from a kernel that was built without it. We load nothing ourselves:
    an observer does not change the host.
    """
    if folder.is_dir():
        return None
    if not folder.parent.is_dir():
        return "off: /proc is not mounted (try: sudo mount -t proc proc /proc)"
    why, remedy = absence(os.uname().release)
    return f"off: {why} (try: {remedy})"


def absence(release: str, root: Path = ROOT, known: Commands | None = None) -> tuple[str, str]:
    """Why the kernel of that release runs no SCTP, and the command that helps; ``root`` is where its files are."""
    known = known or commands(root, release)
    state = module("sctp", release, root)
    if state is Module.AVAILABLE:
        return _not_loaded(root)
    if state is Module.NOT_BUILT:
        return f"kernel {release} was built without SCTP", known.kernel
    if state is Module.NOT_INSTALLED:
        return f"kernel {release} has no sctp module on disk", known.sctp
    others = other_kernels(release, root)
    if others:
        return (
            f"the modules of the running kernel {release} are gone, those of {others[-1]} are there",
            "sudo reboot  # into the kernel that is installed",
        )
    return f"kernel {release} shows no SCTP and its modules are not here", "modprobe sctp on the host"


def _not_loaded(root: Path) -> tuple[str, str]:
    if locked(root):
        return "the sctp module is not loaded, and kernel.modules_disabled forbids it", LOCKED
    files = barred("sctp", root)
    if not files:
        return "the sctp module is not loaded", "sudo modprobe sctp"
    remedy = unbar([*files, *barred("sctp_diag", root)], "sctp")
    return f"the sctp module is not loaded, and {files[0]} bars it", remedy


def absent_diag(release: str, root: Path = ROOT, known: Commands | None = None) -> tuple[str, str] | None:
    """Why sctp_diag neither is there nor comes by itself when asked, with the remedy; None when it does."""
    known = known or commands(root, release)
    state = module("sctp_diag", release, root)
    if state is Module.NOT_BUILT:
        return f"kernel {release} was built without it", known.kernel
    if state is Module.NOT_INSTALLED:
        return f"kernel {release} has no such module on disk", known.sctp
    if state is Module.AVAILABLE and locked(root):
        return "not loaded, and kernel.modules_disabled forbids it", LOCKED
    if state is Module.AVAILABLE and (files := barred("sctp_diag", root)):
        return f"not loaded, and {files[0]} bars it", unbar(files, "sctp_diag")
    return None


def unbar(files: Iterable[Path], name: str) -> str:
    """The line that makes comments of the rules in those files of modprobe.d that bar SCTP, and loads the module."""
    places = " ".join(dict.fromkeys(shlex.quote(str(file)) for file in files))
    return rf"sudo sed -Ei 's/^\s*(blacklist|install)\s+sctp/#&/' {places} && sudo modprobe {name}"
