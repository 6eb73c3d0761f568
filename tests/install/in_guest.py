"""The doctor's commands that take a kernel of their own, obeyed in a guest: SCTP barred, and the kernel's types hidden.

The command for hidden types installs the kernel's headers. A guest has no network, so apt finds in a folder there what
it would fetch.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.install.trial import Outcome
from tests.lab.machine import kernel
from tests.lab.machine import run as machine
from tests.lab.machine.cache import cache_folder
from tests.lab.problems import LabError
from tests.lab.scenes.hosts import two_hosts
from tests.lab.scenes.place import place

SCTP, BTF = "SCTP barred", "BTF hidden"
NAMES = (SCTP, BTF)
SECONDS = 1200.0

_BROKEN = """
mount -t tmpfs none /sys/kernel/btf
modules=/usr/lib/modules/$(uname -r)
mkdir -p /mnt/modules/upper /mnt/modules/work
mount -t overlay -o lowerdir=$modules,upperdir=/mnt/modules/upper,workdir=/mnt/modules/work none $modules
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d
echo 'deb [trusted=yes] file:{archive} ./' >/etc/apt/sources.list
apt-get update -qq >&2
"""


def mend_kernel(name: str) -> Outcome:
    """Boots the lab's kernel, breaks that, asks the doctor, obeys, and asks again. Raises LabError."""
    booted = kernel.ensure()
    outcome = Outcome(f"guest {booted.release}", name)
    archive = str(_archive(booted.release)) if name == BTF else ""
    command = [sys.executable, "-m", "tests.install.in_guest", name, archive]
    # Without SCTP the lab bars the module by a rule of modprobe.d.
    result = machine.run(command, timeout=SECONDS, booted=booted, sctp=name != SCTP)
    try:
        told = json.loads(result.stdout.splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        last = (result.stderr.strip() or "nothing").splitlines()[-1]
        outcome.problem = f"the guest ended with {result.returncode}: {last}"
        return outcome
    before, after, source = told["before"], told["after"], told["source"]
    note = f"{before['found']}; obeyed: {before['remedy']}; then: {after['found']}; reads {source}"
    outcome.notes.append(note)
    well = (before["status"] in ("missing", "broken"), after["status"], source) == (True, "ok", "ok")
    outcome.cells["KERNEL"] = "mended" if well else "FAILED"
    outcome.problem = "" if well else "it is not mended"
    return outcome


def _archive(release: str) -> Path:
    """A folder that apt reads as an archive, with what the headers need here. Raises LabError."""
    folder = cache_folder() / "install" / f"headers-{release}"
    if (folder / "Packages").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "partial").mkdir(parents=True)
    fetch = ["apt-get", "install", "-y", "-qq", "--download-only", "-o", f"Dir::Cache::archives={folder}"]
    done = subprocess.run([*fetch, f"linux-headers-{release}"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"install: {done.stderr.strip().splitlines()[-1]} (try: apt-get update)")
    entries = []
    for package in sorted(folder.glob("*.deb")):
        told = subprocess.run(["dpkg-deb", "-f", str(package)], capture_output=True, text=True, check=True)
        digest = hashlib.sha256(package.read_bytes()).hexdigest()
        place = f"Filename: ./{package.name}\nSize: {package.stat().st_size}\nSHA256: {digest}\n"
        entries.append(told.stdout.rstrip() + "\n" + place)
    (folder / "Packages").write_text("\n".join(entries))
    return folder


def in_guest(name: str, archive: str) -> dict[str, object]:
    """The check before and after, and then the state of the source that depends on it."""
    # The kernel asks for sctp_diag outside of our root, where it stays barred: procfs must do.
    check, source = ("BTF", "bpf") if name == BTF else ("SCTP", "procfs")
    broken = _BROKEN.format(archive=archive) if name == BTF else "true"
    with two_hosts(prefix="mend-") as (host, _), place(host, broken) as here:
        before = here.doctor()[check]
        # apt asks whether to go on.
        here.obey(before, user=True, stdin="y\n", timeout=SECONDS)
        after = here.doctor()[check]
        return {"before": before, "after": after, "source": here.sample()["sources"][source]}


if __name__ == "__main__":
    print(json.dumps(in_guest(*sys.argv[1:3])), flush=True)
