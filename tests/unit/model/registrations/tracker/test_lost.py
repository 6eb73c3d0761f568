"""What runs on an association that begins anew or is no more, and what of it goes on beside."""

from __future__ import annotations

import pytest

from tests.unit.model.registrations.flow_steps import (
    request,
    up,
)
from tests.unit.model.registrations.tracker.scenes import (
    DONE,
    HALF,
    LATE,
    LOST,
    NAMED,
    ONE_PAIR,
    TWO_CORES,
    Scene,
    placed,
    seen,
    setup,
    whole,
)

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
    "the request is told when it is gone": Scene(
        (*setup(-60, 1), request(200, held_ms=400, read_ms=400)),
        [(1, 7, "association lost", 100)],
        gone={1: 300},
    ),
    "a new one follows": Scene(
        (*HALF, *whole(700, on=2, ran=8, amf=10)), [LOST, (2, 8, "completed", 40)], ONE_PAIR, {1: 300}
    ),
}
MORE = {
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
SCENES = MORE | {
    f"{what}: {name}": scene
    for what, scenes in {"restart": RESTARTS, "freed": FREED}.items()
    for name, scene in scenes.items()
}


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "core"])
@pytest.mark.parametrize("name", SCENES)
def test_scene(name: str, from_ran: bool) -> None:
    assert seen(SCENES[name], from_ran) == SCENES[name].right
