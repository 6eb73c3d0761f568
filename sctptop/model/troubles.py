"""Advice as rows show it: each row with its worst piece, and its rank in the order by trouble.

A row that gets worse moves at once; one that gets better keeps its rank for a while, and one that ends keeps it as long
as it is shown: so rows do not go to and fro.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, is_

from sctptop.model.advice.brief import CONNECTING
from sctptop.model.advice.given import Advice
from sctptop.model.advice.rules import RULES
from sctptop.model.associations.identity import Key
from sctptop.model.associations.moved import moved
from sctptop.model.associations.row import Row
from sctptop.model.attributes import making, names_of
from sctptop.model.peers.peer import ANY, Peer, PeerKey
from sctptop.model.ranking.trouble import LOADS, PROBLEM, RowTrouble

HOLD_S = 10.0
"""A better rank is taken after so long."""
NOTE = "note"
_SEVERITY = 1 << 16
_PLACES = {rule: place for place, rule in enumerate(RULES)}
_TROUBLED: Callable[[Row, RowTrouble | None, int], Row] = making(
    Row,
    ["before", "trouble", "rank"],
    {name: f"before.{name}" for name in names_of(Row)} | {"trouble": "trouble", "rank": "rank"},
)
_keys = attrgetter("key")
_remote_ports, _local_ports = attrgetter("association.remote_port"), attrgetter("association.local_port")


@dataclass(slots=True)
class _Held:
    """``worst`` is the part of the rank that is trouble's, given last at ``last_s``; ``told`` the row made last.

    ``settled``: until anything is another it is given in each picture, and so ``last_s`` is that of the last.
    """

    worst: int
    last_s: float
    of: Row
    told: Row
    pieces: Sequence[Advice]
    settled: bool


class Troubles:
    """Remembers the ranks of rows in trouble. Only what moved is looked at."""

    def __init__(self) -> None:
        self._held: dict[Key, _Held] = {}
        self._unsettled: set[Key] = set()
        self._pieces: dict[Key, list[Advice]] = {}
        """The advice that is no note, by the rows that it is on."""
        self._of_peers = False
        """Whether any of it is on a peer, and so on whichever rows are the peer's."""
        self._places: dict[Key, int] = {}
        self._advice: Sequence[Advice] = ()
        self._rows: tuple[Row, ...] = ()
        self._told: tuple[Row, ...] = ()
        self._now_s = 0.0

    def advance(
        self, rows: tuple[Row, ...], advice: Sequence[Advice], peers: Mapping[PeerKey, Peer], now_s: float
    ) -> tuple[Row, ...]:
        """The rows of a picture, those in trouble with it; the others, and those not changed, are the same objects."""
        if advice is self._advice and not self._held and not self._pieces:
            self._rows = self._told = rows
            return rows
        changes, before = self._changes(rows, advice), self._told
        self._rows, self._advice = rows, advice
        if changes is None:
            told = [*rows]
            due = self._renew(rows, advice)
        elif not self._held and not self._pieces:
            self._told = rows
            return rows
        else:
            told = [*before]
            for row in changes[0]:
                told[self._places[row.key]] = row
            due = {row.key for row in changes[0]} | changes[1] | self._unsettled
            if not due:
                self._now_s = now_s
                return before
        for key in due:
            held, pieces = self._held.get(key), self._pieces.get(key, ())
            if held is not None or pieces:
                place = self._places[key]
                told[place] = self._judge(rows[place], held, pieces, peers, now_s)
        self._now_s = now_s
        self._told = tuple(told) if self._held else rows
        return self._told

    def _changes(self, rows: Sequence[Row], advice: Sequence[Advice]) -> tuple[list[Row], set[Key]] | None:
        """The rows that moved, and whose advice did: None where more than that is another."""
        pairs, given = moved(rows, self._rows), moved(advice, self._advice)
        if pairs is None or given is None or (self._of_peers and (pairs or given)):
            return None
        found: set[Key] = set()
        for one, old in given:
            key = one.association
            noted = one.severity == NOTE
            if key is None or key != old.association or noted != (old.severity == NOTE):
                return None
            if not noted and key in self._pieces:
                # The order of all says the order of its own.
                self._pieces[key] = [one if piece is old else piece for piece in self._pieces[key]]
                found.add(key)
        for row, last in pairs:
            if row.key is not last.key:
                return None
        return [row for row, _ in pairs], found

    def _renew(self, rows: Sequence[Row], advice: Iterable[Advice]) -> set[Key]:
        """Some came or went; returns the rows to look at."""
        given = [one for one in advice if one.severity != NOTE]
        self._of_peers = any(one.peer is not None for one in given)
        if not given and not self._held:
            self._pieces, self._places = {}, {}
            return set()
        self._places = dict(zip(map(_keys, rows), range(len(rows)), strict=True))
        self._pieces = {key: pieces for key, pieces in _by_row(given, rows).items() if key in self._places}
        for key in self._held.keys() - self._places.keys():
            del self._held[key]
        self._unsettled &= self._held.keys()
        return {*self._pieces, *self._held}

    def _judge(
        self,
        row: Row,
        held: _Held | None,
        pieces: Sequence[Advice],
        peers: Mapping[PeerKey, Peer],
        now_s: float,
    ) -> Row:
        """The row with its trouble, which is held; the row itself where it has none any more."""
        if held is not None and held.settled and _same(held.pieces, pieces):
            if held.of is not row:
                held.of, held.told = row, _TROUBLED(row, held.told.trouble, row.rank + held.worst)
            return held.told
        key, trouble = row.key, _trouble(pieces, peers)
        own = worst = _worst(trouble)
        last_s = now_s
        if held is not None and worst > held.worst:
            held_s = self._now_s if held.settled else held.last_s
            if row.ended or now_s - held_s < HOLD_S:
                worst, last_s = held.worst, held_s
        if not worst:
            self._held.pop(key, None)
            self._unsettled.discard(key)
            return row
        if held is None or held.of is not row or held.worst != worst or held.told.trouble != trouble:
            told = _TROUBLED(row, trouble, row.rank + worst)
        else:
            told = held.told
        settled = worst == own and not (self._of_peers and any(one.peer is not None for one in pieces))
        if held is None:
            self._held[key] = _Held(worst, last_s, row, told, pieces, settled)
        else:
            if not held.settled:
                self._unsettled.discard(key)
            held.worst, held.last_s, held.of, held.told = worst, last_s, row, told
            held.pieces, held.settled = pieces, settled
        if not settled:
            self._unsettled.add(key)
        return told


