"""A gNB that registers UEs at two AMFs: most in 20 ms, some held by Nagle, a few rejected, one that never ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sctptop.model.association import Association
from sctptop.model.event import Event
from sctptop.model.sample import Sample
from tests.ui.scripted import NETNS, PROBED, START, association, sample
from tests.unit.registering import (
    AUTHENTICATION,
    COMPLETE,
    INITIAL,
    MS,
    PLAIN,
    RELEASE,
    SECOND,
    SUCCESSFUL,
    Step,
    came_ns,
    exchange,
)

SETUP = (Step(True, 21, ids="none"), Step(False, 21, pdu=SUCCESSFUL, ids="none", think=6))
SESSION = (Step(False, 29, think=2), Step(True, 29, pdu=SUCCESSFUL, think=12))
RELEASED = (RELEASE, Step(True, 41, pdu=SUCCESSFUL, think=2))
REJECTED = (INITIAL, *AUTHENTICATION, Step(False, 4, 0x44), *RELEASED)
UES_A_SECOND = 7


def gnb(number: int, tick: int) -> Association:
    """One of its associations."""
    entry = association(number, tick)
    return replace(entry, local_port=entry.remote_port, remote_port=38412, local_addresses=("10.9.0.9",))


def with_registrations(ticks: int) -> Iterator[Sample]:
    """Samples of that host, a second apart."""
    events = sorted(_events(ticks), key=came_ns)
    for tick in range(ticks):
        until_ns = tick * SECOND
        here = [event for event in events if came_ns(event) <= until_ns]
        del events[: len(here)]
        entries = [gnb(number, tick) for number in range(2)]
        yield replace(sample(tick, entries, sources=PROBED), events=tuple(here))


def _events(ticks: int) -> Iterator[Event]:
    for number in range(2):
        yield from _of(number, exchange(SETUP, at_ns=300 * MS)[0])
    for ue in range(1, (ticks - 1) * UES_A_SECOND):
        at_ns = ue * SECOND // UES_A_SECOND
        if ue == 40:
            steps: tuple[Step, ...] = (INITIAL, *AUTHENTICATION)
        elif ue % 41 == 0:
            steps = REJECTED
        else:
            slow = ue % 9 == 0
            work = tuple(replace(step, think=step.think * (1 + ue * 7 % 11 / 8)) for step in PLAIN[:-1])
            steps = (*work, replace(COMPLETE, held=203.4 - ue % 5 if slow else 0.02), *SESSION)
        yield from _of(ue % 2, exchange(steps, ue=ue, at_ns=at_ns)[0])


def _of(number: int, events: list[Event]) -> Iterator[Event]:
    """The same as they come from association ``number``, at the time of the script."""
    entry = gnb(number, 0)
    for event in events:
        yield replace(
            event,
            netns=NETNS,
            own_tag=entry.own_tag or 0,
            peer_tag=entry.peer_tag or 0,
            local_port=entry.local_port,
            remote_port=entry.remote_port,
            address=entry.primary,
            time=START + timedelta(microseconds=int(event.number("at_ns") or 0) // 1000),
        )
