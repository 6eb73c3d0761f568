"""A storm of connects: its rate against the kernel's own count, and the peers that make it."""

from __future__ import annotations

import re
import time

from sctptop.model.model import Model
from sctptop.model.peers.connects import STORM_PER_S
from tests.lab.scenes.hosts import two_hosts
from tests.lab.traffic.process import traffic
from tests.lab.witness.registering import Bench

SECONDS = 15.0
PORT = 5000


def test_a_storm_has_the_rate_that_the_kernel_counts(bench: Bench) -> None:
    with two_hosts(prefix="storm-") as (gnb, amf):
        words = ("--port", str(PORT), "--nodelay")
        with (
            traffic(amf, "echo", "--local", amf.ipv4[0], *words),
            traffic(gnb, "churn", "--to", amf.ipv4[0], "--period", "0", *words),
            traffic(gnb, "churn", "--to", amf.ipv4[0], "--period", "0", *words),
        ):
            bench.source.read()
            model, end, said = Model(), time.monotonic() + SECONDS, []
            while time.monotonic() < end:
                snapshot = model.advance(bench.source.read())
                said += [one for one in snapshot.advice if one.rule == "storm"]
                time.sleep(max(0.0, 1.0 - snapshot.sample.read_s))
    here = snapshot.namespaces
    labels = {snapshot.namespace_label(netns): netns for netns in here}
    passive = {row.name: row for row in snapshot.counters[labels["storm-amf"]]}["SctpPassiveEstabs"]
    peers = [peer for peer in snapshot.peers.values() if peer.netns == labels["storm-amf"]]
    print(passive.since_reset, [(peer.key, peer.attempts) for peer in peers], snapshot.events_lost)
    assert [peer.key for peer in peers] == [(labels["storm-amf"], gnb.ipv4[0], PORT, False)]
    told = [one for one in said if one.peer == (labels["storm-amf"], "*", PORT, False)]
    rate = (passive.since_reset or 0) / snapshot.now_s
    assert rate > 1.2 * STORM_PER_S, f"only {rate:.0f} connects a second here: no storm could be made"
    assert told, said
    found = re.match(
        rf"(\d+) associations begin a second .*; most: {gnb.ipv4[0]} \(to port {PORT} here\)", told[-1].seen
    )
    assert found and 0.6 < int(found[1]) / rate < 1.6, (told[-1].seen, rate)
