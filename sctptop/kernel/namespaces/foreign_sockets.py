"""A socket of another process: its protocol, and its network namespace. Nothing is left open but what is returned.

A duplicate of a socket delays its close: the peer hears nothing, and a port stays bound, until ours is closed too. The
protocol is therefore read from the socket's extended attribute, which takes no hold of it (sockfs_xattr_get,
net/socket.c). Only the namespace takes a duplicate, for as long as three system calls last: pidfd_getfd (Linux 5.6;
CAP_SYS_PTRACE), fstat and SIOCGSKNS (CAP_NET_ADMIN).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from sctptop.kernel.host.libc import LIBC, checked
from sctptop.model.source_state import Trouble

SIOCGSKNS = 0x894C
"""include/uapi/linux/sockios.h."""
_PIDFD_OPEN, _PIDFD_GETFD = 434, 438
"""Numbers of the system calls, the same on every architecture."""
_PROTOCOL = "system.sockprotoname"


@dataclass(frozen=True, slots=True)
class ForeignSocket:
    """Descriptor ``number`` of process ``pid``, which was the socket of that inode when it was looked at."""

    inode: int
    pid: int
    number: int


def trouble(error: OSError, pid: int) -> Trouble:
    """Why the sockets of a process could not be looked at, where it is not that they are gone."""
    match error.errno:
        case errno.ENOSYS:
            return Trouble("this kernel does not show the sockets of others: no pidfd_getfd")
        case errno.EMFILE:
            return Trouble("sctptop has too many open files", "ulimit -n 4096")
        case _:
            return Trouble(f"the sockets of process {pid} may not be looked at: {error.strerror or error}")


def protocol(proc: Path, at: ForeignSocket) -> str:
    """The kernel's name of its protocol, such as TCP or SCTPv6. Raises OSError."""
    # Its owner may put a file there whose file system he answers for, and never answer: O_PATH asks no file system.
    descriptor = os.open(f"{proc}/{at.pid}/fd/{at.number}", os.O_PATH | os.O_CLOEXEC)
    try:
        link = f"{proc}/self/fd/{descriptor}"
        if os.readlink(link) != f"socket:[{at.inode}]":  # noqa: PTH115
            raise _no_longer(at)
        return os.getxattr(link, _PROTOCOL).rstrip(b"\0").decode("ascii", "replace")
    finally:
        os.close(descriptor)


def open_netns(at: ForeignSocket) -> int:
    """A descriptor of its network namespace, the caller's to close. Raises OSError. Holds the socket for a moment."""
    process = _system_call(_PIDFD_OPEN, at.pid, 0)
    try:
        duplicate = _system_call(_PIDFD_GETFD, process, at.number, 0)
    finally:
        os.close(process)
    try:
        about = os.fstat(duplicate)
        if not stat.S_ISSOCK(about.st_mode) or about.st_ino != at.inode:
            raise _no_longer(at)
        return fcntl.ioctl(duplicate, SIOCGSKNS)
    finally:
        os.close(duplicate)


def _no_longer(at: ForeignSocket) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, f"descriptor {at.number} of process {at.pid} is another")


def _system_call(number: int, *arguments: int) -> int:
    return checked(LIBC.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)))
