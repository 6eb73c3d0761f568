"""Two-homed associations whose ends each have a processor of their own, and send as many messages as they are told.

python -S -m tests.lab.many.workers GNB_NAMESPACE AMF_NAMESPACE LINKS MESSAGE…     a client for each message, in hex

Says `ready` once all are up; `go` on its stdin lets them send and be answered, after which it says `done`; `end` shuts
them down. Its users know from `Worker` what each of them sends.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.lab.traffic import sctp_sockets as sctp

CLONE_NEWNET = 0x40000000
SECONDS = 300.0
SERVICES, CLIENTS = 5000, 6000
"""The first ports of both."""
NGAP, F1AP = 60, 62
ANSWER_BYTES = 50


@dataclass(frozen=True)
class Worker:
    """What the client of an association sends, and what it is answered: both are numbers that no other one has."""

    number: int

    @property
    def ports(self) -> tuple[int, int]:
        """The client's and the service's."""
        return CLIENTS + self.number, SERVICES + self.number

    @property
    def ue(self) -> int:
        """The id of the UE in each NGAP message of the client, both of the AMF and of the RAN."""
        return 100 + self.number

    @property
    def octets(self) -> int:
        """Of ciphered NAS in each of these messages."""
        return 20 + self.number

    @property
    def messages(self) -> int:
        """How many of them there are, one after the other."""
        return 20 + 3 * self.number

    @property
    def answers_each(self) -> int:
        """Messages that are no NGAP."""
        return 1 + self.number % 3


class Leader:
    """Forks an end for each processor; all begin and end together."""

    def __init__(self) -> None:
        self._up, self._go, self._done, self._end = (os.pipe() for _ in range(4))
        self._children: list[int] = []
        self._processors = sorted(os.sched_getaffinity(0))

    def begin(
        self,
        namespace: str,
        place: int,
        connect: Callable[[], socket.socket],
        talk: Callable[[socket.socket], None],
    ) -> None:
        """An end at that place among the processors."""
        pid = os.fork()
        if pid:
            self._children.append(pid)
            return
        signal.alarm(int(SECONDS))
        # What is awaited is that nobody holds them any more.
        os.close(self._go[1])
        os.close(self._end[1])
        os.sched_setaffinity(0, {self._processors[place % len(self._processors)]})
        _enter(namespace)
        sock = connect()
        os.write(self._up[1], b".")
        os.read(self._go[0], 1)
        talk(sock)
        os.write(self._done[1], b".")
        os.read(self._end[0], 1)
        sock.close()
        os._exit(0)

    def carry_out(self) -> int:
        """As the lines of stdin say; the worst exit code of the ends."""
        for word, awaited, opened in (("ready", self._up, self._go), ("done", self._done, self._end)):
            left = len(self._children)
            while left:
                left -= len(os.read(awaited[0], left))
            print(word, flush=True)
            sys.stdin.readline()
            os.close(opened[1])
        return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in self._children)


def main() -> int:
    """See above."""
    gnb, amf, links, *messages = sys.argv[1:]
    homes = [[f"10.9.{link}.{end}" for link in range(int(links))] for end in (1, 2)]
    leader = Leader()
    for place, message in enumerate(messages):
        worker = Worker(place)
        listener = _listener(amf, worker, homes[1])
        # Far from its client.
        opposite = place + len(messages) // 2
        leader.begin(amf, opposite, partial(_accepted, listener), partial(_answer, worker))
        leader.begin(
            gnb, place, partial(_connected, worker, homes), partial(_ask, worker, bytes.fromhex(message))
        )
        listener.close()
    return leader.carry_out()


def _enter(namespace: str) -> None:
    with Path("/run/netns", namespace).open() as target:
        if ctypes.CDLL(None).setns(target.fileno(), CLONE_NEWNET) != 0:
            raise OSError(f"no way into {namespace}")


def _listener(namespace: str, worker: Worker, homes: list[str]) -> socket.socket:
    _enter(namespace)
    listener = sctp.new_socket(homes[0])
    sctp.set_nodelay(listener)
    sctp.bind_all(listener, homes, worker.ports[1])
    listener.listen(1)
    return listener


def _accepted(listener: socket.socket) -> socket.socket:
    sock, _ = listener.accept()
    listener.close()
    return sock


def _connected(worker: Worker, homes: list[list[str]]) -> socket.socket:
    sock = sctp.new_socket(homes[0][0])
    sctp.set_nodelay(sock)
    sctp.bind_all(sock, homes[0], worker.ports[0])
    sctp.connect_all(sock, homes[1], worker.ports[1])
    return sock


def _ask(worker: Worker, message: bytes, sock: socket.socket) -> None:
    for _ in range(worker.messages):
        sctp.send(sock, message, ppid=NGAP)
        for _ in range(worker.answers_each):
            assert len(sock.recv(65536)) == ANSWER_BYTES


def _answer(worker: Worker, sock: socket.socket) -> None:
    for _ in range(worker.messages):
        assert sock.recv(65536)
        for _ in range(worker.answers_each):
            sctp.send(sock, bytes(ANSWER_BYTES), ppid=F1AP)


if __name__ == "__main__":
    sys.exit(main())
