"""A storm of connects: its rate against the count of who makes it, and the peer that it goes to."""

from __future__ import annotations

import re
import time

from sctptop.model.model import Model
from sctptop.model.peers.connects import STORM_PER_S
from tests.lab.scenes.hosts import two_hosts
from tests.lab.traffic.process import traffic
from tests.lab.witness.registering import Bench

SECONDS = 15.0
PORT = 5999
"""Nobody listens there, so that an emulated processor makes many."""


def test_a_storm_has_the_rate_at_which_connects_are_made(bench: Bench) -> None:
    with two_hosts(prefix="storm-") as (gnb, amf):
        words = ("knock", "--to", amf.ipv4[0], "--port", str(PORT), "--period", "0")
        with traffic(gnb, *words) as knocking:
            bench.source.read()
            model, began, said = Model(), time.monotonic(), []
            before = knocking.ask("status")["errors"]
            while time.monotonic() < began + SECONDS:
                snapshot = model.advance(bench.source.read())
                said += [one for one in snapshot.advice if one.rule == "storm"]
                time.sleep(max(0.0, 1.0 - snapshot.sample.read_s))
            rate = (knocking.ask("status")["errors"] - before) / (time.monotonic() - began)
    assert rate > 1.2 * STORM_PER_S, f"only {rate:.0f} connects a second here: no storm could be made"
    netns = {snapshot.namespace_label(one): one for one in snapshot.namespaces}["storm-gnb"]
    told = [one for one in said if one.peer == (netns, "*", PORT, True)]
    assert told, said
    whom = rf"(\d+) associations begin a second .*; most: {amf.ipv4[0]}:{PORT} "
    found = re.match(whom, told[-1].seen)
    assert found and 0.6 < int(found[1]) / rate < 1.6, (told[-1].seen, rate)
