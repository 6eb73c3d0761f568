"""One immutable picture of everything, made from a sample and all before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from sctptop.model.advice.alarms import Alarm
from sctptop.model.advice.given import Advice
from sctptop.model.associations.counters import CounterRow
from sctptop.model.associations.events.event_log import Logged
from sctptop.model.associations.history import History
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.event import Event
from sctptop.model.peers.connects import Storm
from sctptop.model.peers.peer import Peer, PeerKey
from sctptop.model.registrations.summary import Registered
from sctptop.model.sample import Sample
from sctptop.model.series.packed import Series

RETRANSMISSIONS = ("SctpT3Retransmits", "SctpFastRetransmits", "SctpPmtudRetransmits")


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole host in one line; rates are per second, from the SNMP counters of all namespaces.

    ``associations`` and ``established`` count each end that is here; ``distinct`` counts both ends once.
    """

    associations: int
    distinct: int
    established: int
    in_packets: float | None
    out_packets: float | None
    retransmissions: float | None
    t3_expiries: float | None
    sack_timeouts: float | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a view draws. Nothing in it changes; ``past`` is read up to ``tick`` only.

    ``happened`` are the events of this very tick, ``events`` the last ones kept, oldest first; ``events_lost`` counts
    those lost since the reset, ``events_left_out`` by kind those that there was no time for, ``no_room`` by table what
    probes had no room for, ``events_missed`` retransmissions that the kernel counted and no probe saw. ``now_s`` is the
    clock of the samples: seconds since the first. ``reset_undoable``: what was counted before the reset is still known.
    ``peers``: all that probes saw come, go, or not come up. ``advice``
    is what to show now, the worst first; ``alarms`` all of it that was given since the reset, the last raised first.
    """

    sample: Sample
    rows: tuple[Row, ...]
    totals: Totals
    counters: Mapping[int, tuple[CounterRow, ...]]
    hidden: int
    tick: int
    reset_s: float | None
    past: History
    reset_undoable: bool = False
    events: tuple[Logged, ...] = ()
    happened: tuple[tuple[Key | None, Event], ...] = ()
    events_lost: int = 0
    events_left_out: Mapping[str, int] = field(default_factory=dict)
    events_missed: int = 0
    no_room: Mapping[str, int] = field(default_factory=dict)
    now_s: float = 0.0
    registrations: Registered = field(default_factory=Registered)
    peers: Mapping[PeerKey, Peer] = field(default_factory=dict)
    storms: tuple[Storm, ...] = ()
    advice: tuple[Advice, ...] = ()
    alarms: tuple[Alarm, ...] = ()

    def series(self, key: Key, name: str, ticks: int) -> Series:
        """The last ``ticks`` values of an association's series, oldest first, gaps None."""
        return self.past.read(key, name, self.tick, ticks)

    def path_series(self, key: Key, address: str, name: str, ticks: int) -> Series:
        """The same for one path of the association."""
        return self.past.read((key, address), name, self.tick, ticks)

    def happened_to(self, rows: Iterable[Row]) -> tuple[Event, ...]:
        """The events of this tick that belong to these rows, to one that ended, or to none that was ever read."""
        shown = {row.key for row in rows} | {row.key for row in self.rows if row.ended}
        return tuple(event for key, event in self.happened if key is None or key in shown)

    def row(self, key: Key | None) -> Row | None:
        """The row of that key, None when it is gone."""
        return next((row for row in self.rows if row.key == key), None)

    @property
    def peers_met(self) -> tuple[Peer, ...]:
        """Those that were met since the sample before."""
        before_s = self.now_s - (self.sample.interval_s or 0.0)
        return tuple(peer for peer in self.peers.values() if peer.last_at_s > before_s or not self.tick)

    def peer_of(self, row: Row) -> Peer | None:
        """What is remembered of its peer; None where probes saw nothing of it."""
        return next((self.peers[key] for key in self.peer_keys(row) if key in self.peers), None)

    @staticmethod
    def peer_keys(row: Row) -> tuple[PeerKey, ...]:
        """What its peer may be known by: at each of its addresses, called by us or calling."""
        entry = row.association
        ways = ((entry.remote_port, True), (entry.local_port, False))
        return tuple((entry.netns, address, *way) for way in ways for address in entry.remote_addresses)

    @property
    def namespaces(self) -> tuple[int, ...]:
        """The network namespaces that hold a socket or an association, or count anything."""
        held = {row.association.netns for row in self.rows} | {end.netns for end in self.sample.endpoints}
        return tuple(sorted(held | self.counters.keys()))

    def namespace_label(self, netns: int) -> str:
        """What to call a network namespace; one that has gone as its associations remember it."""
        told = (one.label for one in self.sample.namespaces if one.netns == netns)
        entries = (row.association for row in self.rows)
        remembered = (entry.netns_name for entry in entries if entry.netns == netns and entry.netns_name)
        return next(told, None) or next(remembered, str(netns))

    def within(self, netns: int | None) -> Snapshot:
        """What of it is in one network namespace; all of it for None."""
        if netns is None:
            return self
        rows = tuple(row for row in self.rows if row.association.netns == netns)
        keys = {row.key for row in rows}
        counters = {name: values for name, values in self.counters.items() if name == netns}
        sample = self.sample
        return replace(
            self,
            sample=replace(
                sample,
                associations=tuple(entry for entry in sample.associations if entry.netns == netns),
                endpoints=tuple(entry for entry in sample.endpoints if entry.netns == netns),
                counters={name: values for name, values in sample.counters.items() if name == netns},
                namespaces=tuple(entry for entry in sample.namespaces if entry.netns == netns),
                events=tuple(event for event in sample.events if event.netns == netns),
            ),
            rows=rows,
            totals=totals_of(rows, counters),
            counters=counters,
            events=tuple(logged for logged in self.events if logged.event.netns == netns),
            happened=tuple(pair for pair in self.happened if pair[1].netns == netns),
            peers={key: peer for key, peer in self.peers.items() if peer.netns == netns},
            storms=tuple(one for one in self.storms if one.service[0] == netns),
            advice=tuple(
                one for one in self.advice if one.association in keys or (one.peer and one.peer[0] == netns)
            ),
            alarms=tuple(alarm for alarm in self.alarms if alarm.netns == netns),
        )

    def lines(self, both_ends: bool) -> tuple[Row, ...]:
        """The rows; with ``both_ends`` one for the two ends of an association that are both here: the client's."""
        if not both_ends:
            return self.rows
        behind = _folded(self.rows)
        return tuple(row for row in self.rows if row.key not in behind)

    def frozen(self) -> Snapshot:
        """The same picture with a history that no later sample changes: for a pause."""
        return replace(self, past=self.past.frozen())


