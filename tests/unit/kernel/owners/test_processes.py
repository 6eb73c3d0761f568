from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.kernel.owners import descriptors, processes
from sctptop.kernel.owners.descriptors import read_stat
from sctptop.kernel.owners.processes import KERNEL, REFRESH_S, SHARE, Owners
from tests.unit.kernel.fake_proc import FakeProc


@pytest.fixture
def proc(tmp_path: Path) -> FakeProc:
    return FakeProc(tmp_path)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many processes each search looked into."""
    counts: list[int] = []
    original = descriptors.holders

    def counting(proc: Path, pids: list[int], inodes: set[int]) -> descriptors.Holders:
        counts.append(len(pids))
        return original(proc, pids, inodes)

    monkeypatch.setattr(processes, "holders", counting)
    return counts


def test_an_owner_with_all_that_is_told_of_it(proc: FakeProc) -> None:
    proc.add(812, "open5gs-amfd", [501], cgroup="0::/system.slice/open5gs-amfd.service\n")
    found = proc.owners().of([501])[501]
    assert (found.pid, found.comm, found.unit) == (812, "open5gs-amfd", "open5gs-amfd.service")
    assert (found.container, found.runtime, found.shared_by) == (None, None, 1)
    uid = os.getuid()
    assert found.user == ("root" if uid == 0 else str(uid))


def test_no_inode_is_no_owner_and_reads_nothing(proc: FakeProc, looks: list[int]) -> None:
    assert proc.owners().of([0, None]) == {}
    assert looks == []


def test_what_is_known_is_not_searched_for_again(proc: FakeProc, looks: list[int]) -> None:
    proc.add(812, "amf", [501, 502])
    owners = proc.owners()
    for _ in range(5):
        proc.now += 1
        assert {found.pid for found in owners.of([501, 502]).values()} == {812}
    assert looks == [2]


def test_a_new_socket_of_a_known_owner_is_found_there(proc: FakeProc, looks: list[int]) -> None:
    proc.add(812, "amf", [501])
    owners = proc.owners()
    owners.of([501])
    proc.open(812, 9, 502)
    assert owners.of([501, 502])[502].pid == 812
    assert looks == [2, 1]


def test_the_oldest_of_those_that_share_is_the_owner(proc: FakeProc) -> None:
    proc.add(300, "worker", [501], started=900)
    proc.add(812, "amf", [501], started=100)
    proc.add(813, "worker", [501], started=900)
    found = proc.owners().of([501])[501]
    assert (found.pid, found.shared_by) == (812, 3)


def test_an_owner_that_ended_or_closed_leaves_the_socket_to_the_next(proc: FakeProc) -> None:
    proc.add(812, "amf", [501])
    proc.add(813, "child", [501])
    proc.add(814, "grandchild", [501])
    owners = proc.owners()
    assert owners.of([501])[501].pid == 812
    proc.end(812)
    assert owners.of([501])[501].pid == 813
    proc.close(813, 3)
    assert (owners.of([501])[501].pid, owners.of([501])[501].shared_by) == (814, 1)


def test_a_pid_used_again_is_another_process(proc: FakeProc) -> None:
    proc.add(812, "amf", [501], started=50)
    owners = proc.owners()
    owners.of([501])
    proc.end(812)
    proc.add(812, "smf", [501], started=70)
    assert owners.of([501])[501].comm == "smf"


def test_exec_gives_a_new_name(proc: FakeProc) -> None:
    proc.add(812, "sh", [501])
    owners = proc.owners()
    assert owners.of([501])[501].comm == "sh"
    proc.rename(812, "amf", 812)
    assert owners.of([501])[501].comm == "amf"


def test_the_kernel_owns_what_two_searches_of_everything_did_not_find(
    proc: FakeProc, looks: list[int]
) -> None:
    owners = proc.owners()
    assert owners.of([501]) == {}
    for _ in range(3):
        assert owners.of([501]) == {501: KERNEL}
    assert looks == [1, 0, 1]
    proc.add(812, "late", [501])
    proc.now += REFRESH_S
    assert owners.of([501])[501].pid == 812


def test_who_does_not_see_every_process_cannot_tell(proc: FakeProc, monkeypatch: pytest.MonkeyPatch) -> None:
    blind, hidden, refused = proc.owners(seen=False), proc.owners(), proc.owners()
    for _ in range(3):
        assert blind.of([501]) == {}
    original = os.open

    def refusing(path: str, *arguments: int, **more: int) -> int:
        if str(path).endswith("/1/fd"):
            raise PermissionError
        return original(path, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refusing)
        for _ in range(3):
            assert refused.of([501]) == {}
    proc.end(1)
    for _ in range(3):
        assert hidden.of([501]) == {}


def test_a_search_takes_its_share_of_the_time_and_no_more(
    proc: FakeProc, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = descriptors.holders

    def slow(proc_path: Path, pids: list[int], inodes: set[int]) -> descriptors.Holders:
        proc.now += 0.5
        return original(proc_path, pids, inodes)

    monkeypatch.setattr(processes, "holders", slow)
    proc.add(812, "amf", [501])
    owners = proc.owners()
    owners.of([501])
    proc.open(812, 4, 502)
    proc.now += 0.4 * SHARE
    assert set(owners.of([501, 502])) == {501}
    proc.now += 0.2 * SHARE
    assert set(owners.of([501, 502])) == {501, 502}


def test_more_owners_than_one_reading_checks_are_checked_in_turn(
    proc: FakeProc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "CHECKED", 2)
    proc.add(812, "amf", range(501, 506))
    owners = proc.owners()
    owners.of(range(501, 506))
    proc.end(812)
    known = [len(owners.of(range(501, 506)))]
    # A search would clear the rest at once.
    monkeypatch.setattr(owners, "_worth_a_search", lambda inode: False)
    known += [len(owners.of(range(501, 506))) for _ in range(3)]
    assert known[-1] == 0


def test_processes_that_vanish_or_make_no_sense_do_no_harm(proc: FakeProc) -> None:
    for pid in (20, 21, 22):
        proc.add(pid, "x", [501])
    (proc.path / "20/stat").unlink()
    (proc.path / "21/stat").write_text("21 (x")
    (proc.path / "22/fd/4").write_text("no link")
    (proc.path / "23").mkdir()
    (proc.path / "24").write_text("")
    assert proc.owners().of([501])[501].pid == 22
    assert Owners(proc.path / "none", now=lambda: 0.0).of([501]) == {}


def test_a_name_cannot_move_the_cursor(proc: FakeProc) -> None:
    proc.add(812, "a) \x1b[2J (b\udcff", [501])
    assert proc.owners().of([501])[501].comm == "a) ?[2J (b\ufffd"


@given(st.binary(max_size=60))
def test_any_stat_is_read_without_harm(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    folder = tmp_path_factory.getbasetemp() / "stats"
    (folder / "5").mkdir(parents=True, exist_ok=True)
    for line in (text, b"5 (" + text + b") S" + b" 1" * 18 + b" 44 0"):
        (folder / "5/stat").write_bytes(line)
        stat = read_stat(folder, 5)
    assert stat is not None
    assert (stat.comm, stat.started) == (text, 44)


def test_the_real_proc_knows_our_own_socket_and_a_child_that_shares_it() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mine:
        inode = os.fstat(mine.fileno()).st_ino
        found = Owners().of([inode])[inode]
        assert (found.pid, found.shared_by) == (os.getpid(), 1)
        assert found.comm
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[mine.fileno()]):
            found = Owners().of([inode])[inode]
            assert (found.pid, found.shared_by) == (os.getpid(), 2)