def _same(pieces: Sequence[Advice], others: Sequence[Advice]) -> bool:
    return pieces is others or (len(pieces) == len(others) and all(map(is_, pieces, others)))


def _by_row(given: Iterable[Advice], rows: Sequence[Row]) -> dict[Key, list[Advice]]:
    """Advice by the association that it is on, the worst first; that on a peer is on all of its associations."""
    found: dict[Key, list[Advice]] = {}
    for one in given:
        if one.association is not None:
            found.setdefault(one.association, []).append(one)
        elif one.peer is not None and one.peer[1] != ANY:
            for key in _of_peer(one.peer, one.rule == CONNECTING, rows):
                found.setdefault(key, []).append(one)
    return found


def _of_peer(peer: PeerKey, opening: bool, rows: Sequence[Row]) -> list[Key]:
    """The rows of a peer; only those not up, where it is about those that do not come up."""
    netns, address, port, ours = peer
    ports = map(_remote_ports if ours else _local_ports, rows)
    entries = [(row, row.association) for row, its in zip(rows, ports, strict=True) if its == port]
    return [
        row.key
        for row, entry in entries
        if entry.netns == netns
        and address in entry.remote_addresses
        and not (row.ended or (opening and entry.state == "ESTABLISHED"))
    ]


def _trouble(pieces: Sequence[Advice], peers: Mapping[PeerKey, Peer]) -> RowTrouble | None:
    if not pieces:
        return None
    worst = pieces[0]
    if len(pieces) > 1:
        worst = min(pieces, key=lambda one: (one.severity != PROBLEM, _PLACES[one.rule]))
    title = RULES[worst.rule].title
    more = len(pieces) - 1
    peer = peers.get(worst.peer) if worst.peer is not None else None
    why = peer.mostly if peer is not None else ""
    told = (worst.rule, worst.severity, title, worst.seen, worst.since_s, worst.address, more, why)
    return RowTrouble(*told, worst.from_start)


def _worst(trouble: RowTrouble | None) -> int:
    if trouble is None:
        return 0
    return -_SEVERITY * (1 + trouble.problem) + LOADS * _PLACES[trouble.rule]
