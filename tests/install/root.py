"""A clean root of a Debian release, with one ordinary user who may use sudo; what a trial writes goes with it.

The roots are kept in `install/` of the lab's cache folder; safe to delete while nothing runs. Mounts are made in the
namespace of the caller, who has one of his own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.kernel_matrix.roots import bootstrap
from tests.lab.machine.boot import REPOSITORY
from tests.lab.machine.cache import cache_folder
from tests.lab.machine.kernel import COMPLETE
from tests.lab.problems import LabError, lab_error

PACKAGES = "sudo"
USER, NUMBER = "engineer", 1000
CHECKOUT = Path("/home", USER, "checkout")
PATH = "/usr/local/bin:/usr/bin:/bin"
"""What Debian gives ordinary users; ~/.local/bin is not among it before the first login after it was made."""

PASSING = (
    "proc",
    "sys",
    "dev",
    "run",
    "tmp",
    "var/tmp",
    "var/cache",
    "var/log",
    "var/lib/apt",
    "var/lib/rpm",
    "root/.rpmdb",
    "root/.cache",
)
"""Folders whose files come and go by themselves, and caches that their owners may keep."""


@dataclass(frozen=True)
class Root:
    """A root at ``folder`` in which everything may be done."""

    folder: Path

    def command(self, line: str) -> list[str]:
        """The shell's line as a command of the ordinary user, in the checkout."""
        words = ["env", "-i", f"PATH={PATH}", f"HOME=/home/{USER}", f"USER={USER}", f"LOGNAME={USER}"]
        words += ["LANG=C.UTF-8", f"TERM={os.environ.get('TERM') or 'xterm-256color'}"]
        words += ["/usr/sbin/chroot", f"--userspec={NUMBER}:{NUMBER}", "--groups=sudo", str(self.folder)]
        return [*words, "env", "-C", str(CHECKOUT), "bash", "-c", line]

    def run(self, line: str, *, stdin: str = "", timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Runs the shell's line to its end as the ordinary user."""
        return subprocess.run(
            self.command(line), input=stdin, capture_output=True, text=True, timeout=timeout, check=False
        )

    def files(self) -> set[str]:
        """Every file and link, by its path from the root, but those that come and go."""
        found: set[str] = set()
        passing = {str(self.folder / name) for name in (*PASSING, f"home/{USER}/.cache")}
        for place, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if f"{place}/{name}" not in passing]
            links = [name for name in folders if Path(place, name).is_symlink()]
            found.update(f"/{Path(place, name).relative_to(self.folder)}" for name in [*names, *links])
        return found


@contextmanager
def fresh(suite: str, archives: bool = True) -> Iterator[Root]:
    """A clean root of that release; gone with the block. ``archives``: packages fetched before are not fetched again.

    Raises LabError.
    """
    base = _base(suite)
    work = Path(tempfile.mkdtemp(prefix="trial-", dir=base.parent))
    root = Root(work / "root")
    try:
        for name in ("upper", "work", "root"):
            (work / name).mkdir()
        layers = f"lowerdir={base},upperdir={work / 'upper'},workdir={work / 'work'}"
        _call("mount", "-t", "overlay", "-o", layers, "trial", str(root.folder))
        for name in ("proc", "sys", "dev"):
            _call("mount", "--rbind", f"/{name}", str(root.folder / name))
        if archives:
            kept = base.parent / "archives"
            (kept / "partial").mkdir(parents=True, exist_ok=True)
            _call("mount", "--bind", str(kept), str(root.folder / "var/cache/apt/archives"))
        _reach_the_world(root.folder)
        _lay_checkout(root.folder)
        yield root
    finally:
        subprocess.run(
            ["umount", "--recursive", "--lazy", str(root.folder)], check=False, capture_output=True
        )
        shutil.rmtree(work, ignore_errors=True)


def _base(suite: str) -> Path:
    folder = cache_folder() / "install" / suite
    base, marker = folder / "base", folder / COMPLETE
    if marker.exists() and marker.read_text() == PACKAGES:
        return base
    if os.geteuid() != 0:
        raise lab_error("install", "only root can make the roots", "sudo")
    marker.unlink(missing_ok=True)
    shutil.rmtree(base, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    bootstrap(suite, base, PACKAGES)
    _call("chroot", str(base), "useradd", "-m", "-s", "/bin/bash", "-u", str(NUMBER), "-G", "sudo", USER)
    (base / "etc/sudoers.d" / USER).write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n")
    marker.write_text(PACKAGES)
    return base


def _reach_the_world(root: Path) -> None:
    """Names and certificates as on this host; uv would bring certificates of its own."""
    for name in ("resolv.conf", "hosts", "hostname"):
        shutil.copy(f"/etc/{name}", root / "etc" / name)
    own = Path("/usr/local/share/ca-certificates")
    if own.is_dir():
        shutil.copytree(own, root / str(own)[1:], dirs_exist_ok=True)
    (root / "etc/uv").mkdir(exist_ok=True)
    (root / "etc/uv/uv.toml").write_text("system-certs = true\n")


def _lay_checkout(root: Path) -> None:
    target = root / str(CHECKOUT)[1:]
    target.mkdir()
    for name in ("sctptop", "bpf"):
        shutil.copytree(REPOSITORY / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, target)
    for package in (*(REPOSITORY / "dist").glob("*.deb"), *(REPOSITORY / "dist").glob("*.rpm")):
        (target / "dist").mkdir(exist_ok=True)
        shutil.copy(package, target / "dist")
    _call("chown", "-R", f"{NUMBER}:{NUMBER}", str(target))


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"{' '.join(command[:4])} …: {done.stderr.strip() or 'failed'}")
