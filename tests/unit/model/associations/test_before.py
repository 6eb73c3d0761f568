"""Which record of the sample before is the same object: in its place, elsewhere, or none."""

from __future__ import annotations

from typing import Any

import pytest

from sctptop.model.associations.life import as_before
from tests.unit.associations import association

ENTRIES = [association(tag) for tag in range(1, 9)]
OTHER = association(99)


@pytest.mark.parametrize(
    "now",
    [
        ENTRIES,
        ENTRIES[:3],
        ENTRIES[::-1],
        [*ENTRIES[1:], OTHER],
        [OTHER, *ENTRIES],
        [ENTRIES[0], OTHER, *ENTRIES[2:]],
        [OTHER] * 8,
        [],
    ],
    ids=["same", "fewer", "turned", "moved", "more", "one other", "all others", "none"],
)
def test_the_life_of_a_record_that_was_there_is_found(now: list[Any]) -> None:
    lives: list[Any] = [f"life {place}" for place in range(8)]
    for entry, (known, life) in zip(now, as_before(now, ENTRIES, lives), strict=True):
        if known is entry:
            assert life == lives[ENTRIES.index(known)]
    found = [
        life
        for entry, (known, life) in zip(now, as_before(now, ENTRIES, lives), strict=True)
        if known is entry
    ]
    moved = sum(entry is not OTHER for entry in now)
    assert len(found) == moved
