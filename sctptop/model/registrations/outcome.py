"""When a registration ends, and how: read from the messages of one UE.

The procedure is that of TS 23.502 section 4.2.2.2 and TS 24.501 section 5.5.1.
It begins with the InitialUEMessage that carries a RegistrationRequest, and ends

- *completed* with the RegistrationComplete: that NAS message, or where it cannot be read the first uplink NAS message
  after the InitialContextSetupRequest or the RegistrationAccept. An accept without a new 5G-GUTI is not answered. That
  no answer will come is known when the UE goes on to something else, when the core releases the context, or after
  GRACE_NS; then the end is the InitialContextSetupResponse, or the accept where no context was set up.
- *rejected* with a RegistrationReject or AuthenticationReject, or when the context could not be set up.
- *released* with a UEContextReleaseCommand or RerouteNASRequest before any of these.
- *timed out* TIMEOUT_NS after its beginning, if none of these came.
- *superseded* by another InitialUEMessage under its id: its end was never seen.

NAS messages are ciphered from the SecurityModeComplete on, unless with the null cipher: a downlink one that cannot be
read is taken for the accept, since all before it can; an InitialContextSetupRequest after it takes its place, or, where
no probe saw that one, the InitialContextSetupResponse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sctptop.model.ngap.dialect import INITIATING, SUCCESSFUL, UNSUCCESSFUL
from sctptop.model.ngap.message import Message

RUNNING, COMPLETED, REJECTED = "running", "completed", "rejected"
RELEASED, TIMED_OUT, SUPERSEDED = "released", "timed out", "superseded"
OUTCOMES = (COMPLETED, REJECTED, RELEASED, TIMED_OUT, SUPERSEDED)
"""How a registration may end."""

TIMEOUT_NS = 15_000_000_000
"""T3510, TS 24.501 table 10.2.1: the UE gives up."""
GRACE_NS = 6_000_000_000
"""T3550, TS 24.501 table 10.2.2: a core that waits for a RegistrationComplete repeats its accept."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The outcome and its instant. ``end_ns`` while RUNNING: where it ends if nothing more comes; None if unknown."""

    outcome: str
    end_ns: int | None = None


def begins(message: Message) -> bool:
    """Whether it begins a registration. One whose NAS message cannot be read counts as one: that of a UE without
    security is always in the clear, and nothing else begins so often."""
    dialect = message.dialect
    return first_of_ue(message) and message.nas in (dialect.request, None)


def first_of_ue(message: Message) -> bool:
    """Whether it is an InitialUEMessage: its RAN id is new from here on."""
    return message.pdu == INITIATING and message.procedure == message.dialect.initial_ue


def matters(message: Message) -> bool:
    """Whether it is worth waiting for the beginning of the registration that it may belong to."""
    dialect = message.dialect
    return message.procedure in (
        dialect.uplink_nas,
        dialect.downlink_nas,
        dialect.context_setup,
        dialect.context_release,
        dialect.reroute,
    )


class _Progress:
    """What the messages so far have shown."""

    def __init__(self) -> None:
        self.accept: Message | None = None
        self.sure = False
        self.response: Message | None = None
        self.answer: Message | None = None

    @property
    def end_ns(self) -> int | None:
        """Where it ends if nothing more comes."""
        if self.accept is None:
            return None
        if not self.sure:
            return self.answer.done_ns if self.answer else None
        if self.accept.procedure == self.accept.dialect.context_setup:
            return self.response.done_ns if self.response else None
        return max(one.done_ns for one in (self.accept, self.response) if one is not None)

    def take(self, message: Message) -> Ending | None:
        """Update with the next message; returns how the registration ended, if it did."""
        dialect = message.dialect
        if message.procedure == dialect.uplink_nas:
            return self._uplink(message)
        if message.procedure == dialect.downlink_nas:
            return self._downlink(message)
        if message.procedure == dialect.context_setup:
            return self._context(message)
        gone = message.procedure in (dialect.context_release, dialect.reroute)
        return self._over(message) if gone and message.pdu == INITIATING else None

    def _uplink(self, message: Message) -> Ending | None:
        dialect = message.dialect
        if message.nas == dialect.complete or (message.nas is None and self.sure):
            return Ending(COMPLETED, message.done_ns)
        if message.nas is None and self.accept is not None:
            self.answer = self.answer or message
        if message.nas in dialect.later and self.end_ns is not None:
            return Ending(COMPLETED, self.end_ns)
        return None

    def _downlink(self, message: Message) -> Ending | None:
        if message.nas in message.dialect.rejects:
            return Ending(REJECTED, message.done_ns)
        if message.nas == message.dialect.accept:
            self.accept, self.sure = message, True
        elif not self.sure:
            # Any that can be read shows that the one before it was no accept.
            unreadable = message.nas is None
            self.accept = (self.accept or message) if unreadable else None
            self.answer = self.answer if unreadable else None
        return None

    def _context(self, message: Message) -> Ending | None:
        if message.pdu == UNSUCCESSFUL:
            return Ending(REJECTED, message.done_ns)
        if message.pdu == SUCCESSFUL:
            self.response = message
        if not self.sure:
            # A response whose request was not seen shows as well that there was one.
            self.accept, self.sure, self.answer = message, True, None
        return None

    def _over(self, message: Message) -> Ending:
        if self.end_ns is not None:
            return Ending(COMPLETED, self.end_ns)
        return Ending(RELEASED, message.done_ns)


def judge(messages: Sequence[Message], now_ns: int, closed_ns: int | None = None) -> Ending:
    """How the registration stands that the first of these messages began; they are in the order of ``at_ns``.

    ``closed_ns``: when another InitialUEMessage took its id.
    """
    deadline_ns = messages[0].at_ns + TIMEOUT_NS
    progress = _Progress()
    for message in messages[1:]:
        if message.at_ns >= deadline_ns:
            break
        ending = progress.take(message)
        if ending is not None:
            return ending
    end_ns = progress.end_ns
    if closed_ns is not None and closed_ns < deadline_ns:
        return Ending(SUPERSEDED, closed_ns) if end_ns is None else Ending(COMPLETED, end_ns)
    if end_ns is not None:
        return Ending(COMPLETED if now_ns - end_ns >= GRACE_NS else RUNNING, end_ns)
    return Ending(TIMED_OUT, deadline_ns) if now_ns >= deadline_ns else Ending(RUNNING)
