"""Makes a Summary of the samples of one recording, in one pass through the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sctptop.comparison.kinds import UNTOLD
from sctptop.comparison.summaries.end_book import EndBook
from sctptop.comparison.summaries.fired_book import FiredBook
from sctptop.comparison.summaries.summary import COUNTERS, End, Summary
from sctptop.fields.catalogue import SETTINGS
from sctptop.model.advice.given import Advice
from sctptop.model.associations.distribution import Distribution, total
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.associations.waits import NO_WAIT
from sctptop.model.model import Model
from sctptop.model.ngap.dialect import NGAP, NGAP_PORT, S1AP, S1AP_PORT, Dialect
from sctptop.model.ngap.message import message_of
from sctptop.model.registrations.finished import Finished
from sctptop.model.registrations.summary import Registered
from sctptop.model.sample import Sample
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import Value

Name = tuple[str, bool]
"""Of a procedure, and whether we asked."""
MOST_VALUES = 64
"""Different values kept of one setting."""
MOST_BOOKS = 64
"""Kinds of registration at either end; the standards have a dozen."""
LEAST_HEARTBEATS = 3
"""That tell the network from the far end in registrations that came before them."""


@dataclass(slots=True)
class _Watched:
    """One association, whether it speaks NGAP, and all that was seen of it."""

    row: Row
    role: str = ""
    ngap: bool = False
    settings: dict[str, Counter[Value]] = field(default_factory=dict)
    send_queue: Distribution = field(default_factory=Distribution)
    recv_queue: Distribution = field(default_factory=Distribution)
    window: int = 0
    cwnd: int = 0

    def speaks(self, dialect: Dialect) -> None:
        """A message of it was seen."""
        self.ngap = True
        called = {"server": dialect.core, "client": dialect.ran}
        self.role = called.get(self.role, self.role) or _role_of_port(self.row, dialect)


class WhatCame(NamedTuple):
    """What came of the messages of one sample: associations that were known to speak what from then on, which end of
    them we are, and advice."""

    spoke: Sequence[tuple[Key, Dialect]]
    roles: Sequence[tuple[Key, str]]
    advice: Sequence[Advice]


class Summarizer:
    """Takes the snapshots of one recording in their order."""

    def __init__(self, accepts: Callable[[Row], bool] | None = None, since: datetime | None = None) -> None:
        """``accepts``: which associations are meant, those that it ever accepts; None for all. ``since``: registrations
        that began earlier are left out."""
        self._accepts, self._since = accepts, since
        self._watched: dict[Key, _Watched] = {}
        self._registrations: dict[tuple[str, str], EndBook] = {}
        self._counters: dict[int, Mapping[str, int]] = {}
        self._advice = FiredBook()
        self._lost = self._missed = self._samples = self._probed = 0
        self._first: Sample | None = None
        self._last: Snapshot | None = None

    def take(self, snapshot: Snapshot, came: WhatCame | None = None) -> None:
        """Add what happened in this one. ``came``: of a sample without its messages, what came of them."""
        sample = snapshot.sample
        self._first = self._first or sample
        self._last = snapshot
        self._samples += 1
        self._probed += sample.probes.ok
        self._lost, self._missed = snapshot.events_lost, max(self._missed, snapshot.events_missed)
        for row in snapshot.rows:
            if row.ended is None and (self._accepts is None or self._accepts(row)):
                self._look(row, sample)
        for key, event in snapshot.happened:
            watched = self._watched.get(key) if key is not None else None
            if event.kind == "ngap" and watched is not None and not watched.ngap:
                message = message_of(event)
                if message is not None:
                    watched.speaks(message.dialect)
        for one in snapshot.registrations.ended_now:
            if self._since is not None and one.began < self._since:
                continue
            if self._accepts is not None and one.association not in self._watched:
                continue
            self._book(one.end, one.kind or UNTOLD).take(one)
            if one.association in self._watched:
                self._watched[one.association].role = one.end
        if came is not None:
            for name, dialect in came.spoke:
                if name in self._watched and not self._watched[name].ngap:
                    self._watched[name].speaks(dialect)
            for name, end in came.roles:
                if name in self._watched:
                    self._watched[name].role = end
        for netns, rows in snapshot.counters.items():
            self._counters[netns] = {
                counter.name: counter.since_reset or 0 for counter in rows if counter.name in COUNTERS
            }
        self._advice.take(snapshot.advice if came is None else came.advice, sample.interval_s or 0.0)

    def take_all(self, of: Finished) -> None:
        """Registrations that ended in samples without messages, in the order in which they ended."""
        rows: dict[tuple[str, str], list[int]] = {}
        totals_ns = of.totals_ns()
        for row, (end, kind) in enumerate(zip(of.end, of.kind, strict=True)):
            rows.setdefault((end, kind or UNTOLD), []).append(row)
        for (end, kind), its in rows.items():
            self._book(end, kind).take_all(of, its, totals_ns)

    def _book(self, end: str, kind: str) -> EndBook:
        if len(self._registrations) >= MOST_BOOKS and (end, kind) not in self._registrations:
            kind = UNTOLD
        return self._registrations.setdefault((end, kind), EndBook(end, kind))

    def _look(self, row: Row, sample: Sample) -> None:
        watched = self._watched.setdefault(row.key, _Watched(row))
        watched.row = row
        entry = row.association
        for name in SETTINGS:
            value = getattr(entry, name)
            seen = watched.settings.setdefault(name, Counter())
            if value is not None and (value in seen or len(seen) < MOST_VALUES):
                seen[value] += 1
        # Distributions count whole numbers, whatever they are: here bytes.
        for queue, size in ((watched.send_queue, entry.send_queue), (watched.recv_queue, entry.recv_queue)):
            if size is not None:
                queue.add(size)
        if entry.state == "ESTABLISHED":
            watched.window = max(watched.window, (entry.peer_rwnd or 0) + (entry.flight or 0))
            watched.cwnd = max(watched.cwnd, entry.cwnd or 0)
        if not watched.role:
            listens = any(
                one.state == "LISTENING" and (one.netns, one.local_port) == (entry.netns, entry.local_port)
                for one in sample.endpoints
            )
            watched.role = _known_port(row) or ("server" if listens else "")

    def _procedures(self, registered: Registered) -> Mapping[Name, tuple[Distribution, int, int]]:
        found: dict[Name, tuple[Distribution, int, int]] = {}
        for key in [None] if self._accepts is None else [*self._watched]:
            for entry in registered.procedures_of(key):
                name = entry.kind.name, entry.kind.asked
                latency, failures, unanswered = found.get(name, (Distribution(), 0, 0))
                found[name] = (
                    latency.plus(entry.latency) if latency.n else entry.latency,
                    failures + entry.failures,
                    unanswered + entry.unanswered,
                )
        return found

    def summary(
        self,
        name: str,
        path: str,
        facts: Mapping[str, Any],
        damaged: int,
        last: datetime | None = None,
        registered: Registered | None = None,
    ) -> Summary:
        """All of it. ``registered``: where messages were not there. Raises ValueError where no sample was taken."""
        if self._first is None or self._last is None:
            raise ValueError("no sample")
        ngap = any(one.ngap for one in self._watched.values()) or bool(self._registrations)
        compared = {key: one for key, one in self._watched.items() if one.ngap or not ngap}
        first, registered = self._first, registered or self._last.registrations
        # Counted of all associations, as far as that is what is meant.
        started = {
            (tally.end, tally.kind or UNTOLD): tally.started
            for tally in (registered.of(None) if self._accepts is None and self._since is None else ())
        }
        heartbeats = total(rtt.heartbeat for one in compared.values() for rtt in one.row.rtts.values())
        rtt_ms = heartbeats.percentile(0.5) if heartbeats.n >= LEAST_HEARTBEATS else None
        sysctls = facts.get("sysctls")
        spaces = {key[0] for key in compared}
        return Summary(
            name=name,
            path=path,
            host=first.host or str(facts.get("host", "")),
            kernel=first.kernel or str(facts.get("kernel", "")),
            hz=first.hz,
            machine=str(facts.get("machine", "")),
            began=first.time,
            span_s=max(((last or self._last.sample.time) - first.time).total_seconds(), 0.0),
            samples=self._samples,
            probed=self._probed,
            ngap=ngap,
            sysctls={str(one): str(value) for one, value in sysctls.items()}
            if isinstance(sysctls, dict)
            else {},
            ends={one.role: one for one in _ends(compared.values())},
            registrations={
                name: book.ended(started.get(name, 0), rtt_ms) for name, book in self._registrations.items()
            },
            procedures=self._procedures(registered),
            heartbeats=heartbeats,
            counters={
                counter: sum(known)
                if (
                    known := [
                        values[counter]
                        for netns, values in self._counters.items()
                        if counter in values and (netns in spaces or not spaces)
                    ]
                )
                else None
                for counter in COUNTERS
            },
            advice=tuple(self._advice.fired({key: one.role for key, one in compared.items()}, ngap)),
            running=registered.running,
            unfollowed=registered.unfollowed,
            lost=self._lost,
            missed=self._missed,
            unseen=registered.unseen.get(None, 0),
            damaged=damaged,
            own_netns=self._last.sample.own_netns_only,
            facts=facts,
        )


def summarise(
    samples: Iterable[Sample], name: str = "", path: str = "", facts: Mapping[str, Any] | None = None
) -> Summary:
    """Of samples in their order. Raises ValueError where there is none."""
    model, summarizer = Model(running=False), Summarizer()
    for sample in samples:
        summarizer.take(model.advance(sample))
    return summarizer.summary(name, path, facts or {}, 0)


def _known_port(row: Row) -> str:
    entry = row.association
    for port, dialect in ((NGAP_PORT, NGAP), (S1AP_PORT, S1AP)):
        if port in (entry.local_port, entry.remote_port):
            return dialect.core if entry.local_port == port else dialect.ran
    return ""


def _role_of_port(row: Row, dialect: Dialect) -> str:
    """The side that was called is the core's: its port is the lower one, where none is the usual one."""
    entry = row.association
    return _known_port(row) or (dialect.core if entry.local_port < entry.remote_port else dialect.ran)


