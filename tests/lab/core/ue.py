"""One registration of one UE, as its gNB sees it: what came, what is answered, and when."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.lab.core import nas_messages as nas
from tests.lab.core import ngap_messages as ngap
from tests.lab.core.loop import HandedOver, Line, Loop, Timer
from tests.lab.core.nas_messages import Nas


@dataclass(eq=False)
class Gnb:
    """One association with its UEs by RAN-UE-NGAP-ID."""

    number: int
    streams: int
    next_id: int
    ues: dict[int, Ue] = field(default_factory=dict)
    given_back: list[int] = field(default_factory=list)
    line: Line | None = None

    def new_id(self) -> int:
        """The one given back last, else the next one."""
        if self.given_back:
            return self.given_back.pop()
        self.next_id += 1
        return self.next_id - 1


@dataclass(slots=True, eq=False)
class Ue:
    """One registration; `number` names the subscriber (see `nas_messages.msin`), instants are CLOCK_MONOTONIC."""

    number: int
    gnb: Gnb
    ran: int
    stream: int
    amf: int | None = None
    count: int = 0
    """Of uplink NAS messages under protection."""
    started_ns: int = 0
    ended_ns: int = 0
    read_ns: int = 0
    ran_ns: int = 0
    outcome: str = "running"
    has_guti: bool = False
    patience: Timer | None = None


@dataclass
class Procedure:
    """Answers for all UEs; tells `ended` of a registration, and `settled` when nothing more is to come of it."""

    loop: Loop
    options: argparse.Namespace
    writer: ngap.Writer
    ppid: int
    counts: dict[str, int]
    ended: Callable[[Ue, str, int], None]
    settled: Callable[[Ue], None]

    def begin(self, ue: Ue, then: HandedOver) -> None:
        """Sends the InitialUEMessage."""
        request = nas.registration_request(ue.number)
        self._send(ue, self.writer.write("InitialUEMessage", ran=ue.ran, nas=request), then)

    def hear(self, ue: Ue, heard: ngap.Heard, read_ns: int) -> None:
        """Answers a message once the UE has thought about it for --ue-delay."""
        ue.read_ns = read_ns
        if ue.amf is None:
            ue.amf = heard.amf

        def answer() -> None:
            if ue.outcome != "timed_out":
                self._answer(ue, heard)

        if self.options.ue_delay:
            self.loop.later(self.options.ue_delay / 1000, answer)
        else:
            answer()

    def _answer(self, ue: Ue, heard: ngap.Heard) -> None:
        if heard.name in ("DownlinkNASTransport", "InitialContextSetupRequest"):
            self._answer_nas(ue, heard)
        elif heard.name == "PDUSessionResourceSetupRequest":
            self.counts["sessions"] += 1
            self._ngap(ue, "PDUSessionResourceSetupResponse")
            self._leave(ue)
        elif heard.name == "UEContextReleaseCommand":
            self.counts["released"] += 1
            self._ngap(ue, "UEContextReleaseComplete")
            if ue.outcome == "running":
                self.ended(ue, "stuck", ue.read_ns)
            self.settled(ue)

    def _answer_nas(self, ue: Ue, heard: ngap.Heard) -> None:
        plain = nas.unprotect(heard.nas, cipher=self.options.ciphered)
        kind = plain[2]
        if kind == Nas.AUTHENTICATION_REQUEST:
            self._nas(ue, nas.authentication_response(ue.number))
        elif kind == Nas.SECURITY_MODE_COMMAND:
            answer = nas.security_mode_complete(ue.number)
            self._nas(ue, self._protected(ue, answer, nas.NEW_CONTEXT_CIPHERED))
        elif kind == Nas.REGISTRATION_ACCEPT:
            self._complete(ue, plain, in_setup=heard.name == "InitialContextSetupRequest")
        elif kind == Nas.REGISTRATION_REJECT:
            self.ended(ue, "rejected", ue.read_ns)
        elif kind == Nas.DEREGISTRATION_ACCEPT:
            self.counts["deregistered"] += 1

    def _complete(self, ue: Ue, accept: bytes, *, in_setup: bool) -> None:
        ue.has_guti = nas.assigns_guti(accept)
        if not ue.has_guti:
            self.ended(ue, "completed", ue.read_ns)
        if in_setup:
            self._ngap(ue, "InitialContextSetupResponse")
        if not ue.has_guti:
            self._go_on(ue)
            return

        def handed_over(at_ns: int) -> None:
            self.ended(ue, "completed", at_ns)
            self._go_on(ue)

        # Right behind the response, in a send of its own: with Nagle the kernel holds it until the SACK of that.
        self._nas(ue, self._protected(ue, nas.registration_complete()), handed_over)

    def _go_on(self, ue: Ue) -> None:
        if self.options.pdu_sessions:
            self._nas(ue, self._protected(ue, nas.session_request()))
        else:
            self._leave(ue)

    def _leave(self, ue: Ue) -> None:
        if self.options.deregister and ue.amf is not None:
            goodbye = nas.deregistration_request(ue.number, ue.amf, with_guti=ue.has_guti)
            self._nas(ue, self._protected(ue, goodbye))
        elif self.options.release:
            self._ngap(ue, "UEContextReleaseRequest")
        else:
            self.settled(ue)

    def _protected(self, ue: Ue, plain: bytes, header: int = nas.CIPHERED) -> bytes:
        ue.count += 1
        return nas.protect(plain, ue.count - 1, header, cipher=self.options.ciphered)

    def _nas(self, ue: Ue, message: bytes, then: HandedOver | None = None) -> None:
        self._ngap(ue, "UplinkNASTransport", message, then)

    def _ngap(self, ue: Ue, name: str, message: bytes = b"", then: HandedOver | None = None) -> None:
        def handed_over(at_ns: int) -> None:
            if ue.outcome == "running":
                ue.ran_ns += at_ns - ue.read_ns
                # What is sent after it in the same breath adds only what lies between.
                ue.read_ns = at_ns
            if then is not None:
                then(at_ns)

        self._send(ue, self.writer.write(name, amf=ue.amf, ran=ue.ran, nas=message), handed_over)

    def _send(self, ue: Ue, data: bytes, then: HandedOver) -> None:
        assert ue.gnb.line is not None
        ue.gnb.line.send(data, ue.stream, then=then)
