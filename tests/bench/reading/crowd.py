"""Thousands of associations between two hosts, held by one process, of which so many move when they are told to."""

from __future__ import annotations

import os
import resource
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tests.lab.guest.probes.talk import uplink
from tests.lab.scenes.hosts import Host, inside
from tests.lab.traffic import sctp_sockets as sctp

PORT = 38412
MESSAGE = uplink(1, 60)
DESCRIPTORS = 1 << 16

Pair = tuple[socket.socket, socket.socket]
"""Both ends of an association: that which called, and that which was called."""


@contextmanager
def crowd(hosts: Sequence[tuple[Host, Host]], count: int) -> Iterator[Callable[[int], None]]:
    """So many associations from each first host to its second, over all their addresses.

    Yields what makes one in so many send a message: it returns when all have arrived; the next call takes others.
    """
    order, told = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(order[1])
            _hold(hosts, count, order[0], told[1])
        except BaseException as error:
            print(f"crowd: {error!r}", file=sys.stderr, flush=True)
        os._exit(1)
    os.close(order[0])
    os.close(told[1])

    def move(one_in: int) -> None:
        os.write(order[1], one_in.to_bytes(1, "little"))
        if not os.read(told[0], 1):
            raise SystemExit("crowd: the process with the associations ended")

    try:
        move(0)
        yield move
    finally:
        os.close(order[1])
        os.close(told[0])
        os.waitpid(child, 0)


def _hold(hosts: Sequence[tuple[Host, Host]], count: int, order: int, told: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    pairs = [pair for caller, called in hosts for pair in _associated(caller, called, count)]
    turn = 0
    while word := os.read(order, 1):
        one_in = word[0]
        moving = [pair for at, pair in enumerate(pairs) if one_in and (at + turn) % one_in == 0]
        for caller, called in moving:
            sctp.send(caller, MESSAGE)
            called.recv(len(MESSAGE))
        turn += 1
        os.write(told, b".")


def _associated(caller: Host, called: Host, count: int) -> Iterator[Pair]:
    with inside(called):
        server = sctp.new_socket(called.ipv4[0])
    sctp.bind_all(server, called.ipv4, PORT)
    server.listen(128)
    for _ in range(count):
        with inside(caller):
            client = sctp.new_socket(caller.ipv4[0])
        # Nothing but what is sent shall change.
        sctp.set_heartbeat(client, -1)
        sctp.connect_all(client, called.ipv4, PORT)
        end, _ = server.accept()
        sctp.set_heartbeat(end, -1)
        # A path that nobody confirmed is trouble, which advice is about.
        for address in called.ipv4:
            sctp.demand_heartbeat(client, address, PORT)
        for address in caller.ipv4:
            sctp.demand_heartbeat(end, address, client.getsockname()[1])
        yield client, end
    server.close()
