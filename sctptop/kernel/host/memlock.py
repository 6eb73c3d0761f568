"""How much memory the kernel locks for the buffers of perf events, and for BPF maps.

perf_mmap (kernel/events/core.c) lets a user lock kernel.perf_event_mlock_kb KiB a processor, all his processes
together, and each process RLIMIT_MEMLOCK beyond that; CAP_IPC_LOCK, or kernel.perf_event_paranoid -1, lifts the limit.
Before Linux 5.11 BPF maps count against RLIMIT_MEMLOCK too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sctptop.kernel.host.privilege import IPC_LOCK, SYS_RESOURCE, held_capabilities

MAPS_ARE_FREE = (5, 11)
"""The first kernel that counts maps by memory cgroup alone."""
UNLIMITED = "sudo prlimit --memlock=unlimited:unlimited --pid $$"
"""Lifts the limit of the shell that it is typed into, and of what is started there."""


@dataclass(frozen=True, slots=True)
class LockedMemory:
    """In KiB; ``own`` is RLIMIT_MEMLOCK, None where there is no limit, ``each`` the share of a processor."""

    own: int | None
    each: int
    processors: int

    @property
    def allowed(self) -> int | None:
        """What buffers may take as long as nothing else of the user takes any; None: any amount."""
        return None if self.own is None else self.own + self.each * self.processors

    def remedy(self, needed: int) -> str:
        """The line that allows ``needed`` KiB a processor."""
        return f"sudo sysctl kernel.perf_event_mlock_kb={needed}"


def locked_memory(root: Path = Path("/")) -> LockedMemory | None:
    """What the host whose files are under ``root`` allows us; None where it does not show it."""
    process, kernel = root / "proc/thread-self", root / "proc/sys/kernel"
    each, own = _number(kernel / "perf_event_mlock_kb", r"\d+"), _limit(process / "limits")
    if each is None or own is None:
        return None
    free = held_capabilities(process / "status") >> IPC_LOCK & 1
    free = free or (_number(kernel / "perf_event_paranoid", r"-?\d+") or 0) < 0
    return LockedMemory(None if free or own < 0 else own, each, processors(root))


def processors(root: Path = Path("/")) -> int:
    """How many are online: each has buffers of its own."""
    try:
        text = (root / "sys/devices/system/cpu/online").read_text()
        ranges = [part.partition("-") for part in text.strip().split(",")]
        return max(sum(int(last or first) - int(first) + 1 for first, _, last in ranges), 1)
    except (OSError, ValueError):
        return 1


def limited_maps(release: str, root: Path = Path("/")) -> int | None:
    """RLIMIT_MEMLOCK in KiB where the kernel of that release counts maps against it; None where nothing limits them."""
    numbers = re.match(r"(\d+)\.(\d+)", release)
    own = _limit(root / "proc/thread-self/limits")
    if numbers is None or (int(numbers[1]), int(numbers[2])) >= MAPS_ARE_FREE or own is None or own < 0:
        return None
    # BCC lifts the limit itself where it may.
    return None if held_capabilities(root / "proc/thread-self/status") >> SYS_RESOURCE & 1 else own


def _limit(file: Path) -> int | None:
    """The soft RLIMIT_MEMLOCK in KiB, -1 for none; None when it cannot be read: proc_pid_limits(5)."""
    try:
        found = re.search(r"^Max locked memory\s+(\S+)", file.read_text(), re.MULTILINE)
    except OSError:
        return None
    if found is None or found[1] == "unlimited":
        return None if found is None else -1
    return int(found[1]) // 1024 if found[1].isdecimal() else None


def _number(file: Path, pattern: str) -> int | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if re.fullmatch(pattern, text) else None
