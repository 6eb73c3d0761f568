"""Sockets in VRFs and sockets bound to a device: all there, read by dump or one by one, beside what ss says."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from sctptop.kernel.live import LiveSource
from sctptop.kernel.reading import namespace_reader
from sctptop.model.association import Association
from sctptop.model.selection import OWN_NAMESPACE
from tests.lab.scenes.hosts import Host, inside
from tests.lab.traffic.sctp_sockets import new_socket, set_nodelay
from tests.lab.witness.other_tools import ss_associations

PORT = 38412
LINUX = tuple(int(number) for number in re.findall(r"\d+", os.uname().release)[:2])


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


LIMITS = {"dump": (1000, 1000), "exact": (0, 1000), "by name": (0, 0), "by name or dump": (1000, 0)}
"""Above so many associations a walk asks for each, and above so many a reading asks by name before any walk."""


@pytest.fixture(params=list(LIMITS))
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveSource]:
    exact_above, by_name_above = LIMITS[request.param]
    monkeypatch.setattr(namespace_reader, "EXACT_ABOVE", exact_above)
    monkeypatch.setattr(namespace_reader, "BY_NAME_ABOVE", by_name_above)
    with closing(LiveSource(netns=OWN_NAMESPACE)) as made:
        yield made


def opened(host: Host, address: str, port: int, device: str | None, sockets: ExitStack) -> socket.socket:
    with inside(host):
        made = sockets.enter_context(new_socket(address))
        if device is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        made.bind((address, port))
    return made


def listener(host: Host, address: str, device: str | None, sockets: ExitStack) -> socket.socket:
    made = opened(host, address, PORT, device, sockets)
    made.listen(20)
    return made


def connect(
    host: Host, local: str, port: int, device: str | None, server: socket.socket, sockets: ExitStack
) -> None:
    client = opened(host, local, port, device, sockets)
    client.settimeout(10)
    client.connect(server.getsockname()[:2])
    sockets.enter_context(server.accept()[0])


def agrees_with_ss(source: LiveSource, host: Host, count: int) -> list[Association]:
    """Our reading, after it was compared with that of ss: the same associations, so many, and no value missing."""
    with inside(host):
        sample = source.read()
    theirs = ss_associations(host)
    assert sample.sources["sock_diag"].ok
    assert sorted(str(entry.own_tag) for entry in sample.associations) == sorted(map(str, theirs))
    assert len(theirs) == count
    for entry in sample.associations:
        assert entry.assoc_id is not None and entry.cwnd, entry
        assert theirs[entry.own_tag or 0].local_port == entry.local_port
    return list(sample.associations)


def told_of_sockets(source: LiveSource, host: Host) -> dict[int | None, tuple[object, ...]]:
    """By remote port, what only the record of its socket tells: Nagle's algorithm, and so the way out of a VRF."""
    with inside(host):
        found = source.read().associations
    return {
        entry.remote_port: (entry.nodelay, *(path.way and path.way.interface for path in entry.paths))
        for entry in found
    }


def into_vrf(host: Host, name: str, table: int, device: str) -> None:
    """Puts a link of the host into a VRF; its IPv6 addresses go with the move, and are set again."""
    host.run(["ip", "link", "add", name, "type", "vrf", "table", str(table)])
    host.run(["ip", "link", "set", name, "up"])
    host.run(["ip", "link", "set", device, "master", name])
    six = host.ipv6[host.interfaces.index(device)]
    host.run(["ip", "address", "replace", f"{six}/64", "dev", device, "nodad"])


def test_sockets_bound_to_a_device(pair: tuple[Host, Host], sockets: ExitStack, source: LiveSource) -> None:
    gnb, amf = pair
    free = listener(amf, amf.ipv4[0], None, sockets)
    bound = listener(amf, amf.ipv4[1], "eth1", sockets)
    for port in (5001, 5002):
        connect(gnb, gnb.ipv4[0], port, None, free, sockets)
    agrees_with_ss(source, amf, 2)
    # Their sockets are younger than the first reading: no dump has told of the device.
    for port in (5003, 5004):
        connect(gnb, gnb.ipv4[1], port, "eth1", bound, sockets)
    for count in (4, 4):
        agrees_with_ss(source, amf, count)
    set_nodelay(bound)
    connect(gnb, gnb.ipv4[1], 5005, "eth1", bound, sockets)
    agrees_with_ss(source, amf, 5)
    free_one, bound_one = (False, "eth0"), (False, "eth1")
    told = {5001: free_one, 5002: free_one, 5003: bound_one, 5004: bound_one, 5005: (True, "eth1")}
    assert told_of_sockets(source, amf) == told


def test_sockets_in_a_vrf_and_outside(
    pair: tuple[Host, Host], sockets: ExitStack, source: LiveSource
) -> None:
    if LINUX < (6, 2):
        pytest.skip("SCTP binds to addresses of a VRF since Linux 6.2")
    gnb, amf = pair
    into_vrf(amf, "vrf-n2", 10, "eth1")
    free = listener(amf, amf.ipv4[0], None, sockets)
    vrf = listener(amf, amf.ipv4[1], "vrf-n2", sockets)
    six = listener(amf, amf.ipv6[1], "vrf-n2", sockets)
    connect(gnb, gnb.ipv4[0], 5001, None, free, sockets)
    connect(gnb, gnb.ipv4[1], 5002, None, vrf, sockets)
    agrees_with_ss(source, amf, 2)
    connect(gnb, gnb.ipv4[1], 5003, None, vrf, sockets)
    connect(gnb, gnb.ipv6[1], 5004, None, six, sockets)
    for count in (4, 4):
        agrees_with_ss(source, amf, count)
    connect(gnb, gnb.ipv4[0], 5005, None, free, sockets)
    agrees_with_ss(source, amf, 5)
    told = told_of_sockets(source, amf)
    assert told == {port: (False, "eth0" if port in (5001, 5005) else "eth1") for port in range(5001, 5006)}


def test_the_same_ends_in_two_vrfs(pair: tuple[Host, Host], sockets: ExitStack, source: LiveSource) -> None:
    if LINUX < (6, 2):
        pytest.skip("SCTP tells the same ends in two VRFs apart since Linux 6.2")
    ours, theirs = "10.77.0.1", "10.77.0.2"
    for host, address in zip(pair, (ours, theirs), strict=True):
        host.run(["sysctl", "-q", "net.sctp.l3mdev_accept=0"])
        for number, device in enumerate(("eth0", "eth1")):
            into_vrf(host, f"vrf-{number}", 10 + number, device)
            host.run(["ip", "address", "add", f"{address}/24", "dev", device])
    gnb, amf = pair
    first, second = (listener(amf, theirs, f"vrf-{number}", sockets) for number in (0, 1))
    connect(gnb, ours, 5001, "vrf-0", first, sockets)
    agrees_with_ss(source, amf, 1)
    connect(gnb, ours, 5001, "vrf-1", second, sockets)
    for count in (2, 2):
        found = agrees_with_ss(source, amf, count)
    assert {(entry.local_addresses, entry.remote_addresses) for entry in found} == {((theirs,), (ours,))}
    assert len({entry.inode for entry in found}) == 2
