"""Registrations to follow, and what holds for each of them."""

from __future__ import annotations

from dataclasses import replace

from sctptop.model.registrations.attempt import Registration
from tests.unit.registering import (
    AUTHENTICATION,
    COMPLETE,
    CONTEXT,
    INITIAL,
    MS,
    PLAIN,
    SECURITY,
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
    "nothing but the request readable": (INITIAL, *NOTHING_READ, replace(COMPLETE, nas=None)),
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
    parts = (one.sctp_ns, one.unread_ns, one.network_ns or 0, one.core_ns, one.ran_ns)
    assert all(part is not None and part >= 0 for part in parts)
    assert sum(part or 0 for part in parts) == one.total_ns == sum(stage.length_ns for stage in one.stages)
    assert one.sctp_ns == sum(part or 0 for part in (one.held_ns, one.blocked_ns, one.lost_ns, one.order_ns))
    at_ns = 0
    for stage in one.stages:
        assert stage.begin_ns == at_ns and stage.length_ns > 0
        at_ns += stage.length_ns


def ms(one: Registration) -> tuple[float, ...]:
    """Of all, of SCTP, of the reader, of the core and of the radio side."""
    parts = (one.total_ns, one.sctp_ns, one.unread_ns, one.core_ns, one.ran_ns)
    return tuple((part or 0) / MS for part in parts)
