"""Answers of rtnetlink as a kernel gave them (tests.lab.scenes.capture_ways), ``ip -json`` the witness; and worse."""

from __future__ import annotations

import errno
import json
import random
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import pytest

from sctptop.kernel.ways.route_lookup import NETLINK_ROUTE, Route, RouteError, RouteLookup, load

CAPTURE: dict[str, Any] = json.loads(Path(__file__).with_name("captured.json").read_text())
ROUTES = CAPTURE["routes"]
LINKS = CAPTURE["links"]
DIRECT = bytes.fromhex(ROUTES[0]["answer"])
REFUSALS = {
    "No route to host": "unreachable",
    "Permission denied": "prohibit",
    "Network is unreachable": "none",
    "Invalid argument": "none",
}


class Kernel:
    """The other end of the socket: answers are given the number of the next question."""

    def __init__(self) -> None:
        ours, self.end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(0.05)
        self.end.setblocking(False)
        self.lookup = RouteLookup(lambda: ours)
        self.sequence = 0

    def asked(self) -> list[bytes]:
        """The questions since the last time."""
        found = []
        with suppress(BlockingIOError):
            while True:
                found.append(self.end.recv(1 << 16))
        return found

    def answers(self, data: bytes, older: int = 0) -> None:
        """To the next question, or to one before it."""
        self.sequence += not older
        self.end.send(data[:8] + struct.pack("=I", self.sequence - older) + data[12:])

    def close(self) -> None:
        self.lookup.close()
        self.end.close()


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    made = Kernel()
    yield made
    made.close()


def error(code: int) -> bytes:
    return struct.pack("=IHHII", 36, 2, 0, 0, 0) + struct.pack("=i", -code) + bytes(16)


@pytest.mark.parametrize("case", ROUTES, ids=lambda case: " ".join(filter(None, case["asked"])))
def test_a_route_is_what_ip_says(kernel: Kernel, case: dict[str, Any]) -> None:
    destination, source, interface = case["asked"]
    kernel.answers(bytes.fromhex(case["answer"]))
    found = kernel.lookup.route(destination, source, CAPTURE["numbers"][interface] if interface else 0)
    told = case["ip"]
    if isinstance(told, str):
        assert found == Route(REFUSALS[told.removeprefix("RTNETLINK answers: ")])
        return
    assert found.kind == told.get("type", "unicast")
    assert found.interface == CAPTURE["numbers"][told["dev"]]
    assert found.gateway == told.get("gateway", told.get("via", {}).get("host"))
    assert found.source == told.get("prefsrc", source)
    assert found.mtu == (told["metrics"][0]["mtu"] if "metrics" in told else None)


@pytest.mark.parametrize("case", LINKS, ids=lambda case: case["ip"]["ifname"])
def test_an_interface_is_what_ip_says(kernel: Kernel, case: dict[str, Any]) -> None:
    kernel.answers(bytes.fromhex(case["answer"]))
    found, told = kernel.lookup.link(7), case["ip"]
    assert found is not None
    assert (found.name, found.mtu) == (told["ifname"], told["mtu"])
    assert found.up == ("LOWER_UP" in told["flags"])
    assert found.vrf == (CAPTURE["numbers"]["vrf0"] if told.get("master") == "vrf0" else 0)
    received, sent = told["stats64"]["rx"], told["stats64"]["tx"]
    assert (found.counters["rx_packets"], found.counters["tx_packets"]) == (
        received["packets"],
        sent["packets"],
    )
    for name in ("dropped", "errors"):
        assert found.counters[f"rx_{name}"] == received[name]
        assert found.counters[f"tx_{name}"] == sent[name]


@pytest.mark.parametrize(
    ("flags", "up"), [(0x11043, True), (0x1003, False), (0x11042, False), (0x1002, False)]
)
def test_a_link_is_up_when_it_is_switched_on_and_runs(kernel: Kernel, flags: int, up: bool) -> None:
    data = bytearray(bytes.fromhex(LINKS[1]["answer"]))
    struct.pack_into("=I", data, 24, flags)
    kernel.answers(bytes(data))
    link = kernel.lookup.link(2)
    assert link is not None and link.up is up


WORDS = "unicast local broadcast anycast multicast blackhole unreachable prohibit".split()


@pytest.mark.parametrize(("number", "word"), [*enumerate(WORDS, 1), (9, None), (0, None)])
def test_a_kind_of_route_has_the_word_of_ip(kernel: Kernel, number: int, word: str | None) -> None:
    data = bytearray(DIRECT)
    data[23] = number
    kernel.answers(bytes(data))
    assert kernel.lookup.route("10.9.0.2").kind == word


