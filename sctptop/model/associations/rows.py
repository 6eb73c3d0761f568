"""From samples to rows: associations followed over time, their rates, and when they ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sctptop.model.association import Association, Path
from sctptop.model.associations.address_changes import address_changes
from sctptop.model.associations.both_ends import OtherEnd, comes_first, listening_sockets, other_ends
from sctptop.model.associations.counters import CounterBook
from sctptop.model.associations.history import History
from sctptop.model.associations.identity import Key, aliases, identity
from sctptop.model.associations.row import Row
from sctptop.model.associations.rtt import RttBook
from sctptop.model.associations.waits import WaitBook
from sctptop.model.associations.why_ended import RESTARTED, WhyEnded, end_of, reason
from sctptop.model.attributes import COUNTER, SERIES, named
from sctptop.model.event import Event
from sctptop.model.sample import Sample
from sctptop.model.selection import Selector, event_selected, selected

COUNTED = named(Association, COUNTER)
GRAPHED, GRAPHED_OF_PATH = named(Association, SERIES), named(Path, SERIES)
"""Kept over time, the second under (association key, address).

Medians and last values join them: ``held_ms`` and ``read_wait_ms`` of the intervals in which a message was timed, of a
path ``hb_rtt_ms``, the last heartbeat of each interval, and ``data_rtt_ms``, the median of its data.
"""

LINGER_S = 5.0
"""How long an association that ended stays in the table."""


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
    end: WhyEnded | None = None
    other: Association | None = None
    partner: _Life | None = None
    other_first: bool = False

    def has_ended(self, end: WhyEnded) -> None:
        """Probes tell why: before it is missed, or when it was missed already."""
        self.end = end
        if self.ended is not None:
            self.ended = end.short

    def other_end(self) -> OtherEnd | None:
        """The other end, while it shares the fate of this one: both alive, or gone in the same reading."""
        if self.other is None or self.partner is None:
            return OtherEnd(self.other) if self.other is not None else None
        if (self.ended is None, self.ended_s) != (self.partner.ended is None, self.partner.ended_s):
            return None
        return OtherEnd(self.partner.association, self.partner.key, self.other_first)


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
        self.born: list[Association] = []
        self.gone: list[tuple[Association, str]] = []
        """What came with the last sample, and what went, with why as far as it shows."""
        self._now = datetime.min
        self._changed: list[Event] = []

    def advance(self, sample: Sample, gained: Mapping[int, Mapping[str, int]]) -> None:
        """Update with the next sample; ``gained`` is what each namespace's SNMP counters gained in it."""
        self.tick += 1
        self._now, self._changed = sample.time, []
        self.born, self.gone = [], []
        self.now_s += sample.interval_s or 0.0
        met = {
            place: self._meet(entry, sample.interval_s)
            for place, entry in enumerate(sample.associations)
            if selected(entry, self._selectors)
        }
        self.hidden = len(sample.associations) - len(met)
        seen = {life.key for life in met.values()}
        _find_other_ends(sample, met)
        self.born = [self._lives[key].association for key in seen if self._lives[key].first_s == self.now_s]
        gone = [life for life in self._lives.values() if life.key not in seen and life.ended is None]
        self.events = tuple(self._named((*sample.events, *self._changed)))
        self._note_ends()
        gone_of = Counter(life.association.netns for life in gone)
        for life in gone:
            netns = life.association.netns
            guess = reason(life.association, self.born, gone_of[netns], gained.get(netns, {}))
            if guess == RESTARTED:
                life.end = None
            life.ended = life.end.short if life.end is not None else guess
            life.ended_s = self.now_s
        self.gone = [(life.association, life.ended or "") for life in gone]
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
                end=life.end,
                rtts=self._rtts.of(life.key),
                other_end=life.other_end(),
                held=(waits := self._waits.of(life.key)).held,
                read_wait=waits.read_wait,
            )
            for life in self._lives.values()
        )

    def association_of(self, key: Key) -> Association | None:
        """The association of that key as it was read last; None once it is forgotten."""
        life = self._lives.get(key)
        return life.association if life is not None else None

    def place_of(self, key: Key) -> tuple[str, str] | None:
        """The first local and the first remote address of an association; None while they are not known."""
        life = self._lives.get(key)
        if life is None or not life.association.local_addresses or not life.association.remote_addresses:
            return None
        return life.association.local_addresses[0], life.association.remote_addresses[0]

    def _meet(self, entry: Association, interval_s: float | None) -> _Life:
        """The life this record belongs to, begun now if it is new."""
        life = next((found for name in aliases(entry) if (found := self._known(name, entry))), None)
        if life is None:
            life = _Life(identity(entry), entry, CounterBook(), self.now_s, interval_s is not None)
            self._lives[life.key] = life
        # All names: an event may come from a time when less of it was known.
        for name in aliases(entry):
            self._by_name[name] = life
        if life.association is not entry:
            self._changed.extend(address_changes(life.association, entry, self._now))
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
        known = self._by_name
        for event in events:
            netns, own_tag, local_port, remote_port = (
                event.netns,
                event.own_tag,
                event.local_port,
                event.remote_port,
            )
            life = known.get((netns, own_tag, event.peer_tag, local_port, remote_port)) or known.get(
                (netns, own_tag, 0, local_port, remote_port)
            )
            if life is not None:
                yield life.key, event
            elif event_selected(event, self._selectors):
                yield None, event

    def _note_ends(self) -> None:
        for key, event in self.events:
            end = end_of(event)
            if end is not None and key is not None:
                self._lives[key].has_ended(end)

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


def _find_other_ends(sample: Sample, met: Mapping[int, _Life]) -> None:
    """Give each life its present other end, also when that one was not selected."""
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


def _series(key: Key, entry: Association) -> Iterator[tuple[Hashable, dict[str, float | None]]]:
    yield key, {name: getattr(entry, name) for name in GRAPHED}
    for path in entry.paths:
        yield (key, path.address), {name: getattr(path, name) for name in GRAPHED_OF_PATH}
