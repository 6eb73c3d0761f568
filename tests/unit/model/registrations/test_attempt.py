"""One registration: how it ends, and whose its time was, from either end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.outcome import GRACE_NS, TIMEOUT_NS
from tests.unit.registering import (
    AUTHENTICATION,
    COMPLETE,
    CONTEXT,
    INITIAL,
    MS,
    PLAIN,
    RELEASE,
    SECOND,
    SECURITY,
    SUCCESSFUL,
    UNSUCCESSFUL,
    Step,
    ciphered,
    exchange,
    follow,
)

REJECT, AUTHENTICATION_REJECT = Step(False, 4, 0x44), Step(False, 4, 0x58)
CONTEXT_FAILURE = replace(CONTEXT[1], pdu=UNSUCCESSFUL)
ACCEPT_ALONE = Step(False, 4, 0x42, think=4)
IDENTITY = (Step(False, 4, 0x5B), Step(True, 46, 0x5C))
SYNCH_FAILURE = (AUTHENTICATION[0], Step(True, 46, 0x59))
LATER = Step(True, 46, 0x67)
NOTHING_READ = tuple(replace(step, nas=None) for step in CONTEXT)
COMPLETING = {
    "ciphered": ciphered(PLAIN),
    "known context": (INITIAL, *CONTEXT, COMPLETE),
    "ciphered accept in a transport": ciphered((INITIAL, *AUTHENTICATION, *SECURITY, ACCEPT_ALONE, COMPLETE)),
    "identity": (INITIAL, *IDENTITY, *AUTHENTICATION, *SECURITY, *CONTEXT, COMPLETE),
    "synch failure": (INITIAL, *SYNCH_FAILURE, *AUTHENTICATION, *SECURITY, *CONTEXT, COMPLETE),
    "accept in a transport": (INITIAL, *AUTHENTICATION, *SECURITY, ACCEPT_ALONE, COMPLETE),
    "accept after the context": (*PLAIN[:5], *NOTHING_READ, ACCEPT_ALONE, COMPLETE),
    "radio capability between": (*PLAIN[:-1], Step(True, 44), COMPLETE),
    "ciphered identity": ciphered((INITIAL, *AUTHENTICATION, *SECURITY, *IDENTITY, *CONTEXT, COMPLETE)),
    "nothing readable": (replace(INITIAL, nas=None), *CONTEXT, replace(COMPLETE, nas=None)),
}  # fmt: skip
"""Registrations that end with the RegistrationComplete."""


def both(steps: tuple[Step, ...], **facts: int) -> tuple[Registration, Registration]:
    """The one registration as the radio node and as the core saw it; its time adds up."""
    seen = []
    for events in exchange(steps, **facts):
        (one,) = follow(events).now.last
        check(one)
        seen.append(one)
    assert [one.end for one in seen] == ["gNB", "AMF"]
    return seen[0], seen[1]


def check(one: Registration) -> None:
    """All time is there once."""
    parts = (one.held_ns, one.unread_ns, one.core_ns, one.ran_ns)
    assert all(part is not None and part >= 0 for part in parts)
    assert sum(part or 0 for part in parts) == one.total_ns == sum(stage.length_ns for stage in one.stages)
    at_ns = 0
    for stage in one.stages:
        assert stage.begin_ns == at_ns and stage.length_ns > 0
        at_ns += stage.length_ns


def ms(one: Registration) -> tuple[float, ...]:
    return tuple((part or 0) / MS for part in (one.total_ns, one.sctp_ns, one.core_ns, one.ran_ns))


def test_the_time_of_each_side_is_what_it_took() -> None:
    ran, core = both(PLAIN)
    # Eight messages: the core thinks 2 + 2 + 4 ms, the radio side 3 + 1 + 5 + 1; the network takes 0.5 each way.
    assert ms(ran) == (8 + 10 + 6 * 0.5, 0, 8 + 6 * 0.5, 10)
    assert ms(core) == (8 + 10 + 6 * 0.5 + 0.0, 0, 8, 10 + 6 * 0.5)
    assert [(stage.name, stage.whose) for stage in ran.stages] == [
        ("AuthenticationRequest", "core"),
        ("AuthenticationResponse", "RAN"),
        ("SecurityModeCommand", "core"),
        ("SecurityModeComplete", "RAN"),
        ("InitialContextSetupRequest", "core"),
        ("InitialContextSetupResponse", "RAN"),
        ("RegistrationComplete", "RAN"),
    ]
    assert (ran.ran_ue_id, ran.amf_ue_id, ran.outcome, ran.protocol) == (1, 1001, "completed", "NGAP")
    assert len(ran.messages) == 8


def test_a_last_message_held_by_nagle_is_sctp_time_at_the_radio_node() -> None:
    steps = (*PLAIN[:-1], replace(COMPLETE, held=203))
    ran, core = both(steps)
    assert ms(ran) == (21 + 203, 203, 11, 10)
    assert ran.held_ns == 203 * MS and ran.unread_ns == 0
    costliest = ran.costliest
    assert costliest is not None
    assert (costliest.name, costliest.whose, costliest.length_ns) == (
        "RegistrationComplete",
        "held",
        203 * MS,
    )
    # The core cannot see why: to it the message was late.
    assert ms(core) == (21 + 203, 0, 8, 13 + 203)


def test_what_cost_most_is_of_the_part_that_took_most() -> None:
    slow = replace(AUTHENTICATION[0], think=70)
    steps = (INITIAL, slow, *PLAIN[2:])
    ran, _ = both(
        tuple(replace(step, held=40.0 + place) if step.up else step for place, step in enumerate(steps))
    )
    # The longest stage of all is the core's; but SCTP took more, in several.
    assert ran.sctp_ns is not None and ran.core_ns is not None and ran.sctp_ns > ran.core_ns
    assert max(ran.stages, key=lambda stage: stage.length_ns).whose == "core"
    assert {stage.whose for stage in ran.costliest_part} == {"held"} and len(ran.costliest_part) > 2
    assert sum(stage.length_ns for stage in ran.costliest_part) == ran.sctp_ns
    assert ran.costliest == max(ran.costliest_part, key=lambda stage: stage.length_ns)


def test_a_response_that_is_held_with_the_one_behind_it_counts_once() -> None:
    steps = (*PLAIN[:-2], replace(CONTEXT[1], held=100), replace(COMPLETE, held=99))
    ran, _ = both(steps)
    assert ms(ran) == (8 + 9 + 3 + 100, 100, 11, 9)


def test_waiting_to_be_read_is_sctp_time_where_it_waited() -> None:
    steps = (replace(INITIAL, unread=40), *PLAIN[1:-1], replace(COMPLETE, unread=30))
    ran, core = both(steps)
    assert ms(core) == (21 + 70, 70, 8, 13) and core.unread_ns == 70 * MS
    assert ms(ran) == (21 + 40, 0, 11 + 40, 10)


def test_the_first_message_held_counts_from_its_hand_over() -> None:
    ran, core = both((replace(INITIAL, held=50), *PLAIN[1:]))
    assert ms(ran)[:2] == (71, 50) and ms(core)[:2] == (21, 0)


@pytest.mark.parametrize("steps", COMPLETING.values(), ids=COMPLETING)
def test_it_ends_with_its_complete(steps: tuple[Step, ...]) -> None:
    for one, events in zip(both(steps), exchange(steps), strict=True):
        last = events[-1]
        assert one.outcome == "completed"
        assert one.began_ns + (one.total_ns or 0) == (last.number("at_ns") or 0) + (
            last.number("wait_ns") or 0
        )
        assert len(one.messages) == len(steps)


@pytest.mark.parametrize("steps", [PLAIN[:-1], (*PLAIN[:-1], RELEASE), (*PLAIN[:-1], LATER)])
def test_without_a_complete_it_ends_with_the_response(steps: tuple[Step, ...]) -> None:
    for one in both(steps):
        assert one.outcome == "completed"
        assert one.messages[-1].name == "InitialContextSetupResponse"
    assert ms(both(steps)[0])[0] == 8 + 9 + 3


def test_an_accept_in_a_transport_without_a_complete_is_the_end() -> None:
    for one in both((INITIAL, *AUTHENTICATION, *SECURITY, ACCEPT_ALONE, RELEASE)):
        assert one.outcome == "completed" and one.messages[-1].title == "RegistrationAccept"


def test_it_runs_until_the_grace_is_over() -> None:
    events, _ = exchange(PLAIN[:-1])
    waiting = follow(events, until_s=1 + GRACE_NS / SECOND - 0.5, every_s=0.5).now
    assert (waiting.running, waiting.last) == (1, ())
    assert [
        one.outcome for one in follow(events, until_s=1 + GRACE_NS / SECOND + 0.5, every_s=0.5).now.last
    ] == ["completed"]


@pytest.mark.parametrize(
    "steps",
    [
        (INITIAL, REJECT),
        (INITIAL, *AUTHENTICATION, AUTHENTICATION_REJECT, RELEASE),
        (INITIAL, *AUTHENTICATION, *SECURITY, REJECT, RELEASE),
        (INITIAL, *CONTEXT[:1], CONTEXT_FAILURE, RELEASE),
    ],
)
def test_a_reject_stays_one(steps: tuple[Step, ...]) -> None:
    assert {one.outcome for one in both(steps)} == {"rejected"}


def test_a_release_before_the_end() -> None:
    steps = (INITIAL, *AUTHENTICATION, *SECURITY, CONTEXT[0], RELEASE)
    for one in both(steps):
        assert one.outcome == "released" and one.messages[-1].name == "UEContextReleaseCommand"
    # A ciphered answer that might be a reject, and then the release: nothing shows that it was accepted.
    assert {one.outcome for one in both(ciphered((INITIAL, *SECURITY, ACCEPT_ALONE, RELEASE)))} == {
        "released"
    }


def test_it_times_out_when_nothing_more_comes() -> None:
    ran, core = both((INITIAL, *AUTHENTICATION))
    assert {ran.outcome, core.outcome} == {"timed out"}
    assert ran.total_ns == core.total_ns == TIMEOUT_NS
    # Both know that the core had to act.
    assert (ran.core_ns or 0) > 14.99 * SECOND and (core.core_ns or 0) > 14.99 * SECOND
    assert ran.stages[-1].name == "nothing more"


def test_what_comes_after_the_timeout_changes_nothing() -> None:
    late = (*PLAIN[:-1], replace(COMPLETE, think=20_000))
    assert [one.outcome for one in both(late)] == ["completed", "completed"]
    stuck = (INITIAL, replace(AUTHENTICATION[0], think=16_000), *PLAIN[2:])
    assert [one.outcome for one in both(stuck)] == ["timed out", "timed out"]


def test_an_id_used_again_ends_what_it_named_before() -> None:
    first, second = exchange((INITIAL, *AUTHENTICATION)), exchange(PLAIN, at_ns=2 * SECOND)
    for one, two in zip(first, second, strict=True):
        old, new = follow([*one, *two]).now.last
        check(old)
        check(new)
        assert (old.outcome, old.total_ns, len(old.messages)) == ("superseded", SECOND, 3)
        assert (new.outcome, len(new.messages)) == ("completed", 8)


@pytest.mark.parametrize("nas", [0x45, 0x4C])
def test_other_first_messages_are_no_registrations(nas: int) -> None:
    steps = (replace(INITIAL, nas=nas), *CONTEXT, COMPLETE)
    for events in exchange(steps):
        now = follow(events).now
        assert (now.last, now.running, now.tallies) == ((), 0, {})


def test_an_attach_goes_the_same_way() -> None:
    codes = {15: 12, 4: 11, 46: 13, 14: 9}
    nas = {0x56: 0x52, 0x57: 0x53}
    for place, events in enumerate(exchange(PLAIN)):
        attach = [
            replace(
                event,
                details={
                    **event.details,
                    "ppid": 18,
                    "procedure": codes[int(event.number("procedure") or 0)],
                    "nas": nas.get(int(event.number("nas") or 0), event.details["nas"]),
                },
            )
            for event in events
        ]
        (one,) = follow(attach).now.last
        check(one)
        assert (one.protocol, one.end, one.outcome) == ("S1AP", ("eNB", "MME")[place], "completed")
        assert one.messages[-1].title == "AttachComplete"


@pytest.mark.parametrize("lost", range(1, len(PLAIN)))
def test_a_lost_event_moves_time_and_makes_none(lost: int) -> None:
    steps = tuple(replace(step, held=7, unread=3) for step in PLAIN)
    for events in exchange(steps):
        (whole,) = follow(events).now.last
        (one,) = follow(events[:lost] + events[lost + 1 :]).now.last
        check(one)
        assert one.outcome == "completed"
        if lost < len(PLAIN) - 1:
            assert one.total_ns == whole.total_ns
            assert (one.sctp_ns or 0) < (whole.sctp_ns or 0)


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
    for events in exchange(tuple(replace(step, held=7, unread=3) for step in PLAIN)):
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
