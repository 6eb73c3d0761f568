"""Advice that is given: each piece while its signs last and some seconds longer, in a stable order, the worst first."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence, Set
from dataclasses import dataclass
from math import inf, log2
from operator import attrgetter

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
    """One piece, found ``last_s``; ``held``: found in every look since then as well, until it is let go.

    ``rank`` where it is on NGAP or not (``no_ngap``).
    """

    name: Hashable
    advice: Advice
    last_s: float
    held: bool = False
    rank: _Rank | None = None
    no_ngap: bool = False


class GivenAdvice:
    """What was said of late. What is found again as it was is the same object, and where all is, all of it is."""

    def __init__(self, limits: Thresholds) -> None:
        self._limits = limits
        self.begun_s = 0.0
        """Up to when something may be seen first that was so when watching began."""
        self._said: dict[Hashable, Said] = {}
        self._loose: dict[Hashable, Said] = {}
        """Those that are over some time after they were found last: nobody holds them."""
        self._ranked: Sequence[Said] = ()
        self._told: tuple[Advice, ...] = ()
        self._ngap: Set[Key] = frozenset()
        self._changed = self._moved = False
        """Whether any piece is another, and whether the order may be another."""

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
            said.last_s, before = now_s, said.advice
            since_s = min(before.since_s, since_s)
            same_rank = (
                before.since_s == since_s
                and before.cost == finding.cost
                and before.severity == finding.severity
            )
            if same_rank and before.seen == finding.seen and before.remedy == finding.remedy:
                return said
        advice = Advice(
            rule,
            finding.severity,
            key,
            finding.seen,
            finding.remedy,
            since_s,
            finding.address,
            finding.cost,
            finding.part,
            peer,
            since_s <= self.begun_s,
        )
        if said is None:
            said = self._said[name] = self._loose[name] = Said(name, advice, now_s)
            self._moved = True
        elif not same_rank:
            said.rank, self._moved = None, True
        said.advice, self._changed = advice, True
        return said

    def hold(self, pieces: Iterable[Said]) -> None:
        """They are found in every look from now on, until they are let go."""
        for said in pieces:
            if not said.held:
                said.held = True
                del self._loose[said.name]

    def let_go(self, pieces: Iterable[Said], last_s: float) -> None:
        """They were found last then, if not later."""
        for said in pieces:
            said.held, said.last_s = False, max(said.last_s, last_s)
            self._loose[said.name] = said

    def now(self, now_s: float, alive: Collection[Key], ngap: Set[Key]) -> tuple[Advice, ...]:
        """What is given now, of associations alive and of peers; ``ngap``: on which NGAP was seen."""
        old_s = self._limits.linger_s
        for name in [
            name
            for name, said in self._loose.items()
            if now_s - said.last_s > old_s or (not said.advice.peer and said.advice.association not in alive)
        ]:
            del self._said[name], self._loose[name]
            self._moved = True
        if ngap is not self._ngap and ngap != self._ngap:
            self._moved = True
        self._ngap = ngap
        if self._moved:
            self._ranked = sorted(self._said.values(), key=self._rank)
        if self._moved or self._changed:
            self._told = tuple(map(_advice, self._ranked))
        self._moved = self._changed = False
        return self._told

    def _rank(self, said: Said) -> _Rank:
        no_ngap = said.advice.association not in self._ngap
        if said.rank is None or said.no_ngap != no_ngap:
            said.rank, said.no_ngap = _rank(said.advice, no_ngap), no_ngap
        return said.rank


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
_advice = attrgetter("advice")
