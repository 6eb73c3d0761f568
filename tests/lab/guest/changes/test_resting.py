"""Where there are many chunks, what each packet hits is taken away, and comes back."""

from __future__ import annotations

import contextlib
import time
from itertools import pairwise
from pathlib import Path

import pytest

from sctptop.kernel.probes import pace
from tests.lab.scenes.hosts import two_hosts
from tests.lab.traffic.iperf import iperf_client, iperf_report, iperf_server
from tests.lab.witness.watching import Watch

FEW = 50
"""Chunks a second that count as many here: an emulated machine sends too few."""
REST_S = 3.0
PORT, SECONDS = 5302, 30


def links() -> int:
    """Those that this process holds; one that another process still closes is none of them."""
    held = 0
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            held += str(entry.readlink()) in ("anon_inode:bpf_link", "anon_inode:bpf-link")
    return held


def test_what_each_packet_hits_comes_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "ABOVE", FEW)
    monkeypatch.setattr(pace, "LONG_REST_S", REST_S)
    others = links()
    with (
        two_hosts(prefix="rest-") as (gnb, amf),
        Watch(gnb, amf) as mine,
        iperf_server(amf, amf.ipv4[0], PORT),
    ):
        whole = links() - others
        ways = [state.how for state in mine.probes.points() if state.point.each_packet]
        direct = sum(how in ("fentry", "fexit") for how in ways)
        client = iperf_client(gnb, amf.ipv4[0], PORT, seconds=SECONDS)
        begun = time.monotonic()
        there, shares, times = [whole], [], 0
        while time.monotonic() < begun + SECONDS:
            _, observed = mine.read()
            shares.append(observed.followed)
            times += sum(
                number
                for (*_, local, remote), waits in observed.waits.items()
                if PORT in (local, remote)
                for bins in waits.values()
                for _, number in bins
            )
            there.append(links() - others)
            time.sleep(0.3)
        iperf_report(client)
    print(there, shares, times)
    away = whole - min(there)
    # They go one after the other, and are back for tenths of a second.
    assert away <= direct and (away > 0) == (direct > 0)
    assert direct == 0 or any(before < after for before, after in pairwise(there))
    assert any(share is not None and share < 1 for share in shares) and times > 0
