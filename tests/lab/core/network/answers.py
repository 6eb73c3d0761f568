"""What the AMF of the bench answers to a UE: registrations by the book or as its fate says, and what is around them."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.lab.core import causes, nas_protection, report
from tests.lab.core import nas_messages as nas
from tests.lab.core import nas_services as services
from tests.lab.core import ngap_messages as ngap
from tests.lab.core.loop import Loop
from tests.lab.core.nas_messages import Nas
from tests.lab.core.nas_protection import CIPHERED, NEW_CONTEXT
from tests.lab.core.network.contexts import Contexts, Ue
from tests.lab.core.report import RUNNING

REPEATS = 4
"""Of an accept that is not answered (TS 24.501, 5.5.1.2.8)."""


@dataclass
class Answers:
    """Answers; tells `ended` of an attempt, and `began` of one in a context that is there."""

    loop: Loop
    options: argparse.Namespace
    writer: ngap.Writer
    counts: dict[str, int]
    contexts: Contexts
    began: Callable[[Ue], None]
    ended: Callable[[Ue, str, str | None], None]
    _on_nas: dict[int, Callable[[Ue, bytes], None]] = field(default_factory=dict)
    _on_ngap: dict[str, Callable[[Ue, ngap.Heard], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._on_nas = {
            Nas.AUTHENTICATION_RESPONSE: self._check,
            Nas.AUTHENTICATION_FAILURE: self._failed,
            Nas.SECURITY_MODE_COMPLETE: lambda ue, _: self._decide(ue),
            Nas.IDENTITY_RESPONSE: lambda ue, _: self._accept(ue),
            Nas.REGISTRATION_COMPLETE: self._complete,
            Nas.REGISTRATION_REQUEST: self._anew,
            Nas.STATUS: self._status,
            Nas.UL_NAS_TRANSPORT: lambda ue, _: self._set_up_session(ue),
            Nas.DEREGISTRATION_REQUEST: lambda ue, _: self._deregister(ue),
        }
        self._on_ngap = {
            "UplinkNASTransport": self._uplink,
            "UEContextReleaseRequest": lambda ue, heard: self._release(ue, heard.cause),
            "InitialContextSetupFailure": self._no_context,
            "ErrorIndication": lambda ue, heard: self._release(ue, heard.cause),
            "InitialContextSetupResponse": lambda ue, _: None,
            "PDUSessionResourceSetupResponse": lambda ue, _: None,
        }

    def answer(self, ue: Ue, heard: ngap.Heard) -> None:
        """To a message of a UE that is known."""
        if heard.name in self._on_ngap:
            self._on_ngap[heard.name](ue, heard)

    def begin(self, ue: Ue, whole: bytes) -> None:
        """To its InitialUEMessage, `whole`."""
        if ue.kind == "service":
            self._serve(ue)
        elif ue.kind == "deregistration":
            self._deregister(ue)
        elif ue.fate.word == "reject":
            self.reject(ue, ue.fate.cause)
        elif ue.fate.word == "release":
            self._release(ue, "radioNetwork release-due-to-5gc-generated-reason")
        elif ue.fate.word == "reroute":
            self._ngap(ue, "RerouteNASRequest", whole)
            self.ended(ue, report.REROUTED, None)
            self.contexts.forget(ue)
        elif ue.fate.word != "lose":
            self._identify(ue)

    def reject(self, ue: Ue, cause: int) -> None:
        """At once, plain, and the context goes with it."""
        self._nas(ue, nas.registration_reject(cause))
        self.ended(ue, report.REJECTED, causes.of_5gmm(cause))
        self._release(ue, causes.NORMAL)

    def _identify(self, ue: Ue) -> None:
        if ue.kind in nas.UPDATES:
            self._decide(ue)
        else:
            self._nas(ue, nas.authentication_request(ue.number))

    def _uplink(self, ue: Ue, heard: ngap.Heard) -> None:
        plain = nas_protection.unprotect(heard.nas, cipher=self.options.ciphered)
        action = self._on_nas.get(plain[2])
        if action is not None:
            action(ue, plain)

    def _check(self, ue: Ue, response: bytes) -> None:
        if response != nas.authentication_response(ue.number):
            self._refuse(ue, None)
        elif ue.fate.word != "hold":
            self._protected(ue, nas.security_mode_command(), NEW_CONTEXT)

    def _failed(self, ue: Ue, failure: bytes) -> None:
        if failure[3] == nas.SYNCH_FAILURE:
            self._nas(ue, nas.authentication_request(ue.number))
        else:
            self._refuse(ue, causes.of_5gmm(failure[3]))

    def _refuse(self, ue: Ue, cause: str | None) -> None:
        self._nas(ue, nas.authentication_reject())
        self.ended(ue, report.REFUSED, cause)
        self._release(ue, causes.AUTHENTICATION)

    def _decide(self, ue: Ue) -> None:
        if ue.fate.word == "late-reject":
            self._protected(ue, nas.registration_reject(ue.fate.cause))
            self.ended(ue, report.REJECTED, causes.of_5gmm(ue.fate.cause))
            self._release(ue, causes.NORMAL)
        elif ue.fate.word == "identity":
            self._protected(ue, nas.identity_request())
        else:
            self._accept(ue)

    def _accept(self, ue: Ue) -> None:
        update = ue.kind in nas.UPDATES
        in_setup = self.options.update_in_setup if update else not self.options.accept_in_downlink
        self._send_accept(ue, in_setup=in_setup and not ue.set_up, assign_guti=self._assigns(ue))
        if self._assigns(ue):
            self._expect_complete(ue, 1)
        else:
            self.ended(ue, report.COMPLETED, None)
            self._release_later(ue)

    def _assigns(self, ue: Ue) -> bool:
        return not self.options.no_guti and ue.kind not in nas.UPDATES

    def _send_accept(self, ue: Ue, *, in_setup: bool, assign_guti: bool) -> None:
        accept = nas.registration_accept(ue.number, assign_guti=assign_guti)
        if in_setup:
            ue.set_up = True
            self._ngap(ue, "InitialContextSetupRequest", self._sealed(ue, accept))
        else:
            self._protected(ue, accept)

    def _expect_complete(self, ue: Ue, tries: int) -> None:
        def repeat() -> None:
            if ue.outcome == RUNNING and tries <= REPEATS:
                self.counts["accepts_repeated"] += 1
                self._send_accept(ue, in_setup=False, assign_guti=True)
                self._expect_complete(ue, tries + 1)

        if self.options.t3550:
            ue.t3550 = self.loop.later(self.options.t3550, repeat)

    def _complete(self, ue: Ue, _: bytes) -> None:
        if ue.t3550 is not None:
            ue.t3550.cancel()
        self.ended(ue, report.COMPLETED, None)

    def _status(self, ue: Ue, status: bytes) -> None:
        ue.status = status[3]

    def _anew(self, ue: Ue, request: bytes) -> None:
        """The UE begins again in the context that it has."""
        if ue.t3550 is not None:
            ue.t3550.cancel()
        if ue.status is not None:
            self.ended(ue, report.NOT_ACCEPTED, causes.of_5gmm(ue.status))
        else:
            self.ended(ue, report.SUPERSEDED, None)
        ue.kind, ue.attempt, ue.outcome = nas.kind_of(request), ue.attempt + 1, RUNNING
        ue.status = ue.cause = None
        ue.read_ns, ue.ended_ns = time.monotonic_ns(), 0
        self.began(ue)
        self._identify(ue)

    def _set_up_session(self, ue: Ue) -> None:
        if ue.fate.word == "session-reject":
            self._protected(ue, services.session_reject(ue.fate.cause))
        else:
            accept = self._sealed(ue, services.session_accept())
            self._ngap(ue, "PDUSessionResourceSetupRequest", accept)

    def _no_context(self, ue: Ue, heard: ngap.Heard) -> None:
        self.ended(ue, report.REJECTED, causes.of_ngap(heard.cause))
        self._release(ue, heard.cause)

    def _serve(self, ue: Ue) -> None:
        self.counts["served"] += 1
        self._ngap(ue, "InitialContextSetupRequest", self._sealed(ue, services.service_accept()))
        self.ended(ue, report.COMPLETED, None)
        self._release_later(ue)

    def _deregister(self, ue: Ue) -> None:
        self.counts["deregistered"] += 1
        self._protected(ue, services.deregistration_accept())
        self._release(ue, causes.DEREGISTER)

    def _release_later(self, ue: Ue) -> None:
        if self.options.release_after >= 0:
            self.loop.later(self.options.release_after, lambda: self._release(ue, causes.NORMAL))

    def _release(self, ue: Ue, cause: str) -> None:
        if ue.outcome == RUNNING:
            self.ended(ue, report.RELEASED, causes.of_ngap(cause))
        self._ngap(ue, "UEContextReleaseCommand", cause=cause)

    def release(self, ue: Ue) -> None:
        """Its UE has begun anew elsewhere."""
        self._release(ue, causes.NORMAL)

    def _sealed(self, ue: Ue, plain: bytes, header: int = CIPHERED) -> bytes:
        ue.count += 1
        return nas_protection.protect(plain, ue.count - 1, header, cipher=self.options.ciphered)

    def _protected(self, ue: Ue, plain: bytes, header: int = CIPHERED) -> None:
        self._nas(ue, self._sealed(ue, plain, header))

    def _nas(self, ue: Ue, message: bytes) -> None:
        self._ngap(ue, "DownlinkNASTransport", message)

    def _ngap(self, ue: Ue, name: str, message: bytes = b"", cause: str = "") -> None:
        self.counts["answers"] += 1
        reroute = name == "RerouteNASRequest"
        amf = None if reroute else ue.amf
        data = self.writer.write(name, amf=amf, ran=ue.ran, nas=message, cause=cause)
        ue.link.line.send(data, ue.stream, assoc_id=ue.link.assoc_id)
