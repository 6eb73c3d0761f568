"""Asking for each association by name again, on a real kernel: the values of a reader that asks for all anew."""

from __future__ import annotations

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.session import NOTHING
from sctptop.kernel.reading.associations import merge
from sctptop.kernel.reading.namespace_reader import EXACT_ABOVE, NamespaceReader
from sctptop.kernel.reading.sockdiag import SockDiag
from sctptop.model.association import Association
from sctptop.model.attributes import names_of
from tests.lab.scenes.hosts import Host, inside
from tests.lab.traffic.process import traffic

COUNT = 2 * EXACT_ABOVE
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


def test_by_name_and_anew_say_the_same(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(gnb, "idle", "--to", amf.ipv4[0], "--count", str(COUNT), timeout=120),
    ):
        for host in (gnb, amf):
            with inside(host):
                by_name = NamespaceReader(keep_open=True)
                first = read(by_name)
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
                same = sum(again[tag] is entry for tag, entry in first.items())
                print(f"{same} of {COUNT} are the objects of the first reading")
                assert same > COUNT / 2
                listening = SockDiag().listening()
                assert not any(record.is_association for record in listening)
                assert {record.local_port for record in listening} == ({38412} if host is amf else set())
                by_name.close()


def test_only_endpoints_answer_when_those_that_listen_are_asked_for(pair: tuple[Host, Host]) -> None:
    _, amf = pair
    with traffic(amf, "echo", "--local", amf.ipv4[0]), inside(amf):
        asked = SockDiag()
        (record,) = asked.listening()
        assert record.state == 10 and not record.is_association
        asked.close()
