"""Collects the registrations of one kind that one end saw, as they come."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from sctptop.comparison.roles import PEERS, RADIO
from sctptop.comparison.summaries.ended import Ended, Stalls
from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.bounded import count_in
from sctptop.model.passages.passage import BLOCKED, CORE, HELD, NETWORK, RAN, UNREAD
from sctptop.model.passages.stages import PIECES, SCTP, Stage
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.tally import PARTS
from sctptop.model.registrations.words import COMPLETED

MOST_STAGES = 256
MOST_CAUSES = 64
MOST_NS = 3_600_000_000_000
"""No registration takes an hour: such a record is damaged or made up."""
LEAST_WHOLE = 0.9
"""Of the registrations: where fewer show the other end too, it is not told apart."""
PART_OF = {whose: whose.lower() for whose in PIECES}
"""The name among PARTS of what is spent."""

INFERRED = "?"
"""Ends the name of a message whose type is inferred: under a cipher it is the same one."""

Name = tuple[str, str]


@dataclass(slots=True)
class EndBook:
    """``spans``: began and ended. Of each completed one in turn: ``began``, and ``spent`` by whose time and at which
    end, as in ``Ended.pieces``; ``whole`` counts those that show the other end too, ``far`` has the stages of the other
    side where the network is not told from it. All in ns."""

    end: str
    kind: str
    counts: Counter[str] = field(default_factory=Counter)
    causes: Counter[tuple[str, str]] = field(default_factory=Counter)
    inferred: int = 0
    spans: list[tuple[int, int]] = field(default_factory=list)
    began: array[int] = field(default_factory=lambda: array("q"))
    spent: dict[Name, array[int]] = field(default_factory=dict)
    whole: int = 0
    far: dict[int, tuple[int, ...]] = field(default_factory=dict)
    stages: dict[Name, tuple[int, int]] = field(default_factory=dict)

    def take(self, one: Registration) -> None:
        """Count one that ended."""
        self.counts[one.outcome] += 1
        self.inferred += one.inferred
        if one.cause is not None:
            count_in(self.causes, (one.outcome, one.cause), 1, MOST_CAUSES)
        took_ns = one.total_ns or 0
        if took_ns > MOST_NS:
            return
        self.spans.append((one.began_ns, one.began_ns + took_ns))
        if one.outcome == COMPLETED:
            self._spend(one)

    def _spend(self, one: Registration) -> None:
        place = len(self.began)
        self.began.append(one.began_ns)
        sent = {message.title: message.out for message in one.messages}
        whole = any(_shows_the_other(stage, sent) for stage in one.stages)
        self.whole += whole
        theirs, _ = self._theirs
        if one.network_ns is None:
            self.far[place] = tuple(stage.length_ns for stage in one.stages if stage.whose == theirs)
        stalls: Counter[Name] = Counter()
        for stage in one.stages:
            self._add((stage.whose, self._role(stage, sent)), place, stage.length_ns)
            # Where a heartbeat tells the network, it is a share of the other side's stage.
            whose = theirs if stage.whose == NETWORK and not whole else stage.whose
            if not stage.unseen:
                # Of one unseen it is not known whose time it was: a mean with it would compare probes.
                stalls[whose, stage.name.removesuffix(INFERRED)] += stage.length_ns
        for name, length_ns in stalls.items():
            if name in self.stages or len(self.stages) < MOST_STAGES:
                n, total_ns = self.stages.get(name, (0, 0))
                self.stages[name] = (n + 1, total_ns + length_ns)

    def ended(self, started: int, rtt_ms: float | None) -> Ended:
        """All of them. ``rtt_ms``: what a heartbeat took, for those that came before the first."""
        known = self._tell_network(rtt_ms)
        order = sorted(range(len(self.began)), key=lambda place: self.began[place])
        pieces = {name: [column[place] for place in order] for name, column in self._columns().items()}
        parts = {name: [0] * len(order) for name in PARTS}
        for (whose, _), column in pieces.items():
            for name in ("total", PART_OF[whose], *["sctp"] * (whose in SCTP)):
                parts[name] = [one + more for one, more in zip(parts[name], column, strict=True)]
        if not known:
            parts["network"] = []
        steps = sorted(step for begin, end in self.spans for step in ((begin, 1), (end, -1)))
        return Ended(
            end=self.end,
            kind=self.kind,
            started=max(started, sum(self.counts.values())),
            ended={**Ended(self.end).ended, **self.counts},
            causes=dict(self.causes),
            inferred=self.inferred,
            times={name: _ms(column) for name, column in parts.items()},
            pieces={name: _ms(column) for name, column in pieces.items()},
            whole=bool(order) and self.whole >= LEAST_WHOLE * len(order),
            stages={name: Stalls(n, total / NANOSECONDS) for name, (n, total) in self.stages.items()},
            rate=self._rate(),
            at_once=max(accumulate(step for _, step in steps), default=0),
        )

    @property
    def _theirs(self) -> Name:
        """The time of the other side."""
        return CORE if self.end in RADIO else RAN, PEERS[self.end]

    def _role(self, stage: Stage, sent: Mapping[str, bool]) -> str:
        theirs, peer = self._theirs
        if stage.whose in (HELD, BLOCKED):
            return self.end if sent.get(stage.name, True) else peer
        if stage.whose == UNREAD:
            return peer if sent.get(stage.name, False) else self.end
        if stage.whose in (CORE, RAN):
            return peer if stage.whose == theirs else self.end
        return ""

    def _add(self, name: Name, place: int, length_ns: int) -> None:
        column = self.spent.setdefault(name, array("q"))
        column.extend([0] * (place + 1 - len(column)))
        column[place] += length_ns

    def _columns(self) -> Mapping[Name, array[int]]:
        """``spent``, as long as there are registrations."""
        for column in self.spent.values():
            column.extend([0] * (len(self.began) - len(column)))
        return self.spent

    def _tell_network(self, rtt_ms: float | None) -> bool:
        """Whether the network is told from the far end in all of them: if need be by the heartbeats of later."""
        if not self.far:
            return True
        if rtt_ms is None:
            for place, network_ns in enumerate(self.spent.pop((NETWORK, ""), ())):
                self._add(self._theirs, place, network_ns)
            return False
        for place, lengths in self.far.items():
            network_ns = sum(min(round(rtt_ms * NANOSECONDS), length) for length in lengths)
            self._add((NETWORK, ""), place, network_ns)
            self._add(self._theirs, place, -network_ns)
        self.far = {}
        return True

    def _rate(self) -> float | None:
        took_ns = max((end for _, end in self.spans), default=0) - min(
            (begin for begin, _ in self.spans), default=0
        )
        n = len(self.began)
        return n * 1e9 / took_ns if n > 1 and took_ns > 0 else None


def _shows_the_other(stage: Stage, sent: Mapping[str, bool]) -> bool:
    """Whether it is of what the other end alone sees, or of a way of which both ends are seen."""
    out = sent.get(stage.name)
    return out is not None and (stage.whose in ((UNREAD, NETWORK) if out else (HELD, BLOCKED)))


def _ms(column: list[int]) -> tuple[float, ...]:
    return tuple(value / NANOSECONDS for value in column)
