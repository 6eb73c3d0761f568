"""Collects the registrations of one kind that one end saw, as they come."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, repeat
from operator import add, and_
from typing import NamedTuple

from sctptop.comparison.roles import PEERS, RADIO
from sctptop.comparison.summaries.ended import Ended, Stalls, When
from sctptop.comparison.summaries.rates import at_once, offered, peak, rate
from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.bounded import count_in
from sctptop.model.ngap.message import LATEST_NS
from sctptop.model.passages.passage import BLOCKED, CORE, HELD, NETWORK, RAN, UNREAD
from sctptop.model.passages.stages import PIECES, SCTP, Stage
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.finished import Finished, StageKind
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


class _SpentAs(NamedTuple):
    """What stages of a kind count as; ``stall`` where the other end is not seen, and where it is."""

    piece: Name
    stall: tuple[Name, Name] | None
    shows_other: bool


@dataclass(slots=True)
class EndBook:
    """``starts`` and ``stops``: when each began and ended. Of each completed one in turn: ``began``, and ``spent`` by
    whose time and at which end, as in ``Ended.pieces``; ``whole`` counts those that show the other end too, ``far`` has
    the stages of the other side where the network is not told from it. All in ns."""

    end: str
    kind: str
    counts: Counter[str] = field(default_factory=Counter)
    causes: Counter[tuple[str, str]] = field(default_factory=Counter)
    inferred: int = 0
    accepted_ns: array[int] = field(default_factory=lambda: array("q"))
    starts: array[int] = field(default_factory=lambda: array("q"))
    stops: array[int] = field(default_factory=lambda: array("q"))
    began: array[int] = field(default_factory=lambda: array("q"))
    spent: dict[Name, array[int]] = field(default_factory=dict)
    whole: int = 0
    far: dict[int, tuple[int, ...]] = field(default_factory=dict)
    stages: dict[Name, tuple[int, int]] = field(default_factory=dict)

    def take(self, one: Registration) -> None:
        """Count one that ended."""
        self.counts[one.outcome] += 1
        self.inferred += one.inferred
        if one.accepted_ns is not None:
            self.accepted_ns.append(one.accepted_ns)
        if one.cause is not None:
            count_in(self.causes, (one.outcome, one.cause), 1, MOST_CAUSES)
        took_ns = one.total_ns or 0
        if took_ns > MOST_NS:
            return
        self.starts.append(one.began_ns)
        self.stops.append(min(one.began_ns + took_ns, LATEST_NS - 1))
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
        spent: dict[Name, int] = {}
        stalls: dict[Name, int] = {}
        for stage in one.stages:
            whose, length_ns = stage.whose, stage.length_ns
            piece = whose, self._role(stage, sent)
            spent[piece] = spent.get(piece, 0) + length_ns
            if not stage.unseen:
                # Where a heartbeat tells the network, it is a share of the other side's stage.
                stall = theirs if whose == NETWORK and not whole else whose, stage.name.removesuffix(INFERRED)
                # Of one unseen it is not known whose time it was: a mean with it would compare probes.
                stalls[stall] = stalls.get(stall, 0) + length_ns
        for name, length_ns in spent.items():
            self._add(name, (place,), (length_ns,))
        for name, length_ns in stalls.items():
            self._stall(name, 1, length_ns)

    def take_all(self, of: Finished, rows: Sequence[int], totals_ns: Sequence[int]) -> None:
        """The same of many in columns: ``rows`` in the order in which they ended, ``totals_ns`` as ``of`` has them."""
        outcomes = [*map(of.outcome.__getitem__, rows)]
        self.counts.update(outcomes)
        self.inferred += sum(map(of.inferred.__getitem__, rows))
        self.accepted_ns.extend(one for row in rows if (one := of.accepted_ns[row]) is not None)
        causes = map(of.cause.__getitem__, rows)
        for (outcome, cause), n in Counter(zip(outcomes, causes, strict=True)).items():
            if cause is not None:
                count_in(self.causes, (outcome, cause), n, MOST_CAUSES)
        began = [*map(of.began_ns.__getitem__, rows)]
        took = [*map(totals_ns.__getitem__, rows)]
        kept = [length_ns <= MOST_NS for length_ns in took]
        self.starts.extend(compress(began, kept))
        self.stops.extend(map(min, compress(map(add, began, took), kept), repeat(LATEST_NS - 1)))
        done = [outcome == COMPLETED for outcome in outcomes]
        self._spend_all(of, [*compress(rows, map(and_, kept, done))])

    def _spend_all(self, of: Finished, rows: Sequence[int]) -> None:
        """Those with the same stages together: what is to be done for each differs by its times alone."""
        begin = len(self.began)
        self.began.extend(map(of.began_ns.__getitem__, rows))
        alike: dict[tuple[int, ...], list[int]] = {}
        for place, row in enumerate(rows):
            alike.setdefault(tuple(of.codes[of.stages[row] : of.stages[row + 1]]), []).append(place)
        kinds = [*map(self._spent_as, of.kinds)]
        for codes, places in alike.items():
            of_these = [*map(rows.__getitem__, places)]
            each = [of.lengths[of.stages[row] : of.stages[row + 1]] for row in of_these]
            columns = [*zip(*each, strict=True)]
            self._spend_alike([*map(kinds.__getitem__, codes)], columns, [begin + place for place in places])
            theirs = [of.kinds[code].whose == self._theirs[0] for code in codes]
            for place, row, of_it in zip(places, of_these, each, strict=True):
                if not of.apart[row]:
                    self.far[begin + place] = tuple(compress(of_it, theirs))

    def _spend_alike(
        self, kinds: Sequence[_SpentAs], lengths: Sequence[Sequence[int]], places: Sequence[int]
    ) -> None:
        """``lengths``: of each stage those of each of them."""
        whole = any(kind.shows_other for kind in kinds)
        self.whole += whole * len(places)
        pieces: dict[Name, list[Sequence[int]]] = {}
        stalls: dict[Name, int] = {}
        for kind, column in zip(kinds, lengths, strict=True):
            pieces.setdefault(kind.piece, []).append(column)
            if kind.stall is not None:
                name = kind.stall[whole]
                stalls[name] = stalls.get(name, 0) + sum(column)
        for name, columns in pieces.items():
            self._add(name, places, columns[0] if len(columns) == 1 else map(sum, zip(*columns, strict=True)))
        for name, length_ns in stalls.items():
            self._stall(name, len(places), length_ns)

    def _spent_as(self, kind: StageKind) -> _SpentAs:
        name, whose, unseen, out = kind
        stage, sent = Stage(name, whose, 0, 0, unseen), {} if out is None else {name: out}
        told = name.removesuffix(INFERRED)
        theirs, _ = self._theirs
        return _SpentAs(
            (whose, self._role(stage, sent)),
            None if unseen else ((theirs if whose == NETWORK else whose, told), (whose, told)),
            _shows_the_other(stage, sent),
        )

    def ended(self, started: int, rtt_ms: float | None) -> Ended:
        """All of them. ``rtt_ms``: what a heartbeat took, for those that came before the first."""
        known = self._tell_network(rtt_ms)
        order = sorted(range(len(self.began)), key=self.began.__getitem__)
        pieces = {
            name: array("q", map(column.__getitem__, order)) for name, column in self._columns().items()
        }
        parts = {name: array("q", bytes(8 * len(order))) for name in PARTS}
        for (whose, _), column in pieces.items():
            for name in ("total", PART_OF[whose], *["sctp"] * (whose in SCTP)):
                parts[name] = array("q", map(add, parts[name], column))
        if not known:
            parts["network"] = array("q")
        return Ended(
            end=self.end,
            kind=self.kind,
            started=max(started, sum(self.counts.values())),
            ended={**Ended(self.end).ended, **self.counts},
            causes=dict(self.causes),
            offered=offered(self.starts),
            peak=peak(self.starts),
            inferred=self.inferred,
            accepted=Stalls(len(self.accepted_ns), sum(self.accepted_ns) / NANOSECONDS),
            times={name: _ms(column) for name, column in parts.items()},
            pieces={name: _ms(column) for name, column in pieces.items()},
            whole=bool(order) and self.whole >= LEAST_WHOLE * len(order),
            stages={name: Stalls(n, total / NANOSECONDS) for name, (n, total) in self.stages.items()},
            rate=rate(len(order), self.starts, self.stops),
            at_once=at_once(self.starts, self.stops),
            when=When(self.starts[:], self.stops[:], array("q", map(self.began.__getitem__, order))),
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

    def _add(self, name: Name, places: Sequence[int], lengths_ns: Iterable[int]) -> None:
        """``places`` rise."""
        column = self.spent.get(name)
        if column is None:
            column = self.spent[name] = array("q")
        if (missing := places[-1] + 1 - len(column)) > 0:
            column.frombytes(bytes(8 * missing))
        for place, length_ns in zip(places, lengths_ns, strict=True):
            column[place] += length_ns

    def _stall(self, name: Name, n: int, length_ns: int) -> None:
        """How many have it, not how often."""
        if name in self.stages or len(self.stages) < MOST_STAGES:
            before, before_ns = self.stages.get(name, (0, 0))
            self.stages[name] = (before + n, before_ns + length_ns)

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
                self._add(self._theirs, (place,), (network_ns,))
            return False
        for place, lengths in self.far.items():
            network_ns = sum(min(round(rtt_ms * NANOSECONDS), length) for length in lengths)
            self._add((NETWORK, ""), (place,), (network_ns,))
            self._add(self._theirs, (place,), (-network_ns,))
        self.far = {}
        return True


def _shows_the_other(stage: Stage, sent: Mapping[str, bool]) -> bool:
    """Whether it is of what the other end alone sees, or of a way of which both ends are seen."""
    out = sent.get(stage.name)
    return out is not None and (stage.whose in ((UNREAD, NETWORK) if out else (HELD, BLOCKED)))


def _ms(column: array[int]) -> tuple[float, ...]:
    # Most pieces of most are none: these are one object.
    return tuple([value / NANOSECONDS if value else 0.0 for value in column])
