"""What becomes of a way when its route, its interface, its namespace or the lookup itself is gone."""

from __future__ import annotations

import errno
from dataclasses import replace

import pytest

from sctptop.kernel.ways.route_lookup import Route, RouteError
from sctptop.kernel.ways.ways import MOST_DOWN, REFRESH_S, Ways
from sctptop.model.way import Way
from tests.unit.kernel.ways.routing import ETH0, UP, Host, path


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


def test_an_interface_without_a_carrier_is_looked_at_until_it_has_one(host: Host) -> None:
    host.links[2] = replace(ETH0, up=False)
    host.routes["10.9.0.2", "10.9.0.1", 0] = Route("none", 2)
    host.read(path())
    (way,) = host.read(path())
    assert way is not None and (way.link_up, way.route) == (False, "none")
    assert (host.asked, host.looked_at) == ([], [2])
    host.links[2] = ETH0
    del host.routes["10.9.0.2", "10.9.0.1", 0]
    host.read(path())
    (way,) = host.read(path())
    assert way is not None and (way.link_up, way.route) == (True, "unicast")
    host.read(path())
    assert (host.asked, host.looked_at) == ([], [])


def test_of_many_interfaces_without_a_carrier_all_get_their_turn(host: Host) -> None:
    paths = []
    for index in range(2, 40):
        host.links[index] = replace(ETH0, name=f"eth{index}", up=False)
        host.routes[f"10.9.0.{index}", "10.9.0.1", 0] = Route("unicast", index)
        paths.append(path(index))
    host.read(*paths)
    seen: list[int] = []
    for _ in range(3):
        host.read(*paths)
        assert len(host.looked_at) == MOST_DOWN
        seen += host.looked_at
    assert set(seen) == set(host.links)
