"""The lines of the table of associations: titles, values, and those of one that ended."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.fields.field import Field
from sctptop.fields.ordering import Order
from sctptop.model.associations.row import Row
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import UNKNOWN
from sctptop.terminal_text import clip
from sctptop.tui.widgets.columns import MARGIN, Column, cell, shortened_end
from sctptop.tui.widgets.graph import block_graph, top_of
from sctptop.tui.words.line import Line, Span
from sctptop.tui.words.reasons import mark, reason

WHO = ("process", "container", "netns_name", "peer_name")
SHARED_MIN, SHARED_FROM = 10, 18
"""So many characters of a reason are worth the middle of an address; where they begin behind a shorter one."""


_GAP = Span(" ")


def head(columns: Sequence[Column], order: Order) -> Line:
    """The titles, a mark beside the one that is sorted by; that of the marks stands for trouble."""
    by_trouble = order.field.id == "trouble"
    spans = [
        Span(
            " !" if not by_trouble else "▲!" if order.descending else "▼!",
            "strong" if by_trouble else "title",
        )
    ]
    spans.append(Span(" " * (MARGIN - 3)))
    for column in columns:
        mark = ""
        if column.field is not None and column.field.id == order.field.id and not by_trouble:
            mark = "▼" if order.descending else "▲"
        style = "strong" if mark else "title"
        if column.right:
            # The mark takes the blank before the column, so that no title needs room for it.
            title = (mark + column.title).rjust(column.width + 1)
            spans.append(Span(title, style))
        else:
            spans.append(Span((mark or " ") + column.title[: column.width].ljust(column.width), style))
    return tuple(spans)


def alive(columns: Sequence[Column], row: Row, snapshot: Snapshot | None) -> list[Span]:
    """The values of an association, each in its column."""
    spans: list[Span] = [*_margin(row), Span(" " * (columns[0].x - MARGIN if columns else 0))]
    now_s = snapshot.now_s if snapshot is not None else 0.0
    for place, column in enumerate(columns):
        if place:
            spans.append(_GAP)
        if column.reasons:
            spans.extend(_reasoned(column, row, now_s))
            continue
        if column.field is None:
            spans.append(Span(_trend(row, column.width, snapshot), "graph"))
            continue
        text = cell(column, row)
        aligned = text.rjust(column.width) if column.right else text.ljust(column.width)
        spans.append(Span(aligned, _style(column.field, text, row)))
    return spans


def ended(columns: Sequence[Column], row: Row) -> list[Span]:
    """Last values struck out, and the reason in place of the state and what follows if it is long."""
    spans = _margin(row)
    reason = row.ended or ""
    x = MARGIN
    said = all(column.field is None or column.field.id != "state" for column in columns)
    if said:
        spans.append(Span(f"{reason} ", "warn"))
    for place, column in enumerate(columns):
        if column.x < x - 1 or column.field is None:
            continue
        spans.append(Span(" " * (column.x - x)))
        if column.field.id == "state":
            text, style = reason.ljust(column.width), "warn"
            after = columns[place + 1] if place + 1 < len(columns) else None
            if after is not None and after.field is not None and after.field.id == "trouble":
                # All of why has the place of trouble too: an association that ended has none.
                room = column.width + 1 + after.width
                text = clip(row.why_ended or reason, room).ljust(room)
        else:
            text = cell(column, row)
            text = text.rjust(column.width) if column.right else text.ljust(column.width)
            # Who it was is still to be read.
            style = "dim" if column.field.address or column.field.id in WHO else "faint strike"
            # A reason that is too long takes what the next value leaves free of its own column.
            taken = max(x - column.x, 0)
            if text[:taken].strip():
                continue
            text = text[taken:]
        lead = len(text) - len(text.lstrip())
        spans.append(Span(text[:lead]))
        spans.append(Span(text.strip(), style))
        spans.append(Span(" " * (len(text.lstrip()) - len(text.strip()))))
        x = max(x, column.x) + len(text)
    return spans


def _margin(row: Row) -> list[Span]:
    """The mark of a row and a blank; before them stands the cursor."""
    sign, style = mark(row)
    return [Span(sign, style), Span(" ")]


def _reasoned(column: Column, row: Row, now_s: float) -> list[Span]:
    """Why a row is marked; in a shared column behind its peer."""
    width, style = column.width, mark(row)[1]
    if not column.shared:
        return [Span(reason(row, now_s, width).ljust(width), style)]
    end = cell(column, row)
    begin = max(len(end) + 1, min(SHARED_FROM, width - SHARED_MIN))
    why = reason(row, now_s, max(width - begin, SHARED_MIN))
    if why and begin + len(why) > width:
        begin = width - len(why)
        end = shortened_end(end, begin - 1)
    return [Span(end.ljust(begin)), Span(why.ljust(width - begin), style)]


def _trend(row: Row, width: int, snapshot: Snapshot | None) -> str:
    if snapshot is None:
        return " " * width
    values = snapshot.series(row.key, "cwnd", width)
    return block_graph(values, width, 1, top_of([values]))[0]


def _style(chosen: Field, text: str, row: Row) -> str:
    if text == UNKNOWN:
        return "faint"
    if chosen.id == "state":
        return "good" if row.association.state == "ESTABLISHED" else "warn"
    if chosen.id == "paths_down" and text != "0":
        return "bad" if text.partition("+")[0].isdigit() else "warn"
    if chosen.id.startswith("rtx_chunks") and (row.rate("rtx_chunks") or 0) > 0:
        return "warn"
    if chosen.id == "local":
        return "dim"
    return ""
