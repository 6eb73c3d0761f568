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
from sctptop.model.associations.row import Row
from sctptop.model.attributes import making, names_of
from sctptop.model.peers.peer import ANY, Peer, PeerKey
from sctptop.model.ranking.trouble import LOADS, PROBLEM, RowTrouble

HOLD_S = 10.0
"""A better rank is taken after so long."""
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

    ``pieces`` it was made of, where they say all of it: none is on a peer, and its rank is theirs.
    """

    worst: int
    last_s: float
    of: Row
    told: Row
    pieces: Sequence[Advice] | None = None


class Troubles:
    """Remembers the ranks of rows in trouble. Where nothing is wrong it looks at no row."""

    def __init__(self) -> None:
        self._held: dict[Key, _Held] = {}
        self._last: tuple[Iterable[Advice], tuple[Row, ...], tuple[Row, ...]] = ((), (), ())
        """Advice, rows and what was made of them, where the same again make the same; else nothing."""

    def advance(
        self, rows: tuple[Row, ...], advice: Iterable[Advice], peers: Mapping[PeerKey, Peer], now_s: float
    ) -> tuple[Row, ...]:
        """The rows of a picture, those in trouble with it; the others, and those not changed, are the same objects."""
        same, known, told_before = self._last
        if known and advice is same and len(rows) == len(known) and all(map(is_, rows, known)):
            for one in self._held.values():
                one.last_s = now_s
            return told_before
        self._last = ((), (), ())
        given = [one for one in advice if one.severity != "note"]
        if not given and not self._held:
            return rows
        places = dict(zip(map(_keys, rows), range(len(rows)), strict=True))
        of_rows = _by_row(given, rows)
        result = list(rows)
        before, self._held = self._held, {}
        for key in {**of_rows, **before}:
            if (place := places.get(key)) is None:
                continue
            row, pieces, held = rows[place], of_rows.get(key, ()), before.get(key)
            if held is not None and held.of is row and held.pieces is not None and held.pieces == pieces:
                held.last_s, result[place] = now_s, held.told
                self._held[key] = held
                continue
            trouble = _trouble(pieces, peers)
            own = worst = _worst(trouble)
            last_s = now_s
            if held is not None and worst > held.worst and (row.ended or now_s - held.last_s < HOLD_S):
                worst, last_s = held.worst, held.last_s
            if not worst:
                continue
            if held is None or held.of is not row or held.worst != worst or held.told.trouble != trouble:
                told = _TROUBLED(row, trouble, row.rank + worst)
            else:
                told = held.told
            whole = worst == own and all(one.peer is None for one in pieces)
            self._held[key] = _Held(worst, last_s, row, told, pieces if whole else None)
            result[place] = told
        made = tuple(result)
        if all(one.pieces is not None for one in self._held.values()):
            self._last = advice, rows, made
        return made


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
