"""What SCTP cost each registration, by a capture at both ends: lost and sent again, and waiting in order.

Cut as sctptop says that it cuts: at each instant the message that entered first has it, and what is outside of a
registration, as one end sees that, does not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.lab.core import ngap_messages as ngap
from tests.lab.witness.packets import Way

LOST, ORDER = "lost", "order"


@dataclass(frozen=True)
class Split:
    """In ns."""

    lost: int
    order: int


def by_ue(ways: Sequence[Way]) -> dict[int, list[Way]]:
    """The messages that concern a UE, by RAN-UE-NGAP-ID, in the order in which they were sent."""
    found: dict[int, list[Way]] = defaultdict(list)
    for way in ways:
        ran = ngap.read(way.payload).ran
        if ran is not None:
            found[ran].append(way)
    return found


def split(ways: Sequence[Way], gnb: str, end: str, *, alone: bool = False) -> Split:
    """Of a UE that registered once. ``gnb``: the gNB's address. ``alone``: as far as ``end`` can know it without the
    other: of what it received, what was lost before anything behind it had arrived is nothing to it, and what it sent
    again before it had an answer was lost, though only the SACK may have been."""
    from_gnb = [way.out_of[0] == gnb for way in ways]
    last = max(place for place, up in enumerate(from_gnb) if up)
    if end == "gNB":
        began_ns, ended_ns = ways[0].first_ns, ways[last].first_ns
    else:
        began_ns, ended_ns = ways[0].arrived_ns, ways[last].order_ns
    pieces: list[tuple[int, str, int, int]] = []
    for place, (way, up) in enumerate(zip(ways, from_gnb, strict=True)):
        ours = up == (end == "gNB")
        lost = (way.first_ns, way.sent_ns)
        if alone and ours:
            later = zip(ways[place + 1 :], from_gnb[place + 1 :], strict=True)
            answers = [other.arrived_ns for other, other_up in later if other_up != up]
            answered_ns = min(answers, default=way.all_sent_ns[-1])
            lost = (way.first_ns, max(at_ns for at_ns in way.all_sent_ns if at_ns <= answered_ns))
        elif alone:
            lost = (way.noticed_ns, way.arrived_ns) if way.noticed_ns is not None else (0, 0)
        begin_ns = way.first_ns if not alone or ours else (lost[0] or way.arrived_ns)
        pieces.append((begin_ns, LOST, *lost))
        if not alone or not ours:
            pieces.append((begin_ns, ORDER, way.arrived_ns, way.order_ns))
    return _cut(pieces, began_ns, ended_ns)


def _cut(pieces: Sequence[tuple[int, str, int, int]], began_ns: int, ended_ns: int) -> Split:
    clipped = [
        (entered_ns, name, max(begin_ns, began_ns), min(end_ns, ended_ns))
        for entered_ns, name, begin_ns, end_ns in pieces
        if min(end_ns, ended_ns) > max(begin_ns, began_ns)
    ]
    total = {LOST: 0, ORDER: 0}
    edges = sorted({edge for *_, begin_ns, end_ns in clipped for edge in (begin_ns, end_ns)})
    for begin_ns, end_ns in pairwise(edges):
        covering = [piece for piece in clipped if piece[2] <= begin_ns and end_ns <= piece[3]]
        if covering:
            total[min(covering)[1]] += end_ns - begin_ns
    return Split(total[LOST], total[ORDER])
