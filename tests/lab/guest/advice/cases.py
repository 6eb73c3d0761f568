"""Cases from the field, each in hosts of its own: what happens there, and the rules that may speak of it, and must."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.lab.scenes.hosts import Host, clear, impair, set_link, sysctl
from tests.lab.traffic.process import Traffic, start

PORT = 5000
BEATING = ("--heartbeat", "1000", "--nodelay")
SILENT = ("--heartbeat", "-1", "--nodelay")
Rules = frozenset[str]


@dataclass
class Stage:
    """One case's two hosts while it runs."""

    gnb: Host
    amf: Host
    stack: ExitStack
    running: dict[str, Traffic] = field(default_factory=dict)

    def server(self, kind: str, *words: str, addresses: Sequence[str] = ()) -> None:
        """Starts the answering end."""
        local = ",".join(addresses or self.amf.ipv4[:1])
        self.run("server", self.amf, kind, "--local", local, "--port", str(PORT), *words)

    def client(self, kind: str, *words: str, both: bool = False) -> None:
        """Starts the asking end, on all links where ``both`` is set."""
        to = self.amf.ipv4 if both else self.amf.ipv4[:1]
        local = ("--local", ",".join(self.gnb.ipv4)) if both else ()
        self.run("client", self.gnb, kind, *local, "--to", ",".join(to), "--port", str(PORT), *words)

    def run(self, name: str, host: Host, kind: str, *words: str) -> None:
        """One process more, by a name of its own."""
        self.running[name] = start(host, kind, *words)
        self.stack.callback(self.running[name].stop)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Sends one to the process."""
        os.kill(self.running[name].process.pid, number)


def nothing(stage: Stage) -> None:
    """No fault."""


@dataclass(frozen=True)
class Case:
    """``begin`` starts the traffic, ``fault`` comes a while later and ``mend`` after that.

    ``must`` by the side whose association it is ("gnb", "amf"); ``may``: rules that speak too, as time has it.
    """

    begin: Callable[[Stage], None]
    fault: Callable[[Stage], None] = nothing
    mend: Callable[[Stage], None] = nothing
    must: Mapping[str, Rules] = field(default_factory=dict)
    may: Mapping[str, Rules] = field(default_factory=dict)
    links: int = 1


def _talk(*words: str, both: bool = False, kind: str = "request") -> Callable[[Stage], None]:
    def begin(stage: Stage) -> None:
        stage.server("echo", *BEATING, addresses=stage.amf.ipv4 if both else ())
        stage.client(kind, "--burst", "1", "--period", "0.5", *BEATING, *words, both=both)

    return begin


def to(server: str, client: Sequence[str], *words: str) -> Callable[[Stage], None]:
    def begin(stage: Stage) -> None:
        stage.server(server, *BEATING, *words)
        stage.client(*client)

    return begin


def _untried(stage: Stage) -> None:
    stage.server("echo", *SILENT, addresses=stage.amf.ipv4)
    stage.client("request", "--burst", "1", "--period", "0.5", *SILENT, both=True)


def _slow_bulk(stage: Stage) -> None:
    """All that a link of so few bits takes: the emulated processor has others to serve."""
    impair(stage.gnb, 0, delay_ms=5, rate="1mbit")
    to("sink", ("bulk", "--size", "1000", "--nodelay"))(stage)


def _lose_all(stage: Stage) -> None:
    for host in (stage.gnb, stage.amf):
        impair(host, 0, loss_percent=100)


def _lose_nothing(stage: Stage) -> None:
    for host in (stage.gnb, stage.amf):
        clear(host)


def _filter_data(stage: Stage) -> None:
    """Drops what begins with a DATA chunk (type 0) behind an IPv4 header without options and SCTP's of 12 octets."""
    device = stage.amf.interfaces[0]
    stage.amf.run(["tc", "qdisc", "add", "dev", device, "clsact"])
    match = ["match", "u8", "0", "0xff", "at", "32", "match", "u8", "132", "0xff", "at", "9"]
    stage.amf.run(
        ["tc", "filter", "add", "dev", device, "ingress", "protocol", "ip", "u32", *match, "action", "drop"]
    )


def _shrink(stage: Stage) -> None:
    """What is larger is dropped as it arrives, and no ICMP says so."""
    stage.amf.run(["ip", "link", "set", stage.amf.interfaces[0], "mtu", "1200"])


def _flap(stage: Stage) -> None:
    """Slowly: linkwatch_do_dev tells a change of carrier once a second at most."""

    def flap() -> None:
        for _ in range(8):
            for up in (False, True):
                set_link(stage.amf, 1, up=up)
                time.sleep(2.5)

    flapping = threading.Thread(target=flap)
    flapping.start()
    stage.stack.callback(flapping.join)


def _short_retries(case: Case) -> Case:
    """The kernel gives a path up soon."""

    def begin(stage: Stage) -> None:
        for host in (stage.gnb, stage.amf):
            sysctl(host, "net.sctp.path_max_retrans", 2)
        case.begin(stage)

    return Case(begin, case.fault, case.mend, case.must, case.may, case.links)


def rules(*names: str) -> Rules:
    return frozenset(names)


