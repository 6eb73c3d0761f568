"""Whether we look out of a container, what that hides, and which commands then go on the host."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sctptop.model.check import HINT, Check

FIRST_PID_NAMESPACE = "pid:[4026531836]"
"""PROC_PID_INIT_INO, include/linux/proc_ns.h: that of the host, which no container has."""
MARKS = (".dockerenv", "run/.containerenv", "run/systemd/container")
"""Files that Docker, podman and its kin, and systemd lay into each container."""
OF_KERNEL = ("SCTP", "sctp_diag", "lockdown", "kprobes")
ON_HOST = "# on the host itself"


def isolation(root: Path) -> list[Check]:
    """What there is to know of the container that we are in; nothing outside of one."""
    try:
        hidden = str((root / "proc/thread-self/ns/pid").readlink()) != FIRST_PID_NAMESPACE
    except OSError:
        hidden = False
    if hidden:
        found = "a container's processes alone are seen: owners and namespaces of the host's are not"
        return [Check("container", HINT, found, "start it with --pid=host; in Kubernetes hostPID: true")]
    if not contained(root):
        return []
    return [
        Check("container", HINT, "inside one, with the host's processes; kernel and modules are the host's")
    ]


def contained(root: Path) -> bool:
    """Whether some engine says that it is a container."""
    return any((root / mark).exists() for mark in MARKS)


def told_of_host(checks: list[Check]) -> list[Check]:
    """In a container, where a kernel's commands would fail or find another distribution."""
    return [
        replace(check, remedy=_on_host(check.remedy)) if check.name in OF_KERNEL and check.remedy else check
        for check in checks
    ]


def _on_host(remedy: str) -> str:
    if ON_HOST in remedy:
        return remedy
    return f"{remedy}, on the host itself" if "#" in remedy else f"{remedy}  {ON_HOST}"
