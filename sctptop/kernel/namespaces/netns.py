"""Which network namespaces there are, and how to be inside one for a moment.

A namespace has no list of its own: it is known by what refers to it. Found here: that of the calling thread, those
bound to a name by a mount (``ip netns``, container runtimes), those of processes, and those that only a socket
keeps (held_netns.py). Nothing is kept open between two looks: a reference of ours would keep a namespace alive, with
its interfaces, after its owner let go of it.
"""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sctptop.kernel.host.libc import LIBC, checked
from sctptop.kernel.host.rights import reading_all
from sctptop.kernel.owners.containers import PROC
from sctptop.kernel.owners.descriptors import process_ids
from sctptop.terminal_text import printable

CLONE_NEWNET = 0x40000000
SHARE = 20.0
"""A look at all processes may take one part in so many of the time."""

_GONE = (errno.ENOENT, errno.ESRCH, errno.EBADF, errno.EINVAL, errno.ENXIO, errno.ENOTDIR)


Opener = Callable[[], int]
"""Opens a namespace: the descriptor is the caller's to close. Raises OSError when it is gone."""


@dataclass(frozen=True, slots=True)
class Found:
    """A network namespace: its inode, a way in, its name where a mount gives it one, and its oldest process."""

    inode: int
    open: Opener
    name: str | None = None
    pid: int | None = None


class Namespaces:
    """Finds them again and again with little work. Owned by one thread; never raises.

    Each look reads the names and the processes that are new, and again every other process that is known: one that
    moved to another namespace is seen at the second look.
    """

    def __init__(self, proc: Path = PROC, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` in seconds."""
        self._proc = proc
        self._now = now
        self._of_pid: dict[int, int] = {}
        self._turn = 0
        self._not_before = 0.0
        self._found: dict[int, Found] = {}

    def look(self) -> Mapping[int, Found]:
        """All of them by inode; the same as before when the last look took its share of the time."""
        begun = self._now()
        if begun < self._not_before and self._found:
            return self._found
        self._found = {found.inode: found for found in self._by_process()}
        for inode, mount in named(self._proc / "thread-self" / "mountinfo").items():
            known = self._found.get(inode)
            at = Found(inode, _opener(mount), printable(mount.name), known.pid if known else None)
            self._found[inode] = at
        own = own_netns(self._proc)
        if own is not None and own not in self._found:
            self._found[own] = Found(own, _opener(self._proc / "thread-self" / "ns" / "net"))
        after = self._now()
        self._not_before = after + SHARE * (after - begun)
        return self._found

    def _by_process(self) -> Iterator[Found]:
        pids = process_ids(self._proc)
        self._turn ^= 1
        known, self._of_pid = self._of_pid, {}
        oldest: dict[int, int] = {}
        for pid in sorted(pids):
            inode = known.get(pid)
            if inode is None or pid & 1 == self._turn:
                inode = netns_of(pid, self._proc)
            if inode is not None:
                self._of_pid[pid] = inode
                oldest.setdefault(inode, pid)
        for inode, pid in oldest.items():
            yield Found(inode, _opener(self._proc / str(pid) / "ns" / "net"), pid=pid)


def own_netns(proc: Path = PROC) -> int | None:
    """That of the calling thread; None when /proc does not show it."""
    return _inode(str(proc / "thread-self" / "ns" / "net"))


def netns_of(pid: int, proc: Path = PROC) -> int | None:
    """That of a process; None for one that is gone, or that we may not look at."""
    return _inode(f"{proc}/{pid}/ns/net")


def named(mountinfo: Path) -> dict[int, Path]:
    """Network namespaces that a mount keeps, by inode, with the place to open: proc(5), mountinfo.

    Of several places the one of ``ip netns`` is taken, as it is the name people know.
    """
    found: dict[int, Path] = {}
    with suppress(OSError):
        for line in mountinfo.read_text("utf-8", "replace").splitlines():
            if " - nsfs " not in line:
                continue
            words = line.split(" ")
            inode = _number(words[3]) if len(words) > 4 else None
            if inode is not None:
                place = Path(_unescaped(words[4]))
                if inode not in found or place.parent == Path("/run/netns"):
                    found[inode] = place
    return found


def is_gone(error: OSError) -> bool:
    """Whether it says that a process, a descriptor or a namespace is gone, or that something else took its place."""
    return error.errno in _GONE


@contextmanager
def inside(found: Found) -> Iterator[None]:
    """The calling thread is in that namespace for the block, and back in its own after it.

    Start no thread and no process in the block: they would stay there. Raises OSError when it cannot be entered.
    """
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        with reading_all():
            target = found.open()
        try:
            # A reused inode is another namespace.
            if os.fstat(target).st_ino != found.inode:
                raise FileNotFoundError(errno.ENOENT, f"network namespace {found.inode} is gone")
            try:
                _setns(target)
                yield
            finally:
                _setns(before)
        finally:
            os.close(target)
    finally:
        os.close(before)


def _opener(path: Path) -> Opener:
    # Something else may have been mounted there since: do not wait at a pipe.
    text = str(path)
    return lambda: os.open(text, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)


def _setns(descriptor: int) -> None:
    checked(LIBC.setns(descriptor, CLONE_NEWNET))


def _inode(link: str) -> int | None:
    try:
        return _number(os.readlink(link))  # noqa: PTH115
    except OSError:
        return None


def _number(text: str) -> int | None:
    """4026531840 of ``net:[4026531840]``."""
    digits = text.removeprefix("net:[").removesuffix("]")
    return int(digits) if text.startswith("net:[") and digits.isascii() and digits.isdecimal() else None


def _unescaped(word: str) -> str:
    r"""A path of mountinfo, where space, tab, newline and backslash are written \040 and so on."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), word)
