"""The process that owns a socket: its pid, command, user and container, kept up to date with little work.

What it costs. A socket that is known costs no search: each reading checks CHECKED known owners at most, in turn, by
one readlink each and one look at /proc/PID/stat a process. A socket not known yet is looked for among the processes
that hold others, and where it is not there, among all: one readlink a descriptor of the host. A search that took
T seconds is followed by none before SHARE times T have passed: it takes a twentieth of the time at most, and new
sockets of a busy host wait for their owner. One a minute is made for what nothing announces, such as a child that
inherited a socket. Where there is no socket to explain, nothing is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from sctptop.kernel.host.rights import reading_all
from sctptop.kernel.owners.containers import PROC, Containers
from sctptop.kernel.owners.descriptors import (
    INITIAL_PID_NAMESPACE,
    Stat,
    all_are_seen,
    holders,
    process_ids,
    read_stat,
    still_holds,
    user_id,
)
from sctptop.model.association import Process
from sctptop.terminal_text import printable

CHECKED = 128
"""Owners looked at again in one reading."""
SHARE = 20.0
"""A search may take one part in so many of the time."""
REFRESH_S = 60.0
"""After so many seconds everything is searched for anew, for all sockets at once."""
SURE = 2
"""So many searches must have seen every descriptor of the host and missed a socket before the kernel is its owner."""

KERNEL = Process(pid=0, comm="kernel", shared_by=0)
"""The owner of a socket that no process holds: the kernel made it for itself (DLM, for one)."""


@dataclass(frozen=True, slots=True)
class _Owned:
    descriptor: str
    stat: Stat
    process: Process


@dataclass(slots=True)
class _Missed:
    searches: int = 0
    complete: int = 0


class Owners:
    """Remembers who owns which socket. Owned by one thread; never raises."""

    def __init__(
        self,
        proc: Path = PROC,
        containers: Containers | None = None,
        passwd: Path = Path("/etc/passwd"),
        now: Callable[[], float] = time.monotonic,
        initial_pid_namespace: int = INITIAL_PID_NAMESPACE,
    ) -> None:
        """``now`` in seconds; ``passwd`` names users: the host's names, as ps shows them."""
        self._proc = proc
        self._containers = containers or Containers(proc)
        self._passwd = passwd
        self._now = now
        self._initial = initial_pid_namespace
        self._owned: dict[int, _Owned] = {}
        self._missed: dict[int, _Missed] = {}
        self._about: dict[int, tuple[Stat, Process]] = {}
        self._users: dict[int, str] | None = None
        self._not_before = 0.0
        self._refresh_at = 0.0
        self._wanted: set[int] = set()
        self._known: Mapping[int, Process] | None = None
        """What was said last; None once it is not so any more."""

    def of(self, inodes: Iterable[int | None]) -> Mapping[int, Process]:
        """Owners by inode. One that is missing is not known: it may not be read, or was not looked for yet."""
        wanted = set(filter(None, inodes))
        if wanted != self._wanted:
            self._wanted, self._known = wanted, None
            self._owned = {inode: owned for inode, owned in self._owned.items() if inode in wanted}
            self._missed = {inode: missed for inode, missed in self._missed.items() if inode in wanted}
        with reading_all():
            self._look(wanted)
        if self._known is None:
            owned = {inode: owned.process for inode, owned in self._owned.items()}
            ownerless = (inode for inode, missed in self._missed.items() if missed.complete >= SURE)
            self._known = owned | dict.fromkeys(ownerless, KERNEL)
        return self._known

    def process(self, pid: int) -> Process | None:
        """Who a process is; None when it is gone."""
        with reading_all():
            stat = read_stat(self._proc, pid)
            return self._identify(pid, stat) if stat is not None else None

    def _look(self, wanted: set[int]) -> None:
        self._check()
        now = self._now()
        if wanted and now >= self._not_before:
            due = now >= self._refresh_at
            fresh = {inode for inode in wanted - self._owned.keys() if self._worth_a_search(inode)}
            if due or fresh:
                self._search(wanted, fresh, due)
                after = self._now()
                self._not_before = after + SHARE * (after - now)

    def _worth_a_search(self, inode: int) -> bool:
        missed = self._missed.get(inode)
        return missed is None or missed.searches < SURE

    def _check(self) -> None:
        """Look again at the owners whose turn it is, and forget those that no longer hold it."""
        stats: dict[int, Stat | None] = {}
        for inode, owned in list(islice(self._owned.items(), CHECKED)):
            pid = owned.process.pid
            del self._owned[inode]
            if not still_holds(self._proc, pid, owned.descriptor, inode):
                self._known = None
                continue
            if pid not in stats:
                stats[pid] = read_stat(self._proc, pid)
            stat = stats[pid]
            if stat is None or stat.started != owned.stat.started:
                self._known = None
                continue
            if stat != owned.stat:
                self._known = None
                # exec keeps pid, start and descriptors; a signal may have stopped it.
                process = replace(self._identify(pid, stat), shared_by=owned.process.shared_by)
                owned = replace(owned, stat=stat, process=process)
            self._owned[inode] = owned

    def _search(self, wanted: set[int], fresh: set[int], due: bool) -> None:
        self._known = None
        if not due:
            pids = {owned.process.pid for owned in self._owned.values()}
            fresh = fresh - self._take(holders(self._proc, sorted(pids), fresh).found)
            if not fresh:
                return
        pids_now = process_ids(self._proc)
        if due:
            # Names may have been given anew, and processes moved.
            self._users = None
            self._about.clear()
        result = holders(self._proc, pids_now, wanted)
        self._refresh_at = self._now() + REFRESH_S
        # Asked after the look: a namespace does not change under us, but /proc may not be there at all.
        complete = result.complete and all_are_seen(self._proc, pids_now, self._initial)
        for inode in wanted - self._take(result.found):
            self._owned.pop(inode, None)
            missed = self._missed.setdefault(inode, _Missed())
            missed.searches += 1
            missed.complete = missed.complete + 1 if complete else 0

    def _take(self, found: Mapping[int, Mapping[int, str]]) -> set[int]:
        """Remember the owners of these sockets; returns those that have one alive."""
        pids = {pid for held in found.values() for pid in held}
        alive = {pid: stat for pid in pids if (stat := read_stat(self._proc, pid)) is not None}
        taken = set()
        for inode, held in found.items():
            if sharing := held.keys() & alive.keys():
                oldest = min(sharing, key=lambda pid: (alive[pid].started, pid))
                process = replace(self._identify(oldest, alive[oldest]), shared_by=len(sharing))
                self._owned[inode] = _Owned(held[oldest], alive[oldest], process)
                self._missed.pop(inode, None)
                taken.add(inode)
        return taken

    def _identify(self, pid: int, stat: Stat) -> Process:
        """All that is known of a process except who shares its sockets; looked up once for all of them."""
        known = self._about.get(pid)
        if known is not None and known[0] == stat:
            return known[1]
        place = self._containers.place(pid)
        process = Process(
            pid=pid,
            comm=printable(stat.comm.decode("utf-8", "replace")),
            container=place.name or place.short_id,
            user=self._user(user_id(self._proc, pid)),
            unit=place.unit,
            runtime=place.runtime,
            container_id=place.short_id,
            stopped=stat.stopped,
        )
        self._about[pid] = (stat, process)
        return process

    def _user(self, uid: int | None) -> str | None:
        if uid is None:
            return None
        if self._users is None:
            self._users = dict(_users(self._passwd))
        return self._users.get(uid, str(uid))


def _users(passwd: Path) -> Iterator[tuple[int, str]]:
    """User ids and names of passwd(5). Names that only a directory service knows are not asked for: it may be slow."""
    try:
        text = passwd.read_text("utf-8", "replace")
    except OSError:
        return
    for line in text.splitlines():
        words = line.split(":")
        if len(words) > 2 and words[2].isascii() and words[2].isdecimal():
            yield int(words[2]), printable(words[0])
