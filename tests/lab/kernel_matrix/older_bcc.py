"""The kernel matrix with BCC 0.18: a root of another release, with Debian 11's BCC in place of its own.

Ubuntu 22.04 has the same one, built from the same source. Python 3.9, which goes with it in Debian 11, is too old.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.lab.kernel_matrix import roots
from tests.lab.machine.cache import cache_folder
from tests.lab.machine.kernel import COMPLETE

SERIES = {"5.10-bcc-0.18": "5.10", "6.1-bcc-0.18": "6.1"}
"""Those of roots.py whose kernel and root it takes."""
_SUITE = "bullseye"
_PACKAGES = "python3-bpfcc libbpfcc libbpf0 libclang-cpp11 libllvm11 libffi7"
"""What BCC needs of its own release; the rest is there."""


def system(series: str) -> roots.System:
    """The kernel of a series with its root; made when missing. Raises LabError."""
    plain = roots.system(SERIES[series])
    return replace(plain, root=_root(plain), userland=f"{plain.userland}, BCC of {_SUITE}")


def _root(plain: roots.System) -> Path:
    folder = cache_folder() / "roots" / f"{plain.userland}-bcc-{_SUITE}"
    folder.mkdir(parents=True, exist_ok=True)
    root, marker = folder / "root", folder / COMPLETE
    recipe = f"{_PACKAGES}\n{(plain.root.parent / COMPLETE).read_text()}"
    if marker.exists() and marker.read_text() == recipe:
        return root
    marker.unlink(missing_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    roots.output("cp", "-a", str(plain.root), str(root))
    apt = roots.apt_of(_SUITE, folder)
    with tempfile.TemporaryDirectory(dir=root / "var" / "tmp") as packages:
        # apt-get has no option for where to put them.
        download = 'cd "$1" && shift && exec apt-get "$@"'
        roots.output("sh", "-c", download, "sh", packages, *apt, "download", "-qq", *_PACKAGES.split())
        files = [f"/{file.relative_to(root)}" for file in Path(packages).glob("*.deb")]
        roots.output("chroot", str(root), "dpkg", "--install", *files)
    marker.write_text(recipe)
    return root
