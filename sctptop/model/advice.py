"""Advice: what slows an association or is wrong with it, in numbers, and what helps. Silent while all is well.

Rules look at the evidence of the last half to whole minute, each wants a least number of observations, and what was
said stays for ten seconds after its last sign: so nothing flickers. Of the peer only what its own record says, where it
is on this host, is taken for known; what is assumed is said to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sctptop.model.advice_case import Case, Finding
from sctptop.model.advice_rules import CHECKS, RULES
from sctptop.model.advice_watch import Moment, Watch, gives_cause
from sctptop.model.association import Key, Row
from sctptop.model.event import Event

if TYPE_CHECKING:
    from sctptop.model.snapshot import Snapshot

LINGER_S = 10.0
KINDS = ("t3_rtx", "retransmit", "ngap")


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice on one association, and on one of its paths if ``address`` is set.

    ``rule`` is an id of RULES; ``severity`` problem, warning or note: a note is no trouble, only worth knowing.
    ``since_s`` is when it was first said, on the clock of the samples.
    """

    rule: str
    severity: str
    association: Key
    seen: str
    remedy: str
    since_s: float
    address: str | None = None

    @property
    def title(self) -> str:
        """What the rule is called."""
        return RULES[self.rule]


@dataclass(slots=True)
class _Said:
    advice: Advice
    last_s: float


class Adviser:
    """Looks at every picture and remembers what rules need. The order of advice is stable, the worst first."""

    def __init__(self) -> None:
        self._watches: dict[Key, Watch] = {}
        self._said: dict[tuple[object, ...], _Said] = {}

    def advance(self, snapshot: Snapshot) -> tuple[Advice, ...]:
        """Take in the next picture; says what is to be said now."""
        sample = snapshot.sample
        moment = Moment(
            now_s=snapshot.now_s,
            interval_s=sample.interval_s or 0.0,
            tick=snapshot.tick,
            past=snapshot.past,
            probed=sample.sources.get("bpf") == "ok",
            sack_timeouts={
                netns: (counter.rate or 0.0) * (sample.interval_s or 0.0)
                for netns, counters in snapshot.counters.items()
                for counter in counters
                if counter.name == "SctpDelaySackExpireds"
            },
        )
        happened = _by_association(snapshot.happened)
        alive = {row.key: row for row in snapshot.rows if row.ended is None}
        causes = {key: gives_cause(row) for key, row in alive.items()}
        watched = [key for key in alive if causes[key] or key in happened or key in self._watches]
        others = other_ends(alive.values()) if watched else {}
        self._watches = {key: self._watches.get(key) or Watch(moment.now_s) for key in watched}
        for key in watched:
            events = happened.get(key, ())
            cause = causes[key] or bool(events)
            self._watches[key].take(moment, alive[key], cause, events, others.get(key))
        # The other end of one that gives cause may be to blame: it is looked at too, and not remembered for that.
        there = {others[key].key for key in watched if key in others} - set(watched)
        for key in (*watched, *there):
            watch, other = self._watches.get(key) or Watch(moment.now_s), others.get(key)
            case = Case(moment, alive[key], watch, other, self._watches.get(other.key) if other else None)
            for check in CHECKS:
                for finding in check(case):
                    self._say(key, finding, moment.now_s)
        self._watches = {key: one for key, one in self._watches.items() if not one.over(moment)}
        self._said = {
            name: said
            for name, said in self._said.items()
            if said.advice.association in alive and moment.now_s - said.last_s <= LINGER_S
        }
        return tuple(sorted((said.advice for said in self._said.values()), key=_rank))

    def _say(self, key: Key, finding: Finding, now_s: float) -> None:
        name = (finding.rule, key, finding.address, finding.part)
        said = self._said.get(name)
        advice = Advice(
            rule=finding.rule,
            severity=finding.severity,
            association=key,
            seen=finding.seen,
            remedy=finding.remedy,
            since_s=now_s if finding.since_s is None else finding.since_s,
            address=finding.address,
        )
        if said is not None:
            advice = replace(advice, since_s=min(said.advice.since_s, advice.since_s))
        self._said[name] = _Said(advice, now_s)


def other_ends(rows: Iterable[Row]) -> Mapping[Key, Row]:
    """Of each association its other end, where that is among them: the tags are crossed."""
    rows = list(rows)
    tagged = {
        (entry.own_tag, entry.peer_tag): row
        for row in rows
        if (entry := row.association).own_tag and entry.peer_tag
    }
    found = {}
    for (own, peer), row in tagged.items():
        other = tagged.get((peer, own))
        if other is not None and other is not row:
            found[row.key] = other
    return found


def _by_association(happened: Iterable[tuple[Key | None, Event]]) -> Mapping[Key, list[Event]]:
    found: dict[Key, list[Event]] = {}
    for key, event in happened:
        if key is not None and event.kind in KINDS:
            found.setdefault(key, []).append(event)
    return found


_SEVERITIES = {"problem": 0, "warning": 1, "note": 2}
_PLACES = {rule: place for place, rule in enumerate(RULES)}


def _rank(advice: Advice) -> tuple[int, int, float, str]:
    """Worst first, then the order of the rules, then which was said first."""
    name = repr((advice.association, advice.address))
    return _SEVERITIES[advice.severity], _PLACES[advice.rule], advice.since_s, name
