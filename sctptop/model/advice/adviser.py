"""Advice: what slows an association or is wrong with it, in numbers, and what helps. Silent while all is well.

Rules look at the evidence of the last half to whole minute, each wants a least number of observations, and what was
said stays for ten seconds after its last sign: so nothing flickers. Of the peer only what its own record says, where it
is on this host, counts as known; what is assumed is marked as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from sctptop.model.advice.case import Case
from sctptop.model.advice.checks.of_peers import PeerCase, suspicious
from sctptop.model.advice.evidence import Moment, Watch
from sctptop.model.advice.given import Advice, GivenAdvice, Said
from sctptop.model.advice.living import Living
from sctptop.model.advice.ngap_signs import EndedAttempt, is_message
from sctptop.model.advice.ngap_watches import NgapWatches
from sctptop.model.advice.rules import ASKED, OF_PEERS, looked_at
from sctptop.model.associations.counters import CounterRow
from sctptop.model.associations.history import History
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.event import Event
from sctptop.model.peers.connects import Storm
from sctptop.model.peers.peer import ANY, Peer, PeerKey
from sctptop.model.sample import Endpoint, Sample
from sctptop.model.thresholds import USUAL, Thresholds

NO_EVIDENCE = Watch(0.0)
"""Of an association that never gave cause."""
FIRST_READINGS = 3
"""What is found in these may have been so before: some signs show in the second reading, or the third."""
UNLUCKY = ("t3_rtx", "retransmit")
KINDS = ("t3_rtx", "retransmit", "hb_rtt")


class _Told(NamedTuple):
    """What was said, and what of the row it was made of; None: all of it, and of its other end's."""

    looked_at: tuple[object, ...] | None
    said: list[Said]


class EndedAttempts(Protocol):
    """What of the registrations advice is made from."""

    @property
    def ended_now(self) -> Sequence[EndedAttempt]: ...


class Circumstances(Protocol):
    """What of a snapshot advice is made from; its own advice is not among it."""

    @property
    def sample(self) -> Sample: ...
    @property
    def rows(self) -> Sequence[Row]: ...
    @property
    def counters(self) -> Mapping[int, Sequence[CounterRow]]: ...
    @property
    def happened(self) -> Sequence[tuple[Key | None, Event]]: ...
    @property
    def tick(self) -> int: ...
    @property
    def now_s(self) -> float: ...
    @property
    def past(self) -> History: ...
    @property
    def registrations(self) -> EndedAttempts: ...
    @property
    def peers(self) -> Mapping[PeerKey, Peer]: ...
    @property
    def storms(self) -> Sequence[Storm]: ...


