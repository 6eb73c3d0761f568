"""What every traffic process shares: its sockets, the `ready` line, and the orders it takes on stdin.

Orders, one a line; each is answered by one line `= JSON`:

    status        SCTP_STATUS and SCTP_GET_PEER_ADDR_INFO of every association of every socket
    shutdown      shutdown(SHUT_WR): what is queued still goes out, then SHUTDOWN
    close         close every socket
    vanish        close with ABORT (SO_LINGER 0); cut the link first and the peer will never know
    quit          end the process, which closes its sockets
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import socket
import struct
import sys
import threading
from collections.abc import Callable
from typing import Any

from tests.lab.traffic import sctp_sockets as sctp

Order = Callable[[list[str]], Any]


class SocketOwner:
    """The sockets of one traffic process and the orders that concern them."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.ended = threading.Event()
        self.counters: dict[str, int] = {"sent": 0, "received": 0, "errors": 0}
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._orders: dict[str, Order] = {
            "status": lambda _: self.status(),
            "shutdown": lambda _: self._each(lambda sock: sock.shutdown(socket.SHUT_WR)),
            "close": lambda _: self._each(self.drop),
            "vanish": lambda _: self._each(self.vanish),
        }
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def keep(self, sock: socket.socket) -> socket.socket:
        """Adds a socket to those that orders are about, and returns it."""
        with self._lock:
            self._sockets.append(sock)
        return sock

    def drop(self, sock: socket.socket) -> None:
        """Closes a socket and forgets it."""
        with self._lock:
            if sock in self._sockets:
                self._sockets.remove(sock)
        sock.close()

    def vanish(self, sock: socket.socket) -> None:
        """Closes a socket with an ABORT instead of a SHUTDOWN, so that the association is gone at once."""
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.drop(sock)

    def sockets(self) -> list[socket.socket]:
        """The sockets kept so far."""
        with self._lock:
            return list(self._sockets)

    def order(self, name: str, action: Order) -> None:
        """Adds an order; `action` gets the words after its name and returns something JSON can hold."""
        self._orders[name] = action

    def ready(self, **facts: object) -> None:
        """Says `ready KIND fact=value …` on stdout, and obeys orders from now on."""
        words = [f"{name}={value}" for name, value in facts.items()]
        _say(" ".join(["ready", self.kind, *words]))
        threading.Thread(target=self._obey, daemon=True).start()

    def status(self) -> dict[str, Any]:
        """What getsockopt says about each association, and this process's own counters."""
        associations = []
        for sock in self.sockets():
            try:
                for ident in sctp.association_ids(sock):
                    associations.append(_describe(sock, ident))
            except OSError:
                continue  # a listening or a closed socket has no association
        return {"pid": os.getpid(), "associations": associations, **self.counters}

    def _each(self, action: Callable[[socket.socket], object]) -> dict[str, int]:
        done = failed = 0
        for sock in self.sockets():
            try:
                action(sock)
                done += 1
            except OSError:
                failed += 1
        return {"done": done, "failed": failed}

    def _obey(self) -> None:
        for line in sys.stdin:
            words = line.split()
            if not words:
                continue
            if words[0] == "quit":
                _say("= {}")
                # The main thread may be stuck in a send that never ends.
                os._exit(0)
            action = self._orders.get(words[0])
            try:
                answer = {"error": f"unknown order {words[0]}"} if action is None else action(words[1:])
            except (OSError, ValueError, IndexError) as error:
                answer = {"error": str(error)}
            _say("= " + json.dumps(answer))


def _describe(sock: socket.socket, ident: int) -> dict[str, Any]:
    found = dataclasses.asdict(sctp.status(sock, ident))
    found["peers"] = [dataclasses.asdict(peer) for peer in sctp.peers(sock, ident)]
    found["local_addresses"] = sctp.local_addresses(sock, ident)
    found["local_port"] = sock.getsockname()[1]
    return found


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
