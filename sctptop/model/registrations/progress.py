"""How far a registration has come: what each of its messages shows, also those that cannot be read.

NAS messages are ciphered from the SecurityModeComplete on, and where UE and core share keys from before, from the
second message on. What such a message is follows from its direction, its octets, the NGAP procedure that carries it,
and the order that TS 24.501 and TS 24.301 allow:

- an InitialContextSetupRequest carries the accept; so may a downlink one that is long enough for it, if what the UE
  says next does not show it to have been a request of the core (for authentication, or an identity);
- an uplink one behind the accept is its answer if it has the octets of that, and a status if it has those;
- a downlink one as short as a reject, which the UE does not answer before the core releases it, is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sctptop.model.ngap.dialect import (
    INITIATING,
    SECURITY_MODE_COMMAND,
    SECURITY_MODE_COMPLETE,
    SUCCESSFUL,
    UNSUCCESSFUL,
)
from sctptop.model.ngap.message import Message
from sctptop.model.registrations.words import (
    COMPLETED,
    NOT_ACCEPTED,
    REFUSED,
    REJECTED,
    RELEASED,
    UNKNOWN,
    cause_of,
    nas_cause_of,
)

T3550_NS = 6_000_000_000
"""T3550, TS 24.501 table 10.2.2 (T3450, TS 24.301): a core repeats what was not answered. So are T3560 and T3570."""
MARGIN_NS = 1_000_000_000
"""For the way to the UE and back, and late timers."""
REPEATED_NS = T3550_NS * 3 // 4
ALWAYS_ANSWERED = ("initial", "emergency", "attach", "emergency attach")
"""Kinds whose accept gives the UE a new identity, which it confirms (TS 33.501 section 6.12.3, TS 24.301 section
5.5.1)."""


@dataclass(frozen=True, slots=True)
class Ending:
    """An outcome and its instant; ``end_ns`` while it is running: where it ends if nothing more comes."""

    outcome: str
    end_ns: int | None = None
    cause: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Judged(Ending):
    """The same with what is known of the messages: ``accepted_ns``: when the accept was through; ``read_as``: types of
    NAS messages that cannot be read, by their place."""

    accepted_ns: int | None = None
    read_as: Mapping[int, int] = field(default_factory=dict)


class Progress:
    """What the messages so far have shown. ``first`` is the request."""

    def __init__(self, first: Message) -> None:
        self.dialect = first.dialect
        self._type = first.type
        self.goal = first.dialect.goals[first.nas or 0x41]
        self.sure = False
        self.repeated = False
        self.rerouted: Message | None = None
        self.reset: Message | None = None
        self.status: Message | None = None
        self.why: str | None = None
        self._why: Message | None = None
        self.read_as: dict[int, int] = {}
        self._accept: Message | None = None
        self._candidates: list[tuple[int, Message]] = []
        self._response: Message | None = None
        self._answer: Message | None = None
        self._asked: tuple[int, Message] | None = None
        self._refusal: tuple[int, Message] | None = None
        self._failure: Message | None = None
        self._secures = False
        self._no_security: Message | None = None

    @property
    def accepted(self) -> Message | None:
        """The accept, as far as it is known."""
        if self._accept is not None:
            return self._accept
        return self._candidates[0][1] if self._candidates and not self.doubtful else None

    @property
    def doubtful(self) -> bool:
        """Whether what may have been the accept may have been something else."""
        if self.sure or not self._candidates:
            return False
        size = self._candidates[0][1].nas_length
        asks = any(size in pair.asks for pair in self.dialect.nas_pairs.values())
        return asks or size in self.dialect.refusal_sizes or (size is None and self._answer is None)

    @property
    def end_ns(self) -> int | None:
        """Where it ends if nothing more comes."""
        if self.sure and self._accept is not None:
            if self._accept.procedure == self.dialect.context_setup:
                return self._response.done_ns if self._response else None
            return max(one.done_ns for one in (self._accept, self._response) if one is not None)
        if not self._candidates or self.doubtful:
            return None
        return (self._answer or self._candidates[0][1]).done_ns

    @property
    def inferred(self) -> bool:
        """Whether it is inferred that ``end_ns`` is the end: the accept was not read, or should have been answered."""
        return not self.sure or self._type in ALWAYS_ANSWERED

    def not_accepted(self, end_ns: int, cause: str | None = None) -> Ending:
        """The UE did not take the accept."""
        status = self.status
        inferred = status is not None and status.nas is None
        return Ending(NOT_ACCEPTED, end_ns, nas_cause_of(status) or cause, inferred)

    def take(self, place: int, message: Message) -> Ending | None:
        """Update with the next message; returns how the registration ended, if it did."""
        dialect, procedure = self.dialect, message.procedure
        self.reset = message if procedure in (dialect.reset, dialect.setup) else None
        if procedure == dialect.uplink_nas:
            return self._uplink(place, message)
        if procedure == dialect.downlink_nas:
            return self._downlink(place, message)
        if procedure == dialect.context_setup:
            return self._context(place, message)
        if procedure == dialect.initial_ue:
            self.rerouted = None
        elif message.pdu == INITIATING:
            if procedure in (dialect.release_request, dialect.error):
                if self._why is None and message.cause is not None:
                    self._why, self.why = message, cause_of(message)
            elif procedure == dialect.reroute:
                self.rerouted = message
            elif procedure == dialect.context_release:
                return self._released(message)
        return None

    def _uplink(self, place: int, message: Message) -> Ending | None:
        dialect = self.dialect
        secures, self._secures, self._refusal = self._secures, False, None
        if message.nas is None:
            return self._unread_uplink(place, message, secures)
        if message.nas in dialect.completes:
            return Ending(COMPLETED, message.done_ns)
        if message.nas == dialect.status:
            if self._accept is not None or self._candidates:
                self.status = message
            else:
                self.why = nas_cause_of(message)
        elif message.nas == dialect.authentication_failure:
            self._failure = message
        elif message.nas in dialect.secures:
            self._failure = None
        elif message.nas == dialect.security_reject:
            self._no_security = message
        elif message.nas in dialect.later and self.end_ns is not None and self.status is None:
            return Ending(COMPLETED, self.end_ns, inferred=self.inferred)
        return None

    def _unread_uplink(self, place: int, message: Message, secures: bool) -> Ending | None:
        size, asked, self._asked = message.nas_length, self._asked, None
        if secures:
            self.read_as[place] = SECURITY_MODE_COMPLETE
            return None
        pair = None if asked is None or size is None else self._exchange(asked[1], size)
        if pair is not None and asked is not None and not self.sure:
            self.read_as[asked[0]], self.read_as[place] = pair
            self._candidates = [one for one in self._candidates if one[0] != asked[0]]
            return None
        if size is None:
            return self._answered_somehow(message)
        accepted = self._accept is not None or bool(self._candidates)
        if accepted and size in self.goal.complete_sizes:
            if not self.sure:
                self._accept = self._candidates[-1][1]
                self.read_as[self._candidates[-1][0]] = self.goal.accept
            self.read_as[place] = self.goal.complete
            return Ending(COMPLETED, message.done_ns)
        if accepted and size == self.dialect.status_size:
            self.status = message
            self.read_as[place] = self.dialect.status
        elif self.sure and self.end_ns is not None and self.status is None:
            return Ending(COMPLETED, self.end_ns, inferred=self.inferred)
        return None

    def _answered_somehow(self, message: Message) -> Ending | None:
        """Its octets were not recorded: the first behind the accept is its answer."""
        if self.sure:
            return Ending(COMPLETED, message.done_ns)
        if self._candidates:
            self._answer = self._answer or message
        return None

    def _exchange(self, asked: Message, size: int) -> tuple[int, int] | None:
        """The request and the answer that these two sizes are of, None if of none."""
        for number, pair in self.dialect.nas_pairs.items():
            answer = pair.answer(size) if asked.nas_length in pair.asks else None
            if answer is not None:
                return number, answer
        return None

    def _downlink(self, place: int, message: Message) -> Ending | None:
        dialect = self.dialect
        self._refusal, self._asked = None, None
        self._secures = message.nas == SECURITY_MODE_COMMAND
        if message.nas is None:
            self._unread_downlink(place, message)
        elif message.nas in dialect.rejects:
            return Ending(REJECTED, message.done_ns, nas_cause_of(message))
        elif message.nas == dialect.authentication_reject:
            return Ending(REFUSED, message.done_ns, nas_cause_of(self._failure))
        elif message.nas in dialect.accepts:
            self._accepts(message)
        elif not self.sure:
            # Any that can be read shows that the one before it was no accept.
            self._candidates, self._answer = [], None
        return None

    def _unread_downlink(self, place: int, message: Message) -> None:
        size = message.nas_length
        if self.sure:
            sizes = {size, None if self._accept is None else self._accept.nas_length} - {None}
            if self._repeats(message) and len(sizes) < 2:
                self.repeated = True
                self.read_as[place] = self.goal.accept
            return
        self._asked = (place, message)
        if size in self.dialect.refusal_sizes:
            self._refusal = (place, message)
        if size is None or size >= self.goal.accept_least:
            self._candidates.append((place, message))

    def _accepts(self, message: Message) -> None:
        if self.sure and self._repeats(message):
            self.repeated = True
            return
        self._accept, self.sure, self._answer = message, True, None

    def _repeats(self, message: Message) -> bool:
        """Whether it comes when the accept would come again."""
        if self._accept is None:
            return False
        rounds, rest = divmod(message.at_ns - self._accept.at_ns + REPEATED_NS // 3, T3550_NS)
        return rounds > 0 and rest < REPEATED_NS * 2 // 3

    def _context(self, place: int, message: Message) -> Ending | None:
        if message.pdu == UNSUCCESSFUL:
            return Ending(REJECTED, message.done_ns, cause_of(message))
        if message.pdu == SUCCESSFUL:
            self._response = message
        elif message.nas is None:
            self.read_as[place] = self.goal.accept
        if not self.sure:
            # A response whose request was not seen shows as well that there was one.
            self._accept, self.sure, self._answer, self._candidates = message, True, None, []
        return None

    def _released(self, message: Message) -> Ending:
        cause = self.why or cause_of(message)
        if self.status is not None:
            return self.not_accepted(message.done_ns, cause)
        if self._no_security is not None:
            return Ending(NOT_ACCEPTED, message.done_ns, nas_cause_of(self._no_security))
        if self._refusal is not None and message.at_ns - self._refusal[1].done_ns < REPEATED_NS:
            place, refusal = self._refusal
            if refusal.nas_length == min(self.dialect.refusal_sizes):
                self.read_as[place] = min(self.dialect.rejects)
                return Ending(REJECTED, refusal.done_ns, inferred=True)
        if self.end_ns is not None and not self.repeated and not self._radio_lost(self.end_ns):
            return Ending(COMPLETED, self.end_ns, inferred=self.inferred)
        if self._failure is not None:
            return Ending(REFUSED, message.done_ns, nas_cause_of(self._failure))
        return Ending(UNKNOWN if self.doubtful else RELEASED, message.done_ns, cause)

    def _radio_lost(self, end_ns: int) -> bool:
        """Whether the radio node gave the UE up before the accept can have been answered."""
        why = self._why
        if why is None or self.why is None or why.procedure != self.dialect.release_request:
            return False
        return any(word in self.why for word in ("lost", "failure")) and why.at_ns - end_ns < REPEATED_NS
