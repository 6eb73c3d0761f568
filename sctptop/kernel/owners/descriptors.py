"""Who holds which socket: the links of /proc/PID/fd, and the line of /proc/PID/stat. Stateless.

Sources: proc_pid_fd(5), a link ``socket:[INODE]`` a socket; proc_pid_stat(5). Readable are processes of the same
user, and all with CAP_DAC_READ_SEARCH (to list the folder: proc_fd_permission) and CAP_SYS_PTRACE (to read a link:
proc_fd_access_allowed) together. Processes may go at any moment: what has gone is passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

INITIAL_PID_NAMESPACE = 0xEFFFFFFC
"""Inode of the pid namespace in which every process of the host is seen: PROC_PID_INIT_INO, proc_ns.h."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(slots=True)
class Holders:
    """What a look at some processes found. ``complete``: none of them kept its descriptors from us."""

    found: dict[int, dict[int, str]] = field(default_factory=dict)
    """Inode of a socket: processes that hold it, and under which descriptor each."""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Stat:
    """Of /proc/PID/stat. ``started`` is in clock ticks since boot: with the pid it names a process for good.

    ``stopped``: by a signal or a debugger (states T and t of proc_pid_stat(5)), so that it runs no more.
    """

    comm: bytes
    started: int
    stopped: bool = False


def process_ids(proc: Path) -> list[int]:
    """All processes that are seen, in ascending order; none when /proc cannot be read."""
    try:
        return sorted(int(name) for name in os.listdir(proc) if name.isascii() and name.isdecimal())  # noqa: PTH208
    except OSError:
        return []


def all_are_seen(proc: Path, pids: Iterable[int], initial: int = INITIAL_PID_NAMESPACE) -> bool:
    """Whether ``pids`` of a listing are all processes of the host: no pid namespace of our own, no hidepid."""
    try:
        return 1 in pids and (proc / "self/ns/pid").stat().st_ino == initial
    except OSError:
        return False


def holders(proc: Path, pids: Iterable[int], inodes: Iterable[int]) -> Holders:
    """Which of the processes hold which of the sockets. Costs one readlink a descriptor."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    result = Holders()
    for pid in pids:
        try:
            _look(f"{proc}/{pid}/fd", pid, wanted, result.found)
        except (FileNotFoundError, ProcessLookupError):
            continue
        except OSError:
            result.complete = False
    return result


def sockets_of(proc: Path, pid: int) -> list[tuple[int, int]]:
    """Descriptor and inode of each socket of a process. Raises OSError when it is gone or may not be looked at."""
    found = []
    folder = os.open(f"{proc}/{pid}/fd", _FOLDER)
    try:
        for name in os.listdir(folder):  # noqa: PTH208
            try:
                link = os.readlink(name, dir_fd=folder)
            except FileNotFoundError:
                continue
            if link.startswith("socket:["):
                found.append((int(name), int(link[8:-1])))
    finally:
        os.close(folder)
    return found


def _look(path: str, pid: int, wanted: Mapping[str, int], found: dict[int, dict[int, str]]) -> None:
    folder = os.open(path, _FOLDER)
    try:
        for name in os.listdir(folder):  # noqa: PTH208
            try:
                inode = wanted.get(os.readlink(name, dir_fd=folder))
            except FileNotFoundError:
                continue
            if inode is not None:
                found.setdefault(inode, {})[pid] = name
    finally:
        os.close(folder)


def still_holds(proc: Path, pid: int, descriptor: str, inode: int) -> bool:
    """Whether the descriptor of the process still is that socket. Costs one readlink."""
    try:
        return os.readlink(f"{proc}/{pid}/fd/{descriptor}") == f"socket:[{inode}]"  # noqa: PTH115
    except OSError:
        return False


def read_stat(proc: Path, pid: int) -> Stat | None:
    """The process's command, start and whether it is stopped; None when it has gone."""
    try:
        text = (proc / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # A command may hold blanks and brackets: it ends at the last one.
    before, bracket, after = text.rpartition(b")")
    words = after.split()
    if not bracket or len(words) < 20 or not words[19].isdigit():
        return None
    return Stat(before.partition(b"(")[2], int(words[19]), words[0] in (b"T", b"t"))


def parent(proc: Path, pid: int) -> int | None:
    """The pid of the process's parent; None when it has gone."""
    try:
        text = (proc / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    words = text.rpartition(b")")[2].split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else None


def user_id(proc: Path, pid: int) -> int | None:
    """Effective user id of the process, by the owner of its folder; None when it has gone."""
    try:
        return (proc / str(pid)).stat().st_uid
    except OSError:
        return None
