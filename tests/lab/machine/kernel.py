"""A distribution kernel that has SCTP, unpacked into the cache folder and never installed.

The kernels of containers, CI runners and small VMs often have no SCTP and no modules. Debian's own image
has both: it is downloaded with apt, unpacked with dpkg and indexed with depmod, none of which needs root.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab.machine.cache import cache_folder
from tests.lab.machine.turns import exclusive
from tests.lab.problems import lab_error

# Written last, so that a folder without it is known to be half-made even if the rename happened.
COMPLETE = "complete"

DEBIAN_ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Kernel:
    """An unpacked kernel: its release (`uname -r`), the bootable image, the folder above `lib/modules`."""

    release: str
    image: Path
    root: Path


def ensure() -> Kernel:
    """Returns the newest complete kernel of the cache, after fetching one when there is none.

    Raises LabError when apt does not know a kernel or the download or the unpacking fails.
    """
    with exclusive("kernel"):
        return newest_cached() or fetch(cache_folder())


def newest_cached(cache: Path | None = None) -> Kernel | None:
    """The newest kernel that is completely unpacked in the cache (or in another folder), or None."""
    found = [
        kernel
        for folder in (cache or cache_folder()).glob("kernel-*")
        if (folder / COMPLETE).is_file() and (kernel := _kernel_in(folder)) is not None
    ]
    return max(found, key=lambda kernel: _numbers(kernel.release), default=None)


def _numbers(release: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", release)]


def _kernel_in(folder: Path) -> Kernel | None:
    for image in sorted(folder.glob("boot/vmlinuz-*")):
        release = image.name.removeprefix("vmlinuz-")
        modules = folder / "lib" / "modules" / release
        if (modules / "modules.dep").is_file() and any(modules.rglob("sctp_diag.ko*")):
            return Kernel(release, image, folder)
    return None


def fetch(cache: Path, apt: Sequence[str] = (), machine: str | None = None) -> Kernel:
    """Downloads apt's newest kernel into `cache`; `apt`: options that let it see another release than this one.

    `machine`: of which architecture, as uname has it; this one's by default. Raises LabError as `ensure` does.
    """
    packages = _kernel_packages(apt, machine or platform.machine())
    for leftover in cache.glob(".unpacking-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=cache))
    try:
        _call(["apt-get", *apt, "download", *packages], work, "kernel download", "apt-get update")
        root = work / "root"
        for archive in sorted(work.glob("*.deb")):
            _call(
                ["dpkg", "-x", str(archive), str(root)],
                work,
                "kernel unpacking",
                "free 600 MB in the cache folder",
            )
        _old_places(root)
        release = next((p.name.removeprefix("vmlinuz-") for p in root.glob("boot/vmlinuz-*")), None)
        if release is None:
            raise lab_error(
                "kernel unpacking", f"{packages[0]} holds no boot/vmlinuz", "another mirror or release"
            )
        _call([_depmod(), "-b", str(root), release], work, "module index", "apt-get install kmod")
        if _kernel_in(root) is None:
            raise lab_error(
                "kernel unpacking", f"{packages[0]} has no SCTP modules", "a plain, not a -cloud, image"
            )
        (root / COMPLETE).write_text(release + "\n")
        target = cache / f"kernel-{release}"
        shutil.rmtree(target, ignore_errors=True)
        root.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    kernel = _kernel_in(target)
    assert kernel is not None
    return kernel


def _old_places(root: Path) -> None:
    # Newer releases ship usr/lib/modules; depmod and vng look in lib/modules.
    if not (root / "lib").exists() and (root / "usr" / "lib" / "modules").is_dir():
        (root / "lib").symlink_to("usr/lib")
    # The newest ones also have the image there.
    (root / "boot").mkdir(exist_ok=True)
    for image in root.glob("lib/modules/*/vmlinuz"):
        (root / "boot" / f"vmlinuz-{image.parent.name}").hardlink_to(image)


def _kernel_packages(apt: Sequence[str], machine: str) -> list[str]:
    architecture = DEBIAN_ARCHITECTURE.get(machine)
    if architecture is None:
        raise lab_error("kernel", f"no lab kernel is known for {machine}", "an x86_64 or aarch64 machine")
    for metapackage in (f"linux-image-{architecture}", "linux-image-generic"):
        image = image_behind(metapackage, apt)
        if image is not None:
            # Where the image and the modules are packages of their own, SCTP is in one of them.
            version = re.sub(r"^linux-image-(unsigned-)?", "", image)
            extra = [f"linux-{part}-{version}" for part in ("base", "binary", "modules", "modules-extra")]
            return [image, *(name for name in extra if _known_to_apt(name, apt))]
    raise lab_error(
        "kernel", f"apt knows no linux-image-{architecture}", "apt-get update, on Debian or a derivative"
    )


def image_behind(metapackage: str, apt: Sequence[str] = ()) -> str | None:
    """The package of the kernel that a metapackage stands for, None when apt does not know it."""
    listing = _output(["apt-cache", *apt, "depends", metapackage])
    match = re.search(r"Depends: (linux-image-\d\S+)", listing)
    return match.group(1) if match else None


def _known_to_apt(package: str, apt: Sequence[str]) -> bool:
    return bool(_output(["apt-cache", *apt, "show", "--no-all-versions", package]).strip())


def _output(command: Sequence[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        raise lab_error(command[0], "not found", "a Debian or Ubuntu machine") from None


def _depmod() -> str:
    # A user who is not root rarely has /sbin in the PATH.
    found = shutil.which("depmod", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise lab_error("depmod", "not found", "apt-get install kmod")
    return found


def _call(command: Sequence[str], folder: Path, what: str, fix: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise lab_error(what, f"{command[0]} not found", fix) from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise lab_error(what, lines[-1] if lines else f"{command[0]} failed", fix)


if __name__ == "__main__":
    print(ensure().image)
