"""The probes on a real kernel: heartbeats against the wire, windows against getsockopt, cuts against SNMP."""

from __future__ import annotations

import itertools
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from sctptop.kernel.live import LiveSource
from sctptop.model.event import CUTS, Event
from sctptop.model.model import Model
from sctptop.model.selection import OWN_NAMESPACE
from sctptop.output.association_record import association_record
from tests.lab.guest.probes.beats import heartbeats, number
from tests.lab.scenes.hosts import clear, impair, inside, set_link, sysctl, two_hosts
from tests.lab.traffic.process import traffic
from tests.lab.witness.other_tools import nstat
from tests.lab.witness.watching import Watch

FIRST_MS, SECOND_MS = 7.0, 20.0
"""Delays that the first and the second link add to each round trip."""
TRANSFERS = 3
"""A kprobe is skipped while another runs on that processor, which an emulated one makes likely: one of so many
transfers must be told without a gap."""
WATCHES = 3
"""The same of heartbeats."""


Change = tuple[object, ...]
"""Of a cwnd event: cause, before, after, ssthresh after."""


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    with two_hosts(links=2, prefix="bpf-") as (gnb, amf):
        for host in (gnb, amf):
            sysctl(host, "net.sctp.hb_interval", 1000)
        with Watch(gnb, amf) as watch:
            yield watch


@pytest.fixture
def idle(watch: Watch) -> Iterator[Watch]:
    """Three associations that only beat: IPv4, IPv6, and a multi-homed one over both links."""
    gnb, amf = watch.hosts
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
        yield watch
    clear(gnb, 0)
    clear(gnb, 1)


def test_every_attach_point_is_there(watch: Watch) -> None:
    states = watch.probes.points()
    assert len(states) >= 27
    assert all(entry.on for entry in states), states


def test_heartbeats_are_timed_as_the_wire_saw_them(idle: Watch) -> None:
    idle.read_for(4)
    for _ in range(WATCHES):
        untold, told = heartbeats(idle)
        print(untold, told)
        if not untold:
            break
    assert untold == []
    gnb, amf = idle.hosts
    assert len(told) == 6
    for (host, address), rtts in told.items():
        least = SECOND_MS if address in (gnb.ipv4[1], amf.ipv4[1]) else FIRST_MS
        assert least <= statistics.median(rtts) <= least + 5, (host, address, rtts)


def test_the_model_tells_each_path_apart(idle: Watch) -> None:
    """p50, n and the kernel's own value of each path; IPv4 and IPv6 ends and both homes."""
    gnb, amf = idle.hosts
    model, source = Model(), LiveSource(idle.probes, netns=OWN_NAMESPACE)
    end = time.monotonic() + 40
    while True:
        with inside(gnb):
            snapshot = model.advance(source.read())
        found = {
            (row.association.remote_port, address): rtt
            for row in snapshot.rows
            for address, rtt in row.rtts.items()
        }
        if (
            len(found) == 4 and all(rtt.heartbeat.n >= 3 for rtt in found.values())
        ) or time.monotonic() > end:
            break
        time.sleep(0.5)
    assert snapshot.events_lost == 0
    assert len(found) == 4, list(found)
    for (port, address), rtt in found.items():
        summary = rtt.summary()
        assert summary is not None and summary.n >= 3
        least = SECOND_MS if address == amf.ipv4[1] else FIRST_MS
        assert least <= summary.p50 <= least + 5, (port, address, summary)
        assert rtt.kernel_ms is not None and 0 <= rtt.kernel_ms <= least + 12
    # The same figures as JSON publishes them.
    paths = [path for row in snapshot.rows for path in association_record(row)["paths"]]
    assert len(paths) == 4 and all(path["hb_rtt_ms"] is not None for path in paths)
    assert all(path["hb_due_ms"] is not None and path["hb_due_ms"] < 4000 for path in paths)
    entries = [row.association for row in snapshot.rows]
    assert all(entry.rwnd is not None and entry.pathmtu == 1500 for entry in entries)
    assert all(path.cwnd is not None and path.flight == 0 for entry in entries for path in entry.paths)


