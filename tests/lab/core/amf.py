"""The AMF of the bench: one thread, any number of gNBs, and answers as late, lost or wrong as the options say.

Orders beside those of `socket_owner`:

    report          counts, and the spread of the times that registrations took here (ms)
    registrations   each one: ids, outcome, when its first message was read and its last (ns, CLOCK_MONOTONIC)
"""

from __future__ import annotations

import argparse
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.lab.core import nas_messages as nas
from tests.lab.core import ngap_messages as ngap
from tests.lab.core import options as core_options
from tests.lab.core.loop import Line, Loop
from tests.lab.core.nas_messages import Nas
from tests.lab.core.report import KEPT, milliseconds, spread
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic import servers
from tests.lab.traffic.socket_owner import SocketOwner


@dataclass(slots=True)
class Ue:
    """A UE's context, from its InitialUEMessage until it is released."""

    line: Line
    assoc_id: int
    stream: int
    ran: int
    amf: int
    read_ns: int
    ended_ns: int = 0
    outcome: str = "running"
    count: int = 0
    """Of downlink NAS messages under protection."""


def amf(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Serves on `--local`, `--port`; `--one-to-many`: with one socket for all associations."""
    core = Amf(owner, options)
    owner.ready(port=options.port)
    core.loop.run()


class Amf:
    """All contexts, and what to answer."""

    def __init__(self, owner: SocketOwner, options: argparse.Namespace) -> None:
        self.loop = Loop()
        self._owner, self._options = owner, options
        self._writer = core_options.writer(options)
        self._streams: dict[tuple[Line, int], int] = {}
        self._ues: dict[int, Ue] = {}
        self._by_ran: dict[tuple[Line, int, int], Ue] = {}
        self._past: deque[Ue] = deque(maxlen=KEPT)
        self._next_id = options.first_amf_id
        self._counts = dict.fromkeys(
            "gnbs started completed rejected lost replaced sessions deregistered released unknown".split(), 0
        )
        self._answers: dict[int, Callable[[Ue], None]] = {
            Nas.AUTHENTICATION_RESPONSE: self._command_security,
            Nas.SECURITY_MODE_COMPLETE: self._accept,
            Nas.REGISTRATION_COMPLETE: lambda ue: self._end(ue, "completed", time.monotonic_ns()),
            Nas.UL_NAS_TRANSPORT: self._set_up_session,
            Nas.DEREGISTRATION_REQUEST: self._deregister,
        }
        owner.order("report", lambda _: self.report())
        owner.order("registrations", lambda _: [self._facts(ue) for ue in list(self._past)])
        for sock in servers.listen(owner, options, one_to_many=options.one_to_many):
            if options.one_to_many:
                self._new_line(sock)
            else:
                sock.setblocking(False)
                self.loop.watch(sock, partial(self._take, sock))

    def report(self) -> dict[str, Any]:
        """The counts; `total_ms` is from reading the InitialUEMessage to the end of the registration."""
        past = list(self._past)
        totals = [milliseconds(ue.ended_ns - ue.read_ns) for ue in past if ue.outcome == "completed"]
        return {**self._counts, "contexts": len(self._ues), "total_ms": spread(totals)}

    def _facts(self, ue: Ue) -> dict[str, Any]:
        ids = {"ran_ue_id": ue.ran, "amf_ue_id": ue.amf, "stream": ue.stream}
        return {**ids, "outcome": ue.outcome, "read_ns": ue.read_ns, "ended_ns": ue.ended_ns}

    def _take(self, listener: socket.socket) -> None:
        try:
            while True:
                self._new_line(self._owner.keep(listener.accept()[0]))
        except BlockingIOError:
            return

    def _new_line(self, sock: socket.socket) -> None:
        if self._options.nodelay:
            sctp.set_nodelay(sock)
        Line(self.loop, sock, core_options.ppid(self._options), self._hear, self._lost_line)

    def _lost_line(self, line: Line) -> None:
        for ue in [ue for ue in self._ues.values() if ue.line is line]:
            self._forget(ue)
        self._streams = {key: number for key, number in self._streams.items() if key[0] is not line}
        self._owner.drop(line.sock)

    def _hear(self, line: Line, message: sctp.Message) -> None:
        self._owner.counters["received"] += 1
        read_ns = time.monotonic_ns()
        self._burn()
        try:
            heard = ngap.read(message.data)
        except (ValueError, IndexError):
            self._counts["unknown"] += 1
            return
        if heard.name == "NGSetupRequest":
            self._counts["gnbs"] += 1
            self._streams[line, message.assoc_id] = sctp.status(line.sock, message.assoc_id).out_streams
            self._send(line, message.assoc_id, 0, self._writer.write("NGSetupResponse"))
        elif heard.name == "InitialUEMessage" and heard.ran is not None:
            self._register(line, message, heard.ran, read_ns)
        elif (ue := self._known(line, message.assoc_id, heard)) is not None:
            self._later(lambda: self._answer(ue, heard))
        else:
            self._counts["unknown"] += 1

    def _burn(self) -> None:
        end = time.thread_time() + self._options.cpu / 1000
        while time.thread_time() < end:
            pass

    def _later(self, action: Callable[[], None]) -> None:
        if self._options.answer_delay:
            self.loop.later(self._options.answer_delay / 1000, action)
        else:
            action()

    def _known(self, line: Line, assoc_id: int, heard: ngap.Heard) -> Ue | None:
        ue = self._ues.get(heard.amf if heard.amf is not None else -1)
        return (
            ue if ue is not None and (ue.line, ue.assoc_id, ue.ran) == (line, assoc_id, heard.ran) else None
        )

    def _answer(self, ue: Ue, heard: ngap.Heard) -> None:
        if heard.name == "UplinkNASTransport":
            plain = nas.unprotect(heard.nas, cipher=self._options.ciphered)
            action = self._answers.get(plain[2])
            if action is not None:
                action(ue)
        elif heard.name == "UEContextReleaseRequest":
            self._ngap(ue, "UEContextReleaseCommand")
        elif heard.name == "UEContextReleaseComplete":
            self._counts["released"] += 1
            self._forget(ue)
        elif heard.name == "PDUSessionResourceSetupResponse":
            self._counts["sessions"] += 1

    def _register(self, line: Line, message: sctp.Message, ran: int, read_ns: int) -> None:
        stream = message.stream % self._streams.get((line, message.assoc_id), 1)
        ue = Ue(line, message.assoc_id, stream, ran, self._next_id, read_ns)
        self._next_id += 1
        self._counts["started"] += 1
        number = self._counts["started"]
        old = self._by_ran.get((line, message.assoc_id, ran))
        if old is not None:
            self._counts["replaced"] += 1
            self._forget(old)
        self._ues[ue.amf] = self._by_ran[line, ue.assoc_id, ran] = ue
        if self._options.lose and number % self._options.lose == 0:
            self._end(ue, "lost", 0)
        elif self._options.reject and number % self._options.reject == 0:
            self._later(lambda: self._reject(ue))
        else:
            self._later(lambda: self._nas(ue, nas.authentication_request(ue.amf)))

    def _reject(self, ue: Ue) -> None:
        self._nas(ue, nas.registration_reject())
        self._end(ue, "rejected", time.monotonic_ns())
        self._ngap(ue, "UEContextReleaseCommand")

    def _command_security(self, ue: Ue) -> None:
        self._nas(ue, self._protected(ue, nas.security_mode_command(), nas.NEW_CONTEXT))

    def _accept(self, ue: Ue) -> None:
        accept = nas.registration_accept(ue.amf, assign_guti=not self._options.no_guti)
        protected = self._protected(ue, accept)
        if self._options.accept_in_downlink:
            self._nas(ue, protected)
        else:
            self._ngap(ue, "InitialContextSetupRequest", protected)
        if self._options.no_guti:
            self._end(ue, "completed", time.monotonic_ns())

    def _set_up_session(self, ue: Ue) -> None:
        self._ngap(ue, "PDUSessionResourceSetupRequest", self._protected(ue, nas.session_accept()))

    def _deregister(self, ue: Ue) -> None:
        self._counts["deregistered"] += 1
        self._nas(ue, self._protected(ue, nas.deregistration_accept()))
        self._ngap(ue, "UEContextReleaseCommand")

    def _end(self, ue: Ue, outcome: str, ended_ns: int) -> None:
        self._counts[outcome] += 1
        ue.outcome, ue.ended_ns = outcome, ended_ns
        self._past.append(ue)

    def _forget(self, ue: Ue) -> None:
        self._ues.pop(ue.amf, None)
        if self._by_ran.get((ue.line, ue.assoc_id, ue.ran)) is ue:
            del self._by_ran[ue.line, ue.assoc_id, ue.ran]

    def _protected(self, ue: Ue, plain: bytes, header: int = nas.CIPHERED) -> bytes:
        ue.count += 1
        cipher = self._options.ciphered and header == nas.CIPHERED
        return nas.protect(plain, ue.count - 1, header, cipher=cipher)

    def _nas(self, ue: Ue, message: bytes) -> None:
        self._ngap(ue, "DownlinkNASTransport", message)

    def _ngap(self, ue: Ue, name: str, message: bytes = b"") -> None:
        data = self._writer.write(name, amf=ue.amf, ran=ue.ran, nas=message)
        self._send(ue.line, ue.assoc_id, ue.stream, data)

    def _send(self, line: Line, assoc_id: int, stream: int, data: bytes) -> None:
        self._owner.counters["sent"] += 1
        line.send(data, stream, assoc_id=assoc_id)
