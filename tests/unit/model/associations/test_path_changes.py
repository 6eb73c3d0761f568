from __future__ import annotations

from sctptop.model.association import Path
from sctptop.model.associations.path_changes import PathChange, PathChanges
from tests.unit.associations import row


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
