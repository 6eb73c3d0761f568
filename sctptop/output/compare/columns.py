"""Lays the tables of a comparison out in columns, for a terminal of a given width."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sctptop.output.compare.cells import DIFFERS, Line, Table
from sctptop.terminal_text import clip

MOST_HEAD = 20
INDENT = GAP = "  "


def table_lines(table: Table, names: Sequence[str], width: int, dim: Callable[[str], str]) -> Iterable[str]:
    """As many recordings beside the baseline as there is room for; the others below, under the baseline again.

    Where there is not even room for one, the cells of a line stand below its label and remark.
    """
    most = (width - len(INDENT) - 2 * len(GAP)) // 2
    rows = [
        Line(line.label, tuple(clip(cell, most) for cell in line.cells), line.remarks)
        for line in (_head(table, names), *table.lines)
    ]
    label = min(max(len(row.label) for row in rows), table.label)
    value = [max(len(row.cells[place]) for row in rows) for place in range(len(names))]
    remark = [0] + [
        max(len(row.remarks[place]) if row.remarks else 0 for row in rows) for place in range(len(names) - 1)
    ]
    room = width - len(INDENT) - value[0]
    needs = [
        len(GAP) + one + (len(GAP) + told if told else 0) for one, told in zip(value, remark, strict=True)
    ]
    for places in _chunks(room - label - len(GAP), needs):
        left = room - len(GAP) - sum(needs[one] for one in places)
        for place, row in enumerate(rows):
            if left >= label:
                lines = _beside(row, places, label, value, remark)
            else:
                beside = width - len(INDENT) - len(GAP) - remark[places[0]]
                lines = _below(row, places[0], min(label, beside), value)
            for text in lines:
                yield text if place else dim(text)


def _head(table: Table, names: Sequence[str]) -> Line:
    """The names, and over each column of ratios whose they are."""
    told = f"against {names[0]}"
    told = told if len(told) <= MOST_HEAD else "against baseline"
    ratios = [
        any(line.remarks and line.remarks[place] not in ("", DIFFERS) for line in table.lines)
        for place in range(len(names) - 1)
    ]
    return Line("", tuple(names), tuple(told if has else "" for has in ratios))


def _chunks(room: int, needs: Sequence[int]) -> Iterable[list[int]]:
    places: list[int] = []
    left = room
    for one in range(1, len(needs)):
        if places and needs[one] > left:
            yield places
            places, left = [], room
        places.append(one)
        left -= needs[one]
    yield places


def _beside(
    row: Line, places: Sequence[int], label: int, value: Sequence[int], remark: Sequence[int]
) -> Iterable[str]:
    cells = [f"{row.cells[0]:>{value[0]}}"]
    for one in places:
        cells.append(f"{row.cells[one]:>{value[one]}}")
        if remark[one]:
            cells.append(f"{row.remarks[one - 1] if row.remarks else '':<{remark[one]}}")
    yield f"{INDENT}{clip(row.label, label):<{label}}{GAP}{GAP.join(cells)}".rstrip()


def _below(row: Line, place: int, label: int, value: Sequence[int]) -> Iterable[str]:
    told = row.remarks[place - 1] if row.remarks else ""
    if row.label or told:
        yield f"{INDENT}{clip(row.label, label):<{label}}{GAP}{told}".rstrip()
    yield f"{INDENT}{GAP}{row.cells[0]:>{value[0]}}{GAP}{row.cells[place]:>{value[place]}}"
