"""One network namespace, read again and again: sock_diag and /proc/net/sctp of the namespace the thread is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from sctptop.kernel.host.preflight import PROC_SCTP
from sctptop.kernel.reading.associations import Ends, ends_of
from sctptop.kernel.reading.diag_records import ANY_STATE, LISTEN, DiagRecord
from sctptop.kernel.reading.exact import ExactLookups, Identity, identity, sockets_of
from sctptop.kernel.reading.procfs import (
    AssocLine,
    EpLine,
    RemaddrLine,
    parse_assocs,
    parse_eps,
    parse_remaddr,
    parse_snmp,
    read_text,
)
from sctptop.kernel.reading.sockdiag import Pair, SockDiag, SockDiagError
from sctptop.model.source_state import OK, Kind, SourceState, not_ok

EXACT_ABOVE = 1000
"""Associations beyond which each is looked up by hash: a dump is quadratic in their number.

A look-up does not return the settings of the socket (nodelay and the like): beyond it they are those of
the first reading, and for a socket that is younger those of when it was new, a few in each reading.
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one namespace, and how ``diag`` and ``procfs`` went. ``sockets``: records of endpoints
    that were read this very time, those that listen all.
    """

    lines: list[AssocLine] = field(default_factory=list)
    records: list[DiagRecord] = field(default_factory=list)
    remaddrs: list[RemaddrLine] = field(default_factory=list)
    endpoints: list[EpLine] = field(default_factory=list)
    sockets: list[DiagRecord] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    diag: SourceState = OK
    procfs: SourceState = OK

    @property
    def used(self) -> bool:
        """Whether there is a socket, an association, or a counter that is not 0."""
        return bool(self.lines or self.records or self.endpoints or any(self.counters.values()))

    @property
    def inodes(self) -> set[int | None]:
        """Of the sockets of its associations."""
        associations = (record for record in self.records if record.is_association)
        return {line.inode for line in self.lines} | {record.inode for record in associations}


class NamespaceReader:
    """Remembers what the next reading of one namespace needs. Owned by one thread."""

    def __init__(self, folder: Path = PROC_SCTP, keep_open: bool = False) -> None:
        """With ``keep_open`` the netlink socket outlives a reading, and with it the namespace: for our own."""
        self._folder = str(folder)
        self._keep_open = keep_open
        self._diag: SockDiag | None = None
        self._lines: dict[int, AssocLine] = {}
        self._alive: dict[Pair, Ends] = {}
        self._exact = ExactLookups()
        self._sockets: list[DiagRecord] = []
        self._fresh: list[DiagRecord] = []
        self._snmp: tuple[str, dict[str, int]] = ("", {})

    def close(self) -> None:
        """Close the netlink socket. Safe to call twice."""
        if self._diag is not None:
            self._diag.close()
            self._diag = None

    def read(self) -> Read:
        """One reading of the namespace that the calling thread is in."""
        self._fresh = []
        counters, counters_state = self._text("snmp")
        assocs, assocs_state = self._text("assocs")
        eps, eps_state = self._text("eps")
        walked = parse_assocs(assocs)
        if walked and not self._lines:
            # Nothing is remembered yet that a walk may have passed over: a second one passes over others.
            walked += parse_assocs(self._text("assocs")[0])
        lines = self._known_lines(walked)
        idle = assocs_state.ok and not (lines or self._alive)
        remaddr, remaddr_state = ("", OK) if idle else self._text("remaddr")
        # A dump of nothing would cost more than all the rest of a namespace in which nothing happens.
        records, diag = ([], OK) if idle and not self._keep_open else self._ask(lines)
        if diag.ok:
            lines = _still_alive(lines, records)
            self._lines = {line.assoc_id: line for line in lines if line.assoc_id is not None}
        else:
            self._lines = {}
        return Read(
            lines=lines,
            records=records,
            remaddrs=parse_remaddr(remaddr),
            endpoints=parse_eps(eps),
            sockets=self._fresh,
            counters=self._counters(counters),
            diag=diag,
            procfs=not_ok((assocs_state, remaddr_state, counters_state, eps_state)),
        )

    def _known_lines(self, read: list[AssocLine]) -> list[AssocLine]:
        """Each association once, and those of last time that this walk passed over.

        The walk of /proc goes by position in a hash table (sctp_transport_get_idx): while associations come
        and go it lists some twice and some not at all. sock_diag then says whether those still live.
        """
        lines = {line.assoc_id or -index: line for index, line in enumerate(read)}
        passed_over = self._lines.keys() - lines.keys()
        return [
            *lines.values(),
            *(replace(self._lines[ident], rtx_marked_chunks=None) for ident in passed_over),
        ]

    def _counters(self, text: str) -> dict[str, int]:
        """Parsed anew only if something moved: most namespaces are idle."""
        if text != self._snmp[0]:
            self._snmp = text, parse_snmp(text)
        return self._snmp[1]

    def _text(self, name: str) -> tuple[str, SourceState]:
        try:
            return read_text(self._folder, name), OK
        except OSError as error:
            return "", SourceState(Kind.ERROR, f"{self._folder}/{name}: {error.strerror}")

    def _ask(self, lines: list[AssocLine]) -> tuple[list[DiagRecord], SourceState]:
        """Every association sock_diag has, each once, and their sockets; or none, and why."""
        try:
            if self._diag is None:
                self._diag = SockDiag()
            # The first reading dumps: only a dump has what /proc passed over, and the settings of sockets.
            exact = len(lines) > EXACT_ABOVE and bool(self._lines)
            dumped = self._diag.dump(states=LISTEN if exact else ANY_STATE)
            self._fresh = [record for record in dumped if not record.is_association]
            self._sockets = [*self._sockets, *self._fresh] if exact else self._fresh
            self._exact.learn(self._sockets)
            records = _distinct(record for record in dumped if record.is_association)
            known = {ends_of(record) for record in records.values()}
            missed = Counter(
                pair
                for line in lines
                if ends_of(line) not in known and (pair := _addresses(line)) is not None
            )
            # Lines with the same ends are associations in several VRFs. What /proc passed over may live all the same.
            missed.update(
                [pair for pair, ends in self._alive.items() if ends not in known and pair not in missed]
            )
            records.update(self._exact.look_up(self._diag, missed))
            self._alive = _by_addresses(records.values())
            if exact:
                self._sockets = sockets_of(self._diag, records.values(), self._sockets)
        except SockDiagError as error:
            # A socket that failed may hold stale answers.
            self.close()
            return [], SourceState(Kind.ERROR, *error.trouble)
        finally:
            if not self._keep_open:
                self.close()
        return [*self._sockets, *records.values()], OK


def _distinct(records: Iterable[DiagRecord]) -> dict[Identity, DiagRecord]:
    """Records by tags and ports: a walk that was disturbed may list one association twice."""
    return {identity(record): record for record in records}


def _still_alive(lines: Iterable[AssocLine], records: Iterable[DiagRecord]) -> list[AssocLine]:
    """The lines whose association sock_diag still knows: as many for a pair of ends as it reported, newest lines first.

    A remembered line must not outlive its association behind a successor on the same ports.
    """
    room = Counter(ends_of(record) for record in records)
    kept = []
    for line in lines:
        if room[ends_of(line)] > 0:
            room[ends_of(line)] -= 1
            kept.append(line)
    return kept


def _by_addresses(entries: Iterable[AssocLine | DiagRecord]) -> dict[Pair, Ends]:
    """Associations by the addresses to look them up by."""
    return {pair: ends_of(entry) for entry in entries if (pair := _addresses(entry)) is not None}


def _addresses(entry: AssocLine | DiagRecord) -> Pair | None:
    """The ends to look an association up by: two addresses of one family."""
    for remote in (entry.primary, *entry.remote_addresses):
        for local in sorted(entry.local_addresses):
            if remote is not None and (":" in remote) == (":" in local):
                return (local, entry.local_port), (remote, entry.remote_port)
    return None
