"""Debian releases of arm64 for the kernel matrix, made on a machine of any kind: nothing of arm64 is run for it.

Packages are only unpacked, and what their scripts would have done is done here where it matters. Beside the roots of
this machine's own architecture, see roots.py.
"""

from __future__ import annotations

import compileall
import os
import shutil
import sys
from pathlib import Path

from tests.lab.kernel_matrix.roots import (
    CHECKOUT,
    KEYRING,
    PACKAGES,
    VENV,
    System,
    apt_of,
    copy_checkout,
    install_programs,
    install_requirements,
    mirror,
    output,
    python_requirements,
)
from tests.lab.machine import kernel
from tests.lab.machine.cache import cache_folder
from tests.lab.machine.kernel import COMPLETE
from tests.lab.problems import lab_error

SUITES = {"arm64-6.1": "bookworm", "arm64-6.12": "trixie"}
PROGRAMS = {"qemu-system-aarch64": "qemu-system-arm", "mmdebstrap": "mmdebstrap"}
"""What is needed here, with its package: installed when it is first asked for."""
_ESSENTIAL = (
    "base-files base-passwd bash coreutils dash findutils gawk grep hostname libc-bin mount sed util-linux"
)
_HOOKS = "/usr/share/mmdebstrap/hooks/merged-usr"


def system(series: str) -> System:
    """The kernel of a series with its root; made when missing. Raises LabError."""
    suite = SUITES[series]
    install_programs(PROGRAMS)
    folder = cache_folder() / "roots" / f"arm64-{suite}"
    folder.mkdir(parents=True, exist_ok=True)
    booted = kernel.newest_cached(folder) or kernel.fetch(folder, apt_of(suite, folder, "arm64"), "aarch64")
    return System(booted, suite, suite, _root(suite, folder))


def renew_checkout(root: Path) -> None:
    """Puts the repository as it is now into a root, compiled if it can be."""
    copy_checkout(root)
    _compile(root, root / CHECKOUT.relative_to("/"))


def _root(suite: str, folder: Path) -> Path:
    root = folder / "root"
    requirements = python_requirements()
    packages = f"{_ESSENTIAL} busybox-static {PACKAGES}".replace(" ", ",")
    recipe = "\n".join([packages, *requirements])
    marker = folder / COMPLETE
    if marker.exists() and marker.read_text() == recipe:
        return root
    if os.geteuid() != 0:
        raise lab_error("kernel matrix", "only root can make the roots", "sudo")
    marker.unlink(missing_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    command = ["mmdebstrap", "--arch=arm64", "--variant=extract", "--mode=root", f"--include={packages}"]
    command += [f"--hook-dir={_HOOKS}", "--dpkgopt=path-exclude=/usr/share/doc/*"]
    output(*command, suite, str(root), f"deb [signed-by={KEYRING}] {mirror()} {suite} main")
    _configure(root)
    site = _site(root)
    _make_venv(root, site)
    install_requirements(site, site.parent.name.removeprefix("python"), requirements, "aarch64")
    for modules in (site, root / "usr/lib" / site.parent.name, root / "usr/lib/python3/dist-packages"):
        _compile(root, modules)
    marker.write_text(recipe)
    return root


def _configure(root: Path) -> None:
    """What the scripts of the packages would have made."""
    for name in ("passwd", "group"):
        shutil.copy(root / f"usr/share/base-passwd/{name}.master", root / "etc" / name)
    with (root / "etc/passwd").open("a") as passwd, (root / "etc/group").open("a") as group:
        passwd.write("tcpdump:x:101:101::/nonexistent:/usr/sbin/nologin\n")
        group.write("tcpdump:x:101:\n")
    for link, target in (("usr/bin/awk", "gawk"), ("usr/bin/sh", "dash")):
        if not (root / link).exists():
            (root / link).symlink_to(target)


def _site(root: Path) -> Path:
    """Where the modules of the virtual environment are, by the root's own Python."""
    (python,) = (found.name for found in root.glob("usr/lib/python3.[0-9]*") if found.is_dir())
    return root / VENV.relative_to("/") / "lib" / python / "site-packages"


def _make_venv(root: Path, site: Path) -> None:
    """As `python3 -m venv --without-pip` leaves it."""
    site.mkdir(parents=True)
    venv = root / VENV.relative_to("/")
    (venv / "bin").mkdir()
    python = site.parent.name
    (venv / "bin" / "python3").symlink_to(f"/usr/bin/{python}")
    (venv / "bin" / "python").symlink_to("python3")
    version = python.removeprefix("python")
    (venv / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {version}\n"
    )


def _compile(root: Path, folder: Path) -> None:
    """What is in a folder of the root, where this Python is of the root's version: else each guest does it anew."""
    if _site(root).parent.name == f"python3.{sys.version_info.minor}":
        compileall.compile_dir(folder, stripdir=str(root), prependdir="/", quiet=2, workers=1)
