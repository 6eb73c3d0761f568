"""Gives a command in a guest the caller's terminal: raw keys, colours, and the window's real size.

A serial console has no size and QEMU would keep some keys to itself; so the guest gets a console of its
own on a Unix socket, and this process carries the bytes.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.machine import boot
from tests.lab.machine.jobs import Job
from tests.lab.machine.kernel import Kernel
from tests.lab.machine.processes import end_group, leashed, let_go
from tests.lab.problems import lab_error

BOOT_SECONDS = 120.0


def attach(distribution: Kernel, job: Job, *, kvm: bool) -> int:
    """Boots the guest with this terminal as /dev/hvc0 and returns the command's exit code.

    Raises LabError when stdin is no terminal or the guest does not come up.
    """
    if not sys.stdin.isatty():
        raise lab_error("lab", "stdin is not a terminal", "python -m tests.lab.machine without --interactive")
    _tell_size(job)
    # A socket's path may have 108 bytes at most: not below the cache folder.
    with tempfile.TemporaryDirectory(prefix="sctptop-lab-") as folder:
        path = Path(folder) / "tty"
        command = boot.vng_command(distribution, job, kvm=kvm, terminal=path)
        guest = leashed(command, boot.guest_environment())
        console: list[bytes] = []
        assert guest.stdout is not None
        threading.Thread(target=console.extend, args=(guest.stdout,), daemon=True).start()
        try:
            with _connected(path, guest) as link, _raw(sys.stdin.fileno()):
                _carry(link, guest, job)
        finally:
            end_group(guest)
            let_go(guest)
            guest.stdout.close()
    code = job.returncode()
    if code is None:
        lines = b"".join(console).decode(errors="replace").strip().splitlines()
        raise lab_error(
            "guest", lines[-1] if lines else "ended without a word", "python -m tests.lab.machine -- true"
        )
    return code


@contextmanager
def _connected(path: Path, guest: subprocess.Popen[bytes]) -> Iterator[socket.socket]:
    print("lab: booting a kernel with SCTP ...", end="", file=sys.stderr, flush=True)
    deadline = time.monotonic() + BOOT_SECONDS
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        while guest.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                link.connect(str(path))
                break
            time.sleep(0.1)
        yield link


@contextmanager
def _raw(terminal: int) -> Iterator[None]:
    before = termios.tcgetattr(terminal)
    tty.setraw(terminal)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _carry(link: socket.socket, guest: subprocess.Popen[bytes], job: Job) -> None:
    keys, screen = sys.stdin.fileno(), sys.stdout.fileno()
    sources: list[int] = [keys, link.fileno()]
    size_told = time.monotonic()
    while guest.poll() is None and job.returncode() is None:
        ready, _, _ = select.select(sources, [], [], 0.2)
        if link.fileno() in ready:
            data = _received(link)
            if not data:
                return
            os.write(screen, data)
        if keys in ready:
            pressed = os.read(keys, 4096)
            if pressed:
                link.sendall(pressed)
            else:
                sources.remove(keys)
        if time.monotonic() - size_told > 1:
            size_told = time.monotonic()
            _tell_size(job)
    while select.select([link], [], [], 0.2)[0] and (data := _received(link)):
        os.write(screen, data)


def _received(link: socket.socket) -> bytes:
    try:
        return link.recv(65536)
    except OSError:
        return b""


def _tell_size(job: Job) -> None:
    size = shutil.get_terminal_size()
    with contextlib.suppress(OSError):
        size = os.get_terminal_size(sys.stdin.fileno())
    text = f"{size.lines} {size.columns}\n"
    if job.read("size") != text:
        (job.folder / "size.new").write_text(text)
        (job.folder / "size.new").rename(job.folder / "size")