def test_a_counter_goes_beyond_32_bits(kernel: Kernel) -> None:
    data = bytes.fromhex(LINKS[1]["answer"])
    packets = LINKS[1]["ip"]["stats64"]["rx"]["packets"]
    # IFLA_STATS64 is attribute 23; its first word counts received packets.
    (place,) = (
        at for at in range(32, len(data) - 12, 4) if data[at + 2 : at + 12] == struct.pack("=HQ", 23, packets)
    )
    kernel.answers(data[: place + 4] + struct.pack("=Q", 1 << 40) + data[place + 12 :])
    link = kernel.lookup.link(2)
    assert link is not None and link.counters["rx_packets"] == 1 << 40


def test_a_name_that_moves_the_cursor_is_made_harmless(kernel: Kernel) -> None:
    data = bytes.fromhex(LINKS[1]["answer"])
    assert b"eth0\0" in data
    kernel.answers(data.replace(b"eth0\0", b"e\x1b[m\0"))
    link = kernel.lookup.link(2)
    assert link is not None and link.name == "e?[m"


def test_what_is_asked_is_what_ip_asks(kernel: Kernel) -> None:
    for destination, family, bits in (("10.9.0.2", socket.AF_INET, 32), ("fd00:9::2", socket.AF_INET6, 128)):
        for source, interface in ((None, 0), (destination, 3)):
            kernel.answers(DIRECT)
            kernel.lookup.route(destination, source, interface)
            (asked,) = kernel.asked()
            length, kind, flags, _, _, *head = struct.unpack_from("=IHHIIBBB", asked)
            assert (length, kind, flags) == (len(asked), 26, 1)
            assert head == [family, bits, bits if source else 0]
            packed = socket.inet_pton(family, destination)
            expected = {1: packed, **({2: packed, 4: struct.pack("=I", 3)} if source else {})}
            assert dict(attributes(asked[28:])) == expected


def attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        length, kind = struct.unpack_from("=HH", data)
        yield kind, data[4:length]
        data = data[(length + 3) & ~3 :]


def test_an_interface_that_is_gone(kernel: Kernel) -> None:
    kernel.answers(error(errno.ENODEV))
    assert kernel.lookup.link(9) is None


def test_an_answer_to_an_older_question_is_passed_over(kernel: Kernel) -> None:
    kernel.answers(DIRECT)
    kernel.lookup.route("10.9.0.2")
    kernel.sequence += 1
    kernel.answers(error(errno.ENETUNREACH), older=1)
    kernel.sequence -= 1
    kernel.answers(DIRECT)
    assert kernel.lookup.route("10.9.0.2").kind == "unicast"


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOBUFS, errno.EOPNOTSUPP, 0])
def test_any_other_refusal_is_an_error(kernel: Kernel, code: int) -> None:
    kernel.answers(error(code))
    with pytest.raises(RouteError):
        kernel.lookup.route("10.9.0.2")


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.ENOBUFS])
def test_silence_and_overrun_are_errors(code: int) -> None:
    class Failing(socket.socket):
        def send(self, *_: object) -> int:
            return 0

        def recvmsg(self, *_: object) -> NoReturn:
            raise OSError(code, "no answer")

    lookup = RouteLookup(Failing)
    with pytest.raises(RouteError, match="no answer"):
        lookup.route("10.9.0.2")
    lookup.close()


def test_bytes_that_are_no_answer_are_an_error_or_a_route_and_nothing_else(
    kernel: Kernel, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    load()
    chance = random.Random(7)
    answers = [bytes.fromhex(case["answer"]) for case in (*ROUTES, *LINKS)]
    for _ in range(400):
        data = bytearray(chance.choice(answers))
        for _ in range(chance.randint(1, 6)):
            # Its number stays: an answer to another question is waited past.
            place = chance.choice([*range(8), *range(12, len(data))])
            data[place] = chance.choice([0, 1, 3, 255, chance.randrange(256)])
        del data[chance.choice([len(data), chance.randint(16, len(data))]) :]
        kernel.answers(bytes(data))
        kernel.asked()
        try:
            if chance.random() < 0.5:
                kernel.lookup.route("10.9.0.2", "10.9.0.1")
            else:
                kernel.lookup.link(2)
        except RouteError as trouble:
            assert trouble.strerror and trouble.strerror.isprintable()
    # Nor a word of pyroute2's on the terminal, where the dashboard is.
    assert capfd.readouterr() == ("", "") and not caplog.records


def test_a_destination_that_is_none(kernel: Kernel) -> None:
    for destination in ("", "amf", "10.9.0.2.5", ":", "10.9.0.2\0"):
        kernel.sequence += 1
        with pytest.raises(RouteError):
            kernel.lookup.route(destination)


def test_the_real_socket_is_one_of_rtnetlink_that_waits_a_limited_time() -> None:
    lookup = RouteLookup()
    real = lookup._socket
    assert real.getsockopt(socket.SOL_SOCKET, socket.SO_PROTOCOL) == NETLINK_ROUTE
    assert struct.unpack("@ll", real.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16)) == (1, 0)
    found = lookup.route("127.0.0.1")
    assert (found.kind, found.interface) == ("local", 1)
    link = lookup.link(1)
    assert link is not None and link.name == "lo"
    lookup.close()
    lookup.close()
