"""The running kernel as a source: one reading of every network namespace that is asked for, as a Sample."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path

from sctptop.kernel.host.jiffies import JiffyClock, configured_hz
from sctptop.kernel.host.preflight import PROC_SCTP, missing_sctp
from sctptop.kernel.owners.processes import Owners
from sctptop.kernel.probes.events import Clocks
from sctptop.kernel.probes.node_names import NodeNames
from sctptop.kernel.probes.observed import NOTHING
from sctptop.kernel.probes.session import Probes
from sctptop.kernel.reading.all_namespaces import Everywhere
from sctptop.kernel.reading.associations import merge
from sctptop.kernel.reading.endpoints import KnownEndpoints
from sctptop.kernel.reading.joining import Read
from sctptop.kernel.ways.ways import Ways
from sctptop.model.sample import Sample
from sctptop.model.selection import ALL_NAMESPACES, NamespaceChoice
from sctptop.model.source_state import Kind, SourceState, not_ok


class LiveSource:
    """Reads the kernel. Owned by one thread; asks for no privilege but what probes and other namespaces need."""

    def __init__(
        self,
        probes: Probes | None = None,
        folder: Path = PROC_SCTP,
        owners: Owners | None = None,
        netns: NamespaceChoice = ALL_NAMESPACES,
    ) -> None:
        """``probes`` are started by the first reading and closed with the source; None: without."""
        self._probes = probes
        self._folder = folder
        self._owners = owners or Owners()
        self._everywhere = Everywhere(netns, self._owners, folder)
        self._ways = Ways(self._everywhere.within)
        self._clock = JiffyClock(configured_hz(os.uname().release))
        self._endpoints = KnownEndpoints()
        self._node_names = NodeNames()
        self._previous: float | None = None

    def close(self) -> None:
        """Close the netlink socket and detach the probes. Safe to call twice."""
        self._everywhere.close()
        if self._probes is not None:
            self._probes.close()

    def read(self) -> Sample:
        """One reading. What cannot be read is reported in ``Sample.sources``."""
        if self._probes is not None:
            self._probes.start()
        started = time.monotonic()
        interval = None if self._previous is None else started - self._previous
        self._previous = started
        now = datetime.now(timezone.utc)
        missing = missing_sctp(folder=self._folder)
        if missing is not None:
            # A sock_diag request would make the kernel load sctp_diag, and with it sctp.
            self._everywhere.close()
            state = SourceState(Kind.OFF, *missing)
            return self._sample(now, interval, started, {"sock_diag": state, "procfs": state})
        found = self._everywhere.read()
        if not found.reads:
            return self._sample(now, interval, started, {"sock_diag": found.state, "procfs": found.state})
        # After sock_diag: its asking is what makes the probes look at every path.
        clocks = Clocks(datetime.now(timezone.utc), time.monotonic_ns(), self._clock)
        observed = self._probes.read(clocks, found.only) if self._probes is not None else NOTHING
        self._everywhere.heard_of(entry.netns for entry in observed.events)
        owners = self._owners.of(chain.from_iterable(read.inodes for read in found.reads.values()))
        labels = {entry.netns: entry.label for entry in found.namespaces}
        merged = (
            merge(netns, read.rows, self._clock, observed, owners, labels.get(netns), self._ways)
            for netns, read in found.reads.items()
        )
        associations = tuple(chain.from_iterable(merged))
        self._ways.end_reading()
        self._node_names.hear(observed.events)
        associations = self._node_names.named(associations)
        return self._sample(
            now,
            interval,
            started,
            {
                "sock_diag": not_ok(read.diag for read in found.reads.values()),
                "procfs": not_ok(read.procfs for read in found.reads.values()),
                "netns": found.state,
                # Reported only in trouble: most of what is shown needs no ways.
                **({} if self._ways.state.ok else {"ways": self._ways.state}),
            },
            associations=associations,
            endpoints=self._endpoints.of(found.reads),
            counters=_counters(found.reads),
            namespaces=found.namespaces,
            events=tuple(entry for entry in observed.events if entry.netns in found.reads),
            events_lost=observed.lost,
            followed=observed.followed,
            no_room=observed.no_room,
            events_left_out=observed.left_out,
        )

    def _sample(
        self,
        now: datetime,
        interval: float | None,
        started: float,
        sources: dict[str, SourceState],
        **found: object,
    ) -> Sample:
        return Sample(
            time=now,
            interval_s=None if interval is None else round(interval, 6),
            read_s=round(time.monotonic() - started, 6),
            host=socket.gethostname(),
            kernel=os.uname().release,
            sources={**sources, **self._probe_states()},
            hz=self._clock.hz,
            monotonic_ns=round(started * 1e9),
            **found,  # type: ignore[arg-type]
        )

    def _probe_states(self) -> dict[str, SourceState]:
        if self._probes is None:
            return {"bpf": SourceState(Kind.UNWANTED, "--no-bpf")}
        state = self._probes.state
        return {"bpf": state, "ngap": self._probes.ngap} if state.ok else {"bpf": state}


def _counters(reads: Mapping[int, Read]) -> dict[int, dict[str, int]]:
    """By namespace; those in which nothing ever happened are left out, but not the first, which is our own."""
    first = next(iter(reads), None)
    return {
        netns: read.counters
        for netns, read in reads.items()
        if read.counters and (netns == first or any(read.counters.values()))
    }
