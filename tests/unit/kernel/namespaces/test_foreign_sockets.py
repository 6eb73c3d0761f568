"""What a socket of another process tells: real sockets of a real process; each failure leaves no descriptor."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from sctptop.kernel.namespaces import foreign_sockets
from sctptop.kernel.namespaces.foreign_sockets import ForeignSocket, open_netns, protocol
from sctptop.kernel.namespaces.netns import is_gone, own_netns
from sctptop.kernel.owners.descriptors import parent, sockets_of

PROC = Path("/proc")
OWNER = """
import socket, sys
made = [socket.socket(socket.AF_INET, socket.SOCK_STREAM), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)]
for words in ((44, 3, 0), (40, 1, 0), (38, 5, 0), (16, 3, 4), (15, 3, 2), (29, 3, 1), (42, 2, 0)):
    try:
        made.append(socket.socket(*words))
    except OSError:
        pass
print(*(one.fileno() for one in made), flush=True)
sys.stdin.readline()
made[0].close()
print(flush=True)
sys.stdin.readline()
"""


@contextmanager
def owner() -> Iterator[tuple[subprocess.Popen[str], list[ForeignSocket]]]:
    """A process with a socket of each family that this kernel makes: TCP first, a UNIX stream second."""
    command = [sys.executable, "-c", OWNER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        numbers = [int(word) for word in process.stdout.readline().split()]
        held = dict(sockets_of(PROC, process.pid))
        assert held.keys() >= set(numbers)
        try:
            yield process, [ForeignSocket(held[number], process.pid, number) for number in numbers]
        finally:
            process.kill()


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def test_the_protocol_of_each_family_is_read_without_holding_it() -> None:
    with owner() as (process, sockets):
        assert parent(PROC, process.pid) == os.getpid()
        before = descriptors()
        names = [protocol(PROC, at) for at in sockets]
        assert names[:2] == ["TCP", "UNIX-STREAM"] and all(names)
        assert descriptors() == before
        another = ForeignSocket(sockets[1].inode, process.pid, sockets[0].number)
        with pytest.raises(FileNotFoundError, match="is another"):
            protocol(PROC, another)
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        with pytest.raises(FileNotFoundError) as raised:
            protocol(PROC, sockets[0])
        assert is_gone(raised.value)
        assert descriptors() == before


@pytest.mark.skipif(os.getuid() != 0, reason="SIOCGSKNS wants CAP_NET_ADMIN; the lab has root")
def test_the_namespace_of_a_socket_and_nothing_left_open() -> None:
    with owner() as (_, sockets):
        before = descriptors()
        descriptor = open_netns(sockets[0])
        assert os.fstat(descriptor).st_ino == own_netns()
        assert not os.get_inheritable(descriptor)
        os.close(descriptor)
        assert descriptors() == before
    with pytest.raises(OSError) as raised:
        open_netns(sockets[0])
    assert is_gone(raised.value)


def refusing(code: int) -> NoReturn:
    raise OSError(code, os.strerror(code))


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EPERM, errno.ENOSYS, errno.EBADF])
@pytest.mark.parametrize("failing", ["pidfd_open", "pidfd_getfd", "fstat", "SIOCGSKNS", "another"])
def test_whatever_fails_no_descriptor_is_left(
    monkeypatch: pytest.MonkeyPatch, failing: str, code: int
) -> None:
    real = foreign_sockets._system_call
    numbers = {434: "pidfd_open", 438: "pidfd_getfd"}

    def call(number: int, *arguments: int) -> int:
        return refusing(code) if numbers[number] == failing else real(number, *arguments)

    with owner() as (_, sockets):
        at, before = sockets[0], descriptors()
        with monkeypatch.context() as patched:
            patched.setattr(foreign_sockets, "_system_call", call)
            if failing == "fstat":
                patched.setattr(os, "fstat", lambda descriptor: refusing(code))
            if failing == "SIOCGSKNS":
                patched.setattr(fcntl, "ioctl", lambda *_: refusing(code))
            if failing == "another":
                at, code = ForeignSocket(at.inode + 1, at.pid, at.number), errno.ENOENT
            with pytest.raises(OSError) as raised:
                open_netns(at)
        assert raised.value.errno == code
        assert descriptors() == before


@pytest.mark.parametrize("failing", ["readlink", "getxattr"])
def test_a_protocol_that_cannot_be_read_leaves_no_descriptor(
    monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    with owner() as (_, sockets):
        before = descriptors()
        with monkeypatch.context() as patched:
            patched.setattr(os, failing, lambda *_: refusing(errno.EACCES))
            with pytest.raises(PermissionError):
                protocol(PROC, sockets[0])
        assert descriptors() == before


def test_a_look_takes_no_hold_of_a_pipe_or_a_file_in_its_place() -> None:
    ends = socket.socketpair()
    inode = os.fstat(ends[0].fileno()).st_ino
    reading, writing = os.pipe()
    for number in (reading, writing):
        with pytest.raises(FileNotFoundError):
            protocol(PROC, ForeignSocket(inode, os.getpid(), number))
    for one in ends:
        one.close()
    os.close(reading)
    os.close(writing)
