"""What we may do here, and what forbids it."""

from __future__ import annotations

from pathlib import Path

_SYS_ADMIN, _PERFMON, _BPF = 21, 38, 39
"""Bits of the capabilities, include/uapi/linux/capability.h."""


def effective_capabilities(status: Path = Path("/proc/thread-self/status")) -> int:
    """The bit mask CapEff of the calling thread; 0 when it cannot be read."""
    try:
        for line in status.read_text().splitlines():
            if line.startswith("CapEff:"):
                return int(line.split()[1], 16)
    except (OSError, ValueError, IndexError):
        pass
    return 0


def missing_for_probes(
    status: Path = Path("/proc/thread-self/status"),
    lockdown: Path = Path("/sys/kernel/security/lockdown"),
) -> str | None:
    """Why the kernel will let us load no probe, with the remedy; None when it will."""
    held = effective_capabilities(status)
    if not held >> _SYS_ADMIN & 1 and not (held >> _BPF & 1 and held >> _PERFMON & 1):
        return "needs root, or CAP_BPF and CAP_PERFMON (try: sudo sctptop)"
    try:
        mode = lockdown.read_text()
    except OSError:
        return None
    if "[confidentiality]" in mode:
        return (
            "kernel lockdown in confidentiality mode forbids reading kernel memory "
            "(try: boot with lockdown=integrity)"
        )
    return None
