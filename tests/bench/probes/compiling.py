"""What loading the probes costs, beside the same program compiled with the kernel's headers, in the lab.

    python -m tests.bench.probes.compiling

The headers are fetched into the lab's cache and never installed: BCC is pointed at them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.bpf.btf import KernelTypes
from sctptop.kernel.program.compiling import CFLAGS
from sctptop.kernel.program.program_source import folder, from_btf, from_headers
from sctptop.standard_streams import captured_stderr
from tests.lab.machine import kernel
from tests.lab.machine.cache import cache_folder
from tests.lab.machine.run import run

TURNS = 2


def fetch_headers(release: str) -> Path:
    """The headers of that kernel as one tree: Debian splits them in two packages."""
    place = cache_folder() / f"headers-{release}"
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        (place / "tree").mkdir(parents=True)
        common = f"linux-headers-{release.rpartition('-')[0]}-common"
        subprocess.run(["apt-get", "download", f"linux-headers-{release}", common], cwd=place, check=True)
        for package in place.glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(package), str(place / "unpacked")], check=True)
        for part in ("common", release.rpartition("-")[2]):
            (source,) = (place / "unpacked" / "usr" / "src").glob(f"linux-headers-*-{part}")
            # Both link to the build tools, which no compiler of probes needs.
            tools = shutil.ignore_patterns("scripts", "tools")
            shutil.copytree(source, place / "tree", symlinks=True, ignore=tools, dirs_exist_ok=True)
        (place / "complete").touch()
    return place / "tree"


def in_the_lab(headers: Path) -> int:
    """Both ways, in turns; the best of each."""
    release = os.uname().release
    assert not Path("/lib/modules", release, "build").exists(), "kernel headers are installed here"
    assert not list(Path("/usr/src").glob("linux-headers-*")), "kernel headers are installed here"
    bcc = find_bcc.load()

    def compiled(text: str, tree: Path) -> None:
        os.environ["BCC_KERNEL_SOURCE"] = str(tree)
        with captured_stderr():
            bcc.BPF(text=text.encode(), cflags=list(CFLAGS)).cleanup()

    def ours() -> None:
        with KernelTypes() as types:
            text = from_btf(types).text
        compiled(text, folder())

    def with_headers() -> None:
        compiled(from_headers().text, headers)

    best = {
        name: min(_seconds(action) for _ in range(TURNS))
        for name, action in (("without headers, types from BTF", ours), ("with kernel headers", with_headers))
    }
    print(f"the whole program, compiled on Linux {release}; no kernel headers are installed; best of {TURNS}")
    for name, seconds in best.items():
        print(f"{name:34} {seconds:8.2f} s")
    fast, slow = best.values()
    print(f"{slow / fast:.1f} times faster")
    return 0


def _seconds(action: Callable[[], None]) -> float:
    started = time.monotonic()
    action()
    return time.monotonic() - started


def main() -> int:
    """Fetch here, measure there."""
    if len(sys.argv) == 3 and sys.argv[1] == "--in-the-lab":
        return in_the_lab(Path(sys.argv[2]))
    headers = fetch_headers(kernel.ensure().release)
    command = [sys.executable, "-m", "tests.bench.probes.compiling", "--in-the-lab", str(headers)]
    return run(command, timeout=1800, show=True).returncode


if __name__ == "__main__":
    sys.exit(main())
