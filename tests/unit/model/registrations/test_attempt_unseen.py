"""One registration of which a message was lost or seen by no probe: it ends all the same, and makes no time up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.registrations.attempt import Registration
from tests.unit.model.registrations.attempts import (
    ACCEPT_ALONE,
    COMPLETING,
    CONTEXT_FAILURE,
    IDENTITY,
    REJECT,
    both,
    check,
)
from tests.unit.registering import (
    AUTHENTICATION,
    COMPLETE,
    CONTEXT,
    INITIAL,
    PLAIN,
    RELEASE,
    SECURITY,
    SUCCESSFUL,
    Step,
    ciphered,
    exchange,
    follow,
)


@pytest.mark.parametrize("lost", range(1, len(PLAIN)))
def test_a_lost_event_moves_time_and_makes_none(lost: int) -> None:
    steps = tuple(replace(step, held=7, read_wait=3) for step in PLAIN)
    for events in exchange(steps):
        (whole,) = follow(events).now.last
        (one,) = follow(events[:lost] + events[lost + 1 :]).now.last
        check(one)
        assert one.outcome == "completed"
        if lost < len(PLAIN) - 1:
            assert one.total_ns == whole.total_ns
            waited = [(entry.sctp_ns or 0) + (entry.unread_ns or 0) for entry in (one, whole)]
            assert waited[0] < waited[1]


@pytest.mark.parametrize("steps", [PLAIN, ciphered(PLAIN), ciphered((*PLAIN[:5], ACCEPT_ALONE, *PLAIN[5:]))])
def test_a_response_tells_of_a_context_setup_request_that_was_not_seen(steps: tuple[Step, ...]) -> None:
    request = len(steps) - 3
    for events in exchange((*steps, RELEASE)):
        seen = events[:request] + events[request + 1 :]
        (one,) = follow(seen).now.last
        check(one)
        assert (one.outcome, one.messages[-1]) == ("completed", follow(events).now.last[0].messages[-1])
        (one,) = follow(seen[:-2] + seen[-1:]).now.last
        assert (one.outcome, one.messages[-1].name) == ("completed", "InitialContextSetupResponse")


def test_a_failure_to_set_up_a_context_is_no_accept_though_its_request_was_not_seen() -> None:
    for events in exchange((INITIAL, CONTEXT[0], CONTEXT_FAILURE, RELEASE)):
        (one,) = follow(events[:1] + events[2:]).now.last
        assert one.outcome == "rejected"


LACKING = {
    1: (("AuthenticationResponse", "core"),),
    2: (("SecurityModeCommand", "RAN"),),
    3: (("SecurityModeComplete", "core"),),
    4: (("InitialContextSetupRequest", "RAN"),),
    5: (("InitialContextSetupResponse", "core"),),
    6: (),
}
"""By the place of the message of PLAIN that no probe told of: the stage of which is not known whose time it was."""


def lacking(one: Registration) -> tuple[tuple[str, str], ...]:
    check(one)
    return tuple((stage.name, stage.whose) for stage in one.stages if stage.unseen)


@pytest.mark.parametrize(("lost", "stages"), LACKING.items())
def test_a_stage_with_a_message_unseen_is_neither_side_s(
    lost: int, stages: tuple[tuple[str, str], ...]
) -> None:
    for events in exchange(tuple(replace(step, held=7, read_wait=3) for step in PLAIN)):
        (one,) = follow(events[:lost] + events[lost + 1 :]).now.last
        assert lacking(one) == stages


def test_a_ciphered_answer_to_a_command_unseen_is_known_by_what_it_follows() -> None:
    for events in exchange(ciphered(PLAIN)):
        (one,) = follow(events[:3] + events[4:]).now.last
        assert lacking(one) == (("UplinkNASTransport", "core"),)


def test_what_else_that_side_said_after_the_message_unseen_is_doubtful_too() -> None:
    events, _ = exchange((*PLAIN[:4], Step(True, 44), *PLAIN[4:]))
    (one,) = follow(events[:3] + events[4:]).now.last
    assert lacking(one) == (("UERadioCapabilityInfoIndication", "core"), ("SecurityModeComplete", "core"))


@pytest.mark.parametrize(
    "steps",
    [
        *COMPLETING.values(),
        (INITIAL, AUTHENTICATION[0], *AUTHENTICATION, AUTHENTICATION[1], *SECURITY, *CONTEXT, COMPLETE),
        (INITIAL, AUTHENTICATION[0], IDENTITY[0], AUTHENTICATION[1], IDENTITY[1], *SECURITY, *CONTEXT, COMPLETE),
        (INITIAL, AUTHENTICATION[0], REJECT),
        (*PLAIN[:-2], Step(False, 29), PLAIN[-2], Step(True, 29, pdu=SUCCESSFUL), COMPLETE),
    ],
)  # fmt: skip
def test_two_messages_of_one_side_in_a_row_are_no_gap(steps: tuple[Step, ...]) -> None:
    for one in both(steps):
        assert lacking(one) == ()
