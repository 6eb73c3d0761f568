"""What a view is given to draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sctptop.model.association import Row
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import milliseconds
from sctptop.tui.line import line
from sctptop.tui.reading import Reading
from sctptop.tui.widgets.line_panel import Drawing


@dataclass(frozen=True, slots=True)
class Scene:
    """A reading, the association under the cursor, the room there is, and what the user toggled."""

    reading: Reading
    snapshot: Snapshot
    row: Row | None
    width: int
    height: int
    own_scale: bool = False
    hide_zeros: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One of the views that the digits choose. ``id`` is its name on the command line."""

    id: str
    title: str
    summary: str
    draw: Callable[[Scene], Drawing]


def span_text(seconds: float) -> str:
    """A length of time as a caption says it: 54 s, 9m30s."""
    return milliseconds(round(seconds) * 1000) if seconds else "0s"


def nobody() -> Drawing:
    """What a view of one association shows while there is none."""
    return Drawing(body=[line(("No association under the cursor.", "dim"))])
