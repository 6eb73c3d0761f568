"""Advice as rows show it: each row with its worst piece, and its rank in the order by trouble.

A row that gets worse moves at once; one that gets better keeps its rank for a while, and one that ends keeps it as long
as it is shown: so rows do not go to and fro.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from sctptop.model.advice.adviser import Advice
from sctptop.model.advice.brief import CONNECTING
from sctptop.model.advice.rules import RULES
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.peers.peer import ANY, Peer, PeerKey
from sctptop.model.ranking.trouble import LOADS, PROBLEM, RowTrouble

HOLD_S = 10.0
"""A better rank is taken after so long."""
_SEVERITY = 1 << 16
_PLACES = {rule: place for place, rule in enumerate(RULES)}
_keys = attrgetter("key")
_remote_ports, _local_ports = attrgetter("association.remote_port"), attrgetter("association.local_port")


@dataclass(slots=True)
class _Held:
    """``worst`` is the part of the rank that is trouble's, given last at ``last_s``; ``told`` the row made last."""

    worst: int
    last_s: float
    of: Row
    told: Row


class Troubles:
    """Remembers the ranks of rows in trouble. Where nothing is wrong it looks at no row."""

    def __init__(self) -> None:
        self._held: dict[Key, _Held] = {}

    def advance(
        self, rows: tuple[Row, ...], advice: Iterable[Advice], peers: Mapping[PeerKey, Peer], now_s: float
    ) -> tuple[Row, ...]:
        """The rows of a picture, those in trouble with it; the others, and those not changed, are the same objects."""
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
            row, trouble, held = rows[place], _trouble(of_rows.get(key, ()), peers), before.get(key)
            worst, last_s = _worst(trouble), now_s
            if held is not None and worst > held.worst and (row.ended or now_s - held.last_s < HOLD_S):
                worst, last_s = held.worst, held.last_s
            if not worst:
                continue
            if held is None or held.of is not row or held.worst != worst or held.told.trouble != trouble:
                told = replace(row, trouble=trouble, rank=row.rank + worst)
            else:
                told = held.told
            self._held[key] = _Held(worst, last_s, row, told)
            result[place] = told
        return tuple(result)


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
    return RowTrouble(worst.rule, worst.severity, title, worst.seen, worst.since_s, worst.address, more, why)


def _worst(trouble: RowTrouble | None) -> int:
    if trouble is None:
        return 0
    return -_SEVERITY * (1 + trouble.problem) + LOADS * _PLACES[trouble.rule]
