"""Why an association ended: from its last state, what began beside it, and what the counters gained meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from sctptop.model.associations.events.why_ended import reason
from tests.unit.associations import association


def ended(state: str = "ESTABLISHED", gone: int = 1, **gained: int) -> str:
    return reason(
        association(state=state), (), gone, {f"Sctp{name}": value for name, value in gained.items()}
    )


@pytest.mark.parametrize(
    ("state", "gained", "why"),
    [
        ("ESTABLISHED", {}, "ended"),
        ("ESTABLISHED", {"Shutdowns": 1}, "shut down"),
        ("ESTABLISHED", {"Aborteds": 1}, "aborted"),
        ("ESTABLISHED", {"Shutdowns": 1, "Aborteds": 1}, "ended"),
        ("SHUTDOWN_SENT", {}, "shut down"),
        ("SHUTDOWN_ACK_SENT", {"Aborteds": 1}, "aborted"),
        ("SHUTDOWN_ACK_SENT", {"Aborteds": 1, "Shutdowns": 1}, "ended"),
        ("COOKIE_WAIT", {}, "never came up"),
        ("COOKIE_ECHOED", {"Aborteds": 1}, "never came up"),
        # It came up and ended between two readings, from either side's call.
        ("COOKIE_ECHOED", {"ActiveEstabs": 1, "Aborteds": 1}, "aborted"),
        ("COOKIE_WAIT", {"PassiveEstabs": 1, "Shutdowns": 1}, "shut down"),
        ("COOKIE_WAIT", {"ActiveEstabs": 1, "PassiveEstabs": 1}, "ended"),
    ],
)
def test_the_last_state_and_the_counters_tell(state: str, gained: dict[str, int], why: str) -> None:
    assert ended(state, **gained) == why


def test_of_several_that_went_all_must_have_gone_that_way() -> None:
    assert ended(gone=3, Shutdowns=3) == "shut down" and ended(gone=3, Shutdowns=4) == "shut down"
    assert ended(gone=3, Shutdowns=2) == "ended"
    assert ended(gone=3, Aborteds=3) == "aborted" and ended(gone=3, Aborteds=4) == "aborted"
    assert ended(gone=3, Aborteds=2) == "ended"


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ({}, "restarted"),
        ({"assoc_id": 5}, "aborted"),
        ({"assoc_id": None}, "aborted"),
        ({"local_port": 38413}, "aborted"),
        ({"remote_port": 7}, "aborted"),
    ],
    ids=str,
)
def test_a_restart_has_new_tags_and_the_same_ports_and_id(then: dict[str, Any], why: str) -> None:
    facts: dict[str, Any] = {"local_port": 38412, "remote_port": 50001, "assoc_id": 4}
    last, new = association(1, **facts), association(2, **(facts | then))
    assert reason(last, (association(9), new), 1, {"SctpAborteds": 1}) == why


def test_what_has_no_id_is_not_known_to_have_restarted() -> None:
    entry = association(1, assoc_id=None)
    assert reason(entry, (entry,), 1, {"SctpShutdowns": 1}) == "shut down"
