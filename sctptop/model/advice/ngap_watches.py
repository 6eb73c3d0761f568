"""What NGAP showed, of all associations on which it was seen: who is not heard costs nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import takewhile

from sctptop.model.advice.evidence import Moment
from sctptop.model.advice.ngap_signs import EndedAttempt, NgapWatch, SackTimeouts
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.event import Event


class NgapWatches:
    """``of``: the watches by association, who was heard longest ago first. ``keys``: theirs, the same while they are.

    ``changed``: of these something else may be said than in the reading before; ``gone``: nothing any more.
    """

    def __init__(self) -> None:
        self.of: dict[Key, NgapWatch] = {}
        self.keys: frozenset[Key] = frozenset()
        self.changed: set[Key] = set()
        self.gone: list[Key] = []
        self._turns: deque[tuple[Key, NgapWatch]] = deque()
        """Whose generation began first comes first; some of them are gone."""
        self._late: set[Key] = set()
        """Those with a pair of messages that came a SACK late: expiries of its timer matter."""
        self._timeouts = SackTimeouts()

    def advance(
        self,
        moment: Moment,
        alive: Mapping[Key, Row],
        gone: Iterable[Key],
        messages: Mapping[Key, Iterable[Event]],
    ) -> None:
        """Update with the messages of one interval, by association; ``gone``: those not alive any more."""
        now_s, generation_s = moment.now_s, moment.generation_s
        self.changed, count = set(), len(self.of)
        self.gone = [key for key in gone if self.of.pop(key, None) is not None]
        self._timeouts.advance(moment.sack_timeouts)
        self._turn(now_s, generation_s)
        for key, told in messages.items():
            if (row := alive.get(key)) is not None:
                self._heard(key, told, row, now_s)
        over = [*takewhile(lambda key: self.of[key].over(now_s, generation_s), self.of)]
        for key in over:
            del self.of[key]
        self.gone += over
        self._late &= self.of.keys()
        self.changed |= {key for key in self._late if moment.sack_timeouts.get(alive[key].association.netns)}
        if self.gone or len(self.of) != count:
            self.keys = frozenset(self.of)
            self.changed &= self.keys

    def register(self, one: EndedAttempt) -> None:
        """Take in a registration that ended."""
        watch = self.of.get(one.association)
        if watch is not None:
            watch.register(one)
            self.changed.add(one.association)

    def _heard(self, key: Key, told: Iterable[Event], row: Row, now_s: float) -> None:
        watch = self.of.pop(key, None)
        if watch is None:
            watch = NgapWatch(now_s, row.association.netns, self._timeouts)
            self._turns.append((key, watch))
        self.of[key] = watch
        watch.take(told, now_s, row.association.sack_delay_ms)
        self.changed.add(key)
        if watch.late:
            self._late.add(key)

    def _turn(self, now_s: float, generation_s: float) -> None:
        turns = self._turns
        while turns and now_s - turns[0][1].turned_s >= generation_s:
            key, watch = turns.popleft()
            if self.of.get(key) is not watch:
                continue
            if watch.turn(now_s):
                self.changed.add(key)
            if not watch.late:
                self._late.discard(key)
            turns.append((key, watch))
