"""One association between the two hosts whose both sockets are the test's own, and what the probes told of it."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sctptop.model.event import Event
from tests.lab.scenes.hosts import Host, inside, sysctl
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.witness.watching import Watch

SECONDS = 60.0
"""For each call of a socket."""
MAXSEG, FRAGMENT_INTERLEAVE, INTERLEAVING_SUPPORTED = 13, 18, 125


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
    interleaved: bool = False,
) -> Iterator[Talk]:
    """Over the first link, Nagle off. Buffers in bytes are those of the client and of the server; ``fragments_of``:
    the client splits messages into chunks of so many bytes; ``interleaved``: I-DATA in place of DATA."""
    gnb, amf = watch.hosts
    with ExitStack() as stack:
        for host in (gnb, amf) if interleaved else ():
            sysctl(host, "net.sctp.intl_enable", 1)
            stack.callback(sysctl, host, "net.sctp.intl_enable", 0)
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
        for sock in (listener, client) if interleaved else ():
            sock.setsockopt(sctp.IPPROTO_SCTP, FRAGMENT_INTERLEAVE, 1)
            sock.setsockopt(sctp.IPPROTO_SCTP, INTERLEAVING_SUPPORTED, struct.pack("=iI", 0, 1))
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


def uplink(ue: int, octets: int = 40) -> bytes:
    """An UplinkNASTransport of a UE with so many octets of a ciphered NAS message, 10 at least; TS 38.413, 9.2.5.3."""
    nas = b"\x7e\x02" + bytes(range(3, 8)) + bytes(octets - 7)
    values = ((10, bytes((0, ue))), (85, bytes((0, ue))), (38, _long(nas)))
    ies = b"".join(number.to_bytes(2, "big") + b"\0" + _long(value) for number, value in values)
    return b"\0\x2e\x40" + _long(b"\0" + len(values).to_bytes(2, "big") + ies)


def _long(octets: bytes) -> bytes:
    """Behind their length: X.691, section 11.9."""
    size = len(octets)
    return (bytes((size,)) if size < 128 else (0x8000 | size).to_bytes(2, "big")) + octets
