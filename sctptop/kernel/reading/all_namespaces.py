"""All network namespaces that are asked for, read one after the other by a thread that is back in its own each time.

What it costs: a look at the processes (netns.py), and for each namespace two setns(2) and the reading of three small
files. A netlink socket is opened only where there is an association. ``python -m tests.bench.namespaces`` measures it.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sctptop.kernel.host.preflight import NO_PROC, PROC_SCTP
from sctptop.kernel.host.privilege import SYS_ADMIN, held_capabilities
from sctptop.kernel.host.rights import reading_all
from sctptop.kernel.namespaces.held_netns import Held, HeldNamespaces
from sctptop.kernel.namespaces.netns import SHARE, Found, Namespaces, inside, is_gone, netns_of, own_netns
from sctptop.kernel.owners.processes import Owners
from sctptop.kernel.reading.joining import Read
from sctptop.kernel.reading.namespace_reader import NamespaceReader
from sctptop.kernel.reading.procfs import parse_assocs, parse_eps, read_text
from sctptop.model.sample import Namespace
from sctptop.model.selection import ALL_NAMESPACES, NamespaceChoice
from sctptop.model.source_state import OK, Kind, SourceState, not_ok

HELD_S = 60.0
"""So often namespaces are looked for that only a socket keeps, and when a probe hears of one not known."""
ROOT = "sudo sctptop"
OWN_ONLY = SourceState(Kind.UNWANTED, "--netns self")
NO_OTHERS = SourceState(Kind.OFF, "other network namespaces need CAP_SYS_ADMIN", ROOT)


@dataclass(frozen=True, slots=True)
class Reads:
    """What was read of each namespace, by inode, and the name of each in which something is or was.

    ``state``: why some were not read. ``only``: the one besides which there will be no other, if there is such.
    """

    reads: Mapping[int, Read] = field(default_factory=dict)
    namespaces: tuple[Namespace, ...] = ()
    state: SourceState = OK
    only: int | None = None


class Everywhere:
    """Reads those that ``choice`` means. Owned by one thread."""

    def __init__(
        self,
        choice: NamespaceChoice = ALL_NAMESPACES,
        owners: Owners | None = None,
        folder: Path = PROC_SCTP,
        namespaces: Namespaces | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``owners`` know the process behind a pid; ``folder`` is of the namespace that the thread is in."""
        self._choice = choice
        self._owners = owners or Owners()
        self._folder = folder
        self._namespaces = namespaces or Namespaces()
        self._now = now
        self._readers: dict[int, NamespaceReader] = {}
        self._known: Mapping[int, Found] = {}
        self._holders = HeldNamespaces(self._listed)
        self._held = Held()
        self._held_at = 0.0
        self._held_not_before = 0.0

    def close(self) -> None:
        """Close what is open. Safe to call twice."""
        for reader in self._readers.values():
            reader.close()
        self._readers = {}

    def heard_of(self, inodes: Iterable[int]) -> None:
        """Namespaces that a probe named: one not known makes us look for what keeps it."""
        if not self._readers.keys() >= set(inodes):
            self._held_at = 0.0

    def read(self) -> Reads:
        """One reading of each. A namespace that goes while it is read is left out."""
        own = own_netns()
        if own is None:
            return Reads(state=SourceState(Kind.OFF, *NO_PROC))
        if self._choice.own_only or (self._choice == ALL_NAMESPACES and not _may_enter()):
            state = OWN_ONLY if self._choice.own_only else NO_OTHERS
            read = self._reader(own, keep_open=True).read()
            return Reads({own: read}, (Namespace(own, own=True),), state, own)
        if not _may_enter():
            return Reads(
                state=SourceState(Kind.OFF, f"entering {self._choice.text} needs CAP_SYS_ADMIN", ROOT)
            )
        known = self._known = self._chosen(own)
        for gone in self._readers.keys() - known.keys():
            self._readers.pop(gone).close()
        reads: dict[int, Read] = {}
        total = sum(reader.associations for reader in self._readers.values())
        refused = []
        failed = OK
        for inode, found in known.items():
            try:
                reader = self._reader(inode, keep_open=inode == own)
                elsewhere = total - reader.associations
                if inode == own:
                    reads[inode] = reader.read(elsewhere)
                    continue
                with inside(found):
                    reads[inode] = reader.read(elsewhere)
            except OSError as error:
                # Root of a user namespace may not enter those of others.
                if error.errno in (errno.EPERM, errno.EACCES):
                    refused.append(found.name or str(inode))
                elif not is_gone(error):
                    failed = SourceState(Kind.ERROR, f"{found.name or inode}: {error.strerror or error}")
        state = not_ok((failed, self._held.state))
        if refused:
            names = ", ".join(refused)
            state = SourceState(Kind.ERROR, f"{names}: not permitted", "sudo on the host itself")
        elif not reads:
            why = f"no network namespace is called {self._choice.text}"
            state = SourceState(Kind.OFF, why, "ip netns list, or a PID")
        told = (inode for inode, read in reads.items() if inode == own or read.used)
        return Reads(reads, tuple(self._described(known[inode], own) for inode in told), state)

    @contextmanager
    def within(self, netns: int) -> Iterator[None]:
        """The calling thread is in one of the last reading for the block. Raises OSError when it is gone."""
        if netns == own_netns():
            yield
            return
        found = self._known.get(netns)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, "the network namespace is gone")
        with inside(found):
            yield

    def _chosen(self, own: int) -> Mapping[int, Found]:
        """Those that are meant, our own first."""
        known = {**self._held_only(), **self._namespaces.look()}
        if self._choice == ALL_NAMESPACES:
            return {own: known[own], **known} if own in known else known
        pid = self._choice.pid
        wanted = netns_of(pid) if pid is not None else None
        return {
            inode: found
            for inode, found in known.items()
            if inode == wanted or self._choice.matches(self._described(found, own))
        }

    def _held_only(self) -> Mapping[int, Found]:
        """Namespaces that only a socket keeps; looked for now and then."""
        now = self._now()
        if now >= max(self._held_at, self._held_not_before):
            with reading_all():
                self._held = self._holders.look(self._namespaces.look())
            after = self._now()
            self._held_at = after + HELD_S
            self._held_not_before = after + SHARE * (after - now)
        return self._held.found

    def _listed(self, found: Found) -> set[int]:
        """Inodes of the sockets in /proc/net/sctp of a namespace. Raises OSError."""
        with inside(found):
            eps, assocs = (read_text(self._folder, name) for name in ("eps", "assocs"))
        inodes = (*(line.inode for line in parse_eps(eps)), *(line.inode for line in parse_assocs(assocs)))
        return {inode for inode in inodes if inode}

    def _reader(self, inode: int, keep_open: bool) -> NamespaceReader:
        if inode not in self._readers:
            self._readers[inode] = NamespaceReader(self._folder, keep_open)
        return self._readers[inode]

    def _described(self, found: Found, own: int) -> Namespace:
        process = self._owners.process(found.pid) if found.pid is not None and found.inode != own else None
        return Namespace(
            netns=found.inode,
            name=found.name,
            pid=found.pid,
            comm=process.comm if process else None,
            container=process.container if process else None,
            own=found.inode == own,
        )


def _may_enter() -> bool:
    return bool(held_capabilities() >> SYS_ADMIN & 1)
