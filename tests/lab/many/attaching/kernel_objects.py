"""What sctptop has in the kernel, as the kernel and other tools tell it."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

GRACE_S = 15.0
"""The kernel frees programs and maps after a grace period."""
TRACEFS = ("kprobe_events", "uprobe_events", "dynamic_events")

Objects = dict[str, list[str]]


def objects() -> Objects:
    """All BPF programs, maps and links of this kernel, by id and name, and all events of tracefs."""
    found: Objects = {}
    for kind in ("prog", "map", "link"):
        shown = subprocess.run(["bpftool", "-j", kind, "show"], check=True, capture_output=True, text=True)
        found[kind] = [f"{one['id']} {one.get('name', '')}" for one in json.loads(shown.stdout or "[]")]
    for name in TRACEFS:
        file = Path("/sys/kernel/tracing", name)
        found[name] = file.read_text().splitlines() if file.exists() else []
    return found


def left_of(before: Objects) -> Objects:
    """What there is beyond `before`, once nothing is or GRACE_S are over."""
    deadline = time.monotonic() + GRACE_S
    while True:
        now = objects()
        more = {kind: sorted(set(now[kind]) - set(before[kind])) for kind in now}
        if not any(more.values()) or time.monotonic() > deadline:
            return {kind: names for kind, names in more.items() if names}
        time.sleep(0.3)


def held_by(pid: int) -> int:
    """Descriptors of BPF programs, maps, links and probes that a process has open; bpftool would take too long."""
    found = 0
    folder = Path(f"/proc/{pid}/fd")
    try:
        for link in folder.iterdir():
            found += _target(link).startswith(("anon_inode:bpf", "anon_inode:[perf_event]"))
    except FileNotFoundError:
        return 0
    return found


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""
