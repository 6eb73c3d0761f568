"""The asking ends with one association: request and response, bulk, bursts, and two that get stuck on purpose."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import socket
from collections.abc import Iterator

from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.socket_owner import SocketOwner


def new_client(
    owner: SocketOwner, options: argparse.Namespace, *, one_to_many: bool = False
) -> socket.socket:
    """A socket bound and configured as the options say, not yet associated."""
    sock = owner.keep(sctp.new_socket(options.to[0], one_to_many=one_to_many))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if options.nodelay:
        sctp.set_nodelay(sock)
    if options.send_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, options.send_buffer)
    if options.heartbeat:
        sctp.set_heartbeat(sock, options.heartbeat)
    if options.sack_delay is not None:
        sctp.set_sack_delay(sock, options.sack_delay)
    if options.streams:
        sctp.set_init(sock, streams=options.streams)
    if options.rto:
        initial, minimum, maximum = options.rto
        sctp.set_rto(sock, initial=initial, minimum=minimum, maximum=maximum)
    if options.local:
        sctp.bind_all(sock, options.local, options.local_port)
    elif options.local_port:
        sock.bind(("::" if ":" in options.to[0] else "0.0.0.0", options.local_port))
    return sock


def connected(owner: SocketOwner, options: argparse.Namespace) -> socket.socket:
    """A client's socket with an established association to `--to`, `--port`."""
    sock = new_client(owner, options)
    sctp.connect_all(sock, options.to, options.port)
    return sock


def request(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Sends, waits for the answer, pauses; `--count` times."""
    sock = connected(owner, options)
    owner.ready(local_port=sock.getsockname()[1])
    for _ in _turns(owner, options):
        sctp.send(sock, bytes(options.size), stream=options.stream, ppid=options.ppid)
        owner.counters["sent"] += 1
        if not sock.recv(65536):
            return
        owner.counters["received"] += 1
    _stay(owner)


def bulk(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Sends without a pause; the window and the buffer are all that holds it."""
    sock = connected(owner, options)
    owner.ready(local_port=sock.getsockname()[1])
    data = bytes(options.size)
    for _ in range(options.count) if options.count else itertools.count():
        sctp.send(sock, data, stream=options.stream, ppid=options.ppid)
        owner.counters["sent"] += 1
    _stay(owner)


def fill(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Sends until the kernel takes no more: with a peer that does not read, data stays queued at both ends."""
    sock = connected(owner, options)
    sock.settimeout(1.0)
    try:
        while True:
            sctp.send(sock, bytes(options.size), stream=options.stream, ppid=options.ppid)
            owner.counters["sent"] += 1
    except (TimeoutError, BlockingIOError):
        sock.settimeout(None)
    owner.ready(local_port=sock.getsockname()[1], sent=owner.counters["sent"])
    _stay(owner)


def burst(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Many small messages at once, then silence: what bundling, Nagle and SACK delay are about."""
    sock = connected(owner, options)
    owner.ready(local_port=sock.getsockname()[1])
    for _ in _turns(owner, options):
        for left in reversed(range(options.burst)):
            more = bool(options.more and left)
            sctp.send(sock, bytes(options.size), stream=options.stream, ppid=options.ppid, more=more)
            owner.counters["sent"] += 1
            if more and owner.ended.wait(options.more):
                return
        _drain(owner, sock)
    _stay(owner)


def black_hole(owner: SocketOwner, options: argparse.Namespace) -> None:
    """INITs for a long time; the peer must be cut off (`hosts.impair` with 100 % loss) or not exist."""
    sock = new_client(owner, options, one_to_many=options.one_to_many)
    sctp.set_init(sock, attempts=100, max_timeout=2000)
    sock.setblocking(False)
    sctp.connect_all(sock, options.to, options.port)
    owner.ready(local_port=sock.getsockname()[1])
    _stay(owner)


def _turns(owner: SocketOwner, options: argparse.Namespace) -> Iterator[int]:
    for turn in range(options.count) if options.count else itertools.count():
        yield turn
        if owner.ended.wait(options.period):
            return


def _drain(owner: SocketOwner, sock: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while sock.recv(65536, socket.MSG_DONTWAIT):
            owner.counters["received"] += 1


def _stay(owner: SocketOwner) -> None:
    owner.ended.wait()
