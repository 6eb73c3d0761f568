"""A /proc of a test's own making: processes with sockets, commands and cgroups."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from sctptop.kernel.owners.containers import Containers
from sctptop.kernel.owners.processes import Owners

PASSWD = "root:x:0:0:root:/root:/bin/sh\nbroken\nopen5gs:x:998:998::/:/bin/false\n"


class FakeProc:
    """Processes by pid; ``now`` is the clock that the owners see."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "proc"
        self.now = 1000.0
        (self.path / "self/ns").mkdir(parents=True)
        (self.path / "self/ns/pid").write_text("")
        (folder / "passwd").write_text(PASSWD)
        self.add(1, "systemd")
        self._folder = folder

    def add(
        self,
        pid: int,
        comm: str,
        inodes: Iterable[int] = (),
        *,
        started: int = 0,
        cgroup: str = "0::/\n",
        parent: int = 1,
        arguments: Iterable[str] = (),
    ) -> Path:
        """A process that holds these sockets from descriptor 3 on, and a pipe."""
        process = self.path / str(pid)
        (process / "fd").mkdir(parents=True)
        (process / "cgroup").write_text(cgroup)
        (process / "cmdline").write_bytes(b"".join(word.encode() + b"\0" for word in arguments))
        self.rename(pid, comm, started or pid, parent)
        (process / "fd/0").symlink_to("pipe:[77]")
        for descriptor, inode in enumerate(inodes, 3):
            self.open(pid, descriptor, inode)
        return process

    def rename(self, pid: int, comm: str, started: int, parent: int = 1) -> None:
        """What exec does to a process."""
        fields = " ".join(["S", str(parent), *["0"] * 17, str(started), "9", "9"])
        (self.path / str(pid) / "stat").write_bytes(
            f"{pid} ({comm}) {fields}\n".encode("utf-8", "surrogateescape")
        )

    def open(self, pid: int, descriptor: int, inode: int) -> None:
        """The process gets a socket."""
        (self.path / str(pid) / "fd" / str(descriptor)).symlink_to(f"socket:[{inode}]")

    def close(self, pid: int, descriptor: int) -> None:
        """And loses one."""
        (self.path / str(pid) / "fd" / str(descriptor)).unlink()

    def end(self, pid: int) -> None:
        """The process is gone."""
        shutil.rmtree(self.path / str(pid))

    def owners(self, *, seen: bool = True) -> Owners:
        """Owners that look here; without ``seen``, from a pid namespace of their own."""
        namespace = os.stat(self.path / "self/ns/pid").st_ino  # noqa: PTH116
        containers = Containers(self.path, self._folder / "docker", self._folder / "storage", "node-1")
        return Owners(
            self.path,
            containers,
            self._folder / "passwd",
            lambda: self.now,
            namespace if seen else namespace + 1,
        )
