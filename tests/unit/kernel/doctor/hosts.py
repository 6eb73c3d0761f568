"""Hosts in a folder: what the kernel and the distribution show of themselves, for the doctor to read."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sctptop.kernel.doctor.doctor import Host, examine
from sctptop.kernel.program.entry_points import Hook
from sctptop.kernel.program.points import POINTS
from sctptop.kernel.program.program_source import ProbeSource
from sctptop.model.check import Check

RELEASE = "6.1.0-50-amd64"
ALL = "000001ffffffffff"

OS_RELEASES = {
    "debian": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
    "ubuntu": 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n',
    "mint": 'ID=linuxmint\nID_LIKE="ubuntu debian"\n',
    "fedora": "ID=fedora\nVERSION_ID=42\n",
    "rocky": 'ID="rocky"\nID_LIKE="rhel centos fedora"\n',
    "arch": "ID=arch\n",
    "tumbleweed": 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n',
    "other": "ID=gentoo\n",
}


def write(root: Path, name: str, text: str = "") -> None:
    """A file of the host, with its folders."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def modules(root: Path, *names: str, release: str = RELEASE) -> None:
    """The modules on disk."""
    listed = "".join(f"kernel/net/sctp/{name}.ko.xz: kernel/lib/libcrc32c.ko\n" for name in names)
    write(root, f"lib/modules/{release}/modules.dep", f"kernel/net/netfilter/xt_sctp.ko:\n{listed}")


def loaded(root: Path, *names: str) -> None:
    """The modules in the kernel; sctp shows its folder."""
    write(root, "proc/modules", "".join(f"{name} 430080 12 - Live 0x0000000000000000\n" for name in names))
    if "sctp" in names:
        (root / "proc/thread-self/net/sctp").mkdir(parents=True, exist_ok=True)


def config(root: Path, text: str) -> None:
    """What the kernel says it was built with."""
    (root / "proc").mkdir(exist_ok=True)
    (root / "proc/config.gz").write_bytes(gzip.compress(text.encode()))


def capabilities(root: Path, mask: str) -> None:
    """Those we have."""
    write(root, "proc/thread-self/status", f"Name:\tsctptop\nCapPrm:\t{mask}\n")


HOOKS = (Hook(POINTS[0], "fexit"), Hook(POINTS[1], "kretprobe", "has a union or struct among its arguments"))


def lively(root: Path, distribution: str = "debian") -> Host:
    """A host that has everything. What a test takes away is not looked for elsewhere."""
    write(root, "etc/os-release", OS_RELEASES[distribution])
    modules(root, "sctp", "sctp_diag")
    loaded(root, "sctp", "sctp_diag")
    capabilities(root, ALL)
    write(root, "proc/thread-self/uid_map", "0 0 4294967295\n")
    write(root, "sys/bus/event_source/devices/kprobe/type", "8\n")
    write(root, "sys/kernel/btf/vmlinux")
    write(root, "sys/kernel/btf/sctp")
    (root / "proc/thread-self/net").mkdir(exist_ok=True)

    def nothing() -> None:
        pass

    def source() -> tuple[ProbeSource, bool]:
        return ProbeSource("", frozenset(), {}, HOOKS), False

    return Host(
        root,
        RELEASE,
        "x86_64",
        ask=nothing,
        bcc=lambda: object(),
        libbpf=lambda: object(),
        source=source,
        refused=nothing,
    )


def raising(host: Host, door: str, error: Exception) -> Host:
    """The host, one of whose doors only says this."""

    def refuse() -> None:
        raise error

    doors: dict[str, Callable[[], None]] = {door: refuse}
    return replace(host, **doors)  # type: ignore[arg-type]


def found(host: Host, name: str) -> Check:
    """The one check of that name."""
    (check,) = (check for check in examine(host) if check.name == name)
    return check


def without_sctp(root: Path, distribution: str = "debian") -> Host:
    """One that has all but SCTP, which is not loaded."""
    host = lively(root, distribution)
    (root / "proc/thread-self/net/sctp").rmdir()
    loaded(root, "nf_conntrack")
    return host