def test_a_changed_delay_shows_within_two_heartbeats(idle: Watch) -> None:
    gnb, amf = idle.hosts
    idle.read_for(3)
    impair(gnb, 0, delay_ms=60)
    changed = datetime.now(timezone.utc)
    idle.read_for(9)
    after = [
        number(event)
        for event in idle.of(gnb, "hb_rtt")
        if event.address == amf.ipv6[0] and event.time > changed
    ]
    # One may have been under way when the delay changed.
    assert len(after) >= 2 and all(60 <= rtt < 75 for rtt in after[1:]), after


def test_windows_of_all_paths_agree_with_the_kernel_at_rest(watch: Watch) -> None:
    gnb, amf = watch.hosts
    homes = ",".join(gnb.ipv4), ",".join(amf.ipv4)
    impair(gnb, 1, delay_ms=3 * SECOND_MS)
    asked = ("--count", "40", "--size", "4000", "--period", "0.02")
    with (
        traffic(amf, "echo", "--local", homes[1], "--port", "5003"),
        traffic(gnb, "request", "--local", homes[0], "--to", homes[1], "--port", "5003", *asked) as client,
    ):
        time.sleep(8)
        samples, observed = watch.read()
        (entry,) = (one for one in samples[gnb.name].associations if one.remote_port == 5003)
        (owner,) = client.associations()
    clear(gnb, 1)
    windows = {address: seen for (name, address), seen in observed.paths.items() if name[1] == entry.own_tag}
    peers = {peer["address"]: peer for peer in owner["peers"]}
    assert windows.keys() == peers.keys() == set(entry.remote_addresses) and len(windows) == 2
    for address, seen in windows.items():
        peer = peers[address]
        told = (seen.cwnd.now, seen.srtt, seen.pathmtu, seen.state)
        assert told == (peer["cwnd"], peer["srtt"], peer["mtu"], peer["state"]), address
    primary = windows[entry.primary or ""]
    assert (primary.cwnd.now, primary.ssthresh.now) == (entry.cwnd, entry.ssthresh)
    assert primary.flight.now == entry.flight == 0
    assert len({(seen.cwnd.now, seen.srtt) for seen in windows.values()}) == 2, "one taken for the other"


def test_losses_are_told_as_the_kernel_counts_them(watch: Watch) -> None:
    gnb, amf = watch.hosts
    for _ in range(TRANSFERS):
        with traffic(amf, "sink", "--local", amf.ipv4[0], "--port", "5010"):
            counted = lossy_transfer(watch)
        told = {
            "SctpT3RtxExpireds": len(watch.of(gnb, "t3_rtx")),
            "SctpT3Retransmits": len(watch.of(gnb, "retransmit", reason="T3_RTX")),
            "SctpFastRetransmits": len(watch.of(gnb, "retransmit", reason="FAST_RTX")),
        }
        counted = {name: counted[name] for name in told}
        print(told, counted)
        assert watch.lost == 0
        if told == counted:
            break
    assert told == counted
    assert told["SctpFastRetransmits"] >= 3
    for host in (gnb, amf):
        # No temporary one that answered the INIT is among them.
        life = [(event.text("change"), event.own_tag) for event in watch.of(host, "association")]
        assert [change for change, _ in life] == ["NEW", "FREED"], (host.name, life)
    cuts = [event for event in watch.of(gnb, "cwnd") if event.details["cause"] in CUTS]
    assert any(event.details["cause"] == "FAST_RTX" for event in cuts)
    assert all(
        event.details["before"] != event.details["after"] and event.details["times"] == 1 for event in cuts
    )
    # Rises come as one event an interval.
    assert 0 < len(watch.of(gnb, "cwnd", cause="RAISE")) <= 45


