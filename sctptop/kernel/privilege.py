"""What we may do here, and what forbids it."""

from __future__ import annotations

import re
from pathlib import Path

STATUS = Path("/proc/thread-self/status")
UID_MAP = Path("/proc/thread-self/uid_map")
LOCKDOWN = Path("/sys/kernel/security/lockdown")

SYS_MODULE, SYS_ADMIN, PERFMON, BPF = 16, 21, 38, 39
"""Bits of the capabilities, include/uapi/linux/capability.h."""


def effective_capabilities(status: Path = STATUS) -> int:
    """The bit mask CapEff of the calling thread; 0 when it cannot be read."""
    try:
        for line in status.read_text().splitlines():
            if line.startswith("CapEff:"):
                return int(line.split()[1], 16)
    except (OSError, ValueError, IndexError):
        pass
    return 0


def missing_for_probes(
    status: Path = STATUS, lockdown: Path = LOCKDOWN, uid_map: Path = UID_MAP
) -> str | None:
    """Why the kernel will let us load no probe, with the remedy; None when it will."""
    return missing_rights(status, uid_map) or locked_down(lockdown)


def missing_rights(status: Path = STATUS, uid_map: Path = UID_MAP) -> str | None:
    """Which capabilities probes lack, with the remedy; None when they have them."""
    held = effective_capabilities(status)
    if not held >> SYS_ADMIN & 1 and not (held >> BPF & 1 and held >> PERFMON & 1):
        return "needs root, or CAP_BPF and CAP_PERFMON (try: sudo sctptop)"
    if in_user_namespace(uid_map):
        return "root of a user namespace may load no probes (try: sudo sctptop  # on the host itself)"
    return None


def in_user_namespace(uid_map: Path = UID_MAP) -> bool:
    """Whether our capabilities are those of a user namespace, as in a rootless container: BPF does not take them."""
    try:
        return uid_map.read_text().split() != ["0", "0", str(2**32 - 1)]
    except OSError:
        return False


def locked_down(lockdown: Path = LOCKDOWN) -> str | None:
    """How kernel lockdown forbids probes, with the remedy; None when it does not."""
    if lockdown_mode(lockdown) != "confidentiality":
        return None
    return (
        "kernel lockdown in confidentiality mode forbids reading kernel memory "
        "(try: boot with lockdown=integrity)"
    )


def lockdown_mode(lockdown: Path = LOCKDOWN) -> str | None:
    """none, integrity or confidentiality; None where the kernel has no lockdown, or does not show it."""
    try:
        match = re.search(r"\[(\w+)\]", lockdown.read_text("ascii", "replace"))
    except OSError:
        return None
    return match[1] if match else None
