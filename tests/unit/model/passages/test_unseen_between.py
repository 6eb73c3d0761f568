"""Which messages show that one of the other side before them was not seen, and which may follow one another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.ngap.message import message_of
from sctptop.model.passages.unseen_between import after_unseen
from tests.unit.model.registrations.attempts import IDENTITY, LATER, NOTHING_READ
from tests.unit.registering import (
    AUTHENTICATION,
    COMPLETE,
    CONTEXT,
    INITIAL,
    MS,
    PLAIN,
    RELEASE,
    SECURITY,
    SUCCESSFUL,
    UNSUCCESSFUL,
    Step,
    told,
)

REQUEST, RESPONSE = AUTHENTICATION
FAILURE = Step(True, 46, 0x59)
COMMAND, SECURED = SECURITY
REFUSED = Step(True, 46, 0x5F)
ASK_IDENTITY, TELL_IDENTITY = IDENTITY
SET_UP, IS_SET_UP = CONTEXT
ACCEPT = Step(False, 4, 0x42)
UP, DOWN = Step(True, 46), Step(False, 4)
CAPABILITY = Step(True, 44)
SESSION, HAS_SESSION = Step(False, 29), Step(True, 29, pdu=SUCCESSFUL)
SETUP, IS_SETUP = Step(True, 21), Step(False, 21, pdu=SUCCESSFUL)


def places(*steps: Step) -> list[int]:
    """The same from either end."""
    found = []
    for ran_node in (True, False):
        messages = [
            message_of(
                told(step, "out" if step.up == ran_node else "in", place * MS, place * MS, ran_node=ran_node)
            )
            for place, step in enumerate(steps)
        ]
        found.append(sorted(after_unseen([one for one in messages if one is not None], ran_node)))
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("steps", "doubtful"),
    [
        (PLAIN, []),
        # A response without its request, of either side; each request has one answer.
        ((INITIAL, IS_SET_UP), [0, 1]),
        ((INITIAL, SET_UP, IS_SET_UP), []),
        ((INITIAL, SET_UP, replace(IS_SET_UP, pdu=UNSUCCESSFUL)), []),
        ((INITIAL, DOWN, replace(IS_SET_UP, pdu=UNSUCCESSFUL)), [2]),
        ((INITIAL, SET_UP, IS_SET_UP, IS_SET_UP), [2, 3]),
        ((INITIAL, SET_UP, SET_UP, IS_SET_UP, IS_SET_UP), []),
        ((INITIAL, SET_UP, HAS_SESSION), [2]),
        ((INITIAL, SETUP, IS_SETUP), []),
        ((INITIAL, REQUEST, IS_SETUP), [1, 2]),
        ((INITIAL, SET_UP, replace(IS_SET_UP, up=False)), [1, 2]),
        # A NAS answer without its request; so is a failure.
        ((INITIAL, RESPONSE), [0, 1]),
        ((INITIAL, REQUEST, FAILURE), []),
        ((INITIAL, REQUEST, RESPONSE, RESPONSE), [2, 3]),
        ((INITIAL, REQUEST, REQUEST, RESPONSE, RESPONSE), []),
        ((INITIAL, REQUEST, FAILURE, FAILURE), [2, 3]),
        ((INITIAL, ASK_IDENTITY, RESPONSE), [2]),
        ((INITIAL, DOWN, SECURED), [2]),
        ((INITIAL, DOWN, REFUSED), [2]),
        ((INITIAL, COMMAND, REFUSED), []),
        ((INITIAL, TELL_IDENTITY), [0, 1]),
        ((INITIAL, COMPLETE), []),
        ((INITIAL, LATER), []),
        # What the core asks for next, or accepts, though it has no answer yet; but an identity it asks for at any time.
        ((INITIAL, REQUEST, COMMAND), [1, 2]),
        ((INITIAL, REQUEST, REQUEST), []),
        ((INITIAL, REQUEST, SET_UP), [1, 2]),
        ((INITIAL, REQUEST, ACCEPT), [1, 2]),
        ((INITIAL, COMMAND, REQUEST), [1, 2]),
        ((INITIAL, COMMAND, ACCEPT), [1, 2]),
        ((INITIAL, REQUEST, ASK_IDENTITY), []),
        ((INITIAL, ASK_IDENTITY, REQUEST), []),
        ((INITIAL, ASK_IDENTITY, ACCEPT), []),
        ((INITIAL, REQUEST, DOWN), []),
        ((INITIAL, REQUEST, DOWN, COMMAND), []),
        ((INITIAL, REQUEST, SESSION, COMMAND), [1, 2, 3]),
        ((INITIAL, REQUEST, SESSION), []),
        ((INITIAL, REQUEST, RELEASE), []),
        ((INITIAL, REQUEST, ACCEPT, SET_UP), [1, 2]),
        ((INITIAL, REQUEST, UP, COMMAND), []),
        ((INITIAL, REQUEST, FAILURE, COMMAND), []),
        ((INITIAL, REQUEST, LATER, COMMAND), [3]),
        ((INITIAL, REQUEST, CAPABILITY, COMMAND), [3]),
        # What cannot be read right behind an AuthenticationResponse: keys were taken into use.
        ((INITIAL, REQUEST, RESPONSE, UP), [2, 3]),
        ((INITIAL, REQUEST, RESPONSE, CAPABILITY, UP), [2, 3, 4]),
        ((INITIAL, REQUEST, RESPONSE, DOWN, UP), []),
        ((INITIAL, REQUEST, RESPONSE, COMMAND, UP), []),
        ((INITIAL, REQUEST, FAILURE, UP), []),
        ((INITIAL, REQUEST, RESPONSE, LATER, UP), []),
        ((INITIAL, COMMAND, SECURED, UP), []),
        ((INITIAL, ASK_IDENTITY, TELL_IDENTITY, UP), []),
        ((INITIAL, REQUEST, UP), []),
        ((INITIAL, REQUEST, RESPONSE, UP, UP), [2, 3]),
    ],
)  # fmt: skip
def test_what_shows_that_one_was_not_seen(steps: tuple[Step, ...], doubtful: list[int]) -> None:
    assert places(*steps) == doubtful


def test_all_that_was_said_in_a_row_is_doubtful_and_nothing_before() -> None:
    assert places(INITIAL, DOWN, CAPABILITY, IS_SET_UP, *NOTHING_READ, CAPABILITY, HAS_SESSION) == [
        2,
        3,
        5,
        6,
        7,
    ]
