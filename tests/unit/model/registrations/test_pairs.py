"""Which UE a message is of: one context a UE and pair of radio node and core, over all associations between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sctptop.model.event import Event
from tests.unit.model.registrations.flow_steps import (
    AUTH,
    INITIAL_UE,
    RELEASE,
    REROUTE,
    context,
    down,
    release,
    request,
    security,
    up,
)
from tests.unit.model.registrations.flows import Places, Said, events_of, freed, outcomes
from tests.unit.registering import MS, NETNS, SUCCESSFUL

RAN, CORE = "10.9.0.1", "10.9.0.2"
Told = tuple[int, int, str, float]
"""The association on which it was last, its RAN id, outcome and ms."""


def placed(on: int, ran: str = RAN, core: str = CORE, port: int | None = None) -> Places:
    """Where the two ends of an association are, as either knows it."""
    radio_port = 50_000 + (port or on)
    return {
        (NETNS, on, 1000 + on, radio_port, 38412): (ran, core),
        (NETNS, 1000 + on, on, 38412, radio_port): (core, ran),
    }


ONE_PAIR = placed(1) | placed(2)
TWO_CORES = placed(1) | placed(2, core="10.9.0.3")


@dataclass
class Scene:
    """A flow and what is right for it. ``gone``: when which association was freed. ``ports``: that of an association
    is that of another one."""

    flow: Sequence[Said]
    right: list[Told]
    places: Places = field(default_factory=dict)
    gone: dict[int, float] = field(default_factory=dict)
    ports: dict[int, int] = field(default_factory=dict)


def setup(ms: float, on: int, node: int = 1) -> tuple[Said, Said]:
    """An NGSetup in which the radio node names itself."""
    asked = Said(ms, True, 21, ran=None, amf=None, on=on, node=bytes((node,)))
    return asked, replace(asked, ms=ms + 1, up=False, pdu=SUCCESSFUL, node=b"")


def whole(ms: float = 0, on: int = 1, ran: int = 7, amf: int = 9, begun_on: int | None = None) -> list[Said]:
    """A registration that completes 40 ms later; ``begun_on``: its request went on another association."""
    ids: dict[str, Any] = {"on": on, "ran": ran, "amf": amf}
    first = request(ms, on=begun_on or on, ran=ran)
    return [first, *security(ms, **ids), *context(ms + 25, ms + 30, **ids), up(ms + 40, 10, **ids)]


def reroute(ms: float, on: int = 1, ran: int = 7) -> Said:
    return Said(ms, False, REROUTE, amf=None, on=on, ran=ran)


def seen(scene: Scene, from_ran: bool) -> list[Told]:
    """What the model makes of it at one end."""
    events = [at_port(event, scene.ports) for event in events_of(sorted(scene.flow, key=_ms), from_ran)]
    events += [
        at_port(freed(ms, on, from_ran), scene.ports)
        for on, ms in sorted(scene.gone.items(), key=lambda one: one[1])
    ]
    told = outcomes(events, scene.places, until_s=25)
    for one in told:
        assert {message.ran_ue_id for message in one.messages} <= {one.ran_ue_id, None}
    return [
        (
            min(one.messages[-1].wire[1:3]),
            one.ran_ue_id or 0,
            one.outcome,
            (one.total_ns or 0) / MS,
        )
        for one in told
    ]


def _ms(said: Said) -> float:
    return said.ms


def at_port(event: Event, ports: dict[int, int]) -> Event:
    on = min(event.own_tag, event.peer_tag)
    if on not in ports:
        return event
    port = 50_000 + ports[on]
    return replace(event, local_port=port) if event.own_tag == on else replace(event, remote_port=port)


HALF = (request(), down(5, 42, AUTH))
NAMED, APART = (*setup(-60, 1), *setup(-50, 2)), (*setup(-60, 1), *setup(-50, 2, node=2))
SERVICE = (
    Said(-1, True, INITIAL_UE, 0x4C, 20, amf=None, on=2),
    *context(2, 3, on=2, amf=12),
    up(4, 30, on=2, amf=12),
)
DONE: Told = (1, 7, "completed", 40)
BESIDE: Told = (2, 7, "completed", 40)
LOST: Told = (1, 7, "association lost", 300)
LATE: Told = (1, 7, "timed out", 15_000)

PAIRS = {
    "the answers come on a sibling known by name": Scene((*NAMED, *whole(on=2, begun_on=1)), [BESIDE]),
    "the answers come on a sibling known by address": Scene(whole(on=2, begun_on=1), [BESIDE], ONE_PAIR),
    "nothing says that the other association is a sibling": Scene(whole(on=2, begun_on=1), [LATE]),
    "the other association is of another radio node behind the address": Scene(
        (*APART, *whole(on=2, begun_on=1)), [LATE], ONE_PAIR
    ),
    "the other association goes to another core": Scene(whole(on=2, begun_on=1), [LATE], TWO_CORES),
    "two on two associations, each answered on the other": Scene(
        (*NAMED, *whole(0, on=2, begun_on=1), *whole(3, on=1, ran=8, amf=10, begun_on=2)),
        [BESIDE, (1, 8, "completed", 40)],
        ONE_PAIR,
    ),
    "the same RAN id at two named radio nodes behind one address": Scene(
        (*APART, *whole(), *whole(3, on=2, amf=12)), [DONE, (2, 7, "completed", 40)], ONE_PAIR
    ),
    "the same RAN id at two radio nodes that nobody named": Scene(
        (*whole(), *whole(3, on=2, amf=12)), [DONE, (2, 7, "completed", 40)], ONE_PAIR
    ),
    "a service request of the same RAN id at another named radio node": Scene(
        (*APART, *SERVICE, *whole()), [DONE], ONE_PAIR
    ),
    "the same RAN id on a sibling is another UE's now": Scene(
        (*NAMED, *HALF, *whole(1000, on=2, amf=10)),
        [(1, 7, "superseded", 1000), (2, 7, "completed", 40)],
        ONE_PAIR,
    ),
    "the same RAN id and no name: perhaps another radio node's": Scene(
        (*HALF, *whole(1000, on=2, amf=10)), [LATE, (2, 7, "completed", 40)], ONE_PAIR
    ),
    "the core's id of one is another's on the same association": Scene(
        (*HALF, *whole(1000, ran=8)), [LATE, (1, 8, "completed", 40)]
    ),
    "a release by the core's id alone is of the last that had it": Scene(
        (*HALF, request(1000, ran=8), down(1005, 42, AUTH, ran=8), release(1010, ran=None)),
        [LATE, (1, 8, "released", 10)],
    ),
}
RESTARTS = {
    "begins anew": Scene(
        (*setup(-60, 1), *HALF, *setup(300, 3), *whole(400, on=3, ran=8, amf=10)),
        [LOST, (3, 8, "completed", 40)],
        placed(1) | placed(3, port=1),
        ports={3: 1},
    ),
    "begins anew under another name": Scene(
        (*HALF, *setup(300, 3, node=2)), [LOST], placed(1) | placed(3, port=1), ports={3: 1}
    ),
    "without an NGSetup it is not said to": Scene(
        (*HALF, *whole(400, on=3, ran=8, amf=10)),
        [LATE, (3, 8, "completed", 40)],
        placed(1) | placed(3, port=1),
        ports={3: 1},
    ),
    "from another port: a second one": Scene((*HALF, *setup(300, 2)), [LATE], ONE_PAIR),
    "from another address": Scene(
        (*HALF, *setup(300, 3)), [LATE], placed(1) | placed(3, "10.9.0.7", port=1), ports={3: 1}
    ),
    "places are not known": Scene((*HALF, *setup(300, 3)), [LATE], ports={3: 1}),
    "what was over before stays as it ended": Scene(
        (*whole(), *setup(300, 3)), [DONE], placed(1) | placed(3, port=1), ports={3: 1}
    ),
}
FREED = {
    "the only one": Scene(HALF, [LOST], gone={1: 300}),
    "the other goes to another core": Scene((*NAMED, *HALF), [LOST], TWO_CORES, {1: 300}),
    "another one than its own": Scene((*NAMED, *HALF), [LATE], TWO_CORES, {2: 300}),
    "the sibling": Scene((*NAMED, *HALF, *whole(2000)[2:]), [(1, 7, "completed", 2040)], ONE_PAIR, {2: 300}),
    "its own, but a sibling lives": Scene((*NAMED, *HALF), [LATE], ONE_PAIR, {1: 300}),
    "one of two that carried it": Scene(
        (*NAMED, *whole(on=2, begun_on=1)[:-1], up(400, 10, on=2)),
        [(2, 7, "completed", 400)],
        ONE_PAIR,
        {1: 300},
    ),
    "a new one follows": Scene(
        (*HALF, *whole(700, on=2, ran=8, amf=10)), [LOST, (2, 8, "completed", 40)], ONE_PAIR, {1: 300}
    ),
}
REROUTES = {
    "places are known": Scene((request(), reroute(5), *whole(6, on=2)), [(2, 7, "completed", 46)], TWO_CORES),
    "places are not known": Scene((request(), reroute(5), *whole(6, on=2)), [(2, 7, "completed", 46)]),
    "behind the authentication": Scene(
        (request(), *security(0), reroute(25), *whole(26, on=2, amf=4)), [(2, 7, "completed", 66)], TWO_CORES
    ),
    "to a third": Scene(
        (request(), reroute(5), request(6, on=2), reroute(8, on=2), *whole(9, on=3)),
        [(3, 7, "completed", 49)],
        TWO_CORES | placed(3, core="10.9.0.4"),
    ),
    "nobody takes it up": Scene((request(), reroute(5)), [(1, 7, "unknown", 5)], TWO_CORES),
    "taken up after more than five seconds: another try": Scene(
        (request(), reroute(5), *whole(5006, on=2)),
        [(1, 7, "unknown", 5), (2, 7, "completed", 40)],
        TWO_CORES,
    ),
    "just within five seconds": Scene(
        (request(), reroute(5), *whole(4900, on=2)), [(2, 7, "completed", 4940)], TWO_CORES
    ),
    "what the old core says behind it is ignored": Scene(
        (
            *(request(), reroute(5), *whole(6, on=2)),
            *(
                down(20, 11),
                release(22, amf=3),
                Said(23, True, RELEASE, pdu=SUCCESSFUL, amf=3),
                up(24, 10, amf=3),
            ),
        ),
        [(2, 7, "completed", 46)],
        TWO_CORES,
    ),
    "the old core releases what nobody took up": Scene(
        (request(), reroute(5), release(500)), [(1, 7, "unknown", 5)], TWO_CORES
    ),
    "the association with the old core goes": Scene(
        (request(), reroute(5), *whole(500, on=2)), [(2, 7, "completed", 540)], TWO_CORES, {1: 10}
    ),
    "the association with the new core goes": Scene(
        (request(), reroute(5), *whole(6, on=2)[:3]), [(2, 7, "association lost", 300)], TWO_CORES, {2: 300}
    ),
    "two at once": Scene(
        (
            *(request(), request(1, ran=8), reroute(5), reroute(5.5, ran=8)),
            *(*whole(7, on=2, ran=8, amf=11), *whole(6, on=2)),
        ),
        [(2, 7, "completed", 46), (2, 8, "completed", 46)],
        TWO_CORES,
    ),
    "a radio node at another address begins the same RAN id": Scene(
        (request(), reroute(5), *whole(7, on=2, amf=11)),
        [(1, 7, "unknown", 5), (2, 7, "completed", 40)],
        placed(1) | placed(2, "10.9.0.7"),
    ),
    "a service request of the same RAN id": Scene(
        (request(), reroute(5), replace(SERVICE[0], ms=6)), [(1, 7, "unknown", 5)], TWO_CORES
    ),
}
SCENES = {
    f"{what}: {name}": scene
    for what, scenes in {"pairs": PAIRS, "restart": RESTARTS, "freed": FREED, "re-route": REROUTES}.items()
    for name, scene in scenes.items()
}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "core"])
@pytest.mark.parametrize("name", SCENES)
def test_scene(name: str, from_ran: bool) -> None:
    assert seen(SCENES[name], from_ran) == SCENES[name].right


WRONG = {
    "unnamed radio nodes behind one address: a service request of the same RAN id": Scene(
        (*SERVICE, *whole()), [DONE], ONE_PAIR
    ),
    "unnamed radio nodes behind one address: what a registered UE of the same RAN id says": Scene(
        (down(2, 40, on=2, amf=12), up(3, 10, on=2, amf=12), *whole()), [DONE], ONE_PAIR
    ),
    "unnamed radio nodes behind one address: a release of the same RAN id": Scene(
        (release(2, on=2, amf=12), *whole()), [DONE], ONE_PAIR
    ),
    "re-routed, and another named radio node behind the address begins the same RAN id": Scene(
        (*APART, request(), reroute(5), *whole(7, on=2, amf=11)),
        [(1, 7, "unknown", 5), (2, 7, "completed", 40)],
        ONE_PAIR,
    ),
    "its association goes, and a new one comes in the same sample": Scene(
        (*HALF, *whole(400, on=2, ran=8, amf=10)), [LOST, (2, 8, "completed", 40)], ONE_PAIR, {1: 300}
    ),
    "its association goes, and it goes on on the sibling": Scene(
        (*NAMED, *HALF, *whole(600, on=2)[2:]), [(2, 7, "completed", 640)], ONE_PAIR, {1: 300}
    ),
    "its association goes, later the sibling too": Scene(
        (*NAMED, *HALF), [(1, 7, "association lost", 1300)], ONE_PAIR, {1: 300, 2: 1300}
    ),
}


@pytest.mark.xfail(reason="not right yet")
@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "core"])
@pytest.mark.parametrize("name", WRONG)
def test_scene_that_is_not_right_yet(name: str, from_ran: bool) -> None:
    assert seen(WRONG[name], from_ran) == WRONG[name].right


def test_an_initial_message_under_its_id_on_a_sibling_ends_it_too() -> None:
    service = replace(SERVICE[0], ms=1000)
    for from_ran in (True, False):
        assert seen(Scene((*NAMED, *HALF, service), [], ONE_PAIR), from_ran) == [(1, 7, "superseded", 1000)]
        assert seen(Scene((*APART, *HALF, service), [], ONE_PAIR), from_ran) == [LATE]
