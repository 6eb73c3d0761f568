"""A process that holds sockets and does as it is told: of any family, and both ends of associations in a namespace that
it is not in.

    with keeper("t0-gnb", associations=3) as kept:
        kept.run("close")                        # nanoseconds from each close() to the peer's end of file

``python -m tests.lab.scenes.keeper NAMESPACE ASSOCIATIONS FAMILIES`` is that process.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.lab.machine.boot import REPOSITORY
from tests.lab.scenes.hosts import Host, inside

FAMILIES = {"xdp": (44, socket.SOCK_RAW, 0), "alg": (38, 5, 0), "vsock": (40, 1, 0), "key": (15, 3, 2)}
PORT = 7000


@dataclass(frozen=True)
class Keeper:
    """``facts``: ``families`` that this kernel makes, and the ``pid`` that holds the sockets."""

    process: subprocess.Popen[str]
    facts: dict[str, Any]

    def run(self, order: str) -> Any:
        """Gives an order, and returns its answer."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def keeper(namespace: str = "", associations: int = 0, *families: str) -> Iterator[Keeper]:
    """Starts it; ``families`` are words of FAMILIES. Ends with the block."""
    words = [namespace, str(associations), *families]
    # Not a child of ours: what looks at sockets passes its own children over.
    command = ["sh", "-c", '"$@"; true', "sh", sys.executable, "-m", "tests.lab.scenes.keeper", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        try:
            yield Keeper(process, json.loads(process.stdout.readline()))
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


def main(namespace: str, associations: str, *families: str) -> None:
    """Hold the sockets; an order a line of standard input, an answer a line."""
    made = {}
    for name in families:
        with contextlib.suppress(OSError):
            made[name] = socket.socket(*FAMILIES[name])
    pairs = []
    if namespace:
        with inside(Host(namespace, namespace, (), (), ())):
            pairs = [_association(PORT + number) for number in range(int(associations))]
    print(json.dumps({"families": list(made), "pid": os.getpid()}), flush=True)
    for line in sys.stdin:
        answer: object = None
        if line == "close\n":
            answer = [_closed(client, accepted) for _, client, accepted in pairs]
        print(json.dumps(answer), flush=True)


def _association(port: int) -> tuple[socket.socket, socket.socket, socket.socket]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
    client.connect(("127.0.0.1", port))
    return listener, client, listener.accept()[0]


def _closed(client: socket.socket, accepted: socket.socket) -> int:
    time.sleep(0.02)
    begun = time.monotonic_ns()
    os.close(client.detach())
    # The peer reads the end of the file when our SHUTDOWN has come.
    assert accepted.recv(1) == b""
    return time.monotonic_ns() - begun


if __name__ == "__main__":
    main(*sys.argv[1:])
