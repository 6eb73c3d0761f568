"""What files of the host say: processes, containers, namespaces, the distribution and the modules."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from sctptop.kernel.host.distribution import commands
from sctptop.kernel.host.jiffies import configured_hz
from sctptop.kernel.host.memlock import limited_maps, locked_memory, processors
from sctptop.kernel.host.modules import barred, module
from sctptop.kernel.host.privilege import held_capabilities, in_user_namespace, lockdown_mode, missing_rights
from sctptop.kernel.namespaces.netns import named
from sctptop.kernel.owners.cgroups import parse_cgroup
from sctptop.kernel.owners.containers import Containers
from sctptop.kernel.owners.descriptors import parent, read_stat
from sctptop.kernel.owners.processes import _users
from tests.fuzz import seeds
from tests.fuzz.target import Choices, Target, text

IDENT = "5f" * 32
PID = 7
CGROUPS = (
    f"0::/system.slice/docker-{IDENT}.scope\n",
    f"0::/machine.slice/libpod-{IDENT}.scope\n",
    f"0::/kubepods/besteffort/pod8e0ce0c6-1d6f-4a59-a3c8-3b2a8a7d0c5e/{IDENT}\n",
    f"0::/lxc/{IDENT}\n",
)


@cache
def _root() -> Path:
    """A folder in memory, gone with the process."""
    folder = tempfile.mkdtemp(prefix="sctptop-fuzz-", dir="/dev/shm")
    return Path(folder)


def _file(name: str, data: bytes) -> Path:
    """The root in which that file holds the bytes."""
    file = _root() / name
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return _root()


def stat(data: bytes) -> None:
    """/proc/PID/stat, whose command is anybody's choice."""
    proc = _file(f"proc/{PID}/stat", data) / "proc"
    read_stat(proc, PID)
    parent(proc, PID)


def cgroup(data: bytes) -> None:
    """/proc/PID/cgroup: names of units and containers."""
    parse_cgroup(text(data))


def containers(data: bytes) -> None:
    """What the runtimes say of a container, and its hostname. What comes of it can be shown."""
    choices = Choices(data[:1])
    line = choices.of((*CGROUPS, ""))
    root = _file(f"proc/{PID}/cgroup", line.encode() or data[1:])
    for name in (
        f"docker/{IDENT}/config.v2.json",
        "storage/containers.json",
        f"proc/{PID}/root/etc/hostname",
    ):
        _file(name, data[1:])
    place = Containers(root / "proc", root / "docker", root / "storage", "host").place(PID)
    for shown in (place.name, place.unit, place.runtime, place.short_id):
        assert shown is None or shown.isprintable(), shown


def mountinfo(data: bytes) -> None:
    """/proc/thread-self/mountinfo: anybody may mount under any name."""
    named(_file("mountinfo", data) / "mountinfo")


def passwd(data: bytes) -> None:
    """The names of users."""
    for _, name in _users(_file("passwd", data) / "passwd"):
        assert name.isprintable(), name


def os_release(data: bytes) -> None:
    """Which distribution it is."""
    commands(_file("etc/os-release", data), "6.1.0", "x86_64")


def modules(data: bytes) -> None:
    """modprobe.d, the lists of modules, and the kernel's configuration."""
    parts = (data + b"\0\0\0\0").split(b"\0")[:4]
    names = ("etc/modprobe.d/a.conf", "proc/modules", "lib/modules/6.1/modules.dep", "boot/config-6.1")
    for name, part in zip(names, parts, strict=True):
        _file(name, part)
    module("sctp", "6.1", _root())
    barred("sctp_diag", _root())
    configured_hz("6.1", _root() / "boot", _root() / "proc")


def config_gz(data: bytes) -> None:
    """The configuration that the kernel itself holds."""
    configured_hz("6.1", _root(), _file("gz/config.gz", data) / "gz")


def rights(data: bytes) -> None:
    """/proc/self/status, limits, uid_map, and what the kernel locks."""
    parts = (data + b"\0\0\0\0\0").split(b"\0")[:5]
    names = (
        "proc/thread-self/status",
        "proc/thread-self/limits",
        "proc/thread-self/uid_map",
        "proc/sys/kernel/perf_event_mlock_kb",
        "sys/devices/system/cpu/online",
    )
    for name, part in zip(names, parts, strict=True):
        # The name in status is the process's own, all else the kernel's words, which are ASCII.
        _file(name, part if name.endswith("status") else part.decode("ascii", "ignore").encode())
    process = _root() / "proc/thread-self"
    held_capabilities(process / "status")
    missing_rights(process / "status", process / "uid_map")
    in_user_namespace(process / "uid_map")
    lockdown_mode(process / "limits")
    locked_memory(_root())
    limited_maps("5.10", _root())
    assert processors(_root()) > 0


TARGETS = {
    "stat": Target(stat, lambda: seeds.proc_self("stat"), 512),
    "cgroup": Target(cgroup, seeds.cgroups, 1024),
    "containers": Target(containers, seeds.container_files, 2048),
    "mountinfo": Target(mountinfo, seeds.mountinfo, 2048),
    "passwd": Target(passwd, lambda: [b"root:x:0:0:root:/root:/bin/bash\namf:x:1000:1000::/:/bin/sh\n"], 512),
    "os-release": Target(os_release, seeds.os_release, 1024),
    "modules": Target(modules, seeds.modules, 1024),
    "config-gz": Target(config_gz, seeds.config_gz, 1024),
    "rights": Target(rights, seeds.rights, 2048),
}
