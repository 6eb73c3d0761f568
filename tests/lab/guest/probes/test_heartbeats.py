"""The probes on a real kernel: heartbeats against the wire, data RTTs apart from them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from sctptop.kernel.live import LiveSource
from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.selection import OWN_NAMESPACE
from sctptop.output.association_record import association_record
from tests.lab.guest.probes.beats import heartbeats, number
from tests.lab.guest.probes.conftest import FIRST_MS, SECOND_MS
from tests.lab.scenes.hosts import clear, impair, inside
from tests.lab.traffic.process import traffic
from tests.lab.witness.watching import Watch

WATCHES = 3
"""A kprobe is skipped while another runs on that processor, which an emulated one makes likely: one of so many watches
must be told without a gap."""
NEAR_MS = 10.0
"""Less than lies between the delays of the two links."""
JIFFIES_MS = 16.0
"""Four: the kernel counts whole ones, and an emulated machine is late with some (PATIENCE, bpf/rtt.c)."""
SOON = ("--rto", "300,300,2000")
"""A path beats after its interval and its RTO: with the kernel's second for the latter only every two seconds."""


@pytest.fixture
def idle(watch: Watch) -> Iterator[Watch]:
    """Three associations that only beat: IPv4, IPv6, and a multi-homed one over both links."""
    gnb, amf = watch.hosts
    impair(gnb, 0, delay_ms=FIRST_MS)
    impair(gnb, 1, delay_ms=SECOND_MS)
    homes = ",".join(gnb.ipv4), ",".join(amf.ipv4)
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "5004", *SOON),
        traffic(amf, "echo", "--local", amf.ipv6[0], "--port", "5006", *SOON),
        traffic(amf, "echo", "--local", homes[1], "--port", "5002", *SOON),
        # Bound to one address each: else the peer would beat to all that the host has.
        traffic(gnb, "idle", "--local", gnb.ipv4[0], "--to", amf.ipv4[0], "--port", "5004", *SOON),
        traffic(gnb, "idle", "--local", gnb.ipv6[0], "--to", amf.ipv6[0], "--port", "5006", *SOON),
        traffic(gnb, "idle", "--local", homes[0], "--to", homes[1], "--port", "5002", *SOON),
    ):
        yield watch
    clear(gnb, 0)
    clear(gnb, 1)


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
    told: dict[tuple[int | None, str | None], list[Event]] = {}
    end = time.monotonic() + 40
    while True:
        with inside(gnb):
            snapshot = model.advance(source.read())
        for event in snapshot.sample.events:
            if event.kind == "hb_rtt":
                told.setdefault((event.own_tag, event.address), []).append(event)
        found = {
            (row.association.own_tag, address): rtt
            for row in snapshot.rows
            for address, rtt in row.rtts.items()
        }
        if (
            len(found) == 4 and all(rtt.heartbeat.n >= 3 for rtt in found.values())
        ) or time.monotonic() > end:
            break
        time.sleep(0.5)
    assert snapshot.events_lost == 0
    assert len(found) == 4 and found.keys() <= told.keys(), list(found)
    for name, rtt in found.items():
        times = [number(event) for event in told[name]]
        # None before it is known how long a jiffy is.
        kernel = [event.number("kernel_rtt_ms") for event in told[name]]
        print(name, times, kernel)
        summary = rtt.summary()
        assert summary is not None and summary.n == len(times) >= 3
        assert (summary.min, summary.max, summary.last) == pytest.approx((min(times), max(times), times[-1]))
        # The middle of a bin.
        assert summary.p50 == pytest.approx(statistics.median_low(times), rel=0.05)
        assert rtt.kernel_ms is not None and rtt.kernel_ms == kernel[-1]
        both = [(ours, its) for ours, its in zip(times, kernel, strict=True) if its is not None]
        assert all(abs(ours - its) <= JIFFIES_MS for ours, its in both)
        least = SECOND_MS if name[1] == amf.ipv4[1] else FIRST_MS
        # Not the median of so few: a machine that reads twice a second is late for some of them.
        assert least <= min(times) <= least + NEAR_MS
    # The same figures as JSON publishes them.
    at_ns = snapshot.sample.monotonic_ns
    paths = [path for row in snapshot.rows for path in association_record(row, at_ns)["paths"]]
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

    def timed() -> list[float]:
        return [
            number(event)
            for event in idle.of(gnb, "hb_rtt")
            if event.address == amf.ipv6[0] and event.time > changed
        ]

    idle.read_until(lambda: len(timed()) >= 3, 9)
    after = timed()
    # One may have been under way when the delay changed.
    assert len(after) >= 2 and all(60 <= rtt < 75 for rtt in after[1:]), after


def test_data_rtts_are_counted_apart_from_heartbeats(watch: Watch) -> None:
    gnb, amf = watch.hosts
    impair(gnb, 0, delay_ms=FIRST_MS)
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "5012"),
        traffic(gnb, "request", "--to", amf.ipv4[0], "--port", "5012", "--period", "0.1"),
    ):
        model, source = Model(), LiveSource(watch.probes, netns=OWN_NAMESPACE)
        for _ in range(8):
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
