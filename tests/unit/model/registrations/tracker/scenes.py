"""Scenes of several associations: flows, where their ends are, which go, and what is right for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sctptop.model.event import Event
from tests.unit.model.registrations.flow_steps import (
    AUTH,
    INITIAL_UE,
    REROUTE,
    context,
    down,
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
