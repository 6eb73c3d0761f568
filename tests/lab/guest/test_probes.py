"""The probes on a real kernel: heartbeats against the wire, windows against getsockopt, cuts against SNMP."""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sctptop.kernel.clock import JiffyClock
from sctptop.kernel.live import LiveSource
from sctptop.kernel.probe_records import Clocks
from sctptop.kernel.probes import Observed
from sctptop.model.event import CUTS, Event
from sctptop.model.sample import Sample
from sctptop.model.snapshot import Model, Snapshot
from tests.lab.hosts import Host, clear, impair, inside, set_link, sysctl, two_hosts
from tests.lab.other_tools import nstat
from tests.lab.traffic_process import Traffic, traffic
from tests.lab.watching import Watched, Wire, read_for, watching

FIRST_MS, SECOND_MS = 7.0, 20.0
"""Delays that the first and the second link add to each round trip."""


Change = tuple[object, ...]
"""Of a cwnd event: cause, before, after, ssthresh after."""


class Bench:
    """Two watched hosts: gnb also with every change told."""

    def __init__(self, gnb: Host, amf: Host, stack: ExitStack) -> None:
        self.gnb, self.amf = Watched(gnb), Watched(amf)
        self.every = Watched(gnb, every_change=True)
        self.stack = stack
        stack.enter_context(watching(self.gnb, self.amf, self.every))

    @property
    def all(self) -> tuple[Watched, ...]:
        return self.gnb, self.amf, self.every

    def begin(self) -> None:
        """Forget what happened so far."""
        read_for(0, self.all)
        for one in self.all:
            one.events.clear()

    def run(self, host: Host, kind: str, *options: str) -> Traffic:
        return self.stack.enter_context(traffic(host, kind, *options))


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with two_hosts(links=2, prefix="bpf-") as (gnb, amf), ExitStack() as stack:
        for host in (gnb, amf):
            sysctl(host, "net.sctp.hb_interval", 1000)
        yield Bench(gnb, amf, stack)


@pytest.fixture
def idle(bench: Bench) -> Iterator[Bench]:
    """Three associations that only beat: IPv4, IPv6, and a multi-homed one over both links."""
    gnb, amf = bench.gnb.host, bench.amf.host
    impair(gnb, 0, delay_ms=FIRST_MS)
    impair(gnb, 1, delay_ms=SECOND_MS)
    homes = ",".join(gnb.ipv4), ",".join(amf.ipv4)
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "5004"),
        traffic(amf, "echo", "--local", amf.ipv6[0], "--port", "5006"),
        traffic(amf, "echo", "--local", homes[1], "--port", "5002"),
        # Bound to one address each: else the peer would beat to all that the host has.
        traffic(gnb, "idle", "--local", gnb.ipv4[0], "--to", amf.ipv4[0], "--port", "5004"),
        traffic(gnb, "idle", "--local", gnb.ipv6[0], "--to", amf.ipv6[0], "--port", "5006"),
        traffic(gnb, "idle", "--local", homes[0], "--to", homes[1], "--port", "5002"),
    ):
        yield bench
    clear(gnb, 0)
    clear(gnb, 1)


def test_no_kernel_headers_are_here() -> None:
    assert not Path("/lib/modules", os.uname().release, "build").exists()
    assert not list(Path("/usr/src").glob("linux-headers-*"))


def test_every_attach_point_is_there(bench: Bench) -> None:
    for one in bench.all:
        states = one.probes.points()
        assert len(states) >= 28
        assert all(entry.state == "on" for entry in states), states


def test_heartbeats_are_timed_as_the_wire_saw_them(idle: Bench) -> None:
    hosts = idle.gnb, idle.amf
    read_for(4, idle.all)
    with Wire(idle.gnb.host) as gnb_wire, Wire(idle.amf.host) as amf_wire:
        for one in hosts:
            one.events.clear()
        begun = time.time()
        read_for(25, hosts)
        wires = gnb_wire.acks(), amf_wire.acks()
    for one, wire in zip(hosts, wires, strict=True):
        one.read()
        assert one.lost == 0
        told = [event for event in one.of("hb_rtt") if event.time.timestamp() > begun + 0.5]
        seen = [ack for ack in wire if ack.at_s > begun + 0.5]
        addresses = {ack.source for ack in seen}
        assert len(addresses) == 3, addresses
        last = min(max(event.time.timestamp() for event in told), max(ack.at_s for ack in seen))
        for address in addresses:
            acks = [ack.at_s for ack in seen if ack.source == address and ack.at_s <= last + 0.2]
            beats = [
                event for event in told if event.address == address and event.time.timestamp() <= last + 0.2
            ]
            print(one.host.name, address, len(acks), sorted(round(number(event), 3) for event in beats))
            assert len(beats) == len(acks) >= 5, (address, acks, [event.time for event in beats])
            for ack, event in zip(acks, beats, strict=True):
                assert abs(event.time.timestamp() - ack) < 0.1, (ack, event)
            second = address in (idle.gnb.host.ipv4[1], idle.amf.host.ipv4[1])
            least = SECOND_MS if second else FIRST_MS
            median = statistics.median(number(event) for event in beats)
            assert least <= median <= least + 5, (one.host.name, address, median)


