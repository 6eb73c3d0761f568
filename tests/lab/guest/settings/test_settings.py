"""Settings, addresses and partial reliability as sctptop tells them, against setsockopt, getsockopt and receivers."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from sctptop.model.association import Association
from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.snapshot import Snapshot
from tests.lab.scenes.hosts import Host, clear, impair, inside, sysctl, two_hosts
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.witness.registering import Bench

PRIMARY_ADDR, PEER_ADDR_PARAMS, DELAYED_SACK, UDP_PORT = 6, 9, 16, 132
BINDX_ADD, BINDX_REMOVE, STATISTICS, DEFAULT_PRINFO, PR_STATUS = 100, 101, 112, 114, 115
TTL, ALL_POLICIES = 0x10, 0x80
HEARTBEAT_OFF, SACK_DELAY_OFF = 2, 0x40
UDP, LIFETIME_MS = 9899, 100
SENT = 60


class Talk:
    """One association between the hosts, on a port of its own."""

    def __init__(self, gnb: Host, amf: Host, port: int, links: int = 1) -> None:
        self.port = port
        with inside(amf):
            listener = sctp.new_socket(amf.ipv4[0])
            sctp.bind_all(listener, amf.ipv4[:links], port)
            listener.listen(5)
        with inside(gnb):
            self.client = sctp.new_socket(gnb.ipv4[0])
        sctp.bind_all(self.client, gnb.ipv4[:links], 0)
        sctp.connect_all(self.client, amf.ipv4[:links], port)
        self.server = listener.accept()[0]
        listener.close()

    def end(self) -> None:
        """Both ends."""
        self.client.close()
        self.server.close()


class Told:
    """What sctptop tells of both hosts, reading by reading; ``events`` of addresses so far."""

    def __init__(self, bench: Bench, gnb: Host, amf: Host) -> None:
        self.gnb, self.amf = gnb, amf
        self._bench, self._model = bench, Model()
        self.events: list[Event] = []

    def read(self) -> Snapshot:
        """One reading."""
        snapshot = self._model.advance(self._bench.source.read())
        self.events += [event for _, event in snapshot.happened if event.kind == "address"]
        return snapshot

    def client(self, talk: Talk) -> Association:
        """The end that called."""
        return next(one for one in self.read().sample.associations if one.remote_port == talk.port)

    def server(self, talk: Talk) -> Association:
        """The other."""
        return next(one for one in self.read().sample.associations if one.local_port == talk.port)

    def until(self, holds: Callable[[], bool], seconds: float = 40.0) -> bool:
        """Reads until something holds."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                return False
            time.sleep(0.5)
        return True


@pytest.fixture(scope="module")
def told(bench: Bench) -> Iterator[Told]:
    with two_hosts(links=2, prefix="set-", subnet=70) as (gnb, amf):
        for host in (gnb, amf):
            for name in ("addip_enable", "addip_noauth_enable", "prsctp_enable"):
                sysctl(host, f"net.sctp.{name}", 1)
        bench.source.read()
        yield Told(bench, gnb, amf)


def parameters(sock: socket.socket, address: bytes = bytes(128), interval: int = 0, flags: int = 0) -> int:
    """Sets SCTP_PEER_ADDR_PARAMS; returns the flags that getsockopt tells then."""
    layout = struct.Struct("=i128sIHIIIIBx")
    sock.setsockopt(
        sctp.IPPROTO_SCTP, PEER_ADDR_PARAMS, layout.pack(0, address, interval, 0, 0, 0, flags, 0, 0)
    )
    found: int = layout.unpack(option(sock, PEER_ADDR_PARAMS, layout.pack(0, address, 0, 0, 0, 0, 0, 0, 0)))[
        6
    ]
    return found


def option(sock: socket.socket, number: int, request: bytes) -> bytes:
    """getsockopt that says which association or address it asks for."""
    return sctp._getsockopt(sock, number, request)


def drained(sock: socket.socket, seconds: float) -> int:
    """How many messages arrive in so long."""
    sock.settimeout(1)
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        try:
            count += bool(sock.recv(65536))
        except TimeoutError:
            continue
    return count


