"""Reading several namespaces: what goes while it is read is left out, what is refused is reported."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from sctptop.kernel.namespaces.held_netns import Held
from sctptop.kernel.namespaces.netns import Found, own_netns
from sctptop.kernel.reading import all_namespaces
from sctptop.kernel.reading.all_namespaces import Everywhere, Reads
from sctptop.model.source_state import Kind, SourceState

OWN = own_netns() or 0
OTHER = 4026532295
HEADING = " ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS\n"


class Host:
    """Two namespaces, ours and one whose way in is ``door``; ``held`` is what a look at sockets says."""

    def __init__(self, folder: Path) -> None:
        self.door: Callable[[], int] = lambda: -1
        self.held = Held()
        for name in ("assocs", "eps", "remaddr", "snmp"):
            (folder / name).write_text(HEADING if name == "eps" else "")
        self.everywhere = Everywhere(folder=folder, namespaces=self)  # type: ignore[arg-type]
        self.everywhere._holders = self  # type: ignore[assignment]

    def look(self, known: object = None) -> Mapping[int, Found] | Held:
        if known is not None:
            return self.held
        mine = Found(OWN, lambda: os.open("/proc/thread-self/ns/net", os.O_RDONLY))
        return {OWN: mine, OTHER: Found(OTHER, lambda: self.door(), "core")}

    def read(self) -> Reads:
        return self.everywhere.read()


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setattr(all_namespaces, "_may_enter", lambda: True)
    made = Host(tmp_path)
    yield made
    made.everywhere.close()


def refusing(code: int) -> Callable[[], int]:
    def door() -> int:
        raise OSError(code, os.strerror(code))

    return door


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (errno.ENOENT, "ok"),
        (errno.ESRCH, "ok"),
        (errno.EBADF, "ok"),
        (errno.EPERM, "error: core: not permitted (try: sudo on the host itself)"),
        (errno.EMFILE, "error: core: Too many open files"),
        (errno.ENFILE, "error: core: Too many open files in system"),
        (errno.ENOMEM, "error: core: Cannot allocate memory"),
    ],
)
def test_one_that_cannot_be_entered(host: Host, code: int, state: str) -> None:
    host.read()
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    host.door = refusing(code)
    reads = host.read()
    assert (list(reads.reads), str(reads.state)) == ([OWN], state)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    assert own_netns() == OWN


def test_one_whose_number_came_to_something_else_is_left_out(host: Host, tmp_path: Path) -> None:
    host.door = lambda: os.open(tmp_path, os.O_RDONLY)
    reads = host.read()
    assert (list(reads.reads), str(reads.state)) == ([OWN], "ok")


def test_a_look_at_sockets_that_is_refused_is_reported(host: Host) -> None:
    host.door = refusing(errno.ENOENT)
    host.held = Held(state=SourceState(Kind.ERROR, "sctptop has too many open files"))
    assert str(host.read().state) == "error: sctptop has too many open files"