def test_the_model_tells_each_path_apart(idle: Bench) -> None:
    """p50, n and the kernel's own value of each path; IPv4 and IPv6 ends and both homes."""
    model = Model()
    snapshot: Snapshot | None = None
    end = time.monotonic() + 12
    while time.monotonic() < end:
        snapshot = model.advance(idle.gnb.read())
        time.sleep(0.5)
    assert snapshot is not None
    found = {
        (row.association.remote_port, address): rtt
        for row in snapshot.rows
        for address, rtt in row.rtts.items()
    }
    assert len(found) == 4, list(found)
    for (port, address), rtt in found.items():
        summary = rtt.summary()
        assert summary is not None and summary.n >= 3
        least = SECOND_MS if address == idle.amf.host.ipv4[1] else FIRST_MS
        assert least <= summary.p50 <= least + 5, (port, address, summary)
        assert rtt.kernel_ms is not None and 0 <= rtt.kernel_ms <= least + 12
    # The same figures under the names of the table and of JSON.
    paths = [path for row in snapshot.rows for path in row.published().paths]
    assert len(paths) == 4 and all(path.hb_rtt_ms is not None for path in paths)
    assert all(path.hb_due_ms is not None and path.hb_due_ms < 4000 for path in paths)


def test_a_changed_delay_shows_within_two_heartbeats(idle: Bench) -> None:
    watched, address = idle.gnb, idle.amf.host.ipv6[0]
    read_for(3, [watched])
    impair(idle.gnb.host, 0, delay_ms=60)
    changed = datetime.now(UTC)
    read_for(9, [watched])
    after = [event for event in watched.of("hb_rtt") if event.address == address and event.time > changed]
    # One may have been under way when the delay changed.
    assert len(after) >= 2 and all(60 <= number(event) < 75 for event in after[1:]), after


def test_windows_of_all_paths_agree_with_the_kernel_at_rest(bench: Bench) -> None:
    gnb, amf = bench.gnb.host, bench.amf.host
    homes = ",".join(gnb.ipv4), ",".join(amf.ipv4)
    impair(gnb, 1, delay_ms=3 * SECOND_MS)
    with (
        traffic(amf, "echo", "--local", homes[1], "--port", "5003"),
        traffic(
            gnb,
            "request",
            "--local",
            homes[0],
            "--to",
            homes[1],
            "--port",
            "5003",
            "--count",
            "40",
            "--size",
            "4000",
            "--period",
            "0.02",
        ) as client,
    ):
        time.sleep(8)
        sample, observed = together(bench.gnb)
        (entry,) = (one for one in sample.associations if one.remote_port == 5003)
        (owner,) = client.associations()
        windows = {
            address: seen for (name, address), seen in observed.paths.items() if name[1] == entry.own_tag
        }
        peers = {peer["address"]: peer for peer in owner["peers"]}
        assert windows.keys() == peers.keys() == set(entry.remote_addresses) and len(windows) == 2
        for address, seen in windows.items():
            peer = peers[address]
            told = (seen.cwnd.now, seen.srtt, seen.pathmtu, seen.state)
            assert told == (peer["cwnd"], peer["srtt"], peer["mtu"], peer["state"]), address
        primary = windows[entry.primary or ""]
        assert (primary.cwnd.now, primary.ssthresh.now, primary.flight.now) == (
            entry.cwnd,
            entry.ssthresh,
            entry.flight,
        )
        assert entry.flight == 0
        assert len({(seen.cwnd.now, seen.srtt) for seen in windows.values()}) == 2, "one taken for the other"
        whole = bench.gnb.read()
        (entry,) = (one for one in whole.associations if one.remote_port == 5003)
        assert all(path.cwnd is not None and path.flight == 0 for path in entry.paths)
        assert entry.pathmtu == 1500 and entry.rwnd is not None and entry.rwnd_min is not None
    clear(gnb, 1)


