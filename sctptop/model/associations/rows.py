"""From samples to rows: which association is which over time, its rates, and when it ended.

An association is known by (namespace, own tag, peer tag, ports): socket cookies and inodes are shared by
all associations of a one-to-many socket, and a restart (RFC 9260 section 5.2) changes the tags.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sctptop.model.associations.both_ends import OtherEnd, comes_first, listening_sockets, other_ends
from sctptop.model.associations.counters import CounterBook, CounterRow
from sctptop.model.associations.history import History
from sctptop.model.associations.rtt import PathRtt, RttBook
from sctptop.model.associations.waits import NO_WAIT, Wait, WaitBook
from sctptop.model.event import Event
from sctptop.model.sample import Association, Path, Sample
from sctptop.model.selection import Selector, event_selected, selected

Key = tuple[Hashable, ...]
"""Names one association for as long as it is shown; stable across reordering."""

COUNTED = (
    "in_packets",
    "out_packets",
    "in_data_chunks",
    "out_data_chunks",
    "in_unordered_chunks",
    "out_unordered_chunks",
    "in_ctrl_chunks",
    "out_ctrl_chunks",
    "in_sacks",
    "out_sacks",
    "rtx_chunks",
    "rtx_marked_chunks",
    "in_dup_chunks",
    "out_of_seq_tsns",
    "gap_acks",
    "drops",
)
"""Association attributes that only grow."""

SERIES = (
    "cwnd",
    "ssthresh",
    "flight",
    "peer_rwnd",
    "local_rwnd",
    "send_queue",
    "recv_queue",
    "unacked",
    "pending",
)
"""Association attributes kept over time.

``held_ms`` and ``read_wait_ms`` join them: the median of each interval in which a message was timed.
"""

PATH_SERIES = ("srtt_ms", "rto_ms", "cwnd", "ssthresh", "flight")
"""Path attributes kept over time, under the key (association key, address).

``hb_rtt_ms`` and ``data_rtt_ms`` join them: the last heartbeat of each interval and the median of its data.
"""

LINGER_S = 5.0
"""How long an association that ended stays in the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """One association in one snapshot. ``rates`` are per second; ``ended`` says why it is gone.

    ``other_end`` is there when both ends are on this host, and neither has gone before the other.
    ``held`` is how long its messages were held before the first transmission, ``read_wait`` how long those that came
    waited to be read.
    """

    key: Key
    association: Association
    rates: Mapping[str, float | None]
    since_reset: Mapping[str, int]
    age_s: float | None = None
    ended: str | None = None
    rtts: Mapping[str, PathRtt] = field(default_factory=dict)
    other_end: OtherEnd | None = None
    held: Wait = NO_WAIT
    read_wait: Wait = NO_WAIT

    @property
    def primary_rtt(self) -> PathRtt | None:
        """The round trips of the primary path, None while none was measured."""
        return self.rtts.get(self.association.primary or "")

    def published(self) -> Association:
        """The association with the round trips of its paths and its waits: what JSON shows."""
        entry = self.association
        if self.rtts:
            entry = replace(entry, paths=tuple(_with_rtt(path, self.rtts) for path in entry.paths))
        if self.held.total.n or self.read_wait.total.n:
            entry = replace(entry, held_ms=self.held.summary(), read_wait_ms=self.read_wait.summary())
        return entry

    def rate(self, name: str) -> float | None:
        """Per second over the last interval; None on the first sight."""
        return self.rates.get(name)


@dataclass(slots=True)
class _Life:
    key: Key
    association: Association
    book: CounterBook
    first_s: float
    born_while_watching: bool
    addresses: set[str] = field(default_factory=set)
    ended: str | None = None
    ended_s: float = 0.0
    other: Association | None = None
    partner: _Life | None = None
    other_first: bool = False

    def other_end(self) -> OtherEnd | None:
        """The other end, while it shares the fate of this one: both alive, or gone in the same reading."""
        if self.other is None or self.partner is None:
            return OtherEnd(self.other) if self.other is not None else None
        if (self.ended is None, self.ended_s) != (self.partner.ended is None, self.partner.ended_s):
            return None
        return OtherEnd(self.partner.association, self.partner.key, self.other_first)


