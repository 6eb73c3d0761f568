"""What is known of the ways of messages beside their own instants: the other end's, and what was lost and sent
again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sctptop.model.bounded import keep
from sctptop.model.ngap.message import Message, Wire
from sctptop.model.passages.passage import Instants, Passage, instants_of, passage
from sctptop.model.passages.tnl_associations import TnlAssociations
from sctptop.model.passages.tsn import TSNS, ahead

MOST_KEPT = 65_536
"""Messages whose instants wait for those of the other end."""
KEPT_NS = 300_000_000_000
"""For so long at most: a registration is told sooner."""
MOST_AGAIN = 8192
MOST_CHUNKS = 64
RECENT = 256
"""Arrivals among which a missing TSN is looked for."""

_Chunk = tuple[Wire, int]
"""The association as the sender names it, without its namespace, and a TSN."""


@dataclass(slots=True)
class _Arrivals:
    """The highest TSN that came, and what came of late, in that order."""

    highest: int
    recent: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=RECENT))


class Passages:
    """Takes messages in the order of ``at_ns``, and what was sent again."""

    def __init__(self, associations: TnlAssociations) -> None:
        self._associations = associations
        self._ends: dict[tuple[bool, Wire, int], Instants] = {}
        self._again: dict[_Chunk, list[int]] = {}
        self._noticed: dict[_Chunk, int] = {}
        self._arrivals: dict[Wire, _Arrivals] = {}

    def take(self, message: Message, mirrored: bool) -> None:
        """A message was sent or read. ``mirrored``: the other end of its association is here too."""
        if message.tsn is None:
            return
        if mirrored:
            keep(self._ends, (message.out, _sent_on(message), message.tsn), instants_of(message), MOST_KEPT)
            self._forget(message.at_ns - KEPT_NS)
        if not message.out:
            self._arrived(message, message.tsn)

    def sent_again(self, wire: Wire, tsn: int, at_ns: int) -> None:
        """A chunk of ours was sent again."""
        chunk = (0, *wire[1:]), tsn
        known = self._again.get(chunk)
        if known is None:
            keep(self._again, chunk, [at_ns], MOST_AGAIN)
        elif len(known) < MOST_CHUNKS:
            known.append(at_ns)

    def again(self, message: Message) -> Sequence[int]:
        """When chunks of a message were sent again, in order, as far as its sender is here."""
        if not self._again or message.tsn is None:
            return ()
        last = message.tsn if message.last_tsn is None else message.last_tsn
        chunks = min(max(ahead(last, message.tsn), 0), MOST_CHUNKS) + 1
        sent_on = _sent_on(message)
        found = (self._again.get((sent_on, (message.tsn + place) % TSNS), ()) for place in range(chunks))
        return sorted(at_ns for times in found for at_ns in times)

    def passages(self, messages: Sequence[Message]) -> list[Passage]:
        """The ways of the messages of one UE, given in their order."""
        return [self._passage(place, messages) for place in range(len(messages))]

    def waits(self, messages: Iterable[Message]) -> bool:
        """Whether the other end, which is here too, has not told yet what it saw of one of these."""
        for message in messages:
            line = self._associations.get(message.wire)
            mirrored = line is not None and line.mirrored and message.tsn is not None
            if mirrored and (not message.out, _sent_on(message), message.tsn) not in self._ends:
                return True
        return False

    def rtt_ns(self, wire: Wire) -> int | None:
        """What a heartbeat takes there and back."""
        return self._associations.rtt_ns(wire)

    def clear(self) -> None:
        """Nothing is known any more."""
        for known in (self._ends, self._again, self._noticed, self._arrivals):
            known.clear()

    def _passage(self, place: int, messages: Sequence[Message]) -> Passage:
        message = messages[place]
        if message.tsn is None or not (self._ends or self._again or self._noticed):
            return passage(message)
        chunk = _sent_on(message), message.tsn
        other, again = self._ends.get((not message.out, *chunk)), self.again(message)
        if not message.out:
            if other is None:
                return passage(message, noticed_ns=self._noticed.get(chunk))
            arrived_ns: int | None = message.at_ns
        elif other is not None:
            arrived_ns = other.at_ns
        else:
            # The peer answered what had arrived: what was sent again behind that came too late to matter.
            arrived_ns = next((one.at_ns for one in messages[place + 1 :] if not one.out), None)
        return passage(message, other, _last_before(again, arrived_ns))

    def _forget(self, before_ns: int) -> None:
        """Two at most, for one that came: so it is always little work."""
        for _ in range(2):
            oldest = next(iter(self._ends))
            if self._ends[oldest].at_ns >= before_ns:
                return
            del self._ends[oldest]

    def _arrived(self, message: Message, tsn: int) -> None:
        known = self._arrivals.get(message.wire)
        if known is None:
            known = _Arrivals(tsn)
            keep(self._arrivals, message.wire, known, MOST_AGAIN)
        elif ahead(tsn, known.highest) < 0:
            before = (
                at_ns for later, at_ns in known.recent if ahead(later, tsn) > 0 and at_ns < message.at_ns
            )
            noticed_ns = next(before, None)
            if noticed_ns is not None:
                keep(self._noticed, (_sent_on(message), tsn), noticed_ns, MOST_AGAIN)
            return
        known.highest = tsn
        known.recent.append((tsn, message.at_ns))


def _sent_on(message: Message) -> Wire:
    """The association as the sender of the message names it; without the namespace, which the receiver does not
    know."""
    _, own_tag, peer_tag, local_port, remote_port = message.wire
    if message.out:
        return 0, own_tag, peer_tag, local_port, remote_port
    return 0, peer_tag, own_tag, remote_port, local_port


def _last_before(again: Sequence[int], arrived_ns: int | None) -> int | None:
    return max((at_ns for at_ns in again if arrived_ns is None or at_ns <= arrived_ns), default=None)
