"""The running kernel as a source: one reading of sock_diag and /proc/net/sctp, as a Sample."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sctptop.kernel.clock import JiffyClock, configured_hz
from sctptop.kernel.merge import Ends, endpoints, ends_of, merge_associations
from sctptop.kernel.preflight import PROC_SCTP, missing_sctp
from sctptop.kernel.probe_records import Clocks
from sctptop.kernel.probes import NOTHING, Probes
from sctptop.kernel.processes import Owners
from sctptop.kernel.procfs import AssocLine, parse_assocs, parse_eps, parse_remaddr, parse_snmp, read_text
from sctptop.kernel.sockdiag import Pair, SockDiag, SockDiagError
from sctptop.kernel.wire import DiagRecord
from sctptop.model.sample import Sample

EXACT_ABOVE = 1000
"""Associations beyond which each is looked up by hash: a dump is quadratic in their number.

A look-up does not tell the settings of the socket (nodelay and the like): beyond it they are those of
the first reading, and None for a socket that is younger.
"""


class LiveSource:
    """Reads the caller's network namespace. Owned by one thread; asks for no privilege but what probes need."""

    def __init__(
        self, probes: Probes | None = None, folder: Path = PROC_SCTP, owners: Owners | None = None
    ) -> None:
        """``probes`` are started by the first reading and closed with the source; None: without."""
        self._probes = probes
        self._folder = folder
        self._owners = owners or Owners()
        self._diag: SockDiag | None = None
        self._clock = JiffyClock(configured_hz(os.uname().release))
        self._previous: float | None = None
        self._lines: dict[int, AssocLine] = {}
        self._alive: dict[Pair, Ends] = {}
        self._sockets: list[DiagRecord] = []

    def close(self) -> None:
        """Close the netlink socket and detach the probes. Safe to call twice."""
        self._hang_up()
        if self._probes is not None:
            self._probes.close()

    def _hang_up(self) -> None:
        if self._diag is not None:
            self._diag.close()
            self._diag = None

    def read(self) -> Sample:
        """One reading. What cannot be read is said in ``Sample.sources``."""
        if self._probes is not None:
            self._probes.start()
        started = time.monotonic()
        interval = None if self._previous is None else started - self._previous
        self._previous = started
        now = datetime.now(UTC)
        missing = missing_sctp(folder=self._folder)
        if missing is not None:
            # A sock_diag request would make the kernel load sctp_diag, and with it sctp.
            self._hang_up()
            return self._sample(now, interval, started, {"sock_diag": missing, "procfs": missing})
        netns = Path("/proc/thread-self/ns/net").stat().st_ino
        counters, counters_trouble = self._text("snmp")
        assocs, assocs_trouble = self._text("assocs")
        remaddr, remaddr_trouble = self._text("remaddr")
        eps, eps_trouble = self._text("eps")
        lines = self._known_lines(parse_assocs(assocs))
        records, diag_trouble = self._ask(lines)
        if diag_trouble is None:
            lines = _still_alive(lines, records)
            self._lines = {line.assoc_id: line for line in lines if line.assoc_id is not None}
        else:
            self._lines = {}
        trouble = assocs_trouble or remaddr_trouble or counters_trouble or eps_trouble
        # After sock_diag: its asking is what makes the probes look at every path.
        clocks = Clocks(datetime.now(UTC), time.monotonic_ns(), self._clock)
        observed = self._probes.read(clocks) if self._probes is not None else NOTHING
        inodes = {line.inode for line in lines} | {one.inode for one in records if one.is_association}
        return self._sample(
            now,
            interval,
            started,
            {"sock_diag": diag_trouble or "ok", "procfs": trouble or "ok"},
            associations=merge_associations(
                netns, records, lines, parse_remaddr(remaddr), self._clock, observed, self._owners.of(inodes)
            ),
            endpoints=endpoints(netns, parse_eps(eps)),
            counters={netns: values} if (values := parse_snmp(counters)) else {},
            events=tuple(entry for entry in observed.events if entry.netns == netns),
            events_lost=observed.lost,
        )

    def _known_lines(self, read: list[AssocLine]) -> list[AssocLine]:
        """Each association once, and those of last time that this walk passed over.

        The walk of /proc goes by position in a hash table (sctp_transport_get_idx): while associations come
        and go it tells some twice and some not at all. sock_diag then says whether those still live.
        """
        lines = {line.assoc_id or -index: line for index, line in enumerate(read)}
        passed_over = self._lines.keys() - lines.keys()
        return [*lines.values(), *(replace(self._lines[ident], rtx_chunks=None) for ident in passed_over)]

    def _sample(
        self, now: datetime, interval: float | None, started: float, sources: dict[str, str], **found: object
    ) -> Sample:
        return Sample(
            time=now,
            interval_s=None if interval is None else round(interval, 6),
            read_s=round(time.monotonic() - started, 6),
            host=socket.gethostname(),
            kernel=os.uname().release,
            sources={**sources, "bpf": self._probes.state if self._probes else "off: --no-bpf"},
            hz=self._clock.hz,
            **found,  # type: ignore[arg-type]
        )

    def _text(self, name: str) -> tuple[str, str | None]:
        try:
            return read_text(self._folder, name), None
        except OSError as error:
            return "", f"error: {self._folder / name}: {error.strerror}"

    def _ask(self, lines: list[AssocLine]) -> tuple[list[DiagRecord], str | None]:
        """Every association sock_diag has, each once, and their sockets; or none, and why."""
        try:
            if self._diag is None:
                self._diag = SockDiag()
            # The first reading dumps: only a dump tells what /proc passed over, and the settings of sockets.
            dumped = self._diag.dump() if len(lines) <= EXACT_ABOVE or not self._lines else []
            if dumped:
                self._sockets = [record for record in dumped if not record.is_association]
            records = _distinct(record for record in dumped if record.is_association)
            known = {ends_of(record) for record in records.values()}
            wanted = {**self._alive, **_by_addresses(lines)}
            missed = [pair for pair, ends in wanted.items() if ends not in known]
            looked_up = self._diag.look_up(missed)
            records.update(_distinct(record for record in looked_up if record is not None))
            self._alive = _by_addresses(records.values())
        except SockDiagError as error:
            # A socket that failed may hold stale answers.
            self._hang_up()
            return [], f"error: {error.strerror}"
        return [*self._sockets, *records.values()], None


def _distinct(records: Iterable[DiagRecord]) -> dict[tuple[int, ...], DiagRecord]:
    """Records by tags and ports: a walk that was disturbed may tell one association twice."""
    return {
        (
            record.info.get("tag", 0),
            record.info.get("peer_tag", 0),
            record.local_port,
            record.remote_port,
        ): record
        for record in records
    }


def _still_alive(lines: Iterable[AssocLine], records: Iterable[DiagRecord]) -> list[AssocLine]:
    """The lines whose association sock_diag still knows: as many a pair of ends as it told, newest lines first.

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
