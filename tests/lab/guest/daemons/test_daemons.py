"""Daemons that nobody here wrote: silence while they are well; when one is killed, who ended what, and what follows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sctptop.fields.ends import owner
from sctptop.model.advice.given import Advice
from sctptop.model.associations.events.why_ended import WhyEnded, end_of
from sctptop.model.model import Model
from sctptop.model.snapshot import Snapshot
from tests.lab.core import ngap_templates
from tests.lab.scenes import daemons
from tests.lab.scenes.hosts import two_hosts
from tests.lab.traffic.process import traffic
from tests.lab.witness.endings import Ending, endings
from tests.lab.witness.packets import captured, wait_for_the_last
from tests.lab.witness.registering import Bench

UP_S, HEALTHY_S, KILLED_S = 120.0, 60.0, 60.0
DIAMETER, M3UA = 3868, 2905
OWNERS = {
    f"diameter-a:{DIAMETER}": {"freeDiameterd"},
    f"diameter-b:{DIAMETER}": {"freeDiameterd"},
    f"m3ua-bsc:{M3UA}": {"osmo-bsc", "osmo-msc"},
    f"m3ua-stp:{M3UA}": {"osmo-stp"},
}


@dataclass
class Heard:
    """What was said while all was well, and after two were killed; ends by host and remote port."""

    owners: dict[str, set[str]] = field(default_factory=dict)
    healthy: list[Advice] = field(default_factory=list)
    killed: dict[tuple[str, str, object], Advice] = field(default_factory=dict)
    ends: list[tuple[str, int, int, WhyEnded]] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    seen: list[Ending] = field(default_factory=list)


@pytest.fixture(scope="module")
def heard(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    with ExitStack() as stack:
        folder: Path = tmp_path_factory.mktemp("daemons")
        running = daemons.start(folder, stack)
        _neighbours(stack)
        bench.source.read()
        model, found = Model(), Heard()

        def listen(seconds: float, take: Callable[[Snapshot], None], enough: Callable[[], bool]) -> None:
            end = time.monotonic() + seconds
            while time.monotonic() < end and not enough():
                snapshot = model.advance(bench.source.read())
                found.names |= {one: snapshot.namespace_label(one) for one in snapshot.namespaces}
                take(snapshot)
                time.sleep(max(0.0, 1.0 - snapshot.sample.read_s))

        def owners(snapshot: Snapshot) -> None:
            for row in snapshot.rows:
                entry = row.association
                if row.ended is None and entry.state == "ESTABLISHED":
                    name = f"{found.names[entry.netns]}:{entry.remote_port}"
                    port = (
                        name
                        if entry.remote_port in (DIAMETER, M3UA)
                        else f"{found.names[entry.netns]}:{entry.local_port}"
                    )
                    found.owners.setdefault(port, set()).add(str(owner(row)).partition("[")[0])

        # All of them: the neighbours have names too, and the healthy minute begins once every daemon is up.
        listen(UP_S, owners, lambda: OWNERS.items() <= found.owners.items())
        listen(HEALTHY_S, lambda snapshot: found.healthy.extend(_told(snapshot)), lambda: False)
        with captured(running.hosts["diameter-a"]) as (at_a,), captured(running.hosts["bsc"]) as (at_bsc,):
            for name in ("diameter-b", "stp"):
                running.processes[name].kill()
            listen(KILLED_S, lambda snapshot: _after(snapshot, found), lambda: False)
            wait_for_the_last()
            found.seen = [*endings(at_a), *endings(at_bsc)]
        for name, log in running.logs.items():
            print("==", name, running.processes[name].poll(), log.read_text()[-300:])
        for advice in found.killed.values():
            print(advice.rule, advice.peer, advice.seen)
        for end in found.ends:
            print(*end[:3], end[3].text)
        yield found


def _neighbours(stack: ExitStack) -> None:
    """NGAP and bulk beside them, on hosts of their own."""
    words = ("--templates", str(ngap_templates.file()), "--nodelay")
    gnb, amf = stack.enter_context(two_hosts(prefix="ngap-", subnet=62))
    stack.enter_context(traffic(amf, "amf", "--local", amf.ipv4[0], *words))
    ues = ("--ues", "3", "--period", "6")
    stack.enter_context(traffic(gnb, "gnb", "--to", amf.ipv4[0], *words, *ues))
    left, right = stack.enter_context(two_hosts(prefix="bulk-", subnet=63))
    stack.enter_context(traffic(right, "sink", "--local", right.ipv4[0], "--port", "5001"))
    talk = ("--to", right.ipv4[0], "--port", "5001", "--period", "0.2", "--burst", "10", "--nodelay")
    stack.enter_context(traffic(left, "burst", *talk))


def _told(snapshot: Snapshot) -> list[Advice]:
    return [advice for advice in snapshot.advice if advice.severity != "note"]


def _after(snapshot: Snapshot, found: Heard) -> None:
    for advice in _told(snapshot):
        found.killed[advice.rule, str(advice.association), advice.peer] = advice
    for _, event in snapshot.happened:
        end = end_of(event)
        if end is not None:
            found.ends.append((found.names.get(event.netns, ""), event.local_port, event.remote_port, end))


def test_each_association_has_the_name_of_its_daemon(heard: Heard) -> None:
    daemons_seen = {
        name: heard.owners[name] for name in heard.owners if name.startswith(("diameter", "m3ua"))
    }
    assert daemons_seen == OWNERS


def test_nothing_is_said_of_those_that_are_well(heard: Heard) -> None:
    assert not heard.healthy, {(one.rule, one.seen) for one in heard.healthy}


def test_who_ended_it_and_how(heard: Heard) -> None:
    # Both call, and an election decides whose association stays.
    killed = [end for name, *ports, end in heard.ends if name == "diameter-b" and DIAMETER in ports]
    assert killed and all(end.exiting and end.signal == 9 and end.by == "this end" for end in killed)
    of_stp = [end for name, local, _, end in heard.ends if (name, local) == ("m3ua-stp", M3UA)]
    assert len(of_stp) == 2 and {(end.command, end.signal) for end in of_stp} == {("osmo-stp", 9)}


def test_the_other_end_is_told_as_it_was_on_the_wire(heard: Heard) -> None:
    for here, port in (("diameter-a", DIAMETER), ("m3ua-bsc", M3UA)):
        ends = ((ports, end) for name, *ports, end in heard.ends if name == here and port in ports)
        (local, remote), first = next(ends)
        chunk = next(one for one in heard.seen if (one.target[1], one.source[1]) == (local, remote))
        shut = first.reason == "shutdown_by_peer"
        assert (7 if shut else 6, first.by, first.address) == (chunk.type, "peer", chunk.source[0])


def test_the_tries_that_follow_are_one_piece_of_advice_a_peer(heard: Heard) -> None:
    names = {name: netns for netns, name in heard.names.items()}
    told = [advice for (rule, _, _), advice in heard.killed.items() if rule == "failing_peer"]
    whom = {
        (names["diameter-a"], "10.60.0.2", DIAMETER, True),
        (names["m3ua-bsc"], "10.61.0.2", M3UA, True),
    }
    assert {advice.peer for advice in told} == whom and len(told) == 2
    for advice in told:
        refused = [
            end
            for name, _, remote, end in heard.ends
            if advice.peer is not None
            and (names[name], remote) == (advice.peer[0], advice.peer[2])
            and end.reason == "refused"
        ]
        assert len(refused) >= 3
        assert (
            f"{len(refused)} times refused" in advice.seen
            or f"{len(refused) - 1} times refused" in advice.seen
        )


def test_nothing_else_is_said(heard: Heard) -> None:
    assert {rule for rule, _, _ in heard.killed} == {"failing_peer"}, {
        (one.rule, one.seen) for one in heard.killed.values()
    }
