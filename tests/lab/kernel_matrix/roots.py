"""Debian releases for the kernel matrix: of each a kernel and a user land with its own BCC and Python.

Everything is in `roots/` of the lab's cache folder, one folder a release; safe to delete while no matrix runs. A root
has its file `complete`, the recipe it was made by, written last: without it, or with another one, it is made again.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab.machine import kernel
from tests.lab.machine.boot import REPOSITORY
from tests.lab.machine.cache import cache_folder
from tests.lab.machine.kernel import COMPLETE, Kernel
from tests.lab.problems import LabError, lab_error
from tests.requirements import requirements

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITES = {
    "5.10": ("bullseye",),
    "6.1": ("bookworm",),
    "6.12": ("trixie",),
    "7.2": ("forky", "sid"),
}
"""Where a kernel series is to be found: the first release that has it."""
USERLANDS = {"bullseye": "bookworm"}
"""Python 3.9 is too old for sctptop: another release carries that kernel."""
PACKAGES = "python3-bpfcc iproute2 kmod python3 procps tcpdump net-tools iputils-ping iperf3 tmux"
VENV = Path("/opt/sctptop")
CHECKOUT = Path("/srv/sctptop")
"""Where a root has the virtual environment and the copy of the repository."""


@dataclass(frozen=True)
class System:
    """A kernel to boot, and the root folder whose programs run on it."""

    kernel: Kernel
    suite: str
    userland: str
    root: Path


def system(series: str) -> System:
    """The kernel of a series (or what its release has instead), with its root; made when missing. Raises LabError."""
    suites = SUITES[series]
    found = next((here for suite in suites if (here := _cached(suite, series)) is not None), None)
    suite, booted = found or _fetched(suites, series)
    userland = USERLANDS.get(suite, suite)
    return System(booted, suite, userland, _root(userland))


def install_programs(packages: Mapping[str, str]) -> None:
    """Installs the packages of the programs that are not found here. Raises LabError."""
    missing = [package for program, package in packages.items() if shutil.which(program) is None]
    if missing and os.geteuid() != 0:
        raise lab_error(
            "kernel matrix", f"{' '.join(missing)} not found", f"apt-get install {' '.join(missing)}"
        )
    if missing:
        output("apt-get", "update", "-qq")
        output("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)


def bootstrap(suite: str, root: Path, packages: str) -> None:
    """A minimal system of that release with these packages in an empty folder. Root only; raises LabError."""
    install_programs({"debootstrap": "debootstrap"})
    # This host's debootstrap may not know a newer release by name; they are all made as sid is. What it mounts goes
    # with its namespace.
    command = ["unshare", "--mount", "debootstrap", "--variant=minbase", f"--keyring={KEYRING}"]
    command += [f"--include={packages.replace(' ', ',')}", suite, str(root), mirror()]
    output(*command, "/usr/share/debootstrap/scripts/sid")
    _chroot(root, "apt-get", "clean")


def renew_checkout(root: Path) -> None:
    """Puts the repository as it is now into a root, compiled: a guest would do that ten times slower."""
    copy_checkout(root)
    _chroot(root, "python3", "-m", "compileall", "-q", str(CHECKOUT))


def copy_checkout(root: Path) -> None:
    """Puts the repository as it is now into a root, and nothing that was compiled from it."""
    target = root / CHECKOUT.relative_to("/")
    shutil.rmtree(target, ignore_errors=True)
    for name in ("sctptop", "bpf", "tests"):
        shutil.copytree(REPOSITORY / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", target)


def _folder(suite: str) -> Path:
    folder = cache_folder() / "roots" / suite
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _cached(suite: str, series: str) -> tuple[str, Kernel] | None:
    found = kernel.newest_cached(_folder(suite))
    return (suite, found) if found is not None and found.release.startswith(f"{series}.") else None


def _fetched(suites: Sequence[str], series: str) -> tuple[str, Kernel]:
    metapackage = f"linux-image-{kernel.DEBIAN_ARCHITECTURE.get(platform.machine())}"
    for suite in (*suites, suites[0]):  # None has it: what the first has.
        apt = apt_of(suite, _folder(suite))
        release = (kernel.image_behind(metapackage, apt) or "").removeprefix("linux-image-")
        if release.startswith(f"{series}."):
            break
    cached = kernel.newest_cached(_folder(suite))
    if cached is None or cached.release != release:
        cached = kernel.fetch(_folder(suite), apt)
    return suite, cached


def mirror() -> str:
    """Where this host's own apt has Debian from."""
    told = output("apt-get", "indextargets", "--format", "$(ORIGIN) $(LABEL) $(SITE)")
    sites = [
        line.removeprefix("Debian Debian ") for line in told.splitlines() if line.startswith("Debian Debian ")
    ]
    if not sites:
        raise lab_error(
            "kernel matrix", "apt here knows no Debian mirror", "apt-get update, on a Debian machine"
        )
    return sites[0]


