"""Which UE a message is of: one context a UE and pair of radio node and core, over all associations between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.model.registrations.flow_steps import (
    AUTH,
    RELEASE,
    down,
    release,
    request,
    security,
    up,
)
from tests.unit.model.registrations.flows import Said
from tests.unit.model.registrations.tracker.scenes import (
    APART,
    BESIDE,
    DONE,
    HALF,
    LATE,
    NAMED,
    ONE_PAIR,
    SERVICE,
    TWO_CORES,
    Scene,
    placed,
    reroute,
    seen,
    whole,
)
from tests.unit.registering import SUCCESSFUL

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
MORE = {
    "unnamed radio nodes behind one address: a service request of the same RAN id": Scene(
        (*SERVICE, *whole()), [DONE], ONE_PAIR
    ),
    "unnamed radio nodes behind one address: what a registered UE of the same RAN id says": Scene(
        (down(2, 40, on=2, amf=12), up(3, 10, on=2, amf=12), *whole()), [DONE], ONE_PAIR
    ),
    "unnamed radio nodes behind one address: a release of the same RAN id": Scene(
        (release(2, on=2, amf=12), *whole()), [DONE], ONE_PAIR
    ),
    "unnamed radio nodes behind one address: the other's UE goes on when ours was answered": Scene(
        (down(2, 40, on=2, amf=12), *whole(), release(20, on=2, amf=12)), [DONE], ONE_PAIR
    ),
    "unnamed radio nodes behind one address: an accept and its answer of the other's": Scene(
        (
            *(down(2, 40, on=2, amf=12), *whole(), up(8, 40, on=2, amf=12)),
            *(down(16, 40, on=2, amf=12), up(17, 10, on=2, amf=12)),
        ),
        [DONE],
        ONE_PAIR,
    ),
    "a RAN id that was a service request's on the sibling": Scene(
        (*NAMED, replace(SERVICE[0], ms=-40), *whole(on=2, begun_on=1)), [BESIDE], ONE_PAIR
    ),
    "re-routed, and another named radio node behind the address begins the same RAN id": Scene(
        (*APART, request(), reroute(5), *whole(7, on=2, amf=11)),
        [(1, 7, "unknown", 5), (2, 7, "completed", 40)],
        ONE_PAIR,
    ),
}
SCENES = MORE | {
    f"{what}: {name}": scene
    for what, scenes in {"pairs": PAIRS, "re-route": REROUTES}.items()
    for name, scene in scenes.items()
}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "core"])
@pytest.mark.parametrize("name", SCENES)
def test_scene(name: str, from_ran: bool) -> None:
    assert seen(SCENES[name], from_ran) == SCENES[name].right


def test_an_initial_message_under_its_id_on_a_sibling_ends_it_too() -> None:
    service = replace(SERVICE[0], ms=1000)
    for from_ran in (True, False):
        assert seen(Scene((*NAMED, *HALF, service), [], ONE_PAIR), from_ran) == [(1, 7, "superseded", 1000)]
        assert seen(Scene((*APART, *HALF, service), [], ONE_PAIR), from_ran) == [LATE]
