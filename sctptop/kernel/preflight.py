"""Why SCTP cannot be watched on this host, and the command that helps."""

from __future__ import annotations

import os
from pathlib import Path

PROC_SCTP = Path("/proc/thread-self/net/sctp")


def missing_sctp(modules: Path = Path("/lib/modules"), folder: Path = PROC_SCTP) -> str | None:
    """None when the kernel runs SCTP; else one line with the remedy.

    A module that is not loaded is told from a kernel that was built without it. We load nothing ourselves:
    an observer does not change the host.
    """
    if folder.is_dir():
        return None
    if not Path("/proc/thread-self/net").is_dir():
        return "off: /proc is not mounted (try: sudo mount -t proc proc /proc)"
    release = os.uname().release
    listed = modules / release / "modules.dep"
    try:
        known = "/sctp.ko" in listed.read_text("utf-8", "replace")
    except OSError:
        return f"off: kernel {release} shows no SCTP and its modules are not here (try: modprobe sctp on the host)"
    if known:
        return "off: the sctp module is not loaded (try: sudo modprobe sctp)"
    return f"off: kernel {release} was built without SCTP (try: a distribution kernel that has it)"
