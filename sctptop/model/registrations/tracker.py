"""Follows the registrations of all UEs from sample to sample, and the other procedures beside them.

Events come when a message was transmitted or read, so one may come after others that are younger: messages are put in
the order of ``at_ns``, those whose UE is not known yet wait for one more sample, and a registration counts as ended
only SETTLE_NS after its last message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from itertools import accumulate, chain, islice

from sctptop.model.associations.identity import Key
from sctptop.model.event import Event
from sctptop.model.ngap.message import Message, message_of, wire_of
from sctptop.model.registrations.attempt import Attempt, Registration
from sctptop.model.registrations.outcome import RUNNING, begins, first_of_ue, matters
from sctptop.model.registrations.procedures import Procedures
from sctptop.model.registrations.summary import SLOWEST, Ends, Registered, time_of
from sctptop.model.registrations.tally import Tally
from sctptop.model.registrations.unseen_messages import UnseenMessages

KEPT = 1000
"""Registrations kept of those that ended last."""
OLDEST = 20
"""Shown of those that are running."""
MOST_RUNNING = 20_000
MOST_TALLIES = 2048
SETTLE_NS = 50_000_000
"""How much later than a message the event of one before it may come: probes are read one CPU after the other."""
BACKWARDS_NS = 60_000_000_000
"""Events that much older than the clock are of another boot."""


@dataclass(slots=True)
class _Came:
    """A message that came, and what has become of it: ``paired`` with its request, ``placed`` in an attempt."""

    message: Message
    association: Key
    time: datetime
    paired: bool = False
    placed: bool = False
    waited: bool = False

    @property
    def order(self) -> tuple[int, int]:
        return self.message.at_ns, self.message.done_ns


class Registrations:
    """Takes the events of each sample; ``now`` is the picture after the last."""

    def __init__(self) -> None:
        self.now = Registered()
        self._procedures = Procedures()
        self._unseen = UnseenMessages()
        self._running: dict[int, Attempt] = {}
        self._by_name: dict[Hashable, Attempt] = {}
        self._touched: dict[int, Attempt] = {}
        self._strays: list[_Came] = []
        self._clock_ns: int | None = None
        self._last: deque[Registration] = deque(maxlen=KEPT)
        self._slowest: list[Registration] = []
        self._tallies: dict[Ends, Tally] = {}
        self._messages = self._unfollowed = self._most = 0

    def advance(
        self, events: Iterable[tuple[Key | None, Event]], interval_s: float | None, whole: bool = True
    ) -> Registered:
        """Update with the events of one sample and the keys of their associations; ``whole``: none was lost."""
        told = [
            (key if key is not None else wire_of(event), event)
            for key, event in events
            if event.kind == "ngap"
        ]
        fresh = [
            _Came(message, key, event.time)
            for key, event in told
            if (message := message_of(event)) is not None
        ]
        if self._clock_ns is None and not fresh:
            return self.now
        now_ns = self._tick(fresh, interval_s)
        if interval_s is None or not whole:
            self._unseen.begin_anew()
        if whole:
            self._unseen.advance(told, now_ns)
        self._messages += len(fresh)
        started = self._take(fresh)
        ended = self._settle(now_ns)
        if started or ended:
            self._most = max(self._most, self._at_once(ended))
        self._publish(now_ns, started, ended)
        return self.now

    def reset(self) -> None:
        """Count anew; those running go on."""
        self._last.clear()
        self._slowest = []
        self._tallies = {}
        self._procedures.reset()
        self._unseen.reset()
        self._messages = self._unfollowed = 0
        self._most = self._under_way()
        if self._clock_ns is not None:
            self._publish(self._clock_ns, {}, [])

    def _tick(self, fresh: list[_Came], interval_s: float | None) -> int:
        """The clock of the events now, or a little before: it goes on by the interval, and is never behind an event."""
        newest = max((message.done_ns for message in (one.message for one in fresh)), default=None)
        before = self._clock_ns
        if before is None or (newest is not None and newest < before - BACKWARDS_NS):
            self._clock_ns = newest or 0
        else:
            self._clock_ns = max(before + round((interval_s or 0.0) * 1e9), newest or 0)
        if before is not None and self._clock_ns < before:
            self._forget_all()
        return self._clock_ns

    def _forget_all(self) -> None:
        self._running.clear()
        self._by_name.clear()
        self._touched.clear()
        self._strays.clear()
        self._unseen.begin_anew()
        self._procedures = Procedures()

    # Messages to attempts.

    def _take(self, fresh: list[_Came]) -> dict[Ends, int]:
        """Sort messages to the attempts they belong to; returns how many began, by association and end."""
        came, self._strays = sorted((*self._strays, *fresh), key=lambda one: one.order), []
        started: dict[Ends, int] = {}
        for one in came:
            if first_of_ue(one.message):
                begun = self._begin(one)
                if begun is not None:
                    for name in ((None, begun.end), (one.association, begun.end)):
                        started[name] = started.get(name, 0) + 1
                continue
            one.paired = one.paired or self._procedures.take(one.association, one.message)
            one.placed = one.placed or self._placed(one.message) or not matters(one.message)
            if not (one.paired and one.placed) and not one.waited:
                one.waited = True
                self._strays.append(one)
        return started

    def _begin(self, one: _Came) -> Attempt | None:
        message = one.message
        if message.ran_ue_id is None:
            return None
        name = (message.wire, "RAN", message.ran_ue_id)
        before, attempt = self._by_name.get(name), None
        if begins(message):
            if len(self._running) >= MOST_RUNNING:
                self._unfollowed += 1
            else:
                attempt = Attempt(message, one.association, one.time)
                self._running[id(attempt)] = self._touched[id(attempt)] = attempt
        if before is not None and before.first.at_ns > message.at_ns:
            # Its event came late: a younger one has the id already.
            if attempt is not None:
                attempt.closed_ns = before.first.at_ns
                before.before = attempt
            return attempt
        if before is not None:
            before.closed_ns, before.before = message.at_ns, None
            self._touched[id(before)] = before
            self._forget(before)
        if attempt is not None:
            attempt.before = before
            self._by_name[name] = attempt
        return attempt

    def _placed(self, message: Message) -> bool:
        """Hand a message to its attempt; False where there is none."""
        attempt = self._attempt(message)
        while attempt is not None and message.at_ns < attempt.first.at_ns:
            attempt = attempt.before
        if attempt is None or id(attempt) not in self._running:
            return False
        attempt.add(message)
        self._touched[id(attempt)] = attempt
        if attempt.amf_ue_id is None and message.amf_ue_id is not None:
            attempt.amf_ue_id = message.amf_ue_id
            self._by_name[(message.wire, "core", message.amf_ue_id)] = attempt
        return True

    def _attempt(self, message: Message) -> Attempt | None:
        if message.ran_ue_id is not None:
            return self._by_name.get((message.wire, "RAN", message.ran_ue_id))
        if message.amf_ue_id is not None:
            return self._by_name.get((message.wire, "core", message.amf_ue_id))
        return None

    # Attempts that end.

    def _settle(self, now_ns: int) -> list[Registration]:
        """Judge those that a message came for and those that may end by themselves; returns those that ended."""
        judged = self._touched
        judged |= {place: one for place, one in self._running.items() if one.due_ns <= now_ns}
        self._touched, ended = {}, []
        for place, attempt in judged.items():
            ending = attempt.judge(now_ns)
            if ending.outcome == RUNNING or ending.end_ns is None:
                continue
            if now_ns - ending.end_ns < SETTLE_NS:
                self._touched[place] = attempt
                continue
            ended.append(attempt.record(now_ns))
            del self._running[place]
            self._forget(attempt)
        return sorted(ended, key=lambda one: one.began_ns + (one.total_ns or 0))

    def _forget(self, attempt: Attempt) -> None:
        """Its ids may be another's now."""
        wire = attempt.first.wire
        for name in ((wire, "RAN", attempt.first.ran_ue_id), (wire, "core", attempt.amf_ue_id)):
            if self._by_name.get(name) is attempt:
                del self._by_name[name]

    def _at_once(self, ended: list[Registration]) -> int:
        """How many of those that ended now and those that run were under way at the same time, at most; by side."""
        steps: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
        for one in ended:
            steps[one.from_ran] += ((one.began_ns, 1), (one.began_ns + (one.total_ns or 0), -1))
        for attempt in self._running.values():
            steps[attempt.from_ran].append((attempt.first.at_ns, 1))
            if attempt.ending.end_ns is not None:
                steps[attempt.from_ran].append((attempt.ending.end_ns, -1))
        return max(max(accumulate(step for _, step in sorted(side)), default=0) for side in steps.values())

    def _under_way(self) -> int:
        """How many UEs register now: where both ends are here each of them is there twice."""
        from_ran = sum(attempt.from_ran for attempt in self._running.values())
        return max(from_ran, len(self._running) - from_ran)

    def _publish(self, now_ns: int, started: Mapping[Ends, int], ended: list[Registration]) -> None:
        self._last.extend(ended)
        if ended:
            self._slowest = _slowest((*self._slowest, *ended))
        self._count(started, ended)
        oldest = list(islice(self._running.values(), OLDEST))
        self.now = Registered(
            messages=self._messages,
            tallies=dict(self._tallies),
            procedures=self._procedures.advance(now_ns),
            started=started,
            ended_now=tuple(ended),
            last=tuple(self._last) if ended or not self._last else self.now.last,
            slowest=tuple(self._slowest),
            oldest=tuple(attempt.record(now_ns) for attempt in oldest),
            running=self._under_way(),
            most_running=self._most,
            unfollowed=self._unfollowed,
            unseen=self._unseen.now,
        )

    def _count(self, started: Mapping[Ends, int], ended: list[Registration]) -> None:
        gained: dict[Ends, list[Registration]] = {name: [] for name in started}
        for one in ended:
            for association in (None, one.association):
                gained.setdefault((association, one.end), []).append(one)
        for name, finished in gained.items():
            tally = self._tallies.get(name)
            if tally is None and len(self._tallies) >= MOST_TALLIES and name[0] is not None:
                continue
            tally = tally or Tally(name[1])
            self._tallies[name] = tally.with_more(started.get(name, 0), finished)


def _slowest(registrations: Sequence[Registration]) -> list[Registration]:
    """SLOWEST of either side: where a core counts a bit more than a radio node, it must not crowd that out."""
    sides = ([one for one in registrations if one.from_ran is side] for side in (True, False))
    return sorted(
        chain.from_iterable(nlargest(SLOWEST, side, key=time_of) for side in sides), key=time_of, reverse=True
    )
