from __future__ import annotations

from pathlib import Path

import pytest

from sctptop.kernel.live import LiveSource
from sctptop.kernel.reading import namespace_reader
from sctptop.kernel.reading.asked import Batch, Changes, Pair
from sctptop.kernel.reading.diag.diag_records import ANY_STATE, DiagRecord
from sctptop.model.selection import OWN_NAMESPACE
from tests.unit.kernel.fake_proc import FakeProc

HEADING = (
    " ASSOC SOCK STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT LADDRS <-> RADDRS HBINT\n"
)


class FakeSockDiag:
    """A kernel whose answers the test decides."""

    records: list[DiagRecord]

    def dump(
        self, ports: tuple[int, int] = (0, 0), states: int = ANY_STATE, known: object = None
    ) -> list[DiagRecord]:
        return self.records if states == ANY_STATE else []

    def look_up(self, pairs: list[Pair], interface: int = 0) -> list[DiagRecord | None]:
        def found(pair: Pair) -> DiagRecord | None:
            same = (record for record in self.records if record.local_addresses[0] == pair[0][0])
            return next(same, None)

        return [found(pair) for pair in pairs]

    def again(self, batches: list[Batch]) -> Changes:
        changes = Changes()
        for asked in (one for batch in batches for one in batch.asked):
            (found,) = self.look_up([asked.pair])
            if found is None:
                changes.gone.append(asked)
            elif found != asked.record:
                asked.record = found
                changes.changed.append(asked)
        return changes

    def close(self) -> None:
        pass


def record(tag: int, local: str = "10.9.0.1") -> DiagRecord:
    return DiagRecord(
        family=2, state=3, timer=0, retransmits=0, local_port=5, remote_port=6, source=local, cookie=tag,
        expires=0, recv_queue=0, send_queue=0, uid=0, inode=tag, local_addresses=(local,),
        remote_addresses=("10.9.0.2",), info={"tag": tag, "peer_tag": 1, "p_cwnd": 7}, primary="10.9.0.2",
    )  # fmt: skip


def line(ident: int, local: str = "10.9.0.1") -> str:
    return f"a b 2 1 3 0 {ident} 0 0 0 1 5 6 *{local} <-> *10.9.0.2 \t 7500\n"


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> FakeSockDiag:
    fake = FakeSockDiag()
    monkeypatch.setattr(namespace_reader, "SockDiag", lambda: fake)
    return fake


def put(folder: Path, *lines: str) -> None:
    (folder / "assocs").write_text(HEADING + "".join(lines))
    for name in ("remaddr", "eps", "snmp"):
        (folder / name).write_text("")


def test_a_reconnect_on_the_same_ports_leaves_no_ghost(tmp_path: Path, kernel: FakeSockDiag) -> None:
    source = LiveSource(None, tmp_path, netns=OWN_NAMESPACE)
    for ident, tag in ((5, 11), (6, 22), (6, 22)):
        put(tmp_path, line(ident))
        kernel.records = [record(tag)]
        (entry,) = source.read().associations
        assert (entry.assoc_id, entry.own_tag) == (ident, tag)


def test_an_association_that_proc_passed_over_keeps_its_id(tmp_path: Path, kernel: FakeSockDiag) -> None:
    source = LiveSource(None, tmp_path, netns=OWN_NAMESPACE)
    kernel.records = [record(11)]
    put(tmp_path, line(5))
    source.read()
    put(tmp_path)
    (entry,) = source.read().associations
    assert (entry.assoc_id, entry.own_tag, entry.rtx_marked_chunks) == (5, 11, None)


def test_what_the_first_walk_passed_over_the_second_finds(
    tmp_path: Path, kernel: FakeSockDiag, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path)
    walks = iter([line(5), line(6, "10.9.0.3")])

    def read_text(folder: str, name: str) -> str:
        return HEADING + next(walks) if name == "assocs" else ""

    monkeypatch.setattr(namespace_reader, "read_text", read_text)
    # Nor did the dump tell it: only a look-up does.
    monkeypatch.setattr(kernel, "dump", lambda **_: [])
    kernel.records = [record(11), record(22, "10.9.0.3")]
    found = LiveSource(None, tmp_path, netns=OWN_NAMESPACE).read().associations
    assert {(entry.assoc_id, entry.own_tag) for entry in found} == {(5, 11), (6, 22)}


@pytest.mark.parametrize("by_name_above", [0, 128])
def test_look_ups_tell_two_associations_apart_by_their_local_address(
    tmp_path: Path, kernel: FakeSockDiag, monkeypatch: pytest.MonkeyPatch, by_name_above: int
) -> None:
    monkeypatch.setattr(namespace_reader, "EXACT_ABOVE", 0)
    monkeypatch.setattr(namespace_reader, "BY_NAME_ABOVE", by_name_above)
    source = LiveSource(None, tmp_path, netns=OWN_NAMESPACE)
    kernel.records = [record(11), record(22, "10.9.0.3")]
    put(tmp_path, line(5), line(6, "10.9.0.3"))
    for _ in range(4):
        found = source.read().associations
        assert {(entry.assoc_id, entry.own_tag, entry.cwnd) for entry in found} == {(5, 11, 7), (6, 22, 7)}


def test_an_association_is_told_with_the_process_that_owns_its_socket(
    tmp_path: Path, kernel: FakeSockDiag
) -> None:
    proc = FakeProc(tmp_path)
    proc.add(812, "amf", [11])
    source = LiveSource(None, tmp_path, proc.owners(), OWN_NAMESPACE)
    put(tmp_path, line(5))
    kernel.records = [record(11), record(22, "10.9.0.3")]
    found = {entry.inode: entry.process for entry in source.read().associations}
    assert found[11] is not None
    assert (found[11].pid, found[11].comm, found[22]) == (812, "amf", None)