def test_heartbeats_that_are_off_are_off(told: Told) -> None:
    talk = Talk(told.gnb, told.amf, 5101)
    assert told.client(talk).hb_interval_ms == 30_000
    assert parameters(talk.client, flags=HEARTBEAT_OFF) & HEARTBEAT_OFF
    entry = told.client(talk)
    assert entry.hb_interval_ms == 0 and [path.heartbeats for path in entry.paths] == [False]
    assert told.server(talk).hb_interval_ms == 30_000
    talk.end()


def test_heartbeats_of_one_path_alone(told: Told) -> None:
    talk = Talk(told.gnb, told.amf, 5102, links=2)
    assert told.until(lambda: len(told.client(talk).paths) == 2)
    second = sctp.pack_address(told.amf.ipv4[1], talk.port).ljust(128, b"\0")
    assert parameters(talk.client, second, flags=HEARTBEAT_OFF) & HEARTBEAT_OFF
    entry = told.client(talk)
    assert {path.address: path.heartbeats for path in entry.paths} == {
        told.amf.ipv4[0]: True,
        told.amf.ipv4[1]: False,
    }
    talk.end()


def test_sack_delay_and_frequency(told: Told) -> None:
    off, often = Talk(told.gnb, told.amf, 5103), Talk(told.gnb, told.amf, 5104)
    sctp.set_sack_delay(off.server, 0)
    often.server.setsockopt(sctp.IPPROTO_SCTP, DELAYED_SACK, struct.pack("=iII", 0, 120, 5))
    _, delay, frequency = struct.unpack("=iII", option(often.server, DELAYED_SACK, bytes(12)))
    entry = told.server(often)
    assert (entry.sack_delay_ms, entry.sack_frequency) == (delay, frequency) == (120, 5)
    assert parameters(off.server) & SACK_DELAY_OFF and told.server(off).sack_delay_ms == 0
    assert told.client(off).sack_delay_ms == 200
    for talk in (off, often):
        talk.end()


def test_udp_encapsulation(told: Told) -> None:
    for host in (told.gnb, told.amf):
        sysctl(host, "net.sctp.udp_port", UDP)
        sysctl(host, "net.sctp.encap_port", UDP)
    talk = Talk(told.gnb, told.amf, 5105)
    assert [path.encap_port for path in told.client(talk).paths] == [UDP]
    request = struct.pack("=i4x128sH6x", 0, sctp.pack_address(told.amf.ipv4[0], talk.port), 0)
    answer = option(talk.client, UDP_PORT, request)
    assert struct.unpack_from("!H", answer, 136)[0] == UDP
    talk.end()
    for host in (told.gnb, told.amf):
        sysctl(host, "net.sctp.encap_port", 0)
        sysctl(host, "net.sctp.udp_port", 0)


def test_addresses_that_come_and_go_and_another_primary(told: Told) -> None:
    talk = Talk(told.gnb, told.amf, 5106)
    told.read()
    told.events.clear()
    second = sctp.pack_address(told.gnb.ipv4[1], talk.client.getsockname()[1])

    def seen(change: str, local: bool) -> list[str | None]:
        port = talk.client.getsockname()[1]
        own = port if local else talk.port
        told.read()
        return [one.address for one in told.events if one.text("change") == change and one.local_port == own]

    talk.client.setsockopt(sctp.IPPROTO_SCTP, BINDX_ADD, second)
    assert told.until(lambda: seen("OWN_ADDED", True) == seen("ADDED", False) == [told.gnb.ipv4[1]])
    assert told.until(lambda: len(sctp.peers(talk.server)) == 2)
    storage = second.ljust(128, b"\0")
    talk.server.setsockopt(sctp.IPPROTO_SCTP, PRIMARY_ADDR, struct.pack("=i128s", 0, storage))
    assert told.until(lambda: seen("PRIMARY", False) == [told.gnb.ipv4[1]])
    first = sctp.pack_address(told.gnb.ipv4[0], talk.client.getsockname()[1])
    talk.client.setsockopt(sctp.IPPROTO_SCTP, BINDX_REMOVE, first)
    assert told.until(lambda: seen("OWN_REMOVED", True) == seen("REMOVED", False) == [told.gnb.ipv4[0]])
    assert [one.address for one in sctp.peers(talk.server)] == [told.gnb.ipv4[1]]
    talk.end()