def identity(association: Association) -> Key:
    """The key of an association as far as this one record tells it."""
    if association.own_tag is None:
        return _identity_by_id(association)
    ports = (association.local_port, association.remote_port)
    return (association.netns, association.own_tag, association.peer_tag or 0, *ports)


def _identity_by_id(association: Association) -> Key:
    """What an association is called while only /proc names it."""
    ports = (association.local_port, association.remote_port)
    return (association.netns, "id", association.assoc_id, *ports)


def _aliases(association: Association) -> Iterator[Key]:
    """The identity, and what the same association was called while less of it was known."""
    yield identity(association)
    ports = (association.local_port, association.remote_port)
    if association.own_tag is None:
        return
    if association.peer_tag:
        # In COOKIE_WAIT the peer's tag is still 0.
        yield (association.netns, association.own_tag, 0, *ports)
    if association.assoc_id is not None:
        # sock_diag may have been silent until now.
        yield _identity_by_id(association)


class Rows:
    """Follows associations from sample to sample and keeps their history."""

    def __init__(self, selectors: Sequence[Selector] = (), history: History | None = None) -> None:
        self.history = history or History()
        self.hidden = 0
        self.tick = -1
        self._selectors = tuple(selectors)
        self._lives: dict[Key, _Life] = {}
        self._by_name: dict[Key, _Life] = {}
        self.now_s = 0.0
        self._rtts = RttBook()
        self._waits = WaitBook()
        self.events: tuple[tuple[Key | None, Event], ...] = ()

    def advance(self, sample: Sample, gained: Mapping[int, Mapping[str, int]]) -> None:
        """Take in the next sample; ``gained`` is what each namespace's SNMP counters gained in it."""
        self.tick += 1
        self.now_s += sample.interval_s or 0.0
        met = {
            place: self._meet(entry, sample.interval_s)
            for place, entry in enumerate(sample.associations)
            if selected(entry, self._selectors)
        }
        self.hidden = len(sample.associations) - len(met)
        seen = {life.key for life in met.values()}
        _find_other_ends(sample, met)
        born = [self._lives[key].association for key in seen if self._lives[key].first_s == self.now_s]
        gone = [life for life in self._lives.values() if life.key not in seen and life.ended is None]
        for life in gone:
            life.ended = _reason(life.association, born, len(gone), gained.get(life.association.netns, {}))
            life.ended_s = self.now_s
        self.events = tuple(self._named(sample.events))
        alive = [(key, self._lives[key].association) for key in seen]
        self._rtts.advance(((key, event) for key, event in self.events if key is not None), alive, self.now_s)
        self._waits.advance(alive)
        self._age_out()
        self.history.record(self.tick, dict(entry for key, one in alive for entry in _series(key, one)))
        self.history.record(
            self.tick, {(key, address): self._rtt_series(key, address) for key, address in self._rtts.moved}
        )
        self.history.record(self.tick, {key: self._waits.medians(key) for key in self._waits.moved})

    def reset(self) -> None:
        """Begin the deltas of every association anew."""
        for life in self._lives.values():
            life.book.reset()
        self._rtts.reset()
        self._waits.reset()

    def rows(self) -> tuple[Row, ...]:
        """All associations alive or ended a moment ago, in the order they were first seen."""
        return tuple(
            Row(
                key=life.key,
                association=life.association,
                rates={name: None if life.ended else life.book.rate(name) for name in COUNTED},
                since_reset=life.book.gained(),
                age_s=self.now_s - life.first_s if life.born_while_watching else None,
                ended=life.ended,
                rtts=self._rtts.of(life.key),
                other_end=life.other_end(),
                held=(waits := self._waits.of(life.key)).held,
                read_wait=waits.read_wait,
            )
            for life in self._lives.values()
        )

    def _meet(self, entry: Association, interval_s: float | None) -> _Life:
        """The life this record belongs to, begun now if it is new."""
        life = next((found for name in _aliases(entry) if (found := self._known(name, entry))), None)
        if life is None:
            life = _Life(identity(entry), entry, CounterBook(), self.now_s, interval_s is not None)
            self._lives[life.key] = life
        # All names: an event may come from a time when less of it was known.
        for name in _aliases(entry):
            self._by_name[name] = life
        life.association = entry
        life.addresses.update(path.address for path in entry.paths)
        life.book.advance(
            {name: value for name in COUNTED if (value := getattr(entry, name)) is not None}, interval_s
        )
        return life

    def _known(self, name: Key, entry: Association) -> _Life | None:
        life = self._by_name.get(name)
        if life is None or life.ended is not None:
            return None
        tags = {life.association.own_tag, entry.own_tag} - {None}
        return life if len(tags) < 2 else None

    def _named(self, events: Iterable[Event]) -> Iterator[tuple[Key | None, Event]]:
        """Events with the key of their association: None where it was never read; without those not selected."""
        for event in events:
            ports = (event.local_port, event.remote_port)
            tags = (event.own_tag, event.peer_tag), (event.own_tag, 0)
            names = [(event.netns, *pair, *ports) for pair in tags]
            life = next((found for name in names if (found := self._by_name.get(name))), None)
            if life is not None:
                yield life.key, event
            elif event_selected(event, self._selectors):
                yield None, event

    def _rtt_series(self, key: Hashable, address: str) -> dict[str, float | None]:
        path = self._rtts.of(key)[address]
        return {"hb_rtt_ms": path.now_ms[-1] if path.now_ms else None, "data_rtt_ms": path.data_now_ms}

    def _age_out(self) -> None:
        old = {
            key
            for key, life in self._lives.items()
            if life.ended is not None and self.now_s - life.ended_s >= LINGER_S
        }
        if not old:
            return
        forgotten: list[Hashable] = []
        for key in old:
            life = self._lives.pop(key)
            forgotten.append(key)
            forgotten.extend((key, address) for address in life.addresses)
        self._by_name = {name: life for name, life in self._by_name.items() if life.key not in old}
        self.history.forget(forgotten)
        self._rtts.keep(self._lives)
        self._waits.keep(self._lives)


