"""One network namespace, read again and again: sock_diag and /proc/net/sctp of the namespace the thread is in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from sctptop.kernel.host.preflight import PROC_SCTP
from sctptop.kernel.reading.asked import (
    Asked,
    Batch,
    Changes,
    Pair,
    asked_by_name,
    batches,
    by_addresses,
    by_bytes,
)
from sctptop.kernel.reading.diag.diag_records import ANY_STATE, LISTEN, DiagRecord
from sctptop.kernel.reading.exact import ExactLookups, missing, sockets_of
from sctptop.kernel.reading.joining import (
    Ends,
    Joined,
    Read,
    distinct,
    join,
    same_or_new,
    still_alive,
    with_passed_over,
)
from sctptop.kernel.reading.proc_again import WALKED_FOR, AssocLines, EpLines, Transports
from sctptop.kernel.reading.procfs import AssocLine, parse_snmp, read_text
from sctptop.kernel.reading.sockdiag import SockDiag, SockDiagError
from sctptop.model.source_state import OK, Kind, SourceState, not_ok

BY_NAME_ABOVE = 128
"""Associations of all namespaces beyond which those of the last reading are asked for by name, till one may be new."""
EXACT_ABOVE = 1000
"""Associations beyond which a walk, too, looks each up by hash: a dump is quadratic in their number. A look-up does not
tell the settings of a socket (nodelay and the like): they are those of the first reading, and of a younger one those of
when it was new, a few in each reading.
"""
WALK_S = 10.0
"""So often everything is read anew all the same: what a setting became shows by then."""
MANY, WALK_OF_MANY_S = 512, 30.0
"""With more than so many in all namespaces that is so often; what walks sooner, of so many in one, does as beyond
EXACT_ABOVE.
"""


class NamespaceReader:
    """Remembers what the next reading of one namespace needs. Owned by one thread.

    Most readings of many associations ask for each by name and read no file that grows faster than their number; a
    walk, which also tells what is new, is made where anything shows that something is (``_again``).
    """

    def __init__(
        self, folder: Path = PROC_SCTP, keep_open: bool = False, now: Callable[[], float] = time.monotonic
    ) -> None:
        """With ``keep_open`` the netlink socket outlives a reading: for our own namespace alone.

        It holds a reference to its namespace. Kept open in another, that one stays when its owner has let go of it, and
        none of its interfaces' names could be made anew (Linux 6.1, in the lab): for long, where somebody stops us. To
        open and close one takes 37,000 instructions, of the 400,000 of entering and reading a namespace.
        """
        self._folder = str(folder)
        self._keep_open = keep_open
        self._now = now
        self._diag: SockDiag | None = None
        self._lines: dict[int, AssocLine] = {}
        self._unsure: dict[Pair, Ends] = {}
        """What lived when sock_diag answered last, while it does not."""
        self._sockets: list[DiagRecord] = []
        self._fresh: list[DiagRecord] = []
        self._exact = ExactLookups()
        self._more_sockets = False
        self._snmp: tuple[str, dict[str, int]] = ("", {})
        self._assocs, self._transports, self._eps = AssocLines(), Transports(), EpLines()
        self._rows: list[Joined] = []
        self._inodes: frozenset[int | None] | None = None
        """Of the sockets of all rows; None once one is another."""
        self._asked: dict[Asked, Joined] = {}
        self._batches: list[Batch] = []
        self._walk_at = self._dump_at = 0.0
        self._answered: Changes | None = None
        self._moved: tuple[int | None, ...] = ()
        self._elsewhere = 0

    def close(self) -> None:
        """Close the netlink socket. Safe to call twice."""
        if self._diag is not None:
            self._diag.close()
            self._diag = None

    @property
    def associations(self) -> int:
        """How many the last reading found."""
        return len(self._rows)

    def read(self, elsewhere: int = 0) -> Read:
        """One reading of the namespace that the calling thread is in; ``elsewhere``: associations of all others."""
        self._elsewhere = elsewhere
        self._fresh = []
        self._answered = None
        text, counters_state = self._text("snmp")
        counters = self._counters(text)
        moved = tuple(map(counters.get, WALKED_FOR))
        if counters_state.ok and self._batches and moved == self._moved and self._now() < self._walk_at:
            read = self._again(counters)
            if read is not None:
                return read
        # As they were before the walk: what moves during it is looked for by the next.
        self._moved = moved
        return self._walk(counters, counters_state)

    def _again(self, counters: dict[str, int]) -> Read | None:
        """The associations of the last reading by name; None where they are not all, or not all there are."""
        eps, eps_state = self._text("eps")
        endpoints = self._eps.update(eps)
        remaddr, remaddr_state = self._text("remaddr")
        changed = self._transports.update(remaddr)
        ids = self._transports.of
        if ids.keys() != self._lines.keys():
            return None
        try:
            diag = self._opened()
            changes = self._answered = diag.again(self._batches)
            # Of this question the kernel looks through the sockets of all namespaces, twice.
            listening = diag.dump(states=LISTEN) if self._eps.may_listen else []
        except SockDiagError:
            # The walk asks anew, and says it if that fails too.
            self.close()
            return None
        finally:
            if not self._keep_open:
                self.close()
        if changes.gone or any(not self._goes_on(asked) for asked in changes.changed):
            return None
        if changed is None or changed:
            for row in self._rows:
                transports = ids.get((row.line and row.line.assoc_id) or 0, ())
                if transports is not row.transports:
                    row.transports, row.made = transports, None
        self._renew_sockets(listening)
        return Read(
            lines=list(self._lines.values()),
            records=[*self._sockets, *(asked.record for asked in self._asked)],
            rows=self._rows,
            inodes=self._inodes_of_rows(),
            endpoints=endpoints,
            sockets=listening,
            counters=counters,
            procfs=not_ok((remaddr_state, eps_state)),
        )

    def _goes_on(self, asked: Asked) -> bool:
        """Give the row what its association says now; False where it is another association, or has other ends."""
        row, record, follows = self._asked[asked], asked.record, asked.follows
        before, asked.follows = row.record, None
        if before is None or (follows is not before and not record.is_of(before)):
            return False
        row.record, row.follows = record, before
        if record.inode != before.inode:
            self._inodes = None
        return True

    def _inodes_of_rows(self) -> frozenset[int | None]:
        if self._inodes is None:
            self._inodes = frozenset([row.inode for row in self._rows])
        return self._inodes

    def _renew_sockets(self, listening: Iterable[DiagRecord]) -> None:
        """One that listens and has associations itself tells its settings each time."""
        fresh = {record.cookie: record for record in listening}
        if not fresh:
            return
        stale = {
            record.cookie
            for record in self._sockets
            if (now := fresh.get(record.cookie)) is not None and now != record
        }
        if not stale:
            return
        self._sockets = [fresh.get(record.cookie, record) for record in self._sockets]
        for row in self._rows:
            if row.socket is not None and row.socket.cookie in stale:
                row.socket, row.made = fresh[row.socket.cookie], None

    def _walk(self, counters: dict[str, int], counters_state: SourceState) -> Read:
        """A reading that finds what is new too."""
        assocs, assocs_state = self._text("assocs")
        eps, eps_state = self._text("eps")
        walked = self._assocs.update(assocs)
        if walked and not self._lines:
            # Nothing is remembered yet that a walk may have passed over: a second one passes over others.
            walked = walked + self._assocs.update(self._text("assocs")[0])
        lines = with_passed_over(walked, self._lines)
        idle = assocs_state.ok and not (lines or self._rows or self._unsure)
        remaddr, remaddr_state = ("", OK) if idle else self._text("remaddr")
        self._transports.update(remaddr)
        # A dump of nothing would cost more than all the rest of a namespace in which nothing happens.
        records, diag = ([], OK) if idle and not self._keep_open else self._ask(lines)
        if diag.ok:
            lines = still_alive(lines, records)
            self._lines = {line.assoc_id: line for line in lines if line.assoc_id is not None}
        else:
            self._lines = {}
        self._remember(join(records, lines, self._transports.of))
        return Read(
            lines=lines,
            records=records,
            rows=self._rows,
            inodes=self._inodes_of_rows(),
            endpoints=self._eps.update(eps),
            sockets=self._fresh,
            counters=counters,
            diag=diag,
            procfs=not_ok((assocs_state, remaddr_state, counters_state, eps_state)),
        )

    def _remember(self, rows: list[Joined]) -> None:
        """Make the rows those of the next reading: one that says what it said is the same, with what was made of it."""
        before = {row.key: row for row in self._rows}
        self._rows = [same_or_new(before.get(row.key), row) for row in rows]
        self._inodes = None
        many = len(rows) + self._elsewhere > BY_NAME_ABOVE
        asked = asked_by_name(self._rows, self._exact.found, self._asked) if many else {}
        if len(asked) != len(self._lines):
            asked = {}
        # More of the sockets that are new are told by the next.
        soon = self._more_sockets and any(row.socket is None for row in self._rows)
        every_s = WALK_S if len(rows) + self._elsewhere <= MANY else WALK_OF_MANY_S
        self._walk_at = self._now() + (0.0 if soon else every_s)
        if [*asked] != [*self._asked]:
            self._batches = batches(asked)
        self._asked = asked

    def _opened(self) -> SockDiag:
        if self._diag is None:
            self._diag = SockDiag()
        return self._diag

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
        # After one that failed no row has a record.
        alive = self._unsure or by_addresses(row.record for row in self._rows if row.record is not None)
        try:
            diag = self._opened()
            # The first reading dumps: only a dump has what /proc passed over, and the settings of sockets.
            above = EXACT_ABOVE if self._now() >= self._dump_at else min(MANY, EXACT_ABOVE)
            exact = len(lines) > above and bool(self._lines)
            self._dump_at = self._dump_at if exact else self._now() + WALK_OF_MANY_S
            known = by_bytes((*self._sockets, *(row.record for row in self._rows)))
            dumped = diag.dump(states=LISTEN if exact else ANY_STATE, known=known)
            self._fresh = [record for record in dumped if not record.is_association]
            self._sockets = [*self._sockets, *self._fresh] if exact else self._fresh
            # They are not read again: of thousands the bytes would be kept for nothing.
            for record in self._fresh if len(lines) > EXACT_ABOVE else ():
                object.__setattr__(record, "raw", b"")
            self._exact.learn(self._sockets, self._asked)
            told = self._by_name(diag) if exact else [one for one in dumped if one.is_association]
            records = distinct(told)
            missed = missing(lines, records.values(), alive, by_name=exact)
            records.update(self._exact.look_up(diag, missed))
            before = {record.cookie for record in self._sockets} if exact else set()
            if exact:
                self._sockets = sockets_of(diag, records.values(), self._sockets)
            self._more_sockets = any(record.cookie not in before for record in self._sockets)
            self._unsure = {}
        except SockDiagError as error:
            # A socket that failed may hold stale answers.
            self.close()
            self._unsure = alive
            return [], SourceState(Kind.ERROR, *error.trouble)
        finally:
            if not self._keep_open:
                self.close()
        return [*self._sockets, *records.values()], OK

    def _by_name(self, diag: SockDiag) -> list[DiagRecord]:
        """What those say that were asked for by name before; asked now, if they were not in this very reading."""
        answered = self._answered or diag.again(self._batches)
        gone = set(answered.gone)
        return [asked.record for asked in self._asked if asked not in gone]
