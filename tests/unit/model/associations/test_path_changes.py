"""When paths changed their state, and addresses of an association came and went."""

from __future__ import annotations

from typing import Any

import pytest

from sctptop.model.association import Path
from sctptop.model.associations.path_changes import PathChange, PathChanges
from sctptop.model.model import Model
from sctptop.tui.views.parts.event_text import sentence
from tests.unit.associations import association, row, sample

FIRST, SECOND, OWN, OTHER = "10.0.0.2", "10.0.1.2", "10.0.0.1", "10.0.1.1"
UP: dict[str, Any] = {
    "state": "ESTABLISHED",
    "remote_addresses": (FIRST,),
    "local_addresses": (OWN,),
    "primary": FIRST,
}


def test_a_change_is_remembered_and_a_state_not_read_is_none() -> None:
    changes = PathChanges()

    def seen(state: str | None, at_s: float) -> list[PathChange]:
        entry = row(1, paths=(Path("10.9.0.1", state=state),))
        return list(changes.advance([entry], at_s).values())

    assert seen("ACTIVE", 0) == []
    assert seen("PF", 1) == [PathChange("ACTIVE", "PF", 1)]
    assert seen(None, 2) == [PathChange("ACTIVE", "PF", 1)]
    assert seen("PF", 3) == [PathChange("ACTIVE", "PF", 1)]
    assert seen("INACTIVE", 4) == [PathChange("PF", "INACTIVE", 4)]
    assert list(changes.advance([], 5)) == []


def test_each_path_of_each_association_has_its_own() -> None:
    changes = PathChanges()
    states = (("ACTIVE", "PF"), ("ACTIVE", None)), (("PF", "PF"), ("INACTIVE", "PF"))
    for at_s, (one, two) in enumerate(states):
        rows = [
            row(tag, paths=tuple(Path(f"10.9.{place}.1", state=state) for place, state in enumerate(paths)))
            for tag, paths in ((1, one), (2, two))
        ]
        found = changes.advance(rows, at_s)
    assert found == {
        (rows[0].key, "10.9.0.1"): PathChange("ACTIVE", "PF", 1),
        (rows[1].key, "10.9.0.1"): PathChange("ACTIVE", "INACTIVE", 1),
    }
    later = changes.advance(rows[:1], 2)
    assert list(later) == [(rows[0].key, "10.9.0.1")]
    assert len(found) == 2, "what was published stays as it was"


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str | None]]:
    model = Model()
    found = []
    for at_s, facts in enumerate((before, after)):
        snapshot = model.advance(sample(association(1, **{**UP, **facts}), at_s=at_s))
        found = [(event.text("change"), event.address) for _, event in snapshot.happened]
        assert all(key == snapshot.rows[0].key for key, _ in snapshot.happened)
    return found


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({}, {"remote_addresses": (FIRST, SECOND)}, [("ADDED", SECOND)]),
        ({"remote_addresses": (FIRST, SECOND)}, {}, [("REMOVED", SECOND)]),
        ({}, {"local_addresses": (OTHER,)}, [("OWN_ADDED", OTHER), ("OWN_REMOVED", OWN)]),
        ({"remote_addresses": (FIRST, SECOND)}, {"remote_addresses": (SECOND, FIRST)}, []),
        ({}, {"primary": SECOND}, [("PRIMARY", SECOND)]),
        ({"primary": None}, {}, []),
        ({}, {"remote_addresses": ()}, []),
        ({"state": "COOKIE_WAIT"}, {"remote_addresses": (FIRST, SECOND)}, []),
    ],
)
def test_addresses_that_come_and_go(
    before: dict[str, Any], after: dict[str, Any], changes: list[tuple[str, str]]
) -> None:
    assert told(before, after) == changes


def test_it_is_said_in_words() -> None:
    model = Model()
    model.advance(sample(association(1, **UP)))
    snapshot = model.advance(sample(association(1, **{**UP, "remote_addresses": (FIRST, SECOND)}), at_s=1))
    (logged,) = snapshot.events
    assert "".join(span.text for span in sentence(logged.event, 80)) == "address 10.0.1.2 added by the peer"
