"""Look-ups against the kernel's rule of bound interfaces (inet_bound_dev_eq), on the bytes of requests and answers."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sctptop.kernel.netlink import NLMSG_ERROR, messages
from sctptop.kernel.reading import exact
from sctptop.kernel.reading.asked import Pair
from sctptop.kernel.reading.diag.diag_records import SOCK_DIAG_BY_FAMILY, DiagRecord, decode_record
from sctptop.kernel.reading.exact import ExactLookups, sockets_of
from sctptop.kernel.reading.sockdiag import SockDiag
from tests.unit.kernel.reading.diag.test_diag_records import info, record, sockaddr

VRF, OTHER_VRF, ETH = 7, 8, 3


def ends(port: int) -> Pair:
    return ("10.9.0.1", port), ("10.9.0.2", 38412)


class Kernel:
    """Associations by local port and the interface that their socket is bound to. The ends are the same but for it."""

    def __init__(
        self, *associations: tuple[int, int], l3mdev_accept: bool = True, heeds: bool = True
    ) -> None:
        self.associations = list(associations)
        self.l3mdev_accept = l3mdev_accept
        self.heeds = heeds  # Linux 6.1 and older do not.
        self.asked: list[tuple[int, int]] = []
        self._answers: list[bytes] = []

    def send(self, request: bytes) -> None:
        (one,) = messages(request)
        (port,) = struct.unpack_from("!H", one.payload, 8)
        (dif,) = struct.unpack_from("=I", one.payload, 44)
        self.asked.append((port, dif))
        found = [
            (number, at)
            for number, (at, bound) in enumerate(self.associations, 1)
            if at == port and self._eq(bound, dif)
        ]
        if found:
            tag, at = found[0]
            data = bytearray(
                record(struct.pack("=I", tag) + info()[4:], sockaddr("10.9.0.2"), sockaddr("10.9.0.1"))
            )
            data[4:6] = struct.pack("!H", at)
            self._answer(SOCK_DIAG_BY_FAMILY, one.sequence, bytes(data))
        else:
            self._answer(NLMSG_ERROR, one.sequence, struct.pack("=i", -errno.ENOENT) + bytes(16))

    def _eq(self, bound: int, dif: int) -> bool:
        # sctp_transport_lookup_process gives the interface of the request as dif and as sdif.
        if not self.heeds:
            return True
        return bound == dif if bound else not dif or self.l3mdev_accept

    def _answer(self, kind: int, sequence: int, payload: bytes) -> None:
        self._answers.append(struct.pack("=IHHII", 16 + len(payload), kind, 0, sequence, 0) + payload)

    def recvmsg(self, _size: int) -> tuple[bytes, list[Any], int, None]:
        data = b"".join(self._answers)
        self._answers.clear()
        return data, [], 0, None

    def look_up(self, lookups: ExactLookups, wanted: dict[Pair, int]) -> list[int]:
        """The tags found, that is the places in ``associations`` from 1 on."""
        self.asked.clear()
        opened: Any = self
        found = lookups.look_up(SockDiag(lambda: opened), wanted)
        return sorted(one.info["tag"] for one in found.values())


def lookups(*interfaces: int) -> ExactLookups:
    return ExactLookups(lambda: [1, ETH, *interfaces])


def test_sockets_bound_to_a_vrf_are_found_and_from_then_on_at_once() -> None:
    kernel = Kernel((1, 0), (2, VRF), (3, ETH), (4, VRF))
    known = lookups(VRF)
    wanted = {ends(port): 1 for port in (1, 2, 3, 4)}
    assert kernel.look_up(known, wanted) == [1, 2, 3, 4]
    for _ in range(2):
        assert kernel.look_up(known, wanted) == [1, 2, 3, 4]
        assert sorted(kernel.asked) == [(1, 0), (2, VRF), (3, ETH), (4, VRF)]


def test_what_a_dump_says_of_sockets_spares_the_search() -> None:
    kernel = Kernel((1, 0), (2, VRF))
    known = ExactLookups(lambda: pytest.fail("no search"))
    bound = bytearray(record(info(), b"", sockaddr("10.9.0.1")))
    bound[40:44] = struct.pack("=I", VRF)
    known.learn([decode_record(bytes(bound))])
    assert kernel.look_up(known, {ends(1): 1, ends(2): 1}) == [1, 2]
    assert kernel.asked == [(1, 0), (2, 0), (2, VRF)]


def test_associations_with_the_same_ends_in_several_vrfs_are_all_found() -> None:
    kernel = Kernel((1, VRF), (1, 0), (1, OTHER_VRF), l3mdev_accept=False)
    known = lookups(OTHER_VRF, VRF)
    for _ in range(3):
        assert kernel.look_up(known, {ends(1): 3}) == [1, 2, 3]
    # A socket that accepts from every VRF stands before the next of its ends: for packets too.
    kernel.l3mdev_accept = True
    assert kernel.look_up(known, {ends(1): 3}) == [1, 2]


def test_a_kernel_that_does_not_heed_the_interface_is_asked_once() -> None:
    kernel = Kernel((1, 0), (2, VRF), heeds=False)
    known = lookups(VRF)
    assert kernel.look_up(known, {ends(1): 1, ends(2): 1}) == [1, 2]
    assert kernel.asked == [(1, 0), (2, 0)]


def test_one_that_is_gone_is_not_searched_for_but_one_never_seen_is() -> None:
    kernel = Kernel((1, 0), (2, VRF))
    known = lookups(VRF)
    wanted = {ends(1): 1, ends(2): 1}
    kernel.look_up(known, wanted)
    kernel.associations = []
    assert kernel.look_up(known, wanted) == []
    assert sorted(kernel.asked) == [(1, 0), (1, VRF), (2, 0), (2, VRF)]
    # Its ends again, and of another interface.
    kernel.associations = [(2, ETH)]
    assert kernel.look_up(known, {ends(2): 1}) == [1]


def test_many_that_are_gone_cost_a_limited_number_of_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "MOST_TRIES", 60)
    kernel = Kernel()
    interfaces: Sequence[int] = range(1, 21)
    wanted = {ends(port): 1 for port in range(1, 501)}
    assert kernel.look_up(ExactLookups(lambda: interfaces), wanted) == []
    assert len(kernel.asked) == 500 + 60
    assert {interface for _, interface in kernel.asked} == {0, *interfaces}
    interfaces = range(1, 200)
    kernel.look_up(ExactLookups(lambda: interfaces), wanted)
    assert len(kernel.asked) == 500 + 60


def test_thousands_in_a_vrf_nobody_knows_are_found_by_a_few() -> None:
    wanted = {ends(port): 1 for port in range(1, 1001)}
    kernel = Kernel(*((port, VRF) for port in range(1, 1001)))
    assert len(kernel.look_up(lookups(VRF), wanted)) == 1000
    assert len(kernel.asked) <= 2000 + 2 * exact.SAMPLE


class Dumping:
    """Sockets by cookie, each with as many associations as ports are given."""

    def __init__(self, *sockets: tuple[int, tuple[int, int]]) -> None:
        plain = decode_record(record(info(), sockaddr("10.9.0.2"), sockaddr("10.9.0.1")))
        self.records = [
            replace(plain, cookie=cookie, local_port=ports[0], remote_port=ports[1])
            for cookie, ports in sockets
        ]
        self.dumped: list[tuple[int, int]] = []

    def dump(self, ports: tuple[int, int]) -> list[DiagRecord]:
        self.dumped.append(ports)
        alike = [one for one in self.records if (one.local_port, one.remote_port) == ports]
        return [*alike, *(replace(one, remote_addresses=()) for one in alike)]

    def sockets(self) -> set[int]:
        diag: Any = self
        return {one.cookie for one in sockets_of(diag, self.records, []) if not one.is_association}


def test_sockets_are_asked_for_by_their_ports_and_a_crowd_on_the_same_ports_is_not() -> None:
    crowd = [(100 + number, (36412, 36412)) for number in range(exact.MOST_ALIKE + 1)]
    kernel = Dumping((1, (38412, 5001)), (2, (38412, 5002)), (3, (38412, 5002)), *crowd)
    assert kernel.sockets() == {1, 2, 3}
    assert sorted(kernel.dumped) == [(38412, 5001), (38412, 5002)]


def test_a_reading_spends_little_on_sockets_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "SOCKETS_S", 0.0)
    kernel = Dumping((1, (38412, 5001)), (2, (38412, 5002)))
    assert len(kernel.sockets()) == len(kernel.dumped) == 1
    diag: Any = kernel
    known: list[DiagRecord] = []
    for _ in range(2):
        known = sockets_of(diag, kernel.records, known)
    assert {one.cookie for one in known} == {1, 2}


def test_the_interfaces_of_this_namespace_are_those_that_the_system_names() -> None:
    assert exact.interfaces_here() == [index for index, _ in socket.if_nameindex()]
