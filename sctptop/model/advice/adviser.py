"""Advice: what slows an association or is wrong with it, in numbers, and what helps. Silent while all is well.

Rules look at the evidence of the last half to whole minute, each wants a least number of observations, and what was
said stays for ten seconds after its last sign: so nothing flickers. Of the peer only what its own record says, where it
is on this host, counts as known; what is assumed is marked as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, log2
from typing import Protocol

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.checks.of_peers import PeerCase, suspicious
from sctptop.model.advice.evidence import Moment, Watch
from sctptop.model.advice.ngap_signs import EndedAttempt, NgapWatch, is_message
from sctptop.model.advice.rules import CAUSE, NGAP, NOTHING, OF_ASSOCIATIONS, OF_PEERS, RULES
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
UNLUCKY = ("t3_rtx", "retransmit")
KINDS = ("t3_rtx", "retransmit", "hb_rtt", "ngap")


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice on one association, and on one of its paths if ``address`` is set; or on a ``peer``.

    ``rule`` is an id of RULES; ``severity`` problem, warning or note: a note is no trouble, only worth knowing.
    ``since_s`` is when it was first given, on the clock of the samples. ``cost`` in messages, as of a Finding; ``part``
    separates advice of one rule on one association.
    """

    rule: str
    severity: str
    association: Key | None
    seen: str
    remedy: str
    since_s: float
    address: str | None = None
    cost: float = 0.0
    part: str = ""
    peer: PeerKey | None = None

    @property
    def title(self) -> str:
        """What the rule is called."""
        return RULES[self.rule].title


@dataclass(slots=True)
class _Said:
    advice: Advice
    last_s: float


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
        self._said: dict[tuple[object, ...], _Said] = {}
        self._waiting_since_s: dict[PeerKey, float] = {}

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
        self._said = {
            name: said
            for name, said in self._said.items()
            if (said.advice.peer or said.advice.association in alive)
            and moment.now_s - said.last_s <= self._limits.linger_s
        }
        return tuple(sorted((said.advice for said in self._said.values()), key=self._rank))

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
        for key, ngap in self._ngap.items():
            entry = alive[key].association
            timeouts = moment.sack_timeouts.get(entry.netns, 0.0)
            ngap.take(happened.get(key, ()), now_s, generation_s, entry.sack_delay_ms, timeouts)

    def _ask(self, moment: Moment, row: Row, other: Row | None) -> None:
        watch, ngap = self._watches.get(row.key), self._ngap.get(row.key)
        there = self._watches.get(other.key) if other is not None else None
        case = Case(moment, row, watch or NO_EVIDENCE, ngap, other, there)
        met = {CAUSE: watch is not None, NGAP: ngap is not None, NOTHING: True}
        for rule in OF_ASSOCIATIONS:
            if met[rule.needs]:
                for finding in rule.check(case):
                    self._say(rule.id, row.key, None, finding, moment.now_s)

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
                    self._say(rule.id, None, case.peer.key, finding, now_s)

    def _rank(self, advice: Advice) -> tuple[int, float, bool, int, float, str]:
        """Worst first, of these what costs most, where NGAP goes, by the order of the rules, which was given first.

        Costs are compared by their magnitude: what changes a little with every reading keeps its place.
        """
        no_ngap = advice.association not in self._ngap
        name = repr((advice.association, advice.peer, advice.address))
        magnitude = inf if advice.cost == inf else round(log2(1 + advice.cost))
        return (
            _SEVERITIES[advice.severity],
            -magnitude,
            no_ngap,
            _PLACES[advice.rule],
            advice.since_s,
            name,
        )

    def _say(self, rule: str, key: Key | None, peer: PeerKey | None, finding: Finding, now_s: float) -> None:
        if rule in self._limits.silent:
            return
        name = (rule, key, peer, finding.address, finding.part)
        said = self._said.get(name)
        since_s = now_s if finding.since_s is None else finding.since_s
        advice = Advice(
            rule=rule,
            severity=finding.severity,
            association=key,
            seen=finding.seen,
            remedy=finding.remedy,
            since_s=since_s if said is None else min(said.advice.since_s, since_s),
            address=finding.address,
            cost=finding.cost,
            part=finding.part,
            peer=peer,
        )
        self._said[name] = _Said(advice, now_s)


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


_SEVERITIES = {"problem": 0, "warning": 1, "note": 2}
_PLACES = {rule: place for place, rule in enumerate(RULES)}
