"""A thousand associations while others come and go: all there, none twice, none lost."""

from __future__ import annotations

import pytest

from sctptop.kernel.live import LiveSource
from sctptop.kernel.reading import namespace_reader
from sctptop.model.association import Association
from sctptop.model.associations.identity import Key, identity
from sctptop.model.model import Model
from sctptop.model.selection import OWN_NAMESPACE
from tests.lab.scenes.hosts import Host, inside
from tests.lab.traffic.process import traffic

COUNT = 1000


@pytest.mark.parametrize(("how", "end"), [("dump", "gnb"), ("exact", "amf")])
def test_a_thousand_are_all_there(
    pair: tuple[Host, Host], how: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gnb, amf = pair
    monkeypatch.setattr(namespace_reader, "EXACT_ABOVE", 10 * COUNT if how == "dump" else 0)
    source, model = LiveSource(netns=OWN_NAMESPACE), Model()
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "5000"),
        traffic(amf, "echo", "--local", amf.ipv4[0], "--port", "6000"),
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--port", "5000", "--count", str(COUNT), timeout=180),
        traffic(gnb, "churn", "--to", amf.ipv4[0], "--port", "6000", "--period", "0.02") as churn,
    ):
        steady: dict[Key, Association] = {}
        others = 0
        for turn in range(5):
            with inside(gnb if end == "gnb" else amf):
                sample = source.read()
            assert sample.sources["sock_diag"].ok
            keys = [identity(entry) for entry in sample.associations]
            assert len(keys) == len(set(keys)), "an association is told twice"
            idle = {identity(entry): entry for entry in sample.associations if not _comes_and_goes(entry)}
            assert (turn, len(idle)) == (turn, COUNT)
            changed = {**idle, **steady}.keys() - (idle.keys() & (steady or idle).keys())
            assert not changed, [{**idle, **steady}[key] for key in changed][:3]
            assert all(entry.cwnd for entry in idle.values())
            ended = [row.association for row in model.advance(sample).rows if row.ended]
            assert all(_comes_and_goes(entry) for entry in ended)
            steady = idle
            others += len(keys) - COUNT
        print(f"{end} {how}: reading took {sample.read_s * 1000:.0f} ms, {others} others met")
        assert churn.ask("status")["closed"] > 10
    source.close()


def _comes_and_goes(entry: Association) -> bool:
    return 6000 in (entry.local_port, entry.remote_port)
