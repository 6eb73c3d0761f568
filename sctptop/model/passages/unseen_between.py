"""Which messages of a registration show that one of the other side before them was not seen.

Two messages of one side in a row are legal: an InitialContextSetupResponse and the RegistrationComplete, or whatever is
said unasked. So only those are named that cannot be without a message between:

- a response of an elementary procedure of class 1 (TS 38.413 section 8.1) whose request was not seen;
- a NAS message that answers a request of the core which was not seen;
- an uplink NAS message that cannot be read right behind an AuthenticationResponse: the SecurityModeCommand that takes
  the new keys into use was not seen (TS 24.501 section 5.4.2);
- a further request or the accept of the core, while the answer that it must wait for was not seen.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from sctptop.model.ngap.dialect import INITIATING, Dialect, NasPair
from sctptop.model.ngap.message import Message
from sctptop.model.ngap.procedure_names import is_answered


def after_unseen(messages: Sequence[Message], from_ran: bool) -> frozenset[int]:
    """Their places in the messages of one registration, all of them in order. ``from_ran``: we are the radio node.

    Those of the same side right before such a one are among them: the message unseen may have come before these.
    """
    told, found, row = _Told(), set[int](), 0
    for place, message in enumerate(messages):
        if place and message.out != messages[place - 1].out:
            row = place
        if told.take(message, message.out == from_ran):
            found.update(range(row, place + 1))
    return frozenset(found)


class _Told:
    """The requests that wait for an answer."""

    def __init__(self) -> None:
        self._asked: dict[Hashable, int] = {}
        self._waits_for: NasPair | None = None
        self._authenticated = False

    def take(self, message: Message, up: bool) -> bool:
        """Update with the next message; returns whether one before it was not seen."""
        dialect = message.dialect
        authenticated, self._authenticated = self._authenticated, False
        answered = is_answered(dialect.ppid, message.procedure)
        if answered and message.pdu != INITIATING:
            return not self._answered((message.procedure, not up))
        unseen = self._uplink(message, dialect, authenticated) if up else self._downlink(message, dialect)
        if answered:
            self._ask((message.procedure, up))
        return unseen

    def _uplink(self, message: Message, dialect: Dialect, authenticated: bool) -> bool:
        if message.procedure != dialect.uplink_nas:
            self._authenticated = authenticated
            return False
        if message.nas is None:
            self._waits_for = None
            return authenticated
        for pair in dialect.nas_pairs.values():
            if message.nas in pair.answers or message.nas in pair.failures:
                self._waits_for = None
                self._authenticated = pair.secures and message.nas in pair.answers
                return not self._answered(pair.name)
        return False

    def _downlink(self, message: Message, dialect: Dialect) -> bool:
        pair = dialect.nas_pairs.get(message.nas or 0) if message.procedure == dialect.downlink_nas else None
        accepts = message.procedure == dialect.context_setup or message.nas in dialect.accepts
        if pair is not None:
            self._ask(pair.name)
        in_turn = pair if pair is not None and pair.in_turn else None
        waits_for = self._waits_for
        if accepts or message.procedure == dialect.downlink_nas:
            self._waits_for = in_turn
        return (accepts or in_turn is not None) and waits_for not in (None, in_turn)

    def _ask(self, request: Hashable) -> None:
        self._asked[request] = self._asked.get(request, 0) + 1

    def _answered(self, request: Hashable) -> bool:
        """Whether it was asked as often as it is answered: a request is repeated when its answer is late."""
        if not self._asked.get(request):
            return False
        self._asked[request] -= 1
        return True
