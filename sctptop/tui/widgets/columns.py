"""Which columns of the table fit, how wide each is, and the text of a cell. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sctptop.fields.catalogue import field
from sctptop.fields.default_columns import default_columns
from sctptop.fields.field import SWITCH, Field
from sctptop.model.associations.row import Row
from sctptop.quantity import show
from sctptop.terminal_text import clip

NARROW = 100
"""Below this many columns titles and states are shortened."""
ROOMY = 140
"""From here on the trend has its place before the last of the wide columns."""
END_MIN, END_MAX = 15, 30
END_COMFORTABLE = 21
TREND_MIN, TREND_MAX = 10, 30
MARGIN = 1
"""For the mark of the cursor."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as laid out. ``field`` is None for the trend at the end."""

    field: Field | None
    title: str
    x: int
    width: int

    @property
    def right(self) -> bool:
        """Whether it aligns right."""
        return self.field is not None and (self.field.numeric or self.field.unit == SWITCH)


def lay_out(
    width: int,
    chosen: Sequence[Field] | None,
    *,
    heartbeats: bool = True,
    both_ends: bool = False,
    namespaces: bool = False,
) -> tuple[Column, ...]:
    """Columns for a table of that width: those chosen, or as many of the catalogue's as fit.

    Without ``heartbeats`` the kernel's srtt stands where they would. ``both_ends``: a line has both of them.
    ``namespaces``: there are several, and a column names them.
    """
    first, further = default_columns(both_ends=both_ends, namespaces=namespaces)
    narrow = width < NARROW
    if chosen is not None:
        fields = list(chosen)
        trend = False
    else:
        fields = [field(name if heartbeats or name != "hb_rtt" else "srtt_ms") for name in first]
        reserved = TREND_MIN + 6 if width >= ROOMY else 0
        for extra in (entry for name in further if (entry := field(name)) not in fields):
            if narrow or _needed([*fields, extra], narrow, END_COMFORTABLE) + reserved > width:
                break
            fields.append(extra)
        if both_ends and f"peer_{fields[-1].id}" in further:
            # One end's alone means little.
            fields.pop()
        trend = not narrow
    spare = width - _needed(fields, narrow, 0)
    ends = [entry for entry in fields if entry.address]
    trend_width = 0
    if trend and spare - len(ends) * END_COMFORTABLE > TREND_MIN:
        trend_width = min(TREND_MAX, spare - len(ends) * END_COMFORTABLE - 1)
        spare -= trend_width + 1
    shares = _shares(spare, len(ends))
    columns: list[Column] = []
    x = MARGIN
    for entry in fields:
        size = shares.pop(0) if entry.address else _width(entry, narrow)
        columns.append(Column(entry, _title(entry, narrow), x, size))
        x += size + 1
    if trend_width:
        columns.append(Column(None, "CWND OVER TIME", x, trend_width))
    return tuple(columns)


def cell(column: Column, row: Row) -> str:
    """The text of a cell, no wider than its column, not yet aligned."""
    chosen = column.field
    if chosen is None:
        return ""
    value = chosen.get(row)
    if chosen.abbreviations and isinstance(value, str):
        return value if len(value) <= column.width else chosen.abbreviations.get(value, value)[: column.width]
    text = show(value, chosen.unit)
    if chosen.address:
        return shortened_end(text, column.width)
    if len(text) > column.width and chosen.unit == "ms" and isinstance(value, float):
        text = show(round(value), "ms")
    return clip(text, column.width)


def shortened_end(text: str, width: int) -> str:
    """An address:port that loses the middle of its address, never the port."""
    return clip(text, width, text[text.rfind(":") :])


def _title(entry: Field, narrow: bool) -> str:
    return (narrow and entry.short) or entry.title


def _width(entry: Field, narrow: bool) -> int:
    title = _title(entry, narrow)
    if entry.abbreviations:
        return 5 if narrow else entry.width
    if entry.unit == SWITCH:
        return len(title)
    if not entry.numeric:
        return max(len(title), entry.width)
    if entry.unit in ("hex", "#"):
        return max(len(title), entry.width)
    return max(len(title), 5 if narrow else 6)


def _needed(fields: Sequence[Field], narrow: bool, end: int) -> int:
    sizes = [end if entry.address else _width(entry, narrow) for entry in fields]
    return MARGIN + sum(sizes) + max(len(sizes) - 1, 0)


def _shares(spare: int, count: int) -> list[int]:
    """The width of each end; of an odd number the remote one, which is named last, has more."""
    if not count:
        return []
    each = max(END_MIN, min(END_MAX, spare // count))
    if count == 2 and spare < 2 * END_COMFORTABLE:
        # At 80 columns 48.0.70.132:38412 fits when the local end makes do with less.
        return [max(END_MIN, spare - max(each, 17)), max(each, 17)]
    return [each] * count
