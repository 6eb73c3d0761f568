"""Cases from the field, each in hosts of its own: what happens there, and the rules that may speak of it, and must."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.lab.core import ngap_templates
from tests.lab.scenes.hosts import Host, clear, impair, set_link, sysctl, two_hosts
from tests.lab.traffic.process import Traffic, start

PORT = 5000
BEATING = ("--heartbeat", "1000", "--nodelay")
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
        self._run("server", self.amf, kind, "--local", local, "--port", str(PORT), *words)

    def client(self, kind: str, *words: str, both: bool = False) -> None:
        """Starts the asking end, on all links where ``both`` is set."""
        to = self.amf.ipv4 if both else self.amf.ipv4[:1]
        local = ("--local", ",".join(self.gnb.ipv4)) if both else ()
        self._run("client", self.gnb, kind, *local, "--to", ",".join(to), "--port", str(PORT), *words)

    def _run(self, name: str, host: Host, kind: str, *words: str) -> None:
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


def _to(server: str, client: Sequence[str], *words: str) -> Callable[[Stage], None]:
    def begin(stage: Stage) -> None:
        stage.server(server, *BEATING, *words)
        stage.client(*client)

    return begin


def _slow_bulk(stage: Stage) -> None:
    """All that a link of so few bits takes: the emulated processor has others to serve."""
    impair(stage.gnb, 0, delay_ms=5, rate="1mbit")
    _to("sink", ("bulk", "--size", "1000", "--nodelay"))(stage)


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


def _rules(*names: str) -> Rules:
    return frozenset(names)


def _setups_refused(stage: Stage) -> None:
    """By an AMF that knows none of the PLMNs; the gNB asks again."""
    words = ("--templates", str(ngap_templates.file()))
    stage.server("amf", *words, "--refuse-setups", "-1")
    stage.client("gnb", *words, "--setup-period", "2", "--ues", "0")


CASES: Mapping[str, Case] = {
    "refused": Case(
        # Another port is open.
        _to("sink", ("knock", "--period", "2", "--port", "5999")),
        must={"gnb": _rules("failing_peer")},
    ),
    "aborts": Case(
        _to("hang-up", ("knock", "--period", "2"), "--period", "1", "--abort"),
        must={"gnb": _rules("aborting_peer"), "amf": _rules("aborting_peer")},
    ),
    "hangsup": Case(
        _to("hang-up", ("knock", "--period", "2"), "--period", "3"),
        must={"gnb": _rules("flapping_peer"), "amf": _rules("flapping_peer")},
    ),
    "visitors": Case(_to("echo", ("churn", "--period", "3"))),
    "nosetup": Case(
        _setups_refused,
        must={"gnb": _rules("refused_setup"), "amf": _rules("refused_setup")},
    ),
    "healthy": Case(_talk()),
    "bulk": Case(_slow_bulk),
    "one-way": Case(_to("sink", ("burst", "--burst", "2", "--period", "0.3", "--nodelay"))),
    "noread": Case(
        _to("slow-reader", ("burst", "--burst", "1", "--period", "0.5", "--nodelay"), "--period", "0"),
        must={"amf": _rules("unread_data")},
        may={"gnb": _rules("closed_window")},
    ),
    "hangs": Case(
        # Sends on without waiting for an answer, and reads before it does.
        _talk(kind="burst"),
        fault=lambda stage: stage.signal("server", signal.SIGSTOP),
        mend=lambda stage: stage.signal("server", signal.SIGCONT),
        must={"gnb": _rules("silent_application"), "amf": _rules("stopped_process")},
        may={"gnb": _rules("saturated"), "amf": _rules("saturated")},
    ),
    "more": Case(_to("sink", ("burst", "--burst", "4", "--more", "0.15", "--period", "0.4"))),
    "smallbuf": Case(
        _to(
            "sink",
            ("burst", "--burst", "10", "--size", "500", "--period", "0.3", "--nodelay"),
            "--receive-buffer",
            "1024",
        ),
        must={"gnb": _rules("small_rcvbuf"), "amf": _rules("small_rcvbuf")},
        may={"gnb": _rules("small_sndbuf")},
    ),
    "reorder": Case(
        _to("sink", ("burst", "--burst", "12", "--size", "1000", "--period", "0.4", "--nodelay")),
        fault=lambda stage: impair(stage.gnb, 0, delay_ms=30, jitter_ms=25),
        must={"gnb": _rules("reordered_packets")},
        may={"gnb": _rules("late_sacks")},
    ),
    "losesacks": Case(
        _to("sink", ("burst", "--burst", "1", "--period", "1.7", "--nodelay", "--heartbeat", "1000")),
        fault=lambda stage: impair(stage.amf, 0, loss_percent=60),
        must={"gnb": _rules("late_sacks")},
        may={"gnb": _rules("dead_path", "after_outage"), "amf": _rules("dead_path", "after_outage")},
    ),
    "sndbuf": Case(
        _to("sink", ("bulk", "--size", "1000", "--nodelay", "--send-buffer", "2048")),
        fault=lambda stage: impair(stage.amf, 0, delay_ms=150),
        must={"gnb": _rules("small_sndbuf")},
    ),
    "pmtu": Case(
        _talk("--size", "1400"),
        fault=_shrink,
        must={"gnb": _rules("path_mtu")},
        may={"gnb": _rules("dead_path"), "amf": _rules("dead_path")},
    ),
    "filter": Case(
        _to("echo", ("burst", "--burst", "1", "--period", "30", *BEATING)),
        fault=_filter_data,
        must={"gnb": _rules("filtered_chunks")},
        # The client reads the first answer as it sends again.
        may={"gnb": _rules("dead_path", "unread_data")},
    ),
    "outage": Case(
        _talk(),
        fault=_lose_all,
        mend=_lose_nothing,
        must={"gnb": _rules("dead_path"), "amf": _rules("dead_path")},
        may={"gnb": _rules("after_outage"), "amf": _rules("after_outage")},
    ),
    "linkdown": _short_retries(
        Case(
            _talk(both=True),
            fault=_lose_all,
            must={"gnb": _rules("dead_path"), "amf": _rules("dead_path")},
            links=2,
        )
    ),
    "slowpath": Case(
        # HEARTBEATs are sent on a path that is idle.
        _talk("--period", "6", both=True),
        fault=lambda stage: impair(stage.amf, 0, delay_ms=90),
        must={"gnb": _rules("slow_primary")},
        may={"amf": _rules("slow_primary")},
        links=2,
    ),
    "flapping": Case(
        _talk(both=True),
        fault=_flap,
        must={"gnb": _rules("flapping_path")},
        may={
            "gnb": _rules("no_route", "dead_path"),
            "amf": _rules("flapping_path", "no_route", "dead_path"),
        },
        links=2,
    ),
    "shutdown": Case(
        _to("slow-reader", ("fill", "--size", "1000"), "--period", "0"),
        fault=lambda stage: stage.running["client"].process.kill(),
        must={"gnb": _rules("slow_shutdown"), "amf": _rules("unread_data")},
        may={"gnb": _rules("closed_window")},
    ),
    "ordered": Case(
        _to("sink", ("burst", "--burst", "12", "--size", "400", "--period", "0.3", "--nodelay")),
        fault=lambda stage: impair(stage.gnb, 0, delay_ms=5, loss_percent=8),
        must={"gnb": _rules("lossy_path")},
    ),
}


def stage_of(name: str, number: int, stack: ExitStack) -> Stage:
    """The hosts NAME-gnb and NAME-amf."""
    links = CASES[name].links
    gnb, amf = stack.enter_context(two_hosts(links=links, prefix=f"{name}-", subnet=100 + number))
    return Stage(gnb, amf, stack)
