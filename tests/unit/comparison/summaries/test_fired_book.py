"""Which rules fired in a recording: of associations that are compared, and of peers."""

from __future__ import annotations

from typing import Any

from sctptop.comparison.summaries.fired_book import FiredBook
from sctptop.model.advice.given import Advice
from sctptop.model.peers.peer import PeerKey

KEY, OTHER = ("a", 1), ("b", 2)
CORE: PeerKey = (7, "10.9.0.2", 38412, True)
GNB: PeerKey = (8, "10.9.0.1", 38412, False)
DIAMETER: PeerKey = (7, "10.9.0.3", 3868, True)


def advice(rule: str = "nagle", **facts: Any) -> Advice:
    whole = {"severity": "problem", "seen": "", "remedy": "", "since_s": 0.0, "association": None, **facts}
    return Advice(rule=rule, **whole)


def fired(*given: Advice, ngap: bool = False) -> list[tuple[str, str, int]]:
    book = FiredBook()
    book.take(given, 1.0)
    return [(one.rule, one.role, one.associations) for one in book.fired({KEY: "gNB"}, ngap)]


def test_an_association_has_its_role_and_one_that_is_not_compared_is_left_out() -> None:
    assert fired(advice(association=KEY), advice(association=OTHER)) == [("nagle", "gNB", 1)]


def test_a_peer_of_ngap_is_told_at_its_end() -> None:
    assert fired(advice("failing_peer", peer=CORE), ngap=True) == [("failing_peer", "gNB", 1)]
    assert fired(advice("failing_peer", peer=GNB), ngap=True) == [("failing_peer", "AMF", 1)]


def test_other_peers_count_where_not_only_ngap_is_compared() -> None:
    assert fired(advice("failing_peer", peer=DIAMETER), ngap=True) == []
    assert fired(advice("failing_peer", peer=DIAMETER)) == [("failing_peer", "client", 1)]


def test_two_peers_are_one_entry_with_what_cost_most_of_the_longest() -> None:
    book = FiredBook()
    first, worse = (
        advice("failing_peer", peer=CORE, seen=seen, cost=cost) for seen, cost in (("3", 1.0), ("9", 5.0))
    )
    book.take([first, advice("failing_peer", peer=(*CORE[:2], 38412, True), seen="0")], 1.0)
    book.take([worse], 2.0)
    book.take([first], 1.0)
    (one,) = book.fired({}, True)
    assert (one.seen, one.lasted_s) == ("9", 4.0)
