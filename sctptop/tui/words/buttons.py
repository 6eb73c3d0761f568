"""Parts of a line that may be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from sctptop.tui.words.line import Line, Span


@dataclass(frozen=True, slots=True)
class Button:
    """Columns ``start`` to ``end`` of the line run ``action``."""

    start: int
    end: int
    action: str


def with_buttons(parts: Sequence[tuple[Sequence[Span], str]]) -> tuple[Line, list[Button]]:
    """Pieces of a line, each with the action a click on it runs."""
    spans: list[Span] = []
    buttons: list[Button] = []
    x = 0
    for piece, action in parts:
        size = sum(cell_len(span.text) for span in piece)
        buttons.append(Button(x, x + size, action))
        spans.extend(piece)
        x += size
    return tuple(spans), buttons