def _ends(watched: Iterable[_Watched]) -> Iterable[End]:
    by_role: dict[str, list[_Watched]] = {}
    for one in watched:
        by_role.setdefault(one.role or "client", []).append(one)
    for role, entries in by_role.items():
        counts: dict[str, Counter[Value]] = {name: Counter() for name in SETTINGS}
        for one in entries:
            for name, seen in one.settings.items():
                # The value that an association had most of the time is its setting; an RTO moves.
                if seen:
                    counts[name][seen.most_common(1)[0][0]] += 1
        processes = Counter(
            process.comm for one in entries if (process := one.row.association.process) is not None
        )
        yield End(
            role=role,
            associations=len(entries),
            processes=tuple(name for name, _ in processes.most_common()),
            settings={
                name: tuple(value for value, _ in seen.most_common()) for name, seen in counts.items() if seen
            },
            held=total((one.row.held.total for one in entries), NO_WAIT.total.bits),
            read_wait=total((one.row.read_wait.total for one in entries), NO_WAIT.total.bits),
            send_queue=total(one.send_queue for one in entries),
            recv_queue=total(one.recv_queue for one in entries),
            rtx_chunks=_gained(entries, "rtx_chunks"),
            out_data_chunks=_gained(entries, "out_data_chunks"),
            peer_window=min((one.window for one in entries if one.window), default=None),
            cwnd=max(one.cwnd for one in entries) or None,
        )


def _gained(entries: Iterable[_Watched], name: str) -> int | None:
    known = [one.row.since_reset[name] for one in entries if name in one.row.since_reset]
    return sum(known) if known else None
