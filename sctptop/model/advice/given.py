"""Advice that is given: each piece while its signs last and some seconds longer, in a stable order, the worst first."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from math import inf, log2

from sctptop.model.advice.case import Finding
from sctptop.model.advice.rules import RULES
from sctptop.model.associations.identity import Key
from sctptop.model.peers.peer import PeerKey
from sctptop.model.quick import quick
from sctptop.model.thresholds import Thresholds

_Rank = tuple[int, float, bool, int, float, str]


@quick
@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice on one association, and on one of its paths if ``address`` is set; or on a ``peer``.

    ``rule`` is an id of RULES; ``severity`` problem, warning or note: a note is no trouble, only worth knowing.
    ``since_s`` is when it was first given, on the clock of the samples. ``cost`` in messages, as of a Finding; ``part``
    separates advice of one rule on one association. ``from_start``: it was so when watching began, and may be so for
    longer than that.
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
    from_start: bool = False

    @property
    def title(self) -> str:
        """What the rule is called."""
        return RULES[self.rule].title


@dataclass(slots=True, eq=False)
class Said:
    """One piece, found ``last_s``; ``over``: not given any more. ``rank`` where it is on NGAP or not (``no_ngap``)."""

    advice: Advice
    last_s: float
    over: bool = False
    rank: _Rank | None = None
    no_ngap: bool = False


class GivenAdvice:
    """What was said of late. What is found again as it was is the same object, and where all is, all of it is."""

    def __init__(self, limits: Thresholds) -> None:
        self._limits = limits
        self.begun_s = 0.0
        """Up to when something may be seen first that was so when watching began."""
        self._said: dict[Hashable, Said] = {}
        self._told: tuple[Advice, ...] = ()
        self._ngap: frozenset[Key] = frozenset()
        self._changed = False

    def say(
        self, rule: str, key: Key | None, peer: PeerKey | None, finding: Finding, now_s: float
    ) -> Said | None:
        """Of what was found now; None where the rule is to be silent."""
        if rule in self._limits.silent:
            return None
        name = (rule, key, peer, finding.address, finding.part)
        said = self._said.get(name)
        since_s = now_s if finding.since_s is None else finding.since_s
        if said is not None:
            said.last_s, since_s = now_s, min(said.advice.since_s, since_s)
            if _same(said.advice, finding, since_s):
                return said
        advice = Advice(
            rule=rule,
            severity=finding.severity,
            association=key,
            seen=finding.seen,
            remedy=finding.remedy,
            since_s=since_s,
            address=finding.address,
            cost=finding.cost,
            part=finding.part,
            peer=peer,
            from_start=since_s <= self.begun_s,
        )
        if said is None:
            said = self._said[name] = Said(advice, now_s)
        said.advice, said.rank, self._changed = advice, None, True
        return said

    def now(self, now_s: float, alive: Collection[Key], ngap: Collection[Key]) -> tuple[Advice, ...]:
        """What is given now, of associations alive and of peers; ``ngap``: on which NGAP was seen."""
        old_s = self._limits.linger_s
        for name in [
            name
            for name, said in self._said.items()
            if now_s - said.last_s > old_s or (not said.advice.peer and said.advice.association not in alive)
        ]:
            self._said.pop(name).over = self._changed = True
        if len(ngap) != len(self._ngap) or any(key not in self._ngap for key in ngap):
            self._ngap, self._changed = frozenset(ngap), True
        if self._changed:
            ranked = sorted(self._said.values(), key=self._rank)
            self._told, self._changed = tuple(said.advice for said in ranked), False
        return self._told

    def _rank(self, said: Said) -> _Rank:
        no_ngap = said.advice.association not in self._ngap
        if said.rank is None or said.no_ngap != no_ngap:
            said.rank, said.no_ngap = _rank(said.advice, no_ngap), no_ngap
        return said.rank


def _same(advice: Advice, finding: Finding, since_s: float) -> bool:
    return (
        advice.seen == finding.seen
        and advice.severity == finding.severity
        and advice.remedy == finding.remedy
        and advice.cost == finding.cost
        and advice.since_s == since_s
    )


def _rank(advice: Advice, no_ngap: bool) -> _Rank:
    """Worst first, of these what costs most, where NGAP goes, by the order of the rules, which was given first.

    Costs are compared by their magnitude: what changes a little with every reading keeps its place.
    """
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


_SEVERITIES = {"problem": 0, "warning": 1, "note": 2}
_PLACES = {rule: place for place, rule in enumerate(RULES)}
