"""Asking for each association by name again, on a real kernel: the values of a reader that asks for all anew."""

from __future__ import annotations

from contextlib import closing

import pytest

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.observed import NOTHING
from sctptop.kernel.reading import namespace_reader
from sctptop.kernel.reading.associations import merge
from sctptop.kernel.reading.diag.diag_records import LISTEN
from sctptop.kernel.reading.namespace_reader import BY_NAME_ABOVE, NamespaceReader
from sctptop.kernel.reading.sockdiag import SockDiag
from sctptop.model.association import Association
from sctptop.model.attributes import names_of
from tests.lab.scenes.hosts import Host, inside
from tests.lab.traffic.process import traffic

COUNT = 2 * BY_NAME_ABOVE
ATTEMPTS = 10


def read(reader: NamespaceReader) -> dict[int | None, Association]:
    found = merge(1, reader.read().rows, JiffyClock(250), NOTHING, {}, None, None)
    return {entry.own_tag: entry for entry in found}


def differences(one: Association, other: Association) -> list[tuple[str, object, object]]:
    return [
        (name, getattr(one, name), getattr(other, name))
        for name in names_of(Association)
        if getattr(one, name) != getattr(other, name)
    ]


@pytest.mark.parametrize("exact_above", [BY_NAME_ABOVE, 10 * COUNT])
def test_by_name_and_anew_say_the_same(
    pair: tuple[Host, Host], exact_above: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespace_reader, "EXACT_ABOVE", exact_above)
    gnb, amf = pair
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--count", str(COUNT), timeout=120),
    ):
        for host in (gnb, amf):
            with inside(host):
                by_name = NamespaceReader(keep_open=True)
                read(by_name)
                different: list[object] = []
                for attempt in range(ATTEMPTS):
                    again, walked_at = read(by_name), by_name._walk_at
                    anew = read(NamespaceReader())
                    assert again.keys() == anew.keys() and len(again) == COUNT
                    print(f"attempt {attempt}")
                    different = [
                        differences(again[tag], anew[tag]) for tag in again if again[tag] != anew[tag]
                    ]
                    if not different:
                        break
                # A heartbeat may come between the two.
                assert not different, different[:3]
                assert by_name._batches and walked_at
                same = 0
                for _ in range(ATTEMPTS):
                    # Between two readings, for heartbeats go on.
                    before, again = again, read(by_name)
                    same = max(same, sum(again[tag] is entry for tag, entry in before.items()))
                print(f"{same} of {COUNT} are the objects of the reading before")
                assert same > COUNT / 2
                with closing(SockDiag()) as asked:
                    listening = asked.dump(states=LISTEN)
                assert not any(record.is_association for record in listening)
                assert {record.local_port for record in listening} == ({38412} if host is amf else set())
                by_name.close()


def test_only_endpoints_answer_when_those_that_listen_are_asked_for(pair: tuple[Host, Host]) -> None:
    _, amf = pair
    with traffic(amf, "echo", "--local", amf.ipv4[0]), inside(amf):
        with closing(SockDiag()) as asked:
            (record,) = asked.dump(states=LISTEN)
        assert record.state == 10 and not record.is_association
