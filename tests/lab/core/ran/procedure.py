"""One attempt of a UE, as its gNB sees it: what came, what is answered, and when."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.lab.core import causes, nas_protection, report
from tests.lab.core import nas_messages as nas
from tests.lab.core import nas_services as services
from tests.lab.core import ngap_messages as ngap
from tests.lab.core.loop import HandedOver, Loop
from tests.lab.core.nas_messages import Nas
from tests.lab.core.nas_protection import CIPHERED, INTEGRITY, NEW_CONTEXT_CIPHERED
from tests.lab.core.ran.ue import Ue

Counts = dict[str, int]


@dataclass
class Registrar:
    """Whom a procedure tells: `ended` of an attempt, `settled` when nothing more is to come of it.

    `anew` lets the UE begin again in --again seconds, in the way that the word says.
    """

    ended: Callable[[Ue, str, int, str | None], None]
    settled: Callable[[Ue], None]
    anew: Callable[[Ue, str], None]


@dataclass
class Procedure:
    """Answers for all UEs."""

    loop: Loop
    options: argparse.Namespace
    writer: ngap.Writer
    counts: Counts
    registrar: Registrar
    _on_nas: dict[int, Callable[[Ue, bytes, bool], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._on_nas = {
            Nas.AUTHENTICATION_REQUEST: self._authenticate,
            Nas.AUTHENTICATION_REJECT: self._refused,
            Nas.IDENTITY_REQUEST: lambda ue, *_: self._protected(ue, nas.identity_response(ue.number)),
            Nas.SECURITY_MODE_COMMAND: self._secure,
            Nas.REGISTRATION_ACCEPT: self._accepted,
            Nas.REGISTRATION_REJECT: self._rejected,
            Nas.SERVICE_ACCEPT: self._served,
            Nas.DEREGISTRATION_ACCEPT: self._deregistered,
            Nas.DL_NAS_TRANSPORT: self._session_refused,
        }

    def begin(self, ue: Ue, then: HandedOver, *, in_uplink: bool = False) -> None:
        """Sends the first message: in an InitialUEMessage, or in an UplinkNASTransport of a context that is there."""
        if in_uplink:
            self._ngap(ue, "UplinkNASTransport", self._request(ue), then)
        else:
            self._send(ue, self.writer.write("InitialUEMessage", ran=ue.ran, nas=self._request(ue)), then)

    def _request(self, ue: Ue) -> bytes:
        if ue.kind in nas.UPDATES:
            whole = nas.registration_request(ue.number, ue.kind, complete=True)
            container = nas_protection.ciphered(whole, ue.count) if self.options.ciphered else whole
            return self._sealed(
                ue, nas.registration_request(ue.number, ue.kind, container=container), INTEGRITY
            )
        if ue.kind == "service":
            return self._sealed(ue, services.service_request(ue.number), INTEGRITY)
        if ue.kind == "deregistration":
            return self._sealed(ue, services.deregistration_request(ue.number, with_guti=True), INTEGRITY)
        request = nas.registration_request(ue.number, ue.kind)
        return self._sealed(ue, request, CIPHERED) if ue.way.word == "anew under protection" else request

    def hear(self, ue: Ue, heard: ngap.Heard, read_ns: int) -> None:
        """Answers a message once the UE has thought about it for --ue-delay."""
        ue.read_ns = read_ns
        if ue.amf is None:
            ue.amf = heard.amf

        def answer() -> None:
            if ue.outcome != report.TIMED_OUT:
                self._answer(ue, heard)

        if self.options.ue_delay:
            self.loop.later(self.options.ue_delay / 1000, answer)
        else:
            answer()

    def _answer(self, ue: Ue, heard: ngap.Heard) -> None:
        if heard.name in ("DownlinkNASTransport", "InitialContextSetupRequest"):
            plain = nas_protection.unprotect(heard.nas, cipher=self.options.ciphered)
            answer = self._on_nas.get(plain[2])
            if answer is not None:
                answer(ue, plain, heard.name == "InitialContextSetupRequest")
        elif heard.name == "PDUSessionResourceSetupRequest":
            self._set_up_session(ue)
        elif heard.name == "UEContextReleaseCommand":
            self._release(ue, heard.cause)
        elif heard.name == "RerouteNASRequest" and (other := ue.node.links.get("other")) is not None:
            ue.link, ue.amf = other, None
            request = ngap.read(heard.enclosed).nas
            self._send(ue, self.writer.write("InitialUEMessage", ran=ue.ran, nas=request), lambda _: None)

    def _authenticate(self, ue: Ue, *_: object) -> None:
        word = ue.way.word
        if word == "mac-failure":
            self._nas(ue, nas.authentication_failure(nas.MAC_FAILURE))
        elif word == "sync-failure" and not ue.refusals:
            ue.refusals += 1
            self._nas(ue, nas.authentication_failure(nas.SYNCH_FAILURE))
        elif word == "radio-lost":
            self._ngap(ue, "UEContextReleaseRequest", cause=causes.RADIO_LOST)
        elif word == "error":
            self._ngap(ue, "ErrorIndication", cause=causes.SEMANTIC)
        elif word in ("anew", "reuse"):
            self.registrar.anew(ue, word)
        elif word != "silent":
            self._nas(ue, nas.authentication_response(ue.number, right=word != "wrong-res"))

    def _secure(self, ue: Ue, *_: object) -> None:
        ue.secured = True
        self._protected(ue, nas.security_mode_complete(ue.number, ue.kind), NEW_CONTEXT_CIPHERED)

    def _refused(self, ue: Ue, *_: object) -> None:
        cause = causes.of_5gmm(nas.MAC_FAILURE) if ue.way.word == "mac-failure" else None
        self.registrar.ended(ue, report.REFUSED, ue.read_ns, cause)

    def _rejected(self, ue: Ue, reject: bytes, *_: object) -> None:
        self.registrar.ended(ue, report.REJECTED, ue.read_ns, causes.of_5gmm(reject[3]))

    def _accepted(self, ue: Ue, accept: bytes, in_setup: bool) -> None:
        if ue.attempt > 1 and not ue.secured:
            # Meant for the attempt before, and repeated once more.
            return
        if ue.way.word == "setup-failure" and in_setup:
            self._ngap(ue, "InitialContextSetupFailure", cause=causes.NO_RADIO)
            self.registrar.ended(ue, report.REJECTED, ue.read_ns, causes.of_ngap(causes.NO_RADIO))
            return
        if ue.way.word.endswith("status"):
            self._not_accepted(ue, in_setup=in_setup)
            return
        ue.has_guti = nas.assigns_guti(accept)
        if not ue.has_guti:
            self.registrar.ended(ue, report.COMPLETED, ue.read_ns, None)
        if in_setup:
            self._ngap(ue, "InitialContextSetupResponse")
        if not ue.has_guti:
            self._go_on(ue)
            return

        def handed_over(at_ns: int) -> None:
            self.registrar.ended(ue, report.COMPLETED, at_ns, None)
            self._go_on(ue)

        # Right behind the response, in a send of its own: with Nagle the kernel holds it until the SACK of that.
        self._protected(ue, nas.registration_complete(), then=handed_over)

    def _not_accepted(self, ue: Ue, *, in_setup: bool) -> None:
        if in_setup:
            self._ngap(ue, "InitialContextSetupResponse")
        ue.refusals += 1
        if ue.refusals == 1:
            self._protected(ue, nas.status(ue.way.cause))
        elif ue.refusals == 2:
            self.registrar.anew(ue, ue.way.word)

    def _go_on(self, ue: Ue) -> None:
        if self.options.pdu_sessions:
            self._protected(ue, services.session_request())
        else:
            self._leave(ue)

    def _set_up_session(self, ue: Ue) -> None:
        failed = ue.way.word == "session-failure"
        self.counts["sessions_refused" if failed else "sessions"] += 1
        self._ngap(ue, "PDUSessionResourceSetupResponse", cause=causes.NO_RADIO if failed else "")
        self._leave(ue)

    def _session_refused(self, ue: Ue, transport: bytes, *_: object) -> None:
        if services.is_session_reject(transport):
            self.counts["sessions_refused"] += 1
            self._leave(ue)

    def _served(self, ue: Ue, _: bytes, in_setup: bool) -> None:
        self.counts["served"] += 1
        if in_setup:
            self._ngap(ue, "InitialContextSetupResponse")
        self._leave(ue)

    def _deregistered(self, ue: Ue, *_: object) -> None:
        self.counts["deregistered"] += 1

    def _leave(self, ue: Ue) -> None:
        if self.options.deregister and ue.amf is not None:
            goodbye = services.deregistration_request(ue.number, with_guti=ue.has_guti)
            self._protected(ue, goodbye)
        elif self.options.release:
            self._ngap(ue, "UEContextReleaseRequest", cause=causes.USER_INACTIVITY)
        elif not ue.awaits_release:
            self.registrar.settled(ue)

    def _release(self, ue: Ue, cause: str) -> None:
        self.counts["released"] += 1
        self._ngap(ue, "UEContextReleaseComplete")
        if ue.outcome == report.RUNNING:
            self.registrar.ended(ue, report.RELEASED, ue.read_ns, causes.of_ngap(cause))
        self.registrar.settled(ue)

    def _sealed(self, ue: Ue, plain: bytes, header: int) -> bytes:
        ue.count += 1
        return nas_protection.protect(plain, ue.count - 1, header, cipher=self.options.ciphered)

    def _protected(
        self, ue: Ue, plain: bytes, header: int = CIPHERED, then: HandedOver | None = None
    ) -> None:
        self._nas(ue, self._sealed(ue, plain, header), then)

    def _nas(self, ue: Ue, message: bytes, then: HandedOver | None = None) -> None:
        self._ngap(ue, "UplinkNASTransport", message, then)

    def _ngap(
        self, ue: Ue, name: str, message: bytes = b"", then: HandedOver | None = None, cause: str = ""
    ) -> None:
        def handed_over(at_ns: int) -> None:
            if ue.outcome == report.RUNNING and ue.read_ns:
                ue.ran_ns += at_ns - ue.read_ns
                # What is sent after it in the same breath adds only what lies between.
                ue.read_ns = at_ns
            if then is not None:
                then(at_ns)

        self._send(ue, self.writer.write(name, amf=ue.amf, ran=ue.ran, nas=message, cause=cause), handed_over)

    def _send(self, ue: Ue, data: bytes, then: HandedOver) -> None:
        line = ue.link.line

        def handed_over(at_ns: int) -> None:
            if line.blocking and ue.outcome == report.RUNNING:
                ue.blocked_ns += line.took_ns
            then(at_ns)

        line.send(data, ue.stream, then=handed_over)
