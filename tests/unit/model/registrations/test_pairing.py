"""Which answer belongs to which request, and what is counted of it, message by message."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.associations.identity import Key
from sctptop.model.ngap.message import Message, message_of
from sctptop.model.registrations import procedures as module
from sctptop.model.registrations.procedures import Procedures
from tests.unit.model.registrations.attempts import IDENTITY, LATER
from tests.unit.registering import (
    AUTHENTICATION,
    MS,
    SECOND,
    SECURITY,
    SUCCESSFUL,
    UNSUCCESSFUL,
    Step,
    told,
)

KEY: Key = ("ours",)
REQUEST, RESPONSE = Step(False, 29), Step(True, 29, pdu=SUCCESSFUL)
Counts = tuple[int, int, int]
"""How many were answered, how many of these by a failure, and how many not at all."""


def at_core(step: Step, at_ms: float, done_ms: float | None = None, ue: int = 1) -> Message:
    done_ms = at_ms if done_ms is None else done_ms
    direction = "in" if step.up else "out"
    message = message_of(told(step, direction, round(at_ms * MS), round(done_ms * MS), ue, ran_node=False))
    assert message is not None
    return message


def counts(pairs: Procedures, now_ns: int = 0, association: Key | None = None) -> dict[str, Counts]:
    return {
        one.kind.name: (one.latency.n, one.failures, one.unanswered)
        for one in pairs.advance(now_ns)
        if one.kind.association == association
    }


def paired(*messages: Message) -> dict[str, Counts]:
    pairs = Procedures()
    for message in messages:
        pairs.take(KEY, message)
    return counts(pairs)


@pytest.mark.parametrize(
    ("asked", "answered", "fits"),
    [
        ("both", "both", True),
        ("both", "ran", True),
        ("both", "amf", True),
        ("both", "none", False),
        ("ran", "ran", True),
        ("ran", "both", True),
        ("ran", "amf", False),
        ("ran", "none", False),
        ("amf", "amf", True),
        ("amf", "both", True),
        ("amf", "ran", False),
        ("amf", "none", False),
        ("none", "none", True),
        ("none", "both", False),
    ],
)
def test_one_id_that_both_have_is_enough(asked: str, answered: str, fits: bool) -> None:
    pairs = Procedures()
    assert pairs.take(KEY, at_core(replace(REQUEST, ids=asked), 10))
    assert pairs.take(KEY, at_core(replace(RESPONSE, ids=answered), 20)) == fits
    assert counts(pairs) == ({"PDUSessionResourceSetup": (1, 0, 0)} if fits else {})


def test_the_id_of_the_core_is_surer_than_that_of_the_radio_node() -> None:
    """Two of one RAN id and different ids of the core are two requests, and each finds its answer."""
    first, second = at_core(REQUEST, 10), replace(at_core(REQUEST, 12), amf_ue_id=7)
    pairs = Procedures()
    for message in (first, second):
        pairs.take(KEY, message)
    assert counts(pairs) == {}
    for message in (at_core(replace(RESPONSE, ids="amf"), 30), at_core(replace(RESPONSE, ids="ran"), 50)):
        assert pairs.take(KEY, message)
    (_, found) = pairs.advance(0)
    assert (found.latency.n, found.latency.min_ns, found.latency.max_ns) == (2, 20 * MS, 38 * MS)


@pytest.mark.parametrize(
    "other",
    [
        at_core(RESPONSE, 20, ue=2),
        at_core(replace(RESPONSE, procedure=28), 20),
        at_core(RESPONSE, 9),
        replace(at_core(RESPONSE, 20), wire=(1, 2, 3, 4, 5)),
        replace(at_core(RESPONSE, 20), out=True),
    ],
    ids=["another UE", "another procedure", "before it", "another association", "our own"],
)
def test_what_does_not_fit_answers_nothing(other: Message) -> None:
    pairs = Procedures()
    pairs.take(KEY, at_core(REQUEST, 10))
    assert not pairs.take(KEY, other)
    assert pairs.take(KEY, at_core(RESPONSE, 10)), "at the same instant it may"


def test_an_answer_may_take_no_time_and_counts_until_it_is_through() -> None:
    pairs = Procedures()
    pairs.take(KEY, at_core(REQUEST, 10))
    pairs.take(KEY, at_core(RESPONSE, 10))
    pairs.take(KEY, at_core(REQUEST, 30, 33))
    pairs.take(KEY, at_core(RESPONSE, 50, 54))
    ours = pairs.advance(0)
    assert [(one.latency.min_ns, one.latency.max_ns) for one in ours] == [(0, 24 * MS)] * 2
    assert not pairs.take(KEY, at_core(RESPONSE, 60)), "answered once"


def test_a_repeated_request_is_answered_once_and_counted_once() -> None:
    pairs = Procedures()
    for message in (at_core(REQUEST, 10), at_core(REQUEST, 20), at_core(RESPONSE, 25)):
        pairs.take(KEY, message)
    assert counts(pairs) == {"PDUSessionResourceSetup": (1, 0, 1)}
    assert counts(pairs, 60 * SECOND) == {"PDUSessionResourceSetup": (1, 0, 1)}


def test_counts_of_all_and_of_each_association() -> None:
    pairs = Procedures()
    other: Key = ("other",)
    failure = replace(RESPONSE, pdu=UNSUCCESSFUL, procedure=14)
    for ue, key in enumerate((KEY, KEY, other)):
        pairs.take(key, at_core(REQUEST, 10, ue=ue))
        pairs.take(key, at_core(RESPONSE, 20, ue=ue))
        pairs.take(key, at_core(replace(REQUEST, procedure=14), 30, ue=ue))
        pairs.take(key, at_core(failure, 35, ue=ue))
    assert counts(pairs) == {"PDUSessionResourceSetup": (3, 0, 0), "InitialContextSetup": (3, 3, 0)}
    assert counts(pairs, 0, KEY) == {"PDUSessionResourceSetup": (2, 0, 0), "InitialContextSetup": (2, 2, 0)}
    assert counts(pairs, 0, other) == {"PDUSessionResourceSetup": (1, 0, 0), "InitialContextSetup": (1, 1, 0)}
    # From interval to interval they add up; a reset begins anew, and what waits still does.
    pairs.take(KEY, at_core(replace(REQUEST, procedure=14), 40))
    pairs.take(KEY, at_core(failure, 50))
    pairs.take(KEY, at_core(replace(REQUEST, procedure=14), 60))
    assert counts(pairs)["InitialContextSetup"] == (4, 4, 0)
    assert counts(pairs, 60 * SECOND)["InitialContextSetup"] == (4, 4, 1)
    pairs.take(KEY, at_core(REQUEST, 70))
    pairs.reset()
    assert pairs.advance(0) == ()
    pairs.take(KEY, at_core(RESPONSE, 80))
    assert counts(pairs) == counts(pairs, 0, KEY) == {"PDUSessionResourceSetup": (1, 0, 0)}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (AUTHENTICATION, {"Authentication": (1, 0, 0)}),
        ((AUTHENTICATION[0], Step(True, 46)), {"Authentication": (1, 0, 0)}),
        ((AUTHENTICATION[0], LATER), {}),
        ((AUTHENTICATION[0], LATER, AUTHENTICATION[1]), {"Authentication": (1, 0, 0)}),
        ((AUTHENTICATION[0], Step(True, 46, 0x59)), {"Authentication": (1, 1, 0)}),
        ((AUTHENTICATION[0], *SECURITY), {"SecurityModeControl": (1, 0, 0), "Authentication": (0, 0, 1)}),
        (IDENTITY, {"Identification": (1, 0, 0)}),
        ((SECURITY[0], Step(True, 46, 0x5F)), {"SecurityModeControl": (1, 1, 0)}),
        ((Step(False, 4), Step(True, 46)), {}),
        ((Step(False, 4, 0x54), Step(True, 46, 0x55)), {}),
        ((Step(False, 44, 0x56), AUTHENTICATION[1]), {}),
        ((AUTHENTICATION[0], Step(True, 44)), {}),
        ((AUTHENTICATION[1],), {}),
    ],
)
def test_requests_in_nas(steps: tuple[Step, ...], expected: dict[str, Counts]) -> None:
    pairs = Procedures()
    for place, step in enumerate(steps):
        assert pairs.take(KEY, at_core(step, place)), "nothing of it is worth waiting for"
    assert counts(pairs) == counts(pairs, 0, KEY) == expected


def test_the_surest_name_of_a_request_in_nas_is_asked_first() -> None:
    """Of two UEs with one RAN id, the answer with the core's id of the first is the first's."""
    first, second = at_core(SECURITY[0], 10), replace(at_core(AUTHENTICATION[0], 12), amf_ue_id=7)
    assert paired(first, second, at_core(AUTHENTICATION[1], 30)) == {}
    assert paired(first, second, at_core(SECURITY[1], 30)) == {"SecurityModeControl": (1, 0, 0)}


def test_patience_is_half_a_minute() -> None:
    pairs = Procedures()
    pairs.take(KEY, at_core(REQUEST, 10))
    assert pairs.advance(30 * SECOND + 10 * MS) == ()
    assert counts(pairs, 30 * SECOND + 10 * MS + 1) == {"PDUSessionResourceSetup": (0, 0, 1)}
    assert not pairs.take(KEY, at_core(RESPONSE, 40_000))


def test_the_oldest_of_too_many_count_as_unanswered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OPEN", 3)
    pairs = Procedures()
    for ue in range(3):
        pairs.take(KEY, at_core(REQUEST, ue, ue=ue))
    assert counts(pairs) == {}
    pairs.take(KEY, at_core(REQUEST, 3, ue=3))
    assert counts(pairs) == {"PDUSessionResourceSetup": (0, 0, 1)}
    assert [pairs.take(KEY, at_core(RESPONSE, 9, ue=ue)) for ue in range(4)] == [False, True, True, True]


def test_kinds_are_bounded_and_those_there_are_count_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KINDS", 2)
    pairs = Procedures()
    for at_ms in (0, 20):
        for step in (REQUEST, RESPONSE, *AUTHENTICATION):
            pairs.take(KEY, at_core(step, at_ms))
        found = counts(pairs)
    assert found == counts(pairs, 0, KEY) == {"PDUSessionResourceSetup": (2, 0, 0)}
