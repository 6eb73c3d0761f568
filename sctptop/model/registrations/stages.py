"""Whose time it was: the time of a registration cut into pieces that leave nothing out and overlap nowhere.

At each instant between the beginning and the end of a registration it is, in this order,

1. SCTP's, while any message of this UE is on its way through this host's SCTP: *held* from hand-over to first
   transmission, or waiting to be *read* from arrival until the application has read it; of several the one that
   entered first gives the piece its name. So a message held by Nagle counts, whoever else is at work meanwhile.
2. else that of the side that is to act: of the core after an uplink NAS message, of the radio side after a downlink one
   or an InitialContextSetupRequest. The response to that asks for nothing, so the side that speaks next has that
   time: the radio side until the RegistrationComplete.

Seen from the radio node, the core's time contains the network both ways; seen from the core, the radio side's does.
All is in whole nanoseconds, so the pieces sum up exactly. A message without an event moves time from the one side
to the other; it never adds any. Where it is certain that there was such a message, the stage says so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sctptop.model.ngap.message import Message
from sctptop.model.registrations.unseen_between import after_unseen

HELD, READ_WAIT, CORE, RAN = "held", "unread", "core", "RAN"
NOTHING_MORE = "nothing more"


@dataclass(frozen=True, slots=True)
class Stage:
    """A piece of a registration; times in ns, counted from its beginning.

    ``whose`` is HELD or READ_WAIT (both SCTP's), CORE or RAN. ``name`` is the message that was held or not yet read, or
    the one that ended the time of a side. ``unseen``: a message of the other side within it was not seen, so time of
    CORE is partly the radio side's, or the other way round.
    """

    name: str
    whose: str
    begin_ns: int
    length_ns: int
    unseen: bool


def stages(
    messages: Sequence[Message], from_ran: bool, began_ns: int, ended_ns: int, complete: bool
) -> tuple[Stage, ...]:
    """Cut the time from ``began_ns`` to ``ended_ns`` at each instant of the messages, given in their order.

    ``from_ran``: we are the radio node. ``complete``: none was left out of those that were seen.
    Neighbouring pieces with one name are one.
    """
    known = [message for message in messages if message.at_ns <= ended_ns and message.done_ns >= began_ns]
    cuts = {instant for message in known for instant in (message.at_ns, message.done_ns)}
    edges = sorted({min(max(cut, began_ns), ended_ns) for cut in (began_ns, *cuts, ended_ns)})
    begins = [message.at_ns for message in known]
    covering = [message for message in known if message.at_ns < message.done_ns]
    turns = _turns(known, from_ran)
    passed = [done_ns for done_ns, _ in turns]
    gaps = after_unseen(known, from_ran) if complete else frozenset()
    found: list[Stage] = []
    for begin, end in pairwise(edges):
        unseen = False
        within = next((one for one in covering if one.at_ns <= begin and end <= one.done_ns), None)
        if within is not None:
            name, whose = within.title, HELD if within.out else READ_WAIT
        else:
            place = bisect_right(passed, begin) - 1
            whose = turns[place][1] if place >= 0 else CORE
            follows = bisect_left(begins, end)
            name = known[follows].title if follows < len(known) else NOTHING_MORE
            # Where it was the other side's turn, that one was not seen to speak.
            unseen = follows in gaps and (known[follows].out == from_ran) == (whose == CORE)
        last = found[-1] if found else None
        if last is not None and (last.name, last.whose, last.unseen) == (name, whose, unseen):
            found[-1] = replace(last, length_ns=last.length_ns + end - begin)
        else:
            found.append(Stage(name, whose, begin - began_ns, end - begin, unseen))
    return tuple(found)


def sums(pieces: Sequence[Stage]) -> dict[str, int]:
    """Nanoseconds of HELD, READ_WAIT, CORE and RAN."""
    total = dict.fromkeys((HELD, READ_WAIT, CORE, RAN), 0)
    for piece in pieces:
        total[piece.whose] += piece.length_ns
    return total


def _turns(messages: Sequence[Message], from_ran: bool) -> list[tuple[int, str]]:
    """When a message was through, and who is to act from then on; in the order of these instants."""
    ordered = sorted(messages, key=lambda message: (message.done_ns, message.at_ns))
    return [
        (message.done_ns, CORE if uplink else RAN)
        for place, message in enumerate(ordered)
        if (uplink := _asks(ordered, place, from_ran)) is not None
    ]


def _asks(ordered: Sequence[Message], place: int, from_ran: bool) -> bool | None:
    """Whether the core is to act after a message (True), or the radio side (False); None: it asks nobody."""
    message = ordered[place]
    dialect = message.dialect
    if message.procedure in (dialect.initial_ue, dialect.uplink_nas, dialect.downlink_nas):
        return message.out == from_ran
    if message.procedure != dialect.context_setup:
        return None
    if message.out != from_ran:
        return False
    return next(_nas_directions(ordered[place + 1 :], from_ran), True) is False


def _nas_directions(messages: Sequence[Message], from_ran: bool) -> Iterator[bool]:
    """Of each message that carries NAS alone: whether it went up."""
    for message in messages:
        if message.procedure in (message.dialect.uplink_nas, message.dialect.downlink_nas):
            yield message.out == from_ran