@pytest.mark.parametrize(("port", "policy"), [(5107, TTL), (5108, 0)])
def test_messages_that_are_abandoned(told: Told, port: int, policy: int) -> None:
    """By a policy of PR-SCTP, which the kernel counts, and by a lifetime alone, which it does not."""
    talk = Talk(told.gnb, told.amf, port)
    sctp.set_nodelay(talk.client)
    told.client(talk)
    layout = struct.Struct("=HHH2xIIIIIi")
    impair(told.gnb, loss_percent=40)
    try:
        for _ in range(SENT):
            info = layout.pack(0, 0, policy, 0, 0, LIFETIME_MS, 0, 0, 0)
            talk.client.sendmsg([bytes(100)], [(sctp.IPPROTO_SCTP, sctp.SNDRCV, info)])
            time.sleep(0.1)
            told.client(talk)
    finally:
        clear(told.gnb)
    arrived = drained(talk.server, 5)
    entry = told.client(talk)
    given_up = (entry.abandoned_sent or 0) + (entry.abandoned_unsent or 0)
    print(port, policy, arrived, entry.abandoned_sent, entry.abandoned_unsent)
    # A chunk that arrived behind a missing one is given up as well.
    assert 0 < SENT - arrived <= given_up <= SENT
    if policy:
        request = struct.pack("=iHHQQ", 0, 0, ALL_POLICIES, 0, 0)
        unsent, sent = struct.unpack_from("=QQ", option(talk.client, PR_STATUS, request), 8)
        assert (entry.abandoned_unsent, entry.abandoned_sent) == (unsent, sent)
    talk.end()


def test_duplicates_that_the_peer_tells_are_those_it_got(told: Told) -> None:
    talk = Talk(told.gnb, told.amf, 5109)
    sctp.set_nodelay(talk.client)
    before = told.client(talk).peer_dups or 0
    told.gnb.run(
        ["tc", "qdisc", "replace", "dev", told.gnb.interfaces[0], "root", "netem", "duplicate", "50%"]
    )
    try:
        for _ in range(40):
            sctp.send(talk.client, bytes(200))
            time.sleep(0.05)
    finally:
        clear(told.gnb)
    assert drained(talk.server, 2) == 40
    got = struct.unpack_from("=Q", option(talk.server, STATISTICS, bytes(256)), 136 + 7 * 8)[0]
    told_by_peer = (told.client(talk).peer_dups or 0) - before
    print(got, told_by_peer, told.server(talk).in_dup_chunks)
    assert told_by_peer == told.server(talk).in_dup_chunks == got > 5
    talk.end()


def test_messages_with_msg_more_are_counted(told: Told) -> None:
    talk = Talk(told.gnb, told.amf, 5110)
    before = told.client(talk).more_messages or 0
    for number in range(30):
        sctp.send(talk.client, bytes(50), more=number % 3 != 2)
    assert (told.client(talk).more_messages or 0) - before == 20
    talk.end()


def test_a_link_local_address_has_its_interface(told: Told) -> None:
    shown = told.amf.run(["ip", "-6", "-o", "addr", "show", "dev", told.amf.interfaces[0], "scope", "link"])
    address = shown.stdout.split()[3].partition("/")[0]
    with inside(told.amf):
        listener = sctp.new_socket("::")
        listener.bind(("::", 5111))
        listener.listen(5)
    with inside(told.gnb):
        client = sctp.new_socket("::")
        client.connect((address, 5111, 0, socket.if_nametoindex(told.gnb.interfaces[0])))
    server = listener.accept()[0]
    entry = next(one for one in told.read().sample.associations if one.remote_port == 5111)
    scopes = {path.address: path.scope for path in entry.paths}
    print(scopes, [path.scoped for path in entry.paths])
    assert scopes[address] == told.gnb.interfaces[0]
    assert {scope for other, scope in scopes.items() if not other.startswith("fe80:")} <= {None}
    for sock in (client, server, listener):
        sock.close()
