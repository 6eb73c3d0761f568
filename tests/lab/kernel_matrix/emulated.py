"""Boots an arm64 kernel with a root of its own under QEMU, and runs a job there: vng has only this machine's programs.

The guest sees the root through a writable layer: nothing that it writes stays, except what is in the job's folder.
"""

from __future__ import annotations

import lzma
import os
import time
from collections.abc import Sequence
from pathlib import Path
from subprocess import TimeoutExpired

from tests.lab.kernel_matrix.roots import CHECKOUT, VENV, System
from tests.lab.machine.jobs import Job, Result, new_job
from tests.lab.machine.kernel import Kernel
from tests.lab.machine.processes import Progress, watch
from tests.lab.machine.turns import exclusive

DRIVERS = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
"""Modules without which the root cannot be reached."""
QEMU = "qemu-system-aarch64 -M virt,gic-version=max -smp 2 -m 4G -nographic -no-reboot -nic none"
# The usual way to check return addresses costs QEMU half of its speed. One thread: see tests/lab/machine/boot.py.
PROCESSOR = "-cpu max,pauth-impdef=on -accel tcg,thread=single"

FIRST = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in $(cat /modules/order); do insmod /modules/$module; done
options=trans=virtio,version=9p2000.L,msize=512000,access=any
mount -t 9p -o ro,cache=loose,$options root /lower && mount -t tmpfs layer /layer && mkdir /layer/upper /layer/work &&
    mount -t overlay -o lowerdir=/lower,upperdir=/layer/upper,workdir=/layer/work root /new &&
    mkdir -p /new/job /new/usr/lib/modules && mount -t 9p -o $options job /new/job &&
    mount -t 9p -o ro,cache=loose,$options modules /new/usr/lib/modules || { echo "lab: no root"; poweroff -f; }
for folder in dev proc sys; do mount -o move /$folder /new/$folder; done
exec switch_root /new /bin/bash /job/second
"""
"""The init of the first root, which is in memory."""

SECOND = rf"""
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
for folder in run tmp dev/shm; do mkdir -p /$folder && mount -t tmpfs lab /$folder; done
mkdir -p /dev/pts && mount -t devpts devpts /dev/pts
ln -sfn /proc/self/fd /dev/fd; hostname lab
mount -t bpf bpf /sys/fs/bpf; mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo "lab: up after $(cut -d' ' -f1 /proc/uptime) s"
INSIDE=yes bash {CHECKOUT}/tests/lab/machine/prepare.sh /job
sync; echo o >/proc/sysrq-trigger; sleep 60
"""
"""What comes after it in the root of the release."""


def run(command: Sequence[str], built: System, *, timeout: float) -> Result:
    """As tests.lab.machine.run: `command` as root, in the root's checkout; nothing of this machine's is there."""
    environment = {"PATH": f"{VENV}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "SCTPTOP_LAB_JOB": "/job"}
    # Of what is not compiled in the root each file is compiled once a boot.
    environment |= {"PYTHONDONTWRITEBYTECODE": ""}
    with (
        exclusive("vm", len(os.sched_getaffinity(0))),
        new_job(command, where="vm", cwd=CHECKOUT, env=environment) as job,
    ):
        (job.folder / "second").write_text(SECOND)
        initrd = job.folder / "initrd"
        initrd.write_bytes(first_root(built.kernel, built.root))
        started = time.monotonic()
        progress = Progress()
        late = False
        try:
            watch(qemu_command(built, job, initrd), job, timeout=timeout, env=os.environ, progress=progress)
        except TimeoutExpired:
            late = True
        finished, stderr, seconds = job.returncode(), job.read("stderr"), time.monotonic() - started
        code = 124 if late else 125 if finished is None else finished
        if late or finished is None:
            stderr += f"lab: no end after {seconds:.0f} s; the console ended with:\n{progress.last_lines()}\n"
        return Result(code, job.read("stdout"), stderr, "vm (tcg)", seconds)


def qemu_command(built: System, job: Job, initrd: Path) -> list[str]:
    """QEMU with the kernel, and the three folders that the guest sees."""
    command = [
        "nice",
        *QEMU.split(),
        *PROCESSOR.split(),
        "-kernel",
        str(built.kernel.image),
        "-initrd",
        str(initrd),
    ]
    modules = built.kernel.root / "lib" / "modules"
    for tag, folder, access in (
        ("root", built.root, "on"),
        ("modules", modules, "on"),
        ("job", job.folder, "off"),
    ):
        share = (
            f"local,id={tag},path={folder.resolve()},security_model=none,multidevs=remap,readonly={access}"
        )
        command += ["-fsdev", share, "-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]
    return [*command, "-append", "console=ttyAMA0 quiet panic=-1"]


def first_root(kernel: Kernel, root: Path) -> bytes:
    """An archive of what the kernel starts with: busybox and the modules that reach the root."""
    archive = [_entry(name, b"", 0o40755) for name in "bin dev proc sys lower layer new modules".split()]
    archive += [_entry("bin/busybox", (root / "bin" / "busybox").read_bytes(), 0o100755)]
    archive += [_entry("init", FIRST.encode(), 0o100755)]
    order = []
    folder = kernel.root / "lib" / "modules" / kernel.release
    for module in load_order(folder, DRIVERS):
        data = module.read_bytes()
        name = module.name.removesuffix(".xz")
        order.append(name)
        archive.append(
            _entry(f"modules/{name}", lzma.decompress(data) if name != module.name else data, 0o100644)
        )
    archive.append(_entry("modules/order", "\n".join(order).encode(), 0o100644))
    return b"".join([*archive, _entry("TRAILER!!!", b"", 0)])


def load_order(folder: Path, names: Sequence[str]) -> list[Path]:
    """The files of these modules, each behind what it needs, by modules.dep; without those that are built in."""
    needs = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        file, _, others = line.partition(":")
        needs[_name(file)] = [file, *others.split()]
    found: dict[str, None] = {}
    for name in names:
        # What a module needs stands behind it, the first to load last.
        found.update(dict.fromkeys(reversed(needs.get(name, []))))
    return [folder / file for file in found]


def _name(file: str) -> str:
    return Path(file).name.partition(".")[0].replace("-", "_")


def _entry(name: str, data: bytes, mode: int) -> bytes:
    """One file of a cpio archive of the kind "newc" (Documentation/driver-api/early-userspace/buffer-format.rst)."""
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08X" % number for number in fields) + name.encode() + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
