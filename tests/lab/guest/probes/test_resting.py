"""Where there are many chunks, what each packet hits is taken away, and comes back: the kernel tells its links."""

from __future__ import annotations

import json
import subprocess
import time
from itertools import pairwise

import pytest

from sctptop.kernel.probes import pace
from tests.lab.traffic.iperf import iperf_client, iperf_report, iperf_server
from tests.lab.witness.watching import Watch

FEW = 50
"""Chunks a second that count as many here: an emulated machine sends too few."""
REST_S = 3.0
PORT, SECONDS = 5302, 30


def links() -> int:
    while True:
        shown = subprocess.run(["bpftool", "-j", "link", "show"], check=False, capture_output=True, text=True)
        # It fails where one goes while it looks.
        if shown.returncode == 0:
            return len(json.loads(shown.stdout or "[]"))


def at_rest() -> int:
    """How many there are once those of programs that were closed are gone."""
    seen = [links()]
    while len(seen) < 4 or len(set(seen[-4:])) > 1:
        time.sleep(1)
        seen.append(links())
    return seen[-1]


def test_what_each_packet_hits_comes_and_goes(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "ABOVE", FEW)
    monkeypatch.setattr(pace, "LONG_REST_S", REST_S)
    others = at_rest()
    gnb, amf = watch.hosts
    with Watch(gnb, amf) as mine, iperf_server(amf, amf.ipv4[0], PORT):
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
    assert away == direct
    backs = [after for before, after in pairwise(there) if before < after]
    assert max(backs, default=whole if direct == 0 else 0) == whole
    assert any(share is not None and share < 1 for share in shares) and times > 0
