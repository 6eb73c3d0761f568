"""The way of one message from the application of its sender to that of its receiver, as far as it is seen.

Where both ends are on this host it is seen whole, from either; else the half that is here. Of a message that was lost
the sender knows when it sent it again. The receiver sees that one is missing when a later one arrives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sctptop.model.ngap.message import Message
from sctptop.model.quick import quick

BLOCKED, HELD, LOST, ORDER = "blocked", "held", "lost", "order"
UNREAD, NETWORK, CORE, RAN = "unread", "network", "core", "RAN"

Phase = tuple[str, int, int]
"""Whose time it is, from when to when."""


class Instants(NamedTuple):
    """Of a message at one end, as in ``Message``."""

    begin_ns: int
    at_ns: int
    done_ns: int
    order_ns: int


def instants_of(message: Message) -> Instants:
    """At the end that saw it."""
    return Instants(message.begin_ns, message.at_ns, message.done_ns, message.order_ns)


@quick
@dataclass(frozen=True, slots=True)
class Passage:
    """``message`` as this end saw it; ``phases`` in their order, without a hole, none empty.

    ``through_ns``: when its receiver may act on it, where that is not seen when it was sent at last. ``whole``: both of
    its ends are seen.
    """

    message: Message
    phases: tuple[Phase, ...]
    through_ns: int
    whole: bool = False

    @property
    def begin_ns(self) -> int:
        """When it entered what is seen of its way."""
        return self.phases[0][1] if self.phases else self.through_ns


def passage(
    message: Message,
    other: Instants | None = None,
    resent_ns: int | None = None,
    noticed_ns: int | None = None,
) -> Passage:
    """Of a message and what the other end saw of it.

    ``resent_ns``: when the transmission that arrived was sent, if the first did not; ``noticed_ns``: when a later
    message arrived before it.
    """
    if other is None and resent_ns is None and noticed_ns is None:
        return _half(message)
    ours = instants_of(message)
    sender, receiver = (ours, other) if message.out else (other, ours)
    marks: list[tuple[str, int]] = []
    if sender is not None:
        marks = [(BLOCKED, sender.begin_ns), (HELD, sender.at_ns)]
        resent = resent_ns is not None and resent_ns > sender.done_ns
        if resent:
            marks.append((LOST, sender.done_ns))
        sent_ns = resent_ns if resent and resent_ns is not None else sender.done_ns
        marks.append((NETWORK, sent_ns))
    elif receiver is not None and noticed_ns is not None:
        marks = [(LOST, noticed_ns)]
    if receiver is not None:
        marks += [(ORDER, receiver.at_ns), (UNREAD, receiver.at_ns + receiver.order_ns)]
        end_ns = receiver.done_ns
    else:
        end_ns = marks[-1][1]
    phases = []
    for (whose, begin_ns), (_, until_ns) in zip(marks, (*marks[1:], ("", end_ns)), strict=True):
        if until_ns > begin_ns:
            phases.append((whose, begin_ns, until_ns))
    return Passage(message, tuple(phases), end_ns, sender is not None and receiver is not None)


def _half(message: Message) -> Passage:
    """Of one of which this end alone is seen, and that was not lost: most of them."""
    at_ns, done_ns = message.at_ns, message.done_ns
    if message.out:
        first: Phase = (BLOCKED, at_ns - message.blocked_ns, at_ns)
        second: Phase = (HELD, at_ns, done_ns)
    else:
        ordered_ns = at_ns + message.order_ns
        first, second = (ORDER, at_ns, ordered_ns), (UNREAD, ordered_ns, done_ns)
    phases = tuple(phase for phase in (first, second) if phase[2] > phase[1])
    return Passage(message, phases, done_ns)
