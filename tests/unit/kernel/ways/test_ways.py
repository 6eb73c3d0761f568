"""When ways are looked up, how often, and what becomes of trouble. The lookups themselves are in test_route_lookup."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from sctptop.kernel.ways import ways as room
from sctptop.kernel.ways.route_lookup import Link, Route, RouteError
from sctptop.kernel.ways.ways import REFRESH_S, Signs, Ways
from sctptop.model.way import Way

COUNTERS = {"rx_dropped": 1, "tx_dropped": 2, "rx_errors": 3, "tx_errors": 4, "rx_packets": 99}
ETH0 = Link("eth0", 1500, True, COUNTERS)
UP = Signs(2, "ACTIVE", True)


class Host:
    """Routes and interfaces that the test decides, the questions that came, and a clock."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str | None, int], Route] = {}
        self.links: dict[int, Link] = {2: ETH0, 3: replace(ETH0, name="eth1")}
        self.asked: list[tuple[str, str | None, int]] = []
        self.looked_at: list[int] = []
        self.inside: list[int] = []
        self.open = 0
        self.now_s = 1000.0
        self.costs_s = 0.0
        self.trouble: Exception | None = None
        self.closed_to: set[int] = set()
        self.ways = Ways(self.within, lambda: self, self.now, lambda: None)  # type: ignore[arg-type,return-value]

    def now(self) -> float:
        return self.now_s

    @contextmanager
    def within(self, netns: int) -> Iterator[None]:
        if netns in self.closed_to:
            raise FileNotFoundError(errno.ENOENT, "the network namespace is gone")
        self.inside.append(netns)
        self.open += 1
        yield

    def close(self) -> None:
        self.open -= 1

    def route(self, destination: str, source: str | None = None, interface: int = 0) -> Route:
        self.asked.append((destination, source, interface))
        self.now_s += self.costs_s
        if self.trouble:
            raise self.trouble
        found = self.routes.get((destination, source, interface))
        return found or Route("unicast", interface or 2, None, source or "10.9.0.1")

    def link(self, index: int) -> Link | None:
        self.looked_at.append(index)
        return self.links.get(index)

    def read(self, *paths: tuple[Any, ...], after_s: float = 1.0) -> list[Way | None]:
        """One reading: for each path (netns, locals, destination, signs[, interface]) its way."""
        self.now_s += after_s
        self.asked, self.looked_at = [], []
        found = [self.ways.way(*path) for path in paths]
        self.ways.end_reading()
        assert self.open == 0
        return found


@pytest.fixture
def host() -> Host:
    return Host()


def path(number: int = 2, signs: Signs = UP, netns: int = 1, **changes: Any) -> tuple[Any, ...]:
    return netns, changes.get("local", ("10.9.0.1",)), f"10.9.{number // 250}.{number % 250}", signs


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


def test_a_link_local_address_is_asked_for_by_its_interface_or_not_at_all(host: Host) -> None:
    local = ("fe80::1", "10.9.0.1")
    assert host.read((1, local, "fe80::2", Signs())) == [None]
    assert host.asked == []
    host.read((1, local, "fe80::2", Signs(), 3))
    assert host.asked == [("fe80::2", "fe80::1", 3)]
    host.read((1, local, "fe80::2", UP))
    assert host.asked == [("fe80::2", "fe80::1", 2)]


def test_where_there_is_no_route_any_more_its_last_interface_is_told(host: Host) -> None:
    host.read(path())
    host.routes["10.9.0.2", "10.9.0.1", 0] = Route("none")
    host.links[2] = replace(ETH0, up=False)
    (way,) = host.read(path(signs=UP._replace(state="INACTIVE")))
    assert way == Way("none", "eth0", None, None, None, False, 1, 2, 3, 4)
    # And where there never was one, nothing.
    host.routes["10.9.0.3", "10.9.0.1", 0] = Route("unreachable")
    assert host.read(path(3)) == [Way("unreachable")]


def test_an_interface_that_went_between_two_questions(host: Host) -> None:
    host.links = {}
    assert host.read(path()) == [Way("unicast", source="10.9.0.1")]


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (RouteError(errno.EIO, "routes could not be asked for: Operation not permitted"), "routes could not"),
        (PermissionError(errno.EPERM, "Operation not permitted"), "Operation not permitted"),
        (OSError(), "OSError()"),
        (RuntimeError("\x1b[2J in an event loop"), "RuntimeError("),
        (RecursionError("deep"), "RecursionError("),
    ],
)
def test_trouble_leaves_ways_unknown_and_is_told_once(host: Host, trouble: Exception, state: str) -> None:
    host.read(path())
    host.trouble = trouble
    down = [path(number, UP._replace(state="INACTIVE")) for number in range(2, 50)]
    assert host.read(*down) == [None] * 48
    assert len(host.asked) == 1
    assert str(host.ways.state).startswith(f"error: {state}") and str(host.ways.state).isprintable()
    assert host.read(*down) == [None] * 48
    assert host.asked == []
    # It is tried again later, and is then as if nothing had been.
    host.trouble = None
    host.read(*down, after_s=REFRESH_S)
    assert all(host.read(*down))
    assert str(host.ways.state) == "ok"


def test_a_namespace_that_is_gone_hinders_no_other(host: Host) -> None:
    host.closed_to = {2}
    gone, other = host.read(path(netns=2), path(netns=1))
    assert gone is None and other is not None
    assert str(host.ways.state) == "error: the network namespace is gone"
    host.read(path(netns=1))
    assert str(host.ways.state) == "ok"


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (ModuleNotFoundError("No module named 'pyroute2'"), "off: pyroute2 is not installed (try: "),
        (AttributeError("module 'asyncio' has no attribute 'x'"), "off: pyroute2 cannot be loaded: Attr"),
    ],
)
def test_without_pyroute2_it_is_told_and_not_tried_again(trouble: Exception, state: str) -> None:
    host, tried = Host(), []

    def load() -> None:
        tried.append(1)
        raise trouble

    ways = Ways(host.within, lambda: host, host.now, load)  # type: ignore[arg-type,return-value]
    assert str(ways.state) == "ok"
    for _ in range(3):
        assert ways.way(*path()) is None
        ways.end_reading()
    assert tried == [1] and host.inside == []
    assert str(ways.state).startswith(state)
