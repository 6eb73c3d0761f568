"""Why associations end, on a real kernel: each way to end, its reason at both ends, and what was on the wire."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from sctptop.model.associations.events.why_ended import WhyEnded, end_of
from sctptop.model.event import Event
from tests.lab.scenes.hosts import Host, clear, impair, inside, two_hosts
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.process import traffic
from tests.lab.witness.endings import ABORT, SHUTDOWN, Ending, endings
from tests.lab.witness.packets import captured, wait_for_the_last
from tests.lab.witness.watching import Watch

AUTOCLOSE = 4
LINGER_0 = struct.pack("=ii", 1, 0)
QUICK = {"initial": 300, "maximum": 400, "minimum": 200}


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    with two_hosts(links=2, prefix="end-") as (gnb, amf), Watch(gnb, amf) as watch:
        yield watch


class Pair:
    """Both ends of one association between the hosts."""

    def __init__(self, gnb: Host, amf: Host, port: int, link: int = 0, one_to_many: bool = False) -> None:
        with inside(amf):
            listener = sctp.new_socket(amf.ipv4[link])
            listener.bind((amf.ipv4[link], port))
            listener.listen(5)
        self.server_at = (amf.ipv4[link], port)
        self.client = new_client(gnb, one_to_many)
        self.client.connect(self.server_at)
        self.server, _ = listener.accept()
        listener.close()


def new_client(gnb: Host, one_to_many: bool = False) -> socket.socket:
    with inside(gnb):
        client = sctp.new_socket(gnb.ipv4[0], one_to_many=one_to_many)
    sctp.set_rto(client, **QUICK)
    sctp.set_association_retries(client, 2)
    sctp.set_init(client, attempts=2, max_timeout=400)
    return client


def ends(watch: Watch, host: Host, port: int) -> list[WhyEnded | None]:
    """Of the associations of that port of the server which were freed at this host."""
    return [
        end_of(event)
        for event in watch.of(host, "association", change="FREED")
        if port in (event.local_port, event.remote_port)
    ]


def one(watch: Watch, host: Host, port: int) -> WhyEnded:
    watch.read_until(lambda: ends(watch, host, port), 30)
    (end,) = ends(watch, host, port)
    assert end is not None, (host.name, port)
    return end


def abort_with_a_cause(pair: Pair) -> None:
    """Only of a one-to-many socket: sctp_sendmsg_check_sflags, Linux 6.1."""
    sctp.send(pair.client, b"enough", flags=sctp.SINFO_ABORT, to=pair.server_at)


def close_with_data_unread(pair: Pair) -> None:
    sctp.send(pair.client, b"nobody reads this")
    time.sleep(0.3)
    pair.server.close()


def close_with_linger(pair: Pair) -> None:
    pair.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    pair.client.close()


def close(pair: Pair) -> None:
    pair.client.close()


CASES = {
    5001: (abort_with_a_cause, "abort_by_application", "abort_received"),
    5002: (close_with_data_unread, "abort_received", "closed_unread"),
    5003: (close_with_linger, "linger", "abort_received"),
    5004: (close, "shutdown_here", "shutdown_by_peer"),
}


def test_each_end_of_the_application_is_told_at_both_ends_as_it_was_on_the_wire(watch: Watch) -> None:
    """In two namespaces, most of them in one interval."""
    gnb, amf = watch.hosts
    pairs = {
        port: Pair(gnb, amf, port, one_to_many=how is abort_with_a_cause) for port, (how, *_) in CASES.items()
    }
    watch.begin()
    with captured(gnb) as (file,):
        for port, (how, *_) in CASES.items():
            how(pairs[port])
        told = {(host.name, port): one(watch, host, port) for port in CASES for host in (gnb, amf)}
        wait_for_the_last()
        seen = endings(file)
    for (name, port), end in told.items():
        print(name, port, end.text)
    for port, (_, here, there) in CASES.items():
        assert (told[gnb.name, port].reason, told[amf.name, port].reason) == (here, there), port
        agree(told[gnb.name, port], amf, gnb, port, seen)
        agree(told[amf.name, port], gnb, amf, port, seen)
    assert told[amf.name, 5001].text == f"ABORT from {gnb.ipv4[0]}: User-Initiated Abort (12)"
    assert told[gnb.name, 5004].pid == os.getpid() and not told[gnb.name, 5004].exiting


def agree(end: WhyEnded, sender: Host, receiver: Host, port: int, seen: list[Ending]) -> None:
    """What came from the peer came over the wire."""
    kind = {"abort_received": ABORT, "refused": ABORT, "shutdown_by_peer": SHUTDOWN}.get(end.reason)
    if kind is None:
        return
    (chunk,) = {
        one
        for one in seen
        if one.type == kind and port in (one.source[1], one.target[1]) and one.source[0] in sender.ipv4
    }
    assert (end.address, end.cause) == (chunk.source[0], chunk.cause) and chunk.target[0] in receiver.ipv4
    assert kind == SHUTDOWN or end.t_bit == chunk.t_bit


def test_a_refused_connect_and_its_handshake(watch: Watch) -> None:
    gnb, amf = watch.hosts
    watch.begin()
    with captured(gnb) as (file,):
        with pytest.raises(ConnectionRefusedError), new_client(gnb) as client:
            client.connect((amf.ipv4[0], 5011))
        end = one(watch, gnb, 5011)
        wait_for_the_last()
        agree(end, amf, gnb, 5011, endings(file))
    assert end.text == f"refused by {amf.ipv4[0]} (ABORT to INIT)" and end.by == "peer"
    pair = Pair(gnb, amf, 5012)
    watch.read_until(lambda: watch.of(gnb, "association", change="UP"), 20)
    (up,) = watch.of(gnb, "association", change="UP")
    took = up.number("handshake_ms")
    assert up.remote_port == 5012 and took is not None and 0 < took < 2000
    assert not watch.of(amf, "association", change="UP")
    pair.client.close()
    pair.server.close()


def test_a_killed_process(watch: Watch) -> None:
    gnb, amf = watch.hosts
    with traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "5021"):
        watch.begin()
        with traffic(gnb, "idle", "--to", amf.ipv4[0], "--port", "5021") as client:
            os.kill(client.process.pid, signal.SIGKILL)
            end = one(watch, gnb, 5021)
        there = one(watch, amf, 5021)
    assert end.reason == "shutdown_here" and end.exiting and end.signal == signal.SIGKILL
    assert end.text.endswith(" killed by SIGKILL") and end.pid
    assert there.text == "shut down by the peer"


def test_autoclose(watch: Watch) -> None:
    gnb, amf = watch.hosts
    with inside(amf):
        listener = sctp.new_socket(amf.ipv4[0])
        listener.bind((amf.ipv4[0], 5031))
        listener.listen(5)
    watch.begin()
    with inside(gnb):
        client = sctp.new_socket(gnb.ipv4[0], one_to_many=True)
    client.setsockopt(sctp.IPPROTO_SCTP, AUTOCLOSE, struct.pack("=I", 1))
    sctp.send(client, b"hello", to=(amf.ipv4[0], 5031))
    assert one(watch, gnb, 5031).reason == "autoclose"
    client.close()
    listener.close()


def test_what_the_network_ends(watch: Watch) -> None:
    """Nothing comes through on the second link: an INIT, data, SHUTDOWN, and a connect that is given up."""
    gnb, amf = watch.hosts
    lost, shut = Pair(gnb, amf, 5041, link=1), Pair(gnb, amf, 5042, link=1)
    watch.begin()
    impair(gnb, 1, loss_percent=100)
    try:
        sctp.send(lost.client, b"into the void")
        shut.client.close()
        with new_client(gnb) as client, pytest.raises(OSError, match="timed out"):
            client.connect((amf.ipv4[1], 5043))
        with new_client(gnb) as client:
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect((amf.ipv4[1], 5044))
        told = {port: one(watch, gnb, port) for port in (5041, 5042, 5043, 5044)}
    finally:
        clear(gnb, 1)
    for port, end in told.items():
        print(port, end.text)
    assert told[5041].reason in ("retransmissions", "heartbeats") and told[5041].allowed == 2
    assert told[5042].text == "no answer to SHUTDOWN (3 of 2)"
    assert told[5043].text == "no answer to INIT (3 tries)"
    assert told[5044].reason == "given_up" and told[5044].pid == os.getpid()


def test_two_hundred_ends_in_one_interval(watch: Watch) -> None:
    gnb, amf = watch.hosts
    ways = list(CASES.values())
    watch.read()
    pairs = {
        5100 + number: Pair(gnb, amf, 5100 + number, one_to_many=ways[number % 4][0] is abort_with_a_cause)
        for number in range(100)
    }
    watch.begin()
    for number, pair in enumerate(pairs.values()):
        ways[number % 4][0](pair)

    def freed(host: Host) -> list[Event]:
        return watch.of(host, "association", change="FREED")

    watch.read_until(lambda: len(freed(gnb)) + len(freed(amf)) >= 200, 30)
    for number, port in enumerate(pairs):
        _, here, there = ways[number % 4]
        (client,), (server,) = ends(watch, gnb, port), ends(watch, amf, port)
        assert client is not None and server is not None, port
        assert (client.reason, server.reason) == (here, there), port
    counts = Counter(end.reason for event in freed(gnb) if (end := end_of(event)))
    assert sum(counts.values()) == 100 and watch.lost == 0, counts
