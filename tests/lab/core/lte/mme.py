"""The MME of the bench: for one eNB a socket, and orders as those of the AMF (`network.amf`)."""

from __future__ import annotations

import argparse
import socket
from functools import partial

from tests.lab.core import causes, nas_protection, report
from tests.lab.core import options as core_options
from tests.lab.core.loop import Line, Loop
from tests.lab.core.lte import eps_messages as eps
from tests.lab.core.lte.context import REGISTRATIONS, Book, Ue
from tests.lab.core.lte.eps_messages import Emm
from tests.lab.core.nas_protection import CIPHERED, NEW_CONTEXT
from tests.lab.core.ngap_messages import S1AP, Heard
from tests.lab.core.report import RUNNING
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic import servers
from tests.lab.traffic.socket_owner import SocketOwner

SHORT_HEADER = 0xC
"""Security header types from it on are those of a SERVICE REQUEST."""


def mme(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Serves on `--local`, `--port`."""
    made = Mme(owner, options)
    owner.ready(port=options.port)
    made.loop.run()


class Mme:
    """All contexts, and what to answer."""

    def __init__(self, owner: SocketOwner, options: argparse.Namespace) -> None:
        self.loop = Loop()
        self._owner, self._options = owner, options
        self._writer = core_options.writer(options, "S1AP")
        self._book = Book()
        self._ues: dict[tuple[Line, int], Ue] = {}
        self._next_id = options.first_amf_id
        owner.order("report", lambda _: {**self._book.as_json(), "contexts": len(self._ues)})
        owner.order("registrations", lambda _: [ue.facts() for ue in list(self._book.past)])
        for sock in servers.listen(owner, options):
            sock.setblocking(False)
            self.loop.watch(sock, partial(self._take, sock))

    def _take(self, listener: socket.socket) -> None:
        try:
            while True:
                sock = core_options.shape(self._owner.keep(listener.accept()[0]), self._options)
                if self._options.nodelay:
                    sctp.set_nodelay(sock)
                Line(self.loop, sock, core_options.ppid(self._options), self._hear, self._lost)
        except BlockingIOError:
            return

    def _lost(self, line: Line) -> None:
        for key, ue in list(self._ues.items()):
            if key[0] is line:
                self._book.end(ue, report.ASSOCIATION_LOST)
                self._forget(line, ue)
        self._owner.drop(line.sock)

    def _hear(self, line: Line, message: sctp.Message) -> None:
        heard = S1AP.read(message.data)
        if heard.name == "S1SetupRequest":
            line.send(self._writer.write("S1SetupResponse"), 0)
        elif heard.name == "InitialUEMessage" and heard.ran is not None:
            self._register(line, message.stream, heard.ran, heard.nas)
        elif (ue := self._ues.get((line, heard.amf or 0))) is None or ue.enb != heard.ran:
            self._book.counts["unknown"] += 1
        else:
            self._answer(line, ue, heard)

    def _register(self, line: Line, stream: int, enb: int, message: bytes) -> None:
        plain = nas_protection.unprotect(message, cipher=self._options.ciphered)
        number = _subscriber(plain)
        ue = Ue(number, enb, _kind(message, plain), self._options.fates.of(number), stream, self._next_id)
        self._next_id += 1
        self._ues[line, ue.mme or 0] = ue
        self._book.begin(ue)
        if ue.kind in REGISTRATIONS:
            ue.patience = self.loop.later(self._options.timeout, lambda: self._book.end(ue, report.TIMED_OUT))
        if ue.way.word == "lose":
            return
        if ue.way.word == "reject":
            self._s1ap(line, ue, "DownlinkNASTransport", eps.attach_reject(ue.way.cause))
            self._book.end(ue, report.REJECTED, causes.of_emm(ue.way.cause))
            self._release(line, ue, causes.NORMAL)
        elif ue.kind in eps.ATTACHES:
            self._s1ap(line, ue, "DownlinkNASTransport", eps.authentication_request(number))
        elif ue.kind in eps.UPDATES:
            self._protected(line, ue, eps.update_accept())
            self._book.end(ue, report.COMPLETED)
            self._release_later(line, ue)
        elif ue.kind == "detach":
            self._protected(line, ue, eps.detach_accept())
            self._release(line, ue, "nas detach")
        else:
            self._s1ap(line, ue, "InitialContextSetupRequest")
            self._release_later(line, ue)

    def _answer(self, line: Line, ue: Ue, heard: Heard) -> None:
        if heard.name == "UplinkNASTransport":
            kind = nas_protection.unprotect(heard.nas, cipher=self._options.ciphered)[1]
            if kind == Emm.AUTHENTICATION_RESPONSE and ue.way.word != "hold":
                self._protected(line, ue, eps.security_mode_command(), NEW_CONTEXT)
            elif kind == Emm.SECURITY_MODE_COMPLETE:
                accept = self._sealed(ue, eps.attach_accept(ue.number), CIPHERED)
                self._s1ap(line, ue, "InitialContextSetupRequest", accept)
            elif kind == Emm.ATTACH_COMPLETE:
                self._book.end(ue, report.COMPLETED)
                self._release_later(line, ue)
        elif heard.name == "UEContextReleaseRequest":
            self._release(line, ue, heard.cause)
        elif heard.name == "UEContextReleaseComplete":
            self._book.counts["released"] += 1
            self._forget(line, ue)

    def _release_later(self, line: Line, ue: Ue) -> None:
        if self._options.release_after >= 0:
            self.loop.later(self._options.release_after, lambda: self._release(line, ue, causes.NORMAL))

    def _release(self, line: Line, ue: Ue, cause: str) -> None:
        if ue.outcome == RUNNING:
            self._book.end(ue, report.RELEASED, causes.of_s1ap(cause))
        self._s1ap(line, ue, "UEContextReleaseCommand", cause=cause)

    def _forget(self, line: Line, ue: Ue) -> None:
        self._ues.pop((line, ue.mme or 0), None)
        if ue.patience is not None:
            ue.patience.cancel()

    def _sealed(self, ue: Ue, plain: bytes, header: int) -> bytes:
        ue.count += 1
        return nas_protection.protect_eps(plain, ue.count, header, cipher=self._options.ciphered)

    def _protected(self, line: Line, ue: Ue, plain: bytes, header: int = CIPHERED) -> None:
        self._s1ap(line, ue, "DownlinkNASTransport", self._sealed(ue, plain, header))

    def _s1ap(self, line: Line, ue: Ue, name: str, message: bytes = b"", cause: str = "") -> None:
        data = self._writer.write(name, amf=ue.mme, ran=ue.enb, nas=message, cause=cause)
        line.send(data, ue.stream)


def _kind(message: bytes, plain: bytes) -> str:
    if message[0] >> 4 >= SHORT_HEADER:
        return "service"
    if plain[1] == Emm.ATTACH_REQUEST:
        return next(kind for kind, octet in eps.ATTACHES.items() if octet & 7 == plain[2] & 7)
    if plain[1] == Emm.TAU_REQUEST:
        return next(kind for kind, octet in eps.UPDATES.items() if octet & 7 == plain[2] & 7)
    return "detach" if plain[1] == Emm.DETACH_REQUEST else "extended service"


def _subscriber(plain: bytes) -> int:
    """Of an IMSI or a GUTI; 0 for a service request, which names none."""
    if len(plain) < 6:
        return 0
    identity = plain[4 : 4 + plain[3]]
    if identity[0] & 7 == 1:
        return int("".join(f"{octet & 0xF}{octet >> 4}" for octet in identity[-4:])[1:])
    return int.from_bytes(identity[-4:], "big") - 0xC0000000
