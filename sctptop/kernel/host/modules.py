"""Whether the kernel has a module: loaded, built in, on disk, or not at all. Reads lists, loads nothing."""

from __future__ import annotations

import gzip
import re
import zlib
from enum import Enum
from pathlib import Path

OPTIONS = {"sctp": "CONFIG_IP_SCTP", "sctp_diag": "CONFIG_INET_SCTP_DIAG"}


class Module(Enum):
    """Where a module is."""

    LOADED = "loaded"
    BUILT_IN = "built in"
    AVAILABLE = "available"
    NOT_INSTALLED = "not installed"
    """It is not among the kernel's modules on disk; another package may have it."""
    NOT_BUILT = "not built"
    """The kernel's configuration leaves it out."""
    UNKNOWN = "unknown"
    """Neither the kernel's modules nor its configuration can be read here, as in a container."""

    @property
    def here(self) -> bool:
        """Whether the kernel runs it."""
        return self in (Module.LOADED, Module.BUILT_IN)


def module(name: str, release: str, root: Path = Path("/")) -> Module:
    """Where the module of that name is on the host whose files are under ``root``; ``release`` is uname's."""
    if re.search(rf"^{name} ", _text(root / "proc/modules") or "", re.MULTILINE):
        return Module.LOADED
    folder = root / "lib/modules" / release
    if f"/{name}.ko" in (_text(folder / "modules.builtin") or ""):
        return Module.BUILT_IN
    listed = _text(folder / "modules.dep")
    if listed is not None and f"/{name}.ko" in listed:
        return Module.AVAILABLE
    built = option(OPTIONS.get(name, ""), release, root)
    if built in ("y", "n"):
        return Module.BUILT_IN if built == "y" else Module.NOT_BUILT
    return Module.UNKNOWN if listed is None else Module.NOT_INSTALLED


def other_kernels(release: str, root: Path = Path("/")) -> list[str]:
    """Kernels whose modules are on disk while those of the running one are not; the newest last."""
    try:
        found = [
            folder.name for folder in (root / "lib/modules").iterdir() if (folder / "modules.dep").is_file()
        ]
    except OSError:
        return []
    return [] if release in found else sorted(found, key=_version)


def barred(name: str, root: Path = Path("/")) -> list[Path]:
    """The files of modprobe.d that keep the module from being loaded by itself, or at all."""
    found: dict[str, Path] = {}
    for folder in ("etc/modprobe.d", "run/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d"):
        try:
            files = sorted((root / folder).glob("*.conf"))
        except OSError:
            continue
        for file in files:
            # A file in /etc takes the place of one of the same name elsewhere (modprobe.d(5)).
            found.setdefault(file.name, file)
    # To modprobe - and _ are one letter.
    word = name.replace("_", "[-_]")
    rule = re.compile(rf"^\s*(blacklist\s+{word}\s*$|install\s+{word}\s+\S*(false|true)\b)", re.MULTILINE)
    return [file for file in found.values() if rule.search(_text(file) or "")]


def locked(root: Path = Path("/")) -> bool:
    """Whether the kernel refuses further modules until it is booted again."""
    return (_text(root / "proc/sys/kernel/modules_disabled") or "").strip() == "1"


def option(name: str, release: str, root: Path = Path("/")) -> str | None:
    """What the running kernel was built with: "y", "m", a value, "n"; None when its configuration is not here."""
    text = configuration(release, root / "boot", root / "proc")
    if text is None or not name:
        return None
    match = re.search(rf"^{name}=(\S+)$", text, re.MULTILINE)
    return match[1] if match else "n"


def configuration(release: str, boot: Path = Path("/boot"), proc: Path = Path("/proc")) -> str | None:
    """The configuration of the running kernel, from itself or from the distribution; None where neither has it."""
    try:
        return gzip.decompress((proc / "config.gz").read_bytes()).decode("ascii", "replace")
    except (OSError, EOFError, zlib.error):
        return _text(boot / f"config-{release}")


def _text(file: Path) -> str | None:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return None


def _version(release: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", release)]
