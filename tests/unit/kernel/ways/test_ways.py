"""When ways are looked up, and how often. The lookups themselves are in test_route_lookup."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sctptop.kernel.ways import ways as room
from sctptop.kernel.ways.questions import Signs
from sctptop.kernel.ways.route_lookup import Route
from sctptop.kernel.ways.ways import REFRESH_S
from sctptop.model.way import Way
from tests.unit.kernel.ways.routing import ETH0, UP, Host, path


def test_a_way_is_route_and_interface_together(host: Host) -> None:
    host.routes["10.9.0.2", "10.9.0.1", 0] = Route("unicast", 2, "10.9.0.254", "10.9.0.1", 1400)
    expected = Way("unicast", "eth0", "10.9.0.254", "10.9.0.1", 1400, True, 1, 2, 3, 4)
    assert host.read(path()) == [expected]
    assert (expected.drops, expected.errors) == (3, 7)


def test_the_mtu_is_that_of_the_interface_where_the_route_has_none(host: Host) -> None:
    (way,) = host.read(path())
    assert way is not None and way.mtu == 1500


def test_a_reading_in_which_nothing_changes_asks_nothing_and_gives_the_same_way(host: Host) -> None:
    (first,) = host.read(path())
    entered = len(host.inside)
    for _ in range(20):
        assert host.read(path())[0] is first
        assert not host.asked and not host.looked_at
    assert len(host.inside) == entered


@pytest.mark.parametrize(
    "changed",
    [
        path(signs=UP._replace(state="INACTIVE")),
        path(signs=UP._replace(primary=False)),
        path(signs=UP._replace(used=3)),
        path(signs=UP._replace(pathmtu=1400)),
        path(local=("10.9.0.9",)),
        path(netns=2),
    ],
)
def test_what_changes_is_asked_for_at_once_and_once(host: Host, changed: tuple[Any, ...]) -> None:
    host.read(path())
    host.read(changed)
    assert len(host.asked) == 1
    host.read(changed)
    assert host.asked == []


def test_a_state_that_comes_back_is_a_change_too(host: Host) -> None:
    for state in ("ACTIVE", "INACTIVE", "ACTIVE"):
        host.read(path(signs=UP._replace(state=state)))
        assert len(host.asked) == 1


def test_two_that_ask_alike_share_an_answer_whatever_their_states(host: Host) -> None:
    both = path(), path(signs=UP._replace(state="INACTIVE"))
    first, second = host.read(*both)
    assert first is second and len(host.asked) == 1
    host.read(*both)
    assert host.asked == []


def test_an_old_answer_is_asked_for_again(host: Host) -> None:
    host.read(path())
    host.links[2] = replace(ETH0, up=False)
    host.routes["10.9.0.2", "10.9.0.1", 0] = Route("unicast", 2, "10.9.0.7", "10.9.0.1")
    host.read(path(), after_s=REFRESH_S - 2)
    assert host.asked == []
    host.read(path(), after_s=3)
    assert len(host.asked) == 1
    (way,) = host.read(path())
    assert host.asked == []
    assert way is not None and (way.gateway, way.link_up) == ("10.9.0.7", False)


def test_an_interface_is_looked_at_once_a_reading_and_all_its_paths_tell_the_same(host: Host) -> None:
    many = [path(number) for number in range(20)]
    host.read(*many)
    assert host.looked_at == [2]
    host.links[2] = replace(ETH0, up=False)
    host.read(*many, path(99))
    found = host.read(*many, path(99))
    assert host.asked == []
    assert {way.link_up for way in found if way} == {False}


def test_lookups_are_spread_over_readings_and_all_get_their_turn(host: Host) -> None:
    many = [path(number) for number in range(1000)]
    most = []
    for _ in range(4):
        found = host.read(*many)
        most.append(len(host.asked))
    assert most == [256, 256, 256, 232]
    assert all(found)
    # All are old at once: those asked longest ago come first, and nobody twice before all had their turn.
    turns: list[str] = []
    host.now_s += REFRESH_S
    for _ in range(4):
        host.read(*many)
        turns += [destination for destination, _, _ in host.asked]
    assert len(turns) == len(set(turns)) == 1000


def test_slow_lookups_end_sooner_but_some_are_always_made(host: Host) -> None:
    many = [path(number) for number in range(100)]
    host.costs_s = 0.003
    host.read(*many)
    assert len(host.asked) == 14
    host.costs_s = 5
    host.read(*many)
    assert len(host.asked) == 8


def test_a_change_that_must_wait_keeps_its_last_answer(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [path(number) for number in range(30)]
    host.read(*many)
    monkeypatch.setattr(room, "MOST_LOOKUPS", 10)
    down = [path(number, UP._replace(state="INACTIVE")) for number in range(30)]
    for _ in range(3):
        assert all(host.read(*down))
        assert len(host.asked) == 10
    host.read(*down)
    assert host.asked == []


def test_what_no_path_asks_for_any_more_is_forgotten(host: Host) -> None:
    host.read(path(2), path(3))
    host.read(path(2))
    host.read(path(2), path(3))
    assert [destination for destination, _, _ in host.asked] == ["10.9.0.3"]


def test_of_several_addresses_the_one_that_routing_prefers(host: Host) -> None:
    two = ("10.9.0.1", "10.9.1.1", "fd00::1")
    host.routes["10.9.0.2", None, 0] = Route("unicast", 2, None, "10.9.1.1")
    (way,) = host.read(path(local=two))
    assert host.asked == [("10.9.0.2", None, 0)]
    assert way is not None and way.source == "10.9.1.1"


def test_or_the_one_whose_interface_the_kernel_uses_where_routing_prefers_another(host: Host) -> None:
    two = ("10.9.0.1", "10.9.1.1")
    host.routes["10.9.0.2", None, 0] = Route("unicast", 2, None, "192.0.2.1")
    host.routes["10.9.0.2", "10.9.0.1", 0] = Route("unicast", 2, None, "10.9.0.1")
    host.routes["10.9.0.2", "10.9.1.1", 0] = Route("unicast", 3, None, "10.9.1.1")
    (way,) = host.read(path(local=two, signs=UP._replace(used=3)))
    assert way is not None and (way.interface, way.source) == ("eth1", "10.9.1.1")
    (way,) = host.read(path(local=two, signs=UP._replace(used=0)))
    assert way is not None and way.interface == "eth0"


def test_a_socket_bound_to_an_interface_is_asked_for_with_it(host: Host) -> None:
    host.read((1, ("10.9.0.1",), "10.9.0.2", UP, 3))
    assert host.asked == [("10.9.0.2", "10.9.0.1", 3)]


def test_an_interface_in_a_vrf_brings_its_table(host: Host) -> None:
    host.links[2] = replace(ETH0, vrf=7)
    host.routes["10.9.0.2", "10.9.0.1", 7] = Route("unicast", 2, "10.9.0.8", "10.9.0.1")
    (way,) = host.read(path())
    assert host.asked == [("10.9.0.2", "10.9.0.1", 7)]
    assert way is not None and way.gateway == "10.9.0.8"


def test_what_stands_for_an_interface_that_went_is_not_asked_for(host: Host) -> None:
    host.read(path(signs=UP._replace(used=1)))
    assert (host.asked, host.looked_at) == ([("10.9.0.2", "10.9.0.1", 0)], [2])


def test_a_link_local_address_is_asked_for_by_its_interface_or_not_at_all(host: Host) -> None:
    local = ("fe80::1", "10.9.0.1")
    assert host.read((1, local, "fe80::2", Signs())) == [None]
    assert host.asked == []
    host.read((1, local, "fe80::2", Signs(), 3))
    assert host.asked == [("fe80::2", "fe80::1", 3)]
    host.read((1, local, "fe80::2", UP))
    assert host.asked == [("fe80::2", "fe80::1", 2)]
