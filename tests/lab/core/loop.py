"""The event loop of the simulators: one thread, timers, and associations that never block.

A send that the kernel does not take waits in a queue of the process's own, as in a real gNB or AMF.
"""

from __future__ import annotations

import heapq
import itertools
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.lab.traffic import sctp_sockets as sctp

Action = Callable[[], None]
HandedOver = Callable[[int], None]
"""Called with the instant (ns, CLOCK_MONOTONIC) at which the kernel was given the message."""

TURN = 8
"""Messages read from one socket before the others have their turn."""
LONGEST = 8192
"""Octets of a message; none of ours has more than a few hundred."""


class Timer:
    """Something to do later, unless it is cancelled."""

    __slots__ = ("action",)

    def __init__(self, action: Action) -> None:
        self.action: Action | None = action

    def cancel(self) -> None:
        """Do nothing after all."""
        self.action = None


class Loop:
    """Waits for sockets and for the clock; `now_ns` is CLOCK_MONOTONIC, which all hosts of one kernel share."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[int, int, Timer]] = []
        self._numbers = itertools.count()
        self._asked: deque[Action] = deque()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, self._obey)

    def later(self, seconds: float, action: Action) -> Timer:
        """Do this in so many seconds."""
        return self.at(time.monotonic_ns() + round(seconds * 1e9), action)

    def at(self, when_ns: int, action: Action) -> Timer:
        """Do this at that instant; in order when several are due."""
        timer = Timer(action)
        heapq.heappush(self._timers, (when_ns, next(self._numbers), timer))
        return timer

    def ask(self, action: Action) -> None:
        """Do this soon, in the loop's thread; the only call that other threads may make."""
        self._asked.append(action)
        os.write(self._wake_write, b"!")

    def watch(self, sock: socket.socket, action: Action, *, writable: bool = False) -> None:
        """Do this whenever the socket has something to read (or room to write as well); replaces what was."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if writable else 0)
        try:
            self._selector.modify(sock, events, action)
        except KeyError:
            self._selector.register(sock, events, action)

    def pause(self, seconds: float) -> None:
        """Stand still: nothing is read or answered. May be called by another thread."""
        self.ask(lambda: time.sleep(seconds))

    def forget(self, sock: socket.socket) -> None:
        """Watch it no more."""
        self._selector.unregister(sock)

    def run(self) -> None:
        """Until the process ends."""
        while True:
            for key, _ in self._selector.select(self._due()):
                # What came first may have closed the socket of what comes second.
                if key.fd in self._selector.get_map():
                    key.data()

    def _due(self) -> float | None:
        """Does what is due, and says how long there is nothing to do (s)."""
        while self._timers:
            left = self._timers[0][0] - time.monotonic_ns()
            if left > 0:
                return left / 1e9
            timer = heapq.heappop(self._timers)[2]
            if timer.action is not None:
                timer.action()
        return None

    def _obey(self) -> None:
        os.read(self._wake_read, 4096)
        while self._asked:
            self._asked.popleft()()


@dataclass(eq=False)
class Line:
    """A socket and what still has to go out on it; one association, or all those of a one-to-many socket.

    `hear` gets each message, `gone` is called once when the peer has closed or the association failed.
    `blocking`: a send waits in the kernel for room in the send buffer, as that of many a gNB and AMF does.
    """

    loop: Loop
    sock: socket.socket
    ppid: int
    hear: Callable[[Line, sctp.Message], None]
    gone: Callable[[Line], None]
    sent: int = 0
    received: int = 0
    closed: bool = False
    blocking: bool = False
    took_ns: int = 0
    """How long the last send took in the kernel."""
    _waiting: deque[tuple[bytes, int, int, HandedOver | None]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        sctp.want_message_info(self.sock)
        self.sock.setblocking(False)
        self.loop.watch(self.sock, self._turn)

    def send(self, data: bytes, stream: int, *, assoc_id: int = 0, then: HandedOver | None = None) -> None:
        """Hands a message over, now if the kernel takes it, else as soon as it does; never once it is closed."""
        if self.closed:
            return
        self._waiting.append((data, stream, assoc_id, then))
        if len(self._waiting) == 1:
            self._flush()

    def _flush(self) -> None:
        while self._waiting:
            data, stream, assoc_id, then = self._waiting[0]
            at_ns = time.monotonic_ns()
            try:
                self._hand_over(data, stream, assoc_id)
            except BlockingIOError:
                self.loop.watch(self.sock, self._turn, writable=True)
                return
            except OSError:
                if self.sock.type != socket.SOCK_SEQPACKET:
                    self._close()
                    return
                then = None  # That one association is gone; the socket has others.
            self.took_ns = time.monotonic_ns() - at_ns
            self._waiting.popleft()
            self.sent += 1
            if then is not None:
                then(at_ns)

    def _hand_over(self, data: bytes, stream: int, assoc_id: int) -> None:
        if self.blocking:
            self.sock.setblocking(True)
        try:
            sctp.send(self.sock, data, stream=stream, ppid=self.ppid, assoc_id=assoc_id)
        finally:
            if self.blocking:
                self.sock.setblocking(False)

    def _turn(self) -> None:
        if self._waiting:
            self._flush()
            if not self._waiting and not self.closed:
                self.loop.watch(self.sock, self._turn)
        for _ in range(TURN):
            if self.closed:
                return
            try:
                message = sctp.receive(self.sock, LONGEST)
            except BlockingIOError:
                return
            except OSError:
                self._close()
                return
            if message.notification:
                continue
            if not message.data:
                self._close()
                return
            self.received += 1
            self.hear(self, message)

    def _close(self) -> None:
        self.closed = True
        self._waiting.clear()
        self.loop.forget(self.sock)
        self.gone(self)