def _folded(rows: Sequence[Row]) -> set[Key]:
    """The keys of those whose other end is among them as well and comes first."""
    if not any(map(_other_end, rows)):
        return set()
    behind = {row.key: row.other_end.key for row in rows if row.other_end and row.other_end.first}
    keys = {row.key for row in rows} if behind else set()
    return {key for key, other in behind.items() if other in keys}


def totals_of(rows: Sequence[Row], counters: Mapping[int, tuple[CounterRow, ...]]) -> Totals:
    """The sums over the associations alive and over the counters of all namespaces."""
    # No more than calls for each of thousands: they are summed each time that any of them moves.
    ended = [*map(_ended, rows)]
    present = rows if ended.count(None) == len(rows) else [row for row in rows if row.ended is None]
    rates: dict[str, float] = {}
    for values in counters.values():
        for counter in values:
            if counter.rate is not None:
                rates[counter.name] = rates.get(counter.name, 0.0) + counter.rate
    again = [rates[name] for name in RETRANSMISSIONS if name in rates]
    return Totals(
        associations=len(present),
        distinct=len(present) - len(_folded(present)),
        established=[*map(_state, present)].count("ESTABLISHED"),
        in_packets=rates.get("SctpInSCTPPacks"),
        out_packets=rates.get("SctpOutSCTPPacks"),
        retransmissions=sum(again) if again else None,
        t3_expiries=rates.get("SctpT3RtxExpireds"),
        sack_timeouts=rates.get("SctpDelaySackExpireds"),
    )


_ended, _state, _other_end = map(attrgetter, ("ended", "association.state", "other_end"))
