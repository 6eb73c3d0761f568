"""A gNB and its AMF with UEs of several kinds: most register, others fail in every way; ciphered as real cores are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sctptop.model.sample import Sample
from tests.ui.flowing import later, samples_of, sent_again
from tests.unit.model.registrations.flow_steps import (
    ACCEPT,
    AUTH,
    AUTH_FAIL,
    AUTH_R,
    AUTH_REJECT,
    COMPLETE,
    MOBILITY,
    PERIODIC,
    REJECT,
    RELEASE,
    REQUEST,
    SESSION,
    STATUS,
    context,
    down,
    open_security,
    release,
    release_request,
    request,
    security,
    up,
)
from tests.unit.model.registrations.flows import Said
from tests.unit.registering import SUCCESSFUL


def released(ms: float) -> tuple[Said, Said]:
    """A UEContextRelease: command and completion."""
    return release(ms), Said(ms + 2, True, RELEASE, pdu=SUCCESSFUL)


INITIAL = (request(), *security(0), *context(25, 30), up(40, 10))
PDU_SESSION = (up(44, 45), Said(60, False, SESSION), Said(68, True, SESSION, pdu=SUCCESSFUL))
UPDATE = (request(kind=MOBILITY), *context(5, 8), up(14, 10), *released(40))
PERIODIC_UPDATE = (request(size=25, kind=PERIODIC), down(5, 24), *released(25))
NO_PLMN = (request(), down(5, 42, AUTH), up(9, 21, AUTH_R), down(20, 5, REJECT, octet=11), *released(24))
NO_UE = (request(), down(5, 42, AUTH), up(9, 4, AUTH_FAIL, octet=20), down(12, 3, AUTH_REJECT), *released(15))
RADIO_LOST = (request(), down(5, 42, AUTH), up(9, 21, AUTH_R), release_request(400, 21), *released(404))
SILENT = (request(), down(5, 42, AUTH), up(9, 21, AUTH_R))
NO_STATUS = (
    request(),
    *open_security(0),
    *context(510, 513),
    up(638, 11, STATUS, octet=98, secured=True),
    down(6510, 55, ACCEPT, secured=True),
    up(10180, 30, REQUEST),
    *open_security(10180),
    down(10660, 55, ACCEPT, secured=True),
    up(10676, 10, COMPLETE, secured=True),
)
"""The UE answers the accept with a 5GMM STATUS, is told it again, and begins anew."""
LOSSY = (
    request(),
    *security(0)[:2],
    *security(1005)[2:],
    *(
        replace(said, read_ms=2, order_ms=6) if not said.up else said
        for said in context(1025, 1040, held_ms=2)
    ),
    up(1050, 10, blocked_ms=3, held_ms=204),
    *later(PDU_SESSION, 1250),
)
"""The answer to the authentication is lost once, the accept waits for another UE's message, the last one for Nagle."""
ANSWER_AGAIN = sent_again(1009, 102)
"""What is lost in LOSSY, the second of ours, is sent again a second after the first time."""


def with_kinds(ticks: int, from_ran: bool = True) -> list[Sample]:
    """Samples of that host, a second apart."""
    flow = [said for place, (steps, ms) in enumerate(_ues(ticks)) for said in _of_ue(steps, ms, place + 1)]
    return samples_of(flow, ticks, from_ran)


def lossy(ticks: int = 6) -> list[Sample]:
    """One UE on a lossy way."""
    return samples_of(LOSSY, ticks, others=(ANSWER_AGAIN,))


def _of_ue(steps: tuple[Said, ...], ms: float, ue: int) -> list[Said]:
    moved = later(steps, ms, ran=ue)
    return [said if said.amf is None else later((said,), 0, amf=1000 + ue)[0] for said in moved]


def _ues(ticks: int) -> Iterator[tuple[tuple[Said, ...], float]]:
    """What each does, and when."""
    odd = {3: NO_PLMN, 11: NO_UE, 17: RADIO_LOST, 23: SILENT, 29: NO_STATUS, 37: NO_PLMN, 53: NO_PLMN}
    for number in range(ticks * 4):
        ms = number * 250.0 + 130
        if ms > ticks * 1000:
            return
        if number == 4 * (ticks - 4) + 1:
            yield SILENT, ms
        elif number in odd:
            yield odd[number], ms
        elif number % 6 == 4:
            yield UPDATE, ms
        elif number % 10 == 7:
            yield PERIODIC_UPDATE, ms
        elif number % 9 == 2:
            held = (*INITIAL[:-1], later(INITIAL[-1:], 0, held_ms=190 + number % 17)[0])
            yield held, ms
        else:
            slow = [
                later((said,), said.ms * (number * 7 % 11) / 9, read_ms=0 if said.up else number % 4)[0]
                for said in (*INITIAL, *PDU_SESSION)
            ]
            yield tuple(slow), ms
