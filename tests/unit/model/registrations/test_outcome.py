"""When a registration ends and how, message by message, to the nanosecond; and where it would end meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sctptop.model.ngap.message import Message, message_of
from sctptop.model.registrations.outcome import OUTCOMES, Ending, begins, first_of_ue, judge, matters
from tests.unit.model.registrations.attempts import (
    ACCEPT_ALONE,
    AUTHENTICATION_REJECT,
    CONTEXT_FAILURE,
    LATER,
    NOTHING_READ,
    REJECT,
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
    SUCCESSFUL,
    UNSUCCESSFUL,
    Step,
    told,
)

EACH_NS = 10 * MS
"""From message to message; each is through 1 ms after it came."""
UP, DOWN = Step(True, 46), Step(False, 4)
"""NAS messages that cannot be read."""
REROUTE = Step(False, 36)
START = (INITIAL, *AUTHENTICATION, *SECURITY)


def heard(steps: Sequence[Step]) -> list[Message]:
    messages = [
        message_of(told(step, "out" if step.up else "in", place * EACH_NS, place * EACH_NS + MS))
        for place, step in enumerate(steps)
    ]
    return [message for message in messages if message is not None]


def soon(*steps: Step) -> tuple[str, int | None]:
    """How it stands right after the last message: the outcome, and the place of the message that ends it."""
    return at(len(steps) * EACH_NS, steps)


def at(now_ns: int, steps: Sequence[Step], closed_ns: int | None = None) -> tuple[str, int | None]:
    ending = judge(heard(steps), now_ns, closed_ns)
    if ending.end_ns is None:
        return ending.outcome, None
    place, rest = divmod(ending.end_ns, EACH_NS)
    assert rest == MS, "a message ends it when it is through"
    return ending.outcome, place


@pytest.mark.parametrize(
    ("steps", "outcome", "place"),
    [
        ((INITIAL,), "running", None),
        (PLAIN, "completed", 7),
        (PLAIN[:-1], "running", 6),
        (PLAIN[:-2], "running", None),
        ((*PLAIN[:-1], UP), "completed", 7),
        ((*PLAIN[:-2], UP), "completed", 6),
        ((*PLAIN[:-2], COMPLETE), "completed", 6),
        # An accept in a transport ends it without a context, and with one when both are done.
        ((*START, ACCEPT_ALONE), "running", 5),
        ((*START, ACCEPT_ALONE, LATER), "completed", 5),
        ((*START, *NOTHING_READ, ACCEPT_ALONE), "running", 7),
        ((*START, NOTHING_READ[0], ACCEPT_ALONE, NOTHING_READ[1]), "running", 7),
        ((*START, ACCEPT_ALONE, DOWN, REROUTE), "completed", 5),
        ((*START, ACCEPT_ALONE, SECURITY[0], UP), "completed", 7),
        # What cannot be read is the accept, if it is answered and nothing that can be read comes behind it.
        ((*START, DOWN), "running", None),
        ((*START, DOWN, UP), "running", 6),
        ((*START, DOWN, UP, UP), "running", 6),
        ((*START, DOWN, UP, DOWN, UP), "running", 6),
        ((*START, DOWN, DOWN, UP), "running", 7),
        ((*START, UP, DOWN), "running", None),
        ((*START, DOWN, UP, SECURITY[0]), "running", None),
        ((*START, DOWN, SECURITY[0], UP), "running", None),
        ((*START, DOWN, UP, SECURITY[0], DOWN), "running", None),
        ((*START, DOWN, SECURITY[1]), "running", None),
        ((*START, DOWN, UP, LATER), "completed", 6),
        ((*START, DOWN, UP, RELEASE), "completed", 6),
        ((*START, DOWN, UP, NOTHING_READ[0]), "running", None),
        ((*START, DOWN, UP, *NOTHING_READ), "running", 8),
        ((*START, NOTHING_READ[1]), "running", 5),
        # Going on to something else shows that no answer comes, but only where there was an accept.
        ((INITIAL, LATER), "running", None),
        ((*PLAIN[:-1], LATER), "completed", 6),
        ((*PLAIN[:-2], LATER), "running", None),
        ((*PLAIN[:-1], replace(LATER, nas=0x45)), "completed", 6),
        ((*PLAIN[:-1], replace(LATER, nas=0x5E)), "running", 6),
        ((INITIAL, REJECT), "rejected", 1),
        ((*START, ACCEPT_ALONE, REJECT), "rejected", 6),
        ((INITIAL, *AUTHENTICATION, AUTHENTICATION_REJECT), "rejected", 3),
        ((*START, CONTEXT[0], CONTEXT_FAILURE), "rejected", 6),
        ((INITIAL, RELEASE), "released", 1),
        ((INITIAL, REROUTE), "released", 1),
        ((*PLAIN[:-2], RELEASE), "released", 6),
        ((*PLAIN[:-1], RELEASE), "completed", 6),
        ((*PLAIN[:-1], REROUTE), "completed", 6),
        ((INITIAL, replace(RELEASE, up=True, pdu=SUCCESSFUL)), "running", None),
        ((INITIAL, replace(REROUTE, pdu=UNSUCCESSFUL)), "running", None),
        ((INITIAL, Step(False, 29)), "running", None),
        ((INITIAL, Step(True, 44)), "running", None),
    ],
)  # fmt: skip
def test_what_ends_it(steps: tuple[Step, ...], outcome: str, place: int | None) -> None:
    assert soon(*steps) == (outcome, place)


def test_without_an_answer_it_is_over_six_seconds_after_its_end() -> None:
    end_ns = 6 * EACH_NS + MS
    assert judge(heard(PLAIN[:-1]), end_ns + 6 * SECOND - 1) == Ending("running", end_ns)
    assert judge(heard(PLAIN[:-1]), end_ns + 6 * SECOND) == Ending("completed", end_ns)


def test_it_times_out_fifteen_seconds_after_its_beginning() -> None:
    for steps in ((INITIAL,), PLAIN[:-2]):
        assert judge(heard(steps), 15 * SECOND - 1) == Ending("running")
        assert judge(heard(steps), 15 * SECOND) == Ending("timed out", 15 * SECOND)


@pytest.mark.parametrize(("late_ns", "outcome"), [(-1, "rejected"), (0, "timed out")])
def test_what_comes_at_the_deadline_is_too_late(late_ns: int, outcome: str) -> None:
    reject = message_of(told(REJECT, "in", 15 * SECOND + late_ns, 15 * SECOND + MS))
    assert reject is not None
    assert judge([*heard((INITIAL,)), reject], 20 * SECOND).outcome == outcome


def test_another_of_its_id_ends_it() -> None:
    assert judge(heard(PLAIN[:3]), SECOND, closed_ns=SECOND - 5) == Ending("superseded", SECOND - 5)
    assert at(SECOND, PLAIN[:-1], closed_ns=SECOND - 5) == ("completed", 6)
    assert at(SECOND, PLAIN, closed_ns=SECOND - 5) == ("completed", 7)
    beyond = judge(heard(PLAIN[:3]), 20 * SECOND, closed_ns=15 * SECOND - 1)
    assert beyond == Ending("superseded", 15 * SECOND - 1)
    beyond = judge(heard(PLAIN[:3]), 20 * SECOND, closed_ns=15 * SECOND)
    assert beyond == Ending("timed out", 15 * SECOND)


def test_what_begins_one() -> None:
    (request, unread, service, other, outcome) = heard(
        (
            INITIAL,
            replace(INITIAL, nas=None),
            replace(INITIAL, nas=0x4C),
            replace(UP, nas=0x41),
            replace(INITIAL, pdu=SUCCESSFUL),
        )
    )
    assert [begins(one) for one in (request, unread, service, other, outcome)] == [True, True] + [False] * 3
    assert [first_of_ue(one) for one in (request, service, other, outcome)] == [True, True, False, False]


def test_what_is_worth_waiting_for() -> None:
    assert all(matters(one) for one in heard((UP, DOWN, *CONTEXT, RELEASE, REROUTE)))
    assert not any(matters(one) for one in heard((INITIAL, Step(False, 29), Step(True, 44), Step(True, 21))))


def test_how_it_may_end() -> None:
    assert OUTCOMES == ("completed", "rejected", "released", "timed out", "superseded")
