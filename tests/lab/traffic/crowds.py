"""Clients with many associations: idle ones by the thousand, one-to-many, and ones that come and go."""

from __future__ import annotations

import argparse
import itertools
import socket
import time

from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.clients import connected, new_client
from tests.lab.traffic.socket_owner import SocketOwner


def idle(owner: SocketOwner, options: argparse.Namespace) -> None:
    """`--count` associations, established and silent.

    `vanish` and then `reconnect` from the same `--local-port` make the peer see a restart, if it never got the ABORT.
    """
    start = time.monotonic()

    def connect(_: list[str]) -> dict[str, int]:
        sockets = [connected(owner, options) for _ in range(options.count or 1)]
        return {"connected": len(sockets)}

    count = _one_socket_for_all(owner, options) if options.one_to_many else connect([])["connected"]
    owner.order("reconnect", connect)
    owner.ready(count=count, seconds=f"{time.monotonic() - start:.2f}", local_port=_any_port(owner))
    owner.ended.wait()


def _any_port(owner: SocketOwner) -> int:
    port: int = owner.sockets()[0].getsockname()[1]
    return port


def _one_socket_for_all(owner: SocketOwner, options: argparse.Namespace) -> int:
    sock = new_client(owner, options, one_to_many=True)
    # A second association to the same address and port would be the same one: each has a port of its own.
    for port in range(options.port, options.port + options.ports):
        sctp.connect_all(sock, options.to, port)
    return len(sctp.association_ids(sock))


def many(owner: SocketOwner, options: argparse.Namespace) -> None:
    """One socket, one association to each address of `--to` and each of `--ports`: messages and their answers."""
    sock = new_client(owner, options, one_to_many=True)
    sctp.want_message_info(sock)
    sock.settimeout(10.0)
    ports = range(options.port, options.port + options.ports)
    targets = [(address, port) for address in options.to for port in ports]
    for turn in range(options.count) if options.count else itertools.count():
        for target in targets:
            sctp.send(sock, bytes(options.size), stream=options.stream, ppid=options.ppid, to=target)
            owner.counters["sent"] += 1
        _collect(owner, sock, len(targets))
        if turn == 0:
            owner.ready(local_port=sock.getsockname()[1], count=len(sctp.association_ids(sock)))
        if owner.ended.wait(options.period):
            return
    owner.ended.wait()


def _collect(owner: SocketOwner, sock: socket.socket, expected: int) -> None:
    while expected:
        try:
            message = sctp.receive(sock)
        except TimeoutError:
            owner.counters["errors"] += 1
            return
        if not message.notification:
            owner.counters["received"] += 1
            expected -= 1


def knock(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Connects again and again, `--period` s after it was refused, or after the peer has ended what came up."""
    owner.ready()
    while not owner.ended.is_set():
        sock = new_client(owner, options)
        try:
            sctp.connect_all(sock, options.to, options.port)
            while sock.recv(65536):
                owner.counters["received"] += 1
        except OSError:
            owner.counters["errors"] += 1
        owner.drop(sock)
        owner.ended.wait(options.period)


def churn(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Associations that live for one exchange; a failed one is counted, not fatal."""
    owner.counters["closed"] = 0
    for turn in range(options.count) if options.count else itertools.count():
        sock = connected(owner, options)
        if turn == 0:
            owner.ready()
        try:
            sctp.send(sock, bytes(options.size), ppid=options.ppid)
            owner.counters["sent"] += 1
            owner.counters["received"] += bool(sock.recv(65536))
        except OSError:
            owner.counters["errors"] += 1
        owner.drop(sock)
        owner.counters["closed"] += 1
        if owner.ended.wait(options.period):
            return
    owner.ended.wait()
