"""What is true of this host while it runs: what one has to know to read a recording of it elsewhere."""

from __future__ import annotations

import os
import socket
from pathlib import Path

SYSCTLS = Path("/proc/sys/net/sctp")


def host_facts(sysctls: Path = SYSCTLS) -> dict[str, object]:
    """Host, kernel, machine, and every net.sctp sysctl of this network namespace by name (Linux units)."""
    return {
        "host": socket.gethostname(),
        "kernel": os.uname().release,
        "machine": os.uname().machine,
        "sysctls": sctp_sysctls(sysctls),
    }


def sctp_sysctls(folder: Path) -> dict[str, str]:
    """{} where the sctp module is not loaded; a sysctl that cannot be read is left out."""
    found = {}
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return {}
    for file in files:
        try:
            found[f"net.sctp.{file.name}"] = file.read_text("ascii", "replace").strip()
        except OSError:
            continue
    return found
