"""Probes that come and go under traffic lose no packet and no message.

SCTPTOP_CYCLES=500 SCTPTOP_STARTS=30 python -m pytest tests/lab/many/attaching/test_cycles.py        in the lab
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from sctptop.kernel.program import find_bcc
from sctptop.kernel.program.bpf import maps
from sctptop.kernel.program.program import PointState, Program
from sctptop.kernel.program.program_source import ALL_PROBES
from tests.lab.many.attaching.kernel_objects import left_of, objects
from tests.lab.scenes.hosts import Host, inside
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.process import traffic
from tests.lab.witness.other_tools import nstat
from tests.lab.witness.running import Running

CYCLES = int(os.environ.get("SCTPTOP_CYCLES") or 2)
"""Of trampolines alone, some seconds each in the lab."""
STARTS = int(os.environ.get("SCTPTOP_STARTS") or 2)
"""Of sctptop as a whole, half a minute each."""
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

    def close(self) -> None:
        """End the association."""
        if self.kept_open is not None:
            self.kept_open.close()


def link(host: Host) -> dict[str, int]:
    """The counters of its link."""
    shown = host.run(["ip", "-j", "-s", "link", "show", host.interfaces[0]]).stdout
    (found,) = json.loads(shown)
    return {
        f"{way} {name}": found["stats64"][way][name]
        for way in ("rx", "tx")
        for name in ("packets", "dropped")
    }


def at_rest(*hosts: Host) -> list[dict[str, int]]:
    """The counters of SCTP and of the link of each, between two moments at which they were the same.

    What is neither (ARP, neighbours) may be sent between a look at one host and the look at the other.
    """
    deadline = time.monotonic() + ANSWER_S
    before: list[dict[str, int]] = []
    while before != (now := [nstat(host, "-az") | link(host) for host in hosts]):
        assert time.monotonic() < deadline, now
        before = now
    return now


@contextmanager
def nothing_lost(gnb: Host, amf: Host, least: int) -> Iterator[None]:
    """What is sent in the block, ``least`` messages of each client at the fewest, arrives and is answered."""
    single, bursts = Client(1, 300, 0.02), Client(10, 900, 0.2)
    with traffic(amf, "echo", "--local", amf.ipv4[0], "--port", str(PORT), "--nodelay"):
        before = at_rest(gnb, amf)
        with single.at_work(gnb, amf), bursts.at_work(gnb, amf):
            yield
        # Longer than any SACK is delayed.
        time.sleep(1)
        gained = [
            {name: value - then[name] for name, value in now.items()}
            for now, then in zip(at_rest(gnb, amf), before, strict=True)
        ]
        for client in (single, bursts):
            client.close()
    for client in (single, bursts):
        print(f"{client.sent} messages of {client.size} bytes, {client.answered} answered")
        assert client.answered == client.sent > least
    assert [of["SctpOutOrderChunks"] for of in gained] == [single.sent + bursts.sent] * 2
    assert not any(of[name] for of in gained for name in DISCARDED), gained
    ours, theirs = gained
    print(f"{ours['SctpOutSCTPPacks']} packets out, {ours['SctpInSCTPPacks']} in")
    assert theirs["SctpInSCTPPacks"] == ours["SctpOutSCTPPacks"]
    assert ours["SctpInSCTPPacks"] == theirs["SctpOutSCTPPacks"]
    assert (ours["tx packets"], theirs["tx packets"]) == (theirs["rx packets"], ours["rx packets"])
    assert not any(of[f"{way} dropped"] for of in gained for way in ("rx", "tx"))


def test_nothing_is_lost_while_sctptop_comes_and_goes(hosts: tuple[Host, Host]) -> None:
    """A process each time, which loads and attaches all that it has, and is ended."""
    before = objects()
    with nothing_lost(*hosts, least=10 * STARTS):
        begun = time.monotonic()
        for start in range(STARTS):
            with Running(hosts[0]) as sctptop:
                sctptop.wait_for(1)
            assert left_of(before) == {}, start
        print(f"{STARTS} starts in {time.monotonic() - begun:.0f} s")


def test_nothing_is_lost_while_trampolines_come_and_go(hosts: tuple[Host, Host]) -> None:
    """Those that each packet hits, of a program that stays loaded: as where very much is sent, see Following."""
    before = objects()
    program = Program(find_bcc.load(), ALL_PROBES)
    statistics = maps.enable_statistics()
    try:
        program.attach()
        each = [one for one in trampolines(program) if one.on]
        assert len(each) >= 5, each
        with nothing_lost(*hosts, least=2 * CYCLES):
            begun = time.monotonic()
            for cycle in range(CYCLES):
                since = hits(program)
                wait(partial(hit, program, since), cycle)
                program.take_away()
                wait(program.put_back, cycle)
            print(f"{CYCLES} cycles of {len(each)} points in {time.monotonic() - begun:.0f} s")
    finally:
        os.close(statistics)
        program.close()
    assert left_of(before) == {}


def hits(program: Program) -> int:
    """Of all of them."""
    return sum(one.cost.runs for one in trampolines(program) if one.cost is not None)


def trampolines(program: Program) -> list[PointState]:
    """Those that each packet hits."""
    return [one for one in program.costs() if one.point.each_packet and one.how in ("fentry", "fexit")]


def hit(program: Program, since: int) -> bool:
    """Whether there are more of them."""
    return hits(program) > since


def wait(holds: Callable[[], bool], cycle: int) -> None:
    deadline = time.monotonic() + ANSWER_S
    while not holds():
        assert time.monotonic() < deadline, cycle
        time.sleep(0.02)
