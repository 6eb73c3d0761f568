"""From samples to rows: associations followed over time, their rates, and when they ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, compress
from operator import is_not

from sctptop.model.association import Association
from sctptop.model.associations.both_ends import comes_first, listening_sockets, other_ends, same_ends
from sctptop.model.associations.counts import Counts
from sctptop.model.associations.events.address_changes import address_changes
from sctptop.model.associations.events.named import named
from sctptop.model.associations.events.why_ended import RESTARTED, end_of, reason
from sctptop.model.associations.history import History
from sctptop.model.associations.identity import Key, aliases, identity
from sctptop.model.associations.life import Life, ShownRows, as_before, in_places, with_same_names
from sctptop.model.associations.row import Row
from sctptop.model.associations.rtt import RttBook
from sctptop.model.associations.waits import WaitBook
from sctptop.model.event import Event
from sctptop.model.ranking.load import Loads
from sctptop.model.sample import Sample
from sctptop.model.selection import Selector, selected

LINGER_S = 5.0
"""How long an association that ended stays in the table."""


class Rows:
    """Follows associations from sample to sample and keeps their history."""

    def __init__(self, selectors: Sequence[Selector] = (), history: History | None = None) -> None:
        self.history = history or History()
        self.hidden = 0
        self.tick = -1
        self._selectors = tuple(selectors)
        self._lives: dict[Key, Life] = {}
        self._by_name: dict[Key, Life] = {}
        self.now_s = 0.0
        self._rtts = RttBook()
        self._waits = WaitBook()
        self._loads: Loads[Life] = Loads()
        self.events: tuple[tuple[Key | None, Event], ...] = ()
        self.born: list[Association] = []
        self.gone: list[tuple[Association, str]] = []
        """What came with the last sample, and what went, with why as far as it shows."""
        self._newest: list[Life] = []
        """Those that began at the time of the last sample."""
        self._entries: Sequence[Association] = ()
        self._met: Sequence[Life | None] = ()
        """The records of the last sample, and the life of each."""
        self._only_known = False
        """Whether each of the last sample that is not as it was has the names and addresses that it had."""
        self._pairs: dict[int, int] = {}
        self._left: list[Hashable] = []
        """Keys of paths that an association no longer has."""
        self._restless: Sequence[int] = ()
        """The places of the records that say more when they are told once more."""
        self._shown = ShownRows(self._rtts, self._waits)
        self._ended: dict[Key, Life] = {}
        self._now = datetime.min
        self._changed: list[Event] = []

    def advance(self, sample: Sample, gained: Mapping[int, Mapping[str, int]]) -> None:
        """Update with the next sample; ``gained`` is what each namespace's SNMP counters gained in it."""
        self.tick += 1
        self._now, self._changed = sample.time, []
        if sample.interval_s:
            self._newest = []
        self.now_s += sample.interval_s or 0.0
        met, changed = self._meet_all(sample)
        gone: list[Life] = []
        if met != self._met:
            self.hidden = met.count(None)
            present = {*map(id, met)}
            gone = [life for life in self._lives.values() if life.ended is None and id(life) not in present]
        self._find_other_ends(sample, met)
        self.born = [life.association for life in self._newest if life.ended is None and life not in gone]
        self.events = tuple(named((*sample.events, *self._changed), self._by_name, self._selectors))
        self._note_ends()
        self._end(gone, gained)
        moved = [(life.key, life.association) for life in changed.values()]
        beats = [(key, event) for key, event in self.events if key is not None and event.kind == "hb_rtt"]
        self._rtts.advance(beats, moved, self.now_s)
        self._waits.advance(moved)
        self._shown.stir_stale(changed)
        others = {life.key for life in self._loads.advance(changed, self.now_s)}
        for key in self._rtts.touched | self._waits.touched | others:
            # Some may be forgotten.
            if (touched := self._lives.get(key)) is not None:  # type: ignore[call-overload]
                self._shown.stir(touched)
        self._age_out()
        self._record(changed, gone)

    def _end(self, gone: Sequence[Life], gained: Mapping[int, Mapping[str, int]]) -> None:
        """They were not read any more."""
        gone_of = Counter(life.association.netns for life in gone)
        for life in gone:
            netns = life.association.netns
            guess = reason(life.association, self.born, gone_of[netns], gained.get(netns, {}))
            if guess == RESTARTED:
                life.end = None
            life.ended = life.end.short if life.end is not None else guess
            life.ended_s = self.now_s
            self._ended[life.key] = life
            self._shown.stir(life)
        self.gone = [(life.association, life.ended or "") for life in gone]

    def _meet_all(self, sample: Sample) -> tuple[list[Life | None], dict[Key, Life]]:
        """The life of each record, None where it is not selected; and those that are not as they were."""
        self._only_known = True
        entries, before, interval_s = sample.associations, self._entries, sample.interval_s
        every = range(len(entries))
        known: Sequence[Association | None] = before
        met: list[Life | None] = [*self._met]
        places: Iterable[int] = self._restless
        if not in_places(entries, before):
            found = [*as_before(entries, before, self._met)]
            known, met, places = [one for one, _ in found], [life for _, life in found], ()
        others = [*compress(every, map(is_not, entries, known))]
        looked_at: Iterable[int] = (
            sorted({*others, *places}) if interval_s and places is self._restless else every
        )
        changed: dict[Key, Life] = {}
        for place in looked_at:
            entry, life = entries[place], met[place]
            if known[place] is not entry:
                life = self._meet(entry, interval_s) if selected(entry, self._selectors) else None
            elif life is not None and life.association is not entry:
                life = self._meet(entry, interval_s)
            elif life is not None and not (life.quiet and interval_s):
                life.take(entry, interval_s, same_paths=True)
            else:
                # What it says was taken in already, or it is not selected.
                continue
            met[place] = life
            if life is not None:
                changed[life.key] = life
        if not self._only_known:
            looked_at = every
        self._restless = [
            place
            for place in looked_at
            if (one := met[place]) is not None and not (one.quiet and one.association is entries[place])
        ]
        return met, changed

    def _record(self, changed: Mapping[Key, Life], gone: Iterable[Life]) -> None:
        """Write what is kept over time: what stayed is held by itself."""
        history, tick = self.history, self.tick
        wanting = (self._life_of(key) for key in history.wanting())
        again = {life.key: life for life in wanting if life is not None and life.ended is None}
        ended = [key for life in gone for key in life.series]
        history.stop(tick - 1, (*ended, *self._left))
        self._left = []
        moved = [life for key, life in changed.items() if life.moved and key not in again]
        history.hold(tick, chain.from_iterable([life.moved_series() for life in moved]))
        history.hold(tick, chain.from_iterable([life.all_series() for life in again.values()]))
        history.record(tick, {name: self._rtts.last(name) for name in self._rtts.moved})
        history.record(tick, {key: self._waits.medians(key) for key in self._waits.moved})

    def _life_of(self, key: Hashable) -> Life | None:
        """Of an association, or of one of its paths."""
        life = self._lives.get(key)  # type: ignore[call-overload]
        return life or (self._lives.get(key[0]) if isinstance(key, tuple) else None)

    def reset(self) -> None:
        """Begin the deltas of every association anew."""
        for life in self._lives.values():
            life.book.reset()
            self._shown.stir(life)
        self._rtts.reset()
        self._waits.reset()

    def undo_reset(self) -> None:
        """Count on from before the last reset."""
        for life in self._lives.values():
            life.book.undo_reset()
            self._shown.stir(life)
        self._rtts.undo_reset()
        self._waits.undo_reset()

    def rows(self) -> tuple[Row, ...]:
        """All associations alive or ended a moment ago, in the order they were first seen: the same if all are."""
        return self._shown.rows(self.now_s)

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

    def _meet(self, entry: Association, interval_s: float | None) -> Life:
        """The life this record belongs to, begun now if it is new."""
        life = self._by_name.get(identity(entry))
        if life is not None and life.ended is None and with_same_names(entry, life.association):
            # Nearly always: only numbers of it moved.
            life.take(entry, interval_s, same_paths=True)
            return life
        self._only_known = False
        life = next((found for name in aliases(entry) if (found := self._known(name, entry))), None)
        if life is None:
            life = Life(identity(entry), entry, Counts(), self.now_s, interval_s is not None)
            self._lives[life.key] = life
            self._shown.stir(life)
            self._ended.pop(life.key, None)
            self._newest.append(life)
        # All names: an event may come from a time when less of it was known.
        for name in aliases(entry):
            # Its key again is no tuple of its own.
            self._by_name[life.key if name == life.key else name] = life
        before = life.series
        if life.association is not entry:
            self._changed.extend(address_changes(life.association, entry, self._now))
        life.take(entry, interval_s)
        if before is not life.series:
            self._left.extend(key for key in before if key not in life.series)
        return life

    def _known(self, name: Key, entry: Association) -> Life | None:
        life = self._by_name.get(name)
        if life is None or life.ended is not None:
            return None
        tags = {life.association.own_tag, entry.own_tag} - {None}
        return life if len(tags) < 2 else None

    def _find_other_ends(self, sample: Sample, met: Sequence[Life | None]) -> None:
        """Give each life its present other end, also when that one was not selected."""
        entries, before = sample.associations, self._entries
        self._entries = entries
        last, self._met = self._met, met
        # Of thousands that moved each is known to be who it was, and where.
        same = len(entries) == len(before) and (
            (self._only_known and None not in met and met == last)
            or all(one is other or same_ends(one, other) for one, other in zip(entries, before, strict=True))
        )
        if not same:
            self._pairs = other_ends(entries)
            for place, life in enumerate(met):
                if life is not None and life.other is not None and place not in self._pairs:
                    life.other = None
                    self._shown.stir(life)
        listening = listening_sockets(sample.endpoints) if self._pairs else frozenset()
        for place, other in self._pairs.items():
            life = met[place]
            if life is None:
                continue
            life.other, partner = entries[other], met[other]
            self._shown.watch(life)
            if partner is not None and partner is not life.partner:
                # Once only: a server that no longer listens must not change its side.
                life.other_first = comes_first(life.other, life.association, listening)
            life.partner = partner

    def _note_ends(self) -> None:
        for key, event in self.events:
            if event.kind == "association" and key is not None and (end := end_of(event)) is not None:
                self._lives[key].has_ended(end)
                self._shown.stir(self._lives[key])

    def _age_out(self) -> None:
        old = {key for key, life in self._ended.items() if self.now_s - life.ended_s >= LINGER_S}
        if not old:
            return
        forgotten: list[Hashable] = []
        for key in old:
            life = self._lives.pop(key)
            del self._ended[key]
            self._shown.forget(key)
            forgotten.append(key)
            forgotten.extend((key, address) for address in life.addresses)
        self._by_name = {name: life for name, life in self._by_name.items() if life.key not in old}
        self.history.forget(forgotten)
        self._rtts.keep(self._lives)
        self._waits.keep(self._lives)
