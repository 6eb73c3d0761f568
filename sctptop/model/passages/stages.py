"""Whose time it was: the time of a registration cut into pieces that leave nothing out and overlap nowhere.

At each instant between the beginning and the end of a registration it is, in this order,

1. that of a message of this UE on its way, see ``passage``: SCTP's while it is *blocked* for send buffer, *held* until
   it is first transmitted, *lost* until the transmission that arrives, or complete and waiting in *order* behind an
   earlier one; the reader's while it lies *unread*; where both ends are seen the *network's* between them. Of several
   messages the one that entered first gives the piece its name. So a message held by Nagle counts, whoever else is at
   work.
2. else that of the side that is to act: of the core after an uplink NAS message, of the radio side after a downlink one
   or an InitialContextSetupRequest. The response to that asks for nothing, so the side that speaks next has that
   time: the radio side until the RegistrationComplete.

Seen from one end alone, the time of the other side contains the network both ways: as much as a heartbeat takes is the
network's. All is in whole nanoseconds, so the pieces sum up exactly. A message without an event moves time from the one
side to the other; it never adds any. Where it is certain that there was such a message, the stage says so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sctptop.model.ngap.message import Message
from sctptop.model.passages.passage import (
    BLOCKED,
    CORE,
    HELD,
    LOST,
    NETWORK,
    ORDER,
    RAN,
    UNREAD,
    Passage,
)
from sctptop.model.passages.unseen_between import after_unseen
from sctptop.model.quick import quick

SCTP = (HELD, BLOCKED, LOST, ORDER)
PIECES = (*SCTP, UNREAD, NETWORK, CORE, RAN)
"""All that ``Stage.whose`` may be; those of SCTP are what SCTP did."""
NOTHING_MORE = "nothing more"
_Piece = tuple[str, str, int, int, bool]
"""A stage under way: its name, whose, begin, length, and whether something in it was not seen."""


@quick
@dataclass(frozen=True, slots=True)
class Stage:
    """A piece of a registration; times in ns, counted from its beginning.

    ``whose`` is one of PIECES. ``name`` is the message that was on its way, or the one that ended the time of a side.
    ``unseen``: a message of the other side within it was not seen, so time of CORE is partly the radio side's, or the
    other way round.
    """

    name: str
    whose: str
    begin_ns: int
    length_ns: int
    unseen: bool

    @property
    def party(self) -> str:
        """Whose time it was, in words; of both where a message between the two was not seen."""
        return f"{CORE}+{RAN}" if self.unseen else self.whose


def stages(
    passages: Sequence[Passage],
    from_ran: bool,
    began_ns: int,
    ended_ns: int,
    complete: bool,
    rtt_ns: int | None = None,
) -> tuple[Stage, ...]:
    """Cut the time from ``began_ns`` to ``ended_ns`` at each instant of the messages, given in the order of ``at_ns``.

    ``from_ran``: we are the radio node. ``complete``: none was left out of those that were seen. ``rtt_ns``: what a
    heartbeat takes to the other end and back, None if not known. Neighbouring pieces with one name are one.
    """
    known = [one for one in passages if one.message.at_ns <= ended_ns and one.through_ns >= began_ns]
    messages = [one.message for one in known]
    begins = [message.at_ns for message in messages]
    cuts = {*begins, began_ns, ended_ns}
    for one in known:
        cuts.add(one.through_ns)
        for _, begin, end in one.phases:
            cuts.add(begin)
            cuts.add(end)
    edges = sorted(cut for cut in cuts if began_ns <= cut <= ended_ns)
    covering = sorted((one for one in known if one.phases), key=_entered)
    turns = _turns(known, from_ran)
    passed = [through_ns for through_ns, _ in turns]
    gaps = after_unseen(messages, from_ran) if complete else frozenset()
    apart = None if any(one.whole for one in known) else rtt_ns
    found: list[_Piece] = []
    for begin, end in pairwise(edges):
        while covering and covering[0].phases[-1][2] <= begin:
            # It is over.
            del covering[0]
        unseen, phase = False, _phase(covering, begin, end) if covering else None
        if phase is not None:
            name, whose = phase
        else:
            place = bisect_right(passed, begin) - 1
            whose = turns[place][1] if place >= 0 else CORE
            follows = bisect_left(begins, end)
            name = messages[follows].title if follows < len(messages) else NOTHING_MORE
            # Where it was the other side's turn, that one was not seen to speak.
            unseen = follows in gaps and (messages[follows].out == from_ran) == (whose == CORE)
            # An answer of theirs was awaited: the network was passed there and back.
            if (
                apart
                and 0 < follows < len(messages)
                and begins[follows] == end
                and whose == (CORE if from_ran else RAN)
                and messages[follows - 1].out
                and not messages[follows].out
            ):
                middle = min(begin + apart, end)
                _append(found, (name, NETWORK, begin - began_ns, middle - begin, unseen))
                begin = middle
        if end > begin:
            _append(found, (name, whose, begin - began_ns, end - begin, unseen))
    return tuple(Stage(*piece) for piece in found)


def sums(pieces: Sequence[Stage]) -> dict[str, int]:
    """Nanoseconds of each of PIECES."""
    total = dict.fromkeys(PIECES, 0)
    for piece in pieces:
        total[piece.whose] += piece.length_ns
    return total


def _append(found: list[_Piece], piece: _Piece) -> None:
    name, whose, _, length_ns, unseen = piece
    if found:
        last_name, last_whose, begin_ns, last_ns, last_unseen = found[-1]
        if last_name == name and last_whose == whose and last_unseen == unseen:
            found[-1] = name, whose, begin_ns, last_ns + length_ns, unseen
            return
    found.append(piece)


def _phase(covering: Sequence[Passage], begin: int, end: int) -> tuple[str, str] | None:
    """The name of the first message on its way, and whose time that is; None while there is none."""
    for one in covering:
        if one.phases[0][1] > begin:
            # They are in the order in which they began.
            return None
        if one.phases[-1][2] <= begin:
            continue
        for whose, from_ns, until_ns in one.phases:
            if from_ns <= begin and end <= until_ns:
                return one.message.title, whose
    return None


def _entered(passage: Passage) -> int:
    return passage.phases[0][1]


def _turns(passages: Sequence[Passage], from_ran: bool) -> list[tuple[int, str]]:
    """When a message was through, and who is to act from then on; in the order of these instants."""
    ordered = sorted(passages, key=lambda one: (one.through_ns, one.message.at_ns))
    messages = [one.message for one in ordered]
    return [
        (one.through_ns, CORE if uplink else RAN)
        for place, one in enumerate(ordered)
        if (uplink := _asks(messages, place, from_ran)) is not None
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
