"""What a line says of one registration, at every width."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.registrations.attempt import Registration
from sctptop.tui.views.parts.registration_words import costliest, shortened, why
from sctptop.tui.words.line import plain
from tests.ui.many_kinds import NO_PLMN, NO_STATUS, RADIO_LOST, SILENT
from tests.unit.model.registrations.flows import Said, events_of, freed, outcomes
from tests.unit.registering import AUTHENTICATION, INITIAL, PLAIN, Step, exchange, follow


def last_of(steps: tuple[Step, ...]) -> Registration:
    return follow(exchange(steps)[0]).now.last[-1]


UNANSWERED = (INITIAL, *AUTHENTICATION)
HELD = tuple(replace(step, held=70.0 + place) if step.up else step for place, step in enumerate(PLAIN))


@pytest.mark.parametrize(
    ("steps", "width", "words"),
    [
        (HELD, 60, "SCTP 294ms in 5, most 76ms held InitialContextSetupResponse"),
        (HELD, 58, "76ms held InitialContextSetupResponse"),
        (HELD, 30, "76ms held InitialCont…Response"),
        (HELD, 24, "76ms held Initi…Response"),
        (PLAIN, 62, "core 11ms in 3, most 5ms until InitialContextSetupRequest"),
        (UNANSWERED, 50, "15s core nothing after AuthenticationResponse"),
        (UNANSWERED, 20, "after Authe…Response"),
        ((), 20, ""),
    ],
)
def test_what_cost_most_keeps_its_deciding_word(steps: tuple[Step, ...], width: int, words: str) -> None:
    one = last_of(steps or PLAIN)
    told = plain(costliest(one if steps else replace(one, stages=()), width))
    assert told == words and len(told) <= width


def test_a_request_and_its_response_are_told_apart_at_every_width() -> None:
    for width in range(10, 30):
        request, response = (shortened(f"Authentication{word}", width) for word in ("Request", "Response"))
        assert request != response and max(len(request), len(response)) <= width
    assert shortened("PDUSessionResourceSetup", 20) == "PDUSessionReso…Setup"


def flown(flow: tuple[Said, ...], lost_ms: float | None = None) -> list[Registration]:
    events = events_of(flow, from_ran=True)
    return outcomes([*events, *([] if lost_ms is None else [freed(lost_ms, 1, True)])])


@pytest.mark.parametrize(
    ("flow", "width", "words"),
    [
        (NO_PLMN, 60, "rejected: 5GMM 11 PLMN not allowed"),
        (NO_PLMN, 24, "rejected: 5GMM 11 PLMN …"),
        (RADIO_LOST, 80, "released: NGAP radioNetwork 21 radio-connection-with-ue-lost"),
        (SILENT, 60, "timed out: core silent 15s after AuthenticationResponse"),
        (SILENT, 54, "timed out: core silent after AuthenticationResponse"),
        (SILENT, 40, "timed out after AuthenticationResponse"),
        (SILENT, 30, "timed out after Authe…Response"),
        (
            NO_STATUS,
            90,
            "not accepted by the UE: 5GMM 98 Message type not compatible with the protocol state",
        ),
    ],
)
def test_how_it_ended_and_why(flow: tuple[Said, ...], width: int, words: str) -> None:
    told = plain(why(flown(flow)[0], width))
    assert told == words and len(told) <= width


def test_which_try_it_was() -> None:
    _, second = flown(NO_STATUS)
    told = replace(second, outcome="rejected", cause="5GMM 22 Congestion")
    assert plain(why(told, 80)) == "rejected: 5GMM 22 Congestion  try 2, 11s since the first"
    assert plain(why(told, 38)) == "rejected: 5GMM 22 Congestion  try 2"
    assert plain(why(told, 34)) == "rejected: 5GMM 22 Congestion"


def test_an_inferred_outcome_is_marked() -> None:
    (one,) = flown(SILENT, lost_ms=1300)
    assert plain(why(one, 80)) == "association lost: core silent 1.3s after AuthenticationResponse"
    assert plain(why(replace(one, inferred=True), 80)).startswith("association lost?: ")
