"""Whom the AMF of the bench knows: gNBs by their global ids, over all their associations, and UEs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.lab.core.loop import Line, Timer
from tests.lab.core.report import RUNNING
from tests.lab.core.ways import Way
from tests.lab.traffic import sctp_sockets as sctp


@dataclass(eq=False)
class Peer:
    """A gNB; `name` as it stands in its GlobalRANNodeID."""

    name: bytes
    links: list[Link] = field(default_factory=list)


@dataclass(eq=False)
class Link:
    """An association with it."""

    line: Line
    assoc_id: int
    streams: int
    address: str
    peer: Peer


@dataclass(slots=True, eq=False)
class Ue:
    """A UE's context, from its InitialUEMessage until it is released; the times are those of its last attempt."""

    peer: Peer
    link: Link
    stream: int
    ran: int
    amf: int
    number: int
    """The subscriber's, see `nas_messages.msin`."""
    kind: str
    fate: Way
    read_ns: int
    ended_ns: int = 0
    attempt: int = 1
    outcome: str = RUNNING
    cause: str | None = None
    count: int = 0
    """Of downlink NAS messages under protection."""
    set_up: bool = False
    """Its context in the gNB is."""
    status: int | None = None
    """The cause of the 5GMM STATUS that it has sent."""
    failure: int | None = None
    """That of its AuthenticationFailure."""
    patience: Timer | None = None
    t3550: Timer | None = None

    def facts(self) -> dict[str, Any]:
        """For the report."""
        names = ("stream", "kind", "attempt", "outcome", "cause", "read_ns", "ended_ns")
        ids = {"ue": self.number, "ran_ue_id": self.ran, "amf_ue_id": self.amf}
        return {**ids, **{name: getattr(self, name) for name in names}}


class Contexts:
    """All of them."""

    def __init__(self) -> None:
        self._links: dict[tuple[Line, int], Link] = {}
        self._by_amf: dict[int, Ue] = {}
        self._by_ran: dict[tuple[Peer, int], Ue] = {}
        self._by_number: dict[int, Ue] = {}

    def __len__(self) -> int:
        return len(self._by_amf)

    def link(self, line: Line, assoc_id: int) -> Link | None:
        """The association on which something came, once its gNB is known."""
        return self._links.get((line, assoc_id))

    def set_up(self, line: Line, assoc_id: int, name: bytes) -> list[Ue]:
        """A gNB sets NG up, from nothing: returns contexts of it that are forgotten, and all its associations are."""
        for link in [link for link in self._links.values() if link.peer.name == name]:
            del self._links[link.line, link.assoc_id]
        forgotten = [ue for ue in self._by_amf.values() if ue.peer.name == name]
        for ue in forgotten:
            self.forget(ue)
        self._add(line, assoc_id, Peer(name))
        return forgotten

    def join(self, line: Line, assoc_id: int, name: bytes) -> None:
        """A gNB that is known has one more association; without a name it is known by its address."""
        address = _address(line, assoc_id)
        found = [
            link.peer
            for link in self._links.values()
            if (link.peer.name == name if name else link.address == address)
        ]
        self._add(line, assoc_id, found[0] if found else Peer(name))

    def _add(self, line: Line, assoc_id: int, peer: Peer) -> None:
        streams = sctp.status(line.sock, assoc_id).out_streams
        link = Link(line, assoc_id, streams, _address(line, assoc_id), peer)
        self._links[line, assoc_id] = link
        peer.links.append(link)

    def lose(self, line: Line) -> list[Ue]:
        """A socket is gone: UEs go on over another association of their gNB; those that have none are returned."""
        gone = [link for link in self._links.values() if link.line is line]
        for link in gone:
            del self._links[link.line, link.assoc_id]
            link.peer.links.remove(link)
        lost = []
        for ue in [ue for ue in self._by_amf.values() if ue.link in gone]:
            if ue.peer.links:
                ue.link = ue.peer.links[0]
            else:
                self.forget(ue)
                lost.append(ue)
        return lost

    def add(self, ue: Ue) -> tuple[Ue | None, Ue | None]:
        """A new context; those that had its RAN id, and its subscriber, before."""
        key = ue.peer, ue.ran
        before = self._by_ran.get(key), self._by_number.get(ue.number)
        self._by_amf[ue.amf] = self._by_ran[key] = self._by_number[ue.number] = ue
        return before

    def find(self, link: Link, amf: int | None, ran: int | None) -> Ue | None:
        """The context that a gNB means."""
        ue = self._by_amf.get(amf if amf is not None else -1)
        return ue if ue is not None and (ue.peer, ue.ran) == (link.peer, ran) else None

    def forget(self, ue: Ue) -> None:
        """It is released."""
        for timer in (ue.patience, ue.t3550):
            if timer is not None:
                timer.cancel()
        self._by_amf.pop(ue.amf, None)
        if self._by_ran.get((ue.peer, ue.ran)) is ue:
            del self._by_ran[ue.peer, ue.ran]
        if self._by_number.get(ue.number) is ue:
            del self._by_number[ue.number]

    def __iter__(self) -> Iterator[Ue]:
        return iter(list(self._by_amf.values()))


def _address(line: Line, assoc_id: int) -> str:
    return sctp.peers(line.sock, assoc_id)[0].address