CASES: Mapping[str, Case] = {
    "healthy": Case(_talk()),
    "bulk": Case(_slow_bulk),
    "one-way": Case(to("sink", ("burst", "--burst", "2", "--period", "0.3", "--nodelay"))),
    "noread": Case(
        to("slow-reader", ("burst", "--burst", "1", "--period", "0.5", "--nodelay"), "--period", "0"),
        must={"amf": rules("unread_data")},
        may={"gnb": rules("closed_window")},
    ),
    "hangs": Case(
        # Sends on without waiting for an answer, and reads before it does.
        _talk(kind="burst"),
        fault=lambda stage: stage.signal("server", signal.SIGSTOP),
        mend=lambda stage: stage.signal("server", signal.SIGCONT),
        must={"gnb": rules("silent_application"), "amf": rules("stopped_process")},
        may={"gnb": rules("saturated"), "amf": rules("saturated")},
    ),
    "more": Case(to("sink", ("burst", "--burst", "4", "--more", "0.15", "--period", "0.4"))),
    "smallbuf": Case(
        to(
            "sink",
            ("burst", "--burst", "10", "--size", "500", "--period", "0.3", "--nodelay"),
            "--receive-buffer",
            "1024",
        ),
        must={"gnb": rules("small_rcvbuf"), "amf": rules("small_rcvbuf")},
        may={"gnb": rules("small_sndbuf")},
    ),
    "reorder": Case(
        to("sink", ("burst", "--burst", "12", "--size", "1000", "--period", "0.4", "--nodelay")),
        fault=lambda stage: impair(stage.gnb, 0, delay_ms=30, jitter_ms=25),
        must={"gnb": rules("reordered_packets")},
        may={"gnb": rules("late_sacks")},
    ),
    "losesacks": Case(
        to("sink", ("burst", "--burst", "1", "--period", "1.7", "--nodelay", "--heartbeat", "1000")),
        fault=lambda stage: impair(stage.amf, 0, loss_percent=60),
        must={"gnb": rules("late_sacks")},
        may={"gnb": rules("dead_path", "after_outage"), "amf": rules("dead_path", "after_outage")},
    ),
    "sndbuf": Case(
        to("sink", ("bulk", "--size", "1000", "--nodelay", "--send-buffer", "2048")),
        fault=lambda stage: impair(stage.amf, 0, delay_ms=150),
        must={"gnb": rules("small_sndbuf")},
    ),
    "pmtu": Case(
        _talk("--size", "1400"),
        fault=_shrink,
        must={"gnb": rules("path_mtu")},
        may={"gnb": rules("dead_path"), "amf": rules("dead_path")},
    ),
    "filter": Case(
        to("echo", ("burst", "--burst", "1", "--period", "30", *BEATING)),
        fault=_filter_data,
        must={"gnb": rules("filtered_chunks")},
        # The client reads an answer 30 s late, as it sends again.
        may={"gnb": rules("dead_path", "unread_data", "saturated")},
    ),
    "outage": Case(
        _talk(),
        fault=_lose_all,
        mend=_lose_nothing,
        must={"gnb": rules("dead_path"), "amf": rules("dead_path")},
        may={"gnb": rules("after_outage"), "amf": rules("after_outage")},
    ),
    "hboff": _short_retries(
        # Its data shows it.
        Case(
            to("echo", ("request", "--burst", "1", "--period", "0.5", *SILENT), *SILENT),
            fault=_lose_all,
            must={"gnb": rules("dead_path")},
            may={"amf": rules("dead_path")},
        )
    ),
    "untried": Case(
        # The called end learns the caller's second address and never asks it.
        _untried,
        must={"amf": rules("untried_path")},
        links=2,
    ),
    "linkdown": _short_retries(
        Case(
            _talk(both=True),
            fault=_lose_all,
            must={"gnb": rules("dead_path"), "amf": rules("dead_path")},
            links=2,
        )
    ),
    "slowpath": Case(
        # HEARTBEATs are sent on a path that is idle.
        _talk("--period", "6", both=True),
        fault=lambda stage: impair(stage.amf, 0, delay_ms=90),
        must={"gnb": rules("slow_primary")},
        may={"amf": rules("slow_primary")},
        links=2,
    ),
    "flapping": Case(
        _talk(both=True),
        fault=_flap,
        must={"gnb": rules("flapping_path")},
        may={
            "gnb": rules("no_route", "dead_path"),
            "amf": rules("flapping_path", "no_route", "dead_path"),
        },
        links=2,
    ),
    "shutdown": Case(
        to("slow-reader", ("fill", "--size", "1000"), "--period", "0"),
        fault=lambda stage: stage.running["client"].process.kill(),
        must={"gnb": rules("slow_shutdown"), "amf": rules("unread_data")},
        may={"gnb": rules("closed_window")},
    ),
    "ordered": Case(
        to("sink", ("burst", "--burst", "12", "--size", "400", "--period", "0.3", "--nodelay")),
        fault=lambda stage: impair(stage.gnb, 0, delay_ms=5, loss_percent=8),
        must={"gnb": rules("lossy_path")},
    ),
}
