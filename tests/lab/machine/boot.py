"""Boots the cached kernel in a virtual machine with vng, and knows whether KVM really works here."""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.lab.machine.cache import cache_folder
from tests.lab.machine.jobs import Job, new_job
from tests.lab.machine.kernel import Kernel
from tests.lab.machine.processes import Progress, watch
from tests.lab.machine.turns import exclusive
from tests.lab.problems import lab_error

PREPARE = Path(__file__).with_name("prepare.sh")
REPOSITORY = Path(__file__).resolve().parents[3]
KVM_PROBE_SECONDS = 40.0

# The second view of the host's files, which the guest may cache; prepare.sh mounts it by this tag.
CACHED_ROOT = (
    "-fsdev local,id=labroot,path=/,security_model=none,readonly=on,multidevs=remap "
    "-device virtio-9p-pci,fsdev=labroot,mount_tag=labroot"
)

ONE_THREAD = "-accel tcg,thread=single"
"""With a thread for each CPU, as QEMU emulates by itself, a guest may hang or die as probes come or go under traffic.

A CPU still runs into an int3 that another one has taken away: it looks as if QEMU translated the old bytes again after
it had thrown the translation away and before they changed. Linux 6.1 then tries the same instruction for ever (a soft
lockup, seen at sctp_transport_burst_limited+0), or jumps to the slot of a kprobe that has none (setup_singlestep,
RIP 0). With QEMU 7.2 and two threads three of eight guests died as probes came under traffic, and a whole lab run hung;
with one thread none of twelve, and no lab run of two. A real CPU cannot: it is made to wait for all others
(text_poke_sync). One thread is 1.7 times as slow, so as many guests run side by side as there are CPUs.
"""

COUNTED = "-accel tcg -icount shift={}"
"""Each instruction takes two to the power of that in nanoseconds of the guest's time, so that what is measured there
hardly depends on what else this machine does. Idle, a guest's time passes as ours does."""


@dataclass(frozen=True)
class Processors:
    """Those of a guest. `one_thread`: see ONE_THREAD. `counted`: one processor, never under KVM, and `shift` of it; see
    COUNTED."""

    number: int = 2
    one_thread: bool = True
    counted: bool = False
    shift: int = 0

    def __post_init__(self) -> None:
        if self.counted and self.number != 1:
            raise ValueError("a guest that counts hangs as it boots with more than one processor")


USUAL = Processors()
COUNTING = Processors(1, counted=True)


def vng_command(
    kernel: Kernel,
    job: Job,
    *,
    kvm: bool,
    terminal: Path | None = None,
    processors: Processors = USUAL,
) -> list[str]:
    """The vng call that boots `kernel` and runs prepare.sh for the job.

    `terminal`: a Unix socket that becomes the guest's /dev/hvc0. Raises LabError when vng or QEMU is missing.
    """
    rwdirs = [word for folder in (job.folder, job.shared) if folder for word in ("--rwdir", str(folder))]
    options = [CACHED_ROOT]
    if processors.counted:
        options.append(COUNTED.format(processors.shift))
    elif processors.one_thread and not kvm:
        options.append(ONE_THREAD)
    if terminal is not None:
        options.append(
            f"-chardev socket,id=labtty,path={terminal},server=on,wait=off "
            "-device virtio-serial-pci -device virtconsole,chardev=labtty"
        )
    return [
        *find_vng(),
        *("--verbose", "--name", "lab", "--run", str(kernel.image), "--force-9p", "--user", "root"),
        *([] if kvm else ["--disable-kvm"]),
        *("--cpus", str(processors.number), "--memory", "4G", *rwdirs, f"--qemu-opts={' '.join(options)}"),
        *("--", shlex.join(["bash", str(PREPARE), str(job.folder)])),
    ]


def find_vng() -> list[str]:
    """How to call vng: the one beside this Python first, then the one in the PATH."""
    qemu = {"aarch64": "qemu-system-aarch64"}.get(platform.machine(), "qemu-system-x86_64")
    if shutil.which(qemu) is None:
        raise lab_error(qemu, "not found", "install the packages of tests/lab/packages.txt")
    beside = Path(sys.executable).with_name("vng")
    if beside.is_file():
        return [sys.executable, str(beside)]
    found = shutil.which("vng")
    if found is None:
        raise lab_error("vng", "not found", "pip install virtme-ng, or pip install -e '.[dev]'")
    return [found]


def guest_environment() -> dict[str, str]:
    """The environment of vng itself, which calls its helpers by name."""
    beside = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([beside, os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])}


@exclusive("kvm")
def kvm_works(kernel: Kernel) -> bool:
    """Whether a guest really boots under KVM: tried once per kernel and host boot, then remembered.

    /dev/kvm opens on nested hosts where every guest hangs in the firmware, so only a finished guest is proof.
    """
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    key = f"{kernel.release} on {Path('/proc/sys/kernel/random/boot_id').read_text().strip()}"
    memory = cache_folder() / "kvm.json"
    try:
        known = json.loads(memory.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        known = {}
    if key not in known:
        known = {key: _boots_under_kvm(kernel)}
        memory.write_text(json.dumps(known) + "\n")
    return bool(known[key])


def _boots_under_kvm(kernel: Kernel) -> bool:
    with new_job("true", where="vm", cwd=REPOSITORY, env={}) as job:
        command = vng_command(kernel, job, kvm=True)
        try:
            watch(command, job, timeout=KVM_PROBE_SECONDS, env=guest_environment(), progress=Progress())
        except subprocess.TimeoutExpired:
            return False
        return job.returncode() == 0
