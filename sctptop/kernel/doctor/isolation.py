"""Whether we look out of a container, what that hides, and which commands then go on the host."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sctptop.model.check import HINT, Check

FIRST_PID_NAMESPACE = "pid:[4026531836]"
"""PROC_PID_INIT_INO, include/linux/proc_ns.h: that of the host, which no container has."""
FIRST_OTHERS = ("ipc:[4026531839]", "uts:[4026531838]", "user:[4026531837]", "cgroup:[4026531835]")
"""Those of the host, same place. An engine leaves them all to a container only where it is told so for each."""
MARKS = (".dockerenv", "run/.containerenv", "run/systemd/container")
"""Files that Docker, podman and its kin, and systemd lay into each container."""
OF_KERNEL = ("SCTP", "sctp_diag", "lockdown", "kprobes")
ON_HOST = "# on the host itself"


def isolation(root: Path) -> list[Check]:
    """What there is to know of the container that we are in; nothing outside of one."""
    if _in_another(root, FIRST_PID_NAMESPACE):
        found = "a container's processes alone are seen: owners and namespaces of the host's are not"
        return [Check("container", HINT, found, "start it with --pid=host; in Kubernetes hostPID: true")]
    if not contained(root):
        return []
    return [
        Check("container", HINT, "inside one, with the host's processes; kernel and modules are the host's")
    ]


def contained(root: Path) -> bool:
    """Whether some engine says that it is a container: a machine made of an image keeps the mark alone."""
    return any((root / mark).exists() for mark in MARKS) and any(
        _in_another(root, first) for first in FIRST_OTHERS
    )


def _in_another(root: Path, first: str) -> bool:
    """Whether we are in another namespace than the first of that kind; no where it cannot be told."""
    try:
        return str((root / "proc/thread-self/ns" / first.partition(":")[0]).readlink()) != first
    except OSError:
        return False


def told_of_host(checks: list[Check]) -> list[Check]:
    """In a container, where a kernel's commands would fail or find another distribution."""
    return [
        replace(check, remedy=_on_host(check.remedy)) if check.name in OF_KERNEL and check.remedy else check
        for check in checks
    ]


def _on_host(remedy: str) -> str:
    if ON_HOST in remedy:
        return remedy
    return f"{remedy}, on the host itself" if " # " in remedy else f"{remedy}  {ON_HOST}"
