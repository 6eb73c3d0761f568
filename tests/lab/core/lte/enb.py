"""The eNB of the bench: UEs of LTE that attach, update, ask for services; orders as those of the gNB (`ran.gnb`).

An attach takes from the hand-over of its InitialUEMessage to that of AttachComplete, an update to the reading of its
accept.
"""

from __future__ import annotations

import argparse
import threading
import time
from functools import partial
from typing import Any

from tests.lab.core import causes, nas_protection, report
from tests.lab.core import options as core_options
from tests.lab.core.loop import HandedOver, Line, Loop
from tests.lab.core.lte import eps_messages as eps
from tests.lab.core.lte.context import KINDS, Book, Ue
from tests.lab.core.lte.eps_messages import Emm
from tests.lab.core.nas_protection import CIPHERED, INTEGRITY, NEW_CONTEXT_CIPHERED
from tests.lab.core.ngap_messages import S1AP, Heard
from tests.lab.traffic import clients
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.socket_owner import SocketOwner


def enb(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Associates, sets S1 up, and lets --ues UEs begin."""
    made = Enb(owner, options)
    made.loop.run()


class Enb:
    """One eNB, one association."""

    def __init__(self, owner: SocketOwner, options: argparse.Namespace) -> None:
        self.loop = Loop()
        self._owner, self._options = owner, options
        self._writer = core_options.writer(options, "S1AP")
        self._book = Book()
        self._ues: dict[int, Ue] = {}
        self._unsettled = options.ues
        self._finished = threading.Event()
        self._kinds = [KINDS[word] for word in options.kinds.split(",")]
        owner.order("go", lambda _: self._go())
        owner.order("report", lambda _: self.report())
        owner.order("finish", self._finish)
        owner.order("registrations", lambda _: [ue.facts() for ue in list(self._book.past)])
        sock = core_options.shape(clients.connected(owner, options), options)
        self._streams = sctp.status(sock).out_streams
        self._line = Line(self.loop, sock, core_options.ppid(options), self._hear, self._lost)
        self._line.send(self._writer.write("S1SetupRequest"), 0)

    def report(self) -> dict[str, Any]:
        """Counts by kind, outcome and cause; whether all are through."""
        return {**self._book.as_json(), "done": self._finished.is_set()}

    def _finish(self, words: list[str]) -> dict[str, Any]:
        self._finished.wait(float(words[0]))
        return self.report()

    def _go(self) -> dict[str, int]:
        self.loop.ask(self._begin)
        return {"ues": self._options.ues}

    def _begin(self) -> None:
        begin_ns = time.monotonic_ns()
        gap_ns = 1e9 / self._options.rate if self._options.rate else 0.0
        for number in range(self._options.ues):
            self.loop.at(begin_ns + round(number * gap_ns), partial(self._start, number))

    def _start(self, number: int) -> None:
        kind = self._kinds[number % len(self._kinds)]
        ident = self._options.first_ran_id + number
        stream = 1 + number % (self._streams - 1) if self._streams > 1 else 0
        ue = Ue(number, ident, kind, self._options.ways.of(number), stream)
        self._ues[ident] = ue
        ue.patience = self.loop.later(self._options.timeout, lambda: self._give_up(ue))
        self._book.begin(ue)

        def handed_over(at_ns: int) -> None:
            ue.began_ns = at_ns

        self._s1ap(ue, "InitialUEMessage", self._request(ue), then=handed_over)

    def _request(self, ue: Ue) -> bytes:
        if ue.kind in eps.ATTACHES:
            return eps.attach_request(ue.number, ue.kind)
        if ue.kind == "service":
            ue.count += 1
            return eps.service_request(ue.count)
        if ue.kind in eps.UPDATES:
            return self._sealed(ue, eps.update_request(ue.number, ue.kind), INTEGRITY)
        if ue.kind == "detach":
            return self._sealed(ue, eps.detach_request(ue.number), INTEGRITY)
        return self._sealed(ue, eps.extended_service_request(ue.number), INTEGRITY)

    def _hear(self, line: Line, message: sctp.Message) -> None:
        heard = S1AP.read(message.data)
        if heard.name == "S1SetupResponse":
            self._owner.ready(local_port=line.sock.getsockname()[1])
            if not self._options.on_order:
                self._begin()
        elif (ue := self._ues.get(heard.ran if heard.ran is not None else -1)) is None:
            self._book.counts["unknown"] += 1
        else:
            if ue.mme is None:
                ue.mme = heard.amf
            self._answer(ue, heard)

    def _answer(self, ue: Ue, heard: Heard) -> None:
        if heard.name == "DownlinkNASTransport":
            self._answer_nas(ue, nas_protection.unprotect(heard.nas, cipher=self._options.ciphered))
        elif heard.name == "InitialContextSetupRequest":
            self._s1ap(ue, "InitialContextSetupResponse")
            if ue.kind in eps.ATTACHES:

                def handed_over(at_ns: int) -> None:
                    self._book.end(ue, report.COMPLETED, at_ns=at_ns)
                    self._leave(ue)

                complete = self._sealed(ue, eps.attach_complete(), CIPHERED)
                self._s1ap(ue, "UplinkNASTransport", complete, then=handed_over)
            else:
                self._leave(ue)
        elif heard.name == "UEContextReleaseCommand":
            self._book.counts["released"] += 1
            self._s1ap(ue, "UEContextReleaseComplete")
            self._book.end(ue, report.RELEASED, causes.of_s1ap(heard.cause))
            del self._ues[ue.enb]
            self._settle(ue)

    def _answer_nas(self, ue: Ue, plain: bytes) -> None:
        kind = plain[1]
        if kind == Emm.AUTHENTICATION_REQUEST and ue.way.word == "radio-lost":
            self._s1ap(ue, "UEContextReleaseRequest", cause=causes.RADIO_LOST)
        elif kind == Emm.AUTHENTICATION_REQUEST and ue.way.word != "silent":
            self._s1ap(ue, "UplinkNASTransport", eps.authentication_response(ue.number))
        elif kind == Emm.SECURITY_MODE_COMMAND:
            complete = self._sealed(ue, eps.security_mode_complete(), NEW_CONTEXT_CIPHERED)
            self._s1ap(ue, "UplinkNASTransport", complete)
        elif kind == Emm.TAU_ACCEPT:
            self._book.end(ue, report.COMPLETED)
            self._leave(ue)
        elif kind == Emm.ATTACH_REJECT:
            self._book.end(ue, report.REJECTED, causes.of_emm(plain[2]))

    def _leave(self, ue: Ue) -> None:
        if not self._options.await_release:
            self._settle(ue)

    def _give_up(self, ue: Ue) -> None:
        self._book.end(ue, report.TIMED_OUT)
        self._settle(ue)

    def _lost(self, line: Line) -> None:
        self._owner.drop(line.sock)
        for ue in list(self._ues.values()):
            self._book.end(ue, report.ASSOCIATION_LOST)
            self._settle(ue)

    def _settle(self, ue: Ue) -> None:
        if ue.patience is not None:
            ue.patience.cancel()
        self._unsettled -= not ue.settled
        ue.settled = True
        if not self._unsettled:
            self._finished.set()

    def _sealed(self, ue: Ue, plain: bytes, header: int) -> bytes:
        ue.count += 1
        return nas_protection.protect_eps(plain, ue.count, header, cipher=self._options.ciphered)

    def _s1ap(
        self, ue: Ue, name: str, message: bytes = b"", *, cause: str = "", then: HandedOver | None = None
    ) -> None:
        amf = None if name == "InitialUEMessage" else ue.mme
        data = self._writer.write(name, amf=amf, ran=ue.enb, nas=message, cause=cause)
        self._line.send(data, ue.stream, then=then)