def test_losses_are_told_as_the_kernel_counts_them(bench: Bench) -> None:
    gnb, amf = bench.gnb.host, bench.amf.host
    with traffic(amf, "sink", "--local", amf.ipv4[0], "--port", "5010"):
        # Slow enough for an emulated processor: a probe is skipped while another runs on the same one.
        impair(gnb, 0, delay_ms=5, loss_percent=3, rate="1mbit")
        bench.begin()
        before = nstat(gnb, "-az")
        with traffic(gnb, "bulk", "--to", amf.ipv4[0], "--port", "5010"):
            read_for(30, bench.all)
            clear(gnb, 0)
        read_for(4, bench.all)
        server = [event.text("change") for event in bench.amf.of("association")]
        assert server == ["NEW", "FREED"], "no temporary one that answered the INIT"
        counted = {name: value - before[name] for name, value in nstat(gnb, "-az").items()}
    for one in (bench.gnb, bench.every):
        assert one.lost == 0
        told = {
            "SctpT3RtxExpireds": len(one.of("t3_rtx")),
            "SctpT3Retransmits": len(one.of("retransmit", reason="T3_RTX")),
            "SctpFastRetransmits": len(one.of("retransmit", reason="FAST_RTX")),
        }
        print(told, {name: counted[name] for name in told})
        assert told == {name: counted[name] for name in told}
        assert told["SctpFastRetransmits"] >= 3
        assert [event.text("change") for event in one.of("association")] == ["NEW", "FREED"]
    cuts, same = (
        [shape(event) for event in one.of("cwnd") if event.details["cause"] in CUTS]
        for one in (bench.gnb, bench.every)
    )
    assert same_cuts(cuts, same) and any("FAST_RTX" in cut for cut in cuts)
    # Each change begins where the one before it ended: none was missed, none told twice.
    chain = [shape(event) for event in bench.every.of("cwnd") if event.remote_port == 5010]
    assert len(chain) > 20
    breaks = [pair for pair in itertools.pairwise(chain) if pair[0][2] != pair[1][1]]
    assert breaks == [] and all(change[1] != change[2] for change in chain)
    raises = [event for event in bench.gnb.of("cwnd", cause="RAISE") if event.remote_port == 5010]
    together, single = sum(int(number(event, "times")) for event in raises), count(chain, "RAISE")
    assert together == single > len(raises)
    windows = len(bench.every.of("window"))
    assert windows > single


def same_cuts(some: list[Change], others: list[Change]) -> bool:
    """Whether they are the same; says where not in few words."""
    differing = [pair for pair in zip(some, others, strict=False) if pair[0] != pair[1]]
    print(f"{len(some)} and {len(others)} cuts; differing: {differing[:3]}")
    return some == others


def count(chain: list[Change], cause: str) -> int:
    return sum(change[0] == cause for change in chain)


def test_a_path_that_fails_and_returns(bench: Bench) -> None:
    gnb, amf = bench.gnb.host, bench.amf.host
    homes = ",".join(gnb.ipv4), ",".join(amf.ipv4)
    for host in (gnb, amf):
        sysctl(host, "net.sctp.path_max_retrans", 1)
    with (
        traffic(amf, "echo", "--local", homes[1], "--port", "5011"),
        traffic(gnb, "idle", "--local", homes[0], "--to", homes[1], "--port", "5011"),
    ):
        bench.begin()
        set_link(gnb, 1, up=False)
        read_for(20, [bench.gnb])
        set_link(gnb, 1, up=True)
        read_for(20, [bench.gnb])
    moves = [
        (event.details["before"], event.details["after"])
        for event in bench.gnb.of("path")
        if event.address == amf.ipv4[1]
    ]
    print(moves)
    assert moves[0][0] == "ACTIVE" and moves[-1][1] == "ACTIVE", moves
    assert any("INACTIVE" in move for move in moves)


def test_data_rtts_are_counted_apart_from_heartbeats(bench: Bench) -> None:
    gnb, amf = bench.gnb.host, bench.amf.host
    impair(gnb, 0, delay_ms=FIRST_MS)
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "5012"),
        traffic(gnb, "request", "--to", amf.ipv4[0], "--port", "5012", "--period", "0.1"),
    ):
        model = Model()
        snapshot = model.advance(bench.gnb.read())
        for _ in range(16):
            time.sleep(0.5)
            snapshot = model.advance(bench.gnb.read())
    clear(gnb, 0)
    (row,) = (row for row in snapshot.rows if row.association.remote_port == 5012)
    rtt = row.rtts[amf.ipv4[0]]
    data = rtt.data_summary()
    assert data is not None and data.n >= 10
    assert data.min >= FIRST_MS * 0.96, data
    # An answer carries the SACK, so that no delayed one is in it: the median is that of the way.
    assert data.p50 <= FIRST_MS + 12, data
    beats = rtt.summary()
    assert beats is None or beats.n < data.n


def number(event: Event, name: str = "rtt_ms") -> float:
    value = event.number(name)
    assert value is not None, event
    return value


def shape(event: Event) -> Change:
    return tuple(event.details[name] for name in ("cause", "before", "after", "ssthresh_after"))


def together(watched: Watched) -> tuple[Sample, Observed]:
    """What sock_diag tells, and what the probes saw as it was asked."""
    with inside(watched.host):
        sample = LiveSource().read()
        clocks = Clocks(datetime.now(UTC), time.monotonic_ns(), JiffyClock(sample.hz))
        return sample, watched.probes.read(clocks)