def apt_of(suite: str, folder: Path, architecture: str | None = None) -> list[str]:
    """Options with which apt sees that release, as it is now, and nothing of this host's; `folder` is for its state.

    `architecture`: as Debian names it, this host's by default. Raises LabError.
    """
    state = folder / "apt"
    options = [
        *("-o", f"Dir::Etc::SourceList={state}/sources.list", "-o", "Dir::Etc::SourceParts=/dev/null"),
        *("-o", f"Dir::State::Lists={state}/lists", "-o", "Dir::State::Status=/dev/null"),
        *("-o", f"Dir::Cache={state}/cache"),
    ]
    if architecture is not None:
        options += ["-o", f"APT::Architecture={architecture}", "-o", f"APT::Architectures::={architecture}"]
    for name in ("lists/partial", "cache/archives/partial"):
        (state / name).mkdir(parents=True, exist_ok=True)
    (state / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror()} {suite} main\n")
    output("apt-get", *options, "update", "-qq")
    return options


def _root(suite: str) -> Path:
    root = _folder(suite) / "root"
    requirements = python_requirements()
    recipe = "\n".join([PACKAGES, *requirements])
    marker = _folder(suite) / COMPLETE
    if marker.exists() and marker.read_text() == recipe:
        return root
    if os.geteuid() != 0:
        raise lab_error("kernel matrix", "only root can make the roots", "sudo")
    marker.unlink(missing_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    bootstrap(suite, root, PACKAGES)
    _chroot(root, "python3", "-m", "venv", "--without-pip", str(VENV))
    (site,) = (root / VENV.relative_to("/")).glob("lib/python3.*/site-packages")
    install_requirements(site, site.parent.name.removeprefix("python"), requirements)
    _chroot(root, "python3", "-m", "compileall", "-q", str(VENV))
    marker.write_text(recipe)
    return root


def install_requirements(
    site: Path, python: str, requirements: Sequence[str], machine: str = platform.machine()
) -> None:
    """Puts them where a Python of that version finds them, on a machine as uname names it. Raises LabError."""
    # This host's pip, with its settings, for the root's Python: nothing of it is compiled here.
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-compile", "--only-binary=:all:"]
    pip += [f"--platform={kind}_{machine}" for kind in ("manylinux_2_28", "manylinux_2_17", "manylinux2014")]
    output(*pip, f"--python-version={python}", f"--target={site}", *requirements)


def python_requirements() -> list[str]:
    """What the project and its tests in the guest need of others."""
    tools = [one for one in requirements("dev") if one.startswith(("pytest>", "pytest-asyncio>"))]
    return [*requirements("dependencies"), *tools]


def _chroot(root: Path, *command: str) -> str:
    return output("chroot", str(root), *command)


def output(*command: str) -> str:
    """What a command printed. Raises LabError with its last line when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise lab_error(command[0], "not found", "a Debian machine") from None
    if done.returncode != 0:
        said = (done.stderr + done.stdout).strip().splitlines() or ["failed"]
        raise LabError(f"{' '.join(command[:4])} …: {said[-1]}")
    return done.stdout
