"""Storms: how many connects a second, of whom, and since when."""

from __future__ import annotations

from sctptop.model.peers.connects import STORM_PER_S, Connects
from sctptop.model.peers.peer import ANY, PeerKey

ONE: PeerKey = (7, "10.9.0.1", 38412, False)
OTHER: PeerKey = (7, "10.9.0.3", 38412, False)


def test_a_storm_has_a_rate_and_its_top_peers() -> None:
    connects = Connects()
    connects.advance([], 0.0, 0.0)
    for second in (1.0, 2.0):
        (storm,) = connects.advance([ONE] * 300 + [OTHER] * 100, second, 1.0)
    assert storm.service == (7, ANY, 38412, False)
    assert (storm.per_second, storm.since_s, storm.top) == (400.0, 1.0, ((ONE, 300.0), (OTHER, 100.0)))


def test_it_ends_and_begins_anew() -> None:
    connects = Connects()
    assert connects.advance([ONE] * 1000, 0.0, 1.0)
    for second in range(1, 6):
        calm = connects.advance([], float(second), 1.0)
    assert not calm
    (again,) = connects.advance([ONE] * 1000, 6.0, 1.0)
    assert again.since_s == 6.0


def test_fewer_are_none_and_services_are_apart() -> None:
    connects, few = Connects(), round(STORM_PER_S) - 10
    other = (7, "10.9.0.1", 5000, False)
    for second in range(9):
        assert not connects.advance([ONE] * few + [other] * few, float(second), 1.0)


def test_a_long_interval_is_its_own_measure() -> None:
    assert not Connects().advance([ONE] * 100, 60.0, 60.0)
