"""Which distribution this is, and its commands for what sctptop needs. Nothing is looked up, nothing installed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path("/")
FILES = ("etc/os-release", "usr/lib/os-release")
"""Where os-release(5) has it; the first that can be read counts."""

_BOOT = "  # then boot that kernel"
_LOAD = " && sudo modprobe sctp_diag"


@dataclass(frozen=True, slots=True)
class Commands:
    """One line for a shell for each thing that may be missing; what follows # is for the reader."""

    bcc: str
    libbpf: str
    headers: str
    """The headers of the running kernel."""
    sctp: str
    """The sctp modules: for the running kernel where they are a package, else with another kernel."""
    kernel: str
    """The distribution's own kernel, which has BPF, kprobes and BTF."""


_KNOWN = {
    "debian": Commands(
        bcc="sudo apt install python3-bpfcc",
        libbpf="sudo apt install python3-bpfcc  # which brings libbpf",
        headers="sudo apt install linux-headers-{release}",
        sctp="sudo apt install linux-image-{image}" + _BOOT,
        kernel="sudo apt install linux-image-{image}" + _BOOT,
    ),
    "ubuntu": Commands(
        bcc="sudo apt install python3-bpfcc",
        libbpf="sudo apt install python3-bpfcc  # which brings libbpf",
        headers="sudo apt install linux-headers-{release}",
        sctp="sudo apt install linux-modules-extra-{release}" + _LOAD,
        kernel="sudo apt install linux-image-generic" + _BOOT,
    ),
    "fedora": Commands(
        bcc="sudo dnf install python3-bcc",
        libbpf="sudo dnf install libbpf",
        headers="sudo dnf install kernel-devel-{release}",
        sctp="sudo dnf install kernel-modules-extra-{release}" + _LOAD,
        kernel="sudo dnf install kernel" + _BOOT,
    ),
    "arch": Commands(
        bcc="sudo pacman -S python-bcc",
        libbpf="sudo pacman -S libbpf",
        headers="sudo pacman -S linux-headers  # or those of the kernel package in use",
        sctp="sudo pacman -S linux" + _BOOT,
        kernel="sudo pacman -S linux" + _BOOT,
    ),
    "suse": Commands(
        bcc="sudo zypper install python3-bcc",
        libbpf="sudo zypper install libbpf1",
        headers="sudo zypper install kernel-default-devel",
        sctp="sudo zypper install kernel-default" + _BOOT,
        kernel="sudo zypper install kernel-default" + _BOOT,
    ),
}
_OTHER = Commands(
    bcc="install BCC's Python package from the distribution: python3-bpfcc, python3-bcc or python-bcc",
    libbpf="install the distribution's libbpf, 0.3 or newer",
    headers="install the headers of kernel {release}",
    sctp="install the distribution's package with the sctp module of kernel {release}",
    kernel="boot the distribution's own kernel",
)

_IMAGES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "armmp",
    "i686": "686",
    "ppc64le": "powerpc64le",
}
"""How Debian names its kernel for a machine, where it is another name."""


def commands(root: Path = ROOT, release: str = "", machine: str = "") -> Commands:
    """Those of the distribution installed under ``root``; general wording for one that is not known.

    ``release`` and ``machine`` are those of uname, by default of the running kernel.
    """
    release, machine = release or os.uname().release, machine or os.uname().machine
    words = {"release": release, "image": _image(release, _IMAGES.get(machine, machine))}
    family = _family(_os_release(root))
    chosen = _KNOWN.get(family, _OTHER)
    return Commands(**{entry.name: getattr(chosen, entry.name).format(**words) for entry in fields(chosen)})


def _image(release: str, image: str) -> str:
    """Debian's kernel of the same kind as the running one: pages of 16 KiB, or real time. Those of clouds lack SCTP."""
    found = re.search(rf"-((?:rt-)?{re.escape(image)}(?:-16k)?)$", release)
    return found[1] if found else image


def _family(found: dict[str, str]) -> str:
    """The first of ID and ID_LIKE that is known: derivatives name the nearest first."""
    names = [found.get("ID", ""), *found.get("ID_LIKE", "").split()]
    aliases = {"rhel": "fedora", "centos": "fedora", "archlinux": "arch", "opensuse": "suse", "sles": "suse"}
    for name in names:
        known = "suse" if name.startswith("opensuse") else aliases.get(name, name)
        if known in _KNOWN:
            return known
    return ""


def _os_release(root: Path) -> dict[str, str]:
    for file in FILES:
        try:
            text = (root / file).read_text("utf-8", "replace")
        except OSError:
            continue
        return {
            name: value.strip("\"'") for name, value in re.findall(r"^(\w+)=(.*?)\s*$", text, re.MULTILINE)
        }
    return {}
