"""Associations looked up one by one, each with the interface that its socket is bound to.

Since Linux 6.2 sock_diag finds an association by its ends and that interface (sctp_sk_bound_dev_eq): index 0 finds what
sockets bound to none have, a VRF or the device of SO_BINDTODEVICE must be named. Neither /proc nor the record of an
association says it (idiag_if is there where the primary path leaves); only the record of its socket does, which a dump
has and a look-up has not. So what is not found is asked for with one interface after the other, and found is learned.

That record also has the settings of a socket. Of one that is younger than the last dump of all it is had from a dump of
its ports: a walk over all associations, of which the kernel fills few.
"""

from __future__ import annotations

import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from sctptop.kernel.reading.asked import Asked, Pair, addresses_of
from sctptop.kernel.reading.diag.diag_records import DiagRecord
from sctptop.kernel.reading.joining import Ends, Identity, ends_of, key_of
from sctptop.kernel.reading.procfs import AssocLine
from sctptop.kernel.reading.sockdiag import SockDiag

SAMPLE, MOST_TRIES = 16, 512
"""Associations tried with an interface that no socket is known to be bound to: one found makes it known. And look-ups
of one reading that try so, some 30 ms: a host of containers has hundreds of interfaces.
"""

SOCKETS_S = 0.02
"""What a reading spends on sockets younger than the last dump, at most one dump more."""
MOST_ALIKE = 16
"""Associations on the same two ports beyond which none of their sockets is asked for: a dump of them is quadratic."""


def interfaces_here() -> list[int]:
    """The indexes of the interfaces of the namespace that the calling thread is in; none when it cannot be told."""
    try:
        return [index for index, _ in socket.if_nameindex()]
    except OSError:
        return []


class ExactLookups:
    """Remembers by which interface each association was found. Owned by one thread, for one namespace."""

    def __init__(self, interfaces: Callable[[], Sequence[int]] = interfaces_here) -> None:
        self._interfaces = interfaces
        self.found: dict[Pair, int] = {}
        """Index of the interface by which each was found last time, 0 for none; one that is gone is not there."""
        self._bound: set[int] = set()

    def learn(self, sockets: Iterable[DiagRecord], asked: Iterable[Asked] = ()) -> None:
        """Which interfaces these sockets are bound to: their associations, and those to come, are found at once.

        ``asked``: those that the last reading had, by what they are asked for.
        """
        self.found.update((one.pair, one.interface) for one in asked)
        self._bound = {*(record.interface for record in sockets), *self.found.values()} - {0}

    def look_up(self, diag: SockDiag, wanted: Mapping[Pair, int]) -> dict[Identity, DiagRecord]:
        """The associations between these ends, as many each as given; without those that are gone.

        There may be several with the same ends, each in a VRF of its own. Raises SockDiagError.
        """
        before = self.found
        self.found = {pair: interface for pair, interface in before.items() if pair not in wanted}
        records: dict[Identity, DiagRecord] = {}
        missing = dict(wanted)
        groups: dict[int, list[Pair]] = {}
        for pair in wanted:
            groups.setdefault(before.get(pair, 0), []).append(pair)

        def ask(interface: int, pairs: Sequence[Pair]) -> None:
            for pair, record in zip(pairs, diag.look_up(pairs, interface), strict=True):
                # A socket that is bound to none answers to every interface, where net.sctp.l3mdev_accept is on.
                if record is not None and key_of(record) not in records:
                    records[key_of(record)] = record
                    missing[pair] -= 1
                    self.found[pair] = interface

        for interface, pairs in groups.items():
            ask(interface, pairs)
        for interface in sorted({0, *self._bound}):
            ask(interface, [pair for pair in _short(missing) if before.get(pair, 0) != interface])
        # One that was found last time is gone.
        if strangers := [pair for pair in _short(missing) if pair not in before or wanted[pair] > 1]:
            self._search(ask, missing, strangers)
        return records

    def _search(
        self, ask: Callable[[int, Sequence[Pair]], None], missing: Mapping[Pair, int], strangers: list[Pair]
    ) -> None:
        """Try the other interfaces of the namespace, at random: of the strangers most may be gone already."""
        others = [index for index in self._interfaces() if index not in self._bound]
        random.shuffle(others)
        for interface in others[:MOST_TRIES]:
            if not strangers:
                break
            some = random.sample(strangers, min(SAMPLE, len(strangers), max(1, MOST_TRIES // len(others))))
            left = sum(missing[pair] for pair in some)
            ask(interface, some)
            if sum(missing[pair] for pair in some) < left:
                self._bound.add(interface)
                ask(interface, [pair for pair in strangers if pair not in some])
                strangers = [pair for pair in strangers if missing[pair] > 0]


def missing(
    lines: Collection[AssocLine],
    records: Collection[DiagRecord],
    alive: Mapping[Pair, Ends],
    by_name: bool,
) -> Counter[Pair]:
    """How many associations to look up between which ends: those that /proc names, or that lived, without a record.

    ``by_name``: the records are answers to names, which a new association with the ends of an old one is not among.
    """
    told = Counter(map(ends_of, records))
    # Lines with the same ends are associations in several VRFs.
    named = Counter(map(ends_of, lines))
    few = {ends for ends, count in named.items() if told[ends] < (count if by_name else 1)}
    wanted = Counter(
        pair for line in lines if ends_of(line) in few and (pair := addresses_of(line)) is not None
    )
    # What /proc passed over may live all the same.
    wanted.update([pair for pair, ends in alive.items() if not told[ends] and pair not in wanted])
    return wanted


def sockets_of(
    diag: SockDiag, records: Collection[DiagRecord], known: Iterable[DiagRecord]
) -> list[DiagRecord]:
    """Records of the sockets of these associations: of ``known`` those in use, and others as far as time lasts.

    Raises SockDiagError.
    """
    deadline = time.monotonic() + SOCKETS_S
    associations = {record.cookie: record for record in records}
    sockets = {one.cookie: one for one in known if one.cookie in associations}
    alike = Counter((record.local_port, record.remote_port) for record in records)
    for cookie in associations.keys() - sockets.keys():
        ports = associations[cookie].local_port, associations[cookie].remote_port
        if cookie in sockets or alike[ports] > MOST_ALIKE:
            continue
        sockets.update((one.cookie, one) for one in diag.dump(ports) if not one.is_association)
        if time.monotonic() > deadline:
            break
    return list(sockets.values())


def _short(missing: Mapping[Pair, int]) -> list[Pair]:
    return [pair for pair, count in missing.items() if count > 0]
