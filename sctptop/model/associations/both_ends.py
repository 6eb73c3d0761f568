"""Which two records are the ends of one association, where both are on this host, and which of them comes first.

A verification tag is drawn at random by the end that receives it (RFC 9260 section 5.3.1), so two records whose tags
are crossed are one association: 64 bits agree. Ports and addresses need not: a NAT between two namespaces may have
rewritten either. Where no tag could be read (/proc alone), ports and addresses must be crossed, and no third record
may fit as well.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

from sctptop.model.association import Association
from sctptop.model.sample import Endpoint

Socket = tuple[int, int]
"""A network namespace and a local port in it."""

_TwoEnds = tuple[int, int, str, str]
"""Local port, remote port, local address, remote address."""

_SEVERAL = -1


@dataclass(frozen=True, slots=True)
class OtherEnd:
    """The other end of an association, from its own record.

    ``key`` is that of its row, None where ``--assoc`` leaves it out. ``first``: on a line for both it is the other
    end that comes first.
    """

    association: Association
    key: tuple[Hashable, ...] | None = None
    first: bool = False


def other_ends(entries: Sequence[Association]) -> dict[int, int]:
    """For each record whose other end is among them too: the place of one to the place of the other.

    Both directions are in it. A record that fits with several is with none: what is not certain is not claimed.
    """
    by_tags: dict[tuple[int, int], int] = {}
    seconds: dict[int, int] = {}
    untagged: list[int] = []
    for place, entry in enumerate(entries):
        own = entry.own_tag
        if own is None:
            untagged.append(place)
        elif peer := entry.peer_tag:
            # In COOKIE_WAIT the peer's tag is 0, and there is no other end yet.
            first = by_tags.setdefault((own, peer) if own < peer else (peer, own), place)
            if first != place:
                same = first in seconds or entries[first].own_tag == own
                seconds[first] = _SEVERAL if same else place
    pairs: dict[int, int] = {}
    for first, second in seconds.items():
        if second != _SEVERAL:
            pairs[first], pairs[second] = second, first
    if untagged:
        pairs |= _by_addresses(entries, untagged)
    return pairs


def same_ends(entry: Association, before: Association) -> bool:
    """Whether all that ``other_ends`` looks at in an association is what it was."""
    if (entry.own_tag, entry.peer_tag) != (before.own_tag, before.peer_tag):
        return False
    if entry.own_tag is not None:
        return True
    return (
        entry.netns == before.netns
        and (entry.local_port, entry.remote_port) == (before.local_port, before.remote_port)
        and entry.local_addresses == before.local_addresses
        and entry.remote_addresses == before.remote_addresses
        and entry.primary == before.primary
    )


def comes_first(entry: Association, other: Association, listening: Collection[Socket]) -> bool:
    """Whether it is the client of the two: the end that called, the left one of a line for both.

    The server is the end whose port listens. Where both or neither do, the client has the lower association id: ids
    are counted up over the whole host, and the server gets its one when the COOKIE ECHO arrives (sctp_process_init,
    Linux 6.1), after the client got its own. Failing that the server has the lower port. ``listening``: see
    listening_sockets.
    """
    served = [(one.netns, one.local_port) in listening for one in (entry, other)]
    if served[0] != served[1]:
        return served[1]
    if entry.assoc_id and other.assoc_id and entry.assoc_id != other.assoc_id:
        return entry.assoc_id < other.assoc_id
    return _last_resort(entry) > _last_resort(other)


def listening_sockets(endpoints: Iterable[Endpoint]) -> frozenset[Socket]:
    """Where associations are waited for."""
    return frozenset((one.netns, one.local_port) for one in endpoints if one.state == "LISTENING")


def _last_resort(entry: Association) -> tuple[int, int, int, tuple[str, ...]]:
    return entry.local_port, entry.netns, entry.own_tag or 0, entry.local_addresses


def _by_addresses(entries: Sequence[Association], places: Iterable[int]) -> dict[int, int]:
    """The same for records without tags: each sends to an address of the other.

    In its own namespace an address leads to that namespace; elsewhere only if no other namespace uses it as well.
    """
    here: dict[tuple[int, _TwoEnds], int] = {}
    anywhere: dict[_TwoEnds, int] = {}
    ends = {place: _two_ends(entries[place]) for place in places}
    for place, names in ends.items():
        netns = entries[place].netns
        for name in names:
            here[netns, name] = place if here.get((netns, name), place) == place else _SEVERAL
            anywhere[name] = place if anywhere.get(name, place) == place else _SEVERAL
    found: dict[int, int] = {}
    for place, names in ends.items():
        crossed = [(remote_port, port, to, source) for port, remote_port, source, to in names]
        netns = entries[place].netns
        fitting = {here[netns, name] for name in crossed if (netns, name) in here} or {
            anywhere[name] for name in crossed if name in anywhere and not _stays_inside(name)
        }
        if len(fitting) == 1:
            found[place] = fitting.pop()
    return {place: other for place, other in found.items() if found.get(other) == place != other}


def _two_ends(entry: Association) -> set[_TwoEnds]:
    """The association as each of our addresses and the one we send to name it; a scope (%eth0) is this end's alone."""
    to = entry.primary or next(iter(entry.remote_addresses), None)
    if to is None:
        return set()
    ports = (entry.local_port, entry.remote_port)
    return {(*ports, source.partition("%")[0], to.partition("%")[0]) for source in entry.local_addresses}


def _stays_inside(name: _TwoEnds) -> bool:
    """Whether a loopback address is in it, which leads into no other namespace."""
    return any(address.startswith("127.") or address == "::1" for address in name[2:])
