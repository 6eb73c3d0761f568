"""Advice: what slows an association or is wrong with it, in numbers, and what helps. Silent while all is well.

Rules look at the evidence of the last half to whole minute, each wants a least number of observations, and what was
said stays for ten seconds after its last sign: so nothing flickers. Of the peer only what its own record says, where it
is on this host, counts as known; what is assumed is marked as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sctptop.model.advice.case import Case
from sctptop.model.advice.checks.of_peers import PeerCase, suspicious
from sctptop.model.advice.evidence import Moment, Watch
from sctptop.model.advice.given import Advice, GivenAdvice, Said
from sctptop.model.advice.ngap_signs import EndedAttempt, NgapWatch, is_message
from sctptop.model.advice.rules import CAUSE, NGAP, NOTHING, OF_ASSOCIATIONS, OF_PEERS, looked_at
from sctptop.model.advice.signs import gives_cause, same_signs
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
KINDS = ("t3_rtx", "retransmit", "hb_rtt", "ngap")


@dataclass(slots=True, eq=False)
class _Told:
    """What was said of NGAP alone, and what it was made of: it need not be asked again while these are the same."""

    row: Row
    looked_at: tuple[object, ...]
    ngap: NgapWatch
    changes: int
    probed: bool
    said: list[Said]

    def again(self, moment: Moment, row: Row, ngap: NgapWatch) -> bool:
        """Say it again, where it is the same; False where it may be another."""
        if (
            self.ngap is not ngap
            or self.changes != ngap.changes
            or self.probed != moment.probed
            or (self.row is not row and self.looked_at != looked_at(row))
            or any(said.over for said in self.said)
        ):
            return False
        self.row = row
        for said in self.said:
            said.last_s = moment.now_s
        return True


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
    """Looks at every picture and remembers what rules need. The order of advice is stable, the worst first."""

    def __init__(self, limits: Thresholds = USUAL) -> None:
        self._limits = limits
        self._watches: dict[Key, Watch] = {}
        self._ngap: dict[Key, NgapWatch] = {}
        self._innocent: dict[Key, Row] = {}
        self._given = GivenAdvice(limits)
        self._told: dict[Key, _Told] = {}
        self._waiting_since_s: dict[PeerKey, float] = {}
        self._asked = False
        """Before, what is only remembered may have been so at any time."""

    def advance(self, picture: Circumstances, *, asked: bool = True) -> tuple[Advice, ...]:
        """Update with the next snapshot; returns the advice to give now. Not ``asked``: it is only remembered."""
        sample = picture.sample
        moment = Moment(
            now_s=picture.now_s,
            interval_s=sample.interval_s or 0.0,
            tick=picture.tick,
            past=picture.past,
            probed=sample.probes.ok,
            monotonic_ns=sample.monotonic_ns,
            limits=self._limits,
            # Asked only where NGAP may be stalled: with thousands of namespaces these are many counters.
            sack_timeouts=_gained(picture, "SctpDelaySackExpireds") if picture.happened or self._ngap else {},
            damaged=_gained(picture, "SctpChecksumErrors") if picture.happened or self._watches else {},
        )
        if moment.tick < FIRST_READINGS or not self._asked:
            self._given.begun_s = moment.now_s
        self._asked = self._asked or asked
        happened = _by_association(picture.happened)
        alive = {row.key: row for row in picture.rows if row.ended is None}
        causes = self._causes(alive, happened)
        watched = [key for key in alive if key in causes or key in self._watches]
        ends = ((key, row.other_end) for key, row in alive.items()) if watched else ()
        others = {key: alive[end.key] for key, end in ends if end is not None and end.key in alive}
        self._remember(moment, alive, causes, watched, others, happened)
        for one in picture.registrations.ended_now:
            if one.association in self._ngap:
                self._ngap[one.association].register(one)
        # The other end of one that gives cause may be to blame: it is looked at too, and not remembered for that.
        there = {others[key].key for key in watched if key in others}
        for key in {*watched, *self._ngap, *there} if asked else ():
            self._ask(moment, alive[key], others.get(key))
        self._ask_of_peers(picture)
        self._watches = {key: one for key, one in self._watches.items() if not one.over(moment)}
        return self._given.now(moment.now_s, alive, self._ngap)

    def _causes(self, alive: Mapping[Key, Row], happened: Mapping[Key, list[Event]]) -> set[Key]:
        """Those in which something may be wrong. One that gave no cause and says the same gives none."""
        before, self._innocent = self._innocent, {}
        causes = {key for key, events in happened.items() if key in alive and _unlucky(events)}
        for key, row in alive.items():
            known = before.get(key)
            if (known is row or (known is not None and same_signs(row, known))) or not gives_cause(row):
                self._innocent[key] = row
            else:
                causes.add(key)
        return causes

    def _remember(
        self,
        moment: Moment,
        alive: Mapping[Key, Row],
        causes: set[Key],
        watched: Iterable[Key],
        others: Mapping[Key, Row],
        happened: Mapping[Key, list[Event]],
    ) -> None:
        now_s, generation_s = moment.now_s, moment.generation_s
        self._watches = {key: self._watches.get(key) or Watch(now_s) for key in watched}
        for key, watch in self._watches.items():
            watch.take(moment, alive[key], key in causes, happened.get(key, ()), others.get(key))
        told = {key for key, events in happened.items() if any(is_message(one) for one in events)}
        self._ngap = {
            key: self._ngap.get(key) or NgapWatch(now_s)
            for key in told | self._ngap.keys()
            if key in alive and (key in told or not self._ngap[key].over(now_s, generation_s))
        }
        if len(self._told) > len(self._ngap):
            self._told = {key: one for key, one in self._told.items() if key in self._ngap}
        for key, ngap in self._ngap.items():
            entry = alive[key].association
            timeouts = moment.sack_timeouts.get(entry.netns, 0.0)
            ngap.take(happened.get(key, ()), now_s, generation_s, entry.sack_delay_ms, timeouts)

    def _ask(self, moment: Moment, row: Row, other: Row | None) -> None:
        watch, ngap = self._watches.get(row.key), self._ngap.get(row.key)
        there = self._watches.get(other.key) if other is not None else None
        # Then nothing but NGAP and the row is looked at, and no clock.
        alone = watch is None and other is None
        before = self._told.get(row.key) if alone else None
        if before is not None and ngap is not None and before.again(moment, row, ngap):
            return
        case = Case(moment, row, watch or NO_EVIDENCE, ngap, other, there)
        met = {CAUSE: watch is not None, NGAP: ngap is not None, NOTHING: True}
        found = [
            self._given.say(rule.id, row.key, None, finding, moment.now_s)
            for rule in OF_ASSOCIATIONS
            if met[rule.needs]
            for finding in rule.check(case)
        ]
        if alone and ngap is not None:
            said = [one for one in found if one is not None]
            self._told[row.key] = _Told(row, looked_at(row), ngap, ngap.changes, moment.probed, said)

    def _ask_of_peers(self, picture: Circumstances) -> None:
        now_s = picture.now_s
        cases = [PeerCase(peer, now_s) for peer in picture.peers.values() if suspicious(peer)]
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


def _unlucky(events: Iterable[Event]) -> bool:
    return any(event.kind in UNLUCKY for event in events)


def _by_association(happened: Iterable[tuple[Key | None, Event]]) -> Mapping[Key, list[Event]]:
    found: dict[Key, list[Event]] = {}
    for key, event in happened:
        if key is not None and event.kind in KINDS:
            found.setdefault(key, []).append(event)
    return found
