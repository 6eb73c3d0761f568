"""Follows the registrations of all UEs from sample to sample, and the other procedures beside them.

Events come when a message was transmitted or read, so one may come after others that are younger: messages are put in
the order of ``at_ns``, those whose UE is not known yet wait for one more sample, and a registration counts as ended
only SETTLE_NS after its last message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from operator import attrgetter

from sctptop.model.associations.identity import Key
from sctptop.model.ngap.dialect import INITIATING
from sctptop.model.ngap.message import Message, Wire
from sctptop.model.passages.known_passages import Passages
from sctptop.model.passages.tnl_associations import Place, TnlAssociation, TnlAssociations
from sctptop.model.passages.unseen_messages import PATIENCE_NS, UnseenMessages
from sctptop.model.registrations.attempt import Attempt, Registration
from sctptop.model.registrations.contexts import Contexts
from sctptop.model.registrations.counting import Counting
from sctptop.model.registrations.event_reader import Came, EventReader, Named
from sctptop.model.registrations.outcome import GAP_DOUBTS, begins, first_of_ue, matters
from sctptop.model.registrations.procedures import Procedures
from sctptop.model.registrations.sessions import Sessions
from sctptop.model.registrations.summary import Registered
from sctptop.model.registrations.words import RUNNING

OLDEST = 20
"""Shown of those that are running."""
MOST_RUNNING = 20_000
SETTLE_NS = 50_000_000
"""How much later than a message the event of one before it may come: probes are read one CPU after the other."""
LATER_NS = 1_000_000_000
"""How long to wait for what is not certain to come: what the other end saw, a message that shows another missing."""
BACKWARDS_NS = 60_000_000_000
"""Events that much older than the clock are of another boot."""


class Registrations:
    """Takes the events of each sample; ``now`` is the picture after the last.

    ``place_of`` gives the local and the remote address of an association, None where they are not known. ``running``:
    those that are under way are in the picture too, as they stand at each sample.
    """

    def __init__(
        self, place_of: Callable[[Key], Place | None] = lambda _: None, running: bool = True
    ) -> None:
        self.now = Registered()
        self._shows_running = running
        self._associations = TnlAssociations(place_of)
        self._passages = Passages(self._associations)
        self._reader = EventReader(self._associations, self._passages)
        self._contexts = Contexts(self._associations)
        self._sessions = Sessions()
        self._procedures = Procedures()
        self._unseen = UnseenMessages()
        self._counting = Counting()
        self._running: dict[int, Attempt] = {}
        self._touched: dict[int, Attempt] = {}
        self._strays: list[Came] = []
        self._forgotten: list[Registration] = []
        self._clock_ns: int | None = None

    def advance(self, events: Iterable[Named], interval_s: float | None, whole: bool = True) -> Registered:
        """Update with the events of one sample; ``whole``: none was lost."""
        told, fresh, freed = self._reader.read(events)
        self._counting.strange(told)
        if self._clock_ns is None and not fresh:
            return self._publish(0)
        now_ns = self._tick(fresh, interval_s)
        if interval_s is None or not whole:
            self._unseen.begin_anew()
            for attempt in self._running.values():
                attempt.gap = True
        if whole:
            self._unseen.advance(told, now_ns)
        started = self._take(fresh, freed)
        if not whole:
            # They may have been answered by what was lost in the same interval.
            for attempt in started:
                attempt.gap = True
        ended = self._settle(now_ns)
        final = [*self._forgotten, *self._close(now_ns)]
        self._forgotten = []
        self._counting.take(len(fresh), started, ended, self._running.values(), final)
        return self._publish(now_ns)

    def rest(self) -> tuple[Registration, ...]:
        """Registrations that have ended and whose PDU session is still waited for: at the end of a recording."""
        return tuple(self._sessions.rest())

    def reset(self) -> None:
        """Count anew; those running go on."""
        self._counting.reset(self._running.values())
        self._procedures.reset()
        self._unseen.reset()
        if self._clock_ns is not None:
            self._publish(self._clock_ns)

    def undo_reset(self) -> None:
        """Count on from before the last reset."""
        self._counting.undo_reset()
        self._procedures.undo_reset()
        self._unseen.undo_reset()
        if self._clock_ns is not None:
            self._publish(self._clock_ns)

    def _tick(self, fresh: list[Came], interval_s: float | None) -> int:
        """The clock of the events now, or a little before: it goes on by the interval, and is never behind an event."""
        newest = max((one.message.done_ns for one in fresh), default=None)
        before = self._clock_ns
        if before is None or (newest is not None and newest < before - BACKWARDS_NS):
            self._clock_ns = newest or 0
        else:
            self._clock_ns = max(before + round((interval_s or 0.0) * 1e9), newest or 0)
        if before is not None and self._clock_ns < before:
            self._forget_all()
        return self._clock_ns

    def _forget_all(self) -> None:
        self._forgotten = self._sessions.rest()
        for known in (
            self._running,
            self._touched,
            self._strays,
            self._associations,
            self._passages,
            self._contexts,
            self._sessions,
        ):
            known.clear()
        self._unseen.begin_anew()
        self._procedures = Procedures()

    # Messages to attempts.

    def _take(self, fresh: list[Came], freed: list[tuple[int, Wire]]) -> list[Attempt]:
        """Sort messages to the attempts they belong to; returns those that began. ``freed``: associations that went."""
        gone = deque(sorted(freed))
        came, self._strays = sorted((*self._strays, *fresh), key=_order), []
        started: list[Attempt] = []
        for one in came:
            message = one.message
            while gone and gone[0][0] < message.at_ns:
                self._lost(*gone.popleft()[::-1])
            line = self._associations.meet(message, one.association)
            if not one.waited:
                self._passages.take(message, line.mirrored)
                self._begin_anew(message, line)
            if first_of_ue(message) or begins(message):
                if not self._carried_on(one, line):
                    started += self._begin(one, line)
                continue
            one.paired = one.paired or self._procedures.take(one.association, message)
            one.placed = one.placed or self._placed(message, line) or not matters(message)
            if not (one.paired and one.placed) and not one.waited:
                one.waited = True
                self._strays.append(one)
        for at_ns, wire in gone:
            self._lost(wire, at_ns)
        return started

    def _begin(self, one: Came, line: TnlAssociation) -> list[Attempt]:
        room = len(self._running) < MOST_RUNNING
        attempt, closed = self._contexts.begin(one.message, line, one.association, one.time, room)
        for before in closed:
            self._touch(before)
        if attempt is None:
            self._counting.unfollowed += not room and begins(one.message)
            return []
        if line.gone_ns is not None:
            attempt.lost_ns = max(line.gone_ns, one.message.at_ns)
        self._running[id(attempt)] = attempt
        self._touch(attempt)
        return [attempt]

    def _carried_on(self, one: Came, line: TnlAssociation) -> bool:
        attempt = self._contexts.carry_on(one.message, line, one.association)
        if attempt is None:
            return False
        self._contexts.take(attempt, one.message, line)
        self._touch(attempt)
        return True

    def _placed(self, message: Message, line: TnlAssociation) -> bool:
        """Hand a message to its attempt; False where there is none."""
        attempt = self._contexts.find(message, line)
        if attempt is None:
            return False
        if self._sessions.take(attempt, message):
            return True
        if id(attempt) not in self._running:
            return False
        self._contexts.take(attempt, message, line)
        self._touch(attempt)
        return True

    def _touch(self, attempt: Attempt) -> None:
        if id(attempt) in self._running:
            self._touched[id(attempt)] = attempt

    def _begin_anew(self, message: Message, line: TnlAssociation) -> None:
        """A setup, or a reset: the contexts on its association are gone, all or those that the reset names; so is the
        association whose place it took."""
        dialect = message.dialect
        replaced = self._associations.replaced(line) if message.procedure == dialect.setup else None
        if replaced is not None:
            self._lost(replaced.wire, message.at_ns)
        if message.procedure in (dialect.reset, dialect.setup) and message.pdu == INITIATING:
            for attempt in self._contexts.on(message.wire):
                if id(attempt) in self._running and message.wire not in attempt.left:
                    attempt.add(message)
                    self._touch(attempt)

    def _lost(self, wire: Wire, at_ns: int) -> None:
        """An association is no more: so is what runs on it, unless its nodes have another."""
        line = self._associations.freed(wire, at_ns)
        # One of the same ports took its place.
        if line is None or any(other.wire[3:] != line.wire[3:] for other in self._associations.beside(line)):
            return
        for gone in {id(one): one for one in (line, *self._associations.gone_beside(line))}.values():
            for attempt in self._contexts.on(gone.wire):
                lines = (self._associations.get(one) for one in attempt.wires if one not in attempt.left)
                others = [one for one in lines if one is not None and one.gone_ns is None]
                if attempt.lost_ns is None and gone.wire not in attempt.left and not others:
                    attempt.lost_ns = max(at_ns, attempt.first.at_ns)
                    self._touch(attempt)

    # Attempts that end.

    def _settle(self, now_ns: int) -> list[Registration]:
        """Judge those that a message came for and those that may end by themselves; returns those that ended."""
        judged = self._touched
        judged |= {place: one for place, one in self._running.items() if one.due_ns <= now_ns}
        self._touched, ended = {}, []
        for place, attempt in judged.items():
            verdict = attempt.judge(now_ns)
            if verdict.outcome == RUNNING or verdict.end_ns is None:
                continue
            if now_ns - verdict.end_ns < self._patience_ns(attempt, verdict.outcome, verdict.end_ns):
                self._touched[place] = attempt
                continue
            if verdict.outcome in GAP_DOUBTS:
                attempt.gap = attempt.gap or self._unseen.gap(*attempt.span(verdict.end_ns))
                attempt.judge(now_ns)
            record = attempt.record(now_ns, self._passages)
            ended.append(record)
            self._sessions.follow(attempt, record, verdict.end_ns)
            del self._running[place]
        return sorted(ended, key=lambda one: one.began_ns + (one.total_ns or 0))

    def _patience_ns(self, attempt: Attempt, outcome: str, end_ns: int) -> int:
        """How long behind its end something may still come that tells more of it."""
        if outcome in GAP_DOUBTS:
            # What is missing now may be what decided it; that something is missing a later message tells.
            missing = self._unseen.gap(*attempt.span(end_ns), settled=False)
            return max(PATIENCE_NS.values()) + LATER_NS if missing else LATER_NS
        return LATER_NS if self._passages.waits(attempt.until(end_ns)) else SETTLE_NS

    def _close(self, now_ns: int) -> Iterator[Registration]:
        """Those of which nothing more is expected."""
        for attempt, record in self._sessions.done(now_ns):
            self._contexts.forget(attempt)
            yield record

    def _publish(self, now_ns: int) -> Registered:
        oldest = list(islice(self._running.values(), OLDEST * self._shows_running))
        self.now = self._counting.picture(
            procedures=self._procedures.advance(now_ns),
            oldest=tuple(attempt.record(now_ns, self._passages) for attempt in oldest),
            unseen=self._unseen.now,
            before=self.now,
        )
        return self.now


_order = attrgetter("message.at_ns", "message.done_ns")
"""As they happened."""