class Adviser:
    """Looks at what moved in every picture, and remembers what rules need.

    The order of advice is stable, the worst first.
    """

    def __init__(self, limits: Thresholds = USUAL) -> None:
        self._limits = limits
        self._living = Living()
        self._watches: dict[Key, Watch] = {}
        self._ngap = NgapWatches()
        self._given = GivenAdvice(limits)
        self._told: dict[Key, _Told] = {}
        """Who need not be asked: what is said of them stays, as long as nothing moves that it was made of."""
        self._due: set[Key] = set()
        """Who is to be asked; where there is nothing to be asked about, what was said of it is let go."""
        self._all_due = False
        self._asked_s = 0.0
        self._probed = False
        self._peers: Mapping[PeerKey, Peer] = {}
        self._suspicious: Sequence[Peer] = ()
        self._waiting_since_s: dict[PeerKey, float] = {}
        self._asked = False
        """Before, what is only remembered may have been so at any time."""

    def advance(self, picture: Circumstances, *, asked: bool = True) -> tuple[Advice, ...]:
        """Update with the next snapshot; returns the advice to give now. Not ``asked``: it is only remembered."""
        sample, living, ngap = picture.sample, self._living, self._ngap
        moment = Moment(
            now_s=picture.now_s,
            interval_s=sample.interval_s or 0.0,
            tick=picture.tick,
            past=picture.past,
            probed=sample.probes.ok,
            monotonic_ns=sample.monotonic_ns,
            limits=self._limits,
            # Asked only where NGAP may be stalled: with thousands of namespaces these are many counters.
            sack_timeouts=_gained(picture, "SctpDelaySackExpireds") if picture.happened or ngap.of else {},
            damaged=_gained(picture, "SctpChecksumErrors") if picture.happened or self._watches else {},
        )
        if moment.tick < FIRST_READINGS or not self._asked:
            self._given.begun_s = moment.now_s
        self._asked = self._asked or asked
        living.advance(picture.rows)
        happened, unlucky, messages = _by_association(picture.happened)
        self._watch(moment, unlucky, happened)
        ngap.advance(moment, living.rows, living.gone, messages)
        for one in picture.registrations.ended_now:
            ngap.register(one)
        self._note_changes(moment)
        if asked:
            if self._all_due:
                self._due |= ngap.keys | self._with_others(self._watches)
                self._all_due = False
            due, self._due = self._due, set()
            for key in due:
                self._ask(moment, key)
            self._asked_s = moment.now_s
        else:
            for told in self._told.values():
                self._given.let_go(told.said, self._asked_s)
            self._told, self._due, self._all_due = {}, set(), True
        self._ask_of_peers(picture)
        over = [key for key, one in self._watches.items() if one.over(moment)]
        for key in over:
            del self._watches[key]
        self._due |= self._with_others(over)
        return self._given.now(moment.now_s, living.rows, ngap.keys)

    def _watch(self, moment: Moment, unlucky: set[Key], happened: Mapping[Key, list[Event]]) -> None:
        """Remember what those do that give cause, or did of late."""
        living, watches = self._living, self._watches
        for key in living.gone:
            watches.pop(key, None)
        causes = living.suspects | (unlucky & living.rows.keys())
        for key in causes - watches.keys():
            watches[key] = Watch(moment.now_s)
        moved = list[Key]()
        for key, watch in watches.items():
            events = happened.get(key, ())
            if watch.take(moment, living.rows[key], key in causes, events, living.other(key)):
                moved.append(key)
            elif not watch.rests:
                self._due.add(key)
        self._due |= self._with_others(moved)

    def _with_others(self, keys: Iterable[Key]) -> set[Key]:
        """The other end of one that gives cause may be to blame: it is looked at too, and not remembered for that."""
        others = (self._living.other(key) for key in keys)
        return {*keys, *(other.key for other in others if other is not None)}

    def _note_changes(self, moment: Moment) -> None:
        """Who else is to be asked anew."""
        ngap, living, due, told = self._ngap, self._living, self._due, self._told
        due |= ngap.changed
        due.update(ngap.gone, living.gone)
        if moment.probed != self._probed:
            self._probed, self._all_due = moment.probed, True
        for row in living.moved if told else ():
            other = living.other(row.key)
            if other is not None:
                due |= {row.key, other.key} & told.keys()
            elif row.key in told and told[row.key].looked_at != looked_at(row):
                due.add(row.key)

    def _ask(self, moment: Moment, key: Key) -> None:
        row, other = self._living.rows.get(key), self._living.other(key)
        now_s, say = moment.now_s, self._given.say
        watch, ngap = self._watches.get(key), self._ngap.of.get(key)
        there = self._watches.get(other.key) if other is not None else None
        before = self._told.pop(key, None)
        if row is None or (watch is None and ngap is None and there is None):
            if before is not None:
                self._given.let_go(before.said, self._asked_s)
            return
        case = Case(moment, row, watch or NO_EVIDENCE, ngap, other, there)
        met = (*_met(watch), ngap is not None, ngap is not None and ngap.registered)
        found = [
            said
            for rule in ASKED[met]
            for finding in rule.check(case)
            if (said := say(rule.id, key, None, finding, now_s)) is not None
        ]
        if before is not None and before.said != found:
            self._given.let_go(before.said, self._asked_s)
        self._given.hold(found)
        # Then nothing but NGAP and the row was looked at.
        alone = watch is None and other is None
        self._told[key] = _Told(looked_at(row) if alone else None, found)

    def _ask_of_peers(self, picture: Circumstances) -> None:
        now_s = picture.now_s
        if picture.peers is not self._peers:
            self._peers = picture.peers
            self._suspicious = [peer for peer in picture.peers.values() if suspicious(peer)]
        cases = [PeerCase(peer, now_s) for peer in self._suspicious]
        cases += [PeerCase(Peer(one.service), now_s, storm=one) for one in picture.storms]
        waiting = {_service(one): one for one in picture.sample.endpoints if one.waiting}
        self._waiting_since_s = {key: self._waiting_since_s.get(key, now_s) for key in waiting}
        cases += [
            PeerCase(Peer(key), now_s, listening=waiting[key], waiting_since_s=since_s)
            for key, since_s in self._waiting_since_s.items()
        ]
        for case in cases:
            for rule in OF_PEERS:
                for finding in rule.check(case):
                    self._given.say(rule.id, None, case.peer.key, finding, now_s)


def _met(watch: Watch | None) -> tuple[bool, bool, bool]:
    """What of CAUSE, LASTS and LOST an association has."""
    return (False, False, False) if watch is None else (True, watch.lasting.anything, watch.lost)


def _service(endpoint: Endpoint) -> PeerKey:
    return (endpoint.netns, ANY, endpoint.local_port, False)


def _gained(picture: Circumstances, name: str) -> Mapping[int, float]:
    """What a counter of SNMP gained in the interval, by namespace."""
    interval_s = picture.sample.interval_s or 0.0
    return {
        netns: (counter.rate or 0.0) * interval_s
        for netns, counters in picture.counters.items()
        for counter in counters
        if counter.name == name
    }


def _by_association(
    happened: Iterable[tuple[Key | None, Event]],
) -> tuple[Mapping[Key, list[Event]], set[Key], Mapping[Key, list[Event]]]:
    """What rules look at, by association; those that had bad luck; and the messages of NGAP and S1AP."""
    found: dict[Key, list[Event]] = {}
    messages: dict[Key, list[Event]] = {}
    unlucky: set[Key] = set()
    for key, event in happened:
        if key is None:
            continue
        if event.kind in KINDS:
            found.setdefault(key, []).append(event)
            if event.kind in UNLUCKY:
                unlucky.add(key)
        elif is_message(event):
            messages.setdefault(key, []).append(event)
    return found, unlucky, messages
