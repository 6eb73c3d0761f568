"""What a view is given to draw."""

from __future__ import annotations

from dataclasses import dataclass, field

from sctptop.model.associations.row import Row
from sctptop.model.snapshot import Snapshot
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.tui.words.line import line


@dataclass(frozen=True, slots=True)
class Toggles:
    """What keys switch in the views. ``event_filter`` is an id of views/events.py, ``kind`` that of registrations to
    show, "" for all."""

    own_scale: bool = False
    hide_zeros: bool = False
    all_associations: bool = True
    event_filter: str = "main"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A reading, the association under the cursor, the room there is, and what the user toggled."""

    reading: Reading
    snapshot: Snapshot
    row: Row | None
    width: int
    height: int
    toggles: Toggles = field(default_factory=Toggles)


def nobody() -> Drawing:
    """What a view of one association shows while there is none."""
    return Drawing(body=[line(("No association under the cursor.", "dim"))])
