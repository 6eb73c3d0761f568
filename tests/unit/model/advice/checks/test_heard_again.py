"""A peer that is heard again while this end waits for its timer; what came before the way was lost is no sign of it."""

from __future__ import annotations

from typing import Any

from sctptop.model.association import Association, Path
from tests.unit.model.advice.advised import NEAR, calm, pictures, rules

LOST_AT, HEARD_AT, END = 8, 16, 20
UNTIMED: dict[str, Any] = {"held_bins": (), "read_wait_bins": ()}


def cut_off(tick: int, heard_at: int = END) -> Association:
    """Its path fails between two readings, in the first half of which packets came; from ``heard_at`` on some come."""
    if tick < LOST_AT:
        return calm(tick, in_packets=25 * tick)
    paths = (Path(NEAR, "INACTIVE", True, errors=3),)
    waits = {"rto_ms": 8000, "t3_rtx_expires_ms": 3800, "primary_errors": 3}
    came = 25 * LOST_AT + max(tick - heard_at + 1, 0)
    return calm(tick, paths=paths, in_packets=came, **waits, **UNTIMED)


def said(heard_at: int = END) -> list[set[str]]:
    return [{*rules(one.advice)} for one in pictures(lambda tick: cut_off(tick, heard_at), END)]


def test_what_came_before_the_way_was_lost_is_not_heard_again() -> None:
    assert (cut_off(LOST_AT).in_packets or 0) > (cut_off(LOST_AT - 1).in_packets or 0) > 0
    assert not any("after_outage" in spoken for spoken in said())
    assert "dead_path" in said()[-1]


def test_what_comes_while_it_fails_is() -> None:
    spoken = said(HEARD_AT)
    assert not any("after_outage" in one for one in spoken[:HEARD_AT])
    assert "after_outage" in spoken[-1]
