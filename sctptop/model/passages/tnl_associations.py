"""The associations that carry NGAP or S1AP, each as one of its ends sees it: which radio node it is of, and its other
end.

One radio node and one core may have several associations between them. They are known by the name that the radio node
gives itself (GlobalRANNodeID in NGSetup and RANConfigurationUpdate: TS 38.413 sections 8.7.1 and 8.7.2), else by their
addresses. Behind one address there may be several radio nodes, so addresses alone never end what another one does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from statistics import median

from sctptop.model.associations.identity import Key
from sctptop.model.bounded import keep
from sctptop.model.ngap.dialect import CORE_PORTS, INITIATING
from sctptop.model.ngap.message import Message, Wire

MOST_ASSOCIATIONS = 8192
RTTS = 9
"""Heartbeats of which the middle one counts."""

Place = tuple[str, str]
"""The local and the remote address of an association."""


@dataclass(slots=True)
class TnlAssociation:
    """``from_ran``: we are the radio node. ``place`` is None while it is not known, ``node`` until the radio node has
    named itself. ``gone_ns``: when it ended, None while it lives. ``mirrored``: its other end is on this host too."""

    wire: Wire
    from_ran: bool
    place: Place | None = None
    node: str | None = None
    gone_ns: int | None = None
    mirrored: bool = False

    between: Hashable = field(default=None, init=False)
    """What all associations between the same two addresses share; None while they are not known."""
    named: Hashable = field(default=None, init=False)
    """What all associations of one radio node share, to whichever core; None until it has named itself."""

    def stands_at(self, place: Place | None) -> None:
        """Its addresses are known."""
        self.place = place
        ports = self.wire[3:]
        # That of the radio node may be another on each association.
        core_port = next((port for port in CORE_PORTS if port in ports), min(ports))
        self.between = place and (self.wire[0], self.from_ran, *place, core_port)

    def is_of(self, node: str) -> None:
        """Its radio node named itself."""
        self.node = node
        self.named = node and (self.wire[0], self.from_ran, node)

    @property
    def radio(self) -> Hashable:
        """The address of the radio node; of the namespace where it is not known."""
        return self.wire[0] if self.place is None else self.place[not self.from_ran]


def from_radio_node(message: Message) -> bool:
    """Whether we are the radio node on the association of this message: by what it is, or by the ports."""
    dialect, procedure = message.dialect, message.procedure
    if procedure in (dialect.initial_ue, dialect.uplink_nas, dialect.setup, dialect.release_request):
        return message.out == (message.pdu == INITIATING)
    if procedure in (dialect.downlink_nas, dialect.context_setup, dialect.context_release):
        return message.out != (message.pdu == INITIATING)
    local_port, remote_port = message.wire[3:]
    return remote_port in CORE_PORTS or (local_port not in CORE_PORTS and local_port > remote_port)


class TnlAssociations:
    """All of them. ``place_of`` gives the addresses of an association, None where they are not known."""

    def __init__(self, place_of: Callable[[Key], Place | None] = lambda _: None) -> None:
        self._place_of = place_of
        self._known: dict[Wire, TnlAssociation] = {}
        self._by_tags: dict[Wire, TnlAssociation] = {}
        self._together: dict[Hashable, list[TnlAssociation]] = {}
        self._rtts: dict[Wire, deque[int]] = {}

    def get(self, wire: Wire) -> TnlAssociation | None:
        """A line that is known."""
        return self._known.get(wire)

    def meet(self, message: Message, association: Key) -> TnlAssociation:
        """The line that carried a message, known from now on."""
        wire = message.wire
        line = self._known.get(wire)
        if line is None:
            if len(self._known) >= MOST_ASSOCIATIONS:
                self._drop(next(iter(self._known.values())))
            line = self._known[wire] = TnlAssociation(wire, from_radio_node(message))
            netns, own_tag, peer_tag, local_port, remote_port = wire
            # Without the namespace, which of the other end is another; without the peer's tag, which may be told late.
            self._by_tags[0, own_tag, peer_tag, local_port, remote_port] = line
            self._by_tags[netns, own_tag, 0, local_port, remote_port] = line
            other = self._by_tags.get((0, peer_tag, own_tag, remote_port, local_port))
            if other is not None and other is not line:
                other.mirrored = line.mirrored = True
        if line.place is None:
            line.stands_at(self._place_of(association))
            if line.place is not None:
                self._together.setdefault(line.between, []).append(line)
        if message.ran_node is not None:
            line.is_of(message.ran_node)
        return line

    def beside(self, line: TnlAssociation) -> Iterator[TnlAssociation]:
        """The other associations between the same two addresses that are alive."""
        for other in self._together.get(line.between, ()):
            if other is not line and other.gone_ns is None:
                yield other

    def gone_beside(self, line: TnlAssociation) -> list[TnlAssociation]:
        """Those between the same two addresses that are no more."""
        return [other for other in self._together.get(line.between, ()) if other.gone_ns is not None]

    def replaced(self, line: TnlAssociation) -> TnlAssociation | None:
        """The one whose place this one took, at a restart: same ends and ports, other tags. None where there is
        none."""
        return next((other for other in self.beside(line) if other.wire[3:] == line.wire[3:]), None)

    def freed(self, wire: Wire, at_ns: int) -> TnlAssociation | None:
        """That association is no more. None where it carried nothing."""
        netns, own_tag, _, local_port, remote_port = wire
        line = self._by_tags.get((netns, own_tag, 0, local_port, remote_port))
        if line is not None:
            line.gone_ns = at_ns
        return line

    def heartbeat(self, wire: Wire, rtt_ns: int) -> None:
        """A heartbeat went there and back."""
        known = self._rtts.get(wire)
        if known is None:
            known = deque(maxlen=RTTS)
            keep(self._rtts, wire, known, MOST_ASSOCIATIONS)
        known.append(rtt_ns)

    def rtt_ns(self, wire: Wire) -> int | None:
        """What heartbeats of late took in the middle, there and back; None without any."""
        known = self._rtts.get(wire)
        return None if known is None else round(median(known))

    def clear(self) -> None:
        """Nothing is known any more."""
        for known in (self._known, self._by_tags, self._together, self._rtts):
            known.clear()

    def _drop(self, line: TnlAssociation) -> None:
        together = self._together.get(line.between, [])
        if line in together:
            together.remove(line)
            if not together:
                del self._together[line.between]
        del self._known[line.wire]
        netns, own_tag, peer_tag, local_port, remote_port = line.wire
        self._by_tags.pop((0, own_tag, peer_tag, local_port, remote_port), None)
        self._by_tags.pop((netns, own_tag, 0, local_port, remote_port), None)
