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
