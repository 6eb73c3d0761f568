"""The PDU session that a UE asks for behind its registration, and how long it takes: what a user waits for beside
it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sctptop.model.ngap.dialect import INITIATING
from sctptop.model.ngap.message import Message
from sctptop.model.registrations.attempt import Attempt, Registration
from sctptop.model.registrations.words import COMPLETED

ASKED_NS = 1_000_000_000
"""A UE that wants one asks at once."""
SET_UP_NS = 10_000_000_000
"""T3580 is 16 s (TS 24.501 table 10.3.1); a registration is not kept open that long."""
LEAST_REQUEST = 20
"""Octets of a NAS message that asks for a session, under ciphering: ULNASTransport has a container (TS 24.501 section
8.2.10)."""
MOST_AFTER = 16
MOST_FOLLOWED = 5000


@dataclass(slots=True)
class _Followed:
    attempt: Attempt
    record: Registration
    ended_ns: int


class Sessions:
    """Registrations that ended, until it is known what became of their PDU session: at once, unless they completed."""

    def __init__(self) -> None:
        self._followed: dict[int, _Followed] = {}

    def follow(self, attempt: Attempt, record: Registration, ended_ns: int) -> None:
        """A registration that ended."""
        attempt.after = attempt.beyond(ended_ns)[:MOST_AFTER]
        self._followed[id(attempt)] = _Followed(attempt, record, ended_ns)

    def take(self, attempt: Attempt, message: Message) -> bool:
        """A message of a UE that is followed; False for one of another."""
        if id(attempt) not in self._followed:
            return False
        if len(attempt.after) < MOST_AFTER:
            attempt.after.append(message)
        return True

    def done(self, now_ns: int) -> list[tuple[Attempt, Registration]]:
        """Those of which no more is expected, with what is known; in the order in which they ended."""
        found: list[tuple[Attempt, Registration]] = []
        for place, one in list(self._followed.items()):
            if self._waits(one, now_ns) and len(self._followed) <= MOST_FOLLOWED:
                continue
            found.append((one.attempt, _told(one)))
            del self._followed[place]
        return sorted(found, key=lambda one: one[0].ended_ns or 0)

    def clear(self) -> None:
        """Nothing is known any more."""
        self._followed.clear()

    def rest(self) -> list[Registration]:
        """All that are followed, as they are now."""
        return [_told(one) for one in self._followed.values()]

    def _waits(self, one: _Followed, now_ns: int) -> bool:
        attempt = one.attempt
        if one.record.outcome != COMPLETED or attempt.closed_ns is not None or attempt.lost_ns is not None:
            return False
        dialect = attempt.first.dialect
        setup = [message for message in attempt.after if message.procedure == dialect.session_setup]
        if any(message.pdu != INITIATING for message in setup):
            return False
        if any(message.procedure == dialect.context_release for message in attempt.after):
            return False
        asked = any(
            message.procedure == dialect.uplink_nas and (message.nas_length or 0) >= LEAST_REQUEST
            for message in attempt.after
        )
        return now_ns - one.ended_ns < (SET_UP_NS if setup or asked else ASKED_NS)


def session_ns(messages: Sequence[Message]) -> int | None:
    """From the UE's request, the uplink NAS message before that of the core, until the response; None without all."""
    asked: Message | None = None
    begun: Message | None = None
    for message in messages:
        dialect = message.dialect
        if message.procedure == dialect.uplink_nas and begun is None:
            asked = message
        elif message.procedure == dialect.session_setup:
            if message.pdu == INITIATING:
                begun = begun or asked or message
            elif begun is not None:
                return max(message.done_ns - begun.begin_ns, 0)
    return None


def _told(one: _Followed) -> Registration:
    if not one.attempt.after:
        return one.record
    after = tuple(sorted(one.attempt.after, key=lambda message: message.at_ns))
    return replace(one.record, after=after, pdu_session_ns=session_ns(after))
