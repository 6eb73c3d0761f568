"""Sockets of other processes lead to namespaces: each is asked once, none of ours ever, and refusals are reported."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sctptop.kernel.namespaces import held_netns
from sctptop.kernel.namespaces.foreign_sockets import ForeignSocket
from sctptop.kernel.namespaces.held_netns import Held, HeldNamespaces
from sctptop.kernel.namespaces.netns import Found
from sctptop.kernel.owners.descriptors import sockets_of
from tests.unit.kernel.fake_proc import FakeProc

OURS = 4711
REFUSED = "error: the sockets of process 70 may not be looked at"
KNOWN, KEPT = 4026531840, 4026532295


class Sockets:
    """A host's sockets, which answer as the test wants; ``named`` and ``held`` count who was asked for what."""

    def __init__(self, folder: Path) -> None:
        self.proc = FakeProc(folder)
        (self.proc.path / "self/ns/pid").unlink()
        (self.proc.path / "self/ns").rmdir()
        (self.proc.path / "self").rmdir()
        (self.proc.path / "self").symlink_to(str(OURS))
        self.files = folder
        self.protocols: dict[int, str] = {}
        self.netns: dict[int, int] = {}
        self.listed: dict[int, set[int]] = {}
        self.refuse: dict[int, int] = {}
        self.named: list[int] = []
        self.held: list[int] = []
        self.finder = HeldNamespaces(lambda found: self.listed.get(found.inode, set()), self.proc.path)

    def add(self, pid: int, *inodes: int, protocol: str = "SCTP", netns: int = KNOWN) -> None:
        self.proc.add(pid, "amf", inodes)
        for inode in inodes:
            self.protocols[inode], self.netns[inode] = protocol, netns

    def protocol(self, proc: Path, at: ForeignSocket) -> str:
        self.named.append(at.inode)
        self._refuse(at.inode)
        return self.protocols[at.inode]

    def open_netns(self, at: ForeignSocket) -> int:
        self.held.append(at.inode)
        self._refuse(-at.inode)
        file = self.files / f"netns{self.netns[at.inode]}"
        file.touch()
        return os.open(file, os.O_RDONLY)

    def _refuse(self, inode: int) -> None:
        if code := self.refuse.get(inode):
            raise OSError(code, os.strerror(code))

    def inode(self, netns: int) -> int:
        """By which the stand-in of a namespace is known."""
        file = self.files / f"netns{netns}"
        file.touch()
        return file.stat().st_ino

    def look(self) -> Held:
        known = self.inode(KNOWN)
        return self.finder.look({known: Found(known, lambda: -1)})


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sockets:
    made = Sockets(tmp_path)
    monkeypatch.setattr(held_netns, "protocol", made.protocol)
    monkeypatch.setattr(held_netns, "open_netns", made.open_netns)
    return made


def test_a_socket_leads_to_a_namespace_that_nothing_else_shows(host: Sockets) -> None:
    host.add(70, 11, netns=KNOWN)
    host.add(81, 22, 23, netns=KEPT)
    held = host.look()
    (found,) = held.found.values()
    assert (found.inode, found.pid, held.state.ok) == (host.inode(KEPT), 81, True)
    descriptor = found.open()
    assert os.fstat(descriptor).st_ino == found.inode
    os.close(descriptor)


def test_each_is_asked_once_in_its_life_and_none_but_sctp_is_held(host: Sockets) -> None:
    host.add(70, 11, netns=KEPT)
    host.add(71, *range(100, 200), protocol="XDP")
    host.add(72, *range(300, 310), protocol="SCTPv6")
    for _ in range(3):
        assert host.look().found.keys() == {host.inode(KEPT)}
    assert sorted(host.named) == [11, *range(100, 200), *range(300, 310)]
    assert sorted(host.held) == [11, *range(300, 310)]
    host.proc.close(70, 3)
    assert host.look().found == {}
    host.add(73, 11, protocol="TCP")
    assert host.look().found == {}, "the number came to another socket"
    assert sorted(host.held) == [11, *range(300, 310)]


