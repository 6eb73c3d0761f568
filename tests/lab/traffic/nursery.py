"""Starts traffic processes by fork: to start Python and import takes a second of an emulated processor each time.

The lab starts some two hundred. One process has everything imported and forks for each: into the host's network, with
the pipes of whoever asked.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import IO

REPOSITORY = Path(__file__).resolve().parents[3]
CLONE_NEWNET = 0x40000000


class Forked:
    """A traffic process: as much of subprocess.Popen as its users need."""

    def __init__(self, pid: int, pidfd: int, pipes: Sequence[int]) -> None:
        self.pid = pid
        self._pidfd = pidfd
        self.stdin: IO[str] = os.fdopen(pipes[0], "w")
        self.stdout: IO[str] = os.fdopen(pipes[1])
        self.stderr: IO[str] = os.fdopen(pipes[2])

    def wait(self, timeout: float | None = None) -> None:
        """Until it has ended. Raises subprocess.TimeoutExpired."""
        if self._pidfd < 0:
            return
        if not select.select([self._pidfd], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("traffic", timeout or 0)
        os.close(self._pidfd)
        self._pidfd = -1

    def kill(self) -> None:
        """End it at once; one that has ended is left alone, whoever has its number now."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)


class Nursery:
    """The process that forks; started at the first use, it ends with this one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # -S: traffic needs the standard library only, and to look for more takes time.
            command = [sys.executable, "-S", "-m", "tests.lab.traffic.nursery"]
            self._process = subprocess.Popen(command, stdin=theirs.fileno(), cwd=REPOSITORY)

    def start(self, namespace: str, words: Sequence[str]) -> Forked:
        """A process in that named network namespace, as `python -m tests.lab.traffic WORDS`."""
        pairs = [os.pipe(), os.pipe(), os.pipe()]
        theirs = [pairs[0][0], pairs[1][1], pairs[2][1]]
        ours = [pairs[0][1], pairs[1][0], pairs[2][0]]
        try:
            with self._lock:
                socket.send_fds(self._line, [json.dumps([namespace, *words]).encode()], theirs)
                told, (pidfd,), _, _ = socket.recv_fds(self._line, 64, 1)
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        return Forked(int(told), pidfd, ours)


@cache
def nursery() -> Nursery:
    """The one of this process."""
    return Nursery()


def main() -> None:
    """Forks as it is told on its stdin, until that is closed."""
    # Imported here, once for all that are forked.
    from tests.lab.traffic import __main__ as traffic

    with socket.socket(fileno=0) as line:
        while True:
            told, descriptors, _, _ = socket.recv_fds(line, 65536, 3)
            if not told:
                return
            pid = os.fork()
            if pid == 0:
                line.detach()
                os._exit(_child(json.loads(told), descriptors, traffic.main))
            # It is there until we wait for it, so the number cannot be another's yet.
            pidfd = os.pidfd_open(pid)
            socket.send_fds(line, [str(pid).encode()], [pidfd])
            for descriptor in (*descriptors, pidfd):
                os.close(descriptor)
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _child(words: list[str], descriptors: list[int], run: Callable[[], int]) -> int:
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    namespace, *sys.argv[1:] = words
    code = 1
    try:
        with Path("/run/netns", namespace).open() as target:
            if ctypes.CDLL(None).setns(target.fileno(), CLONE_NEWNET) != 0:
                raise OSError(f"no way into {namespace}")
        code = run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    return code


if __name__ == "__main__":
    main()
