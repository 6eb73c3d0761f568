"""Which events are kept, in which order, and which give way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.associations.events.event_log import EventLog, rare
from sctptop.model.event import Event
from tests.unit.registering import INITIAL, told

FREQUENT = told(INITIAL, "in", 0, 0)
RARE = replace(FREQUENT, kind="path")


@pytest.mark.parametrize("kind", ["t3_rtx", "retransmit", "path", "association"])
def test_trouble_beginnings_and_ends_are_rare(kind: str) -> None:
    assert rare(replace(FREQUENT, kind=kind)) and not rare(FREQUENT)


def test_a_cwnd_that_was_cut_is_rare_and_other_changes_are_not() -> None:
    for cause, cut in (("T3_RTX", True), ("burst", False)):
        assert rare(replace(FREQUENT, kind="cwnd", details={"cause": cause})) == cut


def test_the_newest_of_each_are_kept_in_the_order_they_came() -> None:
    log = EventLog(kept=2)
    events: list[tuple[object | None, Event]] = [("a", RARE), (None, FREQUENT), ("b", RARE)]
    kept = log.advance(events, 5)
    assert [(one.key, one.event.kind, one.tick, one.place) for one in kept] == [
        ("a", "path", 5, 1),
        (None, "ngap", 5, 2),
        ("b", "path", 5, 3),
    ]
    assert log.advance((), 6) is kept
    kept = log.advance([("c", FREQUENT), ("d", FREQUENT)], 7)
    assert [(one.key, one.tick, one.place) for one in kept] == [
        ("a", 5, 1),
        ("b", 5, 3),
        ("c", 7, 4),
        ("d", 7, 5),
    ]
