"""The answering ends: echo, sink, a reader that is too slow, and a one-to-many server."""

from __future__ import annotations

import argparse
import selectors
import socket
import threading
from collections.abc import Callable

from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.socket_owner import SocketOwner

Answer = Callable[[socket.socket, sctp.Message], None]


def echo(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Sends every message back, on the stream and with the PPID it came with."""

    def answer(sock: socket.socket, message: sctp.Message) -> None:
        data = bytes(options.reply) if options.reply else message.data
        sctp.send(sock, data, stream=message.stream, ppid=message.ppid)
        owner.counters["sent"] += 1

    _serve(owner, options, answer)


def sink(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Reads everything and answers nothing."""
    _serve(owner, options, lambda sock, message: None)


def slow_reader(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Accepts, and leaves data in the receive buffer; see `--period` and the order `read N`."""
    accepted: list[socket.socket] = []

    def read(size: int) -> dict[str, int]:
        got = 0
        for sock in list(accepted):
            try:
                while got < size and (data := sock.recv(min(size - got, 65536), socket.MSG_DONTWAIT)):
                    got += len(data)
            except BlockingIOError:
                continue
        owner.counters["received"] += got
        return {"read": got}

    def accept(listener: socket.socket) -> None:
        while True:
            accepted.append(owner.keep(listener.accept()[0]))

    owner.order("read", lambda words: read(int(words[0])))
    for listener in listen(owner, options):
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
    owner.ready(port=options.port)
    while not owner.ended.wait(options.period or None):
        read(options.size)


def deaf(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Listens and never accepts."""
    listen(owner, options)
    owner.ready(port=options.port)
    owner.ended.wait()


def hang_up(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Accepts, and ends each association `--period` s later: by SHUTDOWN, or with `--abort` by ABORT."""
    end = owner.vanish if options.abort else owner.drop
    (listener,) = listen(owner, options)
    owner.ready(port=options.port)
    while not owner.ended.is_set():
        sock = owner.keep(listener.accept()[0])
        threading.Timer(options.period, end, (sock,)).start()


def many(owner: SocketOwner, options: argparse.Namespace) -> None:
    """One socket for all associations; sends every message back. Order `peeloff ID` gives one a socket."""
    sock = sctp.new_socket(options.local[0], one_to_many=True)
    _configure(sock, options)
    sctp.bind_all(owner.keep(sock), options.local, options.port)
    sctp.want_message_info(sock)
    sock.listen(options.backlog)

    def peel(words: list[str]) -> dict[str, int]:
        return {"fd": owner.keep(sctp.peel_off(sock, int(words[0]))).fileno()}

    owner.order("peeloff", peel)
    owner.ready(port=options.port)
    while True:
        message = sctp.receive(sock)
        if message.notification or message.peer is None:
            continue
        owner.counters["received"] += 1
        sctp.send(sock, message.data, stream=message.stream, ppid=message.ppid, to=message.peer)
        owner.counters["sent"] += 1


def _serve(owner: SocketOwner, options: argparse.Namespace, answer: Answer) -> None:
    selector = selectors.DefaultSelector()
    listeners = listen(owner, options)
    for listener in listeners:
        listener.setblocking(False)
        selector.register(listener, selectors.EVENT_READ)
    owner.ready(port=options.port, ports=options.ports)
    while True:
        for key, _ in selector.select():
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            if sock in listeners:
                _accept(owner, selector, sock, options)
            elif sock.fileno() >= 0 and not _converse(owner, sock, answer):
                selector.unregister(sock)
                owner.drop(sock)


def _accept(
    owner: SocketOwner, selector: selectors.BaseSelector, listener: socket.socket, options: argparse.Namespace
) -> None:
    try:
        while True:
            sock = owner.keep(listener.accept()[0])
            sock.setblocking(True)
            sctp.want_message_info(sock)
            if options.nodelay:
                sctp.set_nodelay(sock)
            selector.register(sock, selectors.EVENT_READ)
    except BlockingIOError:
        return


def _converse(owner: SocketOwner, sock: socket.socket, answer: Answer) -> bool:
    try:
        message = sctp.receive(sock)
        if message.notification:
            return True
        if not message.data:
            return False
        owner.counters["received"] += 1
        answer(sock, message)
    except OSError:
        owner.counters["errors"] += 1
        return False
    return True


def listen(
    owner: SocketOwner, options: argparse.Namespace, *, one_to_many: bool = False
) -> list[socket.socket]:
    """A listening socket for each of `--ports` from `--port` on."""
    listeners = []
    for port in range(options.port, options.port + options.ports):
        sock = owner.keep(sctp.new_socket(options.local[0], one_to_many=one_to_many))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _configure(sock, options)
        sctp.bind_all(sock, options.local, port)
        sock.listen(options.backlog)
        listeners.append(sock)
    return listeners


def _configure(sock: socket.socket, options: argparse.Namespace) -> None:
    if options.receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options.receive_buffer)
    if options.heartbeat:
        sctp.set_heartbeat(sock, options.heartbeat)
    if options.sack_delay is not None:
        sctp.set_sack_delay(sock, options.sack_delay)
    if options.rto:
        initial, minimum, maximum = options.rto
        sctp.set_rto(sock, initial=initial, minimum=minimum, maximum=maximum)
