"""One namespace read again and again while the kernel fails and mends: trouble is of one reading, and said."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from sctptop.kernel.reading import namespace_reader
from sctptop.kernel.reading.diag.diag_records import ANY_STATE, LISTEN, DiagRecord
from sctptop.kernel.reading.namespace_reader import NamespaceReader
from sctptop.kernel.reading.sockdiag import SockDiagError, _explained
from tests.unit.kernel.test_live import FakeSockDiag, line, put, record


class Kernel:
    """Opens sockets whose answers the test decides; ``trouble``: what each question meets instead."""

    def __init__(self) -> None:
        self.records = [record(11)]
        self.trouble: SockDiagError | None = None
        self.opened = self.closed = 0
        self.dumps: list[tuple[tuple[int, int], int]] = []

    def open(self) -> FakeSockDiag:
        kernel = self
        kernel.opened += 1

        class Socket(FakeSockDiag):
            def dump(
                self, ports: tuple[int, int] = (0, 0), states: int = ANY_STATE, known: object = None
            ) -> list[DiagRecord]:
                if kernel.trouble is not None:
                    raise kernel.trouble
                kernel.dumps.append((ports, states))
                if states == LISTEN:
                    return [one for one in kernel.records if one.state == 10]
                return [one for one in kernel.records if ports in ((0, 0), (one.local_port, one.remote_port))]

            def close(self) -> None:
                kernel.closed += 1

        made = Socket()
        made.records = [one for one in self.records if one.is_association]
        return made


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()
    monkeypatch.setattr(namespace_reader, "SockDiag", made.open)
    return made


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (errno.ENOBUFS, "error: the kernel ran out of buffers; reading again next time"),
        (errno.ENOENT, "error: module sctp_diag is not loaded (try: sudo modprobe sctp_diag)"),
        (errno.EAGAIN, "error: the kernel did not answer within 5 s"),
    ],
)
def test_what_fails_once_is_said_once_and_asked_anew(
    tmp_path: Path, kernel: Kernel, code: int, state: str
) -> None:
    reader = NamespaceReader(tmp_path, keep_open=True)
    put(tmp_path, line(5))
    assert [entry.assoc_id for entry in reader.read().lines] == [5]
    kernel.trouble = _explained(code)
    read = reader.read()
    assert (str(read.diag), read.records) == (state, [])
    # /proc still names it.
    assert [entry.assoc_id for entry in read.lines] == [5]
    # A socket that failed may hold stale answers.
    assert (kernel.opened, kernel.closed) == (1, 1)
    kernel.trouble = None
    read = reader.read()
    assert read.diag.ok and [entry.inode for entry in read.records] == [11]
    assert (kernel.opened, kernel.closed) == (2, 1)


def test_an_association_that_goes_between_proc_and_sock_diag_is_not_listed(
    tmp_path: Path, kernel: Kernel
) -> None:
    reader = NamespaceReader(tmp_path)
    put(tmp_path, line(5), line(6, "10.9.0.3"))
    read = reader.read()
    assert [entry.assoc_id for entry in read.lines] == [5]
    assert len(read.records) == 1


def test_a_file_that_cannot_be_read_is_reported_and_the_others_are(tmp_path: Path, kernel: Kernel) -> None:
    reader = NamespaceReader(tmp_path)
    put(tmp_path, line(5))
    (tmp_path / "remaddr").unlink()
    read = reader.read()
    assert str(read.procfs) == f"error: {tmp_path}/remaddr: No such file or directory"
    assert [entry.assoc_id for entry in read.lines] == [5] and read.diag.ok


def socket_of(association: DiagRecord, **changed: int) -> DiagRecord:
    """The record of its socket, with the ports that it has there."""
    made = replace(association, remote_addresses=(), info={"s_nodelay": 1, "s_autoclose": 7}, interface=4)
    return replace(made, **changed)  # type: ignore[arg-type]


def test_beyond_a_thousand_younger_sockets_are_asked_for_once_and_those_that_listen_each_time(
    tmp_path: Path, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespace_reader, "EXACT_ABOVE", 0)
    reader = NamespaceReader(tmp_path)
    old, young = record(11), replace(record(22, "10.9.0.3"), local_port=7)
    listening = socket_of(record(99), state=10, remote_port=0, recv_queue=3)
    kernel.records = [old, socket_of(old), listening]
    put(tmp_path, line(5))
    assert {one.cookie for one in reader.read().sockets} == {11, 99}
    kernel.records = [old, socket_of(old), young, socket_of(young), listening]
    put(tmp_path, line(5), line(6, "10.9.0.3").replace(" 5 6 ", " 7 6 "))
    for _ in range(2):
        read = reader.read()
        found = {one.cookie: one for one in read.records if not one.is_association}
        assert set(found) == {11, 22}
        assert (found[22].info["s_autoclose"], found[22].interface) == (7, 4)
        assert [(one.cookie, one.recv_queue) for one in read.sockets] == [(99, 3)]
    assert kernel.dumps == [
        ((0, 0), ANY_STATE), ((0, 0), LISTEN), ((7, 6), ANY_STATE), ((0, 0), LISTEN)
    ]  # fmt: skip
    # What is not in use any more is forgotten.
    kernel.records = [old, socket_of(old), listening]
    put(tmp_path, line(5))
    assert {one.cookie for one in reader.read().records if not one.is_association} == {11}
