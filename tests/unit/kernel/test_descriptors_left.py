"""Whatever opens descriptors leaves none behind, at whichever of its system calls there is none to be had."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from sctptop.kernel.host.perf_event import refusal
from sctptop.kernel.namespaces.foreign_sockets import ForeignSocket, open_netns, protocol
from sctptop.kernel.namespaces.held_netns import HeldNamespaces
from sctptop.kernel.namespaces.netns import Found, Namespaces, inside
from sctptop.kernel.owners.containers import Containers
from sctptop.kernel.owners.descriptors import holders, process_ids, sockets_of
from sctptop.kernel.owners.processes import Owners
from sctptop.kernel.owners.untrusted import read_inside
from sctptop.kernel.reading.namespace_reader import NamespaceReader
from sctptop.kernel.reading.procfs import read_text
from sctptop.kernel.reading.sockdiag import SockDiag
from sctptop.kernel.ways.questions import Signs
from sctptop.kernel.ways.route_lookup import RouteLookup
from sctptop.kernel.ways.ways import Ways
from sctptop.standard_streams import captured_stderr

PROC = Path("/proc")
MOST_CALLS = 8
"""No door needs as many descriptors at a time: with so many to be had it is not short of one."""


def own_netns_entered() -> None:
    with inside(
        Found(Path("/proc/thread-self/ns/net").stat().st_ino, lambda: os.open("/proc/thread-self/ns/net", 0))
    ):
        pass


def ours() -> ForeignSocket:
    number, inode = sockets_of(PROC, os.getpid())[0]
    return ForeignSocket(inode, os.getpid(), number)


def routes() -> None:
    lookup = RouteLookup()
    with suppress(OSError):
        lookup.route("127.0.0.1")
    lookup.close()


def ways() -> None:
    asked = Ways(lambda netns: nullcontext())
    asked.way(1, ["127.0.0.1"], "127.0.0.1", Signs())
    asked.end_reading()


def diag() -> None:
    SockDiag().close()


def reader() -> None:
    made = NamespaceReader(PROC / "thread-self/net", keep_open=True)
    made.read()
    made.close()


def quiet() -> None:
    with captured_stderr() as said:
        said()


DOORS: dict[str, Callable[[], object]] = {
    "inside": own_netns_entered,
    "Namespaces.look": lambda: Namespaces().look(),
    "sockets_of": lambda: sockets_of(PROC, os.getpid()),
    "holders": lambda: holders(PROC, process_ids(PROC), [1]),
    "Owners.of": lambda: Owners().of([ours().inode]),
    "Containers.place": lambda: Containers().place(os.getpid()),
    "read_inside": lambda: (
        read_inside(PROC, ("self", "net", "dev"), 4096) or read_inside(PROC, ("uptime",), 99)
    ),
    "read_text": lambda: read_text("/proc/thread-self/net", "dev"),
    "protocol": lambda: protocol(PROC, ours()),
    "open_netns": lambda: os.close(open_netns(ours())),
    "HeldNamespaces.look": lambda: HeldNamespaces(lambda found: (), protocols=("TCP",)).look({}),
    "SockDiag": diag,
    "NamespaceReader": reader,
    "RouteLookup": routes,
    "Ways": ways,
    "captured_stderr": quiet,
    "perf_event.refusal": refusal,
}


@pytest.fixture(autouse=True)
def a_socket() -> Iterator[None]:
    with socket.socket():
        yield


def opened() -> dict[int, str]:
    found = {}
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        # That of the listing itself is closed by now.
        with suppress(FileNotFoundError):
            found[int(name)] = os.readlink(f"/proc/self/fd/{name}")  # noqa: PTH115
    return found


@pytest.mark.parametrize("name", DOORS)
def test_none_is_left_however_few_there_are(name: str) -> None:
    with suppress(OSError):
        # What is loaded or looked up once may stay.
        DOORS[name]()
    before = opened()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Every number below is taken, so that a limit of so many more lets so many calls through.
    filled = [os.open(os.devnull, os.O_RDONLY) for _ in range(max(before) + 1 - len(before))]
    floor = max(*before, *filled) + 1 if filled else max(before) + 1
    outcomes = []
    try:
        for more in range(MOST_CALLS):
            resource.setrlimit(resource.RLIMIT_NOFILE, (floor + more, hard))
            try:
                DOORS[name]()
                outcomes.append("well")
            except OSError as error:
                outcomes.append(os.strerror(error.errno or 0))
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            assert {number for number in opened() if number >= floor} == set(), f"{more} more: {outcomes}"
    finally:
        for number in filled:
            os.close(number)
    assert opened() == before
