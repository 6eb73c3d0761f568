"""A container of a real runtime: podman runs an AMF in a network namespace of its own, and is asked nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sctptop.kernel.live import LiveSource
from sctptop.kernel.owners.containers import Containers
from sctptop.kernel.owners.processes import Owners
from tests.lab.machine.boot import REPOSITORY
from tests.lab.scenes.hosts import Host, two_hosts
from tests.lab.traffic.process import traffic

NAME = "open5gs-amf"
Podman = Callable[..., str]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short: podman wants no more than 50 characters."""
    made = Path(tempfile.mkdtemp(prefix="pod", dir="/run"))
    yield made
    # Below a mount that stayed is somebody's root: then nothing is removed.
    if str(made) not in Path("/proc/self/mountinfo").read_text():
        shutil.rmtree(made)


@pytest.fixture
def podman(folder: Path) -> Iterator[Podman]:
    """Runs podman on storage of its own; its containers see the guest's own root as theirs."""
    tree = folder / "tree"
    tree.mkdir()
    subprocess.run(["mount", "--bind", "/", str(tree)], check=True)
    options = ["--root", str(folder / "storage"), "--runroot", str(folder / "run")]
    options += ["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "none"]

    def run(*words: str) -> str:
        done = subprocess.run(["podman", *options, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    yield run
    subprocess.run(["podman", *options, "rm", "--force", "--all", "--time", "1"], check=False)
    subprocess.run(["umount", "--lazy", str(tree)], check=True)


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host]]:
    with two_hosts(("gnb", "amf"), subnet=14, prefix="pod-") as pair:
        yield pair


def test_an_association_of_a_container_has_its_name(
    podman: Podman, hosts: tuple[Host, Host], folder: Path
) -> None:
    gnb, amf = hosts
    assert shutil.which("podman"), "apt install podman crun conmon"
    server = [
        sys.executable,
        "-S",
        "-m",
        "tests.lab.traffic",
        "echo",
        "--local",
        amf.ipv4[0],
        "--port",
        "38412",
    ]
    ident = podman(
        *("run", "--detach", "--name", NAME, "--network", f"ns:/run/netns/{amf.namespace}"),
        *("--workdir", str(REPOSITORY), "--rootfs", str(folder / "tree"), *server),
    )
    deadline = time.monotonic() + 30
    while "ready" not in podman("logs", NAME) and time.monotonic() < deadline:
        time.sleep(0.5)
    pid = int(podman("inspect", "--format", "{{.State.Pid}}", NAME))
    storage = folder / "storage/vfs-containers"
    source = LiveSource(owners=Owners(containers=Containers(storage=storage)))
    with traffic(gnb, "request", "--to", amf.ipv4[0], "--period", "0.2"):
        for _ in range(20):
            found = [one for one in source.read().associations if one.local_port == 38412]
            if found and found[0].process:
                break
            time.sleep(0.5)
    source.close()
    (entry,) = found
    print(Path(f"/proc/{pid}/cgroup").read_text())
    assert entry.process is not None
    process = entry.process
    assert (process.pid, process.container, process.runtime) == (pid, NAME, "podman")
    assert process.container_id == ident[:12]
    assert entry.netns == os.stat(f"/proc/{pid}/ns/net").st_ino  # noqa: PTH116
