"""What is kept of UEs that come and go: records as many as are shown, and of the rest no more than its bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sctptop.model.event import Event
from sctptop.model.ngap.message import wire_of
from sctptop.model.passages import known_passages, tnl_associations, unseen_messages
from sctptop.model.registrations import contexts, counting, procedures
from sctptop.model.registrations.tracker import Registrations
from tests.unit.model.registrations.flow_steps import (
    AUTH,
    REJECT,
    REROUTE,
    SESSION,
    context,
    down,
    release,
    request,
    security,
    up,
)
from tests.unit.model.registrations.flows import START_NS, Said, event_of, freed, wired
from tests.unit.registering import BOOT, MS, NETNS, SECOND, SUCCESSFUL, kept

PLAIN = (request(), *security(0), *context(25, 30), up(40, 10))
LIVES = (
    (*PLAIN, up(45, 45), Said(60, False, SESSION), Said(72, True, SESSION, pdu=SUCCESSFUL), release(500)),
    PLAIN[:-1],
    (request(), down(5, 4, REJECT, octet=11), release(6)),
    (request(), down(5, 42, AUTH)),
    (request(), Said(5, False, REROUTE, amf=None)),
    (request(), down(5, 42, AUTH), request(100)),
)
UES = 30
"""That come in a second, on an association of its own, which goes at its end."""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, bounds in {
        contexts: {"MOST_PAST": 40},
        counting: {"KEPT": 30, "MOST_FAILED": 20, "SLOWEST": 10, "MOST_TALLIES": 8, "MOST_STRANGE": 4},
        tnl_associations: {"MOST_ASSOCIATIONS": 6},
        procedures: {"MOST_KINDS": 10},
        unseen_messages: {"MOST_DIRECTIONS": 8, "MOST_COUNTED": 5},
        known_passages: {"MOST_KEPT": 200, "MOST_AGAIN": 12},
    }.items():
        for name, bound in bounds.items():
            monkeypatch.setattr(module, name, bound)


def second(on: int) -> Iterator[Event]:
    """All of one second at both ends; one message in fifty is not seen, one in thirty was sent again."""
    for ue in range(UES):
        for place, said in enumerate(LIVES[ue % len(LIVES)]):
            ms = on * 1000 + ue * 15 + said.ms
            moved = replace(said, ms=ms, on=on, ran=ue, amf=said.amf and on * 1000 + ue)
            tsn = ue * 20 + place
            if tsn % 50:
                yield from (event_of(moved, end, tsn) for end in (True, False))
            if tsn % 30 == 0:
                details = {"at_ns": START_NS + round(ms * MS) + SECOND // 10, "tsn": tsn}
                yield wired(Event(BOOT, "ngap_rtx", NETNS, 0, 0, 0, 0, details=details), on, moved.up)
    for end in (True, False):
        heartbeat = Event(BOOT, "hb_rtt", NETNS, 0, 0, 0, 0, details={"rtt_ms": 0.2})
        yield wired(heartbeat, on, end)
        yield freed((on + 1) * 1000, on, end)


def test_of_ues_that_come_and_go_no_more_is_kept_than_its_bounds(small: None) -> None:
    followed, started, ended, told, most = Registrations(), 0, 0, 0, dict[str, int]()
    for on in range(1, 81):
        now = followed.advance([(wire_of(event), event) for event in second(on)] if on <= 20 else (), 1.0)
        started += sum(count for (key, *_), count in now.started.items() if key is None)
        ended, told = ended + len(now.ended_now), told + len(now.told_now)
        for name, count in kept(followed).items():
            most[name] = max(most.get(name, 0), count)
    assert started == ended == told > 20 * UES
    assert kept(followed) == {
        "associations.known": 6,
        "associations.by_tags": 12,
        "associations.rtts": 6,
        "passages.ends": 200,
        "passages.again": 12,
        "passages.noticed": 12,
        "passages.arrivals": 12,
        "contexts.past": 40,
        "procedures.known": 10,
        "unseen.directions": 8,
        "unseen.now": 5,
        "counting.last": 30,
        "counting.failed": 20,
        "counting.slowest": 20,
        "counting.tallies": 8,
    }
    # Nor did it need more meanwhile, but for those that were under way and their names.
    bounds = {name: count for name, count in kept(followed).items() if name != "contexts.past"}
    assert {name: most[name] for name in bounds} == bounds
    # Some wait a second or more for what may have been missed of them.
    running = UES * 2 * 2
    assert most["running"] <= running and most.get("sessions.followed", 0) <= running
    assert most["contexts.by_name"] <= 2 * 3 * running


def test_one_ue_cannot_fill_the_memory_with_names() -> None:
    """A core that gives it another id with every message."""
    followed = Registrations()
    flow = [request(), *(down(5 + place / 100, 42, AUTH, amf=place) for place in range(500))]
    events = [event_of(said, True, place) for place, said in enumerate(flow)]
    followed.advance([(wire_of(event), event) for event in events], 1.0)
    assert kept(followed)["contexts.by_name"] < 100
