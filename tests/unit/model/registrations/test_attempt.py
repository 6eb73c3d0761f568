"""One registration: how it ends, and whose its time was, from either end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.registrations.outcome import T3510_NS
from sctptop.model.registrations.progress import MARGIN_NS, T3550_NS
from tests.unit.model.registrations.attempts import (
    ACCEPT_ALONE,
    AUTHENTICATION_REJECT,
    COMPLETING,
    CONTEXT_FAILURE,
    LATER,
    REJECT,
    both,
    check,
    ms,
)
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
    Step,
    ciphered,
    exchange,
    follow,
)


def test_the_time_of_each_side_is_what_it_took() -> None:
    ran, core = both(PLAIN)
    # Eight messages: the core thinks 2 + 2 + 4 ms, the radio side 3 + 1 + 5 + 1; the network takes 0.5 each way.
    assert ms(ran) == (8 + 10 + 6 * 0.5, 0, 0, 8 + 6 * 0.5, 10)
    assert ms(core) == (8 + 10 + 6 * 0.5 + 0.0, 0, 0, 8, 10 + 6 * 0.5)
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
    assert ms(ran) == (21 + 203, 203, 0, 11, 10)
    assert ran.held_ns == 203 * MS and ran.unread_ns == 0
    costliest = ran.costliest
    assert costliest is not None
    assert (costliest.name, costliest.whose, costliest.length_ns) == (
        "RegistrationComplete",
        "held",
        203 * MS,
    )
    # The core cannot see why: to it the message was late.
    assert ms(core) == (21 + 203, 0, 0, 8, 13 + 203)


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
    assert ms(ran) == (8 + 9 + 3 + 100, 100, 0, 11, 9)


def test_waiting_to_be_read_is_the_reader_s_time_where_it_waited() -> None:
    steps = (replace(INITIAL, read_wait=40), *PLAIN[1:-1], replace(COMPLETE, read_wait=30))
    ran, core = both(steps)
    assert ms(core) == (21 + 70, 0, 70, 8, 13) and core.unread_ns == 70 * MS
    assert ms(ran) == (21 + 40, 0, 0, 11 + 40, 10)


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
    waiting = follow(events, until_s=1 + (T3550_NS + MARGIN_NS) / SECOND - 0.5, every_s=0.5).now
    assert (waiting.running, waiting.last) == (1, ())
    assert [
        one.outcome
        for one in follow(events, until_s=1 + (T3550_NS + MARGIN_NS) / SECOND + 0.5, every_s=0.5).now.last
    ] == ["completed"]


@pytest.mark.parametrize(
    "steps",
    [
        (INITIAL, REJECT),
        (INITIAL, *AUTHENTICATION, *SECURITY, REJECT, RELEASE),
        (INITIAL, *CONTEXT[:1], CONTEXT_FAILURE, RELEASE),
    ],
)
def test_a_reject_stays_one(steps: tuple[Step, ...]) -> None:
    assert {one.outcome for one in both(steps)} == {"rejected"}


def test_an_authentication_reject_is_no_reject_of_the_registration() -> None:
    steps = (INITIAL, *AUTHENTICATION, AUTHENTICATION_REJECT, RELEASE)
    assert {one.outcome for one in both(steps)} == {"refused by authentication"}


def test_a_release_before_the_end() -> None:
    steps = (INITIAL, *AUTHENTICATION, *SECURITY, CONTEXT[0], RELEASE)
    for one in both(steps):
        assert one.outcome == "released" and one.messages[-1].name == "UEContextReleaseCommand"
    # A ciphered answer of unknown size, and then the release: it may have been the accept, or a reject.
    secret = ciphered((INITIAL, *SECURITY, ACCEPT_ALONE, RELEASE))
    assert {one.outcome for one in both(secret)} == {"unknown"}


def test_it_times_out_when_nothing_more_comes() -> None:
    ran, core = both((INITIAL, *AUTHENTICATION))
    assert {ran.outcome, core.outcome} == {"timed out"}
    assert ran.total_ns == core.total_ns == T3510_NS
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
