"""The AMF of the bench: one thread, any number of gNBs, and answers as late, lost or wrong as the options say.

Orders beside those of `socket_owner`:

    pause SEC       stands still: nothing is read or answered
    report          counts, and the spread of the times that registrations took here (ms)
    registrations   each one: ids, outcome, when its first message was read and its last (ns, CLOCK_MONOTONIC)
"""

from __future__ import annotations

import argparse
import copy
import socket
import time
from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.lab.core import nas_messages as nas
from tests.lab.core import nas_protection, report
from tests.lab.core import ngap_messages as ngap
from tests.lab.core import options as core_options
from tests.lab.core.loop import Line, Loop
from tests.lab.core.nas_messages import Nas
from tests.lab.core.network.answers import Answers
from tests.lab.core.network.contexts import Contexts, Link, Ue
from tests.lab.core.report import KEPT, RUNNING, Ledger, milliseconds, spread
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic import servers
from tests.lab.traffic.socket_owner import SocketOwner

NAMES = (
    "gnbs twins refused_setups started completed rejected lost replaced sessions deregistered released unknown "
    "served accepts_repeated answers"
)
COUNTED = {report.COMPLETED: "completed", report.REJECTED: "rejected"}
REFUSAL = "misc unknown-PLMN-or-SNPN"
OTHERS = {int(Nas.SERVICE_REQUEST): "service", int(Nas.DEREGISTRATION_REQUEST): "deregistration"}


def amf(owner: SocketOwner, options: argparse.Namespace) -> None:
    """Serves on `--local`, `--port`; `--one-to-many`: with one socket for all associations."""
    core = Amf(owner, options)
    owner.ready(port=options.port)
    core.loop.run()


