"""Requests and what answered them, by id, from either end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.registrations import procedures as module
from sctptop.model.registrations.procedures import Procedure
from tests.unit.registering import (
    AUTHENTICATION,
    MS,
    PLAIN,
    RELEASE,
    SECOND,
    SUCCESSFUL,
    UNSUCCESSFUL,
    Step,
    exchange,
    follow,
)

SETUP = (Step(True, 21, ids="none"), Step(False, 21, pdu=SUCCESSFUL, ids="none", think=6))
RELEASED = Step(True, 41, pdu=SUCCESSFUL, think=2)
SESSION = (Step(False, 29), Step(True, 29, pdu=SUCCESSFUL, think=30))


def of(steps: tuple[Step, ...], end: int, until_s: float = 3) -> dict[str, Procedure]:
    now = follow(exchange(steps)[end], until_s=until_s).now
    return {entry.kind.name: entry for entry in now.procedures_of(None)}


@pytest.mark.parametrize("end", [0, 1])
def test_the_time_runs_from_the_request_to_its_answer(end: int) -> None:
    steps = (replace(SETUP[0], held=1, read_wait=2), replace(SETUP[1], held=3, read_wait=4))
    setup = of(steps, end)["NGSetup"]
    assert (setup.latency.n, setup.failures, setup.unanswered) == (1, 0, 0)
    # Where it was asked: held 1, there 0.5, unread 2, thought 6, held 3, back 0.5, unread 4. The other end: no network.
    assert setup.latency.max_ns == round((17 if end == 0 else 11) * MS)
    assert setup.kind.asked == (end == 0)


def test_each_kind_has_its_own_time() -> None:
    found = of((*PLAIN, *SESSION, RELEASE, RELEASED), 0)
    assert found.keys() == {
        "InitialContextSetup",
        "PDUSessionResourceSetup",
        "UEContextRelease",
        "Authentication",
        "SecurityModeControl",
    }
    assert found["PDUSessionResourceSetup"].latency.max_ns == 30 * MS
    assert found["InitialContextSetup"].latency.max_ns == 5 * MS
    assert found["Authentication"].latency.max_ns == 3 * MS
    assert all(entry.latency.n == 1 for entry in found.values())


def test_a_command_with_the_id_of_the_core_alone_is_paired() -> None:
    assert of((RELEASE, RELEASED), 1)["UEContextRelease"].latency.n == 1


def test_ids_keep_pairs_apart() -> None:
    first, second = exchange(SESSION, ue=1)[0], exchange(SESSION, ue=2, at_ns=SECOND + MS)[0]
    (entry,) = follow([*first, *second], until_s=3).now.procedures_of(None)
    assert entry.latency.n == 2 and entry.latency.min_ns == entry.latency.max_ns == 30 * MS


def test_failures_are_counted_among_them() -> None:
    found = of((SETUP[0], replace(SETUP[1], pdu=UNSUCCESSFUL)), 0)["NGSetup"]
    assert (found.latency.n, found.failures) == (1, 1)
    synch = of((AUTHENTICATION[0], Step(True, 46, 0x59)), 0)["Authentication"]
    assert (synch.latency.n, synch.failures) == (1, 1)


def test_no_answer_is_said_after_a_while() -> None:
    assert of(SESSION[:1], 0, until_s=20) == {}
    found = of(SESSION[:1], 0, until_s=40)["PDUSessionResourceSetup"]
    assert (found.latency.n, found.unanswered) == (0, 1)


def test_a_request_repeated_leaves_the_first_without_an_answer() -> None:
    found = of((SETUP[0], replace(SETUP[0], think=100), SETUP[1]), 1)["NGSetup"]
    assert (found.latency.n, found.unanswered, found.latency.max_ns) == (1, 1, 6 * MS)


def test_open_requests_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OPEN", 10)
    events = [event for ue in range(30) for event in exchange(SESSION[:1], ue=ue)[0]]
    (found,) = follow(events, until_s=3).now.procedures_of(None)
    assert found.unanswered == 20


def test_an_answer_that_comes_before_its_request_was_told_waits_a_sample() -> None:
    request, answer = exchange(SESSION)[0]
    followed = follow([answer], until_s=2)
    (found,) = followed.advance([(None, request)], 1.0).procedures_of(None)
    assert (found.latency.n, found.latency.max_ns) == (1, 30 * MS)