def association_counters(row: Row) -> tuple[CounterRow, ...]:
    """The growing counters of one association, in the shape of the SNMP ones."""
    return tuple(
        CounterRow(name, getattr(row.association, name), row.since_reset.get(name), row.rate(name))
        for name in COUNTED
    )


def _find_other_ends(sample: Sample, met: Mapping[int, _Life]) -> None:
    """Tell each life who its other end is now, also when that one was not selected."""
    pairs = other_ends(sample.associations)
    listening = listening_sockets(sample.endpoints) if pairs else frozenset()
    for place, life in met.items():
        other = pairs.get(place)
        if other is None:
            life.other = None
            continue
        life.other, partner = sample.associations[other], met.get(other)
        if partner is not None and partner is not life.partner:
            # Once only: a server that no longer listens must not change its side.
            life.other_first = comes_first(life.other, life.association, listening)
        life.partner = partner


def _with_rtt(path: Path, rtts: Mapping[str, PathRtt]) -> Path:
    rtt = rtts.get(path.address)
    return replace(path, hb_rtt_ms=rtt.summary(), data_rtt_ms=rtt.data_summary()) if rtt else path


def _series(key: Key, entry: Association) -> Iterator[tuple[Hashable, dict[str, float | None]]]:
    yield key, {name: getattr(entry, name) for name in SERIES}
    for path in entry.paths:
        yield (key, path.address), {name: getattr(path, name) for name in PATH_SERIES}


def _reason(last: Association, born: Iterable[Association], gone: int, gained: Mapping[str, int]) -> str:
    """Why an association ended, as far as its last state and the SNMP counters of that interval tell."""
    ends = (last.netns, last.local_port, last.remote_port)
    for new in born:
        # A restart (RFC 9260 section 5.2) keeps the association and its id; a reconnect has a new one.
        same_ends = (new.netns, new.local_port, new.remote_port) == ends
        if same_ends and new.assoc_id is not None and new.assoc_id == last.assoc_id:
            return "restarted"
    came_up = gained.get("SctpActiveEstabs", 0) + gained.get("SctpPassiveEstabs", 0)
    if last.state and last.state.startswith("COOKIE") and not came_up:
        return "never came up"
    shutdowns, aborts = gained.get("SctpShutdowns", 0), gained.get("SctpAborteds", 0)
    if last.state and last.state.startswith("SHUTDOWN") and not aborts:
        return "shut down"
    if shutdowns >= gone and not aborts:
        return "shut down"
    if aborts >= gone and not shutdowns:
        return "aborted"
    return "ended"
