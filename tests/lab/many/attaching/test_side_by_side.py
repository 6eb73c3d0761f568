"""Two sctptops at a time: neither hides from the other what it counts, and one that ends takes nothing along."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import ExitStack

from tests.lab.guest.probes.talk import uplink
from tests.lab.many.attaching.kernel_objects import left_of, objects
from tests.lab.scenes.hosts import Host, inside
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.process import traffic
from tests.lab.witness.running import Running

MESSAGES = 80
PORT = 38412


def counted(sctptop: Running) -> dict[str, int]:
    """What it told so far of the one association."""
    (entry,) = sctptop.samples[-1]["associations"]
    events = sctptop.events("ngap")
    return {
        "held": entry["held_ms"]["n"] if entry["held_ms"] else 0,
        "read": entry["read_wait_ms"]["n"] if entry["read_wait_ms"] else 0,
        "out": sum(event["direction"] == "out" for event in events),
        "in": sum(event["direction"] == "in" for event in events),
        "lost": sum(sample["events_lost"] for sample in sctptop.samples),
    }


def expected(messages: int) -> dict[str, int]:
    return {"held": messages, "read": messages, "out": messages, "in": messages, "lost": 0}


def talk(client: socket.socket, both: Sequence[Running]) -> None:
    """MESSAGES and their answers, told by all."""
    for _ in range(MESSAGES):
        sctp.send(client, uplink(7), ppid=60)
        assert client.recv(65536)
    for sctptop in both:
        sctptop.wait_for(2)


def test_both_count_right_and_so_does_the_one_that_stays(hosts: tuple[Host, Host]) -> None:
    gnb, amf = hosts
    before = objects()
    with ExitStack() as stack:
        stack.enter_context(traffic(amf, "echo", "--local", amf.ipv4[0], "--port", str(PORT), "--nodelay"))
        stays = stack.enter_context(Running(gnb))
        with inside(gnb):
            client = stack.enter_context(sctp.new_socket(amf.ipv4[0]))
        sctp.set_nodelay(client)
        client.settimeout(60)
        with Running(gnb) as goes:
            client.connect((amf.ipv4[0], PORT))
            for both in (stays, goes):
                both.wait_for(2)
            talk(client, (stays, goes))
        assert (counted(stays), counted(goes)) == (expected(MESSAGES), expected(MESSAGES))
        assert objects() != before
        talk(client, (stays,))
        assert counted(stays) == expected(2 * MESSAGES)
    assert left_of(before) == {}
