"""What is kept of registrations that ended: counts by kind and end, the last, the slowest, and those that failed."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from heapq import nlargest
from itertools import accumulate, chain

from sctptop.model.associations.identity import Key
from sctptop.model.bounded import count_in
from sctptop.model.event import Event
from sctptop.model.registrations.attempt import Attempt, Registration
from sctptop.model.registrations.procedures import Procedure
from sctptop.model.registrations.summary import SLOWEST, Ends, Registered, time_of
from sctptop.model.registrations.tally import Tally
from sctptop.model.registrations.words import COMPLETED

KEPT = 1000
"""Registrations kept of those that ended last."""
MOST_FAILED = 200
MOST_TALLIES = 4096
MOST_STRANGE = 1024


class Counting:
    """Takes what began and what ended in each sample, and makes the picture of it."""

    def __init__(self) -> None:
        self.unfollowed = 0
        self._messages = self._most = self._under_way = 0
        self._last: deque[Registration] = deque(maxlen=KEPT)
        self._failed: deque[Registration] = deque(maxlen=MOST_FAILED)
        self._slowest: list[Registration] = []
        self._tallies: dict[Ends, Tally] = {}
        self._strange: dict[Key | None, int] = {}
        self._started: dict[Ends, int] = {}
        self._ended: tuple[Registration, ...] = ()
        self._told: tuple[Registration, ...] = ()
        self._before: Counting | None = None
        """What was kept before the last reset."""
        self._back = False

    def take(
        self,
        messages: int,
        started: Iterable[Attempt],
        ended: Sequence[Registration],
        running: Collection[Attempt],
        told: Sequence[Registration],
    ) -> None:
        """What happened in a sample. ``running`` now; ``told``: of these no more will be known."""
        self._messages += messages
        self._started = {}
        for attempt in started:
            for association in (None, attempt.association):
                name = association, attempt.end, attempt.first.type
                self._started[name] = self._started.get(name, 0) + 1
        self._ended, self._told = tuple(ended), tuple(told)
        self._last.extend(told)
        self._failed.extend(one for one in told if one.outcome != COMPLETED)
        if told:
            self._slowest = _slowest([*self._slowest, *(one for one in told if one.outcome == COMPLETED)])
        self._under_way = _leading(running)
        if self._started or ended:
            self._most = max(self._most, _at_once(ended, running))
        self._count(ended)

    def strange(self, events: Iterable[tuple[Key, Event]]) -> None:
        """Messages that only look like NGAP or S1AP, by association."""
        for key, event in events:
            if event.details.get("times") is None:
                # Nearly always.
                continue
            times = event.number("times")
            if times is None or event.kind != "ngap":
                continue
            for name in (None, key):
                count_in(self._strange, name, round(times), MOST_STRANGE)

    def reset(self, running: Collection[Attempt]) -> None:
        """Begin anew; those running go on."""
        before = self._before = copy(self)
        before._before = None
        self._last, self._failed = deque(maxlen=KEPT), deque(maxlen=MOST_FAILED)
        self._tallies, self._strange, self._started = {}, {}, {}
        self._slowest, self._ended, self._told = [], (), ()
        self._messages = self.unfollowed = 0
        self._most = self._under_way = _leading(running)

    def undo_reset(self) -> None:
        """What there was before the last reset, and what came since."""
        before, self._before = self._before, None
        if before is None:
            return
        before._last.extend(self._last)
        before._failed.extend(self._failed)
        self._last, self._failed = before._last, before._failed
        self._slowest = _slowest([*before._slowest, *self._slowest])
        for name, tally in before._tallies.items():
            since = self._tallies.get(name)
            self._tallies[name] = tally if since is None else tally.plus(since)
        for key, times in before._strange.items():
            count_in(self._strange, key, times, MOST_STRANGE)
        self._messages += before._messages
        self.unfollowed += before.unfollowed
        self._most = max(before._most, self._most)
        self._back = True

    def picture(
        self,
        procedures: tuple[Procedure, ...],
        oldest: tuple[Registration, ...],
        unseen: Mapping[Key | None, int],
        before: Registered,
    ) -> Registered:
        """All of it as a view gets it. ``before`` is the picture before this one."""
        moved, self._back = self._told or self._back, False
        return Registered(
            messages=self._messages,
            tallies=dict(self._tallies),
            procedures=procedures,
            started=self._started,
            ended_now=self._ended,
            told_now=self._told,
            last=tuple(self._last) if moved or not self._last else before.last,
            failed=tuple(self._failed) if moved or not self._failed else before.failed,
            slowest=tuple(self._slowest),
            oldest=oldest,
            running=self._under_way,
            most_running=self._most,
            unfollowed=self.unfollowed,
            unseen=unseen,
            strange=dict(self._strange),
        )

    def _count(self, ended: Sequence[Registration]) -> None:
        gained: dict[Ends, list[Registration]] = {name: [] for name in self._started}
        for one in ended:
            for association in (None, one.association):
                gained.setdefault((association, one.end, one.kind), []).append(one)
        for name, finished in gained.items():
            tally = self._tallies.get(name)
            if tally is None and len(self._tallies) >= MOST_TALLIES and name[0] is not None:
                continue
            tally = tally or Tally(name[1], name[2])
            self._tallies[name] = tally.with_more(self._started.get(name, 0), finished)


def _leading(running: Collection[Attempt]) -> int:
    """How many UEs register now: where both ends are here each of them is there twice."""
    from_ran = sum(attempt.from_ran for attempt in running)
    return max(from_ran, len(running) - from_ran)


def _at_once(ended: Iterable[Registration], running: Iterable[Attempt]) -> int:
    """How many of those that ended now and those that run were under way at the same time, at most; by side."""
    steps: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for one in ended:
        steps[one.from_ran] += ((one.began_ns, 1), (one.began_ns + (one.total_ns or 0), -1))
    for attempt in running:
        steps[attempt.from_ran].append((attempt.first.begin_ns, 1))
        if attempt.verdict.end_ns is not None:
            steps[attempt.from_ran].append((attempt.verdict.end_ns, -1))
    return max(max(accumulate(step for _, step in sorted(side)), default=0) for side in steps.values())


def _slowest(registrations: Sequence[Registration]) -> list[Registration]:
    """SLOWEST of either side: where a core counts a bit more than a radio node, it must not crowd that out."""
    sides = ([one for one in registrations if one.from_ran is side] for side in (True, False))
    return sorted(
        chain.from_iterable(nlargest(SLOWEST, side, key=time_of) for side in sides), key=time_of, reverse=True
    )
