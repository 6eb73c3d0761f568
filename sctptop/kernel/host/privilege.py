"""What we may do here, and what forbids it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from sctptop.kernel.host import perf_event
from sctptop.kernel.host.sudo import as_root
from sctptop.model.source_state import Trouble

STATUS = Path("/proc/thread-self/status")
UID_MAP = Path("/proc/thread-self/uid_map")
LOCKDOWN = Path("/sys/kernel/security/lockdown")

DAC_READ_SEARCH, NET_ADMIN, IPC_LOCK, SYS_MODULE, SYS_PTRACE, SYS_ADMIN, SYS_RESOURCE = (
    2,
    12,
    14,
    16,
    19,
    21,
    24,
)
PERFMON, BPF = 38, 39
"""Bits of the capabilities, include/uapi/linux/capability.h."""


def missing_capabilities(held: int, needs_modules: bool) -> list[str]:
    """What the mask lacks of the capabilities that are used for more than probes: each with its use."""
    uses = (
        ("CAP_SYS_MODULE to load modules", needs_modules, (SYS_MODULE,)),
        ("CAP_SYS_ADMIN for other network namespaces", True, (SYS_ADMIN,)),
        (
            "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH for the owners of others' sockets",
            True,
            (SYS_PTRACE, DAC_READ_SEARCH),
        ),
        ("CAP_NET_ADMIN for firewall marks", True, (NET_ADMIN,)),
    )
    return [use for use, wanted, bits in uses if wanted and not all(held >> bit & 1 for bit in bits)]


def held_capabilities(status: Path = STATUS) -> int:
    """The bit mask CapPrm of the calling thread, some of which may be in effect only at times; 0 when not readable."""
    try:
        for line in status.read_text("utf-8", "replace").splitlines():
            if line.startswith("CapPrm:"):
                return int(line.split()[1], 16)
    except (OSError, ValueError, IndexError):
        pass
    return 0


def missing_for_probes(
    status: Path = STATUS,
    lockdown: Path = LOCKDOWN,
    uid_map: Path = UID_MAP,
    refused: Callable[[], Trouble | None] = perf_event.refusal,
) -> Trouble | None:
    """Why the kernel will let us load no probe; None when it will."""
    return missing_rights(status, uid_map) or locked_down(lockdown) or refused()


def missing_rights(status: Path = STATUS, uid_map: Path = UID_MAP) -> Trouble | None:
    """Which capabilities probes lack; None when they have them."""
    held = held_capabilities(status)
    if not held >> SYS_ADMIN & 1 and not (held >> BPF & 1 and held >> PERFMON & 1):
        return Trouble("needs root, or CAP_BPF and CAP_PERFMON", as_root())
    if in_user_namespace(uid_map):
        return Trouble("root of a user namespace may load no probes", "sudo sctptop  # on the host itself")
    return None


def in_user_namespace(uid_map: Path = UID_MAP) -> bool:
    """Whether our capabilities are those of a user namespace, as in a rootless container: BPF does not take them."""
    try:
        return uid_map.read_text().split() != ["0", "0", str(2**32 - 1)]
    except OSError:
        return False


def locked_down(lockdown: Path = LOCKDOWN) -> Trouble | None:
    """How kernel lockdown forbids probes; None when it does not."""
    if lockdown_mode(lockdown) != "confidentiality":
        return None
    return Trouble(
        "kernel lockdown in confidentiality mode forbids reading kernel memory",
        "boot with lockdown=integrity",
    )


def lockdown_mode(lockdown: Path = LOCKDOWN) -> str | None:
    """none, integrity or confidentiality; None where the kernel has no lockdown, or does not show it."""
    try:
        match = re.search(r"\[(\w+)\]", lockdown.read_text("ascii", "replace"))
    except OSError:
        return None
    return match[1] if match else None
