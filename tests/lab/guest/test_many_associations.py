"""A thousand associations while others come and go: all there, none twice, none lost."""

from __future__ import annotations

import time

import pytest

from sctptop.kernel import live
from sctptop.kernel.live import LiveSource
from sctptop.model.association import Key, identity
from sctptop.model.sample import Association
from sctptop.model.snapshot import Model
from tests.lab.hosts import Host, inside
from tests.lab.traffic_process import traffic

COUNT = 1000


@pytest.mark.parametrize("how", ["dump", "exact"])
def test_a_thousand_are_all_there(pair: tuple[Host, Host], how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gnb, amf = pair
    monkeypatch.setattr(live, "EXACT_ABOVE", 10_000 if how == "dump" else 0)
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "5000"),
        traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "6000"),
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--port", "5000", "--count", str(COUNT), timeout=180),
        traffic(gnb, "churn", "--to", amf.ipv4[0], "--port", "6000", "--period", "0.02") as churn,
    ):
        for host, port in ((gnb, "remote_port"), (amf, "local_port")):
            source, model = LiveSource("off"), Model()
            steady: set[Key] = set()
            before: dict[Key, Association] = {}
            coming = 0
            for _ in range(4):
                with inside(host):
                    sample = source.read()
                assert sample.sources["sock_diag"] == "ok"
                keys = [identity(entry) for entry in sample.associations]
                twice = len(keys) - len(set(keys))
                assert twice == 0
                idle = {
                    identity(entry): entry for entry in sample.associations if getattr(entry, port) == 5000
                }
                new, lost = idle.keys() - steady, steady - idle.keys()
                strangers = [idle[key] for key in new if steady] + [before[key] for key in lost]
                assert not strangers, strangers[:3]
                assert len(idle) == COUNT
                steady, before = set(idle), idle
                coming += len(keys) - COUNT
                ended = [row.association for row in model.advance(sample).rows if row.ended]
                wrong = [entry for entry in ended if getattr(entry, port) != 6000]
                assert not wrong, wrong[:3]
                blind = [entry for entry in idle.values() if not entry.cwnd]
                assert not blind, blind[:3]
                time.sleep(0.1)
            print(f"{host.name} {how}: reading took {sample.read_s * 1000:.0f} ms, {coming} others met")
            source.close()
        assert churn.ask("status")["closed"] > 10