class Amf:
    """Hears, and has what it hears answered."""

    def __init__(self, owner: SocketOwner, options: argparse.Namespace) -> None:
        self.loop = Loop()
        self._owner, self._options = owner, options
        self._writer = core_options.writer(options)
        self._contexts = Contexts()
        self._past: deque[Ue] = deque(maxlen=KEPT)
        self._next_id = options.first_amf_id
        self._counts = dict.fromkeys(NAMES.split(), 0)
        self._ledger, self._others = Ledger(), Counter[str]()
        self._answers = Answers(
            *(self.loop, options, self._writer, self._counts, self._contexts, self._began, self._end)
        )
        owner.order("pause", lambda words: self.loop.pause(float(words[0])))
        owner.order("report", lambda _: self.report())
        owner.order("registrations", lambda _: [ue.facts() for ue in list(self._past)])
        for sock in servers.listen(owner, options, one_to_many=options.one_to_many):
            if options.one_to_many:
                self._new_line(sock)
            else:
                sock.setblocking(False)
                self.loop.watch(sock, partial(self._take, sock))

    def report(self) -> dict[str, Any]:
        """The counts; `total_ms` is from reading the InitialUEMessage to the end of the registration."""
        past = list(self._past)
        totals = [milliseconds(ue.ended_ns - ue.read_ns) for ue in past if ue.outcome == report.COMPLETED]
        return {
            **self._counts,
            "kinds": self._ledger.as_json(),
            "others": dict(self._others),
            "contexts": len(self._contexts),
            "total_ms": spread(totals),
        }

    def _take(self, listener: socket.socket) -> None:
        try:
            while True:
                self._new_line(self._owner.keep(listener.accept()[0]))
        except BlockingIOError:
            return

    def _new_line(self, sock: socket.socket) -> None:
        if self._options.nodelay:
            sctp.set_nodelay(sock)
        core_options.shape(sock, self._options)
        ppid, blocking = core_options.ppid(self._options), self._options.blocking
        Line(self.loop, sock, ppid, self._hear, self._lost_line, blocking=blocking)

    def _lost_line(self, line: Line) -> None:
        for ue in self._contexts.lose(line):
            self._end(ue, report.ASSOCIATION_LOST)
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
        link = self._contexts.link(line, message.assoc_id)
        if heard.name in ("NGSetupRequest", "RANConfigurationUpdate"):
            self._set_up(line, message.assoc_id, heard)
        elif link is None:
            self._counts["unknown"] += 1
        elif heard.name == "InitialUEMessage" and heard.ran is not None:
            self._register(link, message, heard, read_ns)
        elif (ue := self._contexts.find(link, heard.amf, heard.ran)) is None:
            self._counts["unknown"] += 1
        elif heard.name == "UEContextReleaseComplete":
            self._counts["released"] += 1
            self._contexts.forget(ue)
        else:
            # PDUSessionResourceSetupResponse tells whether it failed, which nobody here has to know.
            self._counts["sessions"] += heard.name == "PDUSessionResourceSetupResponse"
            self._later(partial(self._answers.answer, ue, heard))

    def _set_up(self, line: Line, assoc_id: int, heard: ngap.Heard) -> None:
        if heard.name == "RANConfigurationUpdate":
            self._counts["twins"] += 1
            self._contexts.join(line, assoc_id, heard.node)
            self._send(line, assoc_id, "RANConfigurationUpdateAcknowledge")
        elif self._options.refuse_setups < 0 or self._counts["refused_setups"] < self._options.refuse_setups:
            self._counts["refused_setups"] += 1
            self._send(line, assoc_id, "NGSetupFailure", REFUSAL)
        else:
            self._counts["gnbs"] += 1
            for ue in self._contexts.set_up(line, assoc_id, heard.node):
                self._end(ue, report.ASSOCIATION_LOST)
            self._send(line, assoc_id, "NGSetupResponse")

    def _send(self, line: Line, assoc_id: int, name: str, cause: str = "") -> None:
        line.send(self._writer.write(name, cause=cause), 0, assoc_id=assoc_id)

    def _burn(self) -> None:
        end = time.thread_time() + self._options.cpu / 1000
        while time.thread_time() < end:
            pass

    def _later(self, action: Callable[[], None]) -> None:
        if self._options.answer_delay:
            self.loop.later(self._options.answer_delay / 1000, action)
        else:
            action()

    def _register(self, link: Link, message: sctp.Message, heard: ngap.Heard, read_ns: int) -> None:
        others = [other for other in link.peer.links if other is not link]
        if self._options.answer_on_other and others:
            link = others[0]
        plain = nas_protection.unprotect(heard.nas, cipher=self._options.ciphered)
        kind = OTHERS.get(plain[2]) or nas.kind_of(plain)
        number, ran = nas.subscriber(plain), heard.ran or 0
        fate = self._options.fates.of(number)
        stream = message.stream % link.streams
        ue = Ue(link.peer, link, stream, ran, self._next_id, number, kind, fate, read_ns)
        self._next_id += 1
        same_id, same_ue = self._contexts.add(ue)
        if same_id is not None:
            self._counts["replaced"] += 1
            self._contexts.forget(same_id)
            self._end(same_id, report.SUPERSEDED)
            # Forgetting the other has taken nothing of this one along.
        elif same_ue is not None and same_ue.outcome == RUNNING:
            self._later(partial(self._answers.release, same_ue))
        self._began(ue)
        started = self._counts["started"]
        if self._options.lose and started % self._options.lose == 0:
            self._counts["lost"] += 1
        elif self._options.reject and started % self._options.reject == 0:
            self._later(lambda: self._answers.reject(ue, 11))
        else:
            self._counts["lost"] += fate.word == "lose"
            self._later(lambda: self._answers.begin(ue, message.data))

    def _began(self, ue: Ue) -> None:
        if ue.kind in OTHERS.values():
            self._others[ue.kind] += 1
            return
        self._counts["started"] += 1
        self._ledger.begin(ue.kind)
        if ue.patience is not None:
            ue.patience.cancel()
        ue.patience = self.loop.later(self._options.timeout, lambda: self._end(ue, report.TIMED_OUT))

    def _end(self, ue: Ue, outcome: str, cause: str | None = None) -> None:
        if ue.outcome != RUNNING:
            return
        ue.outcome, ue.cause, ue.ended_ns = outcome, cause, time.monotonic_ns()
        if ue.kind in OTHERS.values():
            return
        self._ledger.end(ue.kind, outcome, cause)
        if outcome in COUNTED:
            self._counts[COUNTED[outcome]] += 1
        # The context may see another attempt.
        self._past.append(copy.copy(ue))