def lossy_transfer(watch: Watch) -> dict[str, int]:
    """Half a minute of data under 3 % loss; what the sender's counters gained."""
    gnb, amf = watch.hosts[0], "10.9.0.2"
    # Slow enough for an emulated processor: a probe is skipped while another runs on the same one.
    impair(gnb, 0, delay_ms=5, loss_percent=3, rate="1mbit")
    watch.begin()
    before = nstat(gnb, "-az")
    with traffic(gnb, "bulk", "--to", amf, "--port", "5010"):
        watch.read_for(30)
    watch.read_for(6)
    clear(gnb, 0)
    watch.read_for(2)
    return {name: value - before[name] for name, value in nstat(gnb, "-az").items()}


def test_a_path_that_fails_and_returns(watch: Watch) -> None:
    gnb, amf = watch.hosts
    homes = ",".join(gnb.ipv4), ",".join(amf.ipv4)
    for host in (gnb, amf):
        sysctl(host, "net.sctp.path_max_retrans", 1)
    with (
        traffic(amf, "echo", "--local", homes[1], "--port", "5011"),
        traffic(gnb, "idle", "--local", homes[0], "--to", homes[1], "--port", "5011"),
    ):
        watch.begin()
        set_link(gnb, 1, up=False)
        watch.read_until(lambda: watch.of(gnb, "path", after="INACTIVE"))
        set_link(gnb, 1, up=True)
        watch.read_until(lambda: watch.of(gnb, "path", before="INACTIVE", after="ACTIVE"))
    moves = [
        (event.details["before"], event.details["after"])
        for event in watch.of(gnb, "path")
        if event.address == amf.ipv4[1]
    ]
    print(moves)
    assert moves[0][0] == "ACTIVE" and moves[-1][1] == "ACTIVE", moves
    assert any("INACTIVE" in move for move in moves)


def test_data_rtts_are_counted_apart_from_heartbeats(watch: Watch) -> None:
    gnb, amf = watch.hosts
    impair(gnb, 0, delay_ms=FIRST_MS)
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "5012"),
        traffic(gnb, "request", "--to", amf.ipv4[0], "--port", "5012", "--period", "0.1"),
    ):
        model, source = Model(), LiveSource(watch.probes, netns=OWN_NAMESPACE)
        for _ in range(16):
            with inside(gnb):
                snapshot = model.advance(source.read())
            time.sleep(0.5)
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


def test_every_change_begins_where_the_one_before_it_ended(watch: Watch) -> None:
    """So none was missed, and none told twice: each cut is there once."""
    gnb, amf = watch.hosts
    watch.probes.close()
    with Watch(gnb, every_change=True) as every:
        for _ in range(TRANSFERS):
            with traffic(amf, "sink", "--local", amf.ipv4[0], "--port", "5010"):
                counted = lossy_transfer(every)
            chain = [shape(event) for event in every.of(gnb, "cwnd") if event.remote_port == 5010]
            breaks = [pair for pair in itertools.pairwise(chain) if pair[0][2] != pair[1][1]]
            print(breaks, every.lost)
            if not breaks and not every.lost:
                break
    assert (breaks, every.lost) == ([], 0) and all(change[1] != change[2] for change in chain)
    causes = Counter(change[0] for change in chain)
    print(causes, counted)
    assert causes["RAISE"] > 20
    # In fast recovery a further fast retransmission leaves cwnd as it is (RFC 9260 section 7.2.4).
    assert 0 < causes["FAST_RTX"] <= counted["SctpFastRetransmits"]
    assert causes["T3_RTX"] <= counted["SctpT3Retransmits"]
    assert len(every.of(gnb, "window")) > causes["RAISE"]


def shape(event: Event) -> Change:
    return tuple(event.details[name] for name in ("cause", "before", "after", "ssthresh_after"))
