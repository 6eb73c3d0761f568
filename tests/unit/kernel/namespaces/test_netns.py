"""Which network namespaces there are: from a /proc of our own, and from mounts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sctptop.kernel.namespaces.netns import Namespaces, inside, named, own_netns
from sctptop.model.sample import Namespace
from sctptop.model.selection import NamespaceChoice, SelectorError, parse_netns

HOST, POD, NAMED = 4026531840, 4026532295, 4026532352
MOUNTS = f"""\
22 28 0:21 / /proc rw - proc proc rw
95 28 0:4 net:[{NAMED}] /run/netns/core\\040net rw shared:9 - nsfs nsfs rw
96 28 0:4 net:[{NAMED}] /elsewhere/x rw - nsfs nsfs rw
97 28 0:4 mnt:[4026532999] /run/snapd/ns/x.mnt rw - nsfs nsfs rw
98 28 0:4 net:[bad] /run/netns/bad rw - nsfs nsfs rw
99 - nsfs
"""


class Host:
    """Processes of a test by pid, each in a namespace; ``now`` is the clock."""

    def __init__(self, folder: Path) -> None:
        self.proc = folder
        self.now = 0.0
        (folder / "thread-self/ns").mkdir(parents=True)
        (folder / "thread-self/ns/net").symlink_to(f"net:[{HOST}]")
        (folder / "thread-self/mountinfo").write_text("")
        self.namespaces = Namespaces(folder, lambda: self.now)

    def put(self, pid: int, inode: int) -> None:
        link = self.proc / str(pid) / "ns/net"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(f"net:[{inode}]")

    def look(self) -> dict[int, tuple[str | None, int | None]]:
        self.now += 1
        return {inode: (found.name, found.pid) for inode, found in self.namespaces.look().items()}


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_processes_and_names_lead_to_namespaces(host: Host) -> None:
    for pid, inode in ((1, HOST), (70, POD), (71, POD), (72, NAMED)):
        host.put(pid, inode)
    (host.proc / "thread-self/mountinfo").write_text(MOUNTS)
    assert host.look() == {HOST: (None, 1), POD: (None, 70), NAMED: ("core net", 72)}


def test_new_ones_are_seen_at_once_and_moved_ones_at_the_second_look(host: Host) -> None:
    host.put(1, HOST)
    host.put(70, HOST)
    assert host.look().keys() == {HOST}
    host.put(71, POD)
    assert host.look().keys() == {HOST, POD}
    host.put(70, NAMED)
    host.put(71, NAMED)
    looks = [host.look().keys(), host.look().keys()]
    assert looks[1] == {HOST, NAMED}


def test_what_vanishes_is_gone_at_the_next_look(host: Host) -> None:
    host.put(1, HOST)
    host.put(70, POD)
    host.look()
    (host.proc / "70/ns/net").unlink()
    (host.proc / "70/ns").rmdir()
    (host.proc / "70").rmdir()
    assert host.look().keys() == {HOST}


def test_our_own_is_known_without_any_process(host: Host) -> None:
    assert host.look() == {HOST: (None, None)}


def test_a_broken_table_of_mounts_is_no_trouble(tmp_path: Path) -> None:
    assert named(tmp_path / "absent") == {}
    (tmp_path / "mountinfo").write_bytes(b"\xff\xfe - nsfs \n\n" + MOUNTS.encode())
    assert list(named(tmp_path / "mountinfo")) == [NAMED]


def test_a_thread_that_may_not_enter_stays_where_it_is(host: Host) -> None:
    host.put(1, HOST)
    (found,) = host.namespaces.look().values()
    before = own_netns()
    # The link of the test leads nowhere; a file that is no namespace is refused by its inode.
    with pytest.raises(OSError), inside(found):
        raise AssertionError("entered")
    assert own_netns() == before
    descriptors = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with pytest.raises(OSError), inside(found):
        pass
    assert len(os.listdir("/proc/self/fd")) == descriptors  # noqa: PTH208


@pytest.mark.parametrize("text", ["", "  ", "-1", "0", "99999999999"])
def test_what_is_no_namespace_is_refused(text: str) -> None:
    with pytest.raises(SelectorError, match=r"not all, self|neither a PID"):
        parse_netns(text)


def test_choices() -> None:
    own = Namespace(HOST, own=True, pid=1)
    pod = Namespace(POD, pid=70, comm="amf", container="open5gs-amf")
    chosen = {
        text: [entry.netns for entry in (own, pod) if parse_netns(text).matches(entry)]
        for text in ("all", "self", "open5gs-amf", "70", str(POD), f"net:[{POD}]", "other")
    }
    assert chosen == {
        "all": [HOST, POD],
        "self": [HOST],
        "open5gs-amf": [POD],
        "70": [POD],
        str(POD): [POD],
        f"net:[{POD}]": [POD],
        "other": [],
    }
    assert (NamespaceChoice("70", 70).pid, NamespaceChoice("x", POD).pid) == (70, None)
    assert [entry.label for entry in (own, pod, Namespace(POD, pid=7, comm="a"), Namespace(POD))] == [
        "self",
        "open5gs-amf",
        "a/7",
        str(POD),
    ]
