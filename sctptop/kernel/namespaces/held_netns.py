"""Network namespaces that nothing but an SCTP socket keeps alive: its process has moved to another since.

No list of the kernel leads there, but a socket does (foreign_sockets.py). A socket stays in its namespace for life, so
each is asked once: not at all if a known namespace lists it in /proc/net/sctp, and never a socket of our own.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sctptop.kernel.namespaces.foreign_sockets import ForeignSocket, open_netns, protocol, trouble
from sctptop.kernel.namespaces.netns import Found, Opener, is_gone
from sctptop.kernel.owners.containers import PROC
from sctptop.kernel.owners.descriptors import parent, process_ids, sockets_of
from sctptop.model.source_state import OK, Kind, SourceState

SCTP = ("SCTP", "SCTPv6")
"""Names of struct proto, net/sctp/socket.c."""
REMEMBERED = 1 << 17
"""So many sockets of other protocols are remembered; those beyond are asked for theirs again."""
HOPELESS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSYS)
"""What ends a look: each further socket would meet it too."""
DOORS = 8
"""So many sockets are remembered as ways into one namespace: it is lost from sight when the last is closed."""

Listed = Callable[[Found], Iterable[int]]
"""Inodes of the SCTP sockets that a namespace lists. Raises OSError where it cannot be entered."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a look found, by inode; ``state``: why some may be missing."""

    found: Mapping[int, Found] = field(default_factory=dict)
    state: SourceState = OK


class HeldNamespaces:
    """Finds them again and again. Owned by one thread; never raises."""

    def __init__(self, listed: Listed, proc: Path = PROC, protocols: Iterable[str] = SCTP) -> None:
        """``protocols`` are the kernel's names of those whose sockets matter."""
        self._listed = listed
        self._proc = proc
        self._protocols = frozenset(protocols)
        self._others: set[int] = set()
        self._netns: dict[int, int] = {}
        self._state = OK

    def look(self, known: Mapping[int, Found]) -> Held:
        """Those that are none of ``known``. Costs one readlink a descriptor of the host, and more where one is new."""
        self._state = OK
        alive: dict[int, list[ForeignSocket]] = {}
        try:
            for socket in self._of_interest():
                alive.setdefault(socket.inode, []).append(socket)
            self._ask(alive, known)
            self._netns = {inode: netns for inode, netns in self._netns.items() if inode in alive}
        except _HopelessError:
            pass  # It is reported, and tried again next time.
        doors: dict[int, list[ForeignSocket]] = {}
        for inode, sockets in alive.items():
            netns = self._netns.get(inode)
            if netns is not None and netns not in known:
                doors.setdefault(netns, []).extend(sockets)
        return Held({netns: _found(netns, sockets) for netns, sockets in doors.items()}, self._state)

    def _of_interest(self) -> Iterator[ForeignSocket]:
        """The sockets of those protocols that other processes hold. Raises _HopelessError."""
        ours = _ourselves(self._proc)
        others: set[int] = set()
        for pid in process_ids(self._proc):
            if pid == ours:
                continue
            try:
                for number, inode in sockets_of(self._proc, pid):
                    socket = ForeignSocket(inode, pid, number)
                    if inode in self._netns or (inode not in self._others and self._is_of_interest(socket)):
                        yield socket
                    elif len(others) < REMEMBERED:
                        others.add(inode)
            except OSError as error:
                self._pass_over(error, pid)
        self._others = others

    def _is_of_interest(self, socket: ForeignSocket) -> bool:
        try:
            return protocol(self._proc, socket) in self._protocols
        except OSError as error:
            self._pass_over(error, socket.pid)
            return False

    def _ask(self, alive: Mapping[int, list[ForeignSocket]], known: Mapping[int, Found]) -> None:
        """Learn the namespace of those of which it is not known. Raises _HopelessError."""
        if alive.keys() <= self._netns.keys():
            return
        for found in known.values():
            self._learn(found)
        ours = _ourselves(self._proc)
        for inode, sockets in alive.items():
            for socket in sockets:
                if inode in self._netns:
                    break
                if parent(self._proc, socket.pid) == ours:
                    continue
                try:
                    descriptor = open_netns(socket)
                    try:
                        netns = self._netns[inode] = os.fstat(descriptor).st_ino
                    finally:
                        os.close(descriptor)
                except OSError as error:
                    self._pass_over(error, socket.pid)
                    continue
                if netns not in known:
                    # Its other sockets need not be asked.
                    self._learn(_found(netns, sockets))

    def _learn(self, found: Found) -> None:
        # Where it cannot be entered its sockets are asked, and its reading says why.
        with suppress(OSError):
            self._netns.update(dict.fromkeys(self._listed(found), found.inode))

    def _pass_over(self, error: OSError, pid: int) -> None:
        """What is gone is no trouble, all else is reported. Raises _HopelessError for what all would meet."""
        if is_gone(error):
            return
        if self._state.ok:
            self._state = SourceState(Kind.ERROR, *trouble(error, pid))
        if error.errno in HOPELESS:
            raise _HopelessError from error


class _HopelessError(Exception):
    """Ends a look."""


def _found(netns: int, sockets: list[ForeignSocket]) -> Found:
    return Found(netns, _opener(sockets[:DOORS]), pid=min(socket.pid for socket in sockets))


def _opener(doors: list[ForeignSocket]) -> Opener:
    def opened() -> int:
        *others, last = doors
        for socket in others:
            try:
                return open_netns(socket)
            except OSError as error:
                if not is_gone(error):
                    raise
        return open_netns(last)

    return opened


def _ourselves(proc: Path) -> int:
    """Our pid as /proc counts it: it may be that of another pid namespace."""
    try:
        return int(os.readlink(proc / "self"))  # noqa: PTH115
    except (OSError, ValueError):
        return os.getpid()
