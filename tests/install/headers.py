"""The doctor's command where the kernel's types are hidden, obeyed in a guest: it installs the kernel's headers.

A guest has no network, so apt finds there, in a folder, what it would fetch.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.install.trial import Outcome
from tests.lab import kernel, machine
from tests.lab.hosts import two_hosts
from tests.lab.place import place
from tests.lab.problems import LabError

NAME = "BTF hidden"
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


def mend_types() -> Outcome:
    """Boots the lab's kernel, hides its types, asks the doctor, obeys, and asks again. Raises LabError."""
    booted = kernel.ensure()
    outcome = Outcome(f"guest {booted.release}", NAME)
    command = [sys.executable, "-m", "tests.install.headers", str(_archive(booted.release))]
    result = machine.run(command, timeout=SECONDS, booted=booted)
    try:
        told = json.loads(result.stdout.splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        last = (result.stderr.strip() or "nothing").splitlines()[-1]
        outcome.problem = f"the guest ended with {result.returncode}: {last}"
        return outcome
    before, after, bpf = told["before"], told["after"], told["bpf"]
    outcome.note = f"{before['found']}; obeyed: {before['remedy']}; then BTF: {after['found']}; probes {bpf}"
    well = (before["status"], after["status"], bpf) == ("missing", "ok", "ok")
    outcome.cells["BTF"] = "mended" if well else "FAILED"
    outcome.problem = "" if well else "it is not mended"
    return outcome


def _archive(release: str) -> Path:
    """A folder that apt reads as an archive, with what the headers need here. Raises LabError."""
    folder = kernel.cache_folder() / "install" / f"headers-{release}"
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


def in_guest(archive: str) -> dict[str, object]:
    """The check BTF before and after, and what then becomes of the probes."""
    with two_hosts(prefix="types-") as (host, _), place(host, _BROKEN.format(archive=archive)) as here:
        before = here.doctor()["BTF"]
        # apt asks whether to go on.
        here.obey(before, user=True, stdin="y\n", timeout=SECONDS)
        return {"before": before, "after": here.doctor()["BTF"], "bpf": here.sample()["sources"]["bpf"]}


if __name__ == "__main__":
    print(json.dumps(in_guest(sys.argv[1])), flush=True)
