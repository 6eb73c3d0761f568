"""Network namespaces that nothing but an SCTP socket keeps alive: its process has moved to another since.

No list of the kernel leads there. A socket leads to its namespace: it is duplicated (pidfd_getfd, Linux 5.6), asked
for it (SIOCGSKNS), and the duplicate closed at once. Needs CAP_SYS_PTRACE and CAP_NET_ADMIN.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from sctptop.kernel.namespaces.netns import Found
from sctptop.kernel.owners.containers import PROC
from sctptop.kernel.owners.descriptors import process_ids

SIOCGSKNS = 0x894C
"""include/uapi/linux/sockios.h."""
_PIDFD_GETFD = 438
"""The number of the system call, the same on every architecture."""

_LIBC = ctypes.CDLL(None, use_errno=True)


def held_by_sockets(known: Iterable[int], proc: Path = PROC) -> Mapping[int, Found]:
    """Namespaces of SCTP sockets that are none of ``known``, by inode. One look at every socket of the host."""
    found: dict[int, Found] = {}
    passed = set(known)
    for pid in process_ids(proc):
        with suppress(OSError):
            for number in _sockets(proc, pid):
                inode = _namespace_of(pid, number)
                if inode is not None and inode not in passed:
                    passed.add(inode)
                    found[inode] = Found(inode, lambda pid=pid, number=number: _enter(pid, number), pid=pid)  # type: ignore[misc]
    return found


def _sockets(proc: Path, pid: int) -> Iterator[int]:
    """Descriptors of a process that are sockets. Raises OSError when it is gone or may not be looked at."""
    folder = f"{proc}/{pid}/fd"
    for name in os.listdir(folder):  # noqa: PTH208
        with suppress(FileNotFoundError):
            if os.readlink(f"{folder}/{name}").startswith("socket:"):  # noqa: PTH115
                yield int(name)


def _namespace_of(pid: int, number: int) -> int | None:
    try:
        descriptor = _enter(pid, number)
    except OSError:
        return None
    try:
        return os.fstat(descriptor).st_ino
    finally:
        os.close(descriptor)


def _enter(pid: int, number: int) -> int:
    """The namespace of an SCTP socket of a process. Raises OSError when it is gone, or another sort of socket."""
    process = os.pidfd_open(pid)
    try:
        duplicate = _LIBC.syscall(_PIDFD_GETFD, process, number, 0)
        if duplicate < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(process)
    with socket.socket(fileno=duplicate) as copy:
        if copy.getsockopt(socket.SOL_SOCKET, socket.SO_PROTOCOL) != socket.IPPROTO_SCTP:
            raise OSError("not an SCTP socket")
        return fcntl.ioctl(copy, SIOCGSKNS)
