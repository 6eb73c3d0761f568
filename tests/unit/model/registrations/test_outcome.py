"""When a registration ends and how, message by message, to the nanosecond; and where it would end meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sctptop.model.ngap.message import Message, message_of
from sctptop.model.registrations.outcome import Fate, begins, first_of_ue, judge, matters
from sctptop.model.registrations.progress import Judged
from sctptop.model.registrations.words import OUTCOMES
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
    verdict = judge(heard(steps), now_ns, Fate(closed_ns))
    if verdict.end_ns is None:
        return verdict.outcome, None
    place, rest = divmod(verdict.end_ns, EACH_NS)
    assert rest == MS, "a message ends it when it is through"
    return verdict.outcome, place


def ended(verdict: Judged) -> tuple[str, int | None]:
    return verdict.outcome, verdict.end_ns


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
        # What answers a SecurityModeCommand does not answer the accept.
        ((*START, ACCEPT_ALONE, SECURITY[0], UP), "running", 5),
        ((*START, ACCEPT_ALONE, SECURITY[0], UP, UP), "completed", 8),
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
        ((INITIAL, *AUTHENTICATION, AUTHENTICATION_REJECT), "refused by authentication", 3),
        ((*START, CONTEXT[0], CONTEXT_FAILURE), "rejected", 6),
        ((INITIAL, RELEASE), "released", 1),
        ((INITIAL, REROUTE), "running", None),
        ((*PLAIN[:-2], RELEASE), "released", 6),
        ((*PLAIN[:-1], RELEASE), "completed", 6),
        ((INITIAL, replace(RELEASE, up=True, pdu=SUCCESSFUL)), "running", None),
        ((INITIAL, replace(REROUTE, pdu=UNSUCCESSFUL)), "running", None),
        ((INITIAL, Step(False, 29)), "running", None),
        ((INITIAL, Step(True, 44)), "running", None),
    ],
)  # fmt: skip
def test_what_ends_it(steps: tuple[Step, ...], outcome: str, place: int | None) -> None:
    assert soon(*steps) == (outcome, place)


def test_without_an_answer_it_is_over_when_the_accept_would_have_come_again() -> None:
    """T3550 is 6 s, and 1 s is for its way."""
    end_ns = 6 * EACH_NS + MS
    assert ended(judge(heard(PLAIN[:-1]), end_ns + 7 * SECOND - 1)) == ("running", end_ns)
    assert ended(judge(heard(PLAIN[:-1]), end_ns + 7 * SECOND)) == ("completed", end_ns)


def test_it_times_out_fifteen_seconds_after_its_beginning() -> None:
    """Which is said a second later."""
    for steps in ((INITIAL,), PLAIN[:-2]):
        assert ended(judge(heard(steps), 16 * SECOND - 1)) == ("running", None)
        assert ended(judge(heard(steps), 16 * SECOND)) == ("timed out", 15 * SECOND)


@pytest.mark.parametrize(("late_ns", "outcome"), [(0, "rejected"), (1, "timed out")])
def test_what_comes_behind_the_margin_is_too_late(late_ns: int, outcome: str) -> None:
    reject = message_of(told(REJECT, "in", 16 * SECOND + late_ns, 16 * SECOND + MS))
    assert reject is not None
    assert judge([*heard((INITIAL,)), reject], 20 * SECOND).outcome == outcome


def test_another_of_its_id_ends_it() -> None:
    assert ended(judge(heard(PLAIN[:3]), SECOND, Fate(SECOND - 5))) == ("superseded", SECOND - 5)
    assert at(SECOND, PLAIN[:-1], closed_ns=SECOND - 5) == ("completed", 6)
    assert at(SECOND, PLAIN, closed_ns=SECOND - 5) == ("completed", 7)
    beyond = judge(heard(PLAIN[:3]), 20 * SECOND, Fate(16 * SECOND - 1))
    assert ended(beyond) == ("superseded", 16 * SECOND - 1)
    beyond = judge(heard(PLAIN[:3]), 20 * SECOND, Fate(16 * SECOND))
    assert ended(beyond) == ("timed out", 15 * SECOND)


def test_a_blocked_request_began_when_it_was_to_be_sent() -> None:
    first = replace(heard((INITIAL,))[0], at_ns=3 * SECOND, done_ns=3 * SECOND, blocked_ns=3 * SECOND)
    assert ended(judge([first], 16 * SECOND)) == ("timed out", 15 * SECOND)


def test_a_core_that_sends_a_ue_on_waits_five_seconds_for_that() -> None:
    sent_on = heard((INITIAL, REROUTE))
    assert ended(judge(sent_on, 5 * SECOND + EACH_NS + MS - 1)) == ("running", None)
    verdict = judge(sent_on, 5 * SECOND + EACH_NS + MS)
    assert (*ended(verdict), verdict.cause) == ("unknown", EACH_NS + MS, "re-routed to another core")
    assert judge(heard((INITIAL, replace(REROUTE, pdu=UNSUCCESSFUL))), 6 * SECOND).outcome == "running"
    assert judge(heard((INITIAL, REROUTE, INITIAL)), 6 * SECOND).outcome == "running"


@pytest.mark.parametrize("code", [20, 21])
def test_one_end_begins_anew(code: int) -> None:
    """NGReset, or NGSetup on the same association: whatever ran is gone, unless it goes on."""
    reset = Step(True, code, ids="none")
    steps = (*PLAIN[:3], reset)
    done_ns = 3 * EACH_NS + MS
    assert ended(judge(heard(steps), done_ns + SECOND - 1)) == ("running", None)
    verdict = judge(heard(steps), done_ns + SECOND)
    right = ("released", done_ns, True) if code == 20 else ("association lost", done_ns, False)
    assert (*ended(verdict), verdict.inferred) == right
    # Another UE that takes its id behind that does not supersede it.
    closed = judge(heard(steps), done_ns + 2, Fate(closed_ns=done_ns + 1))
    assert (*ended(closed), closed.inferred) == right
    assert judge(heard((*steps, SECURITY[0])), 5 * SECOND).outcome == "running"
    assert judge(heard((*PLAIN, reset)), 5 * SECOND).outcome == "completed"


def test_its_association_is_lost() -> None:
    for steps in (PLAIN[:1], PLAIN[:3], PLAIN[:-2]):
        verdict = judge(heard(steps), 5 * SECOND, Fate(lost_ns=4 * SECOND))
        assert ended(verdict) == ("association lost", 4 * SECOND)
    assert judge(heard(PLAIN), 5 * SECOND, Fate(lost_ns=4 * SECOND)).outcome == "completed"
    # What came first counts.
    assert judge(heard(PLAIN[:3]), 5 * SECOND, Fate(2 * SECOND, 4 * SECOND)).outcome == "superseded"
    assert judge(heard(PLAIN[:3]), 5 * SECOND, Fate(4 * SECOND, 2 * SECOND)).outcome == "association lost"
    late = judge(heard(PLAIN[:3]), 20 * SECOND, Fate(lost_ns=16 * SECOND))
    assert ended(late) == ("timed out", 15 * SECOND)


@pytest.mark.parametrize(
    ("after_ns", "outcome"),
    [(MS, "association lost"), (SECOND, "association lost"), (SECOND + 1, "completed")],
)
def test_lost_while_the_answer_to_the_accept_may_be_under_way(after_ns: int, outcome: str) -> None:
    end_ns = 6 * EACH_NS + MS
    verdict = judge(heard(PLAIN[:-1]), 5 * SECOND, Fate(lost_ns=end_ns + after_ns))
    assert verdict.outcome == outcome


GAPS = {
    "released": ((*PLAIN[:3], RELEASE), Fate(), 100 * MS),
    "superseded": (PLAIN[:3], Fate(closed_ns=SECOND), 2 * SECOND),
    "timed out": (PLAIN[:3], Fate(), 20 * SECOND),
    "completed": (PLAIN, Fate(), SECOND),
    "rejected": ((INITIAL, REJECT), Fate(), SECOND),
    "refused by authentication": ((INITIAL, AUTHENTICATION_REJECT), Fate(), SECOND),
    "association lost": (PLAIN[:3], Fate(lost_ns=SECOND), 2 * SECOND),
    "running": (PLAIN[:3], Fate(), SECOND),
}


@pytest.mark.parametrize("outcome", GAPS)
def test_a_message_not_seen_may_have_decided_it_unless_one_that_was_seen_did(outcome: str) -> None:
    steps, fate, now_ns = GAPS[outcome]
    whole, gap = (judge(heard(steps), now_ns, replace(fate, gap=there)) for there in (False, True))
    assert whole.outcome == outcome
    open_ones = ("released", "superseded", "timed out")
    assert ended(gap) == ("unknown" if outcome in open_ones else outcome, whole.end_ns)


def test_what_begins_one() -> None:
    """A request that can be read, in whichever message; what cannot be read begins nothing."""
    steps = {
        INITIAL: (True, True),
        replace(INITIAL, nas=None): (False, True),
        replace(INITIAL, nas=0x4C): (False, True),
        replace(INITIAL, pdu=SUCCESSFUL): (False, False),
        replace(UP, nas=0x41): (True, False),
        replace(UP, nas=0x41, pdu=SUCCESSFUL): (False, False),
        replace(DOWN, nas=0x41): (False, False),
        UP: (False, False),
    }
    found = [(begins(one), first_of_ue(one)) for one in heard(tuple(steps))]
    assert found == list(steps.values())


def test_what_is_worth_waiting_for() -> None:
    asked = (Step(True, 42), Step(True, 9), Step(False, 29))
    assert all(matters(one) for one in heard((UP, DOWN, *CONTEXT, RELEASE, REROUTE, *asked)))
    assert not any(matters(one) for one in heard((INITIAL, Step(True, 44), Step(True, 21))))


def test_how_it_may_end() -> None:
    assert OUTCOMES == (
        "completed",
        "rejected",
        "refused by authentication",
        "not accepted by the UE",
        "released",
        "superseded",
        "association lost",
        "timed out",
        "unknown",
    )