def test_what_a_namespace_lists_is_not_held(host: Sockets) -> None:
    host.add(70, 11, 12, netns=KNOWN)
    host.add(81, 22, 23, 24, netns=KEPT)
    host.listed = {host.inode(KNOWN): {11, 12}, host.inode(KEPT): {22, 23}}
    assert host.look().found.keys() == {host.inode(KEPT)}
    assert len(host.held) <= 2 and not {11, 12} & set(host.held)
    host.look()
    assert len(host.held) <= 2


def test_another_way_in_is_taken_when_one_is_closed(host: Sockets) -> None:
    host.add(81, 22, 23, netns=KEPT)
    (found,) = host.look().found.values()
    host.refuse[-22] = errno.EBADF
    os.close(found.open())
    host.refuse[-23] = errno.ESRCH
    with pytest.raises(ProcessLookupError):
        found.open()
    host.refuse[-22] = errno.EMFILE
    with pytest.raises(OSError, match="Too many open files"):
        found.open()


def test_neither_our_own_process_nor_its_children_are_asked(host: Sockets) -> None:
    host.add(OURS, 11, netns=KEPT)
    host.add(4712, 12, netns=KEPT)
    stat = host.proc.path / "4712/stat"
    stat.write_text(stat.read_text().replace("S 1 ", f"S {OURS} "))
    assert host.look().found == {}
    assert (host.named, host.held) == ([12], [])


@pytest.mark.parametrize("code", [errno.ENOENT, errno.ESRCH, errno.EBADF])
@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_gone_is_no_trouble(host: Sockets, code: int, sign: int) -> None:
    host.add(70, 11, netns=KEPT)
    host.add(81, 22, netns=KEPT)
    host.refuse[sign * 11] = code
    held = host.look()
    assert held.found.keys() == {host.inode(KEPT)} and held.state.ok


@pytest.mark.parametrize(
    ("code", "goes_on", "text"),
    [
        (errno.EPERM, True, f"{REFUSED}: Operation not permitted"),
        (errno.EACCES, True, f"{REFUSED}: Permission denied"),
        (errno.EOPNOTSUPP, True, f"{REFUSED}: Operation not supported"),
        (errno.ENOSYS, False, "error: this kernel does not show the sockets of others: no pidfd_getfd"),
        (errno.EMFILE, False, "error: sctptop has too many open files (try: ulimit -n 4096)"),
        (errno.ENFILE, False, f"{REFUSED}: Too many open files in system"),
        (errno.ENOMEM, False, f"{REFUSED}: Cannot allocate memory"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_refusal_is_reported_and_what_all_would_meet_ends_the_look(
    host: Sockets, code: int, goes_on: bool, text: str, sign: int
) -> None:
    host.add(70, 11, netns=KEPT)
    host.add(81, 22, netns=KEPT)
    host.refuse[sign * 11] = code
    before = descriptors()
    held = host.look()
    assert str(held.state) == text
    assert bool(held.found) == goes_on
    assert (22 in (host.named if sign == 1 else host.held)) == goes_on
    assert descriptors() == before
    # It is asked again, and well as soon as nothing is refused.
    host.refuse.clear()
    held = host.look()
    assert held.found.keys() == {host.inode(KEPT)} and held.state.ok


def test_processes_that_may_not_be_looked_at_are_reported(
    host: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.add(70, 11, netns=KEPT)
    host.add(81, 22, netns=KEPT)

    def refused(proc: Path, pid: int, read: Callable[..., list[tuple[int, int]]]) -> list[tuple[int, int]]:
        if pid == 70:
            raise PermissionError(errno.EACCES, "Permission denied")
        return read(proc, pid)

    monkeypatch.setattr(held_netns, "sockets_of", lambda proc, pid: refused(proc, pid, sockets_of))
    held = host.look()
    assert held.found.keys() == {host.inode(KEPT)}
    assert str(held.state) == f"{REFUSED}: Permission denied"


def test_what_is_remembered_of_other_protocols_is_bounded(
    host: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_netns, "REMEMBERED", 10)
    host.add(71, *range(100, 120), protocol="TCP")
    host.look()
    host.look()
    assert len(host.named) == 20 + 10


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208
