"""Each rule of advice provoked on a real kernel, and silent on the same traffic without its cause.

Nagle, delayed SACK and a saturated application are provoked by registrations: test_registrations.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from sctptop.model.advice.given import Advice
from sctptop.model.model import Model
from tests.lab.core import ngap_templates
from tests.lab.scenes.hosts import Host, impair, set_link, sysctl, two_hosts
from tests.lab.traffic.process import start
from tests.lab.witness.registering import Bench

Pair = tuple[Host, Host]
Place = tuple[str, int]
"""An end, "gNB" or "AMF", and the server's port: says which association, seen from which side."""
FAST = ("--heartbeat", "1000", "--nodelay")
LONE, FILLED, BULK, MULTI_HOMED, SILENT, NGAP = 7001, 7002, 7003, 7004, 7005, 38412
NOBODY = "10.9.0.77"


@pytest.fixture
def hosts(bench: Bench) -> Iterator[Pair]:
    with two_hosts(links=3, prefix="adv-") as pair:
        for host in pair:
            sysctl(host, "net.sctp.path_max_retrans", 2)
        yield pair


@dataclass
class Said:
    """Advice by place, the last of each rule and address."""

    advice: dict[Place, dict[tuple[str, str | None], Advice]] = field(default_factory=dict)

    def rules(self, place: Place) -> set[str]:
        """What was said at a place."""
        return {rule for rule, _ in self.advice.get(place, {})}

    def one(self, place: Place, rule: str) -> Advice:
        """The only advice of that rule at that place."""
        (found,) = [advice for (name, _), advice in self.advice.get(place, {}).items() if name == rule]
        return found


def listen(bench: Bench, seconds: float, enough: Callable[[Said], bool]) -> Said:
    """All that is said in so many seconds, read once a second; less when it is enough."""
    bench.source.read()
    model, said = Model(), Said()
    end = time.monotonic() + seconds
    while time.monotonic() < end and not enough(said):
        snapshot = model.advance(bench.source.read())
        assert snapshot.sample.probes.ok
        for advice in snapshot.advice:
            row = snapshot.row(advice.association)
            assert row is not None
            place = _place(row.association.local_port, row.association.remote_port)
            said.advice.setdefault(place, {})[advice.rule, advice.address] = advice
        time.sleep(1)
    for place, found in sorted(said.advice.items()):
        for advice in found.values():
            print(*place, advice.severity, advice.title, advice.address or "", advice.seen, sep=" | ")
    return said


def _place(local: int, remote: int) -> Place:
    return ("AMF", local) if local in (LONE, FILLED, BULK, MULTI_HOMED, SILENT, NGAP) else ("gNB", remote)


def everything(stack: ExitStack, gnb: Host, amf: Host, *, troubled: bool) -> None:
    """One association of each kind; ``troubled`` gives each the cause of one rule, and changes nothing else."""

    def run(host: Host, *words: str) -> None:
        stack.callback(start(host, *words).stop)

    def server(kind: str, port: int, *addresses: str, options: Sequence[str] = FAST) -> None:
        run(amf, kind, "--local", ",".join(addresses), "--port", str(port), *options)

    def client(kind: str, port: int, *words: str, options: Sequence[str] = FAST) -> None:
        run(gnb, kind, "--port", str(port), *words, *options)

    templates = ("--templates", str(ngap_templates.file()))
    core = (*templates, *(("--swapped-ppid",) if troubled else ()))
    ran = (*core, *(("--one-stream",) if troubled else ()))
    server("sink", LONE, amf.ipv4[0])
    server("slow-reader" if troubled else "sink", FILLED, amf.ipv4[0])
    server("sink", BULK, amf.ipv4[1])
    server("echo", MULTI_HOMED, amf.ipv4[0], amf.ipv4[2])
    server("amf", NGAP, amf.ipv4[0], options=("--nodelay", *core) if troubled else (*FAST, *core))
    rto = ("--rto", "100,100,150") if troubled else ()
    client("burst", LONE, "--to", amf.ipv4[0], "--burst", "1", "--period", "0.5", *rto)
    client("fill" if troubled else "burst", FILLED, "--to", amf.ipv4[0], "--size", "1000")
    client("bulk", BULK, "--to", amf.ipv4[1], "--size", "1400")
    both = [f"{host.ipv4[0]},{host.ipv4[2]}" for host in (gnb, amf)]
    client("request", MULTI_HOMED, "--local", both[0], "--to", both[1], "--period", "0.5")
    ues = ("--count", "0", "--ues", "4", "--rate", "4", "--period", "1", "--deregister")
    client("gnb", NGAP, "--to", amf.ipv4[0], *ues, options=("--nodelay", *ran) if troubled else (*FAST, *ran))
    if troubled:
        client("black-hole", SILENT, "--to", NOBODY)


def test_each_rule_speaks_where_its_cause_is_and_nowhere_else(bench: Bench, hosts: Pair) -> None:
    gnb, amf = hosts
    wanted = {
        ("gNB", LONE): {"spurious_rtx"},
        ("gNB", FILLED): {"closed_window"},
        ("gNB", BULK): {"lossy_path"},
        ("gNB", MULTI_HOMED): {"no_route"},
        ("gNB", SILENT): {"dead_path"},
        ("gNB", NGAP): {"one_stream", "ppid_order", "no_heartbeat"},
    }
    with ExitStack() as stack:
        # The rate leaves an emulated processor time for the rest.
        impair(gnb, 1, delay_ms=5, loss_percent=2, rate="4mbit")
        everything(stack, gnb, amf, troubled=True)
        set_link(gnb, 2, up=False)
        said = listen(bench, 90, lambda said: all(said.rules(place) >= wanted[place] for place in wanted))
    for place, rules in wanted.items():
        assert said.rules(place) == rules, place
    assert said.one(("gNB", BULK), "lossy_path").address == amf.ipv4[1]
    assert said.one(("gNB", MULTI_HOMED), "no_route").address == amf.ipv4[2]
    assert said.one(("gNB", SILENT), "dead_path").address == NOBODY
    assert said.one(("gNB", NGAP), "no_heartbeat").severity == "note"


def test_all_is_silent_without_a_cause(bench: Bench, hosts: Pair) -> None:
    gnb, amf = hosts
    with ExitStack() as stack:
        impair(gnb, 1, delay_ms=5, rate="4mbit")
        everything(stack, gnb, amf, troubled=False)
        said = listen(bench, 45, lambda said: False)
    assert not said.advice
