"""One association between the two hosts whose both sockets are the test's own, and what the probes told of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sctptop.model.event import Event
from tests.lab.scenes.hosts import Host, inside
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.witness.watching import Watch

SECONDS = 60.0
"""For each call of a socket."""
MAXSEG = 13
SO_RCVBUF_LEAST = 4096


@dataclass(frozen=True)
class Talk:
    """``client`` is a socket of the first host, ``server`` one of the second, which listened on ``port``."""

    watch: Watch
    client: socket.socket
    server: socket.socket
    port: int

    def told(self, host: Host, kind: str = "ngap", **details: object) -> list[Event]:
        """The events of this association at that host, with these details, in the order of their TSNs."""
        found = [
            event
            for event in self.watch.of(host, kind, **details)
            if self.port in (event.local_port, event.remote_port)
        ]
        return sorted(found, key=lambda event: event.number("tsn") or 0)


@contextmanager
def talk(
    watch: Watch,
    port: int = 38412,
    *,
    send_buffer: int = 0,
    receive_buffer: int = 0,
    streams: int = 10,
    fragments_of: int = 0,
) -> Iterator[Talk]:
    """Over the first link, Nagle off. Buffers in bytes are those of the client and of the server; ``fragments_of``:
    the client splits messages into chunks of so many bytes."""
    gnb, amf = watch.hosts
    with ExitStack() as stack:
        with inside(amf):
            listener = stack.enter_context(sctp.new_socket(amf.ipv4[0]))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sctp.set_init(listener, streams=streams)
        if receive_buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        listener.bind((amf.ipv4[0], port))
        listener.listen(1)
        with inside(gnb):
            client = stack.enter_context(sctp.new_socket(gnb.ipv4[0]))
        client.settimeout(SECONDS)
        listener.settimeout(SECONDS)
        sctp.set_init(client, streams=streams)
        if send_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        client.connect((amf.ipv4[0], port))
        server = stack.enter_context(listener.accept()[0])
        server.settimeout(SECONDS)
        for sock in (client, server):
            sctp.set_nodelay(sock)
            sctp.want_message_info(sock)
        if fragments_of:
            client.setsockopt(sctp.IPPROTO_SCTP, MAXSEG, fragments_of)
        # So that the probes know the association by its name.
        watch.begin()
        yield Talk(watch, client, server, port)
