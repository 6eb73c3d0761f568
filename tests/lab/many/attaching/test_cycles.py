"""Probes that come and go under traffic lose no packet and no message.

SCTPTOP_CYCLES=500 python -m pytest tests/lab/many/attaching/test_cycles.py        in the lab, for hours
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.lab.many.attaching.kernel_objects import left_of, objects
from tests.lab.scenes.hosts import Host, inside
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.process import traffic
from tests.lab.witness.other_tools import nstat
from tests.lab.witness.running import Running

CYCLES = int(os.environ.get("SCTPTOP_CYCLES") or 2)
PORT = 5100
ANSWER_S = 60.0
DISCARDED = ("SctpInPktDiscards", "SctpChecksumErrors", "SctpOutOfBlues", "SctpAborteds", "SctpShutdowns")


@dataclass
class Client:
    """Sends ``burst`` messages, reads their answers, pauses, and so on."""

    burst: int
    size: int
    period_s: float
    sent: int = 0
    answered: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    kept_open: socket.socket | None = None

    @contextmanager
    def at_work(self, gnb: Host, amf: Host) -> Iterator[None]:
        """When the block has ended all is answered, and the association is still up."""
        with inside(gnb):
            sock = sctp.new_socket(amf.ipv4[0])
        sctp.set_nodelay(sock)
        sock.settimeout(ANSWER_S)
        sock.connect((amf.ipv4[0], PORT))

        def work() -> None:
            while not self.stop.wait(self.period_s):
                for _ in range(self.burst):
                    sctp.send(sock, bytes(self.size))
                    self.sent += 1
                for _ in range(self.burst):
                    self.answered += len(sock.recv(65536)) == self.size

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            self.stop.set()
            thread.join(ANSWER_S)
        self.kept_open = sock


def link(host: Host) -> dict[str, int]:
    """The counters of its link."""
    shown = host.run(["ip", "-j", "-s", "link", "show", host.interfaces[0]]).stdout
    (found,) = json.loads(shown)
    return {
        f"{way} {name}": found["stats64"][way][name]
        for way in ("rx", "tx")
        for name in ("packets", "dropped")
    }


def test_nothing_is_lost_while_probes_come_and_go(hosts: tuple[Host, Host]) -> None:
    gnb, amf = hosts
    before = objects()
    single, bursts = Client(1, 300, 0.02), Client(10, 900, 0.2)
    with traffic(amf, "echo", "--local", amf.ipv4[0], "--port", str(PORT), "--nodelay"):
        counted, on_link = [nstat(host, "-az") for host in hosts], [link(host) for host in hosts]
        with single.at_work(gnb, amf), bursts.at_work(gnb, amf):
            for cycle in range(CYCLES):
                with Running(gnb) as sctptop:
                    sctptop.wait_for(1)
                assert left_of(before) == {}, cycle
        # Longer than any SACK is delayed.
        time.sleep(1)
        gained = [
            {name: value - then[name] for name, value in nstat(host, "-az").items()}
            for host, then in zip(hosts, counted, strict=True)
        ]
        moved = [
            {name: value - then[name] for name, value in link(host).items()}
            for host, then in zip(hosts, on_link, strict=True)
        ]
    for client in (single, bursts):
        print(f"{CYCLES} cycles: {client.sent} messages of {client.size} bytes, {client.answered} answered")
        assert client.answered == client.sent > 10 * CYCLES
    assert [of["SctpOutOrderChunks"] for of in gained] == [single.sent + bursts.sent] * 2
    assert not any(of[name] for of in gained for name in DISCARDED), gained
    ours, theirs = gained
    assert theirs["SctpInSCTPPacks"] == ours["SctpOutSCTPPacks"]
    assert ours["SctpInSCTPPacks"] == theirs["SctpOutSCTPPacks"]
    assert (moved[0]["tx packets"], moved[1]["tx packets"]) == (
        moved[1]["rx packets"],
        moved[0]["rx packets"],
    )
    assert not any(of[f"{way} dropped"] for of in moved for way in ("rx", "tx"))
