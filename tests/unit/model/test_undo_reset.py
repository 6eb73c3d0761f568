"""A reset that is undone leaves what would be there without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sctptop.model.associations.rtt import PathRtt
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.model.snapshot import Snapshot
from tests.ui.registering import with_registrations
from tests.ui.scripted import event, with_probes

TICKS = 45
RESET_AT, UNDONE_AT = 21, 33


def bare(ticks: int) -> list[Sample]:
    """The AMF with probes, and a peer that never comes up."""
    return [
        replace(
            one,
            events=(
                *one.events,
                event(tick, "association", 50 + tick, "10.9.9.9", change="NEW", state="COOKIE_WAIT"),
                event(tick, "association", 50 + tick, "10.9.9.9", change="FREED", state="COOKIE_WAIT"),
            ),
            events_left_out={"window": 2} if tick % 4 == 0 else {},
            no_room={"held": 1} if tick % 9 == 0 else {},
        )
        for tick, one in enumerate(with_probes(ticks, 5))
    ]


def after(samples: Sequence[Sample], act: Callable[[Model, int], object]) -> Snapshot:
    """The picture after all of them; ``act`` behind each."""
    model = Model()
    for tick, one in enumerate(samples):
        model.advance(one)
        act(model, tick)
    return model.snapshot()


def reset_and_back(model: Model, tick: int) -> None:
    if tick == RESET_AT:
        model.reset()
        assert model.snapshot().reset_undoable
    if tick == UNDONE_AT:
        model.undo_reset()
        assert not model.snapshot().reset_undoable


def told(snapshot: Snapshot) -> dict[str, Any]:
    """All that a reset begins anew."""
    registered = snapshot.registrations
    return {
        "counters": snapshot.counters,
        "gained": [row.since_reset for row in snapshot.rows],
        "rtts": [
            (
                address,
                path.heartbeat.n,
                path.heartbeat.bins,
                path.heartbeat.max_ns,
                path.data.bins,
                path.last_ms,
            )
            for row in snapshot.rows
            for address, path in _sorted(row.rtts)
        ],
        "waits": [(row.held.total.bins, row.read_wait.total.bins) for row in snapshot.rows],
        "lost": (snapshot.events_lost, snapshot.events_left_out, snapshot.no_room),
        "missed": snapshot.events_missed,
        "peers": snapshot.peers,
        "tallies": {
            name: (
                tally.started,
                tally.ended,
                tally.causes,
                tally.inferred,
                {part: (one.times.bins, one.sum_ns) for part, one in tally.parts.items()},
            )
            for name, tally in registered.tallies.items()
        },
        "procedures": {
            one.kind: (one.latency.bins, one.failures, one.unanswered, one.causes)
            for one in registered.procedures
        },
        "last": [one.began_ns for one in registered.last],
        "failed": [one.began_ns for one in registered.failed],
        "slowest": [one.began_ns for one in registered.slowest],
        "unseen": (registered.unseen, registered.strange, registered.messages, registered.unfollowed),
        "most": registered.most_running,
        "alarms": {
            (one.rule, one.association, one.address): (one.raised, one.cleared, one.worst)
            for one in snapshot.alarms
        },
        "reset": snapshot.reset_s,
    }


def _sorted(rtts: Any) -> list[tuple[str, PathRtt]]:
    return sorted(rtts.items())


@pytest.mark.parametrize("make", [bare, lambda ticks: list(with_registrations(ticks))], ids=["amf", "gnb"])
def test_undone_it_leaves_what_would_be_there(make: Callable[[int], list[Sample]]) -> None:
    samples = make(TICKS)
    never, back = (told(after(samples, act)) for act in (lambda *_: None, reset_and_back))
    once = told(after(samples, lambda model, tick: model.reset() if tick == RESET_AT else None))
    for name, expected in never.items():
        assert back[name] == expected, name
    assert once["counters"] != never["counters"] and once["reset"] is not None


def test_what_came_with_the_reset_alone_is_left_as_it_is() -> None:
    samples = bare(6)
    model = Model()
    for one in samples:
        model.advance(one)
    before = told(model.snapshot())
    model.undo_reset()
    assert told(model.snapshot()) == before, "there was none"
    model.reset()
    model.undo_reset()
    model.undo_reset()
    assert told(model.snapshot()) == before, "once is once"


def test_the_second_of_two_resets_is_undone() -> None:
    samples = bare(30)

    def act(model: Model, tick: int) -> None:
        if tick in (5, 20):
            model.reset()
        if tick == 25:
            model.undo_reset()

    expected = told(after(samples, lambda model, tick: model.reset() if tick == 5 else None))
    assert told(after(samples, act)) == expected
