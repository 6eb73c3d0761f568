"""Whose the time of a registration was, piece by piece, from messages at instants of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.ngap.message import Message, message_of
from sctptop.model.passages.passage import instants_of, passage
from sctptop.model.passages.stages import PIECES, Stage, stages, sums
from tests.unit.model.registrations.attempts import ACCEPT_ALONE, both
from tests.unit.registering import (
    AUTHENTICATION,
    COMPLETE,
    CONTEXT,
    INITIAL,
    MS,
    PLAIN,
    SECURITY,
    Step,
    told,
)

CAPABILITY = Step(True, 44)

Piece = tuple[str, str, float, float]
"""Name, whose, beginning and length in ms."""


def at_ran(step: Step, at_ms: float, done_ms: float | None = None, ran_node: bool = True) -> Message:
    """A message as the radio node (or the core) has it from one instant to another."""
    direction = "out" if step.up == ran_node else "in"
    done_ms = at_ms if done_ms is None else done_ms
    message = message_of(told(step, direction, round(at_ms * MS), round(done_ms * MS), ran_node=ran_node))
    assert message is not None
    return message


def at_core(step: Step, at_ms: float, done_ms: float | None = None) -> Message:
    return at_ran(step, at_ms, done_ms, ran_node=False)


def cut(*messages: Message, until_ms: float, began_ms: float = 0, from_ran: bool = True) -> list[Piece]:
    passages = [passage(message) for message in messages]
    pieces = stages(passages, from_ran, round(began_ms * MS), round(until_ms * MS), complete=True)
    assert sum(sums(pieces).values()) == sum(piece.length_ns for piece in pieces)
    assert sum(piece.length_ns for piece in pieces) == (until_ms - began_ms) * MS
    return [(piece.name, piece.whose, piece.begin_ns / MS, piece.length_ns / MS) for piece in pieces]


def all_of(ran: bool) -> list[Piece]:
    """A registration in which each message is held for 7 ms and waits 3 ms to be read."""
    one = both(tuple(replace(step, held=7, read_wait=3) for step in PLAIN))[0 if ran else 1]
    return [(piece.name, piece.whose, piece.begin_ns / MS, piece.length_ns / MS) for piece in one.stages]


def test_from_the_radio_node() -> None:
    assert all_of(ran=True) == [
        ("InitialUEMessage", "held", 0, 7),
        # 0.5 there, 3 to be read, the core thinks 2 and holds 7, 0.5 back.
        ("AuthenticationRequest", "core", 7, 13),
        ("AuthenticationRequest", "unread", 20, 3),
        ("AuthenticationResponse", "RAN", 23, 3),
        ("AuthenticationResponse", "held", 26, 7),
        ("SecurityModeCommand", "core", 33, 13),
        ("SecurityModeCommand", "unread", 46, 3),
        ("SecurityModeComplete", "RAN", 49, 1),
        ("SecurityModeComplete", "held", 50, 7),
        ("InitialContextSetupRequest", "core", 57, 15),
        ("InitialContextSetupRequest", "unread", 72, 3),
        ("InitialContextSetupResponse", "RAN", 75, 5),
        ("InitialContextSetupResponse", "held", 80, 7),
        ("RegistrationComplete", "held", 87, 1),
    ]


def test_from_the_core() -> None:
    assert all_of(ran=False) == [
        ("InitialUEMessage", "unread", 0, 3),
        ("AuthenticationRequest", "core", 3, 2),
        ("AuthenticationRequest", "held", 5, 7),
        ("AuthenticationResponse", "RAN", 12, 14),
        ("AuthenticationResponse", "unread", 26, 3),
        ("SecurityModeCommand", "core", 29, 2),
        ("SecurityModeCommand", "held", 31, 7),
        ("SecurityModeComplete", "RAN", 38, 12),
        ("SecurityModeComplete", "unread", 50, 3),
        ("InitialContextSetupRequest", "core", 53, 4),
        ("InitialContextSetupRequest", "held", 57, 7),
        ("InitialContextSetupResponse", "RAN", 64, 16),
        ("InitialContextSetupResponse", "unread", 80, 3),
        ("RegistrationComplete", "unread", 83, 1),
    ]


def test_of_several_on_their_way_the_one_that_entered_first_names_the_time() -> None:
    first, second = at_ran(INITIAL, 0, 10), at_ran(CAPABILITY, 4, 30)
    assert cut(first, second, until_ms=40) == [
        ("InitialUEMessage", "held", 0, 10),
        ("UERadioCapabilityInfoIndication", "held", 10, 20),
        ("nothing more", "core", 30, 10),
    ]
    # A message that comes and goes meanwhile parts nothing.
    assert cut(at_ran(INITIAL, 0, 10), at_ran(CAPABILITY, 4, 6), until_ms=12) == [
        ("InitialUEMessage", "held", 0, 10),
        ("nothing more", "core", 10, 2),
    ]


def test_only_what_lies_within_counts() -> None:
    messages = (at_ran(INITIAL, 5, 15), at_ran(AUTHENTICATION[0], 20, 30), at_ran(COMPLETE, 60, 70))
    assert cut(*messages, began_ms=10, until_ms=40) == [
        ("InitialUEMessage", "held", 0, 5),
        ("AuthenticationRequest", "core", 5, 5),
        ("AuthenticationRequest", "unread", 10, 10),
        ("nothing more", "RAN", 20, 10),
    ]
    assert cut(*messages, began_ms=16, until_ms=25)[0] == ("AuthenticationRequest", "core", 0, 4)
    assert cut(at_ran(AUTHENTICATION[0], 5, 10), began_ms=10, until_ms=20) == [("nothing more", "RAN", 0, 10)]
    assert cut(until_ms=3) == [("nothing more", "core", 0, 3)]
    assert stages([passage(messages[0])], True, 5 * MS, 5 * MS, complete=True) == ()


def test_a_message_at_the_very_end_is_what_the_time_was_spent_for() -> None:
    assert cut(at_ran(INITIAL, 0), at_ran(SECURITY[0], 9), until_ms=9) == [
        ("SecurityModeCommand", "core", 0, 9)
    ]


@pytest.mark.parametrize("from_ran", [True, False])
def test_who_is_to_act_after_a_context_setup(from_ran: bool) -> None:
    """After its response whoever speaks next in NAS: the radio side until its RegistrationComplete, else the core."""
    at = at_ran if from_ran else at_core
    setup = (at(INITIAL, 0), at(CONTEXT[0], 10), at(CONTEXT[1], 15))

    def behind(*messages: Message) -> list[Piece]:
        return cut(*setup, *messages, until_ms=25, from_ran=from_ran)

    until_response: list[Piece] = [
        ("InitialContextSetupRequest", "core", 0, 10),
        ("InitialContextSetupResponse", "RAN", 10, 5),
    ]
    assert behind(at(COMPLETE, 20)) == [
        *until_response,
        ("RegistrationComplete", "RAN", 15, 5),
        ("nothing more", "core", 20, 5),
    ]
    assert behind(at(ACCEPT_ALONE, 20)) == [
        *until_response,
        ("RegistrationAccept", "core", 15, 5),
        ("nothing more", "RAN", 20, 5),
    ]
    # A message that asks nothing leaves it to whom it was.
    assert behind(at(CAPABILITY, 17), at(COMPLETE, 20)) == [
        *until_response,
        ("UERadioCapabilityInfoIndication", "RAN", 15, 2),
        ("RegistrationComplete", "RAN", 17, 3),
        ("nothing more", "core", 20, 5),
    ]
    # What was said in NAS before the response does not count.
    meanwhile = (*setup[:2], at(ACCEPT_ALONE, 12), setup[2], at(COMPLETE, 20))
    assert cut(*meanwhile, until_ms=20, from_ran=from_ran)[-1] == ("RegistrationComplete", "RAN", 15, 5)
    assert behind() == [*until_response, ("nothing more", "RAN", 15, 10)]


def test_whoever_was_asked_last_is_to_act() -> None:
    """By the instant at which a message was through, not when it came."""
    late = (at_ran(INITIAL, 0, 20), at_ran(AUTHENTICATION[0], 5, 10))
    assert cut(*late, until_ms=30) == [("InitialUEMessage", "held", 0, 20), ("nothing more", "core", 20, 10)]


def test_the_same_time_of_the_same_side_is_one_stage() -> None:
    twice = (at_ran(INITIAL, 0), at_ran(AUTHENTICATION[0], 5), at_ran(AUTHENTICATION[0], 8))
    assert cut(*twice, until_ms=20) == [
        ("AuthenticationRequest", "core", 0, 5),
        ("AuthenticationRequest", "RAN", 5, 3),
        ("nothing more", "RAN", 8, 12),
    ]


def split(*messages: Message, until_ms: float, rtt_ms: float | None, from_ran: bool = True) -> list[Piece]:
    """From 2 ms on, with heartbeats that take so long."""
    rtt_ns = None if rtt_ms is None else round(rtt_ms * MS)
    passages = [passage(message) for message in messages]
    pieces = stages(passages, from_ran, 2 * MS, round(until_ms * MS), complete=True, rtt_ns=rtt_ns)
    return [(piece.name, piece.whose, piece.begin_ns / MS, piece.length_ns / MS) for piece in pieces]


def test_the_network_is_the_first_of_what_the_other_side_took() -> None:
    messages = (at_ran(INITIAL, 2, 4), at_ran(AUTHENTICATION[0], 12), at_ran(AUTHENTICATION[1], 20))
    sent: Piece = ("InitialUEMessage", "held", 0, 2)
    ours: Piece = ("AuthenticationResponse", "RAN", 10, 8)
    for rtt_ms, theirs in {
        None: [("AuthenticationRequest", "core", 2, 8)],
        0: [("AuthenticationRequest", "core", 2, 8)],
        3: [("AuthenticationRequest", "network", 2, 3), ("AuthenticationRequest", "core", 5, 5)],
        8: [("AuthenticationRequest", "network", 2, 8)],
        500: [("AuthenticationRequest", "network", 2, 8)],
    }.items():
        assert split(*messages, until_ms=20, rtt_ms=rtt_ms) == [sent, *theirs, ours]


def test_what_the_other_side_did_not_end_has_no_network() -> None:
    """Nothing came back yet, or what came next was ours."""
    assert split(at_ran(INITIAL, 2), until_ms=20, rtt_ms=3) == [("nothing more", "core", 0, 18)]
    between = (at_ran(INITIAL, 2), at_ran(CAPABILITY, 6), at_ran(AUTHENTICATION[0], 12))
    assert split(*between, until_ms=12, rtt_ms=3) == [
        ("UERadioCapabilityInfoIndication", "core", 0, 4),
        ("AuthenticationRequest", "network", 4, 3),
        ("AuthenticationRequest", "core", 7, 3),
    ]


def test_the_network_at_the_core_is_of_the_radio_side_s_time() -> None:
    messages = (at_core(INITIAL, 2), at_core(AUTHENTICATION[0], 5), at_core(AUTHENTICATION[1], 12))
    assert split(*messages, until_ms=12, rtt_ms=3, from_ran=False) == [
        ("AuthenticationRequest", "core", 0, 3),
        ("AuthenticationResponse", "network", 3, 3),
        ("AuthenticationResponse", "RAN", 6, 4),
    ]


def test_where_both_ends_are_seen_heartbeats_say_nothing() -> None:
    sent, read = at_ran(INITIAL, 2, 4), at_core(INITIAL, 5, 6)
    answer = passage(at_ran(AUTHENTICATION[0], 12))
    pieces = stages([passage(sent, instants_of(read)), answer], True, 2 * MS, 12 * MS, True, rtt_ns=3 * MS)
    assert [(piece.whose, piece.length_ns / MS) for piece in pieces] == [
        ("held", 2),
        ("network", 1),
        ("unread", 1),
        ("core", 6),
    ]


def test_sums_are_by_whose_it_was() -> None:
    pieces = [
        Stage("a", "held", 0, 5, False),
        Stage("b", "RAN", 5, 7, True),
        Stage("c", "held", 12, 1, False),
    ]
    assert sums(pieces) == dict.fromkeys(PIECES, 0) | {"held": 6, "RAN": 7}
